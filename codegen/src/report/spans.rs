//! Where in a text each key and value stands, by JSON pointer.

use std::{collections::HashMap, ops::Range};

use jsonc_parser::{CollectOptions, ParseOptions, ast, common::Ranged};
use saphyr_parser::{Event, Parser, Span};

use crate::pointer::Pointer;

/// A document with the bytes of each of its parts.
pub(super) struct SpanIndex {
    nodes: Vec<SpanNode>,
}

/// Which part of a member is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SpanPart {
    /// Its key.
    Key,
    /// Its key, where it stands for the second time.
    SecondKey,
    /// Its value.
    Value,
}

/// A value, and what it is made of: the indices of other nodes, so that an alias costs nothing.
struct SpanNode {
    span: Range<usize>,
    children: Children,
}

enum Children {
    None,
    List(Vec<usize>),
    Map(Vec<SpanMember>),
}

struct SpanMember {
    key: String,
    span: Range<usize>,
    value: usize,
}

const ROOT: usize = 0;

impl SpanIndex {
    /// The marks of a text; of as much of it as can be read.
    pub(super) fn of(text: &str) -> Self {
        let json = text
            .trim_start()
            .starts_with('{')
            .then(|| json(text))
            .flatten();
        json.unwrap_or_else(|| yaml(text))
    }

    /// The bytes of a part, or of the nearest thing around it.
    pub(super) fn find(&self, pointer: &Pointer, part: SpanPart) -> Range<usize> {
        let mut span = 0..0;
        let mut at = ROOT;
        let segments: Vec<_> = pointer.segments().collect();
        for (depth, segment) in segments.iter().enumerate() {
            let nth = usize::from(part == SpanPart::SecondKey && depth + 1 == segments.len());
            let Some((key, value)) = self.child(at, segment, nth) else {
                // What is missing is missing from here.
                return span;
            };
            at = value;
            span = match self.nodes.get(value) {
                Some(node)
                    if matches!(node.children, Children::None) && part == SpanPart::Value =>
                {
                    node.span.clone()
                }
                _ => key,
            };
        }
        span
    }

    /// The key's bytes and the value of the `nth` member with a key.
    fn child(&self, at: usize, segment: &str, nth: usize) -> Option<(Range<usize>, usize)> {
        match &self.nodes.get(at)?.children {
            Children::None => None,
            Children::List(items) => {
                let item = *items.get(segment.parse::<usize>().ok()?)?;
                Some((self.nodes.get(item)?.span.clone(), item))
            }
            Children::Map(members) => {
                let mut found = members.iter().filter(|member| member.key == segment);
                let found = found
                    .nth(nth)
                    .map(|member| (member.span.clone(), member.value));
                // What a YAML merge key (`<<`) brings in stands where it was written.
                found.or_else(|| {
                    let mut merged = members.iter().filter(|member| member.key == "<<");
                    merged.find_map(|member| self.child(member.value, segment, nth))
                })
            }
        }
    }
}

fn json(text: &str) -> Option<SpanIndex> {
    let parsed =
        jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
    let mut nodes = Vec::new();
    add_json(&mut nodes, &parsed.ok()?.value?);
    Some(SpanIndex { nodes })
}

fn add_json(nodes: &mut Vec<SpanNode>, value: &ast::Value<'_>) -> usize {
    let range = value.range();
    let index = nodes.len();
    nodes.push(SpanNode {
        span: range.start..range.end,
        children: Children::None,
    });
    let children = match value {
        ast::Value::Object(object) => Children::Map(
            object
                .properties
                .iter()
                .map(|property| SpanMember {
                    key: property.name.as_str().to_owned(),
                    span: property.name.range().start..property.name.range().end,
                    value: add_json(nodes, &property.value),
                })
                .collect(),
        ),
        ast::Value::Array(array) => Children::List(
            array
                .elements
                .iter()
                .map(|item| add_json(nodes, item))
                .collect(),
        ),
        _ => Children::None,
    };
    if let Some(node) = nodes.get_mut(index) {
        node.children = children;
    }
    index
}

/// A mapping or list that is being read.
struct OpenNode {
    node: usize,
    key: Option<(String, Range<usize>)>,
}

