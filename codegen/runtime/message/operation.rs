//! Traits of operations and their responses.

use std::fmt;

use http::Method;

use super::{
    rejection::Rejection,
    request_decoder::RequestDecoder,
    request_encoder::RequestEncoder,
    response_decoder::ResponseDecoder,
    response_encoder::ResponseEncoder,
    security::{Credentials, SecurityScheme},
};
use crate::{
    Code, ResponseKey,
    runtime::codec::error::{DecodeError, EncodeError},
};

/// An operation of the document; the implementing type is its request.
pub trait Operation: Sized + Send + Sync + 'static {
    /// The responses of the operation.
    type Response: Response;

    /// The credentials that the operation requires; `()` if it does not require any.
    type Credentials: Credentials;

    /// The `operationId`, or the method and the path if the document does not declare one: `GET /pets`.
    const ID: &'static str;

    /// The method of the request.
    const METHOD: Method;

    /// The path as the document declares it, with parameters in braces.
    const PATH: &'static str;

    /// The URL that the path is appended to, if the document declares a server for the operation or its path: the
    /// first one, with the default values of its variables. `None` for the servers of the document.
    const BASE_URL: Option<&'static str> = None;

    /// The alternative security requirements; the schemes of each are required together.
    const SECURITY: &'static [&'static [SecurityScheme]] = &[];

    /// Whether the document declares content for the request.
    const HAS_BODY: bool;

    /// Whether the server passes the content to the method before it is received as a whole.
    #[doc(hidden)]
    const IS_STREAMED: bool = false;

    #[doc(hidden)]
    fn encode(&self, request: &mut RequestEncoder) -> Result<(), EncodeError>;

    #[doc(hidden)]
    fn decode(request: &mut RequestDecoder) -> Result<Self, Rejection>;
}

/// The responses of one or several operations.
pub trait Response: Sized + fmt::Debug + Send + 'static {
    /// The value of a success: its content, `()` if it does not have any, or `Self` if the successes have
    /// different values.
    type Success: Send + 'static;

    /// The response keys in the document, one for each variant, in the order of the variants.
    const KEYS: &'static [ResponseKey];

    /// The media types of the successes; empty if a success without content is declared.
    const PRODUCES: &'static [&'static str] = &[];

    /// Returns the status code.
    fn code(&self) -> Code;

    /// Returns the value of a success (2xx).
    ///
    /// # Errors
    /// Returns `self` if the response is not a success.
    fn success(self) -> Result<Self::Success, Self>;

    #[doc(hidden)]
    fn decode(received: &mut ResponseDecoder<'_>) -> Result<Self, DecodeError>;

    #[doc(hidden)]
    fn encode(self) -> Result<ResponseEncoder, EncodeError>;
}
