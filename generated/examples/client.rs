//! A client: `cargo run --example client --features mock,client-base`.

use std::error::Error;

use statusquo::{
    Client, Status, StatusChoice, StatusResponse, client::ResponseError, mock::Mock, server::router,
};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = serve_mock().await?;
    let client = Client::new(&url)?;

    // A GET.
    let response = client.get_status(Status::Ok).await?;
    println!("{}", response.code());

    // Every declared response is a value, including errors and redirects.
    match client.get_status(Status::NotFound).send().await? {
        StatusResponse::NotFound => println!("not found"),
        StatusResponse::Found(found) => println!("moved to {:?}", found.location),
        StatusResponse::BadRequest(problem) => println!("bad request: {}", problem.title),
        response => println!("{}", response.code()),
    }

    // `success()` returns an error unless the status is 2xx.
    let choice: StatusChoice = "200:9,204:1".parse()?;
    client.get_status(choice).success().await?;

    // The error distinguishes a declared response from a broken connection.
    match client
        .get_status(Status::ServiceUnavailable)
        .success()
        .await
    {
        Ok(()) => println!("success"),
        Err(ResponseError::Declared(StatusResponse::ServiceUnavailable(response), _)) => {
            println!(
                "retry in {} seconds",
                response.retry_after.as_deref().unwrap_or("some")
            );
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Starts the mock and returns its URL.
async fn serve_mock() -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router(Mock)).await });
    Ok(url)
}

#[test]
fn the_client_runs() {
    assert!(main().is_ok());
}
