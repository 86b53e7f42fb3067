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
    let answer = client.get_status(Status::Ok).await?;
    println!("{}", answer.code());

    // Every answer that the document declares is a value, errors and redirects too.
    match client.get_status(Status::NotFound).send().await? {
        StatusResponse::NotFound => println!("nothing there"),
        StatusResponse::Found { location } => println!("look at {location:?}"),
        StatusResponse::BadRequest(problem) => println!("wrong: {}", problem.title),
        other => println!("{}", other.code()),
    }

    // A success or an error: Python's `raise_for_status`.
    let choice: StatusChoice = "200:9,204:1".parse()?;
    client.get_status(choice).success().await?;

    // The failure tells a declared answer from a broken connection.
    match client
        .get_status(Status::ServiceUnavailable)
        .success()
        .await
    {
        Ok(()) => println!("fine"),
        Err(ResponseError::Declared(StatusResponse::ServiceUnavailable { retry_after }, _)) => {
            println!(
                "come back in {} seconds",
                retry_after.as_deref().unwrap_or("some")
            );
        }
        Err(failure) => return Err(failure.into()),
    }
    Ok(())
}

/// Starts a server of examples; gives its URL.
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
