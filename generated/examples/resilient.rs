//! A client with retries and timeouts, as tutorials of Python's `requests` write it:
//! `cargo run --example resilient --features client-base`.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    http::{StatusCode, header},
    response::AppendHeaders,
};
use statusquo::{
    Client, Status, StatusResponse,
    client::{ClientBuilder, RetryPolicy},
};
use tokio::net::TcpListener;

/// The statuses to retry on, whatever the document declares.
const RETRY_ON: [Status; 4] = [
    Status::TooManyRequests,
    Status::InternalServerError,
    Status::BadGateway,
    Status::ServiceUnavailable,
];

/// Makes up to three attempts of five seconds each. The delays after failures and timeouts are 1, 2 and 4
/// seconds, after 429 a minute; `Retry-After` takes precedence over both.
fn patient(retry: RetryPolicy) -> ClientBuilder {
    let retry = retry
        .max_attempts(3)
        .retry_on(RETRY_ON)
        .exponential(Duration::from_secs(1))
        .delay_on(Status::TooManyRequests, Duration::from_secs(60));
    Client::builder()
        .timeout(Duration::from_secs(5))
        .retry(retry)
}

/// Returns the data, or the reason why there is none.
async fn fetch(client: &Client) -> Result<String, Box<dyn Error>> {
    let full = client.get_status(Status::Ok).send_full().await?;
    match full.response {
        StatusResponse::Ok => Ok(String::from_utf8(full.body().to_vec())?),
        StatusResponse::Unauthorized { .. } => Err("log in first".into()),
        StatusResponse::NotFound => Err("there is no data".into()),
        _ => Err(full.code().description().into()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = serve(vec![(503, "0"), (429, "1"), (200, "")]).await?;
    let client = patient(RetryPolicy::new()).base_url(url).build()?;
    println!("{}", fetch(&client).await?);
    Ok(())
}

/// Starts a server that returns these responses in order and then repeats the last. Each has a status code,
/// where 0 means no response at all, and a `Retry-After` unless it is empty. Returns the server's URL.
async fn serve(responses: Vec<(u16, &'static str)>) -> Result<String, Box<dyn Error>> {
    let count = Arc::new(AtomicUsize::new(0));
    let router = Router::new().fallback(move || {
        let number = count.fetch_add(1, Ordering::Relaxed);
        let response = responses.get(number).or(responses.last()).copied();
        async move {
            let (code, retry_after) = response.unwrap_or_default();
            let Ok(code) = StatusCode::from_u16(code) else {
                return std::future::pending().await;
            };
            let mut headers = vec![(header::WWW_AUTHENTICATE, "Basic")];
            headers.extend((!retry_after.is_empty()).then_some((header::RETRY_AFTER, retry_after)));
            (code, AppendHeaders(headers), "the data")
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(url)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Returns the outcome for these responses, and the delays before the retries in seconds.
    async fn outcome_of(responses: Vec<(u16, &'static str)>) -> (Result<String, String>, Vec<u64>) {
        let waits = Arc::<Mutex<Vec<u64>>>::default();
        let log = Arc::clone(&waits);
        let policy = RetryPolicy::new().sleeper(move |wait| {
            if let Ok(mut waits) = log.lock() {
                waits.push(wait.as_secs());
            }
            std::future::ready(())
        });
        let outcome = async {
            let url = serve(responses).await?;
            // Five seconds would be long for a test.
            let client = patient(policy)
                .base_url(url)
                .timeout(Duration::from_millis(200));
            fetch(&client.build()?).await
        };
        let outcome = outcome.await.map_err(|error| error.to_string());
        let waits = waits.lock().map(|waits| waits.clone());
        (outcome, waits.unwrap_or_default())
    }

    #[tokio::test]
    async fn each_status_has_its_outcome() {
        let data = || Ok("the data".to_owned());
        assert_eq!(outcome_of(vec![(200, "")]).await, (data(), vec![]));
        assert_eq!(
            outcome_of(vec![(500, ""), (502, ""), (200, "")]).await,
            (data(), vec![1, 2])
        );
        assert_eq!(
            outcome_of(vec![(429, ""), (429, "7"), (200, "")]).await,
            (data(), vec![60, 7])
        );
        assert_eq!(
            outcome_of(vec![(0, ""), (200, "")]).await,
            (data(), vec![1])
        );
        assert_eq!(
            outcome_of(vec![(401, "")]).await,
            (Err("log in first".to_owned()), vec![])
        );
        let nothing = "there is no data";
        assert_eq!(
            outcome_of(vec![(404, "")]).await,
            (Err(nothing.to_owned()), vec![])
        );
        for (code, waits) in [(504, vec![]), (418, vec![]), (503, vec![1, 2])] {
            let (outcome, waited) = outcome_of(vec![(code, "")]).await;
            let description = Status::from_code(code).map_or("", Status::description);
            assert_eq!((outcome, waited), (Err(description.to_owned()), waits));
        }
        let (outcome, waited) = outcome_of(vec![(0, "")]).await;
        assert!(outcome.is_err_and(|error| error.contains("no response within the timeout")));
        assert_eq!(waited, [1, 2]);
    }
}
