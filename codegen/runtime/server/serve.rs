//! Serves a router on a socket, with limits on size, time and connections.

use std::{
    convert::Infallible,
    future::{Future, IntoFuture},
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use axum::{
    Extension, Router,
    body::Body,
    extract::{ConnectInfo, Request},
    middleware::map_response,
    response::Response,
};
use http::Extensions;
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::{
    net::TcpListener,
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tower::Service;

use super::router::{no_such_path, problem};
use crate::runtime::message::request_decoder::Rejection;

/// The minimum header size that hyper accepts, in bytes.
const MIN_HEADER_SIZE: usize = 8192;

/// The limits of a server. `None` or [`usize::MAX`] means no limit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Maximum size of a request's header, in bytes; larger requests get 431. Default 64 KiB, minimum 8 KiB.
    pub header_size: usize,
    /// Maximum time to receive a header, and to wait for the next request on a connection; after it the
    /// connection is closed. Default 10 seconds.
    pub header_time: Option<Duration>,
    /// Maximum size of a request's content, in bytes; larger requests get 413. Default 2 MiB.
    pub body_size: usize,
    /// Maximum time to receive the content of a request; slower requests get 408. Default 30 seconds.
    pub body_time: Option<Duration>,
    /// Maximum time from a request's header to the response; slower requests get 503. Default 60 seconds.
    pub request_time: Option<Duration>,
    /// Maximum time for which a client may accept no part of a response; after that, the connection is closed.
    /// Default 30 seconds.
    pub write_time: Option<Duration>,
    /// Maximum number of simultaneous connections; further ones wait. Default 10,000.
    pub connections: usize,
    /// Maximum time of a graceful shutdown; after it all connections are closed. Default 30 seconds.
    pub grace: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_size: 64 * 1024,
            header_time: Some(Duration::from_secs(10)),
            body_size: 2 * 1024 * 1024,
            body_time: Some(Duration::from_secs(30)),
            request_time: Some(Duration::from_secs(60)),
            write_time: Some(Duration::from_secs(30)),
            connections: 10_000,
            grace: Some(Duration::from_secs(30)),
        }
    }
}

/// The limits that a router enforces.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestLimits {
    pub(crate) body_size: usize,
    pub(crate) body_time: Option<Duration>,
    pub(crate) request_time: Option<Duration>,
}

impl RequestLimits {
    /// Returns the limits that a layer has set, or else the defaults.
    pub(crate) fn from_extensions(extensions: &Extensions) -> Self {
        let limits = extensions.get::<Self>().copied();
        limits.unwrap_or_else(|| Limits::default().request_limits())
    }
}

impl Limits {
    fn request_limits(&self) -> RequestLimits {
        RequestLimits {
            body_size: self.body_size,
            body_time: self.body_time,
            request_time: self.request_time,
        }
    }
}

/// Methods for the router of an API: an [`axum::Router`], or an [`ApiRouter`](super::router::ApiRouter).
pub trait RouterExt: Into<Router> {
    /// Replaces the default limits that a router enforces: [`body_size`](Limits::body_size),
    /// [`body_time`](Limits::body_time) and [`request_time`](Limits::request_time). [`serve`] does this, too.
    fn with_limits(self, limits: &Limits) -> Router {
        self.into().layer(Extension(limits.request_limits()))
    }

    /// Nests the router under the path of the document's first server,
    /// [`BASE_PATH`](crate::server::BASE_PATH), which its clients prepend to the path of each request.
    fn at_base_path(self) -> Router {
        match crate::server::BASE_PATH {
            "" => self.into(),
            path => Router::new()
                .nest(path, self.into())
                .fallback(|| std::future::ready(problem(no_such_path()))),
        }
    }

    /// Replaces the responses to rejected requests. The function gets the reason and the default response,
    /// with RFC 9457 problem details, and returns the response to be sent.
    fn on_reject<F>(self, respond: F) -> Router
    where
        F: Fn(&Rejection, Response) -> Response + Clone + Send + Sync + 'static,
    {
        self.into()
            .layer(map_response(move |mut response: Response| {
                let rejection = response.extensions_mut().remove::<Rejection>();
                let response = match rejection {
                    Some(rejection) => respond(&rejection, response),
                    None => response,
                };
                std::future::ready(response)
            }))
    }
}

