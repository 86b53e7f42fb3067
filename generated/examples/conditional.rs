//! A GET that uses its cached copy on 304: `cargo run --example conditional --features client-base`.

use std::error::Error;

use axum::{Router, http::HeaderMap, response::IntoResponse};
use statusquo::{
    Client, Status, StatusResponse,
    client::reqwest::{StatusCode, header},
};
use tokio::net::TcpListener;

/// The parts of a response that the client caches.
#[derive(Clone)]
struct Copy {
    etag: String,
    text: String,
}

/// Returns the current resource: the cached copy if it is still fresh.
async fn fetch(client: &Client, copy: Option<Copy>) -> Result<Copy, Box<dyn Error>> {
    let mut call = client.get_status(Status::Ok);
    if let Some(copy) = &copy {
        call = call.if_none_match(&copy.etag);
    }
    let full = call.send_full().await?;
    match (&full.response, copy) {
        (StatusResponse::NotModified, Some(copy)) => Ok(copy),
        (StatusResponse::Ok, _) => Ok(Copy {
            // The document does not declare `ETag`, so it is not a field of the response.
            etag: full.headers()[header::ETAG].to_str()?.to_owned(),
            text: String::from_utf8(full.body().to_vec())?,
        }),
        (response, _) => Err(response.code().to_string().into()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::new(&serve().await?)?;
    let first = fetch(&client, None).await?;
    let second = fetch(&client, Some(first.clone())).await?;
    println!("{}, and again: {}", first.text, second.text);
    Ok(())
}

/// Starts a server that returns the same text every time, or 304 to a client that has it. Returns its URL.
async fn serve() -> Result<String, Box<dyn Error>> {
    let respond = async |headers: HeaderMap| match headers.get(header::IF_NONE_MATCH) {
        Some(etag) if etag == "\"1\"" => StatusCode::NOT_MODIFIED.into_response(),
        _ => ([(header::ETAG, "\"1\"")], "the text").into_response(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(respond)).await });
    Ok(url)
}

#[test]
fn the_cached_copy_is_used() {
    assert!(main().is_ok());
}
