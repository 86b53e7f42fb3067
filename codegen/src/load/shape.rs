//! The form of an OpenAPI 3.0 document, as tables, and a document held against them.
//!
//! Source of the tables: the OpenAPI Specification 3.0.3, section 4.7.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::{Map, Value};

use super::SECTIONS;
use crate::{
    model::Key,
    pointer::{Pointer, Trail},
    report::{Diagnostic, Place, Rule},
};

/// The kinds of objects, as OpenAPI names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    AuthorizationCodeFlow,
    AuthorizationFlow,
    Callback,
    Components,
    Contact,
    Discriminator,
    Encoding,
    Example,
    ExternalDocs,
    Header,
    Info,
    License,
    Link,
    MediaType,
    OAuthFlows,
    OpenApi,
    Operation,
    Parameter,
    PathItem,
    Paths,
    RequestBody,
    Response,
    Responses,
    Schema,
    SecurityRequirement,
    SecurityScheme,
    Server,
    ServerVariable,
    Tag,
    TokenFlow,
    Xml,
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    Text,
    OneOf(&'static [&'static str]),
    Flag,
    Number,
    Count,
    Any,
    Is(Kind),
    /// The thing itself, or a `$ref` to it.
    Ref(Kind),
    FlagOrRef(Kind),
    List(&'static Form),
    Map(&'static Form),
}

/// A key of an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    required: bool,
    /// Whether it only says something to people: nothing on the wire or in a type changes with it.
    pub(crate) prose: bool,
}