impl<R: Into<Router>> RouterExt for R {}

/// Serves a router on a socket over HTTP/1, until the process ends or
/// [a future completes](Serve::with_graceful_shutdown).
///
/// It enforces the limits, and provides the address of the peer as
/// [`Context::remote_addr`](super::context::Context::remote_addr).
pub fn serve(listener: TcpListener, router: impl Into<Router>, limits: Limits) -> Serve {
    Serve {
        listener,
        router: router.into(),
        limits,
        stop: Box::pin(std::future::pending()),
    }
}

/// A server that starts when it is awaited.
///
/// It completes after a [graceful shutdown](Self::with_graceful_shutdown).
#[must_use = "a server does nothing until it is awaited"]
pub struct Serve {
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Serve {
    /// Stops the server when a future completes: it accepts no more connections and closes idle ones at once,
    /// and the others after their response or after the time of [`grace`](Limits::grace).
    pub fn with_graceful_shutdown(
        mut self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        self.stop = Box::pin(stop);
        self
    }

    async fn run(self) -> io::Result<()> {
        let Self {
            listener,
            router,
            limits,
            mut stop,
        } = self;
        let router = router.with_limits(&limits);
        let http = http(&limits);
        let permits = Arc::new(Semaphore::new(
            limits.connections.min(Semaphore::MAX_PERMITS),
        ));
        let graceful = GracefulShutdown::new();
        let mut connections = JoinSet::new();
        loop {
            let accepted = async {
                // The semaphore is never closed.
                let permit = Arc::clone(&permits).acquire_owned().await.ok();
                (permit, listener.accept().await)
            };
            let (permit, accepted) = tokio::select! {
                () = &mut stop => break,
                // Removes a connection that has ended.
                Some(_) = connections.join_next() => continue,
                accepted = accepted => accepted,
            };
            match accepted {
                Ok((stream, remote)) => {
                    // Responses are sent without the delay of Nagle's algorithm.
                    let _ = stream.set_nodelay(true);
                    let service = ConnectionService {
                        router: router.clone(),
                        remote,
                    };
                    let mut stream = TimeoutStream::new(stream);
                    stream.set_write_timeout(limits.write_time);
                    let stream = TokioIo::new(Box::pin(stream));
                    let connection = http.serve_connection_with_upgrades(stream, service);
                    let connection = graceful.watch(connection.into_owned());
                    connections.spawn(async move {
                        // An error of a connection does not concern the server.
                        let _ = connection.await;
                        drop(permit);
                    });
                }
                Err(error) if is_connection_error(&error) => {}
                // The process may have run out of file descriptors; it retries after a delay.
                Err(_) => sleep(Duration::from_millis(100)).await,
            }
        }
        drop(listener);
        let all_ended = async {
            graceful.shutdown().await;
            while connections.join_next().await.is_some() {}
        };
        match limits.grace {
            None => all_ended.await,
            Some(grace) => {
                let _ = timeout(grace, all_ended).await;
                // The remaining connections are closed when `connections` is dropped.
            }
        }
        Ok(())
    }
}

impl IntoFuture for Serve {
    type Output = io::Result<()>;
    type IntoFuture = Pin<Box<dyn Future<Output = io::Result<()>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// Returns whether an error of `accept` concerns only the connection that failed.
fn is_connection_error(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}

/// Configures HTTP/1 with the limits.
fn http(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_buf_size(limits.header_size.max(MIN_HEADER_SIZE));
    builder
}

/// The service of a connection, which adds the address of the peer to each request.
#[derive(Clone)]
struct ConnectionService {
    router: Router,
    remote: SocketAddr,
}

impl hyper::service::Service<hyper::Request<Incoming>> for ConnectionService {
    type Response = Response;
    type Error = Infallible;
    type Future = <Router as Service<Request>>::Future;

    fn call(&self, request: hyper::Request<Incoming>) -> Self::Future {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.remote));
        // A router is always ready.
        self.router.clone().call(request)
    }
}
