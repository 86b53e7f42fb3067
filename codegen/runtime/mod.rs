//! Runtime support, the same in every generated crate.

mod class;
mod code;
mod status_impl;

pub use class::{Class, Retry};
pub use code::{Code, InvalidCodeError};
pub use status_impl::UnknownStatusError;

#[cfg(feature = "_wire")]
mod codec_error;
#[cfg(feature = "_wire")]
pub(crate) mod enums;
#[cfg(feature = "_wire")]
mod form;
#[cfg(feature = "_wire")]
#[allow(unreachable_pub, reason = "the generator shares this file")]
pub(crate) mod formats;
#[cfg(feature = "_wire")]
mod json;
#[cfg(feature = "_wire")]
mod media;
#[cfg(feature = "_wire")]
pub(crate) mod multipart;
#[cfg(feature = "_wire")]
pub(crate) mod object;
#[cfg(feature = "_wire")]
mod operation;
#[cfg(feature = "_wire")]
pub(crate) mod param;
#[cfg(feature = "_wire")]
pub(crate) mod param_decode;
#[cfg(feature = "_wire")]
#[allow(
    unreachable_pub,
    reason = "the generator shares this file and exports it"
)]
mod path_template;
#[cfg(feature = "_wire")]
pub(crate) mod request_decoder;
#[cfg(feature = "_wire")]
pub(crate) mod request_encoder;
#[cfg(feature = "_wire")]
pub(crate) mod response_decoder;
#[cfg(feature = "_wire")]
pub(crate) mod response_encoder;
#[cfg(feature = "_wire")]
mod response_key;
#[cfg(feature = "_wire")]
pub(crate) mod security;
#[cfg(feature = "_wire")]
mod status_choice;
#[cfg(feature = "_wire")]
mod status_in;
#[cfg(feature = "_wire")]
pub(crate) mod unions;
#[cfg(feature = "_wire")]
pub(crate) mod validation;
#[cfg(feature = "_wire")]
#[allow(unreachable_pub, reason = "the generator shares this file")]
mod weighted_status;

#[cfg(feature = "_wire")]
pub use {
    codec_error::{DecodeError, EncodeError},
    media::Media,
    multipart::File,
    operation::{Operation, Response},
    response_key::{ResponseKey, match_response_key},
    status_choice::{InvalidChoiceError, StatusChoice},
    status_in::StatusIn,
};

#[cfg(feature = "server")]
pub(crate) mod context;
#[cfg(feature = "server")]
pub(crate) mod router;
#[cfg(feature = "server")]
mod routes;
#[cfg(feature = "server")]
pub(crate) mod serve;
#[cfg(feature = "server")]
mod server_tracing;

#[cfg(feature = "mock")]
pub(crate) mod mock;

#[cfg(feature = "client-base")]
pub(crate) mod call;
#[cfg(feature = "client-base")]
pub(crate) mod client_builder;
#[cfg(feature = "client-base")]
pub(crate) mod client_error;
#[cfg(feature = "client-base")]
mod client_tracing;
#[cfg(feature = "client-base")]
pub(crate) mod conditional;
#[cfg(feature = "client-base")]
mod redact;
#[cfg(feature = "client-base")]
pub(crate) mod redirect;
#[cfg(feature = "client-base")]
pub(crate) mod retry;
#[cfg(feature = "client-base")]
mod send;
#[cfg(feature = "client-base")]
pub(crate) mod server_url;
#[cfg(feature = "_rustls")]
mod tls;
