//! Paths with parameters in them.

/// What stands between two slashes of a path: none, one or several pieces.
pub type Segment = Vec<Piece>;

/// A part of a segment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// A text as it stands in the path, percent-encoding included.
    Literal(String),
    /// The name of a parameter.
    Parameter(String),
}

/// A path in its segments: `/a/{id}.json` is `a`, and `{id}` with `.json`.
///
/// Braces without a partner or a name between them are a text like others. What comes behind `?` or `#` is
/// no part of a path.
#[must_use]
pub fn segments(path: &str) -> Vec<Segment> {
    let (path, _) = halves(path);
    path.strip_prefix('/')
        .unwrap_or(path)
        .split('/')
        .map(segment)
        .collect()
}

/// What a path says of the query behind it, as names and values that it has to have, encoded as they
/// stand: `/a?action=list` has `action` and `list`.
#[must_use]
pub fn fixed_query(path: &str) -> Vec<(&str, &str)> {
    let (_, rest) = halves(path);
    let query = rest.strip_prefix('?').unwrap_or_default();
    // A fragment is for people: no request has one.
    let query = query.split_once('#').map_or(query, |(query, _)| query);
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect()
}

/// A path, and what comes from the first `?` or `#` on that is not in braces.
fn halves(path: &str) -> (&str, &str) {
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

/// A part of a path, as it stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplatePart<'a> {
    /// A text, slashes and percent-encoding included.
    Literal(&'a str),
    /// The name of a parameter.
    Parameter(&'a str),
}

/// A path in its parts, without what comes behind `?` or `#`.
pub fn parts(path: &str) -> impl Iterator<Item = TemplatePart<'_>> {
    parts_of(halves(path).0)
}

/// Any text in its parts.
pub fn parts_of(text: &str) -> impl Iterator<Item = TemplatePart<'_>> {
    let mut rest = text;
    let mut name = None;
    std::iter::from_fn(move || {
        if let Some(name) = name.take() {
            return Some(TemplatePart::Parameter(name));
        }
        let text = rest;
        match parameter(text) {
            Some((before, found, after)) => {
                rest = after;
                name = Some(found);
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

/// The first `{name}` in a text, with what comes before and after it.
fn parameter(text: &str) -> Option<(&str, &str, &str)> {
    text.match_indices('}').find_map(|(end, _)| {
        let (before, name) = text.get(..end)?.rsplit_once('{')?;
        let is_name = !name.is_empty() && !name.contains(['}', '/']);
        is_name.then_some((before, name, text.get(end + 1..)?))
    })
}
