//! Resolves `$ref`s: finds the target of each while a document is validated, and follows them afterward.

use std::collections::{BTreeSet, HashSet};

use openapiv3::ReferenceOr;
use serde_json::Value;

use super::{
    Document, Located,
    external_refs::RefTarget,
    ref_depth,
    spec::{ObjectKind, SECTIONS, ValueKind, section_of},
    typed::Component,
    validate::Validator,
};
use crate::{
    pointer::{Pointer, Trail},
    report::{Diagnostic, Place, Rule, nearest},
};

/// The number of `$ref`s after which a chain is a cycle.
const MAX_CHAIN: usize = 10_000;

/// Returns the value at a place, after following its `$ref`s; `None` if one of them is dangling, or if they
/// are a cycle.
pub(crate) fn resolve<'a>(tree: &'a Value, place: &Pointer) -> Option<Located<'a, Value>> {
    let end = chain(tree, place).take(MAX_CHAIN).last()?;
    let reference = end.node.get("$ref");
    reference.and_then(Value::as_str).is_none().then_some(end)
}

/// Returns the value at a place, then the target of its `$ref`, and so on. Endless for a cycle.
fn chain<'a>(tree: &'a Value, place: &Pointer) -> impl Iterator<Item = Located<'a, Value>> {
    let at = |place: Pointer| Some(Located::new(place.find(tree)?, place));
    std::iter::successors(at(place.clone()), move |from| {
        let reference = from.node.get("$ref")?.as_str()?;
        at(Pointer::from_fragment(reference)?)
    })
}

impl Document {
    /// Follows the `$ref`s of a node and returns the final target with its place.
    ///
    /// Never returns `None` for a valid document: [`load`](super::load) has resolved every `$ref`.
    pub(crate) fn resolve<'a, T: Component>(
        &'a self,
        at: &Located<'a, ReferenceOr<T>>,
    ) -> Option<Located<'a, T>> {
        match at.node {
            ReferenceOr::Item(item) => Some(Located::new(item, at.place.clone())),
            ReferenceOr::Reference { reference } => {
                let target = resolve(&self.tree, &Pointer::from_fragment(reference)?)?;
                let item = self.targets.get(&target.place)?.as_item()?;
                Some(Located::new(item, target.place))
            }
        }
    }
}

