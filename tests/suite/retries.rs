//! What is sent again, and when: each wait is written down, and none is waited.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use statusquo::{
    Client, Status, StatusResponse,
    client::{Error, Redirects, RetryPolicy, http_builder},
};
use statusquo_tests::fault_server::{Fault, FaultServer};
use tokio::net::TcpListener;

type Waits = Arc<Mutex<Vec<Duration>>>;

/// A policy that writes its waits down.
fn recorded(policy: RetryPolicy) -> (RetryPolicy, Waits) {
    let waits = Waits::default();
    let log = Arc::clone(&waits);
    let policy = policy.sleeper(move |wait| {
        log.lock().unwrap().push(wait);
        std::future::ready(())
    });
    (policy, waits)
}

fn seconds(all: &[u64]) -> Vec<Duration> {
    all.iter().copied().map(Duration::from_secs).collect()
}

fn client(url: &str, policy: RetryPolicy) -> Client {
    Client::builder()
        .base_url(url)
        .read_timeout(Duration::from_millis(200))
        .retry(policy)
        .build()
        .unwrap()
}

/// What comes of a GET under a policy, how often it was sent, and what was waited.
async fn get(
    acts: Vec<Fault>,
    policy: RetryPolicy,
) -> (Result<StatusResponse, Error>, usize, Vec<Duration>) {
    let rude = FaultServer::serve(acts).await.unwrap();
    let (policy, waits) = recorded(policy);
    let outcome = client(&rude.url, policy)
        .get_status(Status::Ok)
        .send()
        .await;
    let waits = waits.lock().unwrap().clone();
    (outcome, rude.count(), waits)
}

/// Waits of 1, 2, 4 ... seconds.
fn even() -> RetryPolicy {
    RetryPolicy::new()
        .max_attempts(5)
        .exponential(Duration::from_secs(1))
}

#[tokio::test]
async fn nothing_is_sent_again_unless_asked_for() {
    let rude = FaultServer::serve(vec![Fault::status(503, "")])
        .await
        .unwrap();
    let client = Client::new(&rude.url).unwrap();
    let answer = client
        .get_status(Status::ServiceUnavailable)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.code(), Status::ServiceUnavailable);
    assert_eq!(rude.count(), 1);
}

#[tokio::test]
async fn waits_grow_until_there_is_an_answer() {
    let busy = Fault::status(503, "");
    let acts = vec![busy.clone(), busy.clone(), busy, Fault::status(204, "")];
    let (outcome, count, waits) = get(acts, even()).await;
    assert_eq!(outcome.unwrap(), StatusResponse::NoContent);
    assert_eq!((count, waits), (4, seconds(&[1, 2, 4])));
}

