//! What is wrong with a document: diagnostics, their places in the text, and how they read.
//!
//! A stage of the pipeline makes a [`Diagnostic`] from a JSON pointer. Line and column are looked up
//! when it is printed, so a sound document never pays for them.

mod spans;
mod wording;

use std::{
    collections::{HashMap, HashSet},
    fmt,
    ops::Range,
};

use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet,
    renderer::DEFAULT_TERM_WIDTH,
};

use crate::{pointer::Pointer, source::Source};
use spans::{SpanIndex, SpanPart};
pub(crate) use wording::{describe, list, nearest};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Something is generated, and the user should know what of the document is not in it.
    Warning,
}

/// A finding about a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Which rule found it.
    pub rule: Rule,
    /// What is wrong, in one line.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What to read beside the marker.
    pub label: String,
    /// Other places that it takes to understand it, each with what to read there.
    pub related: Vec<(Place, String)>,
    /// What to do.
    pub help: String,
}

/// Where in a document a finding is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A position that a parser told: line and column, both counted from 1.
    Position {
        /// The file beside the document, if it is in one.
        file: Option<String>,
        /// The line.
        line: usize,
        /// The column, in characters.
        column: usize,
    },
    /// The key of a member, or the element of a list.
    Key(Pointer),
    /// A key that stands there for the second time.
    SecondKey(Pointer),
    /// A value; where it is longer than a line, its key.
    Value(Pointer),
}

impl Place {
    /// A position in the document itself.
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
    /// A finding that stops the generator.
    #[must_use]
    pub fn error(rule: Rule, place: Place, message: impl Into<String>) -> Self {
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

    /// A finding with which the generator goes on.
    #[must_use]
    pub fn warning(rule: Rule, place: Place, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(rule, place, message)
        }
    }

    /// Says what to read beside the marker.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds a second place, and what to read there.
    #[must_use]
    pub fn related(mut self, place: Place, label: impl Into<String>) -> Self {
        self.related.push((place, label.into()));
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Whether another finding is about the same place or one inside of it, and may be its cause.
    pub(crate) fn is_around(&self, other: &Self) -> bool {
        match (self.place.pointer(), other.place.pointer()) {
            (Some(own), Some(other)) => other.is_within(own),
            _ => false,
        }
    }

    /// Whether it stops the generator.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])* $name:ident = $id:literal,)*) => {
        /// The rules that find something, named as messages name them: `duplicate-key`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[doc = $doc])* $name,)*
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name in messages.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }
        }
    };
}

rules! {
    /// The text is neither JSON nor YAML.
    Syntax = "syntax",
    /// The document is not an OpenAPI document.
    NotOpenApi = "not-openapi",
    /// The document is of a version of OpenAPI that is not read yet.
    UnsupportedVersion = "unsupported-version",
    /// A key stands twice in one mapping.
    DuplicateKey = "duplicate-key",
    /// A key that OpenAPI does not know.
    UnknownKey = "unknown-key",
    /// A key that OpenAPI requires is missing.
    MissingKey = "missing-key",
    /// A value is of another kind than OpenAPI says.
    WrongType = "wrong-type",
    /// A value is of the right kind and still not one that OpenAPI allows.
    WrongValue = "wrong-value",
    /// A key of `responses` is no status code, range or `default`.
    NotAStatus = "not-a-status",
    /// A `$ref` that points to nothing, or to something of another kind.
    DanglingRef = "dangling-ref",
    /// `$ref`s that lead to each other and never to anything.
    RefCycle = "ref-cycle",
    /// A part of OpenAPI that the generator does not do.
    UnsupportedPart = "unsupported-part",
    /// A schema that no type is made of.
    NoType = "no-type",
    /// A status whose meaning nobody states.
    UnknownStatus = "unknown-status",
    /// One status code with two meanings.
    StatusConflict = "status-conflict",
    /// A status that no operation answers with.
    UnusedStatus = "unused-status",
    /// Two things that ought to have one name in Rust.
    NameConflict = "name-conflict",
    /// Two things whose names are one in Rust, and that got two.
    NameAdjusted = "name-adjusted",
    /// Credentials that cannot be told apart, or cannot go together.
    AmbiguousSecurity = "ambiguous-security",
    /// A chosen name that is no other than the one without it.
    UselessName = "useless-name",
    /// Two operations with one `operationId`, or the like.
    DuplicateName = "duplicate-name",
    /// Two operations that no request tells apart.
    SameRequest = "same-request",
    /// An interim status among the answers.
    InterimStatus = "interim-status",
    /// Content for an answer that cannot have any.
    ForbiddenContent = "forbidden-content",
    /// An operation without a final answer.
    NoResponse = "no-response",
    /// A path parameter that is in the template alone, or in the parameters alone.
    PathParameter = "path-parameter",
    /// A parameter that OpenAPI says shall be ignored.
    IgnoredParameter = "ignored-parameter",
    /// A header of an answer that HTTP writes itself, or that `content` describes.
    IgnoredHeader = "ignored-header",
    /// An example that is not of its schema.
    ExampleMismatch = "example-mismatch",
    /// An answer of which no example can be made.
    NoExample = "no-example",
    /// `info.version` does not give a version that Cargo takes.
    Version = "version",
    /// The crate cannot have that name.
    CrateName = "crate-name",
    /// A fault of the generator itself.
    Internal = "internal",
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Whether messages are coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputStyle {
    /// For files and pipes.
    Plain,
    /// For a terminal, with ANSI escapes.
    Coloured,
}

/// Findings, ready to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The findings in the order of their places, errors before warnings. It ends with a newline; without
    /// findings it is empty.
    pub text: String,
    /// How many of them are errors.
    pub errors: usize,
    /// How many of them are warnings.
    pub warnings: usize,
}

