//! Which place of the document each name of the generated crate comes from, and which names are the same
//! under another.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
};

use super::{
    pairs::Pairs,
    public_api::{ItemPath, PublicApi},
};
use crate::{
    model::{Handler, Method, Model, Operation, Payload, TypeKind},
    name::Ident,
    pointer::Pointer,
};

/// The names of a crate, and the places of the document that they come from.
#[derive(Default)]
pub(super) struct NameOrigins {
    by_path: BTreeMap<String, NameOrigin>,
}

struct NameOrigin {
    role: Role,
    /// The places of what it stands for.
    places: Vec<Pointer>,
    /// The places that it is called by, if those are others.
    called_by: Vec<Pointer>,
    /// What it stands for on the wire, which is what it is, wherever that is said.
    wire: Option<String>,
}

/// What a name is for: one place has names for several things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    ResponseVariant,
    /// Of a function that makes a value.
    Argument,
    Body,
    Call,
    /// Of a method of the client.
    CallArgument,
    /// Of a call.
    CallSetter,
    StatusIn,
    Constant,
    Credentials,
    /// What operations of a tag have in common.
    Group,
    Handler,
    Media,
    Request,
    Response,
    Setter,
    Status,
    Type,
    Value,
}

impl NameOrigins {
    pub(super) fn of(model: &Model) -> Self {
        let mut names = Self::default();
        names.types(model);
        for operation in &model.operations {
            names.operation(model, operation);
        }
        names.groups(model);
        names.response_enums(model);
        for scheme in &model.schemes {
            let places = scheme.origin.places();
            let constant = format!("security::{}", scheme.constant);
            names.add(constant, Role::Constant, places);
            let setter = ItemPath::member("ClientBuilder", scheme.name.as_str());
            names.add(setter, Role::Setter, places);
        }
        for status in &model.statuses {
            let path = ItemPath::member("Status", status.name.as_str());
            names.add(path, Role::Status, status.place.places());
        }
        names
    }

    fn add(&mut self, path: String, role: Role, places: &[Pointer]) {
        let name = NameOrigin {
            role,
            places: places.to_vec(),
            called_by: Vec::new(),
            wire: None,
        };
        self.by_path.insert(path, name);
    }

    fn add_wire(&mut self, path: String, wire: &dyn Display, places: &[Pointer]) {
        let name = NameOrigin {
            role: Role::Value,
            places: places.to_vec(),
            called_by: Vec::new(),
            wire: Some(wire.to_string()),
        };
        self.by_path.insert(path, name);
    }

    /// Notes that names are made from that of an operation.
    fn called_by(&mut self, paths: &[String], places: &[Pointer]) {
        for path in paths {
            if let Some(name) = self.by_path.get_mut(path) {
                name.called_by.extend_from_slice(places);
            }
        }
    }

    fn types(&mut self, model: &Model) {
        for definition in &model.types {
            let path = format!("types::{}", definition.name);
            self.add(path.clone(), Role::Type, definition.origin.places());
            let new = ItemPath::member(&path, "new");
            let value = |names: &mut Self, name: &Ident, wire: &dyn Display, places: &[Pointer]| {
                let path = ItemPath::member(&path, name.as_str());
                names.add_wire(path, wire, places);
            };
            let field = |names: &mut Self, name: &Ident, wire: &str, places: &[Pointer]| {
                let name = name.as_str();
                names.add_wire(ItemPath::field(&path, name), &wire, places);
                names.add(ItemPath::parameter(&new, name), Role::Argument, places);
            };
            match &definition.kind {
                TypeKind::Alias(_) | TypeKind::Wrapper(_) => {}
                TypeKind::TextEnum(values) => {
                    for one in values {
                        value(self, &one.name, &one.value, one.origin.places());
                    }
                }
                TypeKind::IntegerEnum(values) => {
                    for one in values {
                        value(self, &one.name, &one.value, one.origin.places());
                    }
                }
                TypeKind::MixedEnum(values) => {
                    for one in values {
                        value(self, &one.name, &one.value, one.origin.places());
                    }
                }
                TypeKind::Union { variants, .. } => {
                    for one in variants {
                        let path = ItemPath::member(&path, one.name.as_str());
                        self.add(path, Role::Value, one.origin.places());
                    }
                }
                TypeKind::Form { parts, .. } => {
                    for one in parts {
                        field(self, &one.name, &one.wire, one.origin.places());
                    }
                }
                TypeKind::Struct { fields, .. } => {
                    for one in fields {
                        field(self, &one.name, &one.wire, one.origin.places());
                    }
                }
            }
        }
    }

