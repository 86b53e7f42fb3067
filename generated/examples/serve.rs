//! The mock as a program: `cargo run --example serve --features mock -- 127.0.0.1:8080`.
//!
//! `cargo xtask serve` runs this very file, against the crate of any document, and with a folder of what is to be
//! shown: the document, and a page of it.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use statusquo::{
    mock::{Mock, as_declared},
    server::{BASE_PATH, Limits, Rejection, RouterExt as _, router, serve},
};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    let address = env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let shown = env::args_os().nth(2).map(PathBuf::from);
    match run(&address, shown).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: cannot serve on {address}: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run(address: &str, shown: Option<PathBuf>) -> io::Result<()> {
    let shown = Arc::new(match shown {
        Some(folder) => Shown::read(&folder)?,
        None => Shown::default(),
    });
    let listener = TcpListener::bind(address).await?;
    // Whoever has read the address may stop the program at once.
    let stopped = stopped()?;
    println!("http://{}{BASE_PATH}", listener.local_addr()?);
    let router = router(Mock)
        .at_base_path()
        .layer(from_fn_with_state(shown, show))
        // Who tries something wants to know why it is refused; who is tested gets what the document says.
        .on_reject(|rejection, usual| {
            eprintln!("refused: {} {}", rejection.code(), rejection.detail());
            as_declared(rejection, usual)
        })
        .layer(from_fn(cors));
    serve(listener, router, Limits::default())
        .with_graceful_shutdown(stopped)
        .await
}

/// What is shown where the document has no such path: by path, with its media type.
#[derive(Default)]
struct Shown(Vec<(&'static str, &'static str, String)>);

impl Shown {
    fn read(folder: &Path) -> io::Result<Self> {
        let mut shown = Vec::new();
        for (path, file, media) in [
            ("/", "openapi.html", "text/html; charset=utf-8"),
            ("/openapi.html", "openapi.html", "text/html; charset=utf-8"),
            ("/openapi.json", "openapi.json", "application/json"),
            ("/openapi.yaml", "openapi.yaml", "application/yaml"),
        ] {
            shown.push((path, media, fs::read_to_string(folder.join(file))?));
        }
        Ok(Self(shown))
    }
}

async fn show(State(shown): State<Arc<Shown>>, request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let path = request.uri().path();
    let found = shown
        .0
        .iter()
        .find(|(known, _, _)| is_read && *known == path);
    let response = next.run(request).await;
    // What the document says goes before.
    let is_free = response.status() == StatusCode::NOT_FOUND
        && response.extensions().get::<Rejection>().is_some();
    match found {
        Some((_, media, text)) if is_free => {
            ([(header::CONTENT_TYPE, *media)], text.clone()).into_response()
        }
        _ => response,
    }
}

/// Lets scripts of any page read the answers, as httpbin does.
async fn cors(request: Request, next: Next) -> Response {
    let is_options = request.method() == Method::OPTIONS;
    let asked = request.headers();
    let origin = asked.get(header::ORIGIN).cloned();
    let wanted = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();

    let mut response = next.run(request).await;
    let allow = response.headers().get(header::ALLOW).cloned();
    let headers = response.headers_mut();
    let origin = origin.unwrap_or(HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        HeaderValue::from_static("true"),
    );
    if is_options {
        headers.insert(
            header::ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static("3600"),
        );
        if let Some(methods) = allow {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
        }
        if let Some(wanted) = wanted {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted);
        }
    }
    response
}

/// Ends when somebody presses Ctrl-C, or the system asks the program to stop.
#[cfg(unix)]
fn stopped() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends when somebody presses Ctrl-C.
#[cfg(windows)]
fn stopped() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
