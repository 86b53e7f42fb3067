//! The parts of generated code that several emitters write.

mod content;
mod docs;
mod imports;
mod params;
mod types;

pub(super) use self::{content::*, docs::*, imports::*, params::*, types::*};
