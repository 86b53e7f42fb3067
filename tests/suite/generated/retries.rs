//! Retries: which requests are repeated, and when. Waits are recorded instead of slept.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use statusquo::{
    Client, Status, StatusResponse, TooManyRequestsResponse,
    client::{Error, Redirects, RetryPolicy, http_builder},
};
use statusquo_tests::fault_server::{Fault, FaultServer};
use tokio::net::TcpListener;

type Waits = Arc<Mutex<Vec<Duration>>>;

/// Returns a policy that records its waits instead of sleeping, and the record.
fn recording(policy: RetryPolicy) -> (RetryPolicy, Waits) {
    let waits = Waits::default();
    let log = Arc::clone(&waits);
    let policy = policy.sleeper(move |wait| {
        log.lock().unwrap().push(wait);
        std::future::ready(())
    });
    (policy, waits)
}

fn seconds(waits: &[u64]) -> Vec<Duration> {
    waits.iter().copied().map(Duration::from_secs).collect()
}

fn client(url: &str, policy: RetryPolicy) -> Client {
    Client::builder()
        .base_url(url)
        .read_timeout(Duration::from_millis(200))
        .retry(policy)
        .build()
        .unwrap()
}

/// Returns the outcome of a GET under a policy, the number of requests and the waits.
async fn get(
    faults: Vec<Fault>,
    policy: RetryPolicy,
) -> (Result<StatusResponse, Error>, usize, Vec<Duration>) {
    let server = FaultServer::serve(faults).await.unwrap();
    let (policy, waits) = recording(policy);
    let outcome = client(&server.url, policy)
        .get_status(Status::Ok)
        .send()
        .await;
    let waits = waits.lock().unwrap().clone();
    (outcome, server.request_count(), waits)
}

/// A policy of five attempts, with waits of 1, 2, 4 ... seconds.
fn exponential() -> RetryPolicy {
    RetryPolicy::new()
        .max_attempts(5)
        .exponential(Duration::from_secs(1))
}

#[tokio::test]
async fn requests_are_not_retried_by_default() {
    let server = FaultServer::serve(vec![Fault::status(503, "")])
        .await
        .unwrap();
    let client = Client::new(&server.url).unwrap();
    let response = client
        .get_status(Status::ServiceUnavailable)
        .send()
        .await
        .unwrap();
    assert_eq!(response.code(), Status::ServiceUnavailable);
    assert_eq!(server.request_count(), 1);
}

#[tokio::test]
async fn waits_double_until_there_is_a_response() {
    let busy = Fault::status(503, "");
    let faults = vec![busy.clone(), busy.clone(), busy, Fault::status(204, "")];
    let (outcome, count, waits) = get(faults, exponential()).await;
    assert_eq!(outcome.unwrap(), StatusResponse::NoContent);
    assert_eq!((count, waits), (4, seconds(&[1, 2, 4])));
}

#[tokio::test]
async fn the_last_response_is_returned_when_no_attempts_are_left() {
    let (outcome, count, waits) = get(vec![Fault::status(429, "")], exponential()).await;
    assert_eq!(
        outcome.unwrap(),
        StatusResponse::TooManyRequests(TooManyRequestsResponse { retry_after: None })
    );
    assert_eq!((count, waits), (5, seconds(&[1, 2, 4, 8])));

    // `max_delay` limits each wait.
    let policy = exponential()
        .max_attempts(7)
        .max_delay(Duration::from_secs(5));
    let (_, count, waits) = get(vec![Fault::status(500, "")], policy).await;
    assert_eq!((count, waits), (7, seconds(&[1, 2, 4, 5, 5, 5])));

    // An error states the number of attempts.
    let (outcome, count, _) = get(vec![Fault::Close], exponential()).await;
    let error = outcome.unwrap_err();
    assert_eq!((error.attempts(), count), (5, 5));
    assert!(
        error
            .to_string()
            .ends_with("no response was received (after 5 attempts)"),
        "{error}"
    );
}

