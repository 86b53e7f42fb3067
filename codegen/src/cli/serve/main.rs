//! The mock as a program: `cargo run --example serve --features mock -- 127.0.0.1:8080`.
//!
//! The command `serve` of the generator compiles a copy of this file with the crate of any document, and passes a
//! folder with the document and its page.

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
    let folder = env::args_os().nth(2).map(PathBuf::from);
    match run(&address, folder).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: cannot serve on {address}: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run(address: &str, folder: Option<PathBuf>) -> io::Result<()> {
    let pages = Arc::new(match folder {
        Some(folder) => Pages::read(&folder)?,
        None => Pages::default(),
    });
    let listener = TcpListener::bind(address).await?;
    // A reader of the address may stop the program at once, so the signals are handled before it is printed.
    let shutdown = shutdown_signal()?;
    println!("http://{}{BASE_PATH}", listener.local_addr()?);
    let router = router(Mock)
        .at_base_path()
        .layer(from_fn_with_state(pages, serve_pages))
        // Prints the reason for a rejection, and sends the response that the document declares.
        .on_reject(|rejection, response| {
            eprintln!("rejected: {} {}", rejection.code(), rejection.detail());
            as_declared(rejection, response)
        })
        .layer(from_fn(cors));
    serve(listener, router, Limits::default())
        .with_graceful_shutdown(shutdown)
        .await
}

/// The pages, unless the document declares their paths: path, media type, content.
#[derive(Default)]
struct Pages(Vec<(&'static str, &'static str, String)>);

impl Pages {
    fn read(folder: &Path) -> io::Result<Self> {
        let mut pages = Vec::new();
        for (path, file, media) in [
            ("/", "openapi.html", "text/html; charset=utf-8"),
            ("/openapi.html", "openapi.html", "text/html; charset=utf-8"),
            ("/openapi.json", "openapi.json", "application/json"),
            ("/openapi.yaml", "openapi.yaml", "application/yaml"),
        ] {
            pages.push((path, media, fs::read_to_string(folder.join(file))?));
        }
        Ok(Self(pages))
    }
}

async fn serve_pages(State(pages): State<Arc<Pages>>, request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let path = request.uri().path();
    let page = pages.0.iter().find(|(page, _, _)| is_read && *page == path);
    let response = next.run(request).await;
    // A path of the document takes precedence.
    let is_undeclared = response.status() == StatusCode::NOT_FOUND
        && response.extensions().get::<Rejection>().is_some();
    match page {
        Some((_, media, text)) if is_undeclared => {
            ([(header::CONTENT_TYPE, *media)], text.clone()).into_response()
        }
        _ => response,
    }
}

/// Lets scripts of any origin read the responses, as httpbin does.
async fn cors(request: Request, next: Next) -> Response {
    let is_options = request.method() == Method::OPTIONS;
    let headers = request.headers();
    let origin = headers.get(header::ORIGIN).cloned();
    let requested = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();

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
        if let Some(requested) = requested {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, requested);
        }
    }
    response
}

/// Completes on Ctrl-C, or when the system asks the program to stop.
#[cfg(unix)]
fn shutdown_signal() -> io::Result<impl Future<Output = ()>> {
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

/// Completes on Ctrl-C.
#[cfg(windows)]
fn shutdown_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
