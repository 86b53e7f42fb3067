//! The runtime of generated crates as a crate, so that it is compiled, linted and tested where it is edited.
//!
//! The modules next to `runtime` stand in for the generated ones: some statuses and an operation.
#![cfg_attr(not(feature = "_wire"), no_std)]
#![forbid(unsafe_code)]

#[allow(
    dead_code,
    unreachable_pub,
    unused_macros,
    reason = "the operation does not use all of it"
)]
#[path = "../../runtime/mod.rs"]
mod runtime;

#[cfg(feature = "_wire")]
pub mod notes;
mod status;

#[cfg(feature = "client-base")]
pub mod client {
    //! Stands in for the generated module `client`.

    pub use crate::runtime::client::{
        builder::{Client, ClientBuilder, http_builder},
        call::{
            BinaryResponse, Call, FullResponse, IfModifiedSince, IfNoneMatch, StreamingResponse,
        },
        conditional::HttpDate,
        credential::{CredentialFn, IntoCredential, credential_fn},
        error::{BoxError, Error, ResponseError},
        hook::{Hook, HookResponse},
        redirect::Redirects,
        retry::{Attempt, RetryPolicy},
        server_url::{Server, ServerVariable},
    };

    impl Server {
        /// The servers that the document declares.
        pub const ALL: &'static [Self] = &[];
    }
}

#[cfg(feature = "_wire")]
#[path = "../../src/emit/rfc3339/wrappers.rs"]
pub mod rfc3339;

#[cfg(feature = "server")]
pub mod server {
    //! Stands in for the generated module `server`.

    pub use crate::runtime::{
        message::Rejection,
        server::{
            axum::RouterExt,
            handler::{Declares, HandlerError, HandlerOutput, InternalError},
            limits::Limits,
            request::Request,
            router::ApiRouter,
            serve::{Serve, serve},
        },
    };

    /// The path of the document's first server.
    pub const BASE_PATH: &str = "/v1";
}

#[cfg(all(test, feature = "client-base", feature = "mock"))]
mod tests;

pub use runtime::status::{Class, Code, InvalidCodeError, Retry, UnknownStatusError};
pub use status::Status;

#[cfg(feature = "_wire")]
pub use runtime::{
    codec::{
        Base64, Body, BodyError, DecodeError, EncodeError, File, InvalidBase64Error,
        InvalidChoiceError, Media, StatusChoice,
    },
    message::{Operation, Response, ResponseKey, StatusIn, match_response_key},
};
