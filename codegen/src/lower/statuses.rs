//! Lowers status codes, from `x-status` in the document and from the catalogue.

mod description;

use std::collections::BTreeMap;

use openapiv3::Response;
use serde_json::{Map, Value};

use crate::{
    load::Located,
    lower::{
        Context,
        operations::routes::{Route, responses},
        operations::token::is_token,
    },
    model::{ContentRule, Origin, ResponseKey, Retry, Status},
    name::{Ident, reserved},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule, describe, list, nearest},
};

/// The statuses of the catalogue and of the document, by code.
pub(super) struct Statuses(BTreeMap<u16, Status>);

/// A status that the document describes, with the place of its response.
struct DescribedStatus {
    status: Status,
    place: Pointer,
}

impl Statuses {
    /// Reads every `x-status` of the document.
    pub(super) fn gather(cx: &Context<'_>, routes: &[Route<'_>]) -> Self {
        let mut described: BTreeMap<u16, DescribedStatus> = BTreeMap::new();
        let mut unknown: BTreeMap<u16, (Pointer, String)> = BTreeMap::new();
        let mut used = Vec::new();
        for route in routes {
            for (key, response) in responses(cx, route) {
                used.push(response.place.clone());
                let ResponseKey::Exact(code) = key else {
                    continue;
                };
                if code > LAST_CODE {
                    report_beyond_last(cx, route, code);
                    continue;
                }
                match x_status(cx, code, &response) {
                    Some(status) => insert_described(cx, &mut described, status, &response.place),
                    None if cx.catalogue.get(code).is_none() => {
                        let description = response.node.description.clone();
                        unknown.entry(code).or_insert((response.place, description));
                    }
                    None => {}
                }
            }
        }
        if cx.catalogue.is_empty() {
            for DescribedStatus { status, place } in described.values() {
                description::check(cx, status, place);
            }
        }
        check_unused(cx, &used);
        check_names(cx, &described);

        let catalogued = cx
            .catalogue
            .iter()
            .map(|status| (status.code, without_place(status)));
        let mut statuses: BTreeMap<_, _> = catalogued.collect();
        statuses.extend(
            described
                .into_iter()
                .map(|(code, described)| (code, described.status)),
        );
        for (code, (place, description)) in unknown {
            if statuses.contains_key(&code) {
                continue;
            }
            // Without a catalogue, the document must describe the status.
            if cx.catalogue.is_empty() {
                cx.report(
                    Diagnostic::error(
                        Rule::UnknownStatus,
                        Place::Key(place.clone()),
                        format!("the status {code} is not described"),
                    )
                    .help("add `x-status` with `reason`, `origin` and `retry` to the response"),
                );
            }
            let status = Status {
                place: place.into(),
                ..unknown_status(code, description)
            };
            statuses.insert(code, status);
        }
        Self(statuses)
    }

    pub(super) fn get(&self, code: u16) -> Option<&Status> {
        self.0.get(&code)
    }

    pub(super) fn into_list(self) -> Vec<Status> {
        self.0.into_values().collect()
    }
}

/// The last status code of HTTP (RFC 9110, section 15).
const LAST_CODE: u16 = 599;

/// Warns about a code that is not an HTTP status code; it is still supported, because some servers send such
/// codes.
fn report_beyond_last(cx: &Context<'_>, route: &Route<'_>, code: u16) {
    let place = route.declared.place.key("responses").key(&code.to_string());
    cx.report(
        Diagnostic::warning(
            Rule::NotAStatus,
            Place::Key(place),
            format!("{code} is not an HTTP status code, the last of which is {LAST_CODE}"),
        )
        .label("treated as a number without a meaning")
        .help("use a code of one of the five classes"),
    );
}

/// Returns a status of the catalogue without its place, which is not in this document.
fn without_place(status: &Status) -> Status {
    Status {
        place: Origin::default(),
        ..status.clone()
    }
}

/// Returns the status of a code that neither the document nor the catalogue describes.
fn unknown_status(code: u16, description: String) -> Status {
    Status {
        code,
        name: Ident::pascal(&format!("Status{code}")),
        reason: String::new(),
        description,
        origin: Vec::new(),
        reference: None,
        retry: Retry::Never,
        content: ContentRule::Allowed,
        requires: Vec::new(),
        place: Origin::default(),
    }
}

