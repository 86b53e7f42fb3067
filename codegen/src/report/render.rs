//! Renders findings like the messages of a compiler.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
    ops::Range,
};

use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet,
    renderer::DEFAULT_TERM_WIDTH,
};

use super::{
    Diagnostic, Rule, Severity,
    positions::{FileSpan, SourceTexts, line_end, line_number, line_start},
};
use crate::source::Source;

/// The style of rendered messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputStyle {
    /// Plain text, for files and pipes.
    Plain,
    /// Text with ANSI escape sequences, for terminals.
    Colored,
}

/// The findings that are rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// All findings.
    All,
    /// The first three findings of a rule that has more than five, and the number of the others.
    Summary,
}

/// A rule with more findings is summarized.
const MAX_FINDINGS: usize = 5;

/// The number of rendered findings of a rule that is summarized.
const SHOWN_FINDINGS: usize = 3;

/// A line that is longer, in bytes, is cut around the marker: rendering takes time proportional to its length, and
/// minified documents are one line.
const MAX_LINE: usize = 2000;

/// The number of bytes that are kept on both sides of a marker.
const CONTEXT: usize = 60;

/// The text in place of the rest of a line.
const ELLIPSIS: &str = "...";

/// A rendered list of findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The findings, errors before warnings, sorted by place, and a line for each rule that is summarized. Ends
    /// with a newline unless it is empty.
    pub text: String,
    /// The number of errors.
    pub errors: usize,
    /// The number of warnings.
    pub warnings: usize,
}

/// Renders findings as text.
///
/// A finding that YAML aliases repeat is rendered once.
#[must_use]
pub fn render(
    diagnostics: &[Diagnostic],
    source: &Source,
    style: OutputStyle,
    detail: Detail,
) -> Report {
    let mut report = Report::default();
    let renderer = match style {
        OutputStyle::Plain => Renderer::plain(),
        OutputStyle::Colored => Renderer::styled(),
    }
    .term_width(DEFAULT_TERM_WIDTH);

    let mut texts = SourceTexts::new(source);
    let mut placed: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| (texts.locate(&diagnostic.place), diagnostic))
        .collect();
    placed.sort_by(|(a, left), (b, right)| {
        (left.severity, &a.file, a.bytes.start).cmp(&(right.severity, &b.file, b.bytes.start))
    });
    let mut distinct = HashSet::new();
    placed.retain(|(span, Diagnostic { rule, message, .. })| {
        distinct.insert((span.clone(), *rule, message.as_str()))
    });
    let mut counts: BTreeMap<(Severity, Rule), usize> = BTreeMap::new();
    for (_, diagnostic) in &placed {
        *counts
            .entry((diagnostic.severity, diagnostic.rule))
            .or_default() += 1;
        match diagnostic.severity {
            Severity::Error => report.errors += 1,
            Severity::Warning => report.warnings += 1,
        }
    }
    // Only the rules that are summarized.
    counts.retain(|_, count| detail == Detail::Summary && *count > MAX_FINDINGS);
    let mut shown: BTreeMap<(Severity, Rule), usize> = BTreeMap::new();
    for (span, diagnostic) in placed {
        let key = (diagnostic.severity, diagnostic.rule);
        let shown = shown.entry(key).or_default();
        *shown += 1;
        if *shown > SHOWN_FINDINGS && counts.contains_key(&key) {
            continue;
        }
        let mut columns = Vec::new();
        let group = group(&mut texts, span, diagnostic, &mut columns);
        let mut text = renderer.render(&[group]);
        for (cut, position) in columns {
            text = text.replacen(&cut, &position, 1);
        }
        report.text.push_str(&text);
        report.text.push_str("\n\n");
    }
    for ((severity, rule), count) in &counts {
        let count = count - SHOWN_FINDINGS;
        let message = format!("{count} more findings are not shown; use `--verbose` to see them");
        let title = level(*severity).primary_title(&message).id(rule.id());
        let group = Group::with_title(title);
        report.text.push_str(&renderer.render(&[group]));
        report.text.push_str("\n\n");
    }
    report
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    }
}

