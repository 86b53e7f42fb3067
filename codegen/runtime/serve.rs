//! Serving a router on a socket, with an end to what a client may ask of it.

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

use super::{
    request_decoder::Rejection,
    router::{no_such_path, problem},
};

/// The least that hyper takes for the size of a header.
const LEAST_HEADER: usize = 8192;

/// What a server puts up with. Times that are `None` and sizes of [`usize::MAX`] have no end.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The most bytes of a request's header, 8 KiB at least, beyond which the answer is 431; 64 KiB.
    pub header_size: usize,
    /// How long a header may take to come, beyond which the connection is closed; 10 seconds. A connection
    /// between two requests has as long.
    pub header_time: Option<Duration>,
    /// The most bytes of content, beyond which the answer is 413; 2 MiB.
    pub body_size: usize,
    /// How long content may take to come, beyond which the answer is 408; 30 seconds.
    pub body_time: Option<Duration>,
    /// How long an answer may take, beyond which it is 503; 60 seconds.
    pub request_time: Option<Duration>,
    /// How long a client may take nothing of its answer, beyond which the connection is closed; 30 seconds.
    pub write_time: Option<Duration>,
    /// How many connections there may be at once; the next ones wait. 10,000.
    pub connections: usize,
    /// How long the requests at hand may take once the server is asked to stop; 30 seconds.
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

/// Those of the limits that the operations of a router hold a request against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestLimits {
    pub(crate) body_size: usize,
    pub(crate) body_time: Option<Duration>,
    pub(crate) request_time: Option<Duration>,
}

impl RequestLimits {
    /// Those that a layer has set, else those that go without saying.
    pub(crate) fn of(extensions: &Extensions) -> Self {
        let set = extensions.get::<Self>().copied();
        set.unwrap_or_else(|| Limits::default().of_requests())
    }
}

impl Limits {
    fn of_requests(&self) -> RequestLimits {
        RequestLimits {
            body_size: self.body_size,
            body_time: self.body_time,
            request_time: self.request_time,
        }
    }
}

/// What can be said of a router of an API, be it one of axum's or one that [becomes](super::router::ApiRouter) one.
pub trait RouterExt: Into<Router> {
    /// Holds requests against other limits than those that go without saying, as far as a router can: the
    /// size and the time of their content, and the time of their answers. [`serve`] does this, too.
    fn with_limits(self, limits: &Limits) -> Router {
        self.into().layer(Extension(limits.of_requests()))
    }

    /// Puts the router under the path of the document's first server, which requests of its clients have in
    /// front: [`BASE_PATH`](crate::server::BASE_PATH).
    fn at_base_path(self) -> Router {
        match crate::server::BASE_PATH {
            "" => self.into(),
            path => Router::new()
                .nest(path, self.into())
                .fallback(|| std::future::ready(problem(no_such_path()))),
        }
    }

    /// Answers otherwise where the server refuses a request by itself: from why it does, and what it would
    /// answer.
    fn on_reject<F>(self, answer: F) -> Router
    where
        F: Fn(&Rejection, Response) -> Response + Clone + Send + Sync + 'static,
    {
        self.into()
            .layer(map_response(move |mut response: Response| {
                let rejection = response.extensions_mut().remove::<Rejection>();
                let response = match rejection {
                    Some(rejection) => answer(&rejection, response),
                    None => response,
                };
                std::future::ready(response)
            }))
    }
}

impl<R: Into<Router>> RouterExt for R {}

/// Serves a router on a socket until the process ends, or [otherwise](Serve::with_graceful_shutdown).
///
/// Requests are of HTTP/1. They are held against the limits, and know who is connected:
/// [`Context::remote_addr`](super::context::Context::remote_addr).
pub fn serve(listener: TcpListener, router: impl Into<Router>, limits: Limits) -> Serve {
    Serve {
        listener,
        router: router.into(),
        limits,
        stop: Box::pin(std::future::pending()),
    }
}

/// A server that waits to be awaited.
#[must_use = "a server does nothing before it is awaited"]
pub struct Serve {
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Serve {
    /// Stops when a future ends: takes no more connections, ends those at which nothing is at hand, and the
    /// others when their answer is sent, or the [`grace`](Limits::grace) is over.
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
        let room = Arc::new(Semaphore::new(
            limits.connections.min(Semaphore::MAX_PERMITS),
        ));
        let graceful = GracefulShutdown::new();
        let mut connections = JoinSet::new();
        loop {
            let accepted = async {
                // It is never closed.
                let permit = Arc::clone(&room).acquire_owned().await.ok();
                (permit, listener.accept().await)
            };
            let (permit, accepted) = tokio::select! {
                () = &mut stop => break,
                // What has ended leaves its place.
                Some(_) = connections.join_next() => continue,
                accepted = accepted => accepted,
            };
            match accepted {
                Ok((stream, remote)) => {
                    // An answer is sent when it is there; to wait for more of it costs time.
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
                        // Whatever is wrong with a connection is the client's business.
                        let _ = connection.await;
                        drop(permit);
                    });
                }
                Err(error) if is_of_the_client(&error) => {}
                // There are no more files to be had, which may change.
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
                // Those that are left end here, with their connections.
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

/// Whether a connection failed before it was one.
fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}

/// HTTP as the limits have it.
fn http(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_buf_size(limits.header_size.max(LEAST_HEADER));
    builder
}

/// The router for a connection, each of whose requests knows who is at its other end.
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
