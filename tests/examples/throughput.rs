//! How many requests a second the generated router answers, beside the same handlers written by hand in axum:
//! `cargo run --release -p statusquo-tests --no-default-features --example throughput`, where `wrk` is installed.
//!
//! Both are served by the same program, and take short turns: of many pairs the median says more than of few long
//! ones. What the machine does besides moves the rates, and the processor time of a request much less.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a tool of the tests"
)]

use std::{process::Command, time::Duration};

use axum::{
    Router,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing,
};
use rustix::time::{ClockId, clock_gettime};
use statusquo::{
    DeleteStatus, GetStatus, PatchStatus, PostStatus, PutStatus, Status, StatusChoice,
    StatusResponse, TraceStatus, mock::Mock, server::Api, server::router, types::Acceptable,
};
use statusquo_tests::raw::serve;

/// Of how many turns each has.
const TURNS: usize = 61;

struct Generated;

impl Api for Generated {
    async fn get_status(&self, request: GetStatus) -> StatusResponse {
        match request.codes.pick(0.0).known() {
            Some(Status::NotAcceptable) => StatusResponse::NotAcceptable(acceptable()),
            _ => StatusResponse::Ok,
        }
    }

    async fn put_status(&self, request: PutStatus) -> StatusResponse {
        Mock.put_status(request).await
    }

    async fn post_status(&self, request: PostStatus) -> StatusResponse {
        Mock.post_status(request).await
    }

    async fn delete_status(&self, request: DeleteStatus) -> StatusResponse {
        Mock.delete_status(request).await
    }

    async fn patch_status(&self, request: PatchStatus) -> StatusResponse {
        Mock.patch_status(request).await
    }

    async fn trace_status(&self, request: TraceStatus) -> StatusResponse {
        Mock.trace_status(request).await
    }
}

fn acceptable() -> Acceptable {
    let accept = ["image/webp", "image/svg+xml", "image/jpeg", "image/png"];
    Acceptable::new(accept.map(str::to_owned).to_vec(), "What is accepted")
}

/// The same by hand.
async fn by_hand(Path(codes): Path<String>) -> Response {
    let Ok(choice) = codes.parse::<StatusChoice>() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match choice.pick(0.0).get() {
        406 => {
            let json = serde_json::to_vec(&acceptable()).unwrap_or_default();
            let headers = [(header::CONTENT_TYPE, "application/json")];
            (StatusCode::NOT_ACCEPTABLE, headers, json).into_response()
        }
        _ => StatusCode::OK.into_response(),
    }
}

#[tokio::main]
async fn main() {
    let own = serve(router(Generated)).await.unwrap();
    let hand = Router::new().route("/status/{codes}", routing::get(by_hand));
    let hand = serve(hand).await.unwrap();
    println!("              requests of one by hand, and of the generated router");
    for code in [200, 406] {
        let mut rates = [Vec::new(), Vec::new()];
        let mut slowest = rates.clone();
        let mut times = rates.clone();
        for turn in 0..=TURNS {
            let mut both = [(0, hand), (1, own)];
            // Neither is always the first.
            both.rotate_left(turn % 2);
            for (index, address) in both {
                let before = processor_time();
                let url = format!("http://{address}/status/{code}");
                let output = tokio::task::spawn_blocking(move || {
                    let arguments = ["-t1", "-c32", "-d1s", "--latency"];
                    Command::new("wrk").args(arguments).arg(url).output()
                });
                let output = output.await.unwrap().unwrap();
                let text = String::from_utf8_lossy(&output.stdout).into_owned();
                let of = |name: &str| {
                    let mut lines = text.lines().map(str::trim);
                    // The name stands before the number, or behind it.
                    let found = lines.find_map(|line| match line.split_once(name)? {
                        ("", after) => Some(after),
                        (before, _) => Some(before),
                    });
                    found.unwrap_or_default().trim().to_owned()
                };
                let time = processor_time().saturating_sub(before).as_secs_f64() * 1e6;
                let requests: f64 = of("requests in").parse().unwrap_or(f64::NAN);
                // The first turn warms up.
                if turn > 0 {
                    rates[index].push(of("Requests/sec:").parse().unwrap_or(f64::NAN));
                    slowest[index].push(milliseconds(&of("99%")));
                    times[index].push(time / requests);
                }
            }
        }
        for (what, [hand, own]) in [
            ("per second", rates),
            ("99th percentile, ms", slowest),
            ("processor time, µs", times),
        ] {
            let ratios = own
                .iter()
                .zip(&hand)
                .map(|(own, hand)| own / hand)
                .collect();
            println!(
                "/status/{code} {what:<20} {:>9.2} {:>9.2}   ratio {:.3}",
                median(hand.clone()),
                median(own.clone()),
                median(ratios)
            );
        }
    }
}

/// How long the processors have worked for this program: both for the server, and not for `wrk`.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let part = |number: i64| u64::try_from(number).unwrap_or_default();
    Duration::from_secs(part(time.tv_sec)) + Duration::from_nanos(part(time.tv_nsec))
}

/// The median of some numbers.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// A time as `wrk` writes it.
fn milliseconds(text: &str) -> f64 {
    let end = text.find(|c: char| c.is_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = match unit {
        "us" => 0.001,
        "s" => 1000.0,
        _ => 1.0,
    };
    number.trim().parse().unwrap_or(f64::NAN) * unit
}
