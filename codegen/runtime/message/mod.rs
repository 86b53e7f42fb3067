//! Requests and responses of operations, as clients and servers exchange them.

#[allow(
    unreachable_pub,
    reason = "the generator shares this file and exports it"
)]
pub(crate) mod built_in;
pub(crate) mod operation;
#[allow(
    unreachable_pub,
    reason = "the generator shares this file and exports it"
)]
pub(crate) mod path_template;
pub(crate) mod rejection;
pub(crate) mod request_decoder;
pub(crate) mod request_encoder;
pub(crate) mod response_decoder;
pub(crate) mod response_encoder;
mod response_key;
pub(crate) mod security;
mod status_in;

pub use operation::{Operation, Response};
pub use rejection::Rejection;
pub use response_key::{ResponseKey, match_response_key};
pub use status_in::StatusIn;
