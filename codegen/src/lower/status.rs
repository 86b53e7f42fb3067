//! Status codes: what the document says of them in `x-status`, and what the catalogue knows.

use std::collections::BTreeMap;

use openapiv3::{ReferenceOr, Response};
use serde_json::{Map, Value};

use super::{
    Context,
    route::{Route, responses},
    token::is_token,
};
use crate::{
    load::Located,
    model::{ContentRule, Origin, ResponseKey, Retry, Status},
    name::Ident,
    pointer::Pointer,
    report::{Diagnostic, Place, Rule, describe, list, nearest},
};

/// The statuses of the catalogue and of the document, by code.
pub(super) struct Statuses(BTreeMap<u16, Status>);

/// A status that the document describes, and where.
struct DescribedStatus {
    status: Status,
    place: Pointer,
}

impl Statuses {
    /// Reads every `x-status` of the document.
    pub(super) fn gather(cx: &Context<'_>, routes: &[Route<'_>]) -> Self {
        let mut described: BTreeMap<u16, DescribedStatus> = BTreeMap::new();
        let mut nameless: BTreeMap<u16, (Pointer, String)> = BTreeMap::new();
        let mut used = Vec::new();
        for route in routes {
            for (key, response) in responses(cx, route) {
                used.push(response.place.clone());
                let ResponseKey::Exact(code) = key else {
                    continue;
                };
                if code > LAST {
                    beyond(cx, route, code);
                    continue;
                }
                match x_status(cx, code, &response) {
                    Some(status) => describe_once(cx, &mut described, status, &response.place),
                    None if cx.catalogue.get(code).is_none() => {
                        let description = response.node.description.clone();
                        nameless
                            .entry(code)
                            .or_insert((response.place, description));
                    }
                    None => {}
                }
            }
        }
        unused(cx, &used);
        same_names(cx, &described);

        let known = cx
            .catalogue
            .iter()
            .map(|status| (status.code, elsewhere(status)));
        let mut statuses: BTreeMap<_, _> = known.collect();
        statuses.extend(
            described
                .into_iter()
                .map(|(code, described)| (code, described.status)),
        );
        for (code, (place, description)) in nameless {
            if statuses.contains_key(&code) {
                continue;
            }
            // Without a catalogue there is nobody else to ask.
            if cx.catalogue.is_empty() {
                cx.report(
                    Diagnostic::error(
                        Rule::UnknownStatus,
                        Place::Key(place.clone()),
                        format!("nothing says what {code} means"),
                    )
                    .help("add `x-status` with its `reason`, `origin` and `retry` to the response"),
                );
            }
            let status = Status {
                place: place.into(),
                ..nobodys(code, description)
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

/// The last status of HTTP (RFC 9110, section 15).
const LAST: u16 = 599;

/// A number that HTTP does not have; servers are seen to send some, so it is taken as it is.
fn beyond(cx: &Context<'_>, route: &Route<'_>, code: u16) {
    let place = route.declared.place.key("responses").key(&code.to_string());
    cx.report(
        Diagnostic::warning(
            Rule::NotAStatus,
            Place::Key(place),
            format!("{code} is no status of HTTP, which ends at {LAST}"),
        )
        .label("taken as a number without a meaning")
        .help("answer with a code of one of the five classes"),
    );
}

/// A status as the catalogue knows it: where it stands there is no place of this document.
fn elsewhere(status: &Status) -> Status {
    Status {
        place: Origin::default(),
        ..status.clone()
    }
}

/// A code that neither the document nor the catalogue knows: it has a number and no more.
fn nobodys(code: u16, description: String) -> Status {
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

fn describe_once(
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
                format!("{code} is described twice, and not in the same way"),
            )
            .label("described again here")
            .related(
                Place::Key(first.place.key("x-status")),
                "first described here",
            )
            .help("describe it once, under `components.responses`, and use `$ref`"),
        );
    }
}

/// A response of the components that describes a status, and that no operation has: it has no code.
fn unused(cx: &Context<'_>, used: &[Pointer]) {
    let Some(components) = &cx.document.api.components else {
        return;
    };
    let place = Pointer::root().key("components").key("responses");
    for (name, response) in &components.responses {
        let place = place.key(name);
        let ReferenceOr::Item(response) = response else {
            continue;
        };
        if response.extensions.contains_key("x-status") && !used.contains(&place) {
            cx.report(
                Diagnostic::warning(
                    Rule::UnusedStatus,
                    Place::Key(place),
                    format!("`{name}` is no answer of any operation, so it has no code"),
                )
                .help("name it in the `responses` of an operation, under its code"),
            );
        }
    }
}

/// Two codes with one name: one of the two has to be called something else.
fn same_names(cx: &Context<'_>, described: &BTreeMap<u16, DescribedStatus>) {
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
                format!("{other} and {code} are both called `{}`", status.name),
            );
            let finding = match first {
                Some(first) => finding.related(
                    Place::Key(first.key("x-status")),
                    format!("this is {other}"),
                ),
                None => finding.label(format!("the catalogue calls {other} so")),
            };
            cx.report(finding.help("give one of the two a `name` in its `x-status`"));
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

/// The names that variants for ranges and `default` have.
const TAKEN: [&str; 5] = [
    "ClientError",
    "Default",
    "Redirection",
    "ServerError",
    "SuccessType",
];

/// Reads the `x-status` of a response, which says what is otherwise than in the catalogue.
fn x_status(cx: &Context<'_>, code: u16, response: &Located<'_, Response>) -> Option<Status> {
    let value = response.node.extensions.get("x-status")?;
    let mut reader = StatusReader {
        cx,
        place: response.place.key("x-status"),
        members: None,
    };
    let known = cx.catalogue.get(code).cloned();
    let Value::Object(members) = value else {
        reader.wrong(
            &reader.place,
            &format!("`x-status` is {}", describe(value)),
            "write a mapping",
        );
        return Some(known.unwrap_or_else(|| nobodys(code, String::new())));
    };
    reader.members = Some(members);
    reader.unknown_keys();
    if known.is_none() {
        reader.missing_keys();
    }
    let mut status = known.unwrap_or_else(|| nobodys(code, own_words(response)));
    status.place = response.place.clone().into();

    let reason = reader.text("reason", |text| {
        !text.trim().is_empty() && !text.contains(char::is_control)
    });
    if let Some(reason) = reason.filter(|reason| *reason != status.reason) {
        // Called otherwise, it means something else.
        status.name = Ident::pascal(&reason);
        status.reason = reason;
        status.description = own_words(response);
    }
    if let Some(name) = reader.text("name", |text| {
        Ident::chosen(text).is_some_and(|name| name == Ident::pascal(text))
    }) {
        status.name = Ident::pascal(&name);
    }
    if TAKEN.contains(&status.name.as_str()) {
        let message = format!("`{}` is the name of a class of statuses", status.name);
        reader.wrong(&reader.place, &message, "add `name: ...`");
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

/// What the response itself says.
fn own_words(response: &Located<'_, Response>) -> String {
    response.node.description.trim_end().to_owned()
}

/// `iana`, `aws-elb`: a word for a registry, a product or a protocol.
fn is_origin(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Reads the members of an `x-status`, and reports those that are not what they should be.
struct StatusReader<'a> {
    cx: &'a Context<'a>,
    place: Pointer,
    members: Option<&'a Map<String, Value>>,
}

impl StatusReader<'_> {
    fn unknown_keys(&self) {
        let members = self.members.into_iter().flat_map(Map::keys);
        for key in members.filter(|key| !KEYS.contains(&key.as_str())) {
            let help = match nearest(key, KEYS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("its keys are {}", list(&KEYS)),
            };
            let place = Place::Key(self.place.key(key));
            let message = format!("`x-status` has no key `{key}`");
            self.cx
                .report(Diagnostic::error(Rule::UnknownKey, place, message).help(help));
        }
    }

    /// What nobody else can say has to be there; a catalogue has to say more than others.
    fn missing_keys(&self) {
        let needed: &[(&str, &str)] = &[
            ("reason", "the reason phrase: `reason: Not Found`"),
            ("origin", "who uses it: `origin: [iana]`"),
            ("retry", "whether to repeat: `retry: never`"),
        ];
        let needed = if self.cx.catalogue.is_empty() {
            needed
        } else {
            needed.get(..1).unwrap_or_default()
        };
        for (key, help) in needed {
            if self.get(key).is_none() {
                let place = Place::Key(self.place.clone());
                let message = format!("`x-status` needs the key `{key}`");
                self.cx.report(
                    Diagnostic::error(Rule::MissingKey, place, message).help(format!("add {help}")),
                );
            }
        }
    }

    fn wrong(&self, place: &Pointer, message: &str, help: &str) {
        let place = Place::Value(place.clone());
        self.cx
            .report(Diagnostic::error(Rule::WrongValue, place, message).help(help));
    }

    fn get(&self, key: &str) -> Option<(&Value, Pointer)> {
        Some((self.members?.get(key)?, self.place.key(key)))
    }

    fn text(&self, key: &str, sound: impl Fn(&str) -> bool) -> Option<String> {
        let (value, place) = self.get(key)?;
        self.sound_text(key, value, &place, sound)
    }

    fn texts(&self, key: &str, sound: impl Fn(&str) -> bool) -> Option<Vec<String>> {
        let (value, place) = self.get(key)?;
        let Value::Array(items) = value else {
            let message = format!("`{key}` is {}, not a list", describe(value));
            self.wrong(&place, &message, &format!("write a list: `{key}: [...]`"));
            return None;
        };
        let items = items.iter().enumerate();
        let texts = items
            .filter_map(|(index, item)| self.sound_text(key, item, &place.index(index), &sound));
        Some(texts.collect())
    }

    fn sound_text(
        &self,
        key: &str,
        value: &Value,
        place: &Pointer,
        sound: impl Fn(&str) -> bool,
    ) -> Option<String> {
        let help = match key {
            "name" => "write a name in Rust's way: `NotFound`",
            "origin" => "write words in small letters: `[iana]`, `[nginx, aws-elb]`",
            "reference" => "write the address of a page: `https://...`",
            "requires" => "write names of header fields: `[WWW-Authenticate]`",
            _ => "write a text in one line",
        };
        match value {
            Value::String(text) if sound(text) => Some(text.clone()),
            Value::String(text) => {
                self.wrong(
                    place,
                    &format!("`{key}` cannot be `{}`", text.escape_debug()),
                    help,
                );
                None
            }
            other => {
                self.wrong(
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
            let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            let shown = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            let message = format!("`{key}` cannot be `{}`", shown.escape_debug());
            self.wrong(&place, &message, &format!("write {}", list(&known)));
        }
        found.map(|(_, word)| *word)
    }
}