#[tokio::test]
async fn jitter_spreads_waits_over_the_full_range() {
    let policy = exponential().jitter(true).max_attempts(40).deadline(None);
    let policy = policy.without_budget().max_delay(Duration::from_secs(1));
    let (_, _, waits) = get(vec![Fault::status(500, "")], policy).await;
    assert_eq!(waits.len(), 39);
    assert!(waits.iter().all(|wait| *wait <= Duration::from_secs(1)));
    let count_below = |limit: f64| {
        waits
            .iter()
            .filter(|wait| wait.as_secs_f64() < limit)
            .count()
    };
    // Each condition fails by chance less often than 1 in 10,000.
    assert!(count_below(0.5) > 3 && count_below(0.5) < 36, "{waits:?}");
}

#[tokio::test]
async fn the_document_declares_which_statuses_are_retried() {
    for status in Status::ALL.iter().filter(|status| status.code() >= 200) {
        let fault = Fault::status(status.code(), "location: /\r\nwww-authenticate: Basic\r\n");
        let (_, count, _) = get(vec![fault], exponential().max_attempts(2)).await;
        let expected = if status.retry() == statusquo::Retry::Never {
            1
        } else {
            2
        };
        assert_eq!(count, expected, "{status}");
    }
    // `retry_on` overrides the document.
    for (code, expected) in [(404, 2), (503, 1)] {
        let policy = exponential().max_attempts(2).retry_on([Status::NotFound]);
        let (_, count, _) = get(vec![Fault::status(code, "")], policy).await;
        assert_eq!(count, expected, "{code}");
    }
}

#[tokio::test]
async fn retry_after_takes_precedence() {
    let http_date = |time: SystemTime| httpdate::fmt_http_date(time);
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let dated = |seconds| {
        let until = http_date(date + Duration::from_secs(seconds));
        format!("date: {}\r\nretry-after: {until}\r\n", http_date(date))
    };
    for (headers, expected) in [
        ("retry-after: 7\r\n".to_owned(), seconds(&[7, 7])),
        ("retry-after: 0\r\n".to_owned(), seconds(&[0, 0])),
        // A date is relative to the server's clock.
        (dated(30), seconds(&[30, 30])),
        (dated(0), seconds(&[0, 0])),
        // A date in the past.
        (
            format!("retry-after: {}\r\n", http_date(date)),
            seconds(&[0, 0]),
        ),
        // A wait beyond the deadline ends the call at once.
        ("retry-after: 121\r\n".to_owned(), vec![]),
        ("retry-after: 1000000000000\r\n".to_owned(), vec![]),
        (
            "retry-after: 99999999999999999999999\r\n".to_owned(),
            vec![],
        ),
        (
            "retry-after: Fri, 31 Dec 9999 23:59:59 GMT\r\n".to_owned(),
            vec![],
        ),
        // Neither a number of seconds nor a date.
        ("retry-after: soon\r\n".to_owned(), seconds(&[1, 2])),
        ("retry-after: -1\r\n".to_owned(), seconds(&[1, 2])),
    ] {
        let faults = vec![Fault::status(503, &headers)];
        let policy = exponential()
            .max_attempts(3)
            .deadline(Duration::from_secs(120));
        let (outcome, count, waits) = get(faults, policy).await;
        assert_eq!(
            outcome.unwrap().code(),
            Status::ServiceUnavailable,
            "{headers}"
        );
        assert_eq!(waits, expected, "{headers}");
        assert_eq!(count, expected.len() + 1, "{headers}");
    }
}

#[tokio::test]
async fn a_status_may_have_a_separate_wait() {
    let policy = exponential().delay_on(Status::TooManyRequests, Duration::from_secs(60));
    let faults = vec![
        Fault::status(429, ""),
        Fault::status(429, "retry-after: 3\r\n"),
        Fault::status(500, ""),
        Fault::status(204, ""),
    ];
    let (outcome, _, waits) = get(faults, policy).await;
    assert_eq!(outcome.unwrap(), StatusResponse::NoContent);
    assert_eq!(waits, seconds(&[60, 3, 4]));
}

