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

use futures_util::future::{Either, Ready, ready};
use http::{HeaderMap, HeaderValue, Version, header, uri::Authority};
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

use super::{
    axum::{Body, ConnectInfo, HttpRequest, HttpResponse, Router, RouterExt as _},
    limits::Limits,
    preface::RefusingHttp2,
    response::{problem, with_status},
};
use crate::{
    Code,
    runtime::message::{Rejection, built_in::BuiltInResponse},
};

/// The minimum header size that hyper accepts, in bytes.
const MIN_HEADER_SIZE: usize = 8192;

/// Serves a router on a socket over HTTP/1, until the process ends or
/// [a future completes](Serve::with_graceful_shutdown).
///
/// It enforces the limits, rejects a request without exactly one valid `Host` (400) and a client that starts with
/// HTTP/2 (505), and provides the address of the peer as
/// [`Request::remote_addr`](super::request::Request::remote_addr).
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
        let header_size = limits.header_size.max(MIN_HEADER_SIZE);
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
                        header_size,
                    };
                    let mut stream = TimeoutStream::new(stream);
                    stream.set_write_timeout(limits.write_time);
                    let stream = TokioIo::new(RefusingHttp2::new(Box::pin(stream)));
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
        // Larger than the limit, so that the service can tell a long target from a large header.
        .max_buf_size(4 * limits.header_size.max(MIN_HEADER_SIZE));
    builder
}

/// Returns the response to a request whose header violates HTTP/1.1 or exceeds a size in bytes.
fn check_header<B>(request: &hyper::Request<B>, size: usize) -> Option<HttpResponse> {
    let rejected = |response: BuiltInResponse| {
        let code = Code::from_const(response.code());
        let mut response = with_status(code, Body::empty());
        // The content of the request is not read.
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
        response
    };
    let uri = request.uri();
    let target = uri.path().len() + uri.query().map_or(0, |query| query.len() + 1);
    if target > size {
        return Some(rejected(BuiltInResponse::URI_TOO_LONG));
    }
    // A field is sent as `name: value` with a line break.
    let fields = request.headers().iter();
    let fields = fields.map(|(name, value)| name.as_str().len() + value.len() + 4);
    if target + fields.sum::<usize>() > size {
        return Some(rejected(BuiltInResponse::HEADER_TOO_LARGE));
    }
    if request.version() == Version::HTTP_11 && !has_valid_host(request.headers()) {
        let detail = "the request must have one `Host`, which is the host and port of its URL";
        let close = HeaderValue::from_static("close");
        let rejection = Rejection::new(BuiltInResponse::INVALID_HOST, detail);
        return Some(problem(rejection.with_header(header::CONNECTION, close)));
    }
    None
}

/// Returns whether there is exactly one `Host`, which is empty or a host with an optional port.
fn has_valid_host(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    host.is_empty()
        || Authority::try_from(host.as_bytes()).is_ok_and(|host| !host.as_str().contains('@'))
}

/// The service of a connection, which adds the address of the peer to each request.
#[derive(Clone)]
struct ConnectionService {
    router: Router,
    remote: SocketAddr,
    /// The maximum size of a request's header, in bytes.
    header_size: usize,
}

impl hyper::service::Service<hyper::Request<Incoming>> for ConnectionService {
    type Response = HttpResponse;
    type Error = Infallible;
    type Future =
        Either<Ready<Result<HttpResponse, Infallible>>, <Router as Service<HttpRequest>>::Future>;

    fn call(&self, request: hyper::Request<Incoming>) -> Self::Future {
        if let Some(response) = check_header(&request, self.header_size) {
            return Either::Left(ready(Ok(response)));
        }
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.remote));
        // A router is always ready.
        Either::Right(self.router.clone().call(request))
    }
}
