//! Finds places in the text of a document and of its external files.

use std::{collections::HashMap, ops::Range};

use super::{
    Place,
    spans::{SpanIndex, SpanPart},
};
use crate::{pointer::Pointer, source::Source};

/// A range of bytes in a document or in one of its external files.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct FileSpan {
    pub(super) file: Option<String>,
    pub(super) bytes: Range<usize>,
}

/// The texts of a document and its external files, with the span indexes built so far.
pub(crate) struct SourceTexts<'a> {
    pub(super) source: &'a Source,
    indexes: HashMap<Option<String>, SpanIndex>,
}

impl<'a> SourceTexts<'a> {
    pub(crate) fn new(source: &'a Source) -> Self {
        Self {
            source,
            indexes: HashMap::new(),
        }
    }

    /// Returns the text of a scalar value as it is written in the document.
    pub(crate) fn written(&mut self, place: &Pointer) -> &'a str {
        let FileSpan { file, bytes } = self.locate(&Place::Value(place.clone()));
        let text = self.source.file_text(file.as_deref());
        text.get(bytes).unwrap_or_default()
    }

    /// Returns the bytes of a place, or of the closest existing place around it.
    pub(super) fn locate(&mut self, place: &Place) -> FileSpan {
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
        let marked = text.get(span.clone()).unwrap_or_default();
        let line = marked.lines().next().unwrap_or_default();
        let end = span.start + line.len();
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

pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |newline| newline + 1)
}

pub(super) fn line_end(text: &str, at: usize) -> usize {
    let line = text.get(at..).unwrap_or_default();
    let end = line.find('\n').map_or(text.len(), |newline| at + newline);
    if text.get(at..end).is_some_and(|line| line.ends_with('\r')) {
        end - 1
    } else {
        end
    }
}

pub(super) fn line_number(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or_default().matches('\n').count() + 1
}
