//! What a document has, counted without lowering it, and held against what has been made of it.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::{Context, merged_schema::resolved, route::Route};
use crate::{
    load::spec::{KeyUse, ObjectKeys, ObjectKind, ValueKind},
    model::{Count, Counts, Method, Operation, ResponseEnum},
    pointer::{Pointer, Trail},
    report::{Diagnostic, Place, Rule},
};

/// Counts what the document has and what has been made of it; warns of each schema of which nothing has.
pub(super) fn hold(
    cx: &Context<'_>,
    routes: &[Route<'_>],
    operations: &[Operation],
    sets: &[ResponseEnum],
) -> Counts {
    let made = operations.iter().map(|operation| {
        let set = sets
            .get(operation.response_enum)
            .filter(|_| operation.declares_responses);
        set.map_or(0, |set| set.variants.len()) + operation.interim_keys.len()
    });
    Counts {
        operations: Count {
            declared: declared_operations(cx),
            lowered: operations.len(),
        },
        responses: Count {
            declared: routes.iter().map(|route| responses(cx, route)).sum(),
            lowered: made.sum(),
        },
        parameters: routes
            .iter()
            .zip(operations)
            .map(|(route, operation)| parameters(cx, route, operation))
            .fold(Count::default(), |sum, one| Count {
                declared: sum.declared + one.declared,
                lowered: sum.lowered + one.lowered,
            }),
        schemas: schemas(cx),
    }
}

fn declared_operations(cx: &Context<'_>) -> usize {
    let paths = Pointer::root().key("paths");
    let items = cx.document.tree.get("paths").and_then(Value::as_object);
    let names = items.into_iter().flat_map(Map::keys);
    let items = names.filter(|name| name.starts_with('/'));
    items
        .filter_map(|name| resolved(cx, &paths.key(name)))
        .map(|(_, item)| {
            let methods = Method::ALL
                .iter()
                .filter(|method| item.contains_key(&method.key()));
            methods.count()
        })
        .sum()
}

fn responses(cx: &Context<'_>, route: &Route<'_>) -> usize {
    let place = route.declared.place.key("responses");
    let responses = cx.document.tree.pointer(place.as_str());
    let keys = responses
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::keys);
    keys.filter(|key| !key.starts_with("x-")).count()
}

/// The parameters of an operation: its own, and those of its path that it does not replace.
fn parameters(cx: &Context<'_>, route: &Route<'_>, operation: &Operation) -> Count {
    let mut declared = BTreeSet::new();
    for owner in [&route.item.place, &route.declared.place] {
        let place = owner.key("parameters");
        let list = cx.document.tree.pointer(place.as_str());
        let count = list.and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..count {
            let Some((_, parameter)) = resolved(cx, &place.index(index)) else {
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
    let made = operation.parameters.iter().filter(|parameter| {
        let place = parameter.location.as_str();
        let name = match place {
            "header" => parameter.wire.to_ascii_lowercase(),
            _ => parameter.wire.clone(),
        };
        declared.contains(&(place, name))
    });
    Count {
        lowered: made.count(),
        declared: declared.len(),
    }
}

/// Counts the schemas that operations use, by way of any `$ref`, and the named ones.
fn schemas(cx: &Context<'_>) -> Count {
    let declared = used_schemas(&cx.document.tree);
    let seen = cx.seen.borrow();
    let accounted = cx.accounted.borrow();
    let left: Vec<_> = declared
        .iter()
        .filter(|place| !seen.contains(*place) && !is_within(place, &accounted))
        .collect();
    let warned: HashSet<Pointer> = {
        let findings = cx.findings.borrow();
        let places = findings
            .iter()
            .filter_map(|finding| finding.place.pointer());
        places.cloned().collect()
    };
    let mut told = warned;
    for place in &left {
        if is_within(place, &told) {
            continue;
        }
        told.insert((*place).clone());
        cx.report(
            Diagnostic::warning(
                Rule::NoType,
                Place::Key((*place).clone()),
                "no type is made of this schema: what it stands in has no such part",
            )
            .label("nothing is made of this")
            .help("correct the `type` of what it stands in, or remove this"),
        );
    }
    Count {
        declared: declared.len(),
        lowered: declared.len() - left.len(),
    }
}

/// Whether a place is one of some, or within one of them.
fn is_within(place: &Pointer, others: &HashSet<Pointer>) -> bool {
    let mut around = Some(place.clone());
    while let Some(place) = around {
        if others.contains(&place) {
            return true;
        }
        around = place.parent();
    }
    false
}

/// The schemas that the operations of a document use, and its named ones.
///
/// Those below `not` are no types, and so are not among them.
fn used_schemas(tree: &Value) -> BTreeSet<Pointer> {
    let mut walk = SchemaWalk::default();
    let root = Trail::ROOT;
    if let Some(paths) = tree.get("paths") {
        walk.value(ValueKind::Is(ObjectKind::Paths), paths, &root.key("paths"));
    }
    let components = root.key("components");
    if let Some(schemas) = tree.pointer("/components/schemas") {
        let form = ValueKind::Map(&ValueKind::Ref(ObjectKind::Schema));
        walk.value(form, schemas, &components.key("schemas"));
    }
    while let Some((place, kind)) = walk.open.pop() {
        let Some(value) = tree.pointer(place.as_str()) else {
            continue;
        };
        place.walk(|at| walk.value(ValueKind::Ref(kind), value, at));
    }
    walk.schemas
}

#[derive(Default)]
struct SchemaWalk {
    schemas: BTreeSet<Pointer>,
    /// The places of the document that a `$ref` has led to.
    followed: HashSet<(Pointer, ObjectKind)>,
    open: Vec<(Pointer, ObjectKind)>,
}

impl SchemaWalk {
    fn value(&mut self, form: ValueKind, value: &Value, at: &Trail<'_>) {
        match (form, value) {
            (ValueKind::Ref(kind) | ValueKind::FlagOrRef(kind), Value::Object(members)) => {
                match members.get("$ref").and_then(Value::as_str) {
                    Some(reference) => {
                        if let Some(place) = Pointer::from_fragment(reference)
                            && self.followed.insert((place.clone(), kind))
                        {
                            self.open.push((place, kind));
                        }
                    }
                    None => self.object(kind, members, at),
                }
            }
            (ValueKind::Is(kind), Value::Object(members)) => self.object(kind, members, at),
            (ValueKind::List(form), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(*form, item, &at.index(index));
                }
            }
            (ValueKind::Map(form), Value::Object(members)) => {
                for (key, value) in members {
                    self.value(*form, value, &at.key(key));
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, kind: ObjectKind, members: &Map<String, Value>, at: &Trail<'_>) {
        if kind == ObjectKind::Schema && !self.schemas.insert(at.pointer()) {
            return;
        }
        match kind.members() {
            ObjectKeys::Fields(fields) => {
                for field in fields {
                    let is_lost = matches!(field.usage, KeyUse::Nothing(_));
                    if let Some(value) = members.get(field.name)
                        && !is_lost
                        && field.name != "not"
                    {
                        self.value(field.form, value, &at.key(field.name));
                    }
                }
            }
            ObjectKeys::Named(form) => {
                for (key, value) in members {
                    if !key.starts_with("x-") {
                        self.value(form, value, &at.key(key));
                    }
                }
            }
        }
    }
}
