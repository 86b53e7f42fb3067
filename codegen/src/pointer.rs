//! JSON Pointers (RFC 6901): where in a document something stands.

use std::{borrow::Cow, fmt};

use percent_encoding::percent_decode_str;

/// A JSON Pointer, such as `/paths/~1status~1{codes}/get`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    #[must_use]
    pub const fn root() -> Self {
        Self(String::new())
    }

    /// The member `key` of what this points to.
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

    /// The element `index` of what this points to.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.key(&index.to_string())
    }

    /// The pointer that a `$ref` holds: `#/components/schemas/Pet`.
    ///
    /// `None` for anything that is no pointer into the same document.
    #[must_use]
    pub fn from_fragment(reference: &str) -> Option<Self> {
        let pointer = reference.strip_prefix('#')?;
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return None;
        }
        let pointer = percent_decode_str(pointer).decode_utf8().ok()?;
        Some(Self(pointer.into_owned()))
    }

    /// The key of a tree under which the files beside the document stand, each by its path.
    pub(crate) const FILES: &str = "x-statusquo-files";

    /// The root of a file beside the document.
    pub(crate) fn of_file(path: &str) -> Self {
        Self::root().key(Self::FILES).key(path)
    }

    /// The file beside the document in which this is, and the place there; `None` for a place in the
    /// document itself.
    pub(crate) fn in_file(&self) -> Option<(String, Self)> {
        let files = Self::root().key(Self::FILES);
        let rest = self.strip(&files)?;
        let path = rest.segments().next()?.into_owned();
        let place = rest.strip(&Self::root().key(&path))?;
        Some((path, place))
    }

    /// This place, as seen from here, as seen from where this one is.
    pub(crate) fn join(&self, inner: &Self) -> Self {
        Self(format!("{}{}", self.0, inner.0))
    }

    /// The pointer as a `$ref` into the same tree.
    pub(crate) fn fragment(&self) -> String {
        format!("#{}", self.0.replace('%', "%25"))
    }

    /// The pointer as whoever wrote the document knows it, as a `$ref`: with the file, if that is another one.
    #[must_use]
    pub fn reference(&self) -> String {
        match self.in_file() {
            None => format!("#{self}"),
            Some((path, place)) if place.0.is_empty() => path,
            Some((path, place)) => format!("{path}#{place}"),
        }
    }

    /// Does something at the end of the way from the root.
    pub(crate) fn walk<T>(&self, visit: impl FnOnce(&Trail<'_>) -> T) -> T {
        fn along<T>(
            way: &[Cow<'_, str>],
            at: &Trail<'_>,
            visit: impl FnOnce(&Trail<'_>) -> T,
        ) -> T {
            match way.split_first() {
                Some((first, rest)) => along(rest, &at.key(first), visit),
                None => visit(at),
            }
        }
        let way: Vec<_> = self.segments().collect();
        along(&way, &Trail::ROOT, visit)
    }

    /// The keys and indices on the way from the root, unescaped.
    pub fn segments(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.0.split('/').skip(1).map(unescape)
    }

    /// The last key or index, unescaped; `None` for the root.
    #[must_use]
    pub fn last(&self) -> Option<Cow<'_, str>> {
        self.0.rsplit_once('/').map(|(_, last)| unescape(last))
    }

    /// What holds this; `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0
            .rsplit_once('/')
            .map(|(parent, _)| Self(parent.to_owned()))
    }

    /// Whether this is what another points to, or a part of that.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.strip(other).is_some()
    }

    /// The way to this from another; `None` if it is not within that.
    #[must_use]
    pub fn strip(&self, other: &Self) -> Option<Self> {
        let rest = self.0.strip_prefix(&other.0)?;
        (rest.is_empty() || rest.starts_with('/')).then(|| Self(rest.to_owned()))
    }

    /// The pointer as RFC 6901 writes it.
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

/// The way down a document that is being walked: a pointer that costs nothing until it is needed.
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

    /// The way on to a member.
    pub(crate) fn key(&'a self, key: &'a str) -> Self {
        Self {
            parent: Some(self),
            step: TrailStep::Key(key),
        }
    }

    /// The way on to an element.
    pub(crate) fn index(&'a self, index: usize) -> Self {
        Self {
            parent: Some(self),
            step: TrailStep::Index(index),
        }
    }

    /// The way as a pointer.
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
    fn escapes_and_unescapes() {
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
    fn reads_fragments() {
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
