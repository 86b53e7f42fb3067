//! Texts that match a pattern.

use regex_lite::Regex;
use regex_syntax::{
    ParserBuilder,
    hir::{Class, Hir, HirKind},
};

/// A text that matches a pattern, of a length between two, in characters; the shortest that comes to mind.
///
/// `None` for a pattern that is not understood, or if no such text is found.
pub(super) fn matching(pattern: &str, least: usize, most: usize) -> Option<String> {
    let matches = Regex::new(pattern).ok()?;
    let hir = ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .parse(pattern)
        .ok()?;
    let short = written(&hir, 0);
    let missing = least.saturating_sub(short.chars().count());
    let long = written(&hir, missing);
    // Where nothing says that the text ends there, more of it does no harm.
    let padded = format!("{short}{}", "x".repeat(missing));
    [short, long, padded].into_iter().find(|text| {
        let length = text.chars().count();
        (least..=most).contains(&length) && matches.is_match(text)
    })
}

/// A match, in which the first part that may be repeated at will is repeated so much more often.
fn written(hir: &Hir, more: usize) -> String {
    let mut writer = PatternWriter {
        bytes: Vec::new(),
        more,
    };
    writer.write(hir);
    String::from_utf8_lossy(&writer.bytes).into_owned()
}

struct PatternWriter {
    bytes: Vec<u8>,
    /// How often something is still to be repeated.
    more: usize,
}

/// No example is longer than this.
const LONGEST: usize = 10_000;

impl PatternWriter {
    fn write(&mut self, hir: &Hir) {
        if self.bytes.len() > LONGEST {
            return;
        }
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(text) => self.bytes.extend(&*text.0),
            HirKind::Class(class) => self.bytes.extend(one_of(class)),
            HirKind::Capture(inner) => self.write(&inner.sub),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.write(part)),
            HirKind::Alternation(parts) => parts.iter().take(1).for_each(|part| self.write(part)),
            HirKind::Repetition(repeated) => {
                let least = usize::try_from(repeated.min).unwrap_or(LONGEST);
                let most = repeated.max.and_then(|most| usize::try_from(most).ok());
                let room = most.map_or(LONGEST, |most| most.saturating_sub(least));
                let more = self.more.min(room);
                self.more -= more;
                for _ in 0..(least + more).min(LONGEST) {
                    self.write(&repeated.sub);
                }
            }
        }
    }
}

/// A character of a class: a letter or a digit if it has one.
fn one_of(class: &Class) -> Option<u8> {
    let Class::Bytes(class) = class else {
        return None;
    };
    let has = |byte: &u8| {
        class
            .ranges()
            .iter()
            .any(|range| (range.start()..=range.end()).contains(byte))
    };
    let usual = (b'a'..=b'z').chain(b'0'..=b'9').chain(b'A'..=b'Z');
    usual.chain(b' '..=b'~').chain(0..=127).find(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_match() {
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
