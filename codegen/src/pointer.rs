//! JSON Pointers (RFC 6901), which identify places in a document.

use std::{borrow::Cow, fmt};

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A JSON Pointer, such as `/paths/~1status~1{codes}/get`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(String);

impl Pointer {
    /// Returns the pointer to the whole document.
    #[must_use]
    pub const fn root() -> Self {
        Self(String::new())
    }

    /// Returns the pointer to the member `key` of this place.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut text = String::with_capacity(self.0.len() + 1 + key.len());
        text.push_str(&self.0);
        text.push('/');
        for c in key.chars() {
            match c {
                '~' => text.push_str("~0"),
                '/' => text.push_str("~1"),
                c => text.push(c),
            }
        }
        Self(text)
    }

    /// Returns the pointer to the element `index` of this place.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.key(&index.to_string())
    }

    /// Parses a `$ref` within the same document, such as `#/components/schemas/Pet`.
    ///
    /// Returns `None` for any other text.
    #[must_use]
    pub fn from_fragment(reference: &str) -> Option<Self> {
        let pointer = reference.strip_prefix('#')?;
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return None;
        }
        let pointer = percent_decode_str(pointer).decode_utf8().ok()?;
        Some(Self(pointer.into_owned()))
    }

    /// The key at the root of a tree whose members are the external files, by path.
    pub(crate) const FILES: &str = "x-statusquo-files";

    /// Returns the place of an external file's root in the tree.
    pub(crate) fn for_file(path: &str) -> Self {
        Self::root().key(Self::FILES).key(path)
    }

    /// Splits a place in an external file into the file's path and the place in the file.
    ///
    /// Returns `None` for a place in the document itself.
    pub(crate) fn external_file(&self) -> Option<(String, Self)> {
        let files = Self::root().key(Self::FILES);
        let inner = self.strip(&files)?;
        let path = inner.segments().next()?.into_owned();
        let place = inner.strip(&Self::root().key(&path))?;
        Some((path, place))
    }

    /// Appends `inner`, a pointer relative to this place.
    pub(crate) fn join(&self, inner: &Self) -> Self {
        Self(format!("{}{}", self.0, inner.0))
    }

    /// Returns the pointer as a `$ref` within the tree.
    pub(crate) fn fragment(&self) -> String {
        format!("#{}", self.0.replace('%', "%25"))
    }

    /// Returns the pointer as a `$ref` for messages: with the path of the file for places in external files.
    #[must_use]
    pub fn reference(&self) -> String {
        match self.external_file() {
            None => format!("#{self}"),
            Some((path, place)) if place.0.is_empty() => path,
            Some((path, place)) => format!("{path}#{place}"),
        }
    }

    /// Calls `visit` with this place as a [`Trail`].
    pub(crate) fn walk<T>(&self, visit: impl FnOnce(&Trail<'_>) -> T) -> T {
        fn descend<T>(
            segments: &[Cow<'_, str>],
            at: &Trail<'_>,
            visit: impl FnOnce(&Trail<'_>) -> T,
        ) -> T {
            match segments.split_first() {
                Some((first, rest)) => descend(rest, &at.key(first), visit),
                None => visit(at),
            }
        }
        let segments: Vec<_> = self.segments().collect();
        descend(&segments, &Trail::ROOT, visit)
    }

    /// Returns the unescaped keys and indices from the root to this place.
    pub fn segments(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.0.split('/').skip(1).map(unescape)
    }

    /// Returns the last key or index, unescaped; `None` for the root.
    #[must_use]
    pub fn last(&self) -> Option<Cow<'_, str>> {
        self.0.rsplit_once('/').map(|(_, last)| unescape(last))
    }

    /// Returns the place that contains this one; `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0
            .rsplit_once('/')
            .map(|(parent, _)| Self(parent.to_owned()))
    }

    /// Returns whether this place equals `other` or is inside of it.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.strip(other).is_some()
    }

    /// Returns this place relative to `other`; `None` if it is not within `other`.
    #[must_use]
    pub fn strip(&self, other: &Self) -> Option<Self> {
        let rest = self.0.strip_prefix(&other.0)?;
        (rest.is_empty() || rest.starts_with('/')).then(|| Self(rest.to_owned()))
    }

    /// Returns the value at this place of a document; `None` if there is none.
    #[must_use]
    pub fn find<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        // `Value::pointer` allocates for each segment, and places are looked up very often.
        self.segments()
            .try_fold(document, |value, segment| match value {
                Value::Object(members) => members.get(segment.as_ref()),
                Value::Array(items) => {
                    let index: usize = segment.parse().ok()?;
                    // RFC 6901 has one spelling of each index.
                    items.get(index).filter(|_| index.to_string() == segment)
                }
                _ => None,
            })
    }

    /// Returns the pointer in the notation of RFC 6901.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The current place while walking a document: a pointer that allocates only when it is needed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trail<'a> {
    parent: Option<&'a Self>,
    step: TrailStep<'a>,
}

