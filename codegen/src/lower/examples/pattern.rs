//! Generates texts that match a pattern.

use regex_syntax::{
    ParserBuilder,
    hir::{Class, ClassUnicodeRange, Hir, HirKind},
};

use crate::lower::ecma_regex::translate;

/// Generates a text that matches a pattern and has at least `least` and at most `most` characters.
///
/// Tries a short match, one with repetitions, and one with padding. Returns `None` if none of them matches,
/// or if the pattern is not supported.
pub(super) fn matching(pattern: &str, least: usize, most: usize) -> Option<String> {
    let regex = translate(pattern).ok()?;
    let hir = ParserBuilder::new().build().parse(regex.as_str()).ok()?;
    let short = generate(&hir, 0);
    let missing = least.saturating_sub(short.chars().count());
    let long = generate(&hir, missing);
    // A pattern without `$` also matches a longer text.
    let padded = format!("{short}{}", "x".repeat(missing));
    [short, long, padded].into_iter().find(|text| {
        let length = text.chars().count();
        (least..=most).contains(&length) && regex.is_match(text)
    })
}

/// Generates a match with the given number of extra repetitions, as early in the pattern as possible.
fn generate(hir: &Hir, extra: usize) -> String {
    let mut writer = PatternWriter {
        text: String::new(),
        extra,
    };
    writer.write(hir);
    writer.text
}

struct PatternWriter {
    text: String,
    /// The number of extra repetitions that are left.
    extra: usize,
}

/// The maximum length of an example, in bytes, and of a repetition.
const MAX_LENGTH: usize = 10_000;

impl PatternWriter {
    fn write(&mut self, hir: &Hir) {
        if self.text.len() > MAX_LENGTH {
            return;
        }
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(text) => self.text.push_str(&String::from_utf8_lossy(&text.0)),
            HirKind::Class(class) => self.text.extend(class_member(class)),
            HirKind::Capture(inner) => self.write(&inner.sub),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.write(part)),
            HirKind::Alternation(parts) => parts.iter().take(1).for_each(|part| self.write(part)),
            HirKind::Repetition(repeated) => {
                let least = usize::try_from(repeated.min).unwrap_or(MAX_LENGTH);
                let most = repeated.max.and_then(|most| usize::try_from(most).ok());
                let room = most.map_or(MAX_LENGTH, |most| most.saturating_sub(least));
                let extra = self.extra.min(room);
                self.extra -= extra;
                for _ in 0..(least + extra).min(MAX_LENGTH) {
                    self.write(&repeated.sub);
                }
            }
        }
    }
}

/// Returns a character of a class, preferably a letter or a digit.
fn class_member(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else {
        return None;
    };
    let has = |c: &char| {
        class
            .ranges()
            .iter()
            .any(|range| (range.start()..=range.end()).contains(c))
    };
    let preferred = ('a'..='z').chain('0'..='9').chain('A'..='Z');
    let first = class.ranges().first().map(ClassUnicodeRange::start);
    preferred.chain(' '..='~').find(has).or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_texts_match_their_patterns() {
        for (pattern, least, most, expected) in [
            ("^[a-z]{3}$", 0, 10, Some("aaa")),
            ("^[a-z]+$", 4, 10, Some("aaaa")),
            ("[A-Z]-\\d", 0, 10, Some("A-0")),
            ("b", 3, 3, Some("bxx")),
            ("^(ab|cd)*$", 2, 2, None),
            ("^(?:4\\d{2}|5\\d{2})(:[1-9]\\d*)?$", 0, 99, Some("400")),
            ("^a$", 2, 3, None),
            ("^\\+?[0-9 ]{5,}$", 0, 5, Some("00000")),
            ("^[^a-z]$", 0, 5, Some("0")),
            ("(?=a)b", 0, 5, None),
            ("^$", 0, 5, Some("")),
        ] {
            assert_eq!(
                matching(pattern, least, most).as_deref(),
                expected,
                "{pattern}"
            );
        }
    }
}
