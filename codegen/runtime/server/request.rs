//! The request that a method of an API handles.

use std::{
    fmt,
    net::SocketAddr,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use http::{Extensions, HeaderMap, Method, Uri, request::Parts as Head};

use super::axum::ConnectInfo;
use crate::runtime::message::Operation;

/// A request for an operation: its parameters and content, its credentials, and its head.
///
/// It dereferences to the parameters and the content, so that a field of the operation is `request.id`;
/// [`into_inner`](Self::into_inner) moves them out.
///
/// A test of a method creates a request with [`new`](Self::new), or with `into()` from an operation that does
/// not require credentials.
pub struct Request<O: Operation> {
    operation: O,
    credentials: O::Credentials,
    head: Arc<Head>,
}

impl<O: Operation> Request<O> {
    /// Creates a request whose head has only the method of the operation.
    #[must_use]
    pub fn new(operation: O, credentials: O::Credentials) -> Self {
        let (mut head, ()) = http::Request::new(()).into_parts();
        head.method = O::METHOD;
        Self::with_shared_head(operation, credentials, Arc::new(head))
    }

    pub(crate) fn with_shared_head(
        operation: O,
        credentials: O::Credentials,
        head: Arc<Head>,
    ) -> Self {
        Self {
            operation,
            credentials,
            head,
        }
    }

    /// Sets the head: the method, the URI, the header fields and the extensions.
    ///
    /// It does not change the parameters, which are already decoded.
    #[must_use]
    pub fn with_head(self, head: Head) -> Self {
        Self {
            head: Arc::new(head),
            ..self
        }
    }

    /// Returns the parameters and the content.
    #[must_use]
    pub fn into_inner(self) -> O {
        self.operation
    }

    /// Returns the parameters and the content, the credentials, and the head.
    #[must_use]
    pub fn into_parts(self) -> (O, O::Credentials, Head) {
        let head = Arc::unwrap_or_clone(self.head);
        (self.operation, self.credentials, head)
    }

    /// Returns the credentials that satisfy the operation's security requirements; `()` if it has none.
    ///
    /// Whether they are valid is for the method to decide.
    #[must_use]
    pub fn credentials(&self) -> &O::Credentials {
        &self.credentials
    }

    /// Returns the method of the request. An operation of GET also handles HEAD.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.head.method
    }

    /// Returns the path and the query of the request, as received.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.head.uri
    }

    /// Returns all header fields, declared or not.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// Returns the values that layers around the router have added to the request.
    #[must_use]
    pub fn extensions(&self) -> &Extensions {
        &self.head.extensions
    }

    /// Returns the address of the peer, which may be a proxy.
    ///
    /// `None` if the program that serves the router does not provide it. [`serve`](super::serve::serve) does,
    /// and axum does with `into_make_service_with_connect_info::<SocketAddr>()`.
    #[must_use]
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        let info = self.head.extensions.get::<ConnectInfo<SocketAddr>>();
        info.map(|info| info.0)
    }
}

impl<O: Operation<Credentials = ()>> From<O> for Request<O> {
    fn from(operation: O) -> Self {
        Self::new(operation, ())
    }
}

impl<O: Operation> Deref for Request<O> {
    type Target = O;

    fn deref(&self) -> &O {
        &self.operation
    }
}

impl<O: Operation> DerefMut for Request<O> {
    fn deref_mut(&mut self) -> &mut O {
        &mut self.operation
    }
}

impl<O> Clone for Request<O>
where
    O: Operation + Clone,
    O::Credentials: Clone,
{
    fn clone(&self) -> Self {
        Self {
            operation: self.operation.clone(),
            credentials: self.credentials.clone(),
            head: Arc::clone(&self.head),
        }
    }
}

/// Omits the head, whose header fields may contain secrets.
impl<O> fmt::Debug for Request<O>
where
    O: Operation + fmt::Debug,
    O::Credentials: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation)
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}
