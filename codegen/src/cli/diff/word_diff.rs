//! Compares two texts word by word.

use similar::{ChangeTag, TextDiff};

/// A run of words that both texts have, or only one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Run {
    Same(String),
    Removed(String),
    Added(String),
}

/// Compares two texts word by word. Long runs of equal words are shortened to the context of the changes.
pub(crate) fn compare(before: &str, after: &str) -> Vec<Run> {
    let diff = TextDiff::from_words(before, after);
    let mut runs: Vec<Run> = Vec::new();
    for change in diff.iter_all_changes() {
        let text = change.value();
        match (change.tag(), runs.last_mut()) {
            (ChangeTag::Equal, Some(Run::Same(last)))
            | (ChangeTag::Delete, Some(Run::Removed(last)))
            | (ChangeTag::Insert, Some(Run::Added(last))) => last.push_str(text),
            (ChangeTag::Equal, _) => runs.push(Run::Same(text.to_owned())),
            (ChangeTag::Delete, _) => runs.push(Run::Removed(text.to_owned())),
            (ChangeTag::Insert, _) => runs.push(Run::Added(text.to_owned())),
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

/// The number of words of context on each side of a change.
const CONTEXT: usize = 6;

/// Removes the middle of a text, or the end without a change next to it.
fn shortened(text: &str, has_before: bool, has_after: bool) -> String {
    let words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    let (before, after) = (
        if has_before { CONTEXT } else { 0 },
        if has_after { CONTEXT } else { 0 },
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
    fn keeps_only_changes_and_their_context() {
        let before = "one two three four five six seven eight nine ten old end";
        let after = "one two three four five six seven eight nine ten new end";
        assert_eq!(
            compare(before, after),
            [
                Run::Same("… five six seven eight nine ten ".to_owned()),
                Run::Removed("old".to_owned()),
                Run::Added("new".to_owned()),
                Run::Same(" end".to_owned()),
            ]
        );
        assert_eq!(compare("a", "a"), [Run::Same("a".to_owned())]);
    }
}
