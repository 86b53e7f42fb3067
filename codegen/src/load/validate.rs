//! Validates a document against the tables of [`spec`](super::spec).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    misspelling::{self, NearFormat},
    spec::{KeySpec, KeyUse, ObjectKeys, ObjectKind, ValueKind, dependent},
    walk::{self, Part},
};
use crate::{
    model::ResponseKey,
    pointer::{Pointer, Trail},
    report::{Diagnostic, Place, Rule, Severity, SourceTexts, describe, list, nearest},
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
    /// The places of the faulty parts that are left out of the document, with a warning.
    pub(super) left_out: BTreeSet<Pointer>,
    /// The places of the values that are strings, with their texts as written.
    pub(super) as_written: BTreeMap<Pointer, String>,
}

/// Validates a document, and resolves its `$ref`s.
pub(super) fn validate(tree: &Value, source: &Source) -> Validated {
    let mut checker = Validator {
        source,
        texts: SourceTexts::new(source),
        findings: Vec::new(),
        references: BTreeMap::new(),
        broken: BTreeSet::new(),
        left_out: BTreeSet::new(),
        as_written: BTreeMap::new(),
        optional: None,
        optional_references: BTreeMap::new(),
    };
    checker.validate(ValueKind::Is(ObjectKind::OpenApi), tree, &Trail::ROOT);
    checker.resolve_targets(tree);
    Validated {
        findings: checker.findings,
        references: checker.references,
        broken: checker.broken,
        left_out: checker.left_out,
        as_written: checker.as_written,
    }
}