#[tokio::test]
async fn the_deadline_bounds_all_attempts() {
    // After 1 + 2 + 4 of 15 seconds, a wait of 8 seconds exceeds the deadline.
    let policy = exponential()
        .max_attempts(10)
        .deadline(Duration::from_secs(15));
    let (_, count, waits) = get(vec![Fault::status(500, "")], policy).await;
    assert_eq!((count, waits), (4, seconds(&[1, 2, 4])));

    // The remaining time bounds the running attempt.
    let policy = exponential().deadline(Duration::from_millis(100));
    let (outcome, count, waits) = get(vec![Fault::Stall(Vec::new())], policy).await;
    assert!(outcome.unwrap_err().is_timeout());
    assert_eq!((count, waits), (1, vec![]));
}

#[tokio::test]
async fn timeouts_and_broken_connections_are_retried() {
    for fault in [Fault::Close, Fault::send(""), Fault::Stall(Vec::new())] {
        let partial = Fault::send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf");
        let faults = vec![fault.clone(), partial, Fault::status(204, "")];
        let (outcome, count, waits) = get(faults, exponential()).await;
        assert_eq!(outcome.unwrap(), StatusResponse::NoContent, "{fault:?}");
        assert_eq!((count, waits), (3, seconds(&[1, 2])));
    }
}

#[tokio::test]
async fn requests_that_are_not_idempotent_are_retried_only_if_allowed() {
    let policy = || exponential().max_attempts(2);
    for fault in [Fault::status(503, ""), Fault::send("")] {
        let server = FaultServer::serve(vec![fault]).await.unwrap();
        let (retry, _) = recording(policy());
        let http = client(&server.url, retry.clone());
        let _ = http.post_status(Status::Ok).send().await;
        assert_eq!(server.request_count(), 1);
        let _ = http.patch_status(Status::Ok).send().await;
        assert_eq!(server.request_count(), 2);

        // An `Idempotency-Key` or `any_method` allows retries.
        let keyed = http
            .post_status(Status::Ok)
            .with_header("Idempotency-Key", "\"8e03978e\"");
        let _ = keyed.send().await;
        assert_eq!(server.request_count(), 4);
        assert!(server.requests()[3].contains("idempotency-key: \"8e03978e\"\r\n"));
        let _ = http
            .post_status(Status::Ok)
            .with_retry(retry.any_method())
            .send()
            .await;
        assert_eq!(server.request_count(), 6);

        // A call can disable retries.
        let _ = http.get_status(Status::Ok).with_retry(None).send().await;
        assert_eq!(server.request_count(), 7);
        // PUT is idempotent.
        let _ = http.put_status(Status::Ok).send().await;
        assert_eq!(server.request_count(), 9);
    }
}

#[tokio::test]
async fn failed_connects_are_retried_for_every_method() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (policy, waits) = recording(exponential().max_attempts(3));
    let error = client(&url, policy)
        .post_status(Status::Ok)
        .send()
        .await
        .unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert_eq!(error.attempts(), 3);
    assert_eq!(*waits.lock().unwrap(), seconds(&[1, 2]));
}

#[tokio::test]
async fn the_status_of_a_broken_response_decides_about_a_retry() {
    let broken =
        |status: &str| Fault::send(&format!("HTTP/1.1 {status}content-length: 9\r\n\r\nhalf"));
    let faults = vec![
        broken("503 \r\nretry-after: 60\r\n"),
        Fault::status(204, ""),
    ];
    let (outcome, _, waits) = get(faults, exponential()).await;
    assert_eq!(outcome.unwrap(), StatusResponse::NoContent);
    assert_eq!(waits, seconds(&[60]));
    let (outcome, count, _) = get(vec![broken("404 \r\n")], exponential()).await;
    assert_eq!(outcome.unwrap_err().code(), Some(Status::NotFound.into()));
    assert_eq!(count, 1);
}

