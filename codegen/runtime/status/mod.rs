//! Status codes and their classes, without `std`.

mod class;
mod code;
mod methods;

pub use class::{Class, Retry};
pub use code::{Code, InvalidCodeError};
pub use methods::UnknownStatusError;
