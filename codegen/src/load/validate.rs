//! A document, held against the tables of its form.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    external_refs::RefTarget,
    ref_depth,
    spec::{KeySpec, KeyUse, ObjectKeys, ObjectKind, SECTIONS, ValueKind, dependent, section_of},
};
use crate::{
    model::ResponseKey,
    pointer::{Pointer, Trail},
    report::{Diagnostic, Place, Rule, describe, list, nearest},
    source::Source,
};

/// RefTarget and kind of each `$ref`, with the places of all that say so.
pub(crate) type References = BTreeMap<(Pointer, ObjectKind), Vec<Pointer>>;

/// What holding a document against the tables has given.
pub(super) struct Validated {
    /// All that is wrong.
    pub(super) findings: Vec<Diagnostic>,
    /// Each thing that a `$ref` points to, with the kind that is expected there.
    pub(super) references: References,
    /// The places of the `$ref`s that cannot be followed.
    pub(super) broken: BTreeSet<Pointer>,
}

/// Holds a document against the tables.
pub(super) fn validate(tree: &Value, source: &Source) -> Validated {
    let mut checker = Validator {
        source,
        findings: Vec::new(),
        references: BTreeMap::new(),
        broken: BTreeSet::new(),
    };
    checker.value(ValueKind::Is(ObjectKind::OpenApi), tree, &Trail::ROOT);
    checker.targets(tree);
    Validated {
        findings: checker.findings,
        references: checker.references,
        broken: checker.broken,
    }
}

struct Validator<'a> {
    source: &'a Source,
    findings: Vec<Diagnostic>,
    references: References,
    broken: BTreeSet<Pointer>,
}

