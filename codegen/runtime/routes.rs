//! Which operation a request is for.
//!
//! A tree of path segments of our own: routers for axum refuse paths that OpenAPI allows, such as
//! `/a/{id}.json`, `/:x`, or `/a/{x}` beside `/a/{y}`.

use std::{borrow::Cow, collections::BTreeMap, ops::Range};

use http::Method;
use smallvec::SmallVec;

use super::{
    form::pairs,
    incoming::PathValues,
    param::{decode, decode_plus},
    template::{Part, Piece, Segment, fixed_query, parts, segments},
};

/// The texts that a path has for its parameters, of which there are mostly few.
type Values<'a> = SmallVec<[&'a str; 4]>;

/// The operations of a document, by path and method; each stands for a `T`.
#[derive(Clone, Debug)]
pub(crate) struct Routes<T> {
    root: Node,
    /// Where each of them is, and what it stands for.
    values: Vec<(Method, &'static str, T)>,
}

/// What may follow on a part of a path.
#[derive(Clone, Debug, Default)]
struct Node {
    /// The segments without parameters.
    literals: BTreeMap<String, Node>,
    /// The segments with parameters, those with the most text first.
    patterns: Vec<(Segment, Node)>,
    /// The operations of the path that ends here.
    methods: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    method: Method,
    /// The names of the path's parameters, in its order.
    names: Vec<&'static str>,
    /// What the query has to have, beside anything else.
    query: Vec<(String, String)>,
    /// Its place among the values.
    index: usize,
}

/// What is found for a request.
#[derive(Debug)]
pub(crate) enum Found<'a, T> {
    /// An operation with its path, and the parameters in that.
    Operation((&'static str, &'a T), PathValues),
    /// The path with other methods.
    OtherMethods(Vec<&'a Method>),
    /// No such path.
    Nothing,
}

impl<T> Routes<T> {
    pub(crate) fn new() -> Self {
        Self {
            root: Node::default(),
            values: Vec::new(),
        }
    }

    /// What the operations stand for.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.values.iter().map(|(_, _, value)| value)
    }

    /// Adds the operations of others, behind its own.
    pub(crate) fn merge(&mut self, others: Self) {
        for (method, path, value) in others.values {
            self.add(method, path, value);
        }
    }

    /// Adds an operation. The first of two for the same requests wins.
    pub(crate) fn add(&mut self, method: Method, path: &'static str, value: T) {
        let names = parts(path).filter_map(|part| match part {
            Part::Parameter(name) => Some(name),
            Part::Literal(_) => None,
        });
        let names = names.collect();
        let node = segments(path)
            .into_iter()
            .fold(&mut self.root, |node, segment| node.next(segment));
        let query = fixed_query(path)
            .into_iter()
            .filter_map(|(name, value)| Some((plain(name)?, plain(value)?)));
        let query: Vec<_> = query.collect();
        // Who asks for more is nearer to a request that has it.
        let before = |entry: &Entry| entry.query.len() >= query.len();
        let at = node
            .methods
            .iter()
            .take_while(|entry| before(entry))
            .count();
        node.methods.insert(
            at,
            Entry {
                method: method.clone(),
                names,
                query,
                index: self.values.len(),
            },
        );
        self.values.push((method, path, value));
    }

    /// Finds the operation of a request. A text is nearer to a path than a parameter.
    pub(crate) fn find(&self, method: &Method, path: &str, query: &str) -> Found<'_, T> {
        let whole = path;
        let path = path.strip_prefix('/').unwrap_or(path);
        let mut values = Values::new();
        let Some(node) = self.root.walk(Some(path), &mut values) else {
            return Found::Nothing;
        };
        let has = |(name, value): &(String, String)| {
            pairs(query).any(|(found, text)| found == *name && plain(text).as_ref() == Some(value))
        };
        let mut entries = node.methods.iter().filter(|entry| entry.method == method);
        let found = entries.clone().find(|entry| entry.query.iter().all(has));
        let known = found.and_then(|entry| Some((entry, self.values.get(entry.index)?)));
        match known {
            None if entries.next().is_some() => Found::Nothing,
            Some((entry, (_, template, value))) => {
                let mut found = PathValues::default();
                for (name, text) in entry.names.iter().zip(values) {
                    found.push(name, place(whole, text));
                }
                Found::Operation((*template, value), found)
            }
            None => Found::OtherMethods(node.methods.iter().map(|entry| &entry.method).collect()),
        }
    }
}