#[derive(Clone, Copy, Debug)]
enum TrailStep<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> Trail<'a> {
    /// The whole document.
    pub(crate) const ROOT: Self = Self {
        parent: None,
        step: TrailStep::Index(0),
    };

    /// Descends to a member.
    pub(crate) fn key(&'a self, key: &'a str) -> Self {
        Self {
            parent: Some(self),
            step: TrailStep::Key(key),
        }
    }

    /// Descends to an element.
    pub(crate) fn index(&'a self, index: usize) -> Self {
        Self {
            parent: Some(self),
            step: TrailStep::Index(index),
        }
    }

    /// Returns the place as a pointer.
    pub(crate) fn pointer(&self) -> Pointer {
        let Some(parent) = self.parent else {
            return Pointer::root();
        };
        match self.step {
            TrailStep::Key(key) => parent.pointer().key(key),
            TrailStep::Index(index) => parent.pointer().index(index),
        }
    }
}

fn unescape(segment: &str) -> Cow<'_, str> {
    if segment.contains('~') {
        // In this order: `~01` is `~1`, not `/`.
        Cow::Owned(segment.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(segment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found() {
        let document = serde_json::json!({"a": [{"b/c~d": 1}], "": 2});
        let find = |place: Pointer| place.find(&document).cloned();
        let root = Pointer::root();
        assert_eq!(find(root.clone()), Some(document.clone()));
        assert_eq!(find(root.key("a").index(0).key("b/c~d")), Some(1.into()));
        assert_eq!(find(root.key("")), Some(2.into()));
        for missing in [
            root.key("b"),
            root.key("a").index(1),
            root.key("a").key("00"),
            root.key("a").key("b"),
            root.key("").key("c"),
        ] {
            assert_eq!(find(missing), None);
        }
    }

    #[test]
    fn keys_are_escaped_and_unescaped() {
        let pointer = Pointer::root()
            .key("paths")
            .key("/a/{b~c}")
            .index(0)
            .key("~1");
        assert_eq!(pointer.as_str(), "/paths/~1a~1{b~0c}/0/~01");
        assert_eq!(
            pointer.segments().collect::<Vec<_>>(),
            ["paths", "/a/{b~c}", "0", "~1"]
        );
        assert_eq!(pointer.last().as_deref(), Some("~1"));
        assert_eq!(pointer.parent().unwrap().last().as_deref(), Some("0"));
        assert_eq!(Pointer::root().parent(), None);
    }

    #[test]
    fn fragments_are_parsed() {
        let pointer = |text| Pointer::from_fragment(text).map(|p| p.0);
        assert_eq!(pointer("#").as_deref(), Some(""));
        assert_eq!(
            pointer("#/paths/~1a/get").as_deref(),
            Some("/paths/~1a/get")
        );
        assert_eq!(
            pointer("#/paths/~1%7Bid%7D").as_deref(),
            Some("/paths/~1{id}")
        );
        assert_eq!(pointer("other.yaml#/a"), None);
        assert_eq!(pointer("Pet"), None);
        assert_eq!(pointer("#anchor"), None);
        assert_eq!(pointer("#/%ff"), None);
    }
}
