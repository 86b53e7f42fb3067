//! Finds the operation of a request, with a tree of path segments.
//!
//! axum's router is not used because it rejects paths that OpenAPI allows, such as `/a/{id}.json`, `/:x`, or
//! both `/a/{x}` and `/a/{y}`.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use http::Method;

use crate::runtime::{
    codec::{
        form::pairs,
        param::{decode, decode_plus},
    },
    message::{
        path_template::{Piece, Segment, TemplatePart, fixed_query, parts, segments},
        request_decoder::{PathValues, SegmentRanges},
    },
};

/// The ranges of the parameters that are found in a path.
struct PathRanges<'a> {
    path: &'a str,
    ranges: SegmentRanges,
}

impl<'a> PathRanges<'a> {
    fn new(path: &'a str) -> Self {
        Self {
            path,
            ranges: SegmentRanges::new(),
        }
    }

    /// Adds the range of `text`, which is a slice of the path.
    fn push(&mut self, text: &str) {
        let start = text.as_ptr() as usize - self.path.as_ptr() as usize;
        self.ranges.push(start..start + text.len());
    }
}

/// The operations of a document by path and method, each with a value.
#[derive(Clone, Debug)]
pub(crate) struct Routes<T> {
    root: Node,
    /// The method, the path template and the value of each operation.
    values: Vec<(Method, &'static str, T)>,
}

/// A node of the tree: the segments that may follow a path prefix.
#[derive(Clone, Debug, Default)]
struct Node {
    /// The segments without parameters.
    literals: BTreeMap<String, Node>,
    /// The segments with parameters, those with the most literal text first.
    patterns: Vec<(Segment, Node)>,
    /// The operations of the path that ends here.
    methods: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    method: Method,
    /// The names of the path's parameters, in its order.
    names: Arc<[&'static str]>,
    /// The fields that the query must contain.
    query: Vec<(String, String)>,
    /// The index of the operation's value.
    index: usize,
}

/// The operation of a request.
#[derive(Debug)]
pub(crate) struct RouteMatch<'a, T> {
    /// The path template.
    pub(crate) path: &'static str,
    /// The value of the operation.
    pub(crate) value: &'a T,
    /// The path parameters of the request.
    pub(crate) parameters: PathValues,
}

impl<T> Routes<T> {
    pub(crate) fn new() -> Self {
        Self {
            root: Node::default(),
            values: Vec::new(),
        }
    }

    /// Iterates over the values of the operations.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.values.iter().map(|(_, _, value)| value)
    }

    /// Adds the operations of other routes, after the present ones.
    pub(crate) fn merge(&mut self, routes: Self) {
        for (method, path, value) in routes.values {
            self.add(method, path, value);
        }
    }

    /// Adds an operation. If two operations match the same requests, the first takes precedence.
    pub(crate) fn add(&mut self, method: Method, path: &'static str, value: T) {
        let names = parts(path).filter_map(|part| match part {
            TemplatePart::Parameter(name) => Some(name),
            TemplatePart::Literal(_) => None,
        });
        let names = names.collect();
        let node = segments(path)
            .into_iter()
            .fold(&mut self.root, |node, segment| node.next(segment));
        let query = fixed_query(path)
            .into_iter()
            .filter_map(|(name, value)| Some((decode_field(name)?, decode_field(value)?)));
        let query: Vec<_> = query.collect();
        // The operation that requires more fields of the query takes precedence.
        let at = node
            .methods
            .iter()
            .take_while(|entry| entry.query.len() >= query.len())
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

    /// Finds the operation of a request. Literal segments take precedence over parameters.
    pub(crate) fn find(
        &self,
        method: &Method,
        path: &str,
        query: &str,
    ) -> Option<RouteMatch<'_, T>> {
        let mut ranges = PathRanges::new(path);
        let node = self.root.find(Some(relative(path)), &mut ranges)?;
        let is_in_query = |(name, value): &(String, String)| {
            pairs(query)
                .any(|(field, text)| field == *name && decode_field(text).as_ref() == Some(value))
        };
        let mut entries = node.methods.iter();
        let entry =
            entries.find(|entry| entry.method == method && entry.query.iter().all(is_in_query))?;
        let (_, path, value) = self.values.get(entry.index)?;
        Some(RouteMatch {
            path,
            value,
            parameters: PathValues::new(Arc::clone(&entry.names), ranges.ranges),
        })
    }

    /// Returns the methods of the operations of a path, whatever query they require; empty if no operation
    /// has the path.
    pub(crate) fn methods(&self, path: &str) -> Vec<&Method> {
        let node = self
            .root
            .find(Some(relative(path)), &mut PathRanges::new(path));
        let entries = node.map(|node| node.methods.iter());
        entries
            .into_iter()
            .flatten()
            .map(|entry| &entry.method)
            .collect()
    }
}

