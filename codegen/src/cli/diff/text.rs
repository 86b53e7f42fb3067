//! Formats a report for a terminal.

use crate::diff::{Bucket, FindingSeverity, Note};
use anstyle::{AnsiColor, Style};

use super::{
    view::{self, LocatedFinding, New, View, advice, counted, plain, title, users},
    word_diff::{Run, compare},
};

const BREAKING: Style = AnsiColor::Red.on_default().bold();
const NOTABLE: Style = AnsiColor::Yellow.on_default().bold();
const QUIET: Style = AnsiColor::BrightBlack.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();
const ADDED: Style = AnsiColor::Green.on_default();
const STRONG: Style = Style::new().bold();

/// The maximum number of notes per bucket.
const MOST: usize = 20;

pub(crate) fn report(view: &View<'_>) -> String {
    let mut text = format!("{} -> {}\n\n", view.base, view.head);
    if view.diff.is_empty() {
        text.push_str("no differences\n");
        return text;
    }
    for located in &view.findings {
        finding(&mut text, located);
    }
    for (bucket, notes) in &view.notes {
        bucket_section(&mut text, *bucket, notes);
    }
    text.push_str(&format!("{}\n", view.counted()));
    let version = plain(&view.version());
    text.push_str(&format!("{STRONG}{version}{STRONG:#}\n"));
    text
}

pub(crate) fn new(view: &New) -> String {
    format!(
        "{} -> {}\n\na new document: {}\n",
        view.base,
        view.head,
        counted(view.operations, "operation", "operations")
    )
}

fn finding(text: &mut String, located: &LocatedFinding<'_>) {
    let finding = located.finding;
    let severity = finding.severity();
    let style = match severity {
        FindingSeverity::Breaking => BREAKING,
        FindingSeverity::Notable => NOTABLE,
        FindingSeverity::Note => STRONG,
    };
    let head = format!("{severity}[{}]", finding.rule);
    let indent = "  ";
    let wrapped_text = wrapped(&format!("{head}: {}", title(finding)), indent);
    let content = wrapped_text.strip_prefix(&head).unwrap_or(&wrapped_text);
    text.push_str(&format!("{style}{head}{style:#}{content}\n"));
    let place = |position: &crate::report::Position| {
        format!("{}:{}:{}", position.file, position.line, position.column)
    };
    match (&located.base, &located.head) {
        (Some(base), Some(head)) => line(
            text,
            "at",
            &format!("{} (was {})", place(head), place(base)),
        ),
        (None, Some(head)) => line(text, "at", &place(head)),
        (Some(base), None) => line(text, "at", &format!("was {}", place(base))),
        (None, None) => {}
    }
    if let Some(place) = finding.places.first() {
        let more = match finding.places.len() {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        // Pointers are not wrapped, so that they can be copied.
        let pointer = plain(&view::pointer(place));
        if !pointer.is_empty() {
            text.push_str(&format!("        {pointer}{more}\n"));
        }
    }
    if let Some(users) = users(finding) {
        line(text, "used", &format!("by {users}"));
    }
    let wire = finding.wire.summary();
    if !wire.is_empty() {
        line(text, "wire", &wire);
    }
    for (index, advice) in advice(finding, 3).iter().enumerate() {
        match index {
            0 => line(text, "Rust", &format!("{}: {advice}", finding.level)),
            _ => line(text, "", advice),
        }
    }
    text.push('\n');
}

/// Adds a line of a finding with its label.
fn line(text: &mut String, label: &str, content: &str) {
    let label = format!("  {label:<5}");
    let wrapped_line = wrapped(&format!("{label} {content}"), "        ");
    let rest = wrapped_line.strip_prefix(&label).unwrap_or(&wrapped_line);
    text.push_str(&format!("{QUIET}{label}{QUIET:#}{rest}\n"));
}

/// Wraps a paragraph to the width of the terminal, without control characters.
fn wrapped(text: &str, indent: &str) -> String {
    let text = plain(text);
    let width = textwrap::termwidth().clamp(60, 120);
    let options = textwrap::Options::new(width)
        .subsequent_indent(indent)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(&text, options)
}

fn bucket_section(text: &mut String, bucket: Bucket, notes: &[&Note]) {
    let title = format!("{} {}", notes.len(), bucket.label());
    text.push_str(&format!("{STRONG}{title}{STRONG:#}\n"));
    for note in notes.iter().take(MOST) {
        let pointer = note.places.first().map(view::pointer).unwrap_or_default();
        let more = match note.places.len() {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        let place = format!("  {}{more}", plain(&pointer));
        text.push_str(&format!("{QUIET}{place}{QUIET:#}\n"));
        let before = note.before.as_deref().unwrap_or_default();
        let after = note.after.as_deref().unwrap_or_default();
        let mut line = String::new();
        for run in compare(before.trim_end(), after.trim_end()) {
            match run {
                Run::Same(same) => line.push_str(&same),
                Run::Removed(removed) => line.push_str(&format!("[-{removed}-]")),
                Run::Added(new) => line.push_str(&format!("{{+{new}+}}")),
            }
        }
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let line = format!("    {}", wrapped(&line, "    "));
        let line = line
            .replace("[-", &format!("{REMOVED}[-"))
            .replace("-]", &format!("-]{REMOVED:#}"))
            .replace("{+", &format!("{ADDED}{{+"))
            .replace("+}", &format!("+}}{ADDED:#}"));
        text.push_str(&format!("{line}\n"));
    }
    if notes.len() > MOST {
        text.push_str(&format!("  and {} more\n", notes.len() - MOST));
    }
    text.push('\n');
}
