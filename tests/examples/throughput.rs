//! How many requests a second the generated router answers, beside the same handlers written by hand in axum:
//! `cargo run --release -p statusquo-tests --example throughput`, where `wrk` is installed.
//!
//! Both are served by the same program, and take turns.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a tool of the tests"
)]

use std::process::Command;

use axum::{
    Router,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing,
};
use statusquo::{
    DeleteStatus, GetStatus, PatchStatus, PostStatus, PutStatus, Status, StatusChoice,
    StatusResponse, TraceStatus, mock::Mock, server::Api, server::router, types::Acceptable,
};
use statusquo_tests::raw::serve;

/// Of how many turns each has.
const TURNS: usize = 7;

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
    println!("                    by hand   generated   ratio      p99 by hand   generated");
    for code in [200, 406] {
        let mut ratios = Vec::new();
        let (mut rates, mut slowest) = ([0.0; 2], [String::new(), String::new()]);
        for turn in 0..=TURNS {
            let mut pair = [0.0; 2];
            for (index, address) in [hand, own].into_iter().enumerate() {
                let url = format!("http://{address}/status/{code}");
                let output = tokio::task::spawn_blocking(move || {
                    let arguments = ["-t1", "-c32", "-d3s", "--latency"];
                    Command::new("wrk").args(arguments).arg(url).output()
                });
                let output = output.await.unwrap().unwrap();
                let text = String::from_utf8_lossy(&output.stdout).into_owned();
                let of = |name: &str| {
                    let line = text.lines().find_map(|line| line.trim().strip_prefix(name));
                    line.unwrap_or_default().trim().to_owned()
                };
                pair[index] = of("Requests/sec:").parse().unwrap_or_default();
                slowest[index] = of("99%");
            }
            // The first turn warms up.
            if turn > 0 {
                ratios.push(pair[1] / pair[0]);
                rates = pair;
            }
        }
        ratios.sort_by(f64::total_cmp);
        let median: f64 = ratios[ratios.len() / 2];
        println!(
            "/status/{code} {:>14.0}/s {:>9.0}/s   {median:.3}   {:>12} {:>11}",
            rates[0], rates[1], slowest[0], slowest[1]
        );
    }
}
