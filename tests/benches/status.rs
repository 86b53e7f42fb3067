//! The time of looking up a status, compared with the `http` crate's table of reason phrases.
//!
//! The lookups take turns in one run, so that other load on the machine does not change the ratio.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use statusquo::Status;

const ROUNDS: u32 = 20_000;

type Lookup = fn(u16) -> usize;

fn main() {
    let lookups: [(&str, Lookup); 3] = [
        ("http: reason", |code| {
            let status = http::StatusCode::from_u16(code);
            status
                .ok()
                .and_then(|status| status.canonical_reason())
                .map_or(0, str::len)
        }),
        ("statusquo: reason", |code| {
            Status::from_code(code).map_or(0, |status| status.reason().len())
        }),
        ("statusquo: status", |code| {
            Status::from_code(code).map_or(0, |status| status as usize)
        }),
    ];
    let mut times = [Duration::ZERO; 3];
    for _ in 0..ROUNDS {
        for ((_, lookup), time) in lookups.iter().zip(&mut times) {
            let start = Instant::now();
            for code in 100..1000 {
                black_box(lookup(black_box(code)));
            }
            *time += start.elapsed();
        }
    }
    let base = times.first().copied().unwrap_or_default().as_secs_f64();
    for ((name, _), time) in lookups.iter().zip(times) {
        let nanoseconds = time.as_secs_f64() * 1e9 / f64::from(ROUNDS * 900);
        println!(
            "{name:<20} {nanoseconds:>6.2} ns  x{:.2}",
            time.as_secs_f64() / base
        );
    }
}
