//! Renders findings like the messages of a compiler.

use std::collections::HashSet;

use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet,
    renderer::DEFAULT_TERM_WIDTH,
};

use super::{
    Diagnostic, Severity,
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

/// A rendered list of findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The findings, errors before warnings, sorted by place. Ends with a newline unless it is empty.
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
pub fn render(diagnostics: &[Diagnostic], source: &Source, style: OutputStyle) -> Report {
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
    let mut rendered = HashSet::new();
    for (span, diagnostic) in placed {
        let Diagnostic { rule, message, .. } = diagnostic;
        if !rendered.insert((span.clone(), rule, message)) {
            continue;
        }
        match diagnostic.severity {
            Severity::Error => report.errors += 1,
            Severity::Warning => report.warnings += 1,
        }
        let group = group(&mut texts, span, diagnostic);
        report.text.push_str(&renderer.render(&[group]));
        report.text.push_str("\n\n");
    }
    report
}

fn group<'a>(texts: &mut SourceTexts<'a>, span: FileSpan, diagnostic: &'a Diagnostic) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.rule.id());

    let mut related = Vec::new();
    for (place, label) in &diagnostic.related {
        related.push((texts.locate(place), label.as_str()));
    }
    let source = texts.source;
    let primary = (span, diagnostic.label.as_str());
    let (same_file, other_files): (Vec<_>, Vec<_>) = related
        .into_iter()
        .partition(|(related, _)| related.file == primary.0.file);
    let mut group = match snippet(source, Some(&primary), &same_file) {
        Some(snippet) => title.element(snippet),
        None => {
            let name = source.display_name(primary.0.file.as_deref());
            title.element(Origin::path(name).line(1).char_column(1))
        }
    };
    for related in other_files {
        if let Some(snippet) = snippet(source, None, std::slice::from_ref(&related)) {
            group = group.element(snippet);
        }
    }
    match diagnostic.help.as_str() {
        "" => group,
        help => group.element(Level::HELP.message(help)),
    }
}

/// Returns the lines of one file that a finding is about; `None` if the file is empty.
fn snippet<'a>(
    source: &'a Source,
    primary: Option<&(FileSpan, &'a str)>,
    related: &[(FileSpan, &'a str)],
) -> Option<Snippet<'a, Annotation<'a>>> {
    let file = primary.or(related.first())?.0.file.as_deref();
    let text = source.file_text(file);
    let spans = || related.iter().chain(primary).map(|(span, _)| &span.bytes);
    let start = spans().map(|span| span.start).min()?;
    let end = spans().map(|span| span.end).max()?;
    // Only the affected lines: a document may have a hundred thousand.
    let window = line_start(text, start)..line_end(text, end);
    let excerpt = text
        .get(window.clone())
        .filter(|excerpt| !excerpt.is_empty())?;
    let annotation = |kind: AnnotationKind, (span, label): &(FileSpan, &'a str)| {
        let span = span.bytes.start - window.start..span.bytes.end - window.start;
        match *label {
            "" => kind.span(span),
            label => kind.span(span).label(label),
        }
    };
    let annotations = primary.map(|primary| annotation(AnnotationKind::Primary, primary));
    let related = related
        .iter()
        .map(|related| annotation(AnnotationKind::Context, related));
    let snippet = Snippet::source(excerpt)
        .line_start(line_number(text, window.start))
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
            render(&[finding], &source, OutputStyle::Plain).text,
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
        let text = render(&[finding], &source, OutputStyle::Plain).text;
        assert!(text.contains("--> a.json:2:3"), "{text}");
    }

    #[test]
    fn a_finding_repeated_by_an_alias_is_rendered_once() {
        let source = Source::new("a.yaml", "a: &x {b: 1}\nc: *x\n");
        let finding = |key: &str| {
            let place = Place::Key(Pointer::root().key(key).key("b"));
            Diagnostic::warning(Rule::UnknownKey, place, "`b` is unknown")
        };
        let report = render(&[finding("a"), finding("c")], &source, OutputStyle::Plain);
        assert_eq!((report.errors, report.warnings), (0, 1));
        assert_eq!(report.text.matches("unknown-key").count(), 1);
    }

    #[test]
    fn an_empty_document_is_reported_at_its_first_line() {
        let source = Source::new("a.yaml", "");
        let place = Place::position(1, 1);
        let finding = Diagnostic::error(Rule::NotOpenApi, place, "empty").help("write one");
        let text = render(&[finding], &source, OutputStyle::Plain).text;
        assert!(text.contains("--> a.yaml:1:1"), "{text}");
        assert!(text.contains("= help: write one"), "{text}");
    }
}