/// Findings as a text.
///
/// What is wrong with one place of the text is told once, however often an alias of YAML repeats it.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], source: &Source, style: OutputStyle) -> Report {
    let mut report = Report::default();
    let renderer = match style {
        OutputStyle::Plain => Renderer::plain(),
        OutputStyle::Coloured => Renderer::styled(),
    }
    .term_width(DEFAULT_TERM_WIDTH);

    let mut texts = SourceTexts::of(source);
    let mut placed: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| (texts.locate(&diagnostic.place), diagnostic))
        .collect();
    placed.sort_by(|(a, one), (b, other)| {
        (one.severity, &a.file, a.bytes.start).cmp(&(other.severity, &b.file, b.bytes.start))
    });
    let mut told = HashSet::new();
    for (span, diagnostic) in placed {
        let Diagnostic { rule, message, .. } = diagnostic;
        if !told.insert((span.clone(), rule, message)) {
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

/// Some bytes of a document, or of a file beside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct FileSpan {
    file: Option<String>,
    bytes: Range<usize>,
}

/// The texts of a document, with the marks of those that are asked for.
struct SourceTexts<'a> {
    source: &'a Source,
    marks: HashMap<Option<String>, SpanIndex>,
}

impl<'a> SourceTexts<'a> {
    fn of(source: &'a Source) -> Self {
        Self {
            source,
            marks: HashMap::new(),
        }
    }

    /// The bytes that a place stands for; the nearest thing around it where it is gone.
    fn locate(&mut self, place: &Place) -> FileSpan {
        let (file, inner) = match place {
            Place::Position { file, .. } => (file.clone(), Pointer::root()),
            Place::Key(pointer) | Place::SecondKey(pointer) | Place::Value(pointer) => {
                match pointer.in_file() {
                    Some((file, inner)) => (Some(file), inner),
                    None => (None, pointer.clone()),
                }
            }
        };
        let text = self.source.text_of(file.as_deref());
        let part = match place {
            Place::Position { line, column, .. } => Err((*line, *column)),
            Place::Key(_) => Ok(SpanPart::Key),
            Place::SecondKey(_) => Ok(SpanPart::SecondKey),
            Place::Value(_) => Ok(SpanPart::Value),
        };
        let span = match part {
            Err((line, column)) => position(text, line, column),
            Ok(part) => {
                let marks = self.marks.entry(file.clone());
                marks
                    .or_insert_with(|| SpanIndex::of(text))
                    .find(&inner, part)
            }
        };
        // A marker longer than a line shows the lines and not the fault.
        let end = span.end.min(line_end(text, span.start));
        FileSpan {
            file,
            bytes: span.start..end.max(span.start),
        }
    }
}

