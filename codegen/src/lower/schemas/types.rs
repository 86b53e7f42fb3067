//! The table of types.

use std::collections::BTreeMap;

use super::merged::{Schema, SchemaKey};
use crate::model::{TypeDef, TypeId};

/// The types of a document, during lowering.
#[derive(Default)]
pub(crate) struct Types {
    /// The definitions by ID; `None` while a type is being lowered.
    definitions: Vec<Option<TypeDef>>,
    /// The type of each schema.
    by_key: BTreeMap<SchemaKey, TypeId>,
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

    /// Reserves an ID, which schemas can refer to before the type is defined.
    pub(super) fn reserve(&mut self) -> TypeId {
        let id = TypeId(self.definitions.len());
        self.definitions.push(None);
        id
    }

    /// Reserves the ID of the type of a schema.
    pub(super) fn reserve_for(&mut self, schema: &Schema<'_>) -> TypeId {
        let id = self.reserve();
        self.by_key.insert(schema.key(), id);
        id
    }

    /// Defines a type whose ID is reserved.
    pub(super) fn define(&mut self, id: TypeId, definition: TypeDef) {
        if let Some(slot) = self.definitions.get_mut(id.0) {
            *slot = Some(definition);
        }
    }
}