/// The keys that an object may have.
pub(crate) enum Members {
    Fields(&'static [Field]),
    /// Any key but `x-...`, each with a value of one form.
    Named(Form),
}

const fn may(name: &'static str, form: Form) -> Field {
    Field {
        name,
        form,
        required: false,
        prose: false,
    }
}

const fn must(name: &'static str, form: Form) -> Field {
    Field {
        required: true,
        ..may(name, form)
    }
}

const fn prose(name: &'static str, form: Form) -> Field {
    Field {
        prose: true,
        ..may(name, form)
    }
}

const DESCRIPTION: Field = prose("description", Form::Text);
const SUMMARY: Field = prose("summary", Form::Text);
const EXTERNAL_DOCS: Field = prose("externalDocs", Form::Is(Kind::ExternalDocs));
const DEPRECATED: Field = prose("deprecated", Form::Flag);
const EXAMPLE: Field = prose("example", Form::Any);
const EXAMPLES: Field = prose("examples", Form::Map(&Form::Ref(Kind::Example)));
const SERVERS: Field = may("servers", Form::List(&Form::Is(Kind::Server)));
const SECURITY: Field = may("security", Form::List(&Form::Is(Kind::SecurityRequirement)));
const PARAMETERS: Field = may("parameters", Form::List(&Form::Ref(Kind::Parameter)));
const CONTENT: Form = Form::Map(&Form::Is(Kind::MediaType));
const STYLE: Field = may(
    "style",
    Form::OneOf(&[
        "deepObject",
        "form",
        "label",
        "matrix",
        "pipeDelimited",
        "simple",
        "spaceDelimited",
    ]),
);

impl Kind {
    /// The keys it may have.
    #[expect(clippy::too_many_lines, reason = "it is a table")]
    pub(crate) const fn members(self) -> Members {
        use Form::{Any, Count, Flag, FlagOrRef, Is, List, Map, Number, OneOf, Ref, Text};
        Members::Fields(match self {
            Self::OpenApi => {
                const {
                    &[
                        must("openapi", Text),
                        must("info", Is(Self::Info)),
                        SERVERS,
                        must("paths", Is(Self::Paths)),
                        may("components", Is(Self::Components)),
                        SECURITY,
                        prose("tags", List(&Is(Self::Tag))),
                        EXTERNAL_DOCS,
                    ]
                }
            }
            Self::Info => {
                const {
                    &[
                        must("title", Text),
                        DESCRIPTION,
                        prose("termsOfService", Text),
                        prose("contact", Is(Self::Contact)),
                        prose("license", Is(Self::License)),
                        must("version", Text),
                    ]
                }
            }
            Self::Contact => const { &[may("name", Text), may("url", Text), may("email", Text)] },
            Self::License => const { &[must("name", Text), may("url", Text)] },
            Self::Server => {
                const {
                    &[
                        must("url", Text),
                        DESCRIPTION,
                        may("variables", Map(&Is(Self::ServerVariable))),
                    ]
                }
            }
            Self::ServerVariable => {
                const { &[may("enum", List(&Text)), must("default", Text), DESCRIPTION] }
            }
            Self::Components => {
                const {
                    &[
                        may("schemas", Map(&Ref(Self::Schema))),
                        may("responses", Map(&Ref(Self::Response))),
                        may("parameters", Map(&Ref(Self::Parameter))),
                        may("examples", Map(&Ref(Self::Example))),
                        may("requestBodies", Map(&Ref(Self::RequestBody))),
                        may("headers", Map(&Ref(Self::Header))),
                        may("securitySchemes", Map(&Ref(Self::SecurityScheme))),
                        may("links", Map(&Ref(Self::Link))),
                        may("callbacks", Map(&Ref(Self::Callback))),
                    ]
                }
            }
            Self::Callback | Self::Paths => return Members::Named(Ref(Self::PathItem)),
            Self::PathItem => {
                const {
                    &[
                        may("$ref", Text),
                        SUMMARY,
                        DESCRIPTION,
                        may("get", Is(Self::Operation)),
                        may("put", Is(Self::Operation)),
                        may("post", Is(Self::Operation)),
                        may("delete", Is(Self::Operation)),
                        may("options", Is(Self::Operation)),
                        may("head", Is(Self::Operation)),
                        may("patch", Is(Self::Operation)),
                        may("trace", Is(Self::Operation)),
                        SERVERS,
                        PARAMETERS,
                    ]
                }
            }
            Self::Operation => {
                const {
                    &[
                        prose("tags", List(&Text)),
                        SUMMARY,
                        DESCRIPTION,
                        EXTERNAL_DOCS,
                        may("operationId", Text),
                        PARAMETERS,
                        may("requestBody", Ref(Self::RequestBody)),
                        must("responses", Is(Self::Responses)),
                        may("callbacks", Map(&Ref(Self::Callback))),
                        DEPRECATED,
                        SECURITY,
                        SERVERS,
                    ]
                }
            }
            Self::ExternalDocs => const { &[DESCRIPTION, must("url", Text)] },
            Self::Parameter => {
                const {
                    &[
                        must("name", Text),
                        must("in", OneOf(&["cookie", "header", "path", "query"])),
                        DESCRIPTION,
                        may("required", Flag),
                        DEPRECATED,
                        may("allowEmptyValue", Flag),
                        STYLE,
                        may("explode", Flag),
                        may("allowReserved", Flag),
                        may("schema", Ref(Self::Schema)),
                        EXAMPLE,
                        EXAMPLES,
                        may("content", CONTENT),
                    ]
                }
            }
            Self::Header => {
                const {
                    &[
                        DESCRIPTION,
                        may("required", Flag),
                        DEPRECATED,
                        may("allowEmptyValue", Flag),
                        STYLE,
                        may("explode", Flag),
                        may("allowReserved", Flag),
                        may("schema", Ref(Self::Schema)),
                        EXAMPLE,
                        EXAMPLES,
                        may("content", CONTENT),
                    ]
                }
            }
            Self::RequestBody => {
                const { &[DESCRIPTION, must("content", CONTENT), may("required", Flag)] }
            }
            Self::MediaType => {
                const {
                    &[
                        may("schema", Ref(Self::Schema)),
                        EXAMPLE,
                        EXAMPLES,
                        may("encoding", Map(&Is(Self::Encoding))),
                    ]
                }
            }
            Self::Encoding => {
                const {
                    &[
                        may("contentType", Text),
                        may("headers", Map(&Ref(Self::Header))),
                        STYLE,
                        may("explode", Flag),
                        may("allowReserved", Flag),
                    ]
                }
            }
            Self::Responses => return Members::Named(Ref(Self::Response)),
            Self::Response => {
                const {
                    &[
                        Field {
                            required: true,
                            ..DESCRIPTION
                        },
                        may("headers", Map(&Ref(Self::Header))),
                        may("content", CONTENT),
                        prose("links", Map(&Ref(Self::Link))),
                    ]
                }
            }
            Self::Example => {
                const {
                    &[
                        SUMMARY,
                        DESCRIPTION,
                        may("value", Any),
                        may("externalValue", Text),
                    ]
                }
            }
            Self::Link => {
                const {
                    &[
                        may("operationRef", Text),
                        may("operationId", Text),
                        may("parameters", Map(&Any)),
                        may("requestBody", Any),
                        DESCRIPTION,
                        may("server", Is(Self::Server)),
                    ]
                }
            }
            Self::Tag => const { &[must("name", Text), DESCRIPTION, EXTERNAL_DOCS] },
            Self::Schema => {
                const {
                    &[
                        prose("title", Text),
                        may("multipleOf", Number),
                        may("maximum", Number),
                        may("exclusiveMaximum", Flag),
                        may("minimum", Number),
                        may("exclusiveMinimum", Flag),
                        may("maxLength", Count),
                        may("minLength", Count),
                        may("pattern", Text),
                        may("maxItems", Count),
                        may("minItems", Count),
                        may("uniqueItems", Flag),
                        may("maxProperties", Count),
                        may("minProperties", Count),
                        may("required", List(&Text)),
                        may("enum", List(&Any)),
                        may(
                            "type",
                            OneOf(&["array", "boolean", "integer", "number", "object", "string"]),
                        ),
                        may("allOf", List(&Ref(Self::Schema))),
                        may("oneOf", List(&Ref(Self::Schema))),
                        may("anyOf", List(&Ref(Self::Schema))),
                        may("not", Ref(Self::Schema)),
                        may("items", Ref(Self::Schema)),
                        may("properties", Map(&Ref(Self::Schema))),
                        may("additionalProperties", FlagOrRef(Self::Schema)),
                        DESCRIPTION,
                        may("format", Text),
                        may("default", Any),
                        may("nullable", Flag),
                        may("discriminator", Is(Self::Discriminator)),
                        may("readOnly", Flag),
                        may("writeOnly", Flag),
                        may("xml", Is(Self::Xml)),
                        EXTERNAL_DOCS,
                        EXAMPLE,
                        DEPRECATED,
                    ]
                }
            }
            Self::Discriminator => {
                const { &[must("propertyName", Text), may("mapping", Map(&Text))] }
            }
            Self::Xml => {
                const {
                    &[
                        may("name", Text),
                        may("namespace", Text),
                        may("prefix", Text),
                        may("attribute", Flag),
                        may("wrapped", Flag),
                    ]
                }
            }
            Self::SecurityScheme => {
                const {
                    &[
                        must(
                            "type",
                            OneOf(&["apiKey", "http", "oauth2", "openIdConnect"]),
                        ),
                        DESCRIPTION,
                        may("name", Text),
                        may("in", OneOf(&["cookie", "header", "query"])),
                        may("scheme", Text),
                        may("bearerFormat", Text),
                        may("flows", Is(Self::OAuthFlows)),
                        may("openIdConnectUrl", Text),
                    ]
                }
            }
            Self::OAuthFlows => {
                const {
                    &[
                        may("implicit", Is(Self::AuthorizationFlow)),
                        may("password", Is(Self::TokenFlow)),
                        may("clientCredentials", Is(Self::TokenFlow)),
                        may("authorizationCode", Is(Self::AuthorizationCodeFlow)),
                    ]
                }
            }
            Self::AuthorizationFlow => {
                const {
                    &[
                        must("authorizationUrl", Text),
                        may("refreshUrl", Text),
                        must("scopes", Map(&Text)),
                    ]
                }
            }
            Self::TokenFlow => {
                const {
                    &[
                        must("tokenUrl", Text),
                        may("refreshUrl", Text),
                        must("scopes", Map(&Text)),
                    ]
                }
            }
            Self::AuthorizationCodeFlow => {
                const {
                    &[
                        must("authorizationUrl", Text),
                        must("tokenUrl", Text),
                        may("refreshUrl", Text),
                        must("scopes", Map(&Text)),
                    ]
                }
            }
            Self::SecurityRequirement => return Members::Named(List(&Text)),
        })
    }

