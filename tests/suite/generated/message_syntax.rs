//! Messages that violate the syntax of HTTP/1.1, sent to `serve`.

use std::{io, net::SocketAddr, time::Duration};

use statusquo::{
    mock::Mock,
    server::{Limits, router, serve},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Serves the mock with a maximum header size.
async fn start(header_size: usize) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let mut limits = Limits::default();
    limits.header_size = header_size;
    tokio::spawn(async move { serve(listener, router(Mock), limits).await });
    Ok(address)
}

/// Sends bytes, and reads until the server closes the connection.
async fn send(address: SocketAddr, bytes: &[u8]) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(bytes).await?;
    let mut response = Vec::new();
    let reading = stream.read_to_end(&mut response);
    // The server closes the connection long before its timeouts.
    match tokio::time::timeout(Duration::from_secs(5), reading).await? {
        Err(error) if error.kind() != io::ErrorKind::ConnectionReset => return Err(error),
        _ => {}
    }
    Ok(String::from_utf8_lossy(&response).into_owned())
}

fn status(response: &str) -> &str {
    response.split(' ').nth(1).unwrap_or_default()
}

/// RFC 9112, section 3.2.
#[tokio::test]
async fn a_request_has_exactly_one_valid_host() -> io::Result<()> {
    let address = start(64 * 1024).await?;
    for (version, hosts, expected) in [
        ("1.1", "host: example.com\r\n", "200"),
        ("1.1", "host: [::1]:80\r\n", "200"),
        ("1.1", "host:\r\n", "200"),
        ("1.1", "", "400"),
        ("1.1", "host: a\r\nhost: a\r\n", "400"),
        ("1.1", "host: a, b\r\n", "400"),
        ("1.1", "host: user@a\r\n", "400"),
        ("1.1", "host: a/b\r\n", "400"),
        ("1.0", "", "200"),
    ] {
        let request = format!("GET /status/200 HTTP/{version}\r\n{hosts}connection: close\r\n\r\n");
        let response = send(address, request.as_bytes()).await?;
        assert_eq!(status(&response), expected, "{request}{response}");
        if expected == "400" {
            assert!(response.contains("application/problem+json"), "{response}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_long_target_gets_414_and_a_large_header_431() -> io::Result<()> {
    let address = start(16 * 1024).await?;
    let long = |length| "a".repeat(length);
    for (target, field, expected) in [
        (long(1024), long(1024), "404"),
        (long(17 * 1024), long(1), "414"),
        (long(50 * 1024), long(1), "414"),
        (long(1), long(17 * 1024), "431"),
        (long(9 * 1024), long(9 * 1024), "431"),
    ] {
        let request = format!(
            "GET /{target} HTTP/1.1\r\nhost: a\r\nx-long: {field}\r\nconnection: close\r\n\r\n"
        );
        let response = send(address, request.as_bytes()).await?;
        let lengths = (target.len(), field.len());
        assert_eq!(status(&response), expected, "{lengths:?} {response}");
    }
    Ok(())
}

/// The server does not implement HTTP/2, and says so at once.
#[tokio::test]
async fn http_2_with_prior_knowledge_is_refused() -> io::Result<()> {
    let address = start(64 * 1024).await?;
    let response = send(
        address,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
    )
    .await?;
    assert_eq!(status(&response), "505", "{response}");
    Ok(())
}
