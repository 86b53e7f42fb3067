//! Limits the length of chains of schemas.
//!
//! The parser bounds the nesting within a text, but not nesting through `$ref`, and lowering follows the
//! whole chain for every schema.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{
    References,
    spec::{ObjectKind, ValueKind, section_of},
    walk::{Part, visit},
};
use crate::{
    pointer::{Pointer, Trail},
    report::{Diagnostic, Place, Rule},
};

/// Maximum length of a chain of schemas without a property between them: the maximum nesting depth of a text.
/// Real documents need only a few.
pub(super) const MAX_DEPTH: usize = 128;

/// Returns an error about the first schema that starts a chain of more than [`MAX_DEPTH`] schemas.
pub(super) fn check(tree: &Value, references: &References) -> Option<Diagnostic> {
    let section = Pointer::root().key("components").key("schemas");
    let schemas = section.find(tree).and_then(Value::as_object);
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
    let place = places.find(|place| walk.place_depth(place, 0).is_none())?;
    let message = format!("resolving this schema takes more than {MAX_DEPTH} steps");
    let finding = Diagnostic::error(Rule::UnsupportedPart, Place::Key(place), message);
    Some(finding.help("use fewer levels of `$ref`, `allOf`, `oneOf`, `anyOf` and `items`"))
}

/// Returns whether a schema is a component or in an external file.
fn is_named(place: &Pointer) -> bool {
    place.external_file().is_some() || section_of(place).is_some()
}

struct DepthWalk<'a> {
    tree: &'a Value,
    /// The length of the chain that starts at each schema; 0 during its visit, because a cycle adds nothing.
    depths: HashMap<Pointer, usize>,
}

impl DepthWalk<'_> {
    /// Returns the length of the chain that starts at a place; `None` if it is too long.
    fn place_depth(&mut self, place: &Pointer, above: usize) -> Option<usize> {
        if let Some(depth) = self.depths.get(place) {
            return (depth + above <= MAX_DEPTH).then_some(*depth);
        }
        if above > MAX_DEPTH {
            return None;
        }
        self.depths.insert(place.clone(), 0);
        let depth = match place.find(self.tree) {
            Some(schema) => self.schema_depth(schema, above, is_named(place))?,
            None => 0,
        };
        self.depths.insert(place.clone(), depth);
        Some(depth)
    }

    fn schema_depth(&mut self, schema: &Value, above: usize, is_named: bool) -> Option<usize> {
        let mut targets = Vec::new();
        let expected = ValueKind::Ref(ObjectKind::Schema);
        visit(expected, schema, &Trail::ROOT, &mut |part, _| match part {
            // A named schema becomes a separate type; the properties of other schemas are lowered in place.
            Part::Key(_, "properties", ..) => !is_named,
            Part::Reference(_, reference) => {
                targets.extend(reference.as_str().and_then(Pointer::from_fragment));
                true
            }
            _ => true,
        });
        let mut deepest = 0;
        for target in targets {
            deepest = deepest.max(self.place_depth(&target, above + 1)? + 1);
        }
        Some(deepest)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Returns a chain of schemas: each one links to the next, and the last one is `end`.
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
    fn long_chains_are_rejected() {
        let end = json!({"type": "string"});
        let links: [fn(Value) -> Value; 4] = [
            |next| next,
            |next| json!({"allOf": [{"type": "object"}, next]}),
            |next| json!({"type": "array", "items": next}),
            |next| json!({"anyOf": [{"not": {"additionalProperties": next}}]}),
        ];
        for link in links {
            let is_rejected =
                |length| check(&chain(length, link, &end), &References::new()).is_some();
            assert!(!is_rejected(MAX_DEPTH));
            assert!(is_rejected(MAX_DEPTH + 1));
            assert!(is_rejected(3000));
        }
    }

    #[test]
    fn properties_and_cycles_do_not_count() {
        let back = json!({"$ref": "#/components/schemas/S0000"});
        let list = |next: Value| json!({"type": "array", "items": next});
        assert_eq!(check(&chain(100, list, &back), &References::new()), None);
        let object = |next: Value| json!({"properties": {"a": next}});
        assert_eq!(check(&chain(3000, object, &back), &References::new()), None);
    }
}
