//! The Rust equivalents of Python's `requests` and `http.HTTPStatus`:
//! `cargo run --example python --features mock,client-base`.

use std::error::Error;

use statusquo::{Client, Status, mock::Mock, server::router};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // HTTPStatus(404).phrase, .description, .is_client_error
    println!("{}", explain_status(404));
    println!("{}", explain_status(299));

    // response = requests.get(f"{url}/status/503")
    let client = Client::new(&serve_mock().await?)?;
    let response = client.get_status(Status::ServiceUnavailable).send().await?;

    // response.status_code, response.ok, response.reason
    let code = response.code();
    let ok = !code.is_error();
    let reason = code.status().map_or("", Status::reason);
    println!("{} {ok} {reason}", code.get());

    // response.raise_for_status()
    if let Err(error) = client
        .get_status(Status::ServiceUnavailable)
        .success()
        .await
    {
        println!("{error}");
    }

    // for status in http.HTTPStatus: print(status.value, status.phrase)
    for status in Status::ALL {
        println!("{status:<42} {:?}", status.retry());
    }
    Ok(())
}

/// Describes a status code in one line.
fn explain_status(code: u16) -> String {
    match Status::try_from(code) {
        Ok(status) => format!("{status}: {}", status.summary()),
        Err(error) => format!("{code}: {error}"),
    }
}

/// Starts the mock and returns its URL.
async fn serve_mock() -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router(Mock)).await });
    Ok(url)
}

#[test]
fn the_equivalents_work() {
    assert!(main().is_ok());
    assert!(explain_status(404).starts_with("404 Not Found: The server cannot find the resource"));
    assert_eq!(explain_status(299), "299: unknown status");
}