impl Validator<'_> {
    fn value(&mut self, form: ValueKind, value: &Value, at: &Trail<'_>) {
        match (form, value) {
            (ValueKind::Any, _)
            | (ValueKind::Text, Value::String(_))
            | (ValueKind::Flag | ValueKind::FlagOrRef(_), Value::Bool(_))
            | (ValueKind::Number, Value::Number(_)) => {}
            (ValueKind::OneOf(allowed), Value::String(text)) => {
                if !allowed.contains(&text.as_str()) {
                    self.wrong_word(allowed, text, at);
                }
            }
            (ValueKind::Count, Value::Number(number)) => {
                if number.as_u64().is_none() {
                    let message = format!("{number} is no count");
                    let place = Place::Value(at.pointer());
                    self.findings.push(
                        Diagnostic::error(Rule::WrongValue, place, message)
                            .help("write a whole number of 0 or more"),
                    );
                }
            }
            (ValueKind::Is(kind), Value::Object(members)) => self.object(kind, members, at),
            (ValueKind::Ref(kind) | ValueKind::FlagOrRef(kind), Value::Object(members)) => {
                match members.get("$ref") {
                    Some(reference) => self.reference(kind, reference, at),
                    None => self.object(kind, members, at),
                }
            }
            (ValueKind::List(form), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(*form, item, &at.index(index));
                }
            }
            (ValueKind::Map(form), Value::Object(members)) => {
                for (key, value) in members {
                    self.value(*form, value, &at.key(key));
                }
            }
            (form, value) => self.wrong_type(form, value, at),
        }
    }

    fn object(&mut self, kind: ObjectKind, members: &Map<String, Value>, at: &Trail<'_>) {
        let fields = match kind.members() {
            ObjectKeys::Fields(fields) => fields,
            ObjectKeys::Named(form) => {
                for (key, value) in members {
                    if !key.starts_with("x-") && self.name(kind, key, at) {
                        self.value(form, value, &at.key(key));
                    }
                }
                return;
            }
        };
        for field in fields {
            match members.get(field.name) {
                Some(value) => {
                    if let KeyUse::Nothing(why) = field.usage {
                        self.unused(field.name, value, why, at);
                    }
                    self.value(field.form, value, &at.key(field.name));
                }
                None if field.required => self.missing(kind, field.name, at),
                None => {}
            }
        }
        for key in members.keys() {
            if !key.starts_with("x-") && !fields.iter().any(|field| field.name == key) {
                self.unknown_key(kind, fields, key, at);
            }
        }
        for key in dependent(kind, members) {
            if !members.contains_key(*key) {
                self.missing(kind, key, at);
            }
        }
    }

    /// Whether a key may stand among the paths, the responses ...
    fn name(&mut self, kind: ObjectKind, key: &str, at: &Trail<'_>) -> bool {
        let place = || Place::Key(at.key(key).pointer());
        let finding = match kind {
            ObjectKind::Paths if !key.starts_with('/') => Diagnostic::error(
                Rule::WrongValue,
                place(),
                format!("the path `{key}` starts with no slash"),
            )
            .help(format!("write `/{key}`")),
            ObjectKind::Paths if key.contains(char::is_control) => {
                let message = format!(
                    "the path `{}` has a control character in it",
                    key.escape_debug()
                );
                Diagnostic::error(Rule::WrongValue, place(), message)
                    .help("no URL has one; write it percent-encoded if it is meant")
            }
            ObjectKind::Responses if ResponseKey::parse(key).is_none() => {
                let message = format!("`{key}` is no status");
                Diagnostic::error(Rule::NotAStatus, place(), message).help(
                    "a key of `responses` is a code from 100 to 599, a range such as `4XX`, or \
                     `default`",
                )
            }
            _ => return true,
        };
        self.findings.push(finding);
        false
    }

    fn reference(&mut self, kind: ObjectKind, reference: &Value, at: &Trail<'_>) {
        let place = at.key("$ref").pointer();
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
        let file = place.in_file().map(|(file, _)| file);
        let target = RefTarget::read(text, file.as_deref(), self.source);
        let (rule, message, label, help) = match target {
            RefTarget::Here(_) | RefTarget::NoPointer => (
                Rule::DanglingRef,
                format!("`{text}` has no JSON pointer behind its `#`"),
                "",
                "begin it with `#/`: `#/components/...`",
            ),
            RefTarget::Outside => (
                Rule::UnsupportedPart,
                format!("`{text}` is outside of the document's folder"),
                "only what is in that folder is read",
                "move the file into it, or bring this under `components` of the document",
            ),
            RefTarget::Elsewhere => (
                Rule::UnsupportedPart,
                format!("`{text}` is outside of this document"),
                "nothing is read from other places",
                "save it beside the document, or bring it under `components`",
            ),
            // It would be in the tree if it had been read.
            RefTarget::Document(_) | RefTarget::File(..) => (
                Rule::DanglingRef,
                format!("`{text}` cannot be read"),
                match target {
                    RefTarget::File(path, _) => match self.source.external_files.get(&path) {
                        Some(Err(why)) => why.as_str(),
                        _ => "there is no such file",
                    },
                    _ => "",
                },
                "name a file in the document's folder",
            ),
        };
        self.broken.insert(place.clone());
        let finding = Diagnostic::error(rule, Place::Value(place), message);
        self.findings.push(finding.label(label).help(help));
    }

    /// Follows each `$ref` to its end.
    fn targets(&mut self, tree: &Value) {
        // A target outside of `components` is held against its kind where it stands; there may be
        // further `$ref`s in it.
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
                self.target(tree, &target, kind, &places);
                followed.insert((target, kind));
            }
        }
        let mut told = Vec::with_capacity(self.findings.len());
        for finding in self.findings.drain(..) {
            if !told.contains(&finding) {
                told.push(finding);
            }
        }
        self.findings = told;
    }

    fn target(&mut self, tree: &Value, target: &Pointer, kind: ObjectKind, places: &[Pointer]) {
        let Some(value) = tree.pointer(target.as_str()) else {
            if let Some((file, _)) = target.in_file()
                && self.source.external_files.contains_key(&file)
                && tree.pointer(Pointer::of_file(&file).as_str()).is_none()
            {
                // What is wrong with the file as a whole is told already.
                self.broken.extend(places.iter().cloned());
                return;
            }
            let findings = places
                .iter()
                .map(|place| dangling(tree, target, kind, place));
            self.findings.extend(findings);
            return;
        };
        match section_of(target) {
            Some(actual) if actual != kind => {
                self.broken.extend(places.iter().cloned());
                self.references.remove(&(target.clone(), kind));
                let findings = places
                    .iter()
                    .map(|place| mistaken(target, actual, kind, place));
                self.findings.extend(findings);
            }
            Some(_) => {}
            None => {
                target.walk(|at| self.value(ValueKind::Ref(kind), value, at));
            }
        }
        if let Some(cycle) = cycle(tree, target) {
            self.broken.extend(places.iter().cloned());
            self.broken
                .extend(cycle.iter().map(|place| place.key("$ref")));
            self.findings.push(endless(&cycle));
        }
    }

    /// Says that nothing is made of a key, if it says something at all.
    fn unused(&mut self, key: &str, value: &Value, why: &str, at: &Trail<'_>) {
        let says_nothing = match value {
            Value::Bool(flag) => !flag,
            Value::Array(items) => items.is_empty(),
            Value::Object(members) => members.is_empty(),
            _ => false,
        };
        if !says_nothing {
            let place = Place::Key(at.key(key).pointer());
            let message = format!("`{key}` is not supported yet");
            self.findings.push(
                Diagnostic::warning(Rule::UnsupportedPart, place, message)
                    .label(why)
                    .help("remove it, unless other tools need it"),
            );
        }
    }

    fn missing(&mut self, kind: ObjectKind, key: &str, at: &Trail<'_>) {
        let message = format!("{} needs the key `{key}`", kind.noun());
        let help = match (kind, key) {
            (ObjectKind::Response, "description") => {
                "say what it means, in a line: `description: ...`".to_owned()
            }
            (ObjectKind::Parameter | ObjectKind::Header, "schema") => {
                "say what it is: `schema: {type: string}`".to_owned()
            }
            _ => format!("add `{key}`"),
        };
        let place = Place::Key(at.pointer());
        self.findings.push(
            Diagnostic::error(Rule::MissingKey, place, message)
                .label("here")
                .help(help),
        );
    }

    fn unknown_key(&mut self, kind: ObjectKind, fields: &[KeySpec], key: &str, at: &Trail<'_>) {
        let place = Place::Key(at.key(key).pointer());
        let message = format!("{} has no key `{key}`", kind.noun());
        let known = fields.iter().map(|field| field.name);
        // An operation that is not seen would be lost; everything else is a detail.
        let operation = kind == ObjectKind::PathItem
            && fields
                .iter()
                .any(|field| field.name.eq_ignore_ascii_case(key));
        let finding = if operation {
            Diagnostic::error(Rule::UnknownKey, place, message)
        } else {
            Diagnostic::warning(Rule::UnknownKey, place, message).label("nothing is made of this")
        };
        self.findings.push(finding.help(match nearest(key, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "remove it, or start its name with `x-`".to_owned(),
        }));
    }

    fn wrong_word(&mut self, allowed: &[&str], text: &str, at: &Trail<'_>) {
        let key = at.pointer();
        let key = key.last().unwrap_or_default();
        let message = format!("`{key}` cannot be `{}`", text.escape_debug());
        let help = match nearest(text, allowed.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is one of {}", list(allowed)),
        };
        let place = Place::Value(at.pointer());
        self.findings
            .push(Diagnostic::error(Rule::WrongValue, place, message).help(help));
    }

    fn wrong_type(&mut self, form: ValueKind, value: &Value, at: &Trail<'_>) {
        let pointer = at.pointer();
        let expected = match form {
            ValueKind::Text | ValueKind::OneOf(_) => "a string",
            ValueKind::Flag => "`true` or `false`",
            ValueKind::Number => "a number",
            ValueKind::Count => "a whole number",
            ValueKind::List(_) => "a list",
            ValueKind::Any | ValueKind::Is(_) | ValueKind::Ref(_) | ValueKind::Map(_) => {
                "a mapping"
            }
            ValueKind::FlagOrRef(_) => "`true`, `false` or a schema",
        };
        let name = match pointer.last() {
            Some(key) => format!("`{key}`"),
            None => "the document".to_owned(),
        };
        let help = match (form, value) {
            (ValueKind::Text | ValueKind::OneOf(_), Value::Number(_) | Value::Bool(_)) => {
                format!("put it in quotes: `'{value}'`")
            }
            (
                ValueKind::Any | ValueKind::Is(_) | ValueKind::Ref(_) | ValueKind::Map(_),
                Value::Null,
            ) => "give it a value; an empty one is `{}`".to_owned(),
            (ValueKind::List(_), Value::Null) => "give it a value; an empty one is `[]`".to_owned(),
            (ValueKind::Text, Value::Null) => "give it a value; an empty one is `''`".to_owned(),
            (_, Value::Null) => "give it a value, or remove the key".to_owned(),
            _ => format!("write {expected}"),
        };
        let message = format!("{name} is {}, not {expected}", describe(value));
        self.findings
            .push(Diagnostic::error(Rule::WrongType, Place::Value(pointer), message).help(help));
    }
}

