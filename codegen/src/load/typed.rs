//! A tree that is sound to the types of [`openapiv3`].

use std::{borrow::Cow, collections::BTreeMap};

use openapiv3::{
    Callback, Components, Example, Header, Link, OpenAPI, Operation, Parameter, PathItem,
    ReferenceOr, RequestBody, Response, Schema, SecurityScheme,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    References,
    spec::{ObjectKeys, ObjectKind, ValueKind},
};
use crate::{
    model::Method,
    pointer::{Pointer, Trail},
    report::{Diagnostic, Place, Rule},
};

/// What `$ref`s point to, by place.
#[derive(Debug, Default)]
pub(crate) struct RefTargets {
    examples: BTreeMap<Pointer, ReferenceOr<Example>>,
    headers: BTreeMap<Pointer, ReferenceOr<Header>>,
    parameters: BTreeMap<Pointer, ReferenceOr<Parameter>>,
    path_items: BTreeMap<Pointer, ReferenceOr<PathItem>>,
    request_bodies: BTreeMap<Pointer, ReferenceOr<RequestBody>>,
    responses: BTreeMap<Pointer, ReferenceOr<Response>>,
    security_schemes: BTreeMap<Pointer, ReferenceOr<SecurityScheme>>,
}

impl RefTargets {
    /// What stands at a place that a `$ref` of this type points to.
    pub(super) fn get<T: Component>(&self, place: &Pointer) -> Option<&ReferenceOr<T>> {
        T::among(self).get(place)
    }

    fn insert(
        &mut self,
        place: &Pointer,
        kind: ObjectKind,
        value: &Value,
    ) -> Result<(), serde_json::Error> {
        fn put<T: Component + for<'de> Deserialize<'de>>(
            targets: &mut RefTargets,
            place: &Pointer,
            value: &Value,
        ) -> Result<(), serde_json::Error> {
            let target = ReferenceOr::deserialize(value)?;
            T::among_mut(targets).insert(place.clone(), target);
            Ok(())
        }
        match kind {
            ObjectKind::Example => put::<Example>(self, place, value),
            ObjectKind::Header => put::<Header>(self, place, value),
            ObjectKind::Parameter => put::<Parameter>(self, place, value),
            ObjectKind::PathItem => put::<PathItem>(self, place, &completed(value)),
            ObjectKind::RequestBody => put::<RequestBody>(self, place, value),
            ObjectKind::Response => put::<Response>(self, place, value),
            ObjectKind::SecurityScheme => put::<SecurityScheme>(self, place, value),
            // Nothing is generated from links and callbacks; schemas are read from the tree.
            _ => Ok(()),
        }
    }
}

/// What a `$ref` can point to.
pub(crate) trait Component: Sized {
    #[doc(hidden)]
    fn among(targets: &RefTargets) -> &BTreeMap<Pointer, ReferenceOr<Self>>;
    #[doc(hidden)]
    fn among_mut(targets: &mut RefTargets) -> &mut BTreeMap<Pointer, ReferenceOr<Self>>;
}

macro_rules! components {
    ($($component:ty: $field:ident,)*) => {
        $(impl Component for $component {
            fn among(targets: &RefTargets) -> &BTreeMap<Pointer, ReferenceOr<Self>> {
                &targets.$field
            }

            fn among_mut(targets: &mut RefTargets) -> &mut BTreeMap<Pointer, ReferenceOr<Self>> {
                &mut targets.$field
            }
        })*
    };
}

components! {
    Example: examples,
    Header: headers,
    Parameter: parameters,
    PathItem: path_items,
    RequestBody: request_bodies,
    Response: responses,
    SecurityScheme: security_schemes,
}

/// Whether an operation lacks its `responses`, which its type needs.
fn is_incomplete(operation: &Value) -> bool {
    operation.is_object() && operation.get("responses").is_none()
}