impl Validator<'_> {
    /// Records the target of a `$ref`, or reports that it cannot be one.
    pub(super) fn reference(&mut self, kind: ObjectKind, reference: &Value, at: &Trail<'_>) {
        let place = at.key("$ref").pointer();
        if let Some(part) = &self.optional {
            self.optional_references.insert(place.clone(), part.clone());
        }
        let Value::String(text) = reference else {
            return self.wrong_type(ValueKind::Text, reference, &at.key("$ref"));
        };
        if let Some(target) = Pointer::from_fragment(text) {
            self.references
                .entry((target, kind))
                .or_default()
                .push(place);
            return;
        }
        let file = place.external_file().map(|(file, _)| file);
        let target = RefTarget::parse(text, file.as_deref(), self.source);
        let (rule, message, label, help) = match target {
            RefTarget::SameFile(_) | RefTarget::NotAPointer => (
                Rule::DanglingRef,
                format!("`{text}` does not contain a JSON Pointer"),
                "expected `#/...`",
                "start the fragment with `#/`, as in `#/components/...`",
            ),
            RefTarget::OutsideFolder => (
                Rule::UnsupportedPart,
                format!("`{text}` is outside the document's folder"),
                "only files in that folder are read",
                "move the file into the folder, or copy this part to `components` of the document",
            ),
            RefTarget::NotAFile => (
                Rule::UnsupportedPart,
                format!("`{text}` is not a relative path"),
                "URLs and absolute paths are not read",
                "save the file in the document's folder, or copy this part to `components`",
            ),
            // The files that could be read are already part of the tree.
            RefTarget::Document(_) | RefTarget::File(..) => (
                Rule::DanglingRef,
                format!("`{text}` cannot be read"),
                match target {
                    RefTarget::File(path, _) => match self.source.external_files.get(&path) {
                        Some(Err(reason)) => reason.as_str(),
                        _ => "there is no such file",
                    },
                    _ => "",
                },
                "correct the path; it is relative to the folder of the file that contains this `$ref`",
            ),
        };
        self.broken.insert(place.clone());
        let finding = Diagnostic::error(rule, Place::Value(place), message);
        self.report(finding.label(label).help(help));
    }

    /// Resolves each `$ref`, and validates the targets outside of `components`.
    pub(super) fn resolve_targets(&mut self, tree: &Value) {
        // Validating a target can add further `$ref`s.
        let mut followed = BTreeSet::new();
        loop {
            let references: Vec<_> = self
                .references
                .iter()
                .filter(|(reference, _)| !followed.contains(*reference))
                .map(|(reference, places)| (reference.clone(), places.clone()))
                .collect();
            if references.is_empty() {
                break;
            }
            for ((target, kind), places) in references {
                self.resolve(tree, &target, kind, &places);
                followed.insert((target, kind));
            }
        }
        let mut seen = HashSet::new();
        self.findings.retain(|finding| seen.insert(finding.clone()));
    }

    fn resolve(&mut self, tree: &Value, target: &Pointer, kind: ObjectKind, places: &[Pointer]) {
        let Some(value) = target.find(tree) else {
            if let Some((file, _)) = target.external_file()
                && self.source.external_files.contains_key(&file)
                && tree.pointer(Pointer::for_file(&file).as_str()).is_none()
            {
                // The syntax error of the file is already reported.
                self.broken.extend(places.iter().cloned());
                return;
            }
            for place in places {
                let finding = dangling(tree, target, kind, place);
                self.report_in(self.optional_references.get(place).cloned(), finding);
            }
            return;
        };
        match section_of(target) {
            Some(actual) if actual != kind => {
                self.broken.extend(places.iter().cloned());
                self.references.remove(&(target.clone(), kind));
                for place in places {
                    let finding = wrong_kind(target, actual, kind, place);
                    let part = self.optional_references.get(place).cloned();
                    self.report_in(part.or_else(|| schema_of_text(place)), finding);
                }
            }
            Some(_) => {}
            None => {
                // A target on which nothing else depends can be left out with any of its `$ref`s.
                let mut parts = places
                    .iter()
                    .map(|place| self.optional_references.get(place));
                let part = parts.clone().all(|part| part.is_some());
                self.optional = parts.next().flatten().filter(|_| part).cloned();
                target.walk(|at| self.validate(ValueKind::Ref(kind), value, at));
                self.optional = None;
            }
        }
        if let Some(cycle) = find_cycle(tree, target) {
            self.broken.extend(places.iter().cloned());
            self.broken
                .extend(cycle.iter().map(|place| place.key("$ref")));
            self.findings.push(ref_cycle(&cycle));
        }
    }
}

/// Returns the place of a schema if a `$ref` stands for it, and if the schema is that of content of a media type whose
/// type does not depend on it: text or bytes.
fn schema_of_text(reference: &Pointer) -> Option<Pointer> {
    let schema = reference.parent()?;
    let media = schema.parent()?;
    let is_content = schema.last()? == "schema" && media.parent()?.last()? == "content";
    let media = media.last()?.to_ascii_lowercase();
    let is_typed = ["json", "*", "multipart/", "x-www-form-urlencoded"]
        .iter()
        .any(|part| media.contains(part));
    (is_content && !is_typed).then_some(schema)
}

