//! Helpers for the wording of messages.

use serde_json::Value;

/// Returns the type of a value as a noun with its article.
pub(crate) fn describe(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

/// Returns the candidate most similar to a word, if any is similar enough to be suggested.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::jaro_winkler(&word, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(score, _)| *score > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// Returns the candidate that a word most likely misspells: at most one letter is added, missing, different or swapped
/// with the next, two in a candidate of at least eight letters.
///
/// In a candidate of up to three letters, only swapped letters and another case count: most other words that short
/// are close to it by chance.
pub(crate) fn misspelled<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let close = candidates.into_iter().filter_map(|candidate| {
        let distance = distance(word, candidate);
        let is_close = match candidate.len() {
            0..=3 => distance <= 1 && is_rearranged(word, candidate),
            4..=7 => distance <= 1,
            _ => distance <= 2,
        };
        is_close.then_some((distance, candidate))
    });
    let (_, candidate) = close.min_by_key(|(distance, _)| *distance)?;
    Some(candidate)
}

/// Returns the number of letters that are added, missing, different or swapped with the next between two words.
pub(crate) fn distance(left: &str, right: &str) -> usize {
    strsim::osa_distance(&left.to_lowercase(), &right.to_lowercase())
}

/// Returns whether two words consist of the same letters, in any order and case.
pub(crate) fn is_rearranged(left: &str, right: &str) -> bool {
    let letters = |word: &str| {
        let mut letters: Vec<_> = word.to_lowercase().chars().collect();
        letters.sort_unstable();
        letters
    };
    letters(left) == letters(right)
}

/// Formats words as an enumeration: `a`, `b` or `c`.
pub(crate) fn list(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspellings_are_close() {
        let keys = ["get", "post", "responses", "parameters", "in", "name"];
        for (word, expected) in [
            ("respones", Some("responses")),
            ("Responses", Some("responses")),
            ("reponse", Some("responses")),
            ("paramter", Some("parameters")),
            ("nmae", Some("name")),
            ("gte", Some("get")),
            ("set", None),
            ("id", None),
            ("games", None),
            ("fetch", None),
        ] {
            assert_eq!(misspelled(word, keys), expected, "{word}");
        }
    }
}
