//! Hooks: user code that sees each request and each response of a client.

use std::{
    fmt,
    future::{Future, ready},
    pin::Pin,
    sync::Arc,
};

use bytes::Bytes;
use http::HeaderMap;
use reqwest::Url;

use super::error::{BoxError, RawResponse};
use crate::Code;

/// The result of user code, boxed.
type HookFuture<'a> = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send + 'a>>;

/// User code that changes requests before they are sent, and sees responses before they are decoded.
///
/// It is called for each message, including those of further attempts and of redirects that this crate follows.
/// Pass it to [`ClientBuilder::hook`](super::builder::ClientBuilder::hook).
///
/// ```ignore
/// struct Signer(Key);
///
/// impl Hook for Signer {
///     async fn on_request(&self, _: &'static str, request: &mut reqwest::Request) -> Result<(), BoxError> {
///         let signature = self.0.sign(request.url().path())?;
///         request.headers_mut().insert("x-signature", signature.parse()?);
///         Ok(())
///     }
/// }
/// ```
pub trait Hook: Send + Sync + 'static {
    /// Changes a request, which is complete otherwise: it has its credentials and its content.
    ///
    /// `operation` is the `operationId`, or the method and the path if the document does not declare one. The time
    /// that it takes is part of the [`timeout`](super::builder::ClientBuilder::timeout).
    ///
    /// # Errors
    /// If the request must not be sent. The call then fails with this error as its source.
    fn on_request(
        &self,
        operation: &'static str,
        request: &mut reqwest::Request,
    ) -> impl Future<Output = Result<(), BoxError>> + Send {
        let _ = (operation, request);
        ready(Ok(()))
    }

    /// Sees a response.
    ///
    /// # Errors
    /// If the response must not be used. The call then fails with this error as its source.
    fn on_response(
        &self,
        operation: &'static str,
        response: &HookResponse<'_>,
    ) -> impl Future<Output = Result<(), BoxError>> + Send {
        let _ = (operation, response);
        ready(Ok(()))
    }
}

/// A response that a hook sees.
#[derive(Clone, Copy)]
pub struct HookResponse<'a> {
    raw: &'a RawResponse,
    url: &'a Url,
    has_body: bool,
}

impl<'a> HookResponse<'a> {
    pub(crate) fn new(raw: &'a RawResponse, url: &'a Url, has_body: bool) -> Self {
        Self { raw, url, has_body }
    }

    /// Returns the status code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.raw.code
    }

    /// Returns all header fields.
    #[must_use]
    pub fn headers(&self) -> &'a HeaderMap {
        &self.raw.headers
    }

    /// Returns the content; `None` if it is streamed, or if the response is a redirect that is followed.
    #[must_use]
    pub fn body(&self) -> Option<&'a Bytes> {
        self.has_body.then_some(&self.raw.body)
    }

    /// Returns the URL of the request. It may contain credentials in its query.
    #[must_use]
    pub fn url(&self) -> &'a Url {
        self.url
    }
}

/// Omits header fields, content and URL, which may contain secrets.
impl fmt::Debug for HookResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookResponse")
            .field("code", &self.raw.code)
            .finish_non_exhaustive()
    }
}

/// A [`Hook`] whose type is erased.
trait DynHook: Send + Sync {
    fn on_request<'a>(
        &'a self,
        operation: &'static str,
        request: &'a mut reqwest::Request,
    ) -> HookFuture<'a>;

    fn on_response<'a>(
        &'a self,
        operation: &'static str,
        response: &'a HookResponse<'a>,
    ) -> HookFuture<'a>;
}

impl<H: Hook> DynHook for H {
    fn on_request<'a>(
        &'a self,
        operation: &'static str,
        request: &'a mut reqwest::Request,
    ) -> HookFuture<'a> {
        Box::pin(Hook::on_request(self, operation, request))
    }

    fn on_response<'a>(
        &'a self,
        operation: &'static str,
        response: &'a HookResponse<'a>,
    ) -> HookFuture<'a> {
        Box::pin(Hook::on_response(self, operation, response))
    }
}

/// The hooks of a client, in the order in which they were added.
#[derive(Clone, Default)]
pub(crate) struct Hooks(Vec<Arc<dyn DynHook>>);

impl Hooks {
    pub(crate) fn add(&mut self, hook: impl Hook) {
        self.0.push(Arc::new(hook));
    }

    /// Calls the hooks for a request.
    pub(crate) async fn on_request(
        &self,
        operation: &'static str,
        request: &mut reqwest::Request,
    ) -> Result<(), BoxError> {
        for hook in &self.0 {
            hook.on_request(operation, request).await?;
        }
        Ok(())
    }

    /// Calls the hooks for a response, in the opposite order: the last one is the closest to the network.
    pub(crate) async fn on_response(
        &self,
        operation: &'static str,
        response: &HookResponse<'_>,
    ) -> Result<(), BoxError> {
        for hook in self.0.iter().rev() {
            hook.on_response(operation, response).await?;
        }
        Ok(())
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hooks({})", self.0.len())
    }
}
