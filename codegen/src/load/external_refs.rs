//! Resolves `$ref`s into external files by inlining the files into the document's tree.
//!
//! Each file becomes a member of the root ([`Pointer::for_file`]), and each `$ref` to it is rewritten
//! into a `$ref` within the tree. Later stages do not handle files.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{
    parse,
    spec::{ObjectKind, ValueKind, section_of},
    walk::{self, PartMut},
};
use crate::{
    pointer::{Pointer, Trail},
    report::{Diagnostic, Place},
    source::Source,
};

/// The target of a `$ref`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RefTarget {
    /// A place in the same file.
    SameFile(Pointer),
    /// A place in the document itself, referenced from an external file.
    Document(Pointer),
    /// A place in an external file, whose path is relative to the document's folder.
    File(String, Pointer),
    /// A file outside the document's folder.
    OutsideFolder,
    /// A URL, an absolute path, or not a reference at all.
    NotAFile,
    /// A fragment that is not a JSON Pointer.
    NotAPointer,
}

impl RefTarget {
    /// Parses a `$ref` in `file`; `None` is the document itself.
    pub(super) fn parse(reference: &str, file: Option<&str>, source: &Source) -> Self {
        let (path, fragment) = match reference.find('#') {
            Some(at) => reference.split_at(at),
            None => (reference, "#"),
        };
        let Some(pointer) = Pointer::from_fragment(fragment) else {
            return Self::NotAPointer;
        };
        if path.is_empty() {
            return Self::SameFile(pointer);
        }
        let has_scheme = path
            .split('/')
            .next()
            .is_some_and(|first| first.contains(':'));
        let Ok(path) = percent_decode_str(path).decode_utf8() else {
            return Self::NotAFile;
        };
        if has_scheme || path.starts_with('/') || path.contains(['\\', '?', '\0']) {
            return Self::NotAFile;
        }
        let mut names: Vec<&str> = file.map_or_else(Vec::new, |file| file.split('/').collect());
        names.pop();
        for name in path.split('/') {
            match name {
                "" | "." => {}
                ".." => {
                    if names.pop().is_none() {
                        return Self::OutsideFolder;
                    }
                }
                name => names.push(name),
            }
        }
        let path = names.join("/");
        if path == source.file_name() {
            Self::Document(pointer)
        } else {
            Self::File(path, pointer)
        }
    }
}

/// Inlines all external files into the document's tree and returns their syntax errors and duplicate keys.
pub(super) fn inline(tree: &mut Value, source: &Source) -> Vec<Diagnostic> {
    if source.external_files.is_empty() {
        return Vec::new();
    }
    let loader = RefLoader::run(tree, source);
    let files = loader
        .trees
        .into_iter()
        .filter_map(|(path, tree)| Some((path, tree?)));
    let files: Map<String, Value> = files.collect();
    if let Some(root) = tree.as_object_mut() {
        root.insert(Pointer::FILES.to_owned(), files.into());
    }
    loader.findings
}

/// Returns the external files that the document references, directly or through other files, and that are not
/// in [`Source::external_files`] yet.
pub(crate) fn missing_files(source: &Source) -> BTreeSet<String> {
    let texts = source
        .external_files
        .values()
        .filter_map(|text| text.as_ref().ok());
    let mut texts = std::iter::once(&source.text).chain(texts);
    if !texts.any(|text| may_reference_files(text)) {
        return BTreeSet::new();
    }
    match parse::parse(&source.text) {
        Ok((mut tree, _)) => RefLoader::run(&mut tree, source).missing,
        Err(_) => BTreeSet::new(),
    }
}

/// Returns whether a text may contain a `$ref` to another file. Most documents contain none and need not be
/// parsed twice.
fn may_reference_files(text: &str) -> bool {
    text.match_indices("$ref").any(|(at, word)| {
        let rest = text.get(at + word.len()..).unwrap_or_default();
        let value = rest.trim_start_matches(|c: char| c.is_whitespace() || "'\":".contains(c));
        !value.starts_with('#')
    })
}

struct RefLoader<'a> {
    source: &'a Source,
    /// The parsed files by path; `None` for files with syntax errors.
    trees: BTreeMap<String, Option<Value>>,
    findings: Vec<Diagnostic>,
    missing: BTreeSet<String>,
    /// The `$ref` targets to visit: the file, the place in it, and the expected kind of object.
    pending: Vec<(Option<String>, Pointer, ObjectKind)>,
    seen: BTreeSet<(Option<String>, Pointer, ObjectKind)>,
}

impl<'a> RefLoader<'a> {
    fn run(tree: &mut Value, source: &'a Source) -> Self {
        let mut loader = Self {
            source,
            trees: BTreeMap::new(),
            findings: Vec::new(),
            missing: BTreeSet::new(),
            pending: Vec::new(),
            seen: BTreeSet::new(),
        };
        loader.value(ValueKind::Is(ObjectKind::OpenApi), tree, None);
        while let Some(next) = loader.pending.pop() {
            if !loader.seen.insert(next.clone()) {
                continue;
            }
            let (file, place, kind) = next;
            let expected = ValueKind::Ref(kind);
            let Some(path) = &file else {
                if let Some(value) = tree.pointer_mut(place.as_str()) {
                    loader.value(expected, value, None);
                }
                continue;
            };
            // Taken out of the map while it is visited, because the visit may add other files to the map.
            let Some(mut tree) = loader.trees.get_mut(path).and_then(Option::take) else {
                continue;
            };
            if let Some(value) = tree.pointer_mut(place.as_str()) {
                loader.value(expected, value, Some(path));
            }
            loader.trees.insert(path.clone(), Some(tree));
        }
        loader
    }

