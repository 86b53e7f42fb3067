//! Validates a document against the tables of [`spec`](super::spec).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    spec::{KeySpec, KeyUse, ObjectKeys, ObjectKind, ValueKind, dependent},
    walk::{self, Part},
};
use crate::{
    model::ResponseKey,
    pointer::{Pointer, Trail},
    report::{Diagnostic, Place, Rule, describe, list, nearest},
    source::Source,
};

/// The target and expected kind of each `$ref`, with the places of all `$ref`s to it.
pub(crate) type References = BTreeMap<(Pointer, ObjectKind), Vec<Pointer>>;

/// The result of validating a document.
pub(super) struct Validated {
    pub(super) findings: Vec<Diagnostic>,
    pub(super) references: References,
    /// The places of the `$ref`s that cannot be resolved.
    pub(super) broken: BTreeSet<Pointer>,
}

/// Validates a document, and resolves its `$ref`s.
pub(super) fn validate(tree: &Value, source: &Source) -> Validated {
    let mut checker = Validator {
        source,
        findings: Vec::new(),
        references: BTreeMap::new(),
        broken: BTreeSet::new(),
    };
    checker.validate(ValueKind::Is(ObjectKind::OpenApi), tree, &Trail::ROOT);
    checker.resolve_targets(tree);
    Validated {
        findings: checker.findings,
        references: checker.references,
        broken: checker.broken,
    }
}

pub(super) struct Validator<'a> {
    pub(super) source: &'a Source,
    pub(super) findings: Vec<Diagnostic>,
    pub(super) references: References,
    /// The places of the `$ref`s that cannot be resolved.
    pub(super) broken: BTreeSet<Pointer>,
}