    /// What messages call it.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::AuthorizationCodeFlow | Self::AuthorizationFlow | Self::TokenFlow => {
                "an OAuth flow"
            }
            Self::Callback => "a callback",
            Self::Components => "the components",
            Self::Contact => "a contact",
            Self::Discriminator => "a discriminator",
            Self::Encoding => "an encoding",
            Self::Example => "an example",
            Self::ExternalDocs => "external documentation",
            Self::Header => "a header",
            Self::Info => "the info",
            Self::License => "a licence",
            Self::Link => "a link",
            Self::MediaType => "a media type",
            Self::OAuthFlows => "the OAuth flows",
            Self::OpenApi => "a document",
            Self::Operation => "an operation",
            Self::Parameter => "a parameter",
            Self::PathItem => "a path",
            Self::Paths => "the paths",
            Self::RequestBody => "a request body",
            Self::Response => "a response",
            Self::Responses => "the responses",
            Self::Schema => "a schema",
            Self::SecurityRequirement => "a security requirement",
            Self::SecurityScheme => "a security scheme",
            Self::Server => "a server",
            Self::ServerVariable => "a server variable",
            Self::Tag => "a tag",
            Self::Xml => "an XML hint",
        }
    }
}

/// What a value is, for messages.
pub(crate) fn describe(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

/// What holding a document against the tables has given.
pub(super) struct Shape {
    /// All that is wrong.
    pub(super) findings: Vec<Diagnostic>,
    /// Each thing that a `$ref` points to, with the kind that is expected there.
    pub(super) references: BTreeSet<(Pointer, Kind)>,
}

/// Holds a document against the tables.
pub(super) fn check(tree: &Value) -> Shape {
    let mut checker = Checker {
        findings: Vec::new(),
        references: BTreeMap::new(),
    };
    checker.value(Form::Is(Kind::OpenApi), tree, &Trail::ROOT);
    checker.targets(tree);
    Shape {
        findings: checker.findings,
        references: checker.references.into_keys().collect(),
    }
}

/// The keys that an object needs because of those it has.
fn dependent(kind: Kind, members: &Map<String, Value>) -> &'static [&'static str] {
    match kind {
        Kind::Parameter | Kind::Header if !members.contains_key("content") => &["schema"],
        Kind::SecurityScheme => match members.get("type").and_then(Value::as_str) {
            Some("apiKey") => &["name", "in"],
            Some("http") => &["scheme"],
            Some("oauth2") => &["flows"],
            Some("openIdConnect") => &["openIdConnectUrl"],
            _ => &[],
        },
        _ => &[],
    }
}