pub(super) struct Validator<'a> {
    pub(super) source: &'a Source,
    texts: SourceTexts<'a>,
    pub(super) findings: Vec<Diagnostic>,
    pub(super) references: References,
    /// The places of the `$ref`s that cannot be resolved.
    pub(super) broken: BTreeSet<Pointer>,
    /// The places of the faulty parts that are left out.
    pub(super) left_out: BTreeSet<Pointer>,
    /// The places of the values that are strings, with their texts as written.
    as_written: BTreeMap<Pointer, String>,
    /// The part around the current place that can be left out, because it affects only documentation, or nothing.
    pub(super) optional: Option<Pointer>,
    /// The places of the `$ref`s in such parts, each with its part.
    pub(super) optional_references: BTreeMap<Pointer, Pointer>,
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
                    if let (ObjectKind::Schema, "format", Value::String(format)) =
                        (kind, key, value)
                    {
                        self.check_format(format, &at.key(key));
                    }
                    return match kind.field(key) {
                        Some(field) => !self.optional_part(kind, field, value, at),
                        None => self.check_name(kind, key, at),
                    };
                }
                Part::Reference(kind, reference) => self.reference(kind, reference, at),
                Part::Sibling(kind, key) => self.sibling(kind, key, at),
                Part::Leaf(expected, value) => self.leaf(expected, value, at),
            }
            true
        });
    }

    /// Records a finding about the current place.
    ///
    /// An error in a part that can be left out is a warning.
    pub(super) fn report(&mut self, finding: Diagnostic) {
        self.report_in(self.optional.clone(), finding);
    }

    /// Records a finding in a part that can be left out, if there is one.
    pub(super) fn report_in(&mut self, optional: Option<Pointer>, mut finding: Diagnostic) {
        if let Some(part) = optional.filter(|_| finding.is_error()) {
            finding.severity = Severity::Warning;
            finding.label = match part.last() {
                Some(key) => format!("`{key}` is left out"),
                None => String::new(),
            };
            self.left_out.insert(part);
        }
        self.findings.push(finding);
    }

    /// Validates the value of a key if the key can be left out; returns whether it can.
    fn optional_part(
        &mut self,
        kind: ObjectKind,
        field: &'static KeySpec,
        value: &Value,
        at: &Trail<'_>,
    ) -> bool {
        let can_be_left_out = match (kind, field.name) {
            // No type depends on a pattern, and its absence only accepts more values.
            (ObjectKind::Schema, "pattern") => value.is_number(),
            _ => !field.has_meaning() && !field.required,
        };
        if self.optional.is_some() || !can_be_left_out {
            return false;
        }
        let at = at.key(field.name);
        match (field.kind, value) {
            // Only the faulty members are left out.
            (ValueKind::Map(expected), Value::Object(members)) => {
                for (key, member) in members {
                    let at = at.key(key);
                    self.optional = Some(at.pointer());
                    self.validate(*expected, member, &at);
                }
            }
            _ => {
                self.optional = Some(at.pointer());
                self.validate(field.kind, value, &at);
            }
        }
        self.optional = None;
        true
    }

    fn object(&mut self, kind: ObjectKind, object: &Map<String, Value>, at: &Trail<'_>) {
        for (key, value) in object {
            if let Some(near) = misspelling::extension(kind, key, value) {
                self.misspelled_key(kind, key, near, at);
            }
        }
        if kind == ObjectKind::Schema {
            self.enum_of_strings(object, at);
        }
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

    /// Warns about the numbers in an enum of strings that YAML changes, such as `1.10`; they are read as written.
    fn enum_of_strings(&mut self, schema: &Map<String, Value>, at: &Trail<'_>) {
        if schema.get("type").and_then(Value::as_str) != Some("string") {
            return;
        }
        let values = schema.get("enum").and_then(Value::as_array);
        for (index, value) in values.into_iter().flatten().enumerate() {
            if !value.is_number() {
                continue;
            }
            let place = at.key("enum").index(index).pointer();
            let text = self.texts.written(&place);
            let as_json = value.to_string();
            if text != as_json {
                let message = format!("`{text}` is the number {as_json}, not a string");
                self.report(
                    Diagnostic::warning(Rule::WrongType, Place::Value(place.clone()), message)
                        .label(format!("read as `'{text}'`"))
                        .help(format!("quote it: `'{text}'`")),
                );
                self.as_written.insert(place, text.to_owned());
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
                self.report(
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
        self.report(finding);
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
            self.report(
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
        self.report(
            Diagnostic::error(Rule::MissingKey, place, message)
                .label(label)
                .help(help),
        );
    }

    fn unknown_key(&mut self, kind: ObjectKind, fields: &[KeySpec], key: &str, at: &Trail<'_>) {
        // A key in documentation is not worth an error.
        if self.optional.is_none()
            && let Some(near) = misspelling::key(kind, fields, key)
        {
            return self.misspelled_key(kind, key, near, at);
        }
        let place = Place::Key(at.key(key).pointer());
        let message = format!("unknown key `{key}` in {}", kind.noun());
        let names = fields.iter().map(|field| field.name);
        let finding = Diagnostic::warning(Rule::UnknownKey, place, message);
        let help = match nearest(key, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "remove it, or prefix it with `x-`".to_owned(),
        };
        self.report(finding.label("this key is ignored").help(help));
    }

    /// Reports a key that misspells a key with a meaning, which would be lost.
    fn misspelled_key(&mut self, kind: ObjectKind, key: &str, near: &str, at: &Trail<'_>) {
        let place = Place::Key(at.key(key).pointer());
        let label = if key.eq_ignore_ascii_case(near) {
            "keys are case-sensitive".to_owned()
        } else {
            format!("`{near}` would be lost")
        };
        let message = format!("unknown key `{key}` in {}", kind.noun());
        self.report(
            Diagnostic::error(Rule::UnknownKey, place, message)
                .label(label)
                .help(format!("did you mean `{near}`?")),
        );
    }

    /// Reports a format that is close to a known one.
    fn check_format(&mut self, format: &str, at: &Trail<'_>) {
        let place = Place::Value(at.pointer());
        let message = format!("`format` is `{}`", format.escape_debug());
        let (finding, near) = match misspelling::format(format) {
            Some(NearFormat::Misspelled(near)) => (
                Diagnostic::error(Rule::WrongValue, place, message).label("unknown format"),
                near,
            ),
            Some(NearFormat::OtherSpelling(near)) => (
                Diagnostic::warning(Rule::WrongValue, place, message)
                    .label("an unknown format has no effect"),
                near,
            ),
            None => return,
        };
        self.report(finding.help(format!("did you mean `{near}`?")));
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
        self.report(Diagnostic::error(Rule::WrongValue, place, message).help(help));
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
                // YAML reads `1.10` as the number 1.1.
                format!("quote it: `'{}'`", self.texts.written(&pointer))
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
        self.report(Diagnostic::error(Rule::WrongType, Place::Value(pointer), message).help(help));
    }
}
