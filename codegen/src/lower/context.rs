//! The context that all stages of lowering share: the document, and the findings about it.

use std::{
    cell::{OnceCell, RefCell},
    collections::{BTreeSet, HashMap, HashSet},
};

use indexmap::IndexSet;
use serde_json::{Map, Value};

use crate::{
    load::{Document, resolve},
    model::{Catalogue, Formats, Library},
    name::{AdjustedName, Ident},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// The context that all of lowering shares.
pub(super) struct Context<'a> {
    pub(super) document: &'a Document,
    pub(super) catalogue: &'a Catalogue,
    pub(super) formats: &'a Formats,
    /// The crates that have types of the document's formats.
    pub(super) dependencies: RefCell<BTreeSet<Library>>,
    pub(super) findings: RefCell<IndexSet<Diagnostic>>,
    /// The places of the schemas that have been lowered.
    pub(super) seen: RefCell<HashSet<Pointer>>,
    /// The places of parts that do not need to be lowered, with everything inside of them.
    pub(super) accounted: RefCell<HashSet<Pointer>>,
    /// The components that extend each schema with `allOf`.
    extensions: OnceCell<HashMap<Pointer, Vec<Pointer>>>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        document: &'a Document,
        catalogue: &'a Catalogue,
        formats: &'a Formats,
    ) -> Self {
        Self {
            document,
            catalogue,
            formats,
            dependencies: RefCell::default(),
            findings: RefCell::default(),
            seen: RefCell::default(),
            accounted: RefCell::default(),
            extensions: OnceCell::new(),
        }
    }

    /// Returns the components that extend the schema at a place: it is one of the schemas in their `allOf`.
    pub(super) fn extensions(&self, place: &Pointer) -> &[Pointer] {
        let extensions = self.extensions.get_or_init(|| self.find_extensions());
        extensions.get(place).map(Vec::as_slice).unwrap_or_default()
    }

    fn find_extensions(&self) -> HashMap<Pointer, Vec<Pointer>> {
        let section = Pointer::root().key("components").key("schemas");
        let components = self.document.get(&section).and_then(Value::as_object);
        let mut extensions: HashMap<_, Vec<_>> = HashMap::new();
        for (name, component) in components.into_iter().flatten() {
            let place = section.key(name);
            let parts = component.get("allOf").and_then(Value::as_array);
            for index in 0..parts.map_or(0, Vec::len) {
                if let Some((part, _)) = self.resolved(&place.key("allOf").index(index)) {
                    extensions.entry(part).or_default().push(place.clone());
                }
            }
        }
        extensions
    }

    /// Returns the object at a place, after following its `$ref`s.
    pub(super) fn resolved(&self, place: &Pointer) -> Option<(Pointer, &'a Map<String, Value>)> {
        let target = resolve(&self.document.tree, place)?;
        Some((target.place, target.node.as_object()?))
    }

    /// Records a finding, unless it is already recorded: a component is lowered for each of its users.
    pub(super) fn report(&self, finding: Diagnostic) {
        self.findings.borrow_mut().insert(finding);
    }

    /// Records that the schema at a place is lowered.
    pub(super) fn mark_seen(&self, place: &Pointer) {
        let mut seen = self.seen.borrow_mut();
        if !seen.contains(place) {
            seen.insert(place.clone());
        }
    }

    /// Records that everything at a place is accounted for: it is equal to another part of the document, or a
    /// warning reports that it is ignored.
    pub(super) fn account_for(&self, place: Pointer) {
        self.accounted.borrow_mut().insert(place);
    }

    /// Returns the Rust name in the `x-name` at a place.
    ///
    /// Reports a name that is invalid, or equal to the default name.
    pub(super) fn chosen_name(
        &self,
        place: &Pointer,
        is_default: impl FnOnce(&Ident) -> bool,
    ) -> Option<Ident> {
        let value = self.document.member(place, "x-name")?;
        let place = place.key("x-name");
        let chosen = value.as_str().and_then(Ident::chosen);
        if chosen.is_none() {
            let message = format!("`x-name` is {value}, which is not a valid Rust identifier");
            self.report(
                Diagnostic::error(Rule::WrongValue, Place::Value(place), message)
                    .help("use a Rust identifier such as `PetResponse`"),
            );
        } else if chosen.as_ref().is_some_and(is_default) {
            let message = format!("`x-name` is {value}, which is the default name");
            self.report(
                Diagnostic::warning(Rule::UselessName, Place::Key(place), message)
                    .help("remove `x-name`"),
            );
        }
        chosen
    }

    /// Warns that some values of a type cannot be sent, because its style cannot represent them.
    pub(super) fn report_unwritable(&self, place: Place, subject: &str, values: &str) {
        let message = format!("{subject} may contain {values}");
        self.report(
            Diagnostic::warning(Rule::UnsupportedPart, place, message)
                .label("such a value is rejected when it is sent or received")
                .help("send it as JSON: declare `content` with `application/json`"),
        );
    }

    /// Warns that a name is not the one derived from the document.
    pub(super) fn report_adjusted_name(
        &self,
        place: Place,
        subject: &str,
        name: &Ident,
        adjusted: Option<AdjustedName>,
    ) {
        let Some(adjusted) = adjusted else { return };
        let message = format!(
            "{subject} is named `{name}` in Rust, not `{}`",
            adjusted.wanted
        );
        let reason = match adjusted.owner {
            Some(owner) => format!("`{owner}` already has this name"),
            None => "the generated crate reserves this name".to_owned(),
        };
        self.report(
            Diagnostic::warning(Rule::NameAdjusted, place, message)
                .label(reason)
                .help("rename it if users of the crate depend on the name"),
        );
    }
}