struct Checker {
    findings: Vec<Diagnostic>,
    /// Target and kind of each `$ref`, with the places of all that say so.
    references: BTreeMap<(Pointer, Kind), Vec<Pointer>>,
}

impl Checker {
    fn value(&mut self, form: Form, value: &Value, at: &Trail<'_>) {
        match (form, value) {
            (Form::Any, _)
            | (Form::Text, Value::String(_))
            | (Form::Flag | Form::FlagOrRef(_), Value::Bool(_))
            | (Form::Number, Value::Number(_)) => {}
            (Form::OneOf(allowed), Value::String(text)) => {
                if !allowed.contains(&text.as_str()) {
                    self.wrong_word(allowed, text, at);
                }
            }
            (Form::Count, Value::Number(number)) => {
                if number.as_u64().is_none() {
                    let message = format!("{number} is no count");
                    let place = Place::Value(at.pointer());
                    self.findings.push(
                        Diagnostic::error(Rule::WrongValue, place, message)
                            .help("write a whole number of 0 or more"),
                    );
                }
            }
            (Form::Is(kind), Value::Object(members)) => self.object(kind, members, at),
            (Form::Ref(kind) | Form::FlagOrRef(kind), Value::Object(members)) => {
                match members.get("$ref") {
                    Some(reference) => self.reference(kind, reference, at),
                    None => self.object(kind, members, at),
                }
            }
            (Form::List(form), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(*form, item, &at.index(index));
                }
            }
            (Form::Map(form), Value::Object(members)) => {
                for (key, value) in members {
                    self.value(*form, value, &at.key(key));
                }
            }
            (form, value) => self.wrong_type(form, value, at),
        }
    }

    fn object(&mut self, kind: Kind, members: &Map<String, Value>, at: &Trail<'_>) {
        let fields = match kind.members() {
            Members::Fields(fields) => fields,
            Members::Named(form) => {
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
                Some(value) => self.value(field.form, value, &at.key(field.name)),
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
    fn name(&mut self, kind: Kind, key: &str, at: &Trail<'_>) -> bool {
        let place = || Place::Key(at.key(key).pointer());
        let finding = match kind {
            Kind::Paths if !key.starts_with('/') => Diagnostic::error(
                Rule::WrongValue,
                place(),
                format!("the path `{key}` starts with no slash"),
            )
            .help(format!("write `/{key}`")),
            Kind::Paths if key.contains(char::is_control) => {
                let message = format!(
                    "the path `{}` has a control character in it",
                    key.escape_debug()
                );
                Diagnostic::error(Rule::WrongValue, place(), message)
                    .help("no URL has one; write it percent-encoded if it is meant")
            }
            Kind::Responses if Key::parse(key).is_none() => {
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

    fn reference(&mut self, kind: Kind, reference: &Value, at: &Trail<'_>) {
        let place = at.key("$ref").pointer();
        let Value::String(text) = reference else {
            return self.wrong_type(Form::Text, reference, &at.key("$ref"));
        };
        if let Some(target) = Pointer::from_fragment(text) {
            self.references
                .entry((target, kind))
                .or_default()
                .push(place);
        } else if text.starts_with('#') {
            let message = format!("`{text}` is no JSON pointer");
            self.findings.push(
                Diagnostic::error(Rule::DanglingRef, Place::Value(place), message)
                    .help("write it as `#/components/...`"),
            );
        } else {
            let message = format!("`{text}` is outside of this document");
            self.findings.push(
                Diagnostic::error(Rule::UnsupportedPart, Place::Value(place), message)
                    .label("a `$ref` to another file or address")
                    .help("bring it under `components` of this document"),
            );
        }
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

    fn target(&mut self, tree: &Value, target: &Pointer, kind: Kind, places: &[Pointer]) {
        let Some(value) = tree.pointer(target.as_str()) else {
            let findings = places
                .iter()
                .map(|place| dangling(tree, target, kind, place));
            self.findings.extend(findings);
            return;
        };
        match section_of(target) {
            Some(actual) if actual != kind => {
                let findings = places
                    .iter()
                    .map(|place| mistaken(target, actual, kind, place));
                self.findings.extend(findings);
            }
            Some(_) => {}
            None => {
                let segments: Vec<_> = target.segments().collect();
                self.along(&segments, Form::Ref(kind), value, &Trail::ROOT);
            }
        }
        if let Some(cycle) = cycle(tree, target) {
            self.findings.push(endless(&cycle));
        }
    }

    /// Holds a value against a form that stands at the end of a way.
    fn along(&mut self, way: &[Cow<'_, str>], form: Form, value: &Value, at: &Trail<'_>) {
        match way.split_first() {
            Some((first, rest)) => self.along(rest, form, value, &at.key(first)),
            None => self.value(form, value, at),
        }
    }

    fn missing(&mut self, kind: Kind, key: &str, at: &Trail<'_>) {
        let message = format!("{} needs the key `{key}`", kind.noun());
        let help = match (kind, key) {
            (Kind::Response, "description") => {
                "say what it means, in a line: `description: ...`".to_owned()
            }
            (Kind::Parameter | Kind::Header, "schema") => {
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

    fn unknown_key(&mut self, kind: Kind, fields: &[Field], key: &str, at: &Trail<'_>) {
        let place = Place::Key(at.key(key).pointer());
        let message = format!("{} has no key `{key}`", kind.noun());
        let known = fields.iter().map(|field| field.name);
        // An operation that is not seen would be lost; everything else is a detail.
        let operation = kind == Kind::PathItem
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

    fn wrong_type(&mut self, form: Form, value: &Value, at: &Trail<'_>) {
        let pointer = at.pointer();
        let expected = match form {
            Form::Text | Form::OneOf(_) => "a string",
            Form::Flag => "`true` or `false`",
            Form::Number => "a number",
            Form::Count => "a whole number",
            Form::List(_) => "a list",
            Form::Any | Form::Is(_) | Form::Ref(_) | Form::Map(_) => "a mapping",
            Form::FlagOrRef(_) => "`true`, `false` or a schema",
        };
        let name = match pointer.last() {
            Some(key) => format!("`{key}`"),
            None => "the document".to_owned(),
        };
        let help = match (form, value) {
            (Form::Text | Form::OneOf(_), Value::Number(_) | Value::Bool(_)) => {
                format!("put it in quotes: `'{value}'`")
            }
            (_, Value::Null) => "give it a value, or remove the key".to_owned(),
            _ => format!("write {expected}"),
        };
        let message = format!("{name} is {}, not {expected}", describe(value));
        self.findings
            .push(Diagnostic::error(Rule::WrongType, Place::Value(pointer), message).help(help));
    }
}

fn dangling(tree: &Value, target: &Pointer, kind: Kind, place: &Pointer) -> Diagnostic {
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
        (None, Some(section)) => format!("declare it under `components.{section}`"),
        (_, None) => "point to something that is there".to_owned(),
    };
    let message = format!("`#{target}` is not in this document");
    Diagnostic::error(Rule::DanglingRef, Place::Value(place.clone()), message).help(help)
}

fn mistaken(target: &Pointer, actual: Kind, expected: Kind, place: &Pointer) -> Diagnostic {
    let message = format!("`#{target}` is {}, not {}", actual.noun(), expected.noun());
    Diagnostic::error(Rule::DanglingRef, Place::Value(place.clone()), message)
        .label(format!("{} belongs here", expected.noun()))
        .related(Place::Key(target.clone()), "this is what it points to")
        .help("point it to another place")
}

/// The kind of a place directly under a section of `components`.
fn section_of(target: &Pointer) -> Option<Kind> {
    let segments: Vec<_> = target.segments().take(4).collect();
    let [components, section, _] = segments.as_slice() else {
        return None;
    };
    let (_, kind) = SECTIONS.iter().find(|(name, _)| name == section)?;
    (components == "components").then_some(*kind)
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
        seen.push(next);
    }
}

fn endless(cycle: &[Pointer]) -> Diagnostic {
    let mut names: Vec<_> = cycle
        .iter()
        .map(|pointer| format!("`#{pointer}`"))
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

/// The candidate that a word was probably meant to be.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::jaro_winkler(&word, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(score, _)| *score > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// Words in a row: `a`, `b` or `c`.
pub(crate) fn list(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
