//! What operations and their answers have in common.

use std::fmt;

use http::Method;

use super::{
    codec_error::{DecodeError, EncodeError},
    request_decoder::{Rejection, RequestDecoder},
    request_encoder::RequestEncoder,
    response_decoder::ResponseDecoder,
    response_encoder::ResponseEncoder,
    security::SecurityScheme,
};
use crate::{Code, ResponseKey};

/// An operation of the document, as a request that can be sent or has come in.
pub trait Operation: Sized + Send + Sync + 'static {
    /// What it answers.
    type Response: Response;

    /// The `operationId`; the method and the path where the document gives none.
    const ID: &'static str;

    /// The method.
    const METHOD: Method;

    /// The path, with its parameters in braces.
    const PATH: &'static str;

    /// The credentials that it asks for: alternatives, each of schemes that go together.
    const SECURITY: &'static [&'static [SecurityScheme]] = &[];

    /// Whether it has content.
    const HAS_BODY: bool;

    #[doc(hidden)]
    fn encode(&self, request: &mut RequestEncoder) -> Result<(), EncodeError>;

    #[doc(hidden)]
    fn decode(request: &mut RequestDecoder) -> Result<Self, Rejection>;
}

/// The answers that one or several operations have.
pub trait Response: Sized + fmt::Debug + Send + 'static {
    /// What a success gives: its content, `()` without any, and the whole answer where successes
    /// differ.
    type Success: Send + 'static;

    /// The keys of the document, one for each variant, in the order of the variants.
    const KEYS: &'static [ResponseKey];

    /// The media types of the successes; none, if there is one without content.
    const PRODUCES: &'static [&'static str] = &[];

    /// The status.
    fn code(&self) -> Code;

    /// The success, which is an answer with 2xx.
    ///
    /// # Errors
    /// Gives the answer back if it is no success.
    fn success(self) -> Result<Self::Success, Self>;

    #[doc(hidden)]
    fn decode(received: &mut ResponseDecoder<'_>) -> Result<Self, DecodeError>;

    #[doc(hidden)]
    fn encode(self) -> Result<ResponseEncoder, EncodeError>;
}
