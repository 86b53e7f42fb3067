//! For a comment on a pull request.

use statusquo_codegen::diff::{FindingSeverity, Note};

use super::{
    view::{self, Located, New, View, advice, counted, title, users},
    word_diff::{Run, compare},
};

/// By what a comment is known again, so that there is one and not one for each push.
const MARKER: &str = "<!-- statusquo-diff -->\n";

/// What GitHub takes as a comment, in characters. Bytes are never fewer.
const MOST: usize = 65_536;

/// What is kept for the end, which says how much is cut.
const END: usize = 1_500;

pub(crate) fn report(view: &View<'_>) -> String {
    if view.diff.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "{MARKER}### The API from {} to {}\n\n",
        code(view.base),
        code(view.head)
    );
    text.push_str(&format!("**{}**\n\n", view.version()));
    let mut cut = 0;
    for severity in [
        FindingSeverity::Breaking,
        FindingSeverity::Notable,
        FindingSeverity::Note,
    ] {
        let of: Vec<_> = view
            .findings
            .iter()
            .filter(|located| located.finding.severity() == severity)
            .collect();
        if of.is_empty() {
            continue;
        }
        let open = if severity == FindingSeverity::Breaking {
            " open"
        } else {
            ""
        };
        let word = match severity {
            FindingSeverity::Breaking => "breaking",
            FindingSeverity::Notable => "notable",
            FindingSeverity::Note => "without risk",
        };
        let blocks: Vec<_> = of.iter().map(|located| finding(located)).collect();
        cut += folded(&mut text, open, &format!("{} {word}", of.len()), &blocks);
    }
    for (bucket, notes) in &view.notes {
        let blocks: Vec<_> = notes.iter().map(|note| self::note(note)).collect();
        let title = format!("{} {}", notes.len(), bucket.words());
        cut += folded(&mut text, "", &title, &blocks);
    }
    if cut > 0 {
        let more = counted(cut, "entry is", "entries are");
        text.push_str(&format!(
            "{more} cut to fit into a comment; `cargo xtask diff` shows all.\n\n"
        ));
    }
    text.push_str(&format!("<sub>{}</sub>\n", view.counted()));
    text
}

pub(crate) fn new(view: &New) -> String {
    format!(
        "{MARKER}### A new API: {}\n\n{}; there is no such document in {}.\n",
        code(&view.head),
        counted(view.operations, "operation", "operations"),
        code(&view.base)
    )
}

/// Adds blocks that can be folded, as many as there is room for; gives the number of the others.
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

fn finding(located: &Located<'_>) -> String {
    let finding = located.finding;
    let mut text = format!("- **{}** {}\n", finding.rule, prose(&title(finding)));
    let place = match (&located.head, &located.base) {
        (Some(head), _) => format!("{}:{}", head.file, head.line),
        (None, Some(base)) => format!("{}:{}, which is gone", base.file, base.line),
        (None, None) => String::new(),
    };
    let pointer = finding.spots.first().map(view::pointer).unwrap_or_default();
    if !place.is_empty() {
        text.push_str(&format!("  - at {} {}\n", prose(&place), code(&pointer)));
    }
    if let Some(users) = users(finding) {
        text.push_str(&format!("  - used by {}\n", prose(&users)));
    }
    let wire = finding.wire.words();
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
    let pointer = note.spots.first().map(view::pointer).unwrap_or_default();
    let more = match note.spots.len() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    let mut text = format!("- {}{more}", code(&pointer));
    let (was, is) = (note.was.as_deref(), note.is.as_deref());
    text.push_str(": ");
    let runs = compare(
        was.unwrap_or_default().trim_end(),
        is.unwrap_or_default().trim_end(),
    );
    for run in runs {
        match run {
            Run::Same(same) => text.push_str(&prose(&line(&same))),
            Run::Gone(gone) => text.push_str(&marked("~~", &shortened(&gone))),
            Run::New(new) => text.push_str(&marked("**", &shortened(&new))),
        }
    }
    text.push('\n');
    text
}

/// A text on one line, with the spaces at its ends.
fn line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// Words between marks, which have to touch them.
fn marked(mark: &str, text: &str) -> String {
    let text = line(text);
    let inner = text.trim();
    if inner.is_empty() {
        return text;
    }
    let (before, rest) = text.split_once(inner).unwrap_or(("", ""));
    format!("{before}{mark}{}{mark}{rest}", prose(inner))
}

/// A text of the document as code, whatever it holds.
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

/// Words of which a reader wants the beginning, so that one text leaves room for others.
fn shortened(text: &str) -> String {
    const MOST: usize = 500;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let start: String = text.chars().take(MOST).collect();
    format!("{start}…")
}

/// A text in which only code is marked: nothing of the document is read as Markdown or HTML, and nobody is
/// notified by it.
///
/// Code is what stands between two single backticks, as CommonMark pairs them (section 6.1); all others are
/// signs.
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

/// CoveredBy the next backtick is that has none beside it.
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

/// A text in which nothing is read as Markdown or HTML.
fn escaped(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars() {
        match c {
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '&' => shown.push_str("&amp;"),
            // A mention, a reference to an issue.
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