fn dangling(tree: &Value, target: &Pointer, kind: ObjectKind, place: &Pointer) -> Diagnostic {
    let section = SECTIONS
        .iter()
        .find(|(_, section)| *section == kind)
        .map(|(name, _)| *name);
    let known = section
        .and_then(|section| tree.get("components")?.get(section)?.as_object())
        .map(|section| section.keys().map(String::as_str));
    let near = target
        .last()
        .and_then(|name| nearest(&name, known.into_iter().flatten()).map(str::to_owned));
    let help = match (near, section) {
        (Some(near), Some(section)) => format!("did you mean `#/components/{section}/{near}`?"),
        (None, Some(section)) if target.in_file().is_none() => {
            format!("declare it under `components.{section}`")
        }
        _ => "point to something that is there".to_owned(),
    };
    let message = match target.in_file() {
        None => format!("`#{target}` is not in this document"),
        Some((path, place)) => format!("`#{place}` is not in `{path}`"),
    };
    Diagnostic::error(Rule::DanglingRef, Place::Value(place.clone()), message).help(help)
}

fn mistaken(
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
        .label(format!("{} belongs here", expected.noun()))
        .related(Place::Key(target.clone()), "this is what it points to")
        .help("point it to another place")
}

/// The `$ref`s that come back to where they started from, beginning with the first in order.
fn cycle(tree: &Value, start: &Pointer) -> Option<Vec<Pointer>> {
    let mut seen = vec![start.clone()];
    loop {
        let reference = tree.pointer(seen.last()?.as_str())?.get("$ref")?.as_str()?;
        let next = Pointer::from_fragment(reference)?;
        if let Some(back) = seen.iter().position(|pointer| *pointer == next) {
            let mut cycle = seen.split_off(back);
            let least = cycle
                .iter()
                .enumerate()
                .min_by_key(|(_, pointer)| (*pointer).clone())?
                .0;
            cycle.rotate_left(least);
            return Some(cycle);
        }
        // A way that is longer is refused as such.
        if seen.len() > ref_depth::MOST {
            return None;
        }
        seen.push(next);
    }
}

fn endless(cycle: &[Pointer]) -> Diagnostic {
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
        format!("these references never end: {}", names.join(" -> ")),
    )
    .label("leads back to itself")
    .help("let one of them say what it is, instead of `$ref`");
    places.fold(finding, |finding, place| {
        finding.related(place, "by way of this")
    })
}
