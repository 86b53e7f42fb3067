//! Finds the examples that the document declares.

use serde_json::Value;

use crate::{
    lower::{Context, operations::parameters::used_media},
    pointer::Pointer,
};

/// Returns the place with the schema and the examples of the parameter, header field or media type at a place:
/// the place itself, or that of the media type in its `content`.
pub(super) fn described_at(cx: &Context<'_>, place: &Pointer) -> Option<Pointer> {
    let (place, object) = cx.resolved(place)?;
    match object.get("content").and_then(Value::as_object) {
        Some(content) => Some(place.key("content").key(used_media(content.keys())?)),
        None => Some(place),
    }
}

/// An example that the document declares.
pub(super) struct DeclaredExample<'a> {
    /// Its name under `examples`.
    pub(super) name: Option<&'a str>,
    pub(super) value: &'a Value,
    pub(super) place: Pointer,
}

/// Returns the first example at a place.
pub(super) fn example<'a>(cx: &Context<'a>, place: &Pointer) -> Option<DeclaredExample<'a>> {
    examples(cx, place).into_iter().next()
}

/// Returns the examples at a place: `example`, which excludes `examples` (OpenAPI 3.0.3, section 4.7.14), or all of
/// `examples`.
pub(super) fn examples<'a>(cx: &Context<'a>, place: &Pointer) -> Vec<DeclaredExample<'a>> {
    let Some(object) = cx.document.get(place).and_then(Value::as_object) else {
        return Vec::new();
    };
    if let Some(value) = object.get("example").filter(|example| !example.is_null()) {
        let place = place.key("example");
        let name = None;
        return vec![DeclaredExample { name, value, place }];
    }
    let place = place.key("examples");
    let named = object.get("examples").and_then(Value::as_object);
    let examples = named.into_iter().flat_map(|named| named.keys());
    let examples = examples.filter_map(|name| {
        let (place, example) = cx.resolved(&place.key(name))?;
        Some(DeclaredExample {
            name: Some(name),
            value: example.get("value").filter(|value| !value.is_null())?,
            place: place.key("value"),
        })
    });
    examples.collect()
}
