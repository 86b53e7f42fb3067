//! The mock as a program: `cargo run --example serve --features mock -- 127.0.0.1:8080`.
//!
//! `cargo xtask serve` runs this very file, against the crate of any document.

use std::{env, error::Error};

use axum::{
    extract::Request,
    http::{HeaderValue, Method, header},
    middleware::{Next, from_fn},
    response::Response,
};
use statusquo::{mock::Mock, server::router};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}"))?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, router(Mock).layer(from_fn(cors)))
        .with_graceful_shutdown(stopped())
        .await?;
    Ok(())
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
async fn stopped() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();

    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