/// Returns a path without its first slash.
fn relative(path: &str) -> &str {
    path.strip_prefix('/').unwrap_or(path)
}

impl Node {
    /// Returns the node after a segment, which is inserted if it does not exist.
    fn next(&mut self, segment: Segment) -> &mut Self {
        let shape = shape(&segment);
        match segment.as_slice() {
            [] => self.literals.entry(String::new()).or_default(),
            [Piece::Literal(text)] => {
                let text = decode(text).map_or_else(|| text.clone(), Cow::into_owned);
                self.literals.entry(text).or_default()
            }
            _ => {
                let existing = self
                    .patterns
                    .iter()
                    .position(|(pattern, _)| self::shape(pattern) == shape);
                let index = existing.unwrap_or_else(|| {
                    let length = text_len(&segment);
                    let takes_precedence =
                        |(pattern, _): &(Segment, _)| text_len(pattern) >= length;
                    let index = self.patterns.partition_point(takes_precedence);
                    self.patterns.insert(index, (segment, Self::default()));
                    index
                });
                match self.patterns.get_mut(index) {
                    Some((_, node)) => node,
                    // The index is that of an existing or inserted pattern.
                    None => unreachable!(),
                }
            }
        }
    }

    /// Finds the node at the end of a path, of which `path` is the remaining part.
    fn find(&self, path: Option<&str>, ranges: &mut PathRanges<'_>) -> Option<&Self> {
        let Some(path) = path else {
            return (!self.methods.is_empty()).then_some(self);
        };
        let (first, rest) = split(path);
        let text = decode(first);
        // Clients resolve dot segments before they send a request (RFC 3986, section 5.2.4).
        if matches!(text.as_deref(), Some("." | "..")) {
            return None;
        }
        let literal = text.and_then(|text| self.literals.get(text.as_ref()));
        if let Some(node) = literal.and_then(|node| node.find(rest, ranges)) {
            return Some(node);
        }
        let before = ranges.ranges.len();
        for (segment, node) in &self.patterns {
            if matches(segment, first, ranges)
                && let Some(node) = node.find(rest, ranges)
            {
                return Some(node);
            }
            ranges.ranges.truncate(before);
        }
        None
    }
}

/// Splits a path into its first segment and the remaining path, if any.
///
/// It searches byte by byte, because segments are too short for a faster search to pay off.
fn split(path: &str) -> (&str, Option<&str>) {
    let end = path.bytes().position(|byte| byte == b'/');
    let halves = end.and_then(|end| Some((path.get(..end)?, path.get(end + 1..)?)));
    halves.map_or((path, None), |(first, rest)| (first, Some(rest)))
}

/// Decodes a name or a value of a query.
fn decode_field(text: &str) -> Option<String> {
    decode_plus(text).map(Cow::into_owned)
}

/// Returns a segment without the names of its parameters, which do not matter for matching.
fn shape(segment: &Segment) -> Vec<Option<&str>> {
    let pieces = segment.iter().map(|piece| match piece {
        Piece::Literal(text) => Some(text.as_str()),
        Piece::Parameter(_) => None,
    });
    pieces.collect()
}

/// Returns the number of bytes of a segment's literal text.
fn text_len(segment: &Segment) -> usize {
    shape(segment).into_iter().flatten().map(str::len).sum()
}

/// Returns whether a text matches a segment, and adds the ranges of its parameters, which are never empty.
fn matches(pieces: &[Piece], text: &str, ranges: &mut PathRanges<'_>) -> bool {
    let Some((first, rest)) = pieces.split_first() else {
        return text.is_empty();
    };
    match (first, rest.first()) {
        (Piece::Literal(literal), _) => text
            .strip_prefix(literal.as_str())
            .is_some_and(|text| matches(rest, text, ranges)),
        (Piece::Parameter(_), None) => {
            ranges.push(text);
            !text.is_empty()
        }
        (Piece::Parameter(_), Some(Piece::Literal(literal))) => {
            let before = ranges.ranges.len();
            text.match_indices(literal.as_str()).any(|(at, _)| {
                ranges.ranges.truncate(before);
                let (value, text) = text.split_at(at);
                ranges.push(value);
                !value.is_empty() && matches(rest, text, ranges)
            })
        }
        // The boundary between two adjacent parameters is ambiguous: the first gets one character.
        (Piece::Parameter(_), Some(Piece::Parameter(_))) => {
            let end = text.chars().next().map_or(0, char::len_utf8);
            let (value, text) = text.split_at(end);
            ranges.push(value);
            !value.is_empty() && matches(rest, text, ranges)
        }
    }
}