fn yaml(text: &str) -> SpanIndex {
    let offsets = ByteOffsets::new(text);
    let mut nodes: Vec<SpanNode> = Vec::new();
    let mut anchors: HashMap<usize, usize> = HashMap::new();
    let mut open: Vec<OpenNode> = Vec::new();
    let mut parser = Parser::new_from_str(text);
    // What comes after a syntax error has no marks, and needs none.
    while let Some(Ok((event, span))) = parser.next_event() {
        let span = offsets.bytes(&span);
        let (children, anchor, scalar) = match event {
            Event::Scalar(text, _, anchor, _) => (Children::None, anchor, Some(text.into_owned())),
            Event::SequenceStart(anchor, _) => (Children::List(Vec::new()), anchor, None),
            Event::MappingStart(anchor, _) => (Children::Map(Vec::new()), anchor, None),
            Event::Alias(anchor) => {
                if let Some(&node) = anchors.get(&anchor) {
                    attach(&mut nodes, &mut open, node, &span, None);
                }
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                open.pop();
                continue;
            }
            Event::StreamEnd => break,
            _ => continue,
        };
        let index = nodes.len();
        let collection = !matches!(children, Children::None);
        nodes.push(SpanNode {
            span: span.clone(),
            children,
        });
        if anchor > 0 {
            anchors.insert(anchor, index);
        }
        attach(&mut nodes, &mut open, index, &span, scalar);
        if collection {
            open.push(OpenNode {
                node: index,
                key: None,
            });
        }
    }
    SpanIndex { nodes }
}

/// Makes a node a key, a value or an element of the collection that is open.
fn attach(
    nodes: &mut [SpanNode],
    open: &mut [OpenNode],
    index: usize,
    span: &Range<usize>,
    scalar: Option<String>,
) {
    let Some(parent) = open.last_mut() else {
        return;
    };
    match nodes.get_mut(parent.node).map(|node| &mut node.children) {
        Some(Children::List(items)) => items.push(index),
        Some(Children::Map(members)) => match parent.key.take() {
            Some((key, span)) => members.push(SpanMember {
                key,
                span,
                value: index,
            }),
            // A key that is a collection is no key of JSON; loading refuses it.
            None => parent.key = Some((scalar.unwrap_or_default(), span.clone())),
        },
        _ => {}
    }
}

/// The parser counts lines and characters; a text is cut in bytes.
struct ByteOffsets<'a> {
    text: &'a str,
    lines: Vec<usize>,
}

impl<'a> ByteOffsets<'a> {
    fn new(text: &'a str) -> Self {
        let newlines = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            lines: std::iter::once(0).chain(newlines).collect(),
        }
    }

    fn bytes(&self, span: &Span) -> Range<usize> {
        let at = |line: usize, column: usize| {
            let start = self
                .lines
                .get(line.saturating_sub(1))
                .copied()
                .unwrap_or(self.text.len());
            let rest = self.text.get(start..).unwrap_or_default();
            rest.char_indices()
                .nth(column)
                .map_or(self.text.len(), |(at, _)| start + at)
        };
        let start = at(span.start.line(), span.start.col());
        start..at(span.end.line(), span.end.col()).max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(text: &'a str, pointer: &str, part: SpanPart) -> &'a str {
        let pointer = Pointer::from_fragment(&format!("#{pointer}")).unwrap();
        &text[SpanIndex::of(text).find(&pointer, part)]
    }

    #[test]
    fn finds_keys_and_values_of_yaml() {
        let text =
            "é: 1 # c\nb:\n  - x\n  - 'y z'\nc: &q\n  d: deep\ng: *q\n<<: *q\n404: a\n'404': b\n";
        assert_eq!(found(text, "/é", SpanPart::Key), "é");
        assert_eq!(found(text, "/é", SpanPart::Value), "1");
        assert_eq!(found(text, "/b/1", SpanPart::Value), "'y z'");
        assert_eq!(
            found(text, "/b", SpanPart::Value),
            "b",
            "a collection is marked at its key"
        );
        assert_eq!(found(text, "/g/d", SpanPart::Value), "deep");
        assert_eq!(found(text, "/d", SpanPart::Value), "deep", "merged in");
        assert_eq!(found(text, "/404", SpanPart::Key), "404");
        assert_eq!(found(text, "/404", SpanPart::SecondKey), "'404'");
        assert_eq!(found(text, "/c/nothing/here", SpanPart::Value), "c");
    }

    #[test]
    fn finds_keys_and_values_of_json() {
        let text = r#"{"a": {"\ud83d\ude00": [1, "two\/"]}, "a": 3}"#;
        assert_eq!(found(text, "/a", SpanPart::Key), "\"a\"");
        assert_eq!(found(text, "/a/😀/1", SpanPart::Value), "\"two\\/\"");
        assert_eq!(found(text, "/a", SpanPart::SecondKey), "\"a\"");
        let pointer = Pointer::root().key("a");
        let marks = SpanIndex::of(text);
        assert!(
            marks.find(&pointer, SpanPart::SecondKey).start
                > marks.find(&pointer, SpanPart::Key).start
        );
    }

    #[test]
    fn a_broken_text_has_the_marks_up_to_its_fault() {
        assert_eq!(found("a: 1\nb: [\n", "/a", SpanPart::Value), "1");
    }
}