    /// Rewrites the `$ref`s in a value.
    fn value(&mut self, expected: ValueKind, value: &mut Value, file: Option<&str>) {
        walk::retain(expected, value, &Trail::ROOT, &mut |part, _| {
            match part {
                PartMut::Reference(kind, object) => {
                    if let Some(Value::String(reference)) = object.get_mut("$ref") {
                        self.reference(kind, reference, file);
                    }
                }
                PartMut::Object(ObjectKind::Discriminator, object) => {
                    let mapping = object.get_mut("mapping").and_then(Value::as_object_mut);
                    for value in mapping.into_iter().flat_map(Map::values_mut) {
                        // A component name in `mapping` contains none of these characters.
                        if let Value::String(text) = value
                            && text.contains(['#', '/', '.'])
                        {
                            self.reference(ObjectKind::Schema, text, file);
                        }
                    }
                }
                _ => {}
            }
            true
        });
    }

    /// Rewrites a `$ref` into one within the tree.
    fn reference(&mut self, kind: ObjectKind, reference: &mut String, file: Option<&str>) {
        let (file, pointer) = match RefTarget::parse(reference, file, self.source) {
            RefTarget::SameFile(pointer) => (file.map(str::to_owned), pointer),
            RefTarget::Document(pointer) => (None, pointer),
            RefTarget::File(path, pointer) if self.load_file(&path) => (Some(path), pointer),
            _ => return,
        };
        match &file {
            Some(path) => *reference = Pointer::for_file(path).join(&pointer).fragment(),
            None => *reference = pointer.fragment(),
        }
        // The components of the document itself are visited anyway.
        if file.is_some() || section_of(&pointer).is_none() {
            self.pending.push((file, pointer, kind));
        }
    }

    /// Parses a file on its first use; returns `false` if it is missing or unreadable.
    fn load_file(&mut self, path: &str) -> bool {
        match self.source.external_files.get(path) {
            None => {
                self.missing.insert(path.to_owned());
                false
            }
            Some(Err(_)) => false,
            Some(Ok(text)) => {
                if !self.trees.contains_key(path) {
                    let tree = match parse::parse(text) {
                        Ok((tree, findings)) => {
                            let findings = findings.into_iter();
                            self.findings
                                .extend(findings.map(|finding| move_to_file(finding, path)));
                            Some(tree)
                        }
                        Err(finding) => {
                            self.findings.push(move_to_file(finding, path));
                            None
                        }
                    };
                    self.trees.insert(path.to_owned(), tree);
                }
                true
            }
        }
    }
}

/// Changes the places of a finding from places in a file to places in the whole tree.
fn move_to_file(mut finding: Diagnostic, path: &str) -> Diagnostic {
    let root = Pointer::for_file(path);
    let places = finding.related.iter_mut().map(|(place, _)| place);
    for place in places.chain([&mut finding.place]) {
        match place {
            Place::Position { file, .. } => *file = Some(path.to_owned()),
            Place::Key(pointer) | Place::SecondKey(pointer) | Place::Value(pointer) => {
                *pointer = root.join(pointer);
            }
        }
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ref_targets_are_parsed() {
        let source = Source::new("api/openapi.yaml", "");
        let pointer = |text: &str| Pointer::from_fragment(text).unwrap();
        let file = |path: &str, text: &str| RefTarget::File(path.to_owned(), pointer(text));
        for (reference, from, expected) in [
            ("#/a/b", None, RefTarget::SameFile(pointer("#/a/b"))),
            ("#/a", Some("b/c.yaml"), RefTarget::SameFile(pointer("#/a"))),
            ("pet.yaml", None, file("pet.yaml", "#")),
            ("./a%20b/./pet.yaml#/A", None, file("a b/pet.yaml", "#/A")),
            ("../c.json#", Some("a/b.yaml"), file("c.json", "#")),
            ("d.yaml", Some("a/b.yaml"), file("a/d.yaml", "#")),
            (
                "../openapi.yaml#/x",
                Some("a/b.yaml"),
                RefTarget::Document(pointer("#/x")),
            ),
            ("../pet.yaml", None, RefTarget::OutsideFolder),
            ("a/../../pet.yaml", None, RefTarget::OutsideFolder),
            ("/etc/passwd", None, RefTarget::NotAFile),
            ("https://example.com/a.yaml#/b", None, RefTarget::NotAFile),
            ("C:\\a.yaml", None, RefTarget::NotAFile),
            ("..\\a.yaml", None, RefTarget::NotAFile),
            ("#anchor", None, RefTarget::NotAPointer),
            ("a.yaml#anchor", None, RefTarget::NotAPointer),
        ] {
            assert_eq!(
                RefTarget::parse(reference, from, &source),
                expected,
                "{reference}"
            );
        }
    }

    #[test]
    fn only_texts_with_external_refs_are_parsed_twice() {
        for (text, expected) in [
            ("{\"$ref\": \"#/a\", \"b\": {\"$ref\" : '#/c'}}", false),
            ("$ref: '#/a'\n$ref: \"#/b\"", false),
            ("$ref: a.yaml", true),
            ("{\"$ref\":\"a.json\"}", true),
            ("$ref: >-\n  a.yaml", true),
        ] {
            assert_eq!(may_reference_files(text), expected, "{text}");
        }
    }
}
