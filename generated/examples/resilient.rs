//! The function that every tutorial of Python's `requests` ends with, in Rust:
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

/// What is worth another attempt here, whatever the document says.
const AGAIN: [Status; 4] = [
    Status::TooManyRequests,
    Status::InternalServerError,
    Status::BadGateway,
    Status::ServiceUnavailable,
];

/// Three attempts of five seconds each. After a failure or a time-out come waits of 1, 2, 4 seconds, after
/// 429 one of a minute; and `Retry-After` goes before either.
fn patient(retry: RetryPolicy) -> ClientBuilder {
    let retry = retry
        .max_attempts(3)
        .retry_on(AGAIN)
        .exponential(Duration::from_secs(1))
        .delay_on(Status::TooManyRequests, Duration::from_secs(60));
    Client::builder()
        .timeout(Duration::from_secs(5))
        .retry(retry)
}

/// The data, or why there is none.
async fn fetch(client: &Client) -> Result<String, Box<dyn Error>> {
    let full = client.get_status(Status::Ok).send_full().await?;
    match full.response {
        StatusResponse::Ok => Ok(String::from_utf8(full.body().to_vec())?),
        StatusResponse::Unauthorized { .. } => Err("log in first".into()),
        StatusResponse::NotFound => Err("there is nothing of the kind".into()),
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

/// Starts a server with these answers, of which the last is repeated, each with its `Retry-After`, if it has
/// one; 0 is no answer at all. Gives its URL.
async fn serve(answers: Vec<(u16, &'static str)>) -> Result<String, Box<dyn Error>> {
    let count = Arc::new(AtomicUsize::new(0));
    let router = Router::new().fallback(move || {
        let number = count.fetch_add(1, Ordering::Relaxed);
        let answer = answers.get(number).or(answers.last()).copied();
        async move {
            let (code, retry_after) = answer.unwrap_or_default();
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

    /// What comes of these answers, and how many seconds are waited for it.
    async fn of(answers: Vec<(u16, &'static str)>) -> (Result<String, String>, Vec<u64>) {
        let waits = Arc::<Mutex<Vec<u64>>>::default();
        let log = Arc::clone(&waits);
        let recorded = RetryPolicy::new().sleeper(move |wait| {
            if let Ok(mut waits) = log.lock() {
                waits.push(wait.as_secs());
            }
            std::future::ready(())
        });
        let outcome = async {
            let url = serve(answers).await?;
            // Nobody wants to wait for five seconds here.
            let client = patient(recorded)
                .base_url(url)
                .timeout(Duration::from_millis(200));
            fetch(&client.build()?).await
        };
        let outcome = outcome.await.map_err(|error| error.to_string());
        let waits = waits.lock().map(|waits| waits.clone());
        (outcome, waits.unwrap_or_default())
    }

    #[tokio::test]
    async fn each_status_has_its_end() {
        let data = || Ok("the data".to_owned());
        assert_eq!(of(vec![(200, "")]).await, (data(), vec![]));
        assert_eq!(
            of(vec![(500, ""), (502, ""), (200, "")]).await,
            (data(), vec![1, 2])
        );
        assert_eq!(
            of(vec![(429, ""), (429, "7"), (200, "")]).await,
            (data(), vec![60, 7])
        );
        assert_eq!(of(vec![(0, ""), (200, "")]).await, (data(), vec![1]));
        assert_eq!(
            of(vec![(401, "")]).await,
            (Err("log in first".to_owned()), vec![])
        );
        let nothing = "there is nothing of the kind";
        assert_eq!(of(vec![(404, "")]).await, (Err(nothing.to_owned()), vec![]));
        for (code, waits) in [(504, vec![]), (418, vec![]), (503, vec![1, 2])] {
            let (outcome, waited) = of(vec![(code, "")]).await;
            let description = Status::from_code(code).map_or("", Status::description);
            assert_eq!((outcome, waited), (Err(description.to_owned()), waits));
        }
        let (outcome, waited) = of(vec![(0, "")]).await;
        assert!(outcome.is_err_and(|error| error.contains("no response within the timeout")));
        assert_eq!(waited, [1, 2]);
    }
}
