//! Deserializes a valid tree into the types of [`openapiv3`].

use std::{borrow::Cow, collections::BTreeMap};

use openapiv3::{
    Callback, Components, Example, Header, Link, OpenAPI, Operation, Parameter, PathItem,
    ReferenceOr, RequestBody, Response, Schema, SecurityScheme,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    References,
    spec::{ObjectKind, ValueKind},
    walk::{self, Part, PartMut},
};
use crate::{
    pointer::{Pointer, Trail},
    report::{Diagnostic, Place, Rule},
};

/// The targets of the document's `$ref`s, by place.
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
    /// Returns the object of type `T` at the target of a `$ref`.
    pub(super) fn get<T: Component>(&self, place: &Pointer) -> Option<&ReferenceOr<T>> {
        T::targets(self).get(place)
    }

    fn insert(
        &mut self,
        place: &Pointer,
        kind: ObjectKind,
        value: &Value,
    ) -> Result<(), serde_json::Error> {
        fn insert<T: Component + for<'de> Deserialize<'de>>(
            targets: &mut RefTargets,
            place: &Pointer,
            value: &Value,
        ) -> Result<(), serde_json::Error> {
            let target = ReferenceOr::deserialize(value)?;
            T::targets_mut(targets).insert(place.clone(), target);
            Ok(())
        }
        let value = &representable(ValueKind::Ref(kind), value);
        match kind {
            ObjectKind::Example => insert::<Example>(self, place, value),
            ObjectKind::Header => insert::<Header>(self, place, value),
            ObjectKind::Parameter => insert::<Parameter>(self, place, value),
            ObjectKind::PathItem => insert::<PathItem>(self, place, value),
            ObjectKind::RequestBody => insert::<RequestBody>(self, place, value),
            ObjectKind::Response => insert::<Response>(self, place, value),
            ObjectKind::SecurityScheme => insert::<SecurityScheme>(self, place, value),
            // Nothing is generated from links and callbacks; schemas are read from the tree.
            _ => Ok(()),
        }
    }
}

/// An object that a `$ref` can point to.
pub(crate) trait Component: Sized {
    #[doc(hidden)]
    fn targets(targets: &RefTargets) -> &BTreeMap<Pointer, ReferenceOr<Self>>;
    #[doc(hidden)]
    fn targets_mut(targets: &mut RefTargets) -> &mut BTreeMap<Pointer, ReferenceOr<Self>>;
}

macro_rules! components {
    ($($component:ty: $field:ident,)*) => {
        $(impl Component for $component {
            fn targets(targets: &RefTargets) -> &BTreeMap<Pointer, ReferenceOr<Self>> {
                &targets.$field
            }

            fn targets_mut(targets: &mut RefTargets) -> &mut BTreeMap<Pointer, ReferenceOr<Self>> {
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

/// Returns a value without the parts that its type in [`openapiv3`] cannot represent.
///
/// An operation without `responses` gets empty ones, which mean the same. Callbacks and links are removed, because
/// nothing is generated from them.
fn representable(expected: ValueKind, value: &Value) -> Cow<'_, Value> {
    let mut is_representable = true;
    walk::visit(expected, value, &Trail::ROOT, &mut |part, _| {
        is_representable &= match part {
            Part::Object(ObjectKind::Operation, operation) => operation.contains_key("responses"),
            Part::Key(kind, key, ..) => !is_removed(kind, key),
            _ => true,
        };
        is_representable
    });
    if is_representable {
        return Cow::Borrowed(value);
    }
    let mut value = value.clone();
    walk::retain(expected, &mut value, &Trail::ROOT, &mut |part, _| {
        match part {
            PartMut::Key(kind, key, _) => return !is_removed(kind, key),
            PartMut::Object(ObjectKind::Operation, operation) => {
                operation
                    .entry("responses")
                    .or_insert_with(|| Value::Object(Map::new()));
            }
            _ => {}
        }
        true
    });
    Cow::Owned(value)
}

fn is_removed(kind: ObjectKind, key: &str) -> bool {
    kind.field(key).is_some() && matches!(key, "callbacks" | "links")
}

/// Deserializes a tree and the targets of its `$ref`s.
pub(super) fn deserialize(
    tree: &Value,
    references: &References,
) -> Result<(OpenAPI, RefTargets), Diagnostic> {
    let to_diagnostic = |error| invalid_part(tree, &error);
    let document = representable(ValueKind::Is(ObjectKind::OpenApi), tree);
    let api = OpenAPI::deserialize(document.as_ref()).map_err(to_diagnostic)?;
    let mut targets = RefTargets::default();
    for (place, kind) in references.keys() {
        if let Some(value) = place.find(tree) {
            targets.insert(place, *kind, value).map_err(to_diagnostic)?;
        }
    }
    Ok((api, targets))
}

/// Finds the first object that fails to deserialize although its parts do not, and reports it.
fn invalid_part(tree: &Value, error: &serde_json::Error) -> Diagnostic {
    let mut invalid: Option<(Pointer, String)> = None;
    let document = ValueKind::Is(ObjectKind::OpenApi);
    walk::visit(document, tree, &Trail::ROOT, &mut |part, at| {
        if let Part::Object(kind, object) = part {
            let place = at.pointer();
            let mut around = invalid.iter();
            if around.all(|(around, _)| place.is_within(around))
                && let Some(error) = deserialize_error(kind, &Value::Object(object.clone()))
            {
                invalid = Some((place, error));
            }
        }
        true
    });
    let (place, error) = invalid.unwrap_or_else(|| (Pointer::root(), error.to_string()));
    Diagnostic::error(
        Rule::WrongValue,
        Place::Key(place),
        format!("this part is not valid: {error}"),
    )
    .help("compare it with the OpenAPI 3.0.3 specification")
}

/// Returns the error of deserializing a value as an object of `kind`, if there is one.
fn deserialize_error(kind: ObjectKind, value: &Value) -> Option<String> {
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
