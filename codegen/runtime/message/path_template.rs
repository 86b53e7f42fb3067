//! Path templates.

/// The pieces between two slashes of a path template; empty for an empty segment.
pub type Segment = Vec<Piece>;

/// A piece of a segment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// Literal text, still percent-encoded.
    Literal(String),
    /// The name of a parameter.
    Parameter(String),
}

/// Splits a path template into its segments: `/a/{id}.json` has the segments `a` and `{id}.json`.
///
/// Unbalanced or empty braces are literal text. The query and the fragment are ignored.
#[must_use]
pub fn segments(path: &str) -> Vec<Segment> {
    let (path, _) = split_path(path);
    path.strip_prefix('/')
        .unwrap_or(path)
        .split('/')
        .map(segment)
        .collect()
}

/// Returns the names and values that a path template requires in the query, still encoded: `/a?action=list`
/// requires `action` to be `list`.
#[must_use]
pub fn fixed_query(path: &str) -> Vec<(&str, &str)> {
    let (_, suffix) = split_path(path);
    let query = suffix.strip_prefix('?').unwrap_or_default();
    // A fragment is not sent in requests.
    let query = query.split_once('#').map_or(query, |(query, _)| query);
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect()
}

/// Splits a path template at the first `?` or `#` that is not in braces.
fn split_path(path: &str) -> (&str, &str) {
    let mut open = false;
    let end = path.char_indices().find_map(|(at, c)| {
        match c {
            '{' => open = true,
            '}' => open = false,
            '?' | '#' if !open => return Some(at),
            _ => {}
        }
        None
    });
    path.split_at(end.unwrap_or(path.len()))
}

/// A part of a path template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplatePart<'a> {
    /// Literal text, slashes included, still percent-encoded.
    Literal(&'a str),
    /// The name of a parameter.
    Parameter(&'a str),
}

/// Iterates over the parts of a path template. The query and the fragment are ignored.
pub fn parts(path: &str) -> impl Iterator<Item = TemplatePart<'_>> {
    template_parts(split_path(path).0)
}

/// Iterates over the parts of any template, such as that of a server URL.
pub fn template_parts(text: &str) -> impl Iterator<Item = TemplatePart<'_>> {
    let mut rest = text;
    let mut name = None;
    std::iter::from_fn(move || {
        if let Some(name) = name.take() {
            return Some(TemplatePart::Parameter(name));
        }
        let text = rest;
        match parameter(text) {
            Some((before, parameter, after)) => {
                rest = after;
                name = Some(parameter);
                if before.is_empty() {
                    name.take().map(TemplatePart::Parameter)
                } else {
                    Some(TemplatePart::Literal(before))
                }
            }
            None if text.is_empty() => None,
            None => {
                rest = "";
                Some(TemplatePart::Literal(text))
            }
        }
    })
}

fn segment(text: &str) -> Segment {
    parts(text)
        .map(|part| match part {
            TemplatePart::Literal(text) => Piece::Literal(text.to_owned()),
            TemplatePart::Parameter(name) => Piece::Parameter(name.to_owned()),
        })
        .collect()
}

/// Finds the first `{name}` in a template; returns the text before it, the name, and the text after it.
fn parameter(text: &str) -> Option<(&str, &str, &str)> {
    text.match_indices('}').find_map(|(end, _)| {
        let (before, name) = text.get(..end)?.rsplit_once('{')?;
        let is_name = !name.is_empty() && !name.contains(['}', '/']);
        is_name.then_some((before, name, text.get(end + 1..)?))
    })
}