#[tokio::test]
async fn the_last_answer_counts_when_there_are_no_more_attempts() {
    let (outcome, count, waits) = get(vec![Fault::status(429, "")], even()).await;
    assert_eq!(
        outcome.unwrap(),
        StatusResponse::TooManyRequests { retry_after: None }
    );
    assert_eq!((count, waits), (5, seconds(&[1, 2, 4, 8])));

    // The wait has a limit.
    let policy = even().max_attempts(7).max_delay(Duration::from_secs(5));
    let (_, count, waits) = get(vec![Fault::status(500, "")], policy).await;
    assert_eq!((count, waits), (7, seconds(&[1, 2, 4, 5, 5, 5])));

    // An error says how often it has been tried.
    let (outcome, count, _) = get(vec![Fault::Hang], even()).await;
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
async fn jitter_takes_any_part_of_the_wait() {
    let policy = even().jitter(true).max_attempts(40).deadline(None);
    let policy = policy.without_budget().max_delay(Duration::from_secs(1));
    let (_, _, waits) = get(vec![Fault::status(500, "")], policy).await;
    assert_eq!(waits.len(), 39);
    assert!(waits.iter().all(|wait| *wait <= Duration::from_secs(1)));
    let below = |part: f64| {
        waits
            .iter()
            .filter(|wait| wait.as_secs_f64() < part)
            .count()
    };
    // The odds against either are more than 10,000 to 1.
    assert!(below(0.5) > 3 && below(0.5) < 36, "{waits:?}");
}

#[tokio::test]
async fn the_document_says_which_statuses_are_worth_it() {
    for status in Status::ALL.iter().filter(|status| status.code() >= 200) {
        let act = Fault::status(status.code(), "location: /\r\nwww-authenticate: Basic\r\n");
        let (_, count, _) = get(vec![act], even().max_attempts(2)).await;
        let expected = if status.retry() == statusquo::Retry::Never {
            1
        } else {
            2
        };
        assert_eq!(count, expected, "{status}");
    }
    // But a program may know better.
    for (code, expected) in [(404, 2), (503, 1)] {
        let policy = even().max_attempts(2).retry_on([Status::NotFound]);
        let (_, count, _) = get(vec![Fault::status(code, "")], policy).await;
        assert_eq!(count, expected, "{code}");
    }
}

#[tokio::test]
async fn retry_after_wins() {
    let at = |time: SystemTime| httpdate::fmt_http_date(time);
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let dated = |later| {
        let until = at(date + Duration::from_secs(later));
        format!("date: {}\r\nretry-after: {until}\r\n", at(date))
    };
    for (headers, expected) in [
        ("retry-after: 7\r\n".to_owned(), seconds(&[7, 7])),
        ("retry-after: 0\r\n".to_owned(), seconds(&[0, 0])),
        // By the server's own clock.
        (dated(30), seconds(&[30, 30])),
        (dated(0), seconds(&[0, 0])),
        // In the past.
        (format!("retry-after: {}\r\n", at(date)), seconds(&[0, 0])),
        // Longer than there is time, which ends it at once.
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
        // Neither one nor the other.
        ("retry-after: soon\r\n".to_owned(), seconds(&[1, 2])),
        ("retry-after: -1\r\n".to_owned(), seconds(&[1, 2])),
    ] {
        let acts = vec![Fault::status(503, &headers)];
        let policy = even().max_attempts(3).deadline(Duration::from_secs(120));
        let (outcome, count, waits) = get(acts, policy).await;
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
async fn a_status_may_have_a_wait_of_its_own() {
    let policy = even().delay_on(Status::TooManyRequests, Duration::from_secs(60));
    let acts = vec![
        Fault::status(429, ""),
        Fault::status(429, "retry-after: 3\r\n"),
        Fault::status(500, ""),
        Fault::status(204, ""),
    ];
    let (outcome, _, waits) = get(acts, policy).await;
    assert_eq!(outcome.unwrap(), StatusResponse::NoContent);
    assert_eq!(waits, seconds(&[60, 3, 4]));
}

#[tokio::test]
async fn all_attempts_end_by_the_deadline() {
    // 1 + 2 + 4 leaves no 8 of 15 seconds.
    let policy = even().max_attempts(10).deadline(Duration::from_secs(15));
    let (_, count, waits) = get(vec![Fault::status(500, "")], policy).await;
    assert_eq!((count, waits), (4, seconds(&[1, 2, 4])));

    // What is left bounds the attempt that runs.
    let policy = even().deadline(Duration::from_millis(100));
    let (outcome, count, waits) = get(vec![Fault::Pause(Vec::new())], policy).await;
    assert!(outcome.unwrap_err().is_timeout());
    assert_eq!((count, waits), (1, vec![]));
}

#[tokio::test]
async fn a_time_out_and_a_broken_connection_are_tried_again() {
    for act in [Fault::Hang, Fault::say(""), Fault::Pause(Vec::new())] {
        let half = Fault::say("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf");
        let acts = vec![act.clone(), half, Fault::status(204, "")];
        let (outcome, count, waits) = get(acts, even()).await;
        assert_eq!(outcome.unwrap(), StatusResponse::NoContent, "{act:?}");
        assert_eq!((count, waits), (3, seconds(&[1, 2])));
    }
}

#[tokio::test]
async fn what_may_do_harm_twice_is_sent_once() {
    let policy = || even().max_attempts(2);
    for act in [Fault::status(503, ""), Fault::say("")] {
        let rude = FaultServer::serve(vec![act]).await.unwrap();
        let (retry, _) = recorded(policy());
        let http = client(&rude.url, retry.clone());
        let _ = http.post_status(Status::Ok).send().await;
        assert_eq!(rude.count(), 1);
        let _ = http.patch_status(Status::Ok).send().await;
        assert_eq!(rude.count(), 2);

        // Unless it says that it may be repeated, or the program does.
        let keyed = http
            .post_status(Status::Ok)
            .with_header("Idempotency-Key", "\"8e03978e\"");
        let _ = keyed.send().await;
        assert_eq!(rude.count(), 4);
        assert!(rude.seen()[3].contains("idempotency-key: \"8e03978e\"\r\n"));
        let _ = http
            .post_status(Status::Ok)
            .with_retry(retry.any_method())
            .send()
            .await;
        assert_eq!(rude.count(), 6);

        // And never if the call says so.
        let _ = http.get_status(Status::Ok).with_retry(None).send().await;
        assert_eq!(rude.count(), 7);
        // PUT does no harm.
        let _ = http.put_status(Status::Ok).send().await;
        assert_eq!(rude.count(), 9);
    }
}

#[tokio::test]
async fn what_was_never_sent_is_sent_again_whatever_the_method() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (policy, waits) = recorded(even().max_attempts(3));
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
async fn an_answer_that_breaks_off_is_judged_by_its_status() {
    let broken =
        |status: &str| Fault::say(&format!("HTTP/1.1 {status}content-length: 9\r\n\r\nhalf"));
    let acts = vec![
        broken("503 \r\nretry-after: 60\r\n"),
        Fault::status(204, ""),
    ];
    let (outcome, _, waits) = get(acts, even()).await;
    assert_eq!(outcome.unwrap(), StatusResponse::NoContent);
    assert_eq!(waits, seconds(&[60]));
    let (outcome, count, _) = get(vec![broken("404 \r\n")], even()).await;
    assert_eq!(outcome.unwrap_err().code(), Some(Status::NotFound.into()));
    assert_eq!(count, 1);
}

#[tokio::test]
async fn the_deadline_takes_no_answer_away() {
    let acts = vec![Fault::status(503, ""), Fault::Pause(Vec::new())];
    let policy = even()
        .min_delay(Duration::from_millis(1))
        .deadline(Duration::from_millis(150));
    let (outcome, count, _) = get(acts, policy).await;
    assert_eq!(outcome.unwrap().code(), Status::ServiceUnavailable);
    assert_eq!(count, 2);
}

#[tokio::test]
async fn a_redirect_to_nowhere_does_not_mean_that_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nowhere = listener.local_addr().unwrap();
    drop(listener);
    let headers = format!("location: http://{nowhere}/\r\n");
    let rude = FaultServer::serve(vec![Fault::status(307, &headers)])
        .await
        .unwrap();
    let (policy, _) = recorded(even().max_attempts(3));
    let builder = Client::builder()
        .base_url(&rude.url)
        .redirects(Redirects::All);
    let client = builder.retry(policy).build().unwrap();
    let error = client.post_status(Status::Ok).send().await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert_eq!((error.attempts(), rude.count()), (1, 1));
    let error = client.get_status(Status::Ok).send().await.unwrap_err();
    assert_eq!((error.attempts(), rude.count()), (3, 4));
}

#[tokio::test]
async fn a_client_of_ones_own_keeps_its_time_out() {
    let short = Duration::from_millis(100);
    let rude = FaultServer::serve(vec![Fault::Pause(Vec::new())])
        .await
        .unwrap();
    let http = http_builder().unwrap().timeout(short).build().unwrap();
    let (policy, waits) = recorded(even().max_attempts(2));
    let builder = || {
        Client::builder()
            .base_url(&rude.url)
            .http_client(http.clone())
    };
    let client = builder().retry(policy).build().unwrap();
    let error = client.get_status(Status::Ok).send().await.unwrap_err();
    assert!(error.is_timeout() && error.attempts() == 2, "{error:?}");
    assert_eq!(*waits.lock().unwrap(), seconds(&[1]));

    // Unless another is set.
    let client = builder().timeout(None).read_timeout(None).build().unwrap();
    let call = client.get_status(Status::Ok).send();
    assert!(tokio::time::timeout(short * 4, call).await.is_err());
    let client = builder().timeout(short * 2).build().unwrap();
    let begun = std::time::Instant::now();
    assert!(
        client
            .get_status(Status::Ok)
            .send()
            .await
            .unwrap_err()
            .is_timeout()
    );
    assert!(begun.elapsed() >= short * 2);
}

#[tokio::test]
async fn a_budget_keeps_a_storm_away() {
    let rude = FaultServer::serve(vec![Fault::status(503, "")])
        .await
        .unwrap();
    // None for each, and one per second over ten of them.
    let (policy, _) = recorded(even().max_attempts(3).budget(None, 1));
    let client = client(&rude.url, policy);
    for _ in 0..20 {
        let _ = client.get_status(Status::ServiceUnavailable).send().await;
    }
    assert_eq!(rude.count(), 20 + 10);
}

#[tokio::test]
async fn each_attempt_can_be_seen() {
    let seen = Arc::<Mutex<Vec<String>>>::default();
    let log = Arc::clone(&seen);
    let policy = even().on_attempt(move |attempt| {
        let what = match (attempt.code, attempt.error) {
            (Some(code), None) => code.to_string(),
            (_, Some(error)) if error.is_timeout() => "late".to_owned(),
            other => format!("{other:?}"),
        };
        let wait = attempt.delay.map(|wait| wait.as_secs());
        let line = format!("{} {} {what} {wait:?}", attempt.operation, attempt.number);
        log.lock().unwrap().push(line);
    });
    let acts = vec![
        Fault::status(502, ""),
        Fault::Pause(Vec::new()),
        Fault::status(204, ""),
    ];
    get(acts, policy).await.0.unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "getStatus 1 502 Bad Gateway Some(1)",
            "getStatus 2 late Some(2)",
            "getStatus 3 204 No Content None",
        ]
    );
}