/// A path whose operations all have `responses`: an empty list says no less than none.
fn completed(item: &Value) -> Cow<'_, Value> {
    let mut item = Cow::Borrowed(item);
    for method in Method::ALL {
        if item.get(method.key()).is_some_and(is_incomplete)
            && let Some(Value::Object(operation)) = item.to_mut().get_mut(method.key())
        {
            operation.insert("responses".to_owned(), Value::Object(Map::new()));
        }
    }
    item
}

/// Makes a tree typed, with all that its `$ref`s point to.
pub(super) fn typed(
    tree: &Value,
    references: &References,
) -> Result<(OpenAPI, RefTargets), Diagnostic> {
    let refused = |error| refusal(tree, &error);
    let mut whole = Cow::Borrowed(tree);
    let paths = tree.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        if let Cow::Owned(item) = completed(item)
            && let Some(Value::Object(paths)) = whole.to_mut().get_mut("paths")
        {
            paths.insert(path.clone(), item);
        }
    }
    let api = OpenAPI::deserialize(whole.as_ref()).map_err(refused)?;
    let mut targets = RefTargets::default();
    for (place, kind) in references.keys() {
        if let Some(value) = tree.pointer(place.as_str()) {
            targets.insert(place, *kind, value).map_err(refused)?;
        }
    }
    Ok((api, targets))
}

/// Finds the least part of the document that its type refuses, for a message with a place.
fn refusal(tree: &Value, error: &serde_json::Error) -> Diagnostic {
    let (place, error) = culprit(ValueKind::Is(ObjectKind::OpenApi), tree, &Trail::ROOT)
        .unwrap_or((Pointer::root(), error.to_string()));
    Diagnostic::error(
        Rule::WrongValue,
        Place::Key(place),
        format!("this is not sound: {error}"),
    )
    .help("hold it against the OpenAPI 3.0.3 specification")
}

fn culprit(form: ValueKind, value: &Value, at: &Trail<'_>) -> Option<(Pointer, String)> {
    match (form, value) {
        (
            ValueKind::Is(kind) | ValueKind::Ref(kind) | ValueKind::FlagOrRef(kind),
            Value::Object(members),
        ) => {
            if members.contains_key("$ref") {
                return None;
            }
            let inner = match kind.members() {
                ObjectKeys::Fields(fields) => fields.iter().find_map(|field| {
                    culprit(field.form, members.get(field.name)?, &at.key(field.name))
                }),
                ObjectKeys::Named(form) => members
                    .iter()
                    .filter(|(key, _)| !key.starts_with("x-"))
                    .find_map(|(key, value)| culprit(form, value, &at.key(key))),
            };
            inner.or_else(|| Some((at.pointer(), refuse(kind, value)?)))
        }
        (ValueKind::List(form), Value::Array(items)) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| culprit(*form, item, &at.index(index))),
        (ValueKind::Map(form), Value::Object(members)) => members
            .iter()
            .find_map(|(key, value)| culprit(*form, value, &at.key(key))),
        _ => None,
    }
}

/// Why the type of a kind refuses a value.
fn refuse(kind: ObjectKind, value: &Value) -> Option<String> {
    fn try_as<'a, T: Deserialize<'a>>(value: &'a Value) -> Option<String> {
        T::deserialize(value).err().map(|error| error.to_string())
    }
    match kind {
        ObjectKind::Callback => try_as::<Callback>(value),
        ObjectKind::Components => try_as::<Components>(value),
        ObjectKind::Example => try_as::<Example>(value),
        ObjectKind::Header => try_as::<Header>(value),
        ObjectKind::Link => try_as::<Link>(value),
        ObjectKind::OpenApi => try_as::<OpenAPI>(value),
        ObjectKind::Operation => try_as::<Operation>(value),
        ObjectKind::Parameter => try_as::<Parameter>(value),
        ObjectKind::PathItem => try_as::<PathItem>(value),
        ObjectKind::RequestBody => try_as::<RequestBody>(value),
        ObjectKind::Response => try_as::<Response>(value),
        ObjectKind::Schema => try_as::<Schema>(value),
        ObjectKind::SecurityScheme => try_as::<SecurityScheme>(value),
        _ => None,
    }
}
