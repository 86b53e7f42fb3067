//! Formats a report as a comment on a pull request.

use crate::{
    cli::Program,
    diff::{FindingSeverity, Note},
};

use super::{
    view::{self, LocatedFinding, New, View, advice, counted, title, users},
    word_diff::{Run, compare},
};

/// Marks the comment, so that each push edits it and does not add another one.
const MARKER: &str = "<!-- statusquo-diff -->\n";

/// The maximum length of a GitHub comment in characters; counting bytes is stricter.
const MOST: usize = 65_536;

/// The space reserved for the end of the comment, which reports how much was omitted.
const END: usize = 1_500;

pub(crate) fn report(view: &View<'_>, program: &Program) -> String {
    if view.diff.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "{MARKER}### The API from {} to {}\n\n",
        code(view.base),
        code(view.head)
    );
    text.push_str(&format!("{}\n\n", marked("**", &view.version())));
    let mut cut = 0;
    for severity in [
        FindingSeverity::Breaking,
        FindingSeverity::Notable,
        FindingSeverity::Note,
    ] {
        let findings: Vec<_> = view
            .findings
            .iter()
            .filter(|located| located.finding.severity() == severity)
            .collect();
        if findings.is_empty() {
            continue;
        }
        let open = if severity == FindingSeverity::Breaking {
            " open"
        } else {
            ""
        };
        let label = match severity {
            FindingSeverity::Breaking => "breaking",
            FindingSeverity::Notable => "notable",
            FindingSeverity::Note => "informational",
        };
        let blocks: Vec<_> = findings.iter().map(|located| finding(located)).collect();
        cut += folded(
            &mut text,
            open,
            &format!("{} {label}", findings.len()),
            &blocks,
        );
    }
    for (bucket, notes) in &view.notes {
        let blocks: Vec<_> = notes.iter().map(|note| self::note(note)).collect();
        let title = format!("{} {}", notes.len(), bucket.label());
        cut += folded(&mut text, "", &title, &blocks);
    }
    if cut > 0 {
        let more = counted(cut, "entry was", "entries were");
        text.push_str(&format!(
            "{more} omitted to fit into a comment; `{} diff` shows all.\n\n",
            program.name
        ));
    }
    text.push_str(&format!("<sub>{}</sub>\n", view.counted()));
    text
}

pub(crate) fn new(view: &New) -> String {
    format!(
        "{MARKER}### A new API: {}\n\n{}; the document does not exist in {}.\n",
        code(&view.head),
        counted(view.operations, "operation", "operations"),
        code(&view.base)
    )
}

/// Adds a collapsible section with as many blocks as fit; returns the number of the others.
fn folded(text: &mut String, open: &str, title: &str, blocks: &[String]) -> usize {
    let head = format!("<details{open}><summary>{title}</summary>\n\n");
    let tail = "\n</details>\n\n";
    let mut room = MOST
        .saturating_sub(END)
        .saturating_sub(text.len() + head.len() + tail.len());
    let mut shown = 0;
    let mut body = String::new();
    for block in blocks {
        if block.len() > room {
            continue;
        }
        room -= block.len();
        body.push_str(block);
        shown += 1;
    }
    if shown > 0 {
        text.push_str(&head);
        text.push_str(&body);
        text.push_str(tail);
    }
    blocks.len() - shown
}

fn finding(located: &LocatedFinding<'_>) -> String {
    let finding = located.finding;
    let mut text = format!("- **{}** {}\n", finding.rule, prose(&title(finding)));
    let place = match (&located.head, &located.base) {
        (Some(head), _) => format!("{}:{}", head.file, head.line),
        (None, Some(base)) => format!("{}:{} (removed)", base.file, base.line),
        (None, None) => String::new(),
    };
    let pointer = finding
        .places
        .first()
        .map(view::pointer)
        .unwrap_or_default();
    if !place.is_empty() {
        text.push_str(&format!("  - at {} {}\n", prose(&place), code(&pointer)));
    }
    if let Some(users) = users(finding) {
        text.push_str(&format!("  - used by {}\n", prose(&users)));
    }
    let wire = finding.wire.summary();
    if !wire.is_empty() {
        text.push_str(&format!("  - on the wire: {wire}\n"));
    }
    let lines = advice(finding, 3);
    if !lines.is_empty() {
        text.push_str(&format!(
            "  - in Rust ({}): {}\n",
            finding.level,
            prose(&lines.join("; "))
        ));
    }
    text
}

