//! How many requests a second the generated router answers, beside the same handlers written by hand in axum:
//! `cargo run --release -p statusquo-tests --no-default-features --example throughput`, where `wrk` is installed.
//!
//! Both are served by the same process, and take short turns: of many pairs the median says more than of few long
//! ones. How a process happens to lie in memory makes a difference of some percent, so that there are several, one
//! after the other. What the machine does besides moves the rates, and the processor time of a request less.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a tool of the tests"
)]

use std::{
    env,
    io::{self, BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

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
use statusquo_tests::http1::serve;

/// How many processes there are.
const PROCESSES: usize = 12;

/// How many turns each of the two has in a process, after one to get warm.
const TURNS: usize = 5;

struct Generated;

impl Api for Generated {
    async fn get_status(&self, request: GetStatus) -> StatusResponse {
        match request.codes.pick(0.0).status() {
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

fn main() {
    match env::args().nth(1) {
        None => measure(),
        Some(_) => answer(),
    }
}

/// Serves both, says where, and answers every line with the processor time that it has taken, in microseconds.
#[tokio::main]
async fn answer() {
    let methods = routing::get(by_hand).put(by_hand).post(by_hand);
    let methods = methods.delete(by_hand).patch(by_hand).trace(by_hand);
    let hand = Router::new().route("/status/{codes}", methods);
    println!("{}", serve(hand).await.unwrap());
    println!("{}", serve(router(Generated)).await.unwrap());
    let until_the_end = || {
        for _ in io::stdin().lines() {
            println!("{}", processor_time().as_micros());
        }
    };
    tokio::task::spawn_blocking(until_the_end).await.unwrap();
}

/// A process that serves both.
struct Server {
    /// That of the one by hand, and that of the generated router.
    addresses: [String; 2],
    asked: ChildStdin,
    answers: BufReader<ChildStdout>,
    process: Child,
}

impl Server {
    fn new() -> Self {
        let mut process = Command::new(env::current_exe().unwrap())
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut answers = BufReader::new(process.stdout.take().unwrap());
        Self {
            addresses: [line(&mut answers), line(&mut answers)],
            asked: process.stdin.take().unwrap(),
            answers,
            process,
        }
    }

    /// The processor time that it has taken, in microseconds.
    fn time(&mut self) -> f64 {
        self.asked.write_all(b"\n").unwrap();
        line(&mut self.answers).parse().unwrap()
    }

    /// A turn of one of the two: requests per second, the 99th percentile in milliseconds, and the processor time
    /// of a request in microseconds.
    fn turn(&mut self, which: usize, code: u16) -> [f64; 3] {
        let before = self.time();
        let output = Command::new("wrk")
            .args(["-t1", "-c32", "-d1s", "--latency"])
            .arg(format!("http://{}/status/{code}", self.addresses[which]))
            .output()
            .unwrap_or_else(|error| panic!("wrk has to be installed: {error}"));
        let time = self.time() - before;
        let text = String::from_utf8(output.stdout).unwrap();
        let of = |name: &str| {
            let mut lines = text.lines().map(str::trim);
            // The name stands before the number, or behind it.
            let found = lines.find_map(|line| match line.split_once(name)? {
                ("", after) => Some(after),
                (before, _) => Some(before),
            });
            found.unwrap_or_default().trim().to_owned()
        };
        let requests: f64 = of("requests in").parse().unwrap();
        let rate = of("Requests/sec:").parse().unwrap();
        [rate, milliseconds(&of("99%")), time / requests]
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn line(from: &mut impl BufRead) -> String {
    let mut line = String::new();
    from.read_line(&mut line).unwrap();
    line.trim().to_owned()
}

fn measure() {
    println!(
        "              of one by hand, of the generated router, and the ratio with that of each process"
    );
    for code in [200, 406] {
        // Of each process its turns: of both what was measured.
        let mut processes = Vec::new();
        for process in 0..PROCESSES {
            let mut server = Server::new();
            let mut turns = Vec::new();
            for turn in 0..=TURNS {
                let mut results = [[0.0; 3]; 2];
                for at in 0..2 {
                    // Neither is always the first.
                    let which = (at + turn + process) % 2;
                    results[which] = server.turn(which, code);
                }
                if turn > 0 {
                    turns.push(results);
                }
            }
            processes.push(turns);
        }
        let what = ["per second", "99th percentile, ms", "processor time, µs"];
        for (index, what) in what.into_iter().enumerate() {
            let all = |which: usize| {
                let turns = processes.iter().flatten();
                median(turns.map(|turn| turn[which][index]))
            };
            let ratio = |turn: &[[f64; 3]; 2]| turn[1][index] / turn[0][index];
            let each: Vec<_> = processes
                .iter()
                .map(|turns| format!("{:.2}", median(turns.iter().map(ratio))))
                .collect();
            println!(
                "/status/{code} {what:<20} {:>9.2} {:>9.2}   {:.3}  {}",
                all(0),
                all(1),
                median(processes.iter().flatten().map(ratio)),
                each.join(" ")
            );
        }
    }
}

/// How long the processors have worked for this program.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let part = |number: i64| u64::try_from(number).unwrap_or_default();
    Duration::from_secs(part(time.tv_sec)) + Duration::from_nanos(part(time.tv_nsec))
}

/// The median of some numbers.
fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<_> = numbers.collect();
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
