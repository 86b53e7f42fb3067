//! Errors of the syntax of a text, and the help for them.
//!
//! The parsers report a message and a place. The help comes from the text itself, because messages are worded
//! differently by each version of a parser.

use saphyr_parser::{Event, Parser};

use crate::report::{Diagnostic, Place, Rule};

/// A line and a column, from 1.
pub(super) type TextPosition = (usize, usize);

/// Maximum nesting depth of a document, the limit of `serde_json` and `serde_yaml`.
const MAX_DEPTH: usize = 128;

/// The features of a YAML or JSON text that can cause a syntax error.
#[derive(Default)]
pub(super) struct YamlEvents {
    /// The start of the first value that is nested deeper than [`MAX_DEPTH`]; nothing after it is scanned.
    too_deep: Option<TextPosition>,
    pub(super) second_document: Option<TextPosition>,
    has_alias: bool,
    /// Whether an alias is inside its own anchor.
    has_recursive_alias: bool,
    /// The first syntax error; nothing after it is scanned.
    error: Option<(String, TextPosition)>,
}

impl YamlEvents {
    pub(super) fn scan(text: &str) -> Self {
        let mut events = Self::default();
        // The anchors of the collections around the current event; 0 for those without one.
        let mut anchors = Vec::new();
        let mut documents = 0;
        let mut parser = Parser::new_from_str(text);
        while let Some(event) = parser.next_event() {
            let (event, at) = match event {
                Ok((event, span)) => (event, (span.start.line(), span.start.col() + 1)),
                Err(error) => {
                    let at = (error.marker().line(), error.marker().col() + 1);
                    events.error = Some((error.info().to_owned(), at));
                    break;
                }
            };
            match event {
                Event::DocumentStart(_) => {
                    documents += 1;
                    if documents == 2 {
                        events.second_document = Some(at);
                    }
                }
                Event::MappingStart(anchor, _) | Event::SequenceStart(anchor, _) => {
                    anchors.push(anchor);
                }
                Event::MappingEnd | Event::SequenceEnd => {
                    anchors.pop();
                }
                Event::Alias(anchor) => {
                    events.has_alias = true;
                    events.has_recursive_alias |= anchors.contains(&anchor);
                }
                Event::StreamEnd => break,
                _ => {}
            }
            if anchors.len() > MAX_DEPTH {
                events.too_deep = Some(at);
                break;
            }
        }
        events
    }

    /// Returns the help for a text that exceeds a limit.
    pub(super) fn help(&self) -> Option<&'static str> {
        if self.too_deep.is_some() || self.has_recursive_alias {
            Some(DEPTH_HELP)
        } else if self.has_alias && self.error.is_none() {
            Some("the aliases expand to too many values; use fewer aliases, or use `$ref`")
        } else {
            None
        }
    }
}

/// Rejects texts that are nested deeper than [`MAX_DEPTH`].
///
/// `serde_yaml` takes quadratic time to parse nested brackets and checks its depth limit only afterwards,
/// which can take minutes.
pub(super) fn check_depth(text: &str) -> Result<(), Diagnostic> {
    let mut brackets = 0_usize;
    let deepest = text.bytes().fold(0, |deepest, byte| {
        match byte {
            b'[' | b'{' => brackets += 1,
            b']' | b'}' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        deepest.max(brackets)
    });
    if deepest <= MAX_DEPTH {
        return Ok(());
    }
    // Some of the brackets may be inside strings: count the real nesting.
    let events = YamlEvents::scan(text);
    match (events.too_deep, events.error) {
        (Some(at), _) => Err(syntax_error("recursion limit exceeded", at, DEPTH_HELP)),
        (None, Some((message, at))) => Err(syntax_error(
            &message,
            at,
            help_at(text, at).unwrap_or(SYNTAX_HELP),
        )),
        (None, None) => Ok(()),
    }
}

const DEPTH_HELP: &str = "remove an alias inside its own anchor, or nest at most 128 levels";

pub(super) const SYNTAX_HELP: &str = "correct the syntax here or in the line before";

/// Returns the help for a character at which YAML has a syntax error.
pub(super) fn help_at(text: &str, (line, column): TextPosition) -> Option<&'static str> {
    let line = text.lines().nth(line.checked_sub(1)?)?;
    match line.chars().nth(column.checked_sub(1)?)? {
        '\t' | '@' | '`' => Some(
            "indent with spaces, not tabs, and quote a string that starts with `@` or a backtick",
        ),
        ':' => Some("quote a string that contains `: `, and indent all keys of a mapping equally"),
        _ => None,
    }
}

pub(super) fn syntax_error(message: &str, (line, column): TextPosition, help: &str) -> Diagnostic {
    // The parsers append the place to their messages, which the diagnostic already has.
    let message = message
        .rsplit_once(" at line ")
        .map_or(message, |(message, _)| message);
    Diagnostic::error(
        Rule::Syntax,
        Place::position(line.max(1), column.max(1)),
        format!("cannot parse this file: {message}"),
    )
    .help(help)
}