    /// The traits of the server, and what is beside each.
    fn groups(&mut self, model: &Model) {
        for group in &model.groups {
            let name = group.name.as_str();
            let api = ItemPath::member(name, "Api");
            for path in [
                ItemPath::member("server", name),
                ItemPath::implementation("Mock", &api),
            ] {
                self.add(path, Role::Group, group.origin.places());
            }
        }
    }

    fn operation(&mut self, model: &Model, operation: &Operation) {
        let own = operation.origin.places();
        let asks = asked(operation);
        let request = operation.request.as_str();
        let calls = format!("Call<{request}>");
        let call = ItemPath::member("Client", operation.name.as_str());
        let new = ItemPath::member(request, "new");
        self.add(request.to_owned(), Role::Request, &asks);
        self.add(call.clone(), Role::Call, own);
        let api = ItemPath::member(&model.server_module(operation), "Api");
        let handler = ItemPath::member(&api, operation.name.as_str());
        let answers: Vec<_> = own.iter().map(|place| place.key("responses")).collect();
        self.add(operation.response.to_string(), Role::Response, &answers);
        if operation.handler == Handler::Own {
            self.add(handler.clone(), Role::Handler, own);
        }
        // The type of an answer is found by what it is named after, and changes with what is in it.
        self.called_by(&[request.to_owned(), operation.response.to_string()], own);
        let parameters = operation
            .parameters
            .iter()
            .map(|parameter| (&parameter.name, parameter.origin.places()));
        let body = operation
            .body
            .iter()
            .map(|body| (&body.name, body.origin.places()));
        for (name, places) in parameters.chain(body) {
            let name = name.as_str();
            self.add(ItemPath::field(request, name), Role::Value, places);
            self.add(ItemPath::member(request, name), Role::Setter, places);
            self.add(ItemPath::member(&calls, name), Role::CallSetter, places);
            self.add(ItemPath::parameter(&new, name), Role::Argument, places);
            self.add(ItemPath::parameter(&call, name), Role::CallArgument, places);
        }
        if let Some(body) = &operation.body {
            self.payload(&body.payload);
        }
        if let Some(set) = model.credentials(operation) {
            let path = format!("security::{}", set.name);
            let places = security(operation);
            let argument = ItemPath::parameter(&handler, "credentials");
            self.add(argument, Role::Credentials, &places);
            match self.by_path.get_mut(&path) {
                Some(known) => known.places.extend(places),
                None => self.add(path, Role::Credentials, &places),
            }
        }
    }

    fn payload(&mut self, payload: &Payload) {
        let Payload::Several { name, variants } = payload else {
            return;
        };
        let all: Vec<_> = variants
            .iter()
            .flat_map(|variant| variant.content.origin.places())
            .filter_map(Pointer::parent)
            .collect();
        self.add(name.to_string(), Role::Body, &all);
        for variant in variants {
            let path = ItemPath::member(name.as_str(), variant.name.as_str());
            self.add(path, Role::Media, variant.content.origin.places());
        }
    }

