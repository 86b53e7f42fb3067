//! How many schemas lead to one another.
//!
//! Nesting within a text is bounded by its parser; by way of `$ref` it has no end, and what each schema
//! leads to is looked at for each schema.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{
    References,
    spec::{ObjectKind, section_of},
};
use crate::{
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// How many schemas may lead to one another without a property between them: as many as may be nested in
/// a text. Nobody writes more than a few.
pub(super) const MOST: usize = 128;

/// Refuses a document whose schemas lead to one another for too long; the first such schema is told.
pub(super) fn check(tree: &Value, references: &References) -> Option<Diagnostic> {
    let section = Pointer::root().key("components").key("schemas");
    let schemas = tree.pointer(section.as_str()).and_then(Value::as_object);
    let names = schemas.into_iter().flat_map(Map::keys);
    let named = names.map(|name| section.key(name));
    let others = references
        .keys()
        .filter(|(_, kind)| *kind == ObjectKind::Schema);
    let mut places = named.chain(others.map(|(place, _)| place.clone()));
    let mut walk = DepthWalk {
        tree,
        depths: HashMap::new(),
    };
    let place = places.find(|place| walk.place(place, 0).is_none())?;
    let message = format!("this schema leads through more than {MOST} others");
    let finding = Diagnostic::error(Rule::UnsupportedPart, Place::Key(place), message);
    Some(
        finding
            .help("say what it is in fewer steps of `$ref`, `allOf`, `oneOf`, `anyOf` or `items`"),
    )
}

/// Whether a schema is a component, or in a file beside the document.
fn is_named(place: &Pointer) -> bool {
    place.in_file().is_some() || section_of(place).is_some()
}

struct DepthWalk<'a> {
    tree: &'a Value,
    /// How many schemas each leads through; while it is looked into, none, for a way back adds nothing.
    depths: HashMap<Pointer, usize>,
}

impl DepthWalk<'_> {
    /// How many schemas the one at a place leads through; `None` if they are too many.
    fn place(&mut self, place: &Pointer, above: usize) -> Option<usize> {
        if let Some(known) = self.depths.get(place) {
            return (known + above <= MOST).then_some(*known);
        }
        if above > MOST {
            return None;
        }
        self.depths.insert(place.clone(), 0);
        let depth = match self.tree.pointer(place.as_str()) {
            Some(schema) => self.schema(schema, above, is_named(place))?,
            None => 0,
        };
        self.depths.insert(place.clone(), depth);
        Some(depth)
    }

    fn schema(&mut self, schema: &Value, above: usize, is_named: bool) -> Option<usize> {
        let reference = schema.get("$ref").and_then(Value::as_str);
        if let Some(place) = reference.and_then(Pointer::from_fragment) {
            return Some(self.place(&place, above + 1)? + 1);
        }
        let mut deepest = 0;
        let lists = ["allOf", "oneOf", "anyOf"]
            .iter()
            .filter_map(|keyword| schema.get(*keyword));
        let lists = lists.filter_map(Value::as_array).flatten();
        let single = ["items", "not", "additionalProperties"].iter();
        let single = single.filter_map(|keyword| schema.get(*keyword));
        // What has a name is a type by itself; all else is made when a way leads to it.
        let properties = (!is_named)
            .then(|| schema.get("properties")?.as_object())
            .flatten();
        let properties = properties.into_iter().flat_map(Map::values);
        for inner in lists.chain(single).chain(properties) {
            deepest = deepest.max(self.schema(inner, above, is_named)?);
        }
        Some(deepest)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Schemas of which each leads to the next one, and the last to what is given.
    fn chain(length: usize, link: impl Fn(Value) -> Value, end: &Value) -> Value {
        let schemas = (0..=length).map(|index| {
            let next = json!({"$ref": format!("#/components/schemas/S{:04}", index + 1)});
            let schema = if index < length {
                link(next)
            } else {
                end.clone()
            };
            (format!("S{index:04}"), schema)
        });
        json!({"components": {"schemas": schemas.collect::<Map<_, _>>()}})
    }

    #[test]
    fn long_ways_are_refused() {
        let end = json!({"type": "string"});
        let links: [fn(Value) -> Value; 4] = [
            |next| next,
            |next| json!({"allOf": [{"type": "object"}, next]}),
            |next| json!({"type": "array", "items": next}),
            |next| json!({"anyOf": [{"not": {"additionalProperties": next}}]}),
        ];
        for link in links {
            let is_refused =
                |length| check(&chain(length, link, &end), &References::new()).is_some();
            assert!(!is_refused(MOST));
            assert!(is_refused(MOST + 1));
            assert!(is_refused(3000));
        }
    }

    #[test]
    fn types_and_cycles_have_no_length() {
        let back = json!({"$ref": "#/components/schemas/S0000"});
        let list = |next: Value| json!({"type": "array", "items": next});
        assert_eq!(check(&chain(100, list, &back), &References::new()), None);
        let object = |next: Value| json!({"properties": {"a": next}});
        assert_eq!(check(&chain(3000, object, &back), &References::new()), None);
    }
}
