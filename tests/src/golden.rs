//! Golden files: texts are compared with them, and `UPDATE_GOLDENS=1 cargo test` writes them.

use std::{env, fs, path::Path};

/// Compares a text with a file in the `tests` folder, or writes the file if `UPDATE_GOLDENS` is set.
///
/// # Panics
/// If they differ, or the file cannot be written.
pub fn assert_golden(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let golden = fs::read_to_string(&file).unwrap_or_default();
    if golden == text {
        return;
    }
    if env::var_os("UPDATE_GOLDENS").is_some() {
        let result = file.parent().map_or(Ok(()), fs::create_dir_all);
        let result = result.and_then(|()| fs::write(&file, text));
        return result.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
    let line = golden
        .lines()
        .zip(text.lines())
        .take_while(|(a, b)| a == b)
        .count();
    panic!(
        "tests/{path} differs, starting at line {}\n  golden: {:?}\n  actual: {:?}\n\
         run `UPDATE_GOLDENS=1 cargo test -p statusquo-tests` and review the difference",
        line + 1,
        golden.lines().nth(line),
        text.lines().nth(line),
    );
}