    fn response_enums(&mut self, model: &Model) {
        for (index, set) in model.response_enums.iter().enumerate() {
            let name = set.name.as_str();
            let users = model
                .operations
                .iter()
                .filter(|operation| operation.response_enum == index);
            let places: Vec<_> = users
                .flat_map(|operation| operation.origin.places())
                .map(|place| place.key("responses"))
                .collect();
            self.add(name.to_owned(), Role::Response, &places);
            let users = model
                .operations
                .iter()
                .filter(|operation| operation.response_enum == index);
            // It is named after the first.
            let own: Vec<_> = users
                .take(1)
                .flat_map(|operation| operation.origin.places())
                .cloned()
                .collect();
            self.called_by(&[name.to_owned()], &own);
            for answer in &set.variants {
                let variant = ItemPath::member(name, answer.variant.as_str());
                let places = answer.origin.places();
                self.add(variant.clone(), Role::ResponseVariant, places);
                if let Some(carried) = &answer.status_type {
                    self.add(carried.to_string(), Role::StatusIn, places);
                    self.called_by(&[carried.to_string()], &own);
                }
                for header in &answer.headers {
                    let path = ItemPath::field(&variant, header.name.as_str());
                    self.add(path, Role::Value, header.origin.places());
                }
                let contents = answer.body.contents();
                let contents: Vec<_> = contents
                    .iter()
                    .flat_map(|content| content.origin.places())
                    .cloned()
                    .collect();
                self.add(ItemPath::field(&variant, "body"), Role::Body, &contents);
                self.payload(&answer.body);
            }
        }
    }

    /// The places that an item comes from: its own, else those of what it is a part of.
    pub(super) fn places(&self, path: &str) -> &[Pointer] {
        let name = self.nearest(path);
        name.map(|name| name.places.as_slice()).unwrap_or_default()
    }

    /// The places that an item is called by: its own, and the operation's that it belongs to.
    pub(super) fn callers(&self, path: &str) -> Vec<Pointer> {
        let Some(name) = self.nearest(path) else {
            return Vec::new();
        };
        if !name.called_by.is_empty() {
            return name.called_by.clone();
        }
        let operations = name.places.iter().filter_map(operation_around);
        name.places.iter().cloned().chain(operations).collect()
    }

    fn nearest(&self, path: &str) -> Option<&NameOrigin> {
        let mut path = path.to_owned();
        loop {
            if let Some(name) = self.by_path.get(&path) {
                return Some(name);
            }
            path = outer(&path)?;
        }
    }

    /// The names that stand for something else in another crate, for which it compiles all the same.
    pub(super) fn reused(
        &self,
        other: &Self,
        renames: &Renames,
        pairs: &Pairs,
    ) -> Vec<(String, String)> {
        let roles = [Role::Request, Role::Type, Role::Value];
        let mut reused = Vec::new();
        for (path, name) in &self.by_path {
            let now = renames.path(path);
            let Some(is) = other.by_path.get(&now).filter(|is| is.role == name.role) else {
                continue;
            };
            let (Some(was), Some(head)) = (name.places.first(), is.places.first()) else {
                continue;
            };
            if let (Some(was), Some(is)) = (&name.wire, &is.wire) {
                if was != is {
                    reused.push((path.clone(), now));
                }
                continue;
            }
            if roles.contains(&name.role) && pairs.same_in_head(was).as_ref() != Some(head) {
                reused.push((path.clone(), now));
            }
        }
        reused
    }

    /// The names that are others in another crate, for what is the same in the document.
    pub(super) fn renamed(
        &self,
        own: &PublicApi,
        other: &Self,
        others: &PublicApi,
        pairs: &Pairs,
    ) -> Renames {
        let mut by_place: BTreeMap<(Role, &Pointer), Vec<&str>> = BTreeMap::new();
        for (path, name) in &other.by_path {
            if !own.items.contains_key(path)
                && let Some(place) = name.places.first()
            {
                by_place.entry((name.role, place)).or_default().push(path);
            }
        }
        let mut renames = Renames::default();
        let mut taken = BTreeSet::new();
        // What holds others comes first: they are called by its name.
        let mut own_names: Vec<_> = self.by_path.iter().collect();
        own_names.sort_by_key(|(path, _)| depth(path));
        for (path, name) in own_names {
            let now = renames.path(path);
            if others.items.contains_key(&now) || !own.items.contains_key(path) {
                continue;
            }
            let Some(place) = name
                .places
                .first()
                .and_then(|place| pairs.same_in_head(place))
            else {
                continue;
            };
            let same = by_place.get(&(name.role, &place)).into_iter().flatten();
            // A part is the same part of what it is a part of.
            let same = same.copied().find(|path| {
                let beside = |one: &str| outer(one).filter(|_| !one.starts_with("types::"));
                !taken.contains(path)
                    && (depth(path) == depth(&now) || beside(path) == beside(&now))
            });
            if let Some(new) = same {
                taken.insert(new);
                renames.to.insert(now, new.to_owned());
            }
        }
        renames
    }
}