/// A position in a document, or in a file beside it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// What messages call the file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
}

/// The positions of a document's places.
pub struct Positions<'a> {
    texts: SourceTexts<'a>,
    /// Where the lines of each file start that has been asked for.
    lines: HashMap<Option<String>, Vec<usize>>,
}

impl<'a> Positions<'a> {
    /// Those of a document. A text is read when the first of its places is asked for.
    #[must_use]
    pub fn of(source: &'a Source) -> Self {
        Self {
            texts: SourceTexts::of(source),
            lines: HashMap::new(),
        }
    }

    /// Where the key of a place is, or the element of a list; of a place that is not there, the nearest
    /// thing around it.
    pub fn find(&mut self, place: &Pointer) -> Position {
        let FileSpan { file, bytes } = self.texts.locate(&Place::Key(place.clone()));
        let source = self.texts.source;
        let text = source.text_of(file.as_deref());
        let name = source.name_of(file.as_deref()).into_owned();
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
    let (beside, other): (Vec<_>, Vec<_>) = related
        .into_iter()
        .partition(|(related, _)| related.file == primary.0.file);
    let mut group = match snippet(source, Some(&primary), &beside) {
        Some(snippet) => title.element(snippet),
        None => {
            let name = source.name_of(primary.0.file.as_deref());
            title.element(Origin::path(name).line(1).char_column(1))
        }
    };
    for one in other {
        if let Some(snippet) = snippet(source, None, std::slice::from_ref(&one)) {
            group = group.element(snippet);
        }
    }
    match diagnostic.help.as_str() {
        "" => group,
        help => group.element(Level::HELP.message(help)),
    }
}

/// The lines of one file that a finding is about; `None` if it has no lines.
fn snippet<'a>(
    source: &'a Source,
    primary: Option<&(FileSpan, &'a str)>,
    related: &[(FileSpan, &'a str)],
) -> Option<Snippet<'a, Annotation<'a>>> {
    let file = primary.or(related.first())?.0.file.as_deref();
    let text = source.text_of(file);
    let spans = || related.iter().chain(primary).map(|(span, _)| &span.bytes);
    let start = spans().map(|span| span.start).min()?;
    let end = spans().map(|span| span.end).max()?;
    // Only the lines concerned: a document may have a hundred thousand.
    let window = line_start(text, start)..line_end(text, end);
    let shown = text.get(window.clone()).filter(|shown| !shown.is_empty())?;
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
    let snippet = Snippet::source(shown)
        .line_start(line_number(text, window.start))
        .path(source.name_of(file))
        .annotations(annotations.into_iter().chain(related));
    Some(snippet)
}

fn position(text: &str, line: usize, column: usize) -> Range<usize> {
    let lines = text.split_inclusive('\n').take(line.saturating_sub(1));
    let start: usize = lines.map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    let mut columns = rest.char_indices().skip(column.saturating_sub(1));
    let at = columns.next().map_or(text.len(), |(at, _)| start + at);
    // The end of a text is behind its last word: there is nothing else to mark.
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
    fn reads_like_a_compiler() {
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
    fn a_gone_place_is_the_nearest_thing_around_it() {
        let source = Source::new("a.json", "{\n  \"info\": {}\n}");
        let pointer = Pointer::root().key("info").key("title");
        let finding = Diagnostic::error(Rule::MissingKey, Place::Value(pointer), "no title");
        let text = render(&[finding], &source, OutputStyle::Plain).text;
        assert!(text.contains("--> a.json:2:3"), "{text}");
    }

    #[test]
    fn what_an_alias_repeats_is_told_once() {
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
    fn an_empty_document_has_a_first_line() {
        let source = Source::new("a.yaml", "");
        let place = Place::position(1, 1);
        let finding = Diagnostic::error(Rule::NotOpenApi, place, "empty").help("write one");
        let text = render(&[finding], &source, OutputStyle::Plain).text;
        assert!(text.contains("--> a.yaml:1:1"), "{text}");
        assert!(text.contains("= help: write one"), "{text}");
    }

    #[test]
    fn the_ids_differ() {
        let ids: std::collections::BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        assert_eq!(ids.len(), Rule::ALL.len());
    }
}