/// Returns a finding as a group. Adds the positions in cut lines, as rendered and as they are in the file, to
/// `columns`.
fn group<'a>(
    texts: &mut SourceTexts<'a>,
    span: FileSpan,
    diagnostic: &'a Diagnostic,
    columns: &mut Vec<(String, String)>,
) -> Group<'a> {
    let title = level(diagnostic.severity)
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.rule.id());

    let mut related = Vec::new();
    for (place, label) in &diagnostic.related {
        related.push((texts.locate(place), label.as_str()));
    }
    let source = texts.source;
    let primary = (span, diagnostic.label.as_str());
    let text = source.file_text(primary.0.file.as_deref());
    // A cut line does not contain other places.
    let is_cut = is_long_line(text, primary.0.bytes.start);
    let (same_file, other_files): (Vec<_>, Vec<_>) = related
        .into_iter()
        .partition(|(related, _)| !is_cut && related.file == primary.0.file);
    let mut group = match snippet(source, Some(&primary), &same_file, columns) {
        Some(snippet) => title.element(snippet),
        None => {
            let name = source.display_name(primary.0.file.as_deref());
            title.element(Origin::path(name).line(1).char_column(1))
        }
    };
    for related in other_files {
        let related = std::slice::from_ref(&related);
        if let Some(snippet) = snippet(source, None, related, columns) {
            group = group.element(snippet);
        }
    }
    match diagnostic.help.as_str() {
        "" => group,
        help => group.element(Level::HELP.message(help)),
    }
}

/// Returns whether the line of a position is too long to be rendered as a whole.
fn is_long_line(text: &str, at: usize) -> bool {
    line_end(text, at) - line_start(text, at) > MAX_LINE
}

/// Returns the bytes to render for markers from `start` to `end`: their lines, or a part of a long line.
fn window(text: &str, start: usize, end: usize) -> Range<usize> {
    let lines = line_start(text, start)..line_end(text, end);
    if !is_long_line(text, start) {
        // Only the affected lines: a document may have a hundred thousand.
        return lines;
    }
    let mut from = start.saturating_sub(CONTEXT).max(lines.start);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let end = end.min(start + MAX_LINE);
    let mut to = (end + CONTEXT).min(lines.end);
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    from.min(start)..to
}