fn depth(path: &str) -> usize {
    path.matches("::").count() + path.matches(['.', '(']).count()
}

/// What an item is a part of.
fn outer(path: &str) -> Option<String> {
    if let Some((of, _)) = path.split_once(": ") {
        return Some(of.to_owned());
    }
    let at = path.rfind(['.', '(', ':'])?;
    let of = path.get(..at)?.trim_end_matches(':');
    // What extends a call is a part of the request that it is of.
    let inner = of.strip_prefix("Call<").and_then(|of| of.strip_suffix('>'));
    Some(inner.unwrap_or(of).to_owned()).filter(|of| !of.is_empty())
}

/// The operation that a place is in.
fn operation_around(place: &Pointer) -> Option<Pointer> {
    let mut segments = place.segments();
    let (paths, path, method) = (segments.next()?, segments.next()?, segments.next()?);
    let is_one = paths == "paths" && Method::ALL.iter().any(|known| known.key() == method);
    is_one.then(|| Pointer::root().key(&paths).key(&path).key(&method))
}

/// The places of all that an operation asks for.
fn asked(operation: &Operation) -> Vec<Pointer> {
    let mut places = Vec::new();
    for place in operation.origin.places() {
        places.push(place.key("parameters"));
        places.extend(place.parent().map(|path| path.key("parameters")));
        places.push(place.key("requestBody"));
    }
    let parameters = operation.parameters.iter();
    places.extend(
        parameters
            .flat_map(|parameter| parameter.origin.places())
            .cloned(),
    );
    places.extend(security(operation));
    places
}

fn security(operation: &Operation) -> Vec<Pointer> {
    let own = operation.origin.places().iter();
    let mut places: Vec<_> = own.map(|place| place.key("security")).collect();
    places.push(Pointer::root().key("security"));
    places
}

/// The names of one crate that are others in the next.
#[derive(Clone, Debug, Default)]
pub(super) struct Renames {
    pub(super) to: BTreeMap<String, String>,
}

impl Renames {
    /// A path with the names of the next crate.
    pub(super) fn path(&self, path: &str) -> String {
        if self.to.is_empty() {
            return path.to_owned();
        }
        let mut text = String::new();
        let mut rest = path;
        while let Some(start) = rest.find(|c: char| c.is_alphanumeric() || c == '_') {
            let (before, name) = rest.split_at(start);
            text.push_str(before);
            let length = name_length(name);
            let (name, after) = name.split_at(length);
            text.push_str(&self.name(name));
            rest = after;
        }
        text.push_str(rest);
        self.to.get(&text).cloned().unwrap_or(text)
    }

    /// A name, of which the longest part that has another one gets it.
    fn name(&self, name: &str) -> String {
        let mut end = name.len();
        loop {
            let Some((known, rest)) = name.split_at_checked(end) else {
                return name.to_owned();
            };
            if let Some(new) = self.to.get(known) {
                return format!("{new}{rest}");
            }
            match known.rfind("::") {
                Some(at) => end = at,
                None => return name.to_owned(),
            }
        }
    }

    pub(super) fn tokens(&self, tokens: &[String]) -> Vec<String> {
        tokens.iter().map(|token| self.name(token)).collect()
    }
}

/// How long the name is that a text starts with: `a::b` of `a::b: C`.
fn name_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii() {
            at += 1;
        } else if bytes.get(at..at + 2) == Some(b"::") {
            at += 2;
        } else {
            break;
        }
    }
    at
}
