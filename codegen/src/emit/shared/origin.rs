//! The origins of public items: the places of the document that they are generated from.
//!
//! An origin is an attribute of its item, which `format` removes before the text is printed. The diff reads the
//! attributes together with the items, and so knows which change of the document caused a change of an item.

use std::fmt::Display;

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, LitStr};

use super::types::ident;
use crate::{
    model::{CredentialSet, Model, Operation, Origin, Payload},
    pointer::Pointer,
};

/// The origin of a public item. Parts of an item without an origin share that of the item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ItemOrigin {
    /// The places of the part of the document that the item represents.
    pub(crate) places: Vec<Pointer>,
    /// The places that the item's name comes from, if those are different.
    pub(crate) named_after: Vec<Pointer>,
    /// The value on the wire, which identifies a property or an enum value regardless of its place.
    pub(crate) wire: Option<String>,
}

/// The name of the attribute.
const ATTRIBUTE: &str = "origin";

impl ItemOrigin {
    /// Creates the origin of an item that represents an element of the model.
    pub(in crate::emit) fn new(origin: &Origin) -> Self {
        origin.places().iter().cloned().collect()
    }

    /// Creates the origin of a request: everything that it has comes from these places.
    pub(in crate::emit) fn of_request(operation: &Operation) -> Self {
        let mut places = Vec::new();
        for place in operation.origin.places() {
            places.push(place.key("parameters"));
            places.extend(place.parent().map(|path| path.key("parameters")));
            places.push(place.key("requestBody"));
        }
        let parameters = operation.parameters.iter();
        places.extend(parameters.flat_map(|parameter| parameter.origin.places().iter().cloned()));
        places.extend(security(operation));
        let origin: Self = places.into_iter().collect();
        origin.named_after(&operation.origin)
    }

    /// Creates the origin of the responses of some operations. Their name comes from the first one.
    pub(in crate::emit) fn of_responses<'a>(users: impl Iterator<Item = &'a Operation>) -> Self {
        let mut users = users.peekable();
        let first = users.peek().map(|operation| &operation.origin);
        let first = first.cloned().unwrap_or_default();
        let places = users.flat_map(|operation| operation.origin.places());
        let origin: Self = places.map(|place| place.key("responses")).collect();
        origin.named_after(&first)
    }

    /// Creates the origin of the enum of the media types of content.
    pub(in crate::emit) fn of_content(payload: &Payload) -> Self {
        let contents = payload.contents();
        let places = contents.iter().flat_map(|content| content.origin.places());
        places.filter_map(Pointer::parent).collect()
    }

    /// Creates the origin of the credentials that operations require.
    pub(in crate::emit) fn of_credentials(model: &Model, set: &CredentialSet) -> Self {
        let operations = model.operations.iter();
        let users = operations.filter(|operation| {
            let own = model.credentials(operation);
            own.is_some_and(|own| own.name == set.name)
        });
        users.flat_map(security).collect()
    }

    /// Sets the part of the document that gives the item its name.
    pub(in crate::emit) fn named_after(self, origin: &Origin) -> Self {
        Self {
            named_after: origin.places().to_vec(),
            ..self
        }
    }

    /// Sets the value on the wire.
    pub(in crate::emit) fn with_wire(self, wire: &dyn Display) -> Self {
        Self {
            wire: Some(wire.to_string()),
            ..self
        }
    }

    /// Reads the origin from the attributes of an item.
    pub(crate) fn read(attributes: &[Attribute]) -> Option<Self> {
        let attribute = attributes
            .iter()
            .find(|attribute| attribute.path().is_ident(ATTRIBUTE))?;
        let mut origin = Self::default();
        let result = attribute.parse_nested_meta(|meta| {
            let text = meta.value()?.parse::<LitStr>()?.value();
            if meta.path.is_ident("wire") {
                origin.wire = Some(text);
            } else if meta.path.is_ident("place") {
                origin.places.extend(Pointer::from_fragment(&text));
            } else {
                origin.named_after.extend(Pointer::from_fragment(&text));
            }
            Ok(())
        });
        result.is_ok().then_some(origin)
    }
}

impl FromIterator<Pointer> for ItemOrigin {
    fn from_iter<T: IntoIterator<Item = Pointer>>(places: T) -> Self {
        Self {
            places: places.into_iter().collect(),
            ..Self::default()
        }
    }
}

impl ToTokens for ItemOrigin {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let places = self.places.iter().map(Pointer::fragment);
        let named_after = self.named_after.iter().map(Pointer::fragment);
        let wire = self.wire.iter();
        let name = ident(ATTRIBUTE);
        tokens.extend(quote! {
            #[#name(#(place = #places,)* #(named_after = #named_after,)* #(wire = #wire)*)]
        });
    }
}

/// Returns the places of the security requirements of an operation.
fn security(operation: &Operation) -> Vec<Pointer> {
    let own = operation.origin.places().iter();
    let mut places: Vec<_> = own.map(|place| place.key("security")).collect();
    places.push(Pointer::root().key("security"));
    places
}

/// Removes the origins of all items.
pub(crate) fn without_origins(tokens: TokenStream) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let TokenTree::Group(group) = token else {
            kept.push(token);
            continue;
        };
        let is_after_hash =
            matches!(kept.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#');
        let first = is_after_hash.then(|| group.stream().into_iter().next());
        if matches!(first.flatten(), Some(TokenTree::Ident(name)) if name == ATTRIBUTE) {
            kept.pop();
            continue;
        }
        let (delimiter, span, inner) = (group.delimiter(), group.span(), group.stream());
        // Iterating over shared tokens copies them.
        drop(group);
        let mut inner = Group::new(delimiter, without_origins(inner));
        inner.set_span(span);
        kept.push(inner.into());
    }
    kept.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_read_as_it_was_written() {
        let places = ["#/paths/~1a%25b/get", "#/components/schemas/\"Pet\""];
        let mut places = places
            .map(|place| Pointer::from_fragment(place).unwrap())
            .into_iter();
        let origin = ItemOrigin {
            named_after: places.next().into_iter().collect(),
            ..places.collect::<ItemOrigin>().with_wire(&"a \"b\"")
        };
        let item: syn::ItemStruct =
            syn::parse2(quote!(#[derive(Clone)] #origin pub struct Pet { #origin name: u8, }))
                .unwrap();
        assert_eq!(ItemOrigin::read(&item.attrs), Some(origin.clone()));
        let field = item.fields.iter().next().unwrap();
        assert_eq!(ItemOrigin::read(&field.attrs), Some(origin));
        let plain = without_origins(item.into_token_stream());
        assert_eq!(
            plain.to_string(),
            quote!(
                #[derive(Clone)]
                pub struct Pet {
                    name: u8,
                }
            )
            .to_string()
        );
    }
}
