//! Compares documents with all of their mutations, and checks that each change is reported at its place:
//! `cargo run --release -p statusquo-tests --example mutations -- FILE...`
#![allow(clippy::unwrap_used, reason = "a development tool")]

use std::{env, fs, path::Path, process::ExitCode, time::Instant};

use statusquo_codegen::source::Source;
use statusquo_tests::{mutations, with_files};

fn main() -> ExitCode {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let step = match arguments.first().and_then(|first| first.parse().ok()) {
        Some(step) => {
            arguments.remove(0);
            step
        }
        None => 1,
    };
    let mut silent = 0;
    for file in &arguments {
        let text = fs::read_to_string(file).unwrap();
        let start = Instant::now();
        let own = file.ends_with("spec/status.yaml");
        let folder = Path::new(file).parent().unwrap_or(Path::new("."));
        let source = with_files(Source::new(file, &text), &folder.to_string_lossy());
        let tally = mutations::check(&source, own, step, |line| println!("{line}"));
        silent += tally.silent;
        println!("{file}: {tally} in {:.0?}", start.elapsed());
    }
    ExitCode::from(u8::from(silent > 0))
}