impl Node {
    /// The node behind a segment, new if there is none yet.
    fn next(&mut self, segment: Segment) -> &mut Self {
        let shape = shape(&segment);
        match segment.as_slice() {
            [] => self.literals.entry(String::new()).or_default(),
            [Piece::Literal(text)] => {
                let text = decode(text).map_or_else(|| text.clone(), Cow::into_owned);
                self.literals.entry(text).or_default()
            }
            _ => {
                let known = self
                    .patterns
                    .iter()
                    .position(|(known, _)| self::shape(known) == shape);
                let index = known.unwrap_or_else(|| {
                    let text = text_len(&segment);
                    let behind = |(known, _): &(Segment, _)| text_len(known) >= text;
                    let index = self.patterns.partition_point(behind);
                    self.patterns.insert(index, (segment, Self::default()));
                    index
                });
                match self.patterns.get_mut(index) {
                    Some((_, node)) => node,
                    // The index was found or made in this very vector.
                    None => unreachable!(),
                }
            }
        }
    }

    /// The node at the end of a way, of which there is nothing left at last.
    fn walk<'a>(&self, way: Option<&'a str>, values: &mut Values<'a>) -> Option<&Self> {
        let Some(way) = way else {
            return (!self.methods.is_empty()).then_some(self);
        };
        let (first, rest) = split(way);
        if is_dots(first) {
            return None;
        }
        let literal = if first.bytes().any(|byte| byte == b'%') {
            decode(first).and_then(|first| self.literals.get(first.as_ref()))
        } else {
            self.literals.get(first)
        };
        if let Some(node) = literal.and_then(|node| node.walk(rest, values)) {
            return Some(node);
        }
        let before = values.len();
        for (segment, node) in &self.patterns {
            if matches(segment, first, values)
                && let Some(node) = node.walk(rest, values)
            {
                return Some(node);
            }
            values.truncate(before);
        }
        None
    }
}

/// The first segment of a way, and the way behind it.
///
/// Byte by byte, for segments are too short to be searched in a cleverer way.
fn split(way: &str) -> (&str, Option<&str>) {
    let end = way.bytes().position(|byte| byte == b'/');
    let halves = end.and_then(|end| Some((way.get(..end)?, way.get(end + 1..)?)));
    halves.map_or((way, None), |(first, rest)| (first, Some(rest)))
}

/// Whether a segment leads elsewhere; no client that knows what it does sends one (RFC 3986, section 5.2.4).
fn is_dots(segment: &str) -> bool {
    matches!(segment.as_bytes().first(), Some(b'.' | b'%'))
        && matches!(decode(segment).as_deref(), Some("." | ".."))
}

/// Where in a text a part of it is.
fn place(whole: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr() as usize - whole.as_ptr() as usize;
    start..start + part.len()
}

fn plain(text: &str) -> Option<String> {
    decode_plus(text).map(Cow::into_owned)
}

/// A segment without the names of its parameters.
fn shape(segment: &Segment) -> Vec<Option<&str>> {
    let pieces = segment.iter().map(|piece| match piece {
        Piece::Literal(text) => Some(text.as_str()),
        Piece::Parameter(_) => None,
    });
    pieces.collect()
}

fn text_len(segment: &Segment) -> usize {
    shape(segment).into_iter().flatten().map(str::len).sum()
}

/// Whether a text is of a segment's form; notes the values of its parameters, which are never empty.
fn matches<'a>(pieces: &[Piece], text: &'a str, values: &mut Values<'a>) -> bool {
    let Some((first, rest)) = pieces.split_first() else {
        return text.is_empty();
    };
    match (first, rest.first()) {
        (Piece::Literal(literal), _) => text
            .strip_prefix(literal.as_str())
            .is_some_and(|text| matches(rest, text, values)),
        (Piece::Parameter(_), None) => {
            values.push(text);
            !text.is_empty()
        }
        (Piece::Parameter(_), Some(Piece::Literal(literal))) => {
            let before = values.len();
            text.match_indices(literal.as_str()).any(|(at, _)| {
                values.truncate(before);
                let (value, text) = text.split_at(at);
                values.push(value);
                !value.is_empty() && matches(rest, text, values)
            })
        }
        // Where one ends and the other starts nobody can tell; the first takes one character.
        (Piece::Parameter(_), Some(Piece::Parameter(_))) => {
            let end = text.chars().next().map_or(0, char::len_utf8);
            let (value, text) = text.split_at(end);
            values.push(value);
            !value.is_empty() && matches(rest, text, values)
        }
    }
}
