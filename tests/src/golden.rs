//! Texts that are compared with files: `UPDATE_GOLDENS=1 cargo test` writes the files.

use std::{env, fs, path::Path};

/// Compares a text with a file of the tests' folder.
///
/// # Panics
/// If they differ, and the files are not to be written.
pub fn assert_golden(path: &str, text: &str) {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let golden = fs::read_to_string(&place).unwrap_or_default();
    if golden == text {
        return;
    }
    if env::var_os("UPDATE_GOLDENS").is_some() {
        let written = place.parent().map_or(Ok(()), fs::create_dir_all);
        let written = written.and_then(|()| fs::write(&place, text));
        return written.unwrap_or_else(|error| panic!("{}: {error}", place.display()));
    }
    let line = golden
        .lines()
        .zip(text.lines())
        .take_while(|(a, b)| a == b)
        .count();
    panic!(
        "tests/{path} differs from line {} on\n  golden: {:?}\n  now:    {:?}\n\
         run `UPDATE_GOLDENS=1 cargo test -p statusquo-tests` and read the difference",
        line + 1,
        golden.lines().nth(line),
        text.lines().nth(line),
    );
}
