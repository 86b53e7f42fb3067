//! All prose is plain English: no retired words, and no sentence that has to be read twice.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use statusquo_tests::{read, workspace};

/// Words that were replaced by the terms of OpenAPI, RFC 9110 and Rust. They are found in names, too.
const RETIRED_WORDS: &[&str] = &[
    "answer",
    "answered",
    "answering",
    "answers",
    "beside",
    "detour",
    "glue",
    "mend",
    "mended",
    "mends",
    "rude",
    "skeleton",
    "told",
    "unsendable",
    "witness",
];

/// Phrases that are not idiomatic, or that have to be read twice.
const RETIRED_PHRASES: &[&str] = &[
    "are no",
    "at hand",
    "but for",
    "for want of",
    "goes before",
    "goes without saying",
    "has to be there",
    "held against",
    "is no",
    "one's own",
    "was no",
    "were no",
    "who asks",
];

/// Words that open a noun clause without a subject: "What is sent." instead of "The request that is sent."
///
/// "Whether" may open the documentation of a field, as in the standard library; a function "Returns whether".
const RETIRED_OPENINGS: &[&str] = &[
    "How", "Those", "What", "Where", "Whether", "Who", "Whose", "Why",
];

/// Lines that may contain a retired word or phrase: the end of their path, and a part of the line.
const EXCEPTIONS: &[(&str, &str)] = &[];

/// The files that people read: sources, documents, pages. Generated files repeat the runtime and the spec.
fn files() -> Vec<String> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else {
                files.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    for folder in [
        ".ci",
        ".github",
        "codegen",
        "generated/examples",
        "spec",
        "tests",
        "xtask",
    ] {
        walk(&workspace().join(folder), &mut paths);
    }
    let mut files: Vec<_> = paths
        .iter()
        .filter_map(|path| path.strip_prefix(workspace()).ok()?.to_str())
        .map(|path| path.replace('\\', "/"))
        .chain([
            "Cargo.toml".to_owned(),
            "README.md".to_owned(),
            "generated/Cargo.toml".to_owned(),
        ])
        .filter(|path| {
            let extension = path.rsplit('.').next().unwrap_or_default();
            let is_text = ["html", "md", "rs", "toml", "txt", "yaml", "yml"].contains(&extension);
            let is_list = path == "tests/suite/house/language.rs";
            (is_text || path == ".ci/run") && !is_list && !path.contains("/target/")
        })
        .collect();
    files.sort();
    files
}

/// Returns the words of a line in lower case, where names are split at `_` and at capitals.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in line.chars() {
        let is_start = c.is_uppercase() && was_lower;
        if !(c.is_alphabetic() || c == '\'') || is_start {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut()
            && (c.is_alphabetic() || c == '\'')
        {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Returns what is wrong with a line, if anything is. `is_first` is whether it begins a comment,
/// and `item` is the code below it.
fn fault(line: &str, is_first: bool, item: &str) -> Option<String> {
    let words = words(line);
    if let Some(word) = words
        .iter()
        .find(|word| RETIRED_WORDS.contains(&word.as_str()))
    {
        return Some(format!("`{word}` is retired"));
    }
    let text = format!(" {} ", words.join(" "));
    for phrase in RETIRED_PHRASES {
        let phrase_in_text = format!(" {phrase} ");
        let mut found = text.match_indices(&phrase_in_text);
        // "There is no" and "is no longer" are idiomatic.
        if found.any(|(at, _)| {
            let after = &text[at + phrase_in_text.len()..];
            !text[..at].ends_with(" there") && !after.starts_with("longer ")
        }) {
            return Some(format!("`{phrase}` is retired"));
        }
    }
    let prose = comment(line)
        .filter(|_| is_first)
        .or_else(|| message(line))?;
    let opening = prose.split_whitespace().next()?;
    let is_field = opening == "Whether" && !item.contains("fn ");
    (RETIRED_OPENINGS.contains(&opening) && !is_field)
        .then(|| format!("`{opening}` opens a clause without a subject"))
}

/// Returns the text of a line that is a comment.
fn comment(line: &str) -> Option<&str> {
    let line = line.trim_start();
    ["///", "//!", "//", "# "]
        .iter()
        .find_map(|mark| line.strip_prefix(mark))
        .map(str::trim_start)
}

/// Returns the rest of a line after the first quotation mark.
fn message(line: &str) -> Option<&str> {
    comment(line)
        .is_none()
        .then(|| line.split_once('"').map(|(_, text)| text))?
}

#[test]
fn prose_is_plain_english() {
    let mut faults = Vec::new();
    let mut used = BTreeSet::new();
    for path in files() {
        let text = read(&path);
        let mut was_comment = false;
        for (index, line) in text.lines().enumerate() {
            let is_comment = comment(line).is_some();
            let mut below = text.lines().skip(index);
            let item = below.find(|line| comment(line).is_none() && !line.contains("#["));
            if let Some(fault) = fault(line, !was_comment, item.unwrap_or_default()) {
                let exception = EXCEPTIONS
                    .iter()
                    .find(|(file, part)| path.ends_with(file) && line.contains(part));
                match exception {
                    Some(exception) => {
                        used.insert(exception);
                    }
                    None => faults.push(format!("{path}:{}: {fault}: {}", index + 1, line.trim())),
                }
            }
            was_comment = is_comment;
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
    let unused: Vec<_> = EXCEPTIONS
        .iter()
        .filter(|exception| !used.contains(exception))
        .collect();
    assert!(
        unused.is_empty(),
        "these exceptions are not needed: {unused:?}"
    );
}

#[test]
fn the_guard_finds_retired_prose() {
    for line in [
        "/// What the document says.",
        "// Whether it fits.",
        "    let answer = send();",
        "struct FullAnswer;",
        "it is no media type",
        "    .help(\"Where it stands\")",
    ] {
        assert!(fault(line, true, "fn f() {").is_some(), "{line}");
    }
    for line in [
        "/// Returns what the document declares.",
        "/// There is no such pet.",
        "let response = send();",
        "// A key, whether it is known or not.",
        "/// It is no longer required.",
    ] {
        assert_eq!(fault(line, true, "fn f() {"), None, "{line}");
    }
}
