//! Names of schemas, and of types whose schemas have no name.

use std::borrow::Cow;

use crate::{name::Ident, pointer::Pointer};

/// The name of a type whose schema has no name, made of the names of its users.
#[derive(Clone, Debug)]
pub(crate) struct Naming(String);

impl Naming {
    /// Returns the name of the component around a place, or else `fallback`.
    pub(crate) fn at(place: &Pointer, fallback: &Ident) -> Self {
        Self(match enclosing_component(place) {
            Some(component) => Ident::pascal(&component).as_str().to_owned(),
            None => fallback.as_str().to_owned(),
        })
    }

    /// Returns the name of a type.
    pub(crate) fn of_type(name: &Ident) -> Self {
        Self(name.to_string())
    }

    /// Returns the name of a part.
    pub(crate) fn with(&self, part: &str) -> Self {
        Self(format!("{}{}", self.0, Ident::pascal(part)))
    }

    /// Returns the name as an identifier.
    pub(crate) fn ident(&self) -> Ident {
        Ident::pascal(&self.0)
    }
}

/// Returns the name of the component at a place; in an external file, the last key of the place, or the name
/// of the file.
pub(crate) fn component(place: &Pointer) -> Option<String> {
    if let Some((file, inner)) = place.external_file() {
        return Some(match inner.last() {
            Some(name) => name.into_owned(),
            None => file_stem(&file),
        });
    }
    let segments: Vec<_> = place.segments().collect();
    match segments.as_slice() {
        [first, _, name] if first == "components" => Some(name.to_string()),
        _ => None,
    }
}

/// Returns the name of the component around a place.
pub(crate) fn enclosing_component(place: &Pointer) -> Option<String> {
    let file = place.external_file();
    let inner = file.as_ref().map_or(place, |(_, inner)| inner);
    let mut segments = inner.segments();
    let first = segments.next();
    match (first.as_deref(), &file) {
        (Some("components"), _) => segments.nth(1).map(Cow::into_owned),
        // A file is a single component, or has several components by name.
        (Some(name), Some((file, _))) => Some(if IN_COMPONENTS.contains(&name) {
            file_stem(file)
        } else {
            name.to_owned()
        }),
        (None, Some((file, _))) => Some(file_stem(file)),
        (_, None) => None,
    }
}

/// The keys in a component that lead to unnamed parts of it.
const IN_COMPONENTS: [&str; 11] = [
    "additionalProperties",
    "allOf",
    "anyOf",
    "content",
    "headers",
    "items",
    "not",
    "oneOf",
    "parameters",
    "properties",
    "schema",
];

/// Returns the name of a file without its directory and its extension.
fn file_stem(file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.split('.').next().unwrap_or(name).to_owned()
}
