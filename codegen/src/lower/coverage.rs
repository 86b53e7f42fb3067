//! Counts the parts of a document independently of lowering, and compares the counts with the model.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value};

use crate::{
    load::{
        spec::{KeyUse, ObjectKind, ValueKind},
        walk::{Part, visit},
    },
    lower::{Context, operations::routes::Route},
    model::{Count, Counts, Method, Operation, ResponseEnum},
    pointer::{Pointer, Trail},
    report::{Diagnostic, Place, Rule},
};

/// Counts the parts of the document and those in the model, and warns about each schema without a type.
pub(super) fn count(
    cx: &Context<'_>,
    routes: &[Route<'_>],
    operations: &[Operation],
    response_enums: &[ResponseEnum],
) -> Counts {
    let lowered_responses = operations.iter().map(|operation| {
        let response_enum = response_enums
            .get(operation.response_enum)
            .filter(|_| operation.declares_responses);
        response_enum.map_or(0, |response_enum| response_enum.variants.len())
            + operation.interim_keys.len()
    });
    Counts {
        operations: Count {
            declared: declared_operations(cx),
            lowered: operations.len(),
        },
        responses: Count {
            declared: routes
                .iter()
                .map(|route| declared_responses(cx, route))
                .sum(),
            lowered: lowered_responses.sum(),
        },
        parameters: routes
            .iter()
            .zip(operations)
            .map(|(route, operation)| count_parameters(cx, route, operation))
            .fold(Count::default(), |sum, count| Count {
                declared: sum.declared + count.declared,
                lowered: sum.lowered + count.lowered,
            }),
        schemas: count_schemas(cx),
    }
}

fn declared_operations(cx: &Context<'_>) -> usize {
    let paths = Pointer::root().key("paths");
    let items = cx.document.tree.get("paths").and_then(Value::as_object);
    let names = items.into_iter().flat_map(Map::keys);
    let items = names.filter(|name| name.starts_with('/'));
    items
        .filter_map(|name| cx.resolved(&paths.key(name)))
        .map(|(_, item)| {
            let methods = Method::ALL
                .iter()
                .filter(|method| item.contains_key(&method.key()));
            methods.count()
        })
        .sum()
}

fn declared_responses(cx: &Context<'_>, route: &Route<'_>) -> usize {
    let place = route.declared.place.key("responses");
    let responses = cx.document.get(&place);
    let keys = responses
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::keys);
    keys.filter(|key| !key.starts_with("x-")).count()
}

/// Counts the parameters of an operation: its own, and those of its path that it does not override.
fn count_parameters(cx: &Context<'_>, route: &Route<'_>, operation: &Operation) -> Count {
    let mut declared = BTreeSet::new();
    for owner in [&route.item.place, &route.declared.place] {
        let place = owner.key("parameters");
        let list = cx.document.get(&place);
        let count = list.and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..count {
            let Some((_, parameter)) = cx.resolved(&place.index(index)) else {
                continue;
            };
            let text = |key: &str| {
                parameter
                    .get(key)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            let name = match text("in") {
                "header" => text("name").to_ascii_lowercase(),
                _ => text("name").to_owned(),
            };
            declared.insert((text("in"), name));
        }
    }
    let lowered = operation.parameters.iter().filter(|parameter| {
        let location = parameter.location.as_str();
        let name = match location {
            "header" => parameter.wire.to_ascii_lowercase(),
            _ => parameter.wire.clone(),
        };
        declared.contains(&(location, name))
    });
    Count {
        lowered: lowered.count(),
        declared: declared.len(),
    }
}

/// Counts the schemas that operations use, directly or through `$ref`s, and the named schemas.
fn count_schemas(cx: &Context<'_>) -> Count {
    let declared = used_schemas(&cx.document.tree);
    let seen = cx.seen.borrow();
    let accounted = cx.accounted.borrow();
    let ignored: Vec<_> = declared
        .iter()
        .filter(|place| !seen.contains(*place) && !is_within(place, &accounted))
        .collect();
    let mut reported: HashSet<Pointer> = {
        let findings = cx.findings.borrow();
        let places = findings
            .iter()
            .filter_map(|finding| finding.place.pointer());
        places.cloned().collect()
    };
    for place in &ignored {
        if is_within(place, &reported) {
            continue;
        }
        reported.insert((*place).clone());
        cx.report(
            Diagnostic::warning(
                Rule::NoType,
                Place::Key((*place).clone()),
                "no type is generated for this schema: its parent ignores it",
            )
            .help("correct the `type` of its parent, or remove the schema"),
        );
    }
    Count {
        declared: declared.len(),
        lowered: declared.len() - ignored.len(),
    }
}

/// Returns whether a place is one of some places, or inside of one of them.
fn is_within(place: &Pointer, places: &HashSet<Pointer>) -> bool {
    let mut ancestor = Some(place.clone());
    while let Some(place) = ancestor {
        if places.contains(&place) {
            return true;
        }
        ancestor = place.parent();
    }
    false
}

/// Returns the places of the schemas that the operations of a document use, and of its named schemas.
///
/// Schemas below `not` have no types, so they are not counted.
fn used_schemas(tree: &Value) -> BTreeSet<Pointer> {
    let mut schemas = BTreeSet::new();
    // The targets of `$ref`s, each visited once.
    let mut followed = HashSet::new();
    let root = Pointer::root();
    let mut pending = vec![
        (root.key("paths"), ValueKind::Is(ObjectKind::Paths)),
        (
            root.key("components").key("schemas"),
            ValueKind::Map(&ValueKind::Ref(ObjectKind::Schema)),
        ),
    ];
    while let Some((place, expected)) = pending.pop() {
        let Some(value) = place.find(tree) else {
            continue;
        };
        let mut visitor = |part: Part<'_>, at: &Trail<'_>| match part {
            Part::Object(ObjectKind::Schema, _) => schemas.insert(at.pointer()),
            Part::Key(_, key, usage, _) => !matches!(usage, KeyUse::Unsupported(_)) && key != "not",
            Part::Reference(kind, reference) => {
                let place = reference.as_str().and_then(Pointer::from_fragment);
                let new = place.filter(|place| followed.insert((place.clone(), kind)));
                pending.extend(new.map(|place| (place, ValueKind::Ref(kind))));
                true
            }
            _ => true,
        };
        place.walk(|at| visit(expected, value, at, &mut visitor));
    }
    schemas
}
