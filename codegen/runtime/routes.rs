//! Which operation a request is for.
//!
//! A tree of path segments of our own: routers for axum refuse paths that OpenAPI allows, such as
//! `/a/{id}.json`, `/:x`, or `/a/{x}` beside `/a/{y}`.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use http::Method;

use super::{
    form::pairs,
    param::{decode, decode_plus},
    path_template::{Piece, Segment, TemplatePart, fixed_query, parts, segments},
    request_decoder::{PathValues, SegmentRanges},
};

/// The places of the parameters in a path that is walked.
struct PathRanges<'a> {
    path: &'a str,
    places: SegmentRanges,
}

impl<'a> PathRanges<'a> {
    fn new(path: &'a str) -> Self {
        Self {
            path,
            places: SegmentRanges::new(),
        }
    }

    /// Adds a text of the path.
    fn push(&mut self, text: &str) {
        let start = text.as_ptr() as usize - self.path.as_ptr() as usize;
        self.places.push(start..start + text.len());
    }
}

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
    names: Arc<[&'static str]>,
    /// What the query has to have, beside anything else.
    query: Vec<(String, String)>,
    /// Its place among the values.
    index: usize,
}

/// An operation that is found for a request.
#[derive(Debug)]
pub(crate) struct RouteMatch<'a, T> {
    /// The path as the document has it.
    pub(crate) path: &'static str,
    /// What the operation stands for.
    pub(crate) value: &'a T,
    /// The parameters in the path of the request.
    pub(crate) parameters: PathValues,
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
            TemplatePart::Parameter(name) => Some(name),
            TemplatePart::Literal(_) => None,
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
    pub(crate) fn find(
        &self,
        method: &Method,
        path: &str,
        query: &str,
    ) -> Option<RouteMatch<'_, T>> {
        let mut values = PathRanges::new(path);
        let node = self.root.walk(Some(relative(path)), &mut values)?;
        let has = |(name, value): &(String, String)| {
            pairs(query).any(|(found, text)| found == *name && plain(text).as_ref() == Some(value))
        };
        let mut entries = node.methods.iter();
        let entry = entries.find(|entry| entry.method == method && entry.query.iter().all(has))?;
        let (_, path, value) = self.values.get(entry.index)?;
        Some(RouteMatch {
            path,
            value,
            parameters: PathValues::new(Arc::clone(&entry.names), values.places),
        })
    }

    /// The methods that a path has operations for, whatever they want of the query; none, if there is no such
    /// path.
    pub(crate) fn methods(&self, path: &str) -> Vec<&Method> {
        let node = self
            .root
            .walk(Some(relative(path)), &mut PathRanges::new(path));
        let entries = node.map(|node| node.methods.iter());
        entries
            .into_iter()
            .flatten()
            .map(|entry| &entry.method)
            .collect()
    }
}

/// What of a path the tree is walked by.
fn relative(path: &str) -> &str {
    path.strip_prefix('/').unwrap_or(path)
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

    /// The node at the end of a path, of which there is nothing left at last.
    fn walk(&self, path: Option<&str>, values: &mut PathRanges<'_>) -> Option<&Self> {
        let Some(path) = path else {
            return (!self.methods.is_empty()).then_some(self);
        };
        let (first, rest) = split(path);
        let text = decode(first);
        // What leads elsewhere: no client that knows what it does sends one (RFC 3986, section 5.2.4).
        if matches!(text.as_deref(), Some("." | "..")) {
            return None;
        }
        let literal = text.and_then(|text| self.literals.get(text.as_ref()));
        if let Some(node) = literal.and_then(|node| node.walk(rest, values)) {
            return Some(node);
        }
        let before = values.places.len();
        for (segment, node) in &self.patterns {
            if matches(segment, first, values)
                && let Some(node) = node.walk(rest, values)
            {
                return Some(node);
            }
            values.places.truncate(before);
        }
        None
    }
}

/// The first segment of a path, and the path behind it.
///
/// Byte by byte, for segments are too short to be searched in a cleverer path.
fn split(path: &str) -> (&str, Option<&str>) {
    let end = path.bytes().position(|byte| byte == b'/');
    let halves = end.and_then(|end| Some((path.get(..end)?, path.get(end + 1..)?)));
    halves.map_or((path, None), |(first, rest)| (first, Some(rest)))
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
fn matches(pieces: &[Piece], text: &str, values: &mut PathRanges<'_>) -> bool {
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
            let before = values.places.len();
            text.match_indices(literal.as_str()).any(|(at, _)| {
                values.places.truncate(before);
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