fn note(note: &Note) -> String {
    let pointer = note.places.first().map(view::pointer).unwrap_or_default();
    let more = match note.places.len() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    let mut text = format!("- {}{more}", code(&pointer));
    let (before, after) = (note.before.as_deref(), note.after.as_deref());
    text.push_str(": ");
    let runs = compare(
        before.unwrap_or_default().trim_end(),
        after.unwrap_or_default().trim_end(),
    );
    for run in runs {
        match run {
            Run::Same(same) => text.push_str(&prose(&line(&same))),
            Run::Removed(removed) => text.push_str(&marked("~~", &shortened(&removed))),
            Run::Added(new) => text.push_str(&marked("**", &shortened(&new))),
        }
    }
    text.push('\n');
    text
}

/// Puts a text on one line, including spaces at its ends.
fn line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// Surrounds a text with Markdown marks, which must touch its words.
fn marked(mark: &str, text: &str) -> String {
    let text = line(text);
    let inner = text.trim();
    if inner.is_empty() {
        return text;
    }
    let (before, rest) = text.split_once(inner).unwrap_or(("", ""));
    format!("{before}{mark}{}{mark}{rest}", prose(inner))
}

/// Formats a text of the document as code, whatever it contains.
fn code(text: &str) -> String {
    let text = line(text);
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if longest > 0 { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Returns the beginning of a long text, to leave room for others.
fn shortened(text: &str) -> String {
    const MOST: usize = 500;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let start: String = text.chars().take(MOST).collect();
    format!("{start}…")
}

/// Escapes a text except for its code spans, so that nothing from the document is interpreted as Markdown,
/// HTML or a mention.
///
/// A code span is the text between two single backticks, paired as in CommonMark (section 6.1); all other
/// backticks are escaped.
fn prose(text: &str) -> String {
    let text = line(text);
    let mut shown = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('`') {
        let (before, run) = rest.split_at(at);
        shown.push_str(&escaped(before));
        let length = run.len() - run.trim_start_matches('`').len();
        let (ticks, after) = run.split_at(length);
        let inner = (length == 1).then(|| single(after)).flatten();
        match inner.and_then(|end| Some((after.get(..end)?, after.get(end + 1..)?))) {
            Some((code, after)) => {
                shown.push_str(&format!("`{code}`"));
                rest = after;
            }
            None => {
                shown.push_str(&ticks.replace('`', "\\`"));
                rest = after;
            }
        }
    }
    shown.push_str(&escaped(rest));
    shown
}

/// Returns the index of the next single backtick.
fn single(text: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find('`')?;
        let run = text.get(at..)?;
        let length = run.len() - run.trim_start_matches('`').len();
        if length == 1 {
            return Some(at);
        }
        from = at + length;
    }
}

/// Escapes Markdown and HTML.
fn escaped(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars() {
        match c {
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '&' => shown.push_str("&amp;"),
            // Mentions and references to issues.
            '@' => shown.push_str("&#64;"),
            '#' => shown.push_str("&#35;"),
            '*' | '_' | '~' | '[' | ']' | '\\' | '|' | '!' => {
                shown.push('\\');
                shown.push(c);
            }
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pairs_of_single_backticks_are_code() {
        for (text, expected) in [
            ("a `b` c", "a `b` c"),
            ("a `b<` <c>", "a `b<` &lt;c&gt;"),
            ("``@o <img>", "\\`\\`&#64;o &lt;img&gt;"),
            ("is ```@o <img>`)", "is \\`\\`\\`&#64;o &lt;img&gt;\\`)"),
            ("`a``b` c", "`a``b` c"),
            ("`a", "\\`a"),
            ("` `` </details>", "\\` \\`\\` &lt;/details&gt;"),
        ] {
            assert_eq!(prose(text), expected, "{text}");
        }
    }
}
