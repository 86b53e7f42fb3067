//! Maps the names of the generated crate to places of the document, and finds names that changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
};

use super::public_api::{ItemPath, PublicApi};
use crate::{
    diff::document::pairs::Pairs,
    model::{Handler, Method, Model, Operation, Payload, TypeKind},
    name::Ident,
    pointer::Pointer,
};

/// The names of a crate, with the places of the document that they are generated from.
#[derive(Default)]
pub(in crate::diff) struct NameOrigins {
    by_path: BTreeMap<String, NameOrigin>,
}

struct NameOrigin {
    role: Role,
    /// The places of the named thing.
    places: Vec<Pointer>,
    /// The places that the name is derived from, if those are different.
    named_after: Vec<Pointer>,
    /// The value on the wire, which identifies a property or an enum value regardless of its place.
    wire: Option<String>,
}

/// The role of a name; the same place may have names in several roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    ResponseVariant,
    /// A parameter of a constructor.
    Argument,
    Body,
    Call,
    /// A parameter of a client method.
    CallArgument,
    /// A setter of the call builder.
    CallSetter,
    StatusIn,
    Constant,
    Credentials,
    /// The server trait of the operations with a tag.
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
    pub(in crate::diff) fn new(model: &Model) -> Self {
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
            named_after: Vec::new(),
            wire: None,
        };
        self.by_path.insert(path, name);
    }

    fn add_wire(&mut self, path: String, wire: &dyn Display, places: &[Pointer]) {
        let name = NameOrigin {
            role: Role::Value,
            places: places.to_vec(),
            named_after: Vec::new(),
            wire: Some(wire.to_string()),
        };
        self.by_path.insert(path, name);
    }

    /// Records that names are derived from the name of an operation.
    fn named_after(&mut self, paths: &[String], places: &[Pointer]) {
        for path in paths {
            if let Some(name) = self.by_path.get_mut(path) {
                name.named_after.extend_from_slice(places);
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
                    for entry in values {
                        value(self, &entry.name, &entry.value, entry.origin.places());
                    }
                }
                TypeKind::IntegerEnum(values) => {
                    for entry in values {
                        value(self, &entry.name, &entry.value, entry.origin.places());
                    }
                }
                TypeKind::MixedEnum(values) => {
                    for entry in values {
                        value(self, &entry.name, &entry.value, entry.origin.places());
                    }
                }
                TypeKind::Union { variants, .. } => {
                    for variant in variants {
                        let path = ItemPath::member(&path, variant.name.as_str());
                        self.add(path, Role::Value, variant.origin.places());
                    }
                }
                TypeKind::Form { parts, .. } => {
                    for part in parts {
                        field(self, &part.name, &part.wire, part.origin.places());
                    }
                }
                TypeKind::Struct { fields, .. } => {
                    for property in fields {
                        field(
                            self,
                            &property.name,
                            &property.wire,
                            property.origin.places(),
                        );
                    }
                }
            }
        }
    }

    /// Adds the server traits and their mock implementations.
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
        let required = request_places(operation);
        let request = operation.request.as_str();
        let calls = format!("Call<{request}>");
        let call = ItemPath::member("Client", operation.name.as_str());
        let new = ItemPath::member(request, "new");
        self.add(request.to_owned(), Role::Request, &required);
        self.add(call.clone(), Role::Call, own);
        let api = ItemPath::member(&model.server_module(operation), "Api");
        let handler = ItemPath::member(&api, operation.name.as_str());
        let response_places: Vec<_> = own.iter().map(|place| place.key("responses")).collect();
        self.add(
            operation.response.to_string(),
            Role::Response,
            &response_places,
        );
        if operation.handler == Handler::Own {
            self.add(handler.clone(), Role::Handler, own);
        }
        // The place of a response type is `responses`, because its contents change with that; its name
        // comes from the operation.
        self.named_after(&[request.to_owned(), operation.response.to_string()], own);
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
        if let Some(credentials) = model.credentials(operation) {
            let path = format!("security::{}", credentials.name);
            let places = security(operation);
            let argument = ItemPath::parameter(&handler, "credentials");
            self.add(argument, Role::Credentials, &places);
            match self.by_path.get_mut(&path) {
                Some(origin) => origin.places.extend(places),
                None => self.add(path, Role::Credentials, &places),
            }
        }
    }

    fn payload(&mut self, payload: &Payload) {
        let Payload::Several { name, variants } = payload else {
            return;
        };
        let places: Vec<_> = variants
            .iter()
            .flat_map(|variant| variant.content.origin.places())
            .filter_map(Pointer::parent)
            .collect();
        self.add(name.to_string(), Role::Body, &places);
        for variant in variants {
            let path = ItemPath::member(name.as_str(), variant.name.as_str());
            self.add(path, Role::Media, variant.content.origin.places());
        }
    }

    fn response_enums(&mut self, model: &Model) {
        for (index, response_enum) in model.response_enums.iter().enumerate() {
            let name = response_enum.name.as_str();
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
            // A shared response type is named after the first operation that uses it.
            let own: Vec<_> = users
                .take(1)
                .flat_map(|operation| operation.origin.places())
                .cloned()
                .collect();
            self.named_after(&[name.to_owned()], &own);
            for variant in &response_enum.variants {
                let path = ItemPath::member(name, variant.variant.as_str());
                let places = variant.origin.places();
                self.add(path.clone(), Role::ResponseVariant, places);
                if let Some(status_type) = &variant.status_type {
                    self.add(status_type.to_string(), Role::StatusIn, places);
                    self.named_after(&[status_type.to_string()], &own);
                }
                for header in &variant.headers {
                    let field = ItemPath::field(&path, header.name.as_str());
                    self.add(field, Role::Value, header.origin.places());
                }
                let contents = variant.body.contents();
                let contents: Vec<_> = contents
                    .iter()
                    .flat_map(|content| content.origin.places())
                    .cloned()
                    .collect();
                self.add(ItemPath::field(&path, "body"), Role::Body, &contents);
                self.payload(&variant.body);
            }
        }
    }

    /// Returns the places of an item, or those of the nearest enclosing item with known places.
    pub(in crate::diff) fn places(&self, path: &str) -> &[Pointer] {
        let name = self.nearest(path);
        name.map(|name| name.places.as_slice()).unwrap_or_default()
    }

    /// Returns the places that the name of an item is derived from: its own, and those of the enclosing
    /// operation.
    pub(in crate::diff) fn naming_places(&self, path: &str) -> Vec<Pointer> {
        let Some(name) = self.nearest(path) else {
            return Vec::new();
        };
        if !name.named_after.is_empty() {
            return name.named_after.clone();
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

    /// Returns the names that stand for something else in the head, so that code using them still compiles.
    pub(in crate::diff) fn reused(
        &self,
        head: &Self,
        renames: &Renames,
        pairs: &Pairs,
    ) -> Vec<(String, String)> {
        let roles = [Role::Request, Role::Type, Role::Value];
        let mut reused = Vec::new();
        for (path, name) in &self.by_path {
            let now = renames.path(path);
            let Some(after) = head
                .by_path
                .get(&now)
                .filter(|after| after.role == name.role)
            else {
                continue;
            };
            let (Some(before), Some(after_place)) = (name.places.first(), after.places.first())
            else {
                continue;
            };
            if let (Some(before), Some(after)) = (&name.wire, &after.wire) {
                if before != after {
                    reused.push((path.clone(), now));
                }
                continue;
            }
            if roles.contains(&name.role)
                && pairs.same_in_head(before).as_ref() != Some(after_place)
            {
                reused.push((path.clone(), now));
            }
        }
        reused
    }

    /// Returns the names that changed although the named thing is the same.
    pub(in crate::diff) fn renamed(
        &self,
        base_api: &PublicApi,
        head: &Self,
        head_api: &PublicApi,
        pairs: &Pairs,
    ) -> Renames {
        let mut by_place: BTreeMap<(Role, &Pointer), Vec<&str>> = BTreeMap::new();
        for (path, name) in &head.by_path {
            if !base_api.items.contains_key(path)
                && let Some(place) = name.places.first()
            {
                by_place.entry((name.role, place)).or_default().push(path);
            }
        }
        let mut renames = Renames::default();
        let mut taken = BTreeSet::new();
        // Enclosing items come first, because the paths of their parts contain their names.
        let mut own_names: Vec<_> = self.by_path.iter().collect();
        own_names.sort_by_key(|(path, _)| depth(path));
        for (path, name) in own_names {
            let now = renames.path(path);
            if head_api.items.contains_key(&now) || !base_api.items.contains_key(path) {
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
            // A part must belong to the same enclosing item.
            let same = same.copied().find(|path| {
                let parent_of = |path: &str| outer(path).filter(|_| !path.starts_with("types::"));
                !taken.contains(path)
                    && (depth(path) == depth(&now) || parent_of(path) == parent_of(&now))
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

/// Returns the path of the enclosing item.
fn outer(path: &str) -> Option<String> {
    if let Some((owner, _)) = path.split_once(": ") {
        return Some(owner.to_owned());
    }
    let at = path.rfind(['.', '(', ':'])?;
    let owner = path.get(..at)?.trim_end_matches(':');
    // Parts of a call builder belong to its request.
    let inner = owner
        .strip_prefix("Call<")
        .and_then(|call| call.strip_suffix('>'));
    Some(inner.unwrap_or(owner).to_owned()).filter(|owner| !owner.is_empty())
}

/// Returns the place of the operation that encloses a place.
fn operation_around(place: &Pointer) -> Option<Pointer> {
    let mut segments = place.segments();
    let (paths, path, method) = (segments.next()?, segments.next()?, segments.next()?);
    let is_operation = paths == "paths"
        && Method::ALL
            .iter()
            .any(|candidate| candidate.key() == method);
    is_operation.then(|| Pointer::root().key(&paths).key(&path).key(&method))
}

/// Returns the places of everything that a request of the operation requires.
fn request_places(operation: &Operation) -> Vec<Pointer> {
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

/// The names of one crate that are different in the next.
#[derive(Clone, Debug, Default)]
pub(in crate::diff) struct Renames {
    pub(in crate::diff) to: BTreeMap<String, String>,
}

impl Renames {
    /// Returns a path with the names of the next crate.
    pub(in crate::diff) fn path(&self, path: &str) -> String {
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

    /// Returns a name with its longest renamed prefix replaced.
    fn name(&self, name: &str) -> String {
        let mut end = name.len();
        loop {
            let Some((candidate, rest)) = name.split_at_checked(end) else {
                return name.to_owned();
            };
            if let Some(new) = self.to.get(candidate) {
                return format!("{new}{rest}");
            }
            match candidate.rfind("::") {
                Some(at) => end = at,
                None => return name.to_owned(),
            }
        }
    }

    pub(in crate::diff) fn tokens(&self, tokens: &[String]) -> Vec<String> {
        tokens.iter().map(|token| self.name(token)).collect()
    }
}

/// Returns the length of the name at the start of a text: `a::b` in `a::b: C`.
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
