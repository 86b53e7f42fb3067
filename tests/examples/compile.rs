//! Measures the time of a clean build of the crate for each feature of the client, and counts the crates in
//! it: `cargo run -p statusquo-tests --example compile`. Dependencies should be downloaded before.
#![allow(clippy::unwrap_used, reason = "a development tool")]

use std::{collections::BTreeSet, fs, time::Instant};

use statusquo_tests::{
    documents::{cargo, target},
    workspace,
};

const FEATURES: &[&str] = &[
    "",
    "client-base",
    "client-base,gzip",
    "client-base,tracing",
    "client",
    "client-native-tls",
    // The TLS library that reqwest chooses by default.
    "client-base,gzip,reqwest/rustls",
];

fn main() {
    let folder = target().join("compile");
    let target_dir = folder.to_string_lossy();
    println!(
        "{:<22} {:>6} {:>7} {:>7}",
        "features", "crates", "check", "build"
    );
    for features in FEATURES {
        let package = ["--package", "statusquo", "--features", features];
        let tree = ["tree", "--edges", "normal,build", "--prefix", "none"];
        let output = cargo(&workspace(), &[&tree[..], &package].concat(), &[]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let crates: BTreeSet<_> = text
            .lines()
            .map(|line| {
                line.trim_end_matches(" (*)")
                    .trim_end_matches(" (proc-macro)")
            })
            .collect();
        let time = |command: &str| {
            let _ = fs::remove_dir_all(&folder);
            let start = Instant::now();
            let arguments = [
                &[command, "--quiet", "--target-dir", &target_dir][..],
                &package,
            ]
            .concat();
            let output = cargo(&workspace(), &arguments, &[]);
            let seconds = start.elapsed().as_secs_f64();
            let messages = String::from_utf8_lossy(&output.stderr);
            if output.status.success() {
                format!("{seconds:.1} s")
            } else {
                format!("fails: {}", messages.lines().next().unwrap_or_default())
            }
        };
        let (check, build) = (time("check"), time("build"));
        println!("{features:<22} {:>6} {check:>7} {build:>7}", crates.len());
    }
    let _ = fs::remove_dir_all(&folder);
}