/// Returns the lines of one file that a finding is about; `None` if the file is empty.
fn snippet<'a>(
    source: &'a Source,
    primary: Option<&(FileSpan, &'a str)>,
    related: &[(FileSpan, &'a str)],
    columns: &mut Vec<(String, String)>,
) -> Option<Snippet<'a, Annotation<'a>>> {
    let file = primary.or(related.first())?.0.file.as_deref();
    let text = source.file_text(file);
    let spans = || related.iter().chain(primary).map(|(span, _)| &span.bytes);
    let start = spans().map(|span| span.start).min()?;
    let end = spans().map(|span| span.end).max()?;
    let window = window(text, start, end);
    let line_start = line_start(text, window.start);
    let is_cut = line_start < window.start;
    let prefix = if is_cut { ELLIPSIS } else { "" };
    let suffix = if line_end(text, end) > window.end {
        ELLIPSIS
    } else {
        ""
    };
    let excerpt = text
        .get(window.clone())
        .filter(|excerpt| !excerpt.is_empty())?;
    let excerpt = if prefix.is_empty() && suffix.is_empty() {
        Cow::Borrowed(excerpt)
    } else {
        Cow::Owned(format!("{prefix}{excerpt}{suffix}"))
    };
    let annotation = |kind: AnnotationKind, (span, label): &(FileSpan, &'a str)| {
        let at = |at: usize| at - window.start + prefix.len();
        let span = at(span.bytes.start)..at(span.bytes.end.min(window.end));
        match *label {
            "" => kind.span(span),
            label => kind.span(span).label(label),
        }
    };
    let annotations = primary.map(|primary| annotation(AnnotationKind::Primary, primary));
    let related = related
        .iter()
        .map(|related| annotation(AnnotationKind::Context, related));
    let line = line_number(text, window.start);
    if is_cut {
        let name = source.display_name(file);
        let position = |from: usize, prefix: &str| {
            let before = text.get(from..start).unwrap_or_default();
            let column = prefix.len() + before.chars().count() + 1;
            format!("{name}:{line}:{column}")
        };
        let rendered = position(window.start, prefix);
        columns.push((rendered, position(line_start, "")));
    }
    let snippet = Snippet::source(excerpt)
        .line_start(line)
        .path(source.display_name(file))
        .annotations(annotations.into_iter().chain(related));
    Some(snippet)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        pointer::Pointer,
        report::{Place, Rule},
    };

    #[test]
    fn findings_are_rendered_like_compiler_errors() {
        let source = Source::new(
            "pets.yaml",
            "\u{feff}openapi: 3.0.3\npaths:\n  /pets:\n    gett: {}\n",
        );
        let pointer = Pointer::root().key("paths").key("/pets").key("gett");
        let finding = Diagnostic::error(Rule::UnknownKey, Place::Key(pointer), "no such method")
            .label("not a method")
            .related(Place::Key(Pointer::root().key("paths")), "of these paths")
            .help("write `get`");
        assert_eq!(
            render(&[finding], &source, OutputStyle::Plain, Detail::All).text,
            "\
error[unknown-key]: no such method
 --> pets.yaml:4:5
  |
2 | paths:
  | ----- of these paths
3 |   /pets:
4 |     gett: {}
  |     ^^^^ not a method
  |
  = help: write `get`

"
        );
    }

    #[test]
    fn a_missing_place_is_reported_at_the_closest_place_around_it() {
        let source = Source::new("a.json", "{\n  \"info\": {}\n}");
        let pointer = Pointer::root().key("info").key("title");
        let finding = Diagnostic::error(Rule::MissingKey, Place::Value(pointer), "no title");
        let text = render(&[finding], &source, OutputStyle::Plain, Detail::All).text;
        assert!(text.contains("--> a.json:2:3"), "{text}");
    }

    #[test]
    fn a_finding_repeated_by_an_alias_is_rendered_once() {
        let source = Source::new("a.yaml", "a: &x {b: 1}\nc: *x\n");
        let finding = |key: &str| {
            let place = Place::Key(Pointer::root().key(key).key("b"));
            Diagnostic::warning(Rule::UnknownKey, place, "`b` is unknown")
        };
        let report = render(
            &[finding("a"), finding("c")],
            &source,
            OutputStyle::Plain,
            Detail::All,
        );
        assert_eq!((report.errors, report.warnings), (0, 1));
        assert_eq!(report.text.matches("unknown-key").count(), 1);
    }

    #[test]
    fn an_empty_document_is_reported_at_its_first_line() {
        let source = Source::new("a.yaml", "");
        let place = Place::position(1, 1);
        let finding = Diagnostic::error(Rule::NotOpenApi, place, "empty").help("write one");
        let text = render(&[finding], &source, OutputStyle::Plain, Detail::All).text;
        assert!(text.contains("--> a.yaml:1:1"), "{text}");
        assert!(text.contains("= help: write one"), "{text}");
    }

    /// Cutting a line changes neither the position nor the marker.
    #[test]
    fn long_lines_are_cut_around_the_marker() {
        let padding = "é".repeat(MAX_LINE);
        let text =
            format!("{{\"a\": \"{padding}\", \"ab\": {{}}, \"b\": \"{padding}\", \"a\": 1}}");
        let source = Source::new("a.json", &text);
        let place = |key: &str| Place::Key(Pointer::root().key(key));
        let finding = Diagnostic::error(Rule::UnknownKey, place("ab"), "unknown")
            .related(place("b"), "not here");
        let text = render(&[finding], &source, OutputStyle::Plain, Detail::All).text;
        let column = "{\"a\": \"\", ".len() + MAX_LINE + 1;
        assert!(text.contains(&format!("--> a.json:1:{column}\n")), "{text}");
        assert!(text.contains("\"ab\": {}"), "{text}");
        assert!(
            text.contains(" ^^^^") && text.contains(" --- not here"),
            "{text}"
        );
        assert!(text.len() < 1200, "{text}");
    }

    #[test]
    fn many_findings_of_a_rule_are_summarized() {
        let source = Source::new("a.yaml", "{a: 1, b: 2, c: 3, d: 4, e: 5, f: 6}");
        let findings: Vec<_> = ["a", "b", "c", "d", "e", "f"]
            .map(|key| {
                Diagnostic::warning(Rule::UnknownKey, Place::Key(Pointer::root().key(key)), key)
            })
            .into();
        let summary = |findings| render(findings, &source, OutputStyle::Plain, Detail::Summary);
        let report = summary(&findings);
        assert_eq!(report.warnings, 6);
        assert_eq!(report.text.matches("-->").count(), 3);
        let last =
            "warning[unknown-key]: 3 more findings are not shown; use `--verbose` to see them\n\n";
        assert!(report.text.ends_with(last), "{}", report.text);
        assert_eq!(summary(&findings[1..]).text.matches("-->").count(), 5);
        let all = render(&findings, &source, OutputStyle::Plain, Detail::All);
        assert_eq!(all.text.matches("-->").count(), 6);
    }
}
