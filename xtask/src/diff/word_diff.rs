//! Two texts, word by word.

use similar::{ChangeTag, TextDiff};

/// A run of words that two texts have in common, or that one of them has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Run {
    Same(String),
    Gone(String),
    New(String),
}

/// Compares two texts word by word. What they have in common for more than a few words is left out but for its
/// ends.
pub(crate) fn compare(was: &str, is: &str) -> Vec<Run> {
    let diff = TextDiff::from_words(was, is);
    let mut runs: Vec<Run> = Vec::new();
    for change in diff.iter_all_changes() {
        let text = change.value();
        match (change.tag(), runs.last_mut()) {
            (ChangeTag::Equal, Some(Run::Same(last)))
            | (ChangeTag::Delete, Some(Run::Gone(last)))
            | (ChangeTag::Insert, Some(Run::New(last))) => last.push_str(text),
            (ChangeTag::Equal, _) => runs.push(Run::Same(text.to_owned())),
            (ChangeTag::Delete, _) => runs.push(Run::Gone(text.to_owned())),
            (ChangeTag::Insert, _) => runs.push(Run::New(text.to_owned())),
        }
    }
    let last = runs.len().saturating_sub(1);
    for (index, run) in runs.iter_mut().enumerate() {
        if let Run::Same(text) = run {
            *text = shortened(text, index > 0, index < last);
        }
    }
    runs
}

/// The words beside a change.
const BESIDE: usize = 6;

/// A text without its middle, or without the end at which nothing has changed.
fn shortened(text: &str, has_before: bool, has_after: bool) -> String {
    let words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    let (before, after) = (
        if has_before { BESIDE } else { 0 },
        if has_after { BESIDE } else { 0 },
    );
    if words.len() <= before + after + 2 {
        return text.to_owned();
    }
    let start: String = words.iter().take(before).copied().collect();
    let end: String = words.iter().skip(words.len() - after).copied().collect();
    let gap = if start.is_empty() || start.ends_with(char::is_whitespace) {
        "… "
    } else {
        " … "
    };
    format!("{start}{}{end}", if end.is_empty() { "…" } else { gap })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_and_what_is_beside_it() {
        let was = "one two three four five six seven eight nine ten old end";
        let is = "one two three four five six seven eight nine ten new end";
        assert_eq!(
            compare(was, is),
            [
                Run::Same("… five six seven eight nine ten ".to_owned()),
                Run::Gone("old".to_owned()),
                Run::New("new".to_owned()),
                Run::Same(" end".to_owned()),
            ]
        );
        assert_eq!(compare("a", "a"), [Run::Same("a".to_owned())]);
    }
}
