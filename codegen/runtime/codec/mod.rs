//! Encodes and decodes values: content, parameters and header fields. Validates values that were received.

mod base64;
pub(crate) mod body;
pub(crate) mod content;
pub(crate) mod enums;
pub(crate) mod error;
pub(crate) mod form;
#[allow(unreachable_pub, reason = "the generator shares this file")]
pub(crate) mod formats;
pub(crate) mod json;
pub(crate) mod media;
pub(crate) mod multipart;
pub(crate) mod object;
pub(crate) mod param;
pub(crate) mod param_decode;
mod status_choice;
pub(crate) mod unions;
pub(crate) mod validation;
#[allow(unreachable_pub, reason = "the generator shares this file")]
mod weighted_status;

pub use base64::{Base64, InvalidBase64Error};
pub use body::{Body, BodyError};
pub use error::{DecodeError, EncodeError};
pub use media::Media;
pub use multipart::File;
pub use status_choice::{InvalidChoiceError, StatusChoice};
