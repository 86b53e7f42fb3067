//! The context of a request: everything except its parameters and its content.

use std::{net::SocketAddr, sync::Arc};

use axum::extract::ConnectInfo;
use http::{HeaderMap, Method, Uri, request::Parts};

/// The method, URI, header fields and extensions of a request, and the address of the peer.
///
/// It is cheap to clone.
#[derive(Clone, Debug)]
pub struct Context(Arc<Parts>);

impl Context {
    pub(crate) fn new(parts: Arc<Parts>) -> Self {
        Self(parts)
    }

    /// Returns the method of the request. An operation of GET also handles HEAD.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.0.method
    }

    /// Returns the path and the query of the request, as received.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.0.uri
    }

    /// Returns all header fields, declared or not.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// Returns an extension that a layer around the router has added to the request.
    #[must_use]
    pub fn extension<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.extensions.get()
    }

    /// Returns the address of the peer, which may be a proxy.
    ///
    /// `None` if the program that serves the router does not provide it. [`serve`](super::serve::serve) does,
    /// and axum does with `into_make_service_with_connect_info::<SocketAddr>()`.
    #[must_use]
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        self.extension::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0)
    }
}