/// Adds a described status, and reports a conflict with an earlier description of the code.
fn insert_described(
    cx: &Context<'_>,
    described: &mut BTreeMap<u16, DescribedStatus>,
    status: Status,
    place: &Pointer,
) {
    let code = status.code;
    let Some(first) = described.get(&code) else {
        described.insert(
            code,
            DescribedStatus {
                status,
                place: place.clone(),
            },
        );
        return;
    };
    let differs = Status {
        description: String::new(),
        ..first.status.clone()
    } != Status {
        description: String::new(),
        ..status
    };
    if differs {
        cx.report(
            Diagnostic::error(
                Rule::StatusConflict,
                Place::Key(place.key("x-status")),
                format!("two responses declare different `x-status` for {code}"),
            )
            .label("described again here")
            .related(
                Place::Key(first.place.key("x-status")),
                "first described here",
            )
            .help("describe it once, under `components.responses`, and refer to it with `$ref`"),
        );
    }
}

/// Warns about components that describe a status and are not a response of any operation, so they have no
/// code.
fn check_unused(cx: &Context<'_>, used: &[Pointer]) {
    let Some(components) = &cx.document.api.components else {
        return;
    };
    let place = Pointer::root().key("components").key("responses");
    for (name, response) in &components.responses {
        let place = place.key(name);
        if response.as_item().is_some()
            && cx.document.member(&place, "x-status").is_some()
            && !used.contains(&place)
        {
            cx.report(
                Diagnostic::warning(
                    Rule::UnusedStatus,
                    Place::Key(place),
                    format!(
                        "`{name}` is not a response of any operation, so it has no status code"
                    ),
                )
                .help("refer to it in the `responses` of an operation, under its status code"),
            );
        }
    }
}

/// Reports status codes with equal names.
fn check_names(cx: &Context<'_>, described: &BTreeMap<u16, DescribedStatus>) {
    let mut names: BTreeMap<&Ident, (u16, Option<&Pointer>)> = cx
        .catalogue
        .iter()
        .filter(|status| !described.contains_key(&status.code))
        .map(|status| (&status.name, (status.code, None)))
        .collect();
    for (code, DescribedStatus { status, place }) in described {
        if let Some((other, first)) = names.insert(&status.name, (*code, Some(place))) {
            let finding = Diagnostic::error(
                Rule::NameConflict,
                Place::Key(place.key("x-status")),
                format!("{other} and {code} are both named `{}`", status.name),
            );
            let finding = match first {
                Some(first) => finding.related(
                    Place::Key(first.key("x-status")),
                    format!("this is {other}"),
                ),
                None => finding.label(format!("the catalogue uses this name for {other}")),
            };
            cx.report(finding.help("set `name` in the `x-status` of one of the two"));
        }
    }
}

/// The keys of `x-status`.
const KEYS: [&str; 7] = [
    "content",
    "name",
    "origin",
    "reason",
    "reference",
    "requires",
    "retry",
];

/// Reads the `x-status` of a response, which overrides keys of the catalogue.
fn x_status(cx: &Context<'_>, code: u16, response: &Located<'_, Response>) -> Option<Status> {
    let value = cx.document.member(&response.place, "x-status")?;
    let mut reader = StatusReader {
        cx,
        place: response.place.key("x-status"),
        members: None,
    };
    let catalogued = cx.catalogue.get(code).cloned();
    let Value::Object(members) = value else {
        reader.report_wrong(
            &reader.place,
            &format!("`x-status` is {}, not a mapping", describe(value)),
            "use a mapping such as `{reason: Not Found}`",
        );
        return Some(catalogued.unwrap_or_else(|| unknown_status(code, String::new())));
    };
    reader.members = Some(members);
    reader.check_unknown_keys();
    if catalogued.is_none() {
        reader.check_missing_keys();
    }
    let mut status = catalogued.unwrap_or_else(|| unknown_status(code, description(response)));
    status.place = response.place.clone().into();

    let reason = reader.text("reason", |text| {
        !text.trim().is_empty() && !text.contains(char::is_control)
    });
    if let Some(reason) = reason.filter(|reason| *reason != status.reason) {
        // A status with another reason phrase has another meaning.
        status.name = Ident::pascal(&reason);
        status.reason = reason;
        status.description = description(response);
    }
    if let Some(name) = reader.text("name", |text| {
        Ident::chosen(text).is_some_and(|name| name == Ident::pascal(text))
    }) {
        status.name = Ident::pascal(&name);
    }
    if reserved::CLASS_VARIANTS.contains(&status.name.as_str()) {
        let message = format!("`{}` is the name of a class of status codes", status.name);
        reader.report_wrong(&reader.place, &message, "set another name with `name: ...`");
    }
    if let Some(origin) = reader.texts("origin", is_origin) {
        status.origin = origin;
    }
    if let Some(reference) = reader.text("reference", |text| {
        text.starts_with("https://") || text.starts_with("http://")
    }) {
        status.reference = Some(reference);
    }
    if let Some(retry) = reader.word(
        "retry",
        &[
            ("never", Retry::Never),
            ("backoff", Retry::Backoff),
            ("after", Retry::After),
        ],
    ) {
        status.retry = retry;
    }
    if let Some(content) = reader.word(
        "content",
        &[
            ("allowed", ContentRule::Allowed),
            ("forbidden", ContentRule::Forbidden),
        ],
    ) {
        status.content = content;
    }
    if let Some(requires) = reader.texts("requires", is_token) {
        status.requires = requires;
    }
    Some(status)
}

