//! The parts of generated code that several emitters write.

mod content;
mod defaults;
mod docs;
mod imports;
mod origin;
mod params;
mod types;

pub(crate) use self::origin::{ItemOrigin, without_origins};
pub(super) use self::{content::*, defaults::*, docs::*, imports::*, params::*, types::*};
