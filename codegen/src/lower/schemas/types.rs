//! The table of types.

use std::collections::BTreeMap;

use super::merged::{Schema, SchemaKey};
use crate::{
    lower::Context,
    model::{TypeDef, TypeId},
};

/// The types of a document, during lowering.
#[derive(Default)]
pub(crate) struct Types {
    /// The definitions by ID; `None` while a type is being lowered.
    definitions: Vec<Option<TypeDef>>,
    /// The type of each schema.
    by_key: BTreeMap<SchemaKey, TypeId>,
    /// The types by the hash of their schemas: identical schemas share one type.
    by_fingerprint: BTreeMap<u64, Vec<(SchemaKey, TypeId)>>,
}

impl Types {
    /// Returns the definition of a type, unless it is being lowered.
    pub(crate) fn definition(&self, id: TypeId) -> Option<&TypeDef> {
        self.definitions.get(id.0)?.as_ref()
    }

    /// Returns all definitions by ID.
    pub(super) fn into_definitions(self) -> Vec<TypeDef> {
        self.definitions.into_iter().flatten().collect()
    }

    /// Returns the type of a schema.
    pub(super) fn by_schema(&self, schema: &Schema<'_>) -> Option<TypeId> {
        self.by_key.get(&schema.key()).copied()
    }

    /// Returns the type of an identical schema.
    pub(super) fn identical(&self, cx: &Context<'_>, schema: &Schema<'_>) -> Option<TypeId> {
        let mut candidates = self.by_fingerprint.get(&schema.fingerprint())?.iter();
        candidates
            .find(|(key, _)| schema.is_identical(cx, key))
            .map(|(_, id)| *id)
    }

    /// Reserves an ID, which schemas can refer to before the type is defined.
    pub(super) fn reserve(&mut self) -> TypeId {
        let id = TypeId(self.definitions.len());
        self.definitions.push(None);
        id
    }

    /// Reserves the ID of the type of a schema; `is_shared` makes it the type of identical schemas as well.
    pub(super) fn reserve_for(&mut self, schema: &Schema<'_>, is_shared: bool) -> TypeId {
        let id = self.reserve();
        self.by_key.insert(schema.key(), id);
        if is_shared {
            let candidates = self.by_fingerprint.entry(schema.fingerprint()).or_default();
            candidates.push((schema.key(), id));
        }
        id
    }

    /// Defines a type whose ID is reserved.
    pub(super) fn define(&mut self, id: TypeId, definition: TypeDef) {
        if let Some(slot) = self.definitions.get_mut(id.0) {
            *slot = Some(definition);
        }
    }
}
