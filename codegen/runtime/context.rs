//! Who asks, and how: what a request is beside its parameters and its content.

use std::{net::SocketAddr, sync::Arc};

use axum::extract::ConnectInfo;
use http::{HeaderMap, Method, Uri, request::Parts};

/// What comes with a request beside its parameters and its content.
///
/// It is cheap to clone.
#[derive(Clone, Debug)]
pub struct Context(Arc<Parts>);

impl Context {
    pub(crate) fn new(parts: Arc<Parts>) -> Self {
        Self(parts)
    }

    /// The method as it came: an operation of GET is asked by HEAD, too.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.0.method
    }

    /// The path and the query as they came.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.0.uri
    }

    /// The header fields, declared or not.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// What a layer around the router has put into the request.
    #[must_use]
    pub fn extension<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.extensions.get()
    }

    /// The address of the one who is connected, a proxy perhaps; `None` if whatever serves the router does
    /// not tell. [`serve`](super::serve::serve) does, and axum by
    /// `into_make_service_with_connect_info::<SocketAddr>()`.
    #[must_use]
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        self.extension::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0)
    }
}