impl Validator<'_> {
    /// Validates a value and everything inside of it.
    pub(super) fn validate(&mut self, expected: ValueKind, value: &Value, at: &Trail<'_>) {
        walk::visit(expected, value, at, &mut |part, at| {
            match part {
                Part::Object(kind, object) => self.object(kind, object, at),
                Part::Key(kind, key, usage, value) => {
                    if let KeyUse::Unsupported(reason) = usage {
                        self.unsupported(key, value, reason, at);
                    }
                    return self.check_name(kind, key, at);
                }
                Part::Reference(kind, reference) => self.reference(kind, reference, at),
                Part::Sibling(kind, key) => self.sibling(kind, key, at),
                Part::Leaf(expected, value) => self.leaf(expected, value, at),
            }
            true
        });
    }

    fn object(&mut self, kind: ObjectKind, object: &Map<String, Value>, at: &Trail<'_>) {
        if let ObjectKeys::Fields(fields) = kind.keys() {
            for field in fields {
                if field.required && !object.contains_key(field.name) {
                    self.missing(kind, field.name, at);
                }
            }
            for key in object.keys() {
                if !key.starts_with("x-") && !fields.iter().any(|field| field.name == key) {
                    self.unknown_key(kind, fields, key, at);
                }
            }
        }
        for key in dependent(kind, object) {
            if !object.contains_key(*key) {
                self.missing(kind, key, at);
            }
        }
    }

    fn leaf(&mut self, expected: ValueKind, value: &Value, at: &Trail<'_>) {
        if expected.allows(value) {
            return;
        }
        match (expected, value) {
            (ValueKind::OneOf(allowed), Value::String(text)) => {
                self.wrong_string(allowed, text, at);
            }
            (ValueKind::Count, Value::Number(number)) => {
                let pointer = at.pointer();
                let key = pointer.last().unwrap_or_default();
                let message = format!("`{key}` must be a non-negative integer, not {number}");
                let place = Place::Value(pointer);
                self.findings.push(
                    Diagnostic::error(Rule::WrongValue, place, message)
                        .help("use an integer of at least 0"),
                );
            }
            (expected, value) => self.wrong_type(expected, value, at),
        }
    }

    /// Checks a path, or a key of `responses`; returns `false` if it is not valid.
    fn check_name(&mut self, kind: ObjectKind, key: &str, at: &Trail<'_>) -> bool {
        let place = || Place::Key(at.key(key).pointer());
        let finding = match kind {
            ObjectKind::Paths if !key.starts_with('/') => Diagnostic::error(
                Rule::WrongValue,
                place(),
                format!("the path `{key}` does not start with a slash"),
            )
            .help(format!("write `/{key}`")),
            ObjectKind::Paths if key.contains(char::is_control) => {
                let message = format!(
                    "the path `{}` contains a control character",
                    key.escape_debug()
                );
                Diagnostic::error(Rule::WrongValue, place(), message)
                    .help("percent-encode it, or remove it")
            }
            ObjectKind::Responses if ResponseKey::parse(key).is_none() => {
                let message = format!("`{key}` is not a status");
                Diagnostic::error(Rule::NotAStatus, place(), message)
                    .help("use a code from 100 to 599, a range such as `4XX`, or `default`")
            }
            _ => return true,
        };
        self.findings.push(finding);
        false
    }

    /// Warns that a key next to a `$ref` is ignored (OpenAPI 3.0.3, section 4.7.23).
    fn sibling(&mut self, kind: ObjectKind, key: &str, at: &Trail<'_>) {
        let place = Place::Key(at.key(key).pointer());
        let message = format!("`{key}` next to a `$ref` is ignored");
        let help = match kind {
            ObjectKind::Schema => "move the `$ref` into `allOf`, as in `allOf: [{$ref: ...}]`",
            _ => "remove it, or declare it where the `$ref` points",
        };
        self.findings.push(
            Diagnostic::warning(Rule::UnknownKey, place, message)
                .label("in OpenAPI 3.0 only the target of the `$ref` counts")
                .help(help),
        );
    }

    /// Warns that a key is ignored, unless its value has no effect anyway.
    fn unsupported(&mut self, key: &str, value: &Value, reason: &str, at: &Trail<'_>) {
        let has_no_effect = match value {
            Value::Bool(flag) => !flag,
            Value::Array(items) => items.is_empty(),
            Value::Object(members) => members.is_empty(),
            _ => false,
        };
        if !has_no_effect {
            let place = Place::Key(at.key(key).pointer());
            let message = format!("`{key}` is not supported yet");
            self.findings.push(
                Diagnostic::warning(Rule::UnsupportedPart, place, message)
                    .label(reason)
                    .help("remove it, unless other tools need it"),
            );
        }
    }

    fn missing(&mut self, kind: ObjectKind, key: &str, at: &Trail<'_>) {
        let message = format!("missing key `{key}` in {}", kind.noun());
        let help = match (kind, key) {
            (ObjectKind::Response, "description") => {
                "describe the response in one line: `description: ...`".to_owned()
            }
            (ObjectKind::Parameter | ObjectKind::Header, "schema") => {
                "declare its type, as in `schema: {type: string}`".to_owned()
            }
            _ => format!("add `{key}`"),
        };
        let label = match (kind, key) {
            (ObjectKind::Parameter | ObjectKind::Header, "schema") => {
                "`schema` or `content` is required here".to_owned()
            }
            _ => format!("`{key}` is required here"),
        };
        let place = Place::Key(at.pointer());
        self.findings.push(
            Diagnostic::error(Rule::MissingKey, place, message)
                .label(label)
                .help(help),
        );
    }

    fn unknown_key(&mut self, kind: ObjectKind, fields: &[KeySpec], key: &str, at: &Trail<'_>) {
        let place = Place::Key(at.key(key).pointer());
        let message = format!("unknown key `{key}` in {}", kind.noun());
        let names = fields.iter().map(|field| field.name);
        // A method in the wrong case would silently drop its operation; other unknown keys are only ignored.
        let is_wrong_case = kind == ObjectKind::PathItem
            && fields
                .iter()
                .any(|field| field.name.eq_ignore_ascii_case(key));
        let finding = if is_wrong_case {
            Diagnostic::error(Rule::UnknownKey, place, message).label("keys are case-sensitive")
        } else {
            Diagnostic::warning(Rule::UnknownKey, place, message).label("this key is ignored")
        };
        self.findings.push(finding.help(match nearest(key, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "remove it, or prefix it with `x-`".to_owned(),
        }));
    }

    fn wrong_string(&mut self, allowed: &[&str], text: &str, at: &Trail<'_>) {
        let key = at.pointer();
        let key = key.last().unwrap_or_default();
        let message = format!("`{key}` cannot be `{}`", text.escape_debug());
        let help = match nearest(text, allowed.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("use {}", list(allowed)),
        };
        let place = Place::Value(at.pointer());
        self.findings
            .push(Diagnostic::error(Rule::WrongValue, place, message).help(help));
    }

    pub(super) fn wrong_type(&mut self, kind: ValueKind, value: &Value, at: &Trail<'_>) {
        let pointer = at.pointer();
        let expected = match kind {
            ValueKind::Text | ValueKind::OneOf(_) => "a string",
            ValueKind::Flag => "`true` or `false`",
            ValueKind::Number => "a number",
            ValueKind::Count => "a non-negative integer",
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
        let help = match (kind, value) {
            (ValueKind::Text | ValueKind::OneOf(_), Value::Number(_) | Value::Bool(_)) => {
                format!("quote it: `'{value}'`")
            }
            (
                ValueKind::Any | ValueKind::Is(_) | ValueKind::Ref(_) | ValueKind::Map(_),
                Value::Null,
            ) => "add a value, such as the empty mapping `{}`".to_owned(),
            (ValueKind::List(_), Value::Null) => {
                "add a value, such as the empty list `[]`".to_owned()
            }
            (ValueKind::Text, Value::Null) => {
                "add a value, such as the empty string `''`".to_owned()
            }
            (_, Value::Null) => "add a value, or remove the key".to_owned(),
            _ => format!("use {expected}"),
        };
        let message = format!("{name} is {}, not {expected}", describe(value));
        self.findings
            .push(Diagnostic::error(Rule::WrongType, Place::Value(pointer), message).help(help));
    }
}
