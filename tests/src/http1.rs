//! A minimal HTTP/1.1 client on bytes, for requests that no ordinary client would send.

use std::{io, net::SocketAddr};

use axum::Router;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Serves a router on a free port and returns its address.
///
/// # Errors
/// If no port is free.
pub async fn serve(router: Router) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

/// A received response.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub code: u16,
    /// The reason phrase.
    pub reason: String,
    /// The header fields, with their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The content.
    pub body: String,
}

impl Response {
    /// Returns the value of a header field.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let header = headers.find(|(header_name, _)| header_name == name);
        header.map(|(_, value)| value.as_str())
    }
}

/// Sends a request without content.
///
/// # Panics
/// If the response is not valid HTTP.
pub async fn request(address: SocketAddr, method: &str, target: &str) -> Response {
    send(
        address,
        &format!("{method} {target} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n"),
    )
    .await
}

/// Sends a request as it is written, and reads the response until the connection is closed.
///
/// # Panics
/// If the response is not valid HTTP.
pub async fn send(address: SocketAddr, request: &str) -> Response {
    let text = exchange(address, request)
        .await
        .unwrap_or_else(|error| panic!("{request:?}: {error}"));
    parse(&text).unwrap_or_else(|| panic!("{request:?} has an invalid response: {text:?}"))
}

async fn exchange(address: SocketAddr, request: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await?;
    Ok(String::from_utf8_lossy(&response).into_owned())
}

fn parse(text: &str) -> Option<Response> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let (_version, status) = lines.next()?.split_once(' ')?;
    let (code, reason) = status.split_once(' ')?;
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
    Some(Response {
        code: code.parse().ok()?,
        reason: reason.to_owned(),
        headers: headers.collect(),
        body: body.to_owned(),
    })
}
