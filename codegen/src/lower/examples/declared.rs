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

/// Returns the first example at a place, with its own place.
pub(super) fn example<'a>(cx: &Context<'a>, place: &Pointer) -> Option<(&'a Value, Pointer)> {
    let object = cx.document.get(place)?.as_object()?;
    if let Some(example) = object.get("example").filter(|example| !example.is_null()) {
        return Some((example, place.key("example")));
    }
    let examples = object.get("examples")?.as_object()?;
    let place = place.key("examples");
    examples.keys().find_map(|name| {
        let (place, example) = cx.resolved(&place.key(name))?;
        let value = example.get("value").filter(|value| !value.is_null())?;
        Some((value, place.key("value")))
    })
}