/// Returns the description of a response.
fn description(response: &Located<'_, Response>) -> String {
    response.node.description.trim_end().to_owned()
}

/// Returns whether a text is the name of a registry, a product or a protocol, such as `iana` or `aws-elb`.
fn is_origin(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Reads the members of an `x-status`, and reports errors.
struct StatusReader<'a> {
    cx: &'a Context<'a>,
    place: Pointer,
    members: Option<&'a Map<String, Value>>,
}

impl StatusReader<'_> {
    fn check_unknown_keys(&self) {
        let members = self.members.into_iter().flat_map(Map::keys);
        for key in members.filter(|key| !KEYS.contains(&key.as_str())) {
            let help = match nearest(key, KEYS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("use one of its keys: {}", list(&KEYS)),
            };
            let place = Place::Key(self.place.key(key));
            let message = format!("`{key}` is not a key of `x-status`");
            self.cx
                .report(Diagnostic::error(Rule::UnknownKey, place, message).help(help));
        }
    }

    /// Reports missing keys of a status that is not in the catalogue: `reason` is always required, and all
    /// three in a document that is used without a catalogue.
    fn check_missing_keys(&self) {
        let required: &[(&str, &str)] = &[
            ("reason", "the reason phrase: `reason: Not Found`"),
            (
                "origin",
                "the registry or the products that use it: `origin: [iana]`",
            ),
            ("retry", "the retry advice: `retry: never`"),
        ];
        let required = if self.cx.catalogue.is_empty() {
            required
        } else {
            required.get(..1).unwrap_or_default()
        };
        for (key, help) in required {
            if self.get(key).is_none() {
                let place = Place::Key(self.place.clone());
                let message = format!("`x-status` requires the key `{key}`");
                self.cx.report(
                    Diagnostic::error(Rule::MissingKey, place, message).help(format!("add {help}")),
                );
            }
        }
    }

    fn report_wrong(&self, place: &Pointer, message: &str, help: &str) {
        let place = Place::Value(place.clone());
        self.cx
            .report(Diagnostic::error(Rule::WrongValue, place, message).help(help));
    }

    fn get(&self, key: &str) -> Option<(&Value, Pointer)> {
        Some((self.members?.get(key)?, self.place.key(key)))
    }

    fn text(&self, key: &str, is_valid: impl Fn(&str) -> bool) -> Option<String> {
        let (value, place) = self.get(key)?;
        self.valid_text(key, value, &place, is_valid)
    }

    fn texts(&self, key: &str, is_valid: impl Fn(&str) -> bool) -> Option<Vec<String>> {
        let (value, place) = self.get(key)?;
        let Value::Array(items) = value else {
            let message = format!("`{key}` is {}, not a list", describe(value));
            self.report_wrong(&place, &message, &format!("use a list: `{key}: [...]`"));
            return None;
        };
        let items = items.iter().enumerate();
        let texts = items
            .filter_map(|(index, item)| self.valid_text(key, item, &place.index(index), &is_valid));
        Some(texts.collect())
    }

    fn valid_text(
        &self,
        key: &str,
        value: &Value,
        place: &Pointer,
        is_valid: impl Fn(&str) -> bool,
    ) -> Option<String> {
        let help = match key {
            "name" => "use upper camel case: `NotFound`",
            "origin" => "use lowercase words: `[iana]`, `[nginx, aws-elb]`",
            "reference" => "use the URL of a page: `https://...`",
            "requires" => "use header field names: `[WWW-Authenticate]`",
            _ => "use a single line of text",
        };
        match value {
            Value::String(text) if is_valid(text) => Some(text.clone()),
            Value::String(text) => {
                self.report_wrong(
                    place,
                    &format!("`{key}` cannot be `{}`", text.escape_debug()),
                    help,
                );
                None
            }
            other => {
                self.report_wrong(
                    place,
                    &format!("`{key}` is {}, not a string", describe(other)),
                    help,
                );
                None
            }
        }
    }

    fn word<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let (value, place) = self.get(key)?;
        let found = words.iter().find(|(word, _)| value.as_str() == Some(word));
        if found.is_none() {
            let allowed: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            let shown = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            let message = format!("`{key}` cannot be `{}`", shown.escape_debug());
            self.report_wrong(&place, &message, &format!("use {}", list(&allowed)));
        }
        found.map(|(_, word)| *word)
    }
}