#[tokio::test]
async fn the_deadline_keeps_the_last_response() {
    let faults = vec![Fault::status(503, ""), Fault::Stall(Vec::new())];
    let policy = exponential()
        .min_delay(Duration::from_millis(1))
        .deadline(Duration::from_millis(150));
    let (outcome, count, _) = get(faults, policy).await;
    assert_eq!(outcome.unwrap().code(), Status::ServiceUnavailable);
    assert_eq!(count, 2);
}

#[tokio::test]
async fn a_failed_connect_after_a_redirect_is_retried_only_for_idempotent_methods() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed_address = listener.local_addr().unwrap();
    drop(listener);
    let headers = format!("location: http://{closed_address}/\r\n");
    let server = FaultServer::serve(vec![Fault::status(307, &headers)])
        .await
        .unwrap();
    let (policy, _) = recording(exponential().max_attempts(3));
    let builder = Client::builder()
        .base_url(&server.url)
        .redirects(Redirects::All);
    let client = builder.retry(policy).build().unwrap();
    let error = client.post_status(Status::Ok).send().await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert_eq!((error.attempts(), server.request_count()), (1, 1));
    let error = client.get_status(Status::Ok).send().await.unwrap_err();
    assert_eq!((error.attempts(), server.request_count()), (3, 4));
}

#[tokio::test]
async fn a_custom_http_client_keeps_its_timeout() {
    let short = Duration::from_millis(100);
    let server = FaultServer::serve(vec![Fault::Stall(Vec::new())])
        .await
        .unwrap();
    let http = http_builder().unwrap().timeout(short).build().unwrap();
    let (policy, waits) = recording(exponential().max_attempts(2));
    let builder = || {
        Client::builder()
            .base_url(&server.url)
            .http_client(http.clone())
    };
    let client = builder().retry(policy).build().unwrap();
    let error = client.get_status(Status::Ok).send().await.unwrap_err();
    assert!(error.is_timeout() && error.attempts() == 2, "{error:?}");
    assert_eq!(*waits.lock().unwrap(), seconds(&[1]));

    // A timeout of the builder replaces it.
    let client = builder().timeout(None).read_timeout(None).build().unwrap();
    let call = client.get_status(Status::Ok).send();
    assert!(tokio::time::timeout(short * 4, call).await.is_err());
    let client = builder().timeout(short * 2).build().unwrap();
    let start = std::time::Instant::now();
    assert!(
        client
            .get_status(Status::Ok)
            .send()
            .await
            .unwrap_err()
            .is_timeout()
    );
    assert!(start.elapsed() >= short * 2);
}

#[tokio::test]
async fn a_budget_limits_retries() {
    let server = FaultServer::serve(vec![Fault::status(503, "")])
        .await
        .unwrap();
    // No retries in proportion to the calls, and one per second of the last 10 seconds.
    let (policy, _) = recording(exponential().max_attempts(3).budget(None, 1));
    let client = client(&server.url, policy);
    for _ in 0..20 {
        let _ = client.get_status(Status::ServiceUnavailable).send().await;
    }
    assert_eq!(server.request_count(), 20 + 10);
}

#[tokio::test]
async fn each_attempt_is_observable() {
    let seen = Arc::<Mutex<Vec<String>>>::default();
    let log = Arc::clone(&seen);
    let policy = exponential().on_attempt(move |attempt| {
        let outcome = match (attempt.code, attempt.error) {
            (Some(code), None) => code.to_string(),
            (_, Some(error)) if error.is_timeout() => "timeout".to_owned(),
            unexpected => format!("{unexpected:?}"),
        };
        let wait = attempt.delay.map(|wait| wait.as_secs());
        let line = format!(
            "{} {} {outcome} {wait:?}",
            attempt.operation, attempt.number
        );
        log.lock().unwrap().push(line);
    });
    let faults = vec![
        Fault::status(502, ""),
        Fault::Stall(Vec::new()),
        Fault::status(204, ""),
    ];
    get(faults, policy).await.0.unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "getStatus 1 502 Bad Gateway Some(1)",
            "getStatus 2 timeout Some(2)",
            "getStatus 3 204 No Content None",
        ]
    );
}