fn dangling(tree: &Value, target: &Pointer, kind: ObjectKind, place: &Pointer) -> Diagnostic {
    let section = SECTIONS
        .iter()
        .find(|(_, section)| *section == kind)
        .map(|(name, _)| *name);
    let names = section
        .and_then(|section| tree.get("components")?.get(section)?.as_object())
        .map(|section| section.keys().map(String::as_str));
    let near = target
        .last()
        .and_then(|name| nearest(&name, names.into_iter().flatten()).map(str::to_owned));
    let help = match (near, section) {
        (Some(near), Some(section)) => format!("did you mean `#/components/{section}/{near}`?"),
        (None, Some(section)) if target.external_file().is_none() => {
            format!("declare it under `components.{section}`")
        }
        _ => "correct the pointer".to_owned(),
    };
    let message = match target.external_file() {
        None => format!("`#{target}` does not exist in this document"),
        Some((path, place)) => format!("`#{place}` does not exist in `{path}`"),
    };
    Diagnostic::error(Rule::DanglingRef, Place::Value(place.clone()), message).help(help)
}

fn wrong_kind(
    target: &Pointer,
    actual: ObjectKind,
    expected: ObjectKind,
    place: &Pointer,
) -> Diagnostic {
    let target_name = target.reference();
    let message = format!(
        "`{target_name}` is {}, not {}",
        actual.noun(),
        expected.noun()
    );
    Diagnostic::error(Rule::DanglingRef, Place::Value(place.clone()), message)
        .label(format!("expected {}", expected.noun()))
        .related(Place::Key(target.clone()), "the `$ref` points here")
        .help(format!("point the `$ref` to {}", expected.noun()))
}

/// Returns the places of a cycle of `$ref`s that `start` leads to, rotated to begin with the smallest place.
fn find_cycle(tree: &Value, start: &Pointer) -> Option<Vec<Pointer>> {
    let mut seen: Vec<Pointer> = Vec::new();
    // `ref_depth` reports longer chains.
    for next in chain(tree, start).take(ref_depth::MAX_DEPTH + 2) {
        if let Some(back) = seen.iter().position(|place| *place == next.place) {
            let mut cycle = seen.split_off(back);
            let least = cycle.iter().enumerate().min_by_key(|(_, place)| *place)?.0;
            cycle.rotate_left(least);
            return Some(cycle);
        }
        seen.push(next.place);
    }
    None
}

fn ref_cycle(cycle: &[Pointer]) -> Diagnostic {
    let mut names: Vec<_> = cycle
        .iter()
        .map(|pointer| format!("`{}`", pointer.reference()))
        .collect();
    names.extend(names.first().cloned());
    let mut places = cycle
        .iter()
        .map(|pointer| Place::Value(pointer.key("$ref")));
    let first = places.next().unwrap_or(Place::Key(Pointer::root()));
    let finding = Diagnostic::error(
        Rule::RefCycle,
        first,
        format!("these `$ref`s form a cycle: {}", names.join(" -> ")),
    )
    .label("this `$ref` leads back to itself")
    .help("replace one of the `$ref`s with a definition");
    places.fold(finding, |finding, place| {
        finding.related(place, "through this `$ref`")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn refs_are_followed_to_the_end() {
        let tree = json!({
            "a": {"$ref": "#/b"}, "b": {"$ref": "#/c/0"}, "c": [{"type": "string"}],
            "dangling": {"$ref": "#/none"},
            "cycle": {"$ref": "#/circle"}, "circle": {"$ref": "#/cycle"},
        });
        let place = |key: &str| Pointer::root().key(key);
        let end = resolve(&tree, &place("a")).unwrap();
        assert_eq!((end.place, end.node), (place("c").index(0), &tree["c"][0]));
        for key in ["none", "dangling", "cycle"] {
            assert!(resolve(&tree, &place(key)).is_none(), "{key}");
        }
        assert_eq!(find_cycle(&tree, &place("a")), None);
        let cycle = [place("circle"), place("cycle")];
        assert_eq!(find_cycle(&tree, &place("cycle")).unwrap(), cycle);
    }
}
