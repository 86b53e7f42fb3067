//! The files beside a document that its `$ref`s lead to, brought into its tree.
//!
//! Each file stands under a key of its own at the root ([`Pointer::of_file`]), and each `$ref` to it
//! becomes one into the tree, so that nothing behind this has to know of files.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{
    parse,
    spec::{ObjectKeys, ObjectKind, ValueKind, section_of},
};
use crate::{
    pointer::Pointer,
    report::{Diagnostic, Place},
    source::Source,
};

/// What a `$ref` leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RefTarget {
    /// A place in the same file.
    Here(Pointer),
    /// A place in the document itself, from a file beside it.
    Document(Pointer),
    /// A place in a file beside the document, by its path from the document's folder.
    File(String, Pointer),
    /// A file that is not in the document's folder.
    Outside,
    /// An address, or what is no reference at all.
    Elsewhere,
    /// A text with `#` at its start that is no pointer.
    NoPointer,
}

impl RefTarget {
    /// Reads the `$ref` of a file; `None` is the document itself.
    pub(super) fn read(reference: &str, file: Option<&str>, source: &Source) -> Self {
        let (path, fragment) = match reference.find('#') {
            Some(at) => reference.split_at(at),
            None => (reference, "#"),
        };
        let Some(pointer) = Pointer::from_fragment(fragment) else {
            return Self::NoPointer;
        };
        if path.is_empty() {
            return Self::Here(pointer);
        }
        let has_scheme = path
            .split('/')
            .next()
            .is_some_and(|first| first.contains(':'));
        let Ok(path) = percent_decode_str(path).decode_utf8() else {
            return Self::Elsewhere;
        };
        if has_scheme || path.starts_with('/') || path.contains(['\\', '?', '\0']) {
            return Self::Elsewhere;
        }
        let mut names: Vec<&str> = file.map_or_else(Vec::new, |file| file.split('/').collect());
        names.pop();
        for name in path.split('/') {
            match name {
                "" | "." => {}
                ".." => {
                    if names.pop().is_none() {
                        return Self::Outside;
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

/// Brings all files that a document leads to into its tree; gives what is wrong with them as texts.
pub(super) fn join(tree: &mut Value, source: &Source) -> Vec<Diagnostic> {
    if source.external_files.is_empty() {
        return Vec::new();
    }
    let joiner = RefLoader::run(tree, source);
    let files = joiner
        .trees
        .into_iter()
        .filter_map(|(path, tree)| Some((path, tree?)));
    let files: Map<String, Value> = files.collect();
    if let Some(root) = tree.as_object_mut() {
        root.insert(Pointer::FILES.to_owned(), files.into());
    }
    joiner.findings
}

/// The files that a document leads to, by way of those beside it, and that nobody has tried to read.
pub(crate) fn missing_files(source: &Source) -> BTreeSet<String> {
    let texts = source
        .external_files
        .values()
        .filter_map(|text| text.as_ref().ok());
    let mut texts = std::iter::once(&source.text).chain(texts);
    if !texts.any(|text| may_leave(text)) {
        return BTreeSet::new();
    }
    match parse::read(&source.text) {
        Ok((mut tree, _)) => RefLoader::run(&mut tree, source).missing,
        Err(_) => BTreeSet::new(),
    }
}

/// Whether a `$ref` of a text may lead out of it. Most documents have none, and need not be read twice.
fn may_leave(text: &str) -> bool {
    text.match_indices("$ref").any(|(at, word)| {
        let rest = text.get(at + word.len()..).unwrap_or_default();
        let value = rest.trim_start_matches(|c: char| c.is_whitespace() || "'\":".contains(c));
        !value.starts_with('#')
    })
}

struct RefLoader<'a> {
    source: &'a Source,
    /// The trees of the files; `None` for those that are no trees.
    trees: BTreeMap<String, Option<Value>>,
    findings: Vec<Diagnostic>,
    missing: BTreeSet<String>,
    /// What has not been looked at: the file, the place in it, and what should stand there.
    open: Vec<(Option<String>, Pointer, ObjectKind)>,
    seen: BTreeSet<(Option<String>, Pointer, ObjectKind)>,
}

impl<'a> RefLoader<'a> {
    fn run(tree: &mut Value, source: &'a Source) -> Self {
        let mut joiner = Self {
            source,
            trees: BTreeMap::new(),
            findings: Vec::new(),
            missing: BTreeSet::new(),
            open: Vec::new(),
            seen: BTreeSet::new(),
        };
        joiner.value(ValueKind::Is(ObjectKind::OpenApi), tree, None);
        while let Some(next) = joiner.open.pop() {
            if !joiner.seen.insert(next.clone()) {
                continue;
            }
            let (file, place, kind) = next;
            let form = ValueKind::Ref(kind);
            let Some(path) = &file else {
                if let Some(value) = tree.pointer_mut(place.as_str()) {
                    joiner.value(form, value, None);
                }
                continue;
            };
            // Out of the map while it changes, for other files may be read meanwhile.
            let Some(mut tree) = joiner.trees.get_mut(path).and_then(Option::take) else {
                continue;
            };
            if let Some(value) = tree.pointer_mut(place.as_str()) {
                joiner.value(form, value, Some(path));
            }
            joiner.trees.insert(path.clone(), Some(tree));
        }
        joiner
    }

    fn value(&mut self, form: ValueKind, value: &mut Value, file: Option<&str>) {
        match (form, value) {
            (ValueKind::Ref(kind) | ValueKind::FlagOrRef(kind), Value::Object(members)) => {
                match members.get_mut("$ref") {
                    Some(Value::String(reference)) => self.reference(kind, reference, file),
                    Some(_) => {}
                    None => self.object(kind, members, file),
                }
            }
            (ValueKind::Is(kind), Value::Object(members)) => self.object(kind, members, file),
            (ValueKind::List(form), Value::Array(items)) => {
                for item in items {
                    self.value(*form, item, file);
                }
            }
            (ValueKind::Map(form), Value::Object(members)) => {
                for member in members.values_mut() {
                    self.value(*form, member, file);
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, kind: ObjectKind, members: &mut Map<String, Value>, file: Option<&str>) {
        match kind.members() {
            ObjectKeys::Fields(fields) => {
                for field in fields {
                    if let Some(value) = members.get_mut(field.name) {
                        self.value(field.form, value, file);
                    }
                }
            }
            ObjectKeys::Named(form) => {
                for (key, value) in members.iter_mut() {
                    if !key.starts_with("x-") {
                        self.value(form, value, file);
                    }
                }
            }
        }
        if kind == ObjectKind::Discriminator
            && let Some(Value::Object(mapping)) = members.get_mut("mapping")
        {
            for value in mapping.values_mut() {
                // The name of a component has none of these.
                if let Value::String(text) = value
                    && text.contains(['#', '/', '.'])
                {
                    self.reference(ObjectKind::Schema, text, file);
                }
            }
        }
    }

    /// Makes a reference one into the tree.
    fn reference(&mut self, kind: ObjectKind, reference: &mut String, file: Option<&str>) {
        let (file, pointer) = match RefTarget::read(reference, file, self.source) {
            RefTarget::Here(pointer) => (file.map(str::to_owned), pointer),
            RefTarget::Document(pointer) => (None, pointer),
            RefTarget::File(path, pointer) if self.has(&path) => (Some(path), pointer),
            _ => return,
        };
        match &file {
            Some(path) => *reference = Pointer::of_file(path).join(&pointer).fragment(),
            None => *reference = pointer.fragment(),
        }
        // What stands in a section of the document is looked at where it stands.
        if file.is_some() || section_of(&pointer).is_none() {
            self.open.push((file, pointer, kind));
        }
    }

    /// Whether there is a file, which is read when it is first asked for.
    fn has(&mut self, path: &str) -> bool {
        match self.source.external_files.get(path) {
            None => {
                self.missing.insert(path.to_owned());
                false
            }
            Some(Err(_)) => false,
            Some(Ok(text)) => {
                if !self.trees.contains_key(path) {
                    let tree = match parse::read(text) {
                        Ok((tree, findings)) => {
                            let findings = findings.into_iter();
                            self.findings
                                .extend(findings.map(|finding| within(finding, path)));
                            Some(tree)
                        }
                        Err(finding) => {
                            self.findings.push(within(finding, path));
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

/// A finding about a file as one about the tree that it stands in.
fn within(mut finding: Diagnostic, path: &str) -> Diagnostic {
    let root = Pointer::of_file(path);
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
    fn references_are_read() {
        let source = Source::new("api/openapi.yaml", "");
        let pointer = |text: &str| Pointer::from_fragment(text).unwrap();
        let file = |path: &str, text: &str| RefTarget::File(path.to_owned(), pointer(text));
        for (reference, from, expected) in [
            ("#/a/b", None, RefTarget::Here(pointer("#/a/b"))),
            ("#/a", Some("b/c.yaml"), RefTarget::Here(pointer("#/a"))),
            ("pet.yaml", None, file("pet.yaml", "#")),
            ("./a%20b/./pet.yaml#/A", None, file("a b/pet.yaml", "#/A")),
            ("../c.json#", Some("a/b.yaml"), file("c.json", "#")),
            ("d.yaml", Some("a/b.yaml"), file("a/d.yaml", "#")),
            (
                "../openapi.yaml#/x",
                Some("a/b.yaml"),
                RefTarget::Document(pointer("#/x")),
            ),
            ("../pet.yaml", None, RefTarget::Outside),
            ("a/../../pet.yaml", None, RefTarget::Outside),
            ("/etc/passwd", None, RefTarget::Elsewhere),
            ("https://example.com/a.yaml#/b", None, RefTarget::Elsewhere),
            ("C:\\a.yaml", None, RefTarget::Elsewhere),
            ("..\\a.yaml", None, RefTarget::Elsewhere),
            ("#anchor", None, RefTarget::NoPointer),
            ("a.yaml#anchor", None, RefTarget::NoPointer),
        ] {
            assert_eq!(
                RefTarget::read(reference, from, &source),
                expected,
                "{reference}"
            );
        }
    }

    #[test]
    fn only_what_may_leave_is_read_twice() {
        for (text, leaves) in [
            ("{\"$ref\": \"#/a\", \"b\": {\"$ref\" : '#/c'}}", false),
            ("$ref: '#/a'\n$ref: \"#/b\"", false),
            ("$ref: a.yaml", true),
            ("{\"$ref\":\"a.json\"}", true),
            ("$ref: >-\n  a.yaml", true),
        ] {
            assert_eq!(may_leave(text), leaves, "{text}");
        }
    }
}
