//! Diagnostics about a document, their places in the text, and their rendering.
//!
//! The stages of the pipeline create [`Diagnostic`]s with JSON Pointers. Lines and columns are looked up
//! only when a diagnostic is printed, so a valid document never pays for them.

mod rules;
mod spans;
mod wording;

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet,
    renderer::DEFAULT_TERM_WIDTH,
};

use crate::{pointer::Pointer, source::Source};
pub use rules::Rule;
use spans::{SpanIndex, SpanPart};
pub(crate) use wording::{describe, list, nearest};

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// The crate is generated, but a part of the document is ignored or changed.
    Warning,
}

/// A finding about a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The severity.
    pub severity: Severity,
    /// The violated rule.
    pub rule: Rule,
    /// The problem, in one line.
    pub message: String,
    /// The place of the problem.
    pub place: Place,
    /// The text next to the marker of the place.
    pub label: String,
    /// Other places that explain the problem, each with the text next to its marker.
    pub related: Vec<(Place, String)>,
    /// The advice how to fix it.
    pub help: String,
}

/// The place of a finding in a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A position reported by a parser.
    Position {
        /// The external file; `None` for the document itself.
        file: Option<String>,
        /// The line, counted from 1.
        line: usize,
        /// The column in characters, counted from 1.
        column: usize,
    },
    /// The key of a member, or an element of a list.
    Key(Pointer),
    /// The second occurrence of a key.
    SecondKey(Pointer),
    /// A value; its key if it is a mapping or a list.
    Value(Pointer),
}

impl Place {
    /// Creates a position in the document itself.
    #[must_use]
    pub const fn position(line: usize, column: usize) -> Self {
        Self::Position {
            file: None,
            line,
            column,
        }
    }

    pub(crate) fn pointer(&self) -> Option<&Pointer> {
        match self {
            Self::Position { .. } => None,
            Self::Key(pointer) | Self::SecondKey(pointer) | Self::Value(pointer) => Some(pointer),
        }
    }
}

impl Diagnostic {
    /// Creates an error.
    #[must_use]
    pub fn error(rule: Rule, place: Place, message: impl Into<String>) -> Self {
        debug_assert_eq!(rule.severity(), Severity::Error, "{rule}");
        Self {
            severity: Severity::Error,
            rule,
            message: message.into(),
            place,
            label: String::new(),
            related: Vec::new(),
            help: String::new(),
        }
    }

    /// Creates a warning.
    #[must_use]
    pub fn warning(rule: Rule, place: Place, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            rule,
            message: message.into(),
            place,
            label: String::new(),
            related: Vec::new(),
            help: String::new(),
        }
    }

    /// Sets the text next to the marker.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds another place with the text next to its marker.
    #[must_use]
    pub fn related(mut self, place: Place, label: impl Into<String>) -> Self {
        self.related.push((place, label.into()));
        self
    }

    /// Sets the advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Returns whether `other` is at the same place or inside of it, and so may be the cause of this finding.
    pub(crate) fn is_around(&self, other: &Self) -> bool {
        match (self.place.pointer(), other.place.pointer()) {
            (Some(own), Some(other)) => other.is_within(own),
            _ => false,
        }
    }

    /// Returns whether the finding is an error.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

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

/// A range of bytes in a document or in one of its external files.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct FileSpan {
    file: Option<String>,
    bytes: Range<usize>,
}

/// The texts of a document and its external files, with the span indexes built so far.
struct SourceTexts<'a> {
    source: &'a Source,
    indexes: HashMap<Option<String>, SpanIndex>,
}

impl<'a> SourceTexts<'a> {
    fn new(source: &'a Source) -> Self {
        Self {
            source,
            indexes: HashMap::new(),
        }
    }

    /// Returns the bytes of a place, or of the closest existing place around it.
    fn locate(&mut self, place: &Place) -> FileSpan {
        let (file, inner) = match place {
            Place::Position { file, .. } => (file.clone(), Pointer::root()),
            Place::Key(pointer) | Place::SecondKey(pointer) | Place::Value(pointer) => {
                match pointer.external_file() {
                    Some((file, inner)) => (Some(file), inner),
                    None => (None, pointer.clone()),
                }
            }
        };
        let text = self.source.file_text(file.as_deref());
        let part = match place {
            Place::Position { line, column, .. } => Err((*line, *column)),
            Place::Key(_) => Ok(SpanPart::Key),
            Place::SecondKey(_) => Ok(SpanPart::SecondKey),
            Place::Value(_) => Ok(SpanPart::Value),
        };
        let span = match part {
            Err((line, column)) => position(text, line, column),
            Ok(part) => {
                let index = self.indexes.entry(file.clone());
                index
                    .or_insert_with(|| SpanIndex::new(text))
                    .find(&inner, part)
            }
        };
        // A marker across several lines would hide the problem.
        let end = span.end.min(line_end(text, span.start));
        FileSpan {
            file,
            bytes: span.start..end.max(span.start),
        }
    }
}

/// A position in a document or in one of its external files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The name of the file in messages.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
}

/// Finds the positions of places in a document.
pub struct Positions<'a> {
    texts: SourceTexts<'a>,
    /// The offsets of the lines of the files used so far.
    lines: HashMap<Option<String>, Vec<usize>>,
}

impl<'a> Positions<'a> {
    /// Creates a finder for a document. Each text is indexed on its first use.
    #[must_use]
    pub fn new(source: &'a Source) -> Self {
        Self {
            texts: SourceTexts::new(source),
            lines: HashMap::new(),
        }
    }

    /// Returns the position of a key or of an element of a list, or of the closest existing place around it.
    pub fn find(&mut self, place: &Pointer) -> Position {
        let FileSpan { file, bytes } = self.texts.locate(&Place::Key(place.clone()));
        let source = self.texts.source;
        let text = source.file_text(file.as_deref());
        let name = source.display_name(file.as_deref()).into_owned();
        let lines = self.lines.entry(file).or_insert_with(|| {
            let newlines = text.match_indices('\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(newlines).collect()
        });
        let line = lines.partition_point(|start| *start <= bytes.start);
        let start = line.checked_sub(1).and_then(|line| lines.get(line));
        let before = start.and_then(|start| text.get(*start..bytes.start));
        Position {
            file: name,
            line,
            column: before.unwrap_or_default().chars().count() + 1,
        }
    }
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

fn position(text: &str, line: usize, column: usize) -> Range<usize> {
    let lines = text.split_inclusive('\n').take(line.saturating_sub(1));
    let start: usize = lines.map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    let mut columns = rest.char_indices().skip(column.saturating_sub(1));
    let at = columns.next().map_or(text.len(), |(at, _)| start + at);
    // Positions at the end of the text mark its last visible character.
    let at = at.min(
        text.trim_end()
            .char_indices()
            .next_back()
            .map_or(0, |(last, _)| last),
    );
    let width = text
        .get(at..)
        .and_then(|rest| rest.chars().next())
        .map_or(0, char::len_utf8);
    at..at + width
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |newline| newline + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    let line = text.get(at..).unwrap_or_default();
    let end = line.find('\n').map_or(text.len(), |newline| at + newline);
    if text.get(at..end).is_some_and(|line| line.ends_with('\r')) {
        end - 1
    } else {
        end
    }
}

fn line_number(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or_default().matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

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
