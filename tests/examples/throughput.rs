//! Compares the throughput of the generated router with that of the same handlers written by hand in axum:
//! `cargo run --release -p statusquo-tests --no-default-features --example throughput`. It requires `wrk`.
//!
//! One process serves both, and they take short turns because the median of many pairs is more reliable than
//! that of a few long ones. The memory layout of a process changes the result by a few percent, so several
//! processes run one after the other. Other load on the machine affects the rates, and the processor time per
//! request less.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a development tool"
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
    StatusResponse, TraceStatus,
    mock::Mock,
    server::{Api, Rejection, Request, router},
    types::Acceptable,
};
use statusquo_tests::http1::serve;

/// The number of server processes.
const PROCESSES: usize = 12;

/// The measured turns of each router in a process, after one warm-up turn.
const TURNS: usize = 5;

struct Generated;

#[allow(refining_impl_trait)]
impl Api for Generated {
    async fn get_status(&self, request: Request<GetStatus>) -> StatusResponse {
        match request.codes.pick(0.0).status() {
            Some(Status::NotAcceptable) => StatusResponse::NotAcceptable(acceptable()),
            _ => StatusResponse::Ok,
        }
    }

    async fn put_status(&self, request: Request<PutStatus>) -> Result<StatusResponse, Rejection> {
        Mock.put_status(request).await
    }

    async fn post_status(&self, request: Request<PostStatus>) -> Result<StatusResponse, Rejection> {
        Mock.post_status(request).await
    }

    async fn delete_status(
        &self,
        request: Request<DeleteStatus>,
    ) -> Result<StatusResponse, Rejection> {
        Mock.delete_status(request).await
    }

    async fn patch_status(
        &self,
        request: Request<PatchStatus>,
    ) -> Result<StatusResponse, Rejection> {
        Mock.patch_status(request).await
    }

    async fn trace_status(
        &self,
        request: Request<TraceStatus>,
    ) -> Result<StatusResponse, Rejection> {
        Mock.trace_status(request).await
    }
}

fn acceptable() -> Acceptable {
    let accept = ["image/webp", "image/svg+xml", "image/jpeg", "image/png"];
    Acceptable::new("Accepted media types", accept.map(str::to_owned).to_vec())
}

/// The same handler as in `Generated`, written by hand.
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
        Some(_) => serve_both(),
    }
}

/// Serves both routers and prints their addresses. For each line of input it prints the processor time of the
/// process in microseconds.
#[tokio::main]
async fn serve_both() {
    let methods = routing::get(by_hand).put(by_hand).post(by_hand);
    let methods = methods.delete(by_hand).patch(by_hand).trace(by_hand);
    let hand = Router::new().route("/status/{codes}", methods);
    println!("{}", serve(hand).await.unwrap());
    println!("{}", serve(router(Generated)).await.unwrap());
    let report_times = || {
        for _ in io::stdin().lines() {
            println!("{}", processor_time().as_micros());
        }
    };
    tokio::task::spawn_blocking(report_times).await.unwrap();
}

/// A process that serves both routers.
struct Server {
    /// The address of the router written by hand, then that of the generated router.
    addresses: [String; 2],
    input: ChildStdin,
    output: BufReader<ChildStdout>,
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
        let mut output = BufReader::new(process.stdout.take().unwrap());
        Self {
            addresses: [read_line(&mut output), read_line(&mut output)],
            input: process.stdin.take().unwrap(),
            output,
            process,
        }
    }

    /// Returns the processor time of the process so far, in microseconds.
    fn processor_time(&mut self) -> f64 {
        self.input.write_all(b"\n").unwrap();
        read_line(&mut self.output).parse().unwrap()
    }

    /// Measures one router: requests per second, the 99th percentile of the latency in milliseconds, and the
    /// processor time per request in microseconds.
    fn measure_turn(&mut self, router: usize, code: u16) -> [f64; 3] {
        let before = self.processor_time();
        let output = Command::new("wrk")
            .args(["-t1", "-c32", "-d1s", "--latency"])
            .arg(format!("http://{}/status/{code}", self.addresses[router]))
            .output()
            .unwrap_or_else(|error| panic!("cannot run `wrk`: {error}"));
        let time = self.processor_time() - before;
        let text = String::from_utf8(output.stdout).unwrap();
        let field = |name: &str| {
            let mut lines = text.lines().map(str::trim);
            // The name is before or after the number.
            let value = lines.find_map(|line| match line.split_once(name)? {
                ("", after) => Some(after),
                (before, _) => Some(before),
            });
            value.unwrap_or_default().trim().to_owned()
        };
        let requests: f64 = field("requests in").parse().unwrap();
        let rate = field("Requests/sec:").parse().unwrap();
        [rate, milliseconds(&field("99%")), time / requests]
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn read_line(reader: &mut impl BufRead) -> String {
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    line.trim().to_owned()
}

fn measure() {
    println!(
        "columns: the router written by hand, the generated router, their ratio, the ratio of each process"
    );
    for code in [200, 406] {
        // The results of both routers, by process and turn.
        let mut processes = Vec::new();
        for process in 0..PROCESSES {
            let mut server = Server::new();
            let mut turns = Vec::new();
            for turn in 0..=TURNS {
                let mut results = [[0.0; 3]; 2];
                for position in 0..2 {
                    // The routers alternate in going first.
                    let router = (position + turn + process) % 2;
                    results[router] = server.measure_turn(router, code);
                }
                if turn > 0 {
                    turns.push(results);
                }
            }
            processes.push(turns);
        }
        let measures = [
            "requests per second",
            "99th percentile, ms",
            "processor time, µs",
        ];
        for (index, measure) in measures.into_iter().enumerate() {
            let router_median = |router: usize| {
                let turns = processes.iter().flatten();
                median(turns.map(|turn| turn[router][index]))
            };
            let ratio = |turn: &[[f64; 3]; 2]| turn[1][index] / turn[0][index];
            let process_ratios: Vec<_> = processes
                .iter()
                .map(|turns| format!("{:.2}", median(turns.iter().map(ratio))))
                .collect();
            println!(
                "/status/{code} {measure:<20} {:>9.2} {:>9.2}   {:.3}  {}",
                router_median(0),
                router_median(1),
                median(processes.iter().flatten().map(ratio)),
                process_ratios.join(" ")
            );
        }
    }
}

/// Returns the processor time of this process.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let to_unsigned = |number: i64| u64::try_from(number).unwrap_or_default();
    Duration::from_secs(to_unsigned(time.tv_sec)) + Duration::from_nanos(to_unsigned(time.tv_nsec))
}

/// Returns the median of numbers; of an even count, the upper of the two in the middle.
fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<_> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// Parses a time in the format of `wrk`.
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
