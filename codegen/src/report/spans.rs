//! Maps JSON Pointers to the byte ranges of keys and values in a text.

use std::{collections::HashMap, ops::Range};

use jsonc_parser::{CollectOptions, ParseOptions, ast, common::Ranged};
use saphyr_parser::{Event, Parser, Span};

use crate::pointer::Pointer;

/// The byte ranges of all keys and values of a text.
pub(super) struct SpanIndex {
    nodes: Vec<SpanNode>,
}

/// A part of a member.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SpanPart {
    Key,
    /// The second occurrence of the key.
    SecondKey,
    Value,
}

/// A value with the indices of its children, so that an alias does not copy them.
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
    /// Indexes a text, up to its first syntax error.
    pub(super) fn new(text: &str) -> Self {
        let json = text
            .trim_start()
            .starts_with('{')
            .then(|| json(text))
            .flatten();
        json.unwrap_or_else(|| yaml(text))
    }

    /// Returns the bytes of a part, or of the closest existing part around it.
    pub(super) fn find(&self, pointer: &Pointer, part: SpanPart) -> Range<usize> {
        let mut span = 0..0;
        let mut at = ROOT;
        let segments: Vec<_> = pointer.segments().collect();
        for (depth, segment) in segments.iter().enumerate() {
            let nth = usize::from(part == SpanPart::SecondKey && depth + 1 == segments.len());
            let Some((key, value)) = self.child(at, segment, nth) else {
                // The missing part belongs here.
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

    /// Returns the bytes of the key and the value of the `nth` member with a key.
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
                // Members from a YAML merge key (`<<`) are found where they were written.
                found.or_else(|| {
                    let mut merged = members.iter().filter(|member| member.key == "<<");
                    merged.find_map(|member| self.child(member.value, segment, nth))
                })
            }
        }
    }
}

// YAML is a superset of JSON, but `saphyr_parser` rejects surrogate pairs (`\ud83d\ude00`), and it takes seven times
// as long.
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

/// A mapping or list whose end has not been reached.
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
    // Places after a syntax error are never needed.
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

/// Adds a node as a key, a value or an element to the innermost open collection.
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
            // Loading rejects keys that are collections.
            None => parent.key = Some((scalar.unwrap_or_default(), span.clone())),
        },
        _ => {}
    }
}

/// Converts the parser's lines and columns to byte offsets.
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

    fn find<'a>(text: &'a str, pointer: &str, part: SpanPart) -> &'a str {
        let pointer = Pointer::from_fragment(&format!("#{pointer}")).unwrap();
        &text[SpanIndex::new(text).find(&pointer, part)]
    }

    #[test]
    fn yaml_keys_and_values_are_found() {
        let text =
            "é: 1 # c\nb:\n  - x\n  - 'y z'\nc: &q\n  d: deep\ng: *q\n<<: *q\n404: a\n'404': b\n";
        assert_eq!(find(text, "/é", SpanPart::Key), "é");
        assert_eq!(find(text, "/é", SpanPart::Value), "1");
        assert_eq!(find(text, "/b/1", SpanPart::Value), "'y z'");
        assert_eq!(
            find(text, "/b", SpanPart::Value),
            "b",
            "a collection is found at its key"
        );
        assert_eq!(find(text, "/g/d", SpanPart::Value), "deep");
        assert_eq!(
            find(text, "/d", SpanPart::Value),
            "deep",
            "from a merge key"
        );
        assert_eq!(find(text, "/404", SpanPart::Key), "404");
        assert_eq!(find(text, "/404", SpanPart::SecondKey), "'404'");
        assert_eq!(find(text, "/c/nothing/here", SpanPart::Value), "c");
    }

    #[test]
    fn json_keys_and_values_are_found() {
        let text = r#"{"a": {"\ud83d\ude00": [1, "two\/"]}, "a": 3}"#;
        assert_eq!(find(text, "/a", SpanPart::Key), "\"a\"");
        assert_eq!(find(text, "/a/😀/1", SpanPart::Value), "\"two\\/\"");
        assert_eq!(find(text, "/a", SpanPart::SecondKey), "\"a\"");
        let pointer = Pointer::root().key("a");
        let index = SpanIndex::new(text);
        assert!(
            index.find(&pointer, SpanPart::SecondKey).start
                > index.find(&pointer, SpanPart::Key).start
        );
    }

    #[test]
    fn a_broken_text_is_indexed_up_to_its_error() {
        assert_eq!(find("a: 1\nb: [\n", "/a", SpanPart::Value), "1");
    }
}
