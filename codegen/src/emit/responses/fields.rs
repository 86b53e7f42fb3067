//! The header fields and the content of a response, as named fields of a variant or of a struct.

use proc_macro2::TokenStream;
use quote::quote;

use super::body_ty;
use crate::{
    emit::shared::{DEPRECATED, ItemOrigin, docs, param, read_body, ty, write_body},
    model::{Model, Parameter, Payload, ResponseVariant, SharedResponse},
};

/// The header fields and the content of a response.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    headers: &'a [Parameter],
    body: &'a Payload,
}

impl<'a> From<&'a ResponseVariant> for Fields<'a> {
    fn from(variant: &'a ResponseVariant) -> Self {
        Self {
            headers: &variant.headers,
            body: &variant.body,
        }
    }
}

impl<'a> From<&'a SharedResponse> for Fields<'a> {
    fn from(response: &'a SharedResponse) -> Self {
        Self {
            headers: &response.headers,
            body: &response.body,
        }
    }
}

impl Fields<'_> {
    /// Declares the fields.
    pub(super) fn declarations(self, model: &Model, visibility: &TokenStream) -> TokenStream {
        let headers = self.headers.iter().map(|header| {
            let (name, ty) = (&header.name, ty(model, &header.ty));
            let docs = docs(&[&header.doc, if header.deprecated { DEPRECATED } else { "" }]);
            let ty = if header.required {
                quote!(#ty)
            } else {
                quote!(Option<#ty>)
            };
            let origin = ItemOrigin::new(&header.origin);
            quote!(#docs #origin #visibility #name: #ty,)
        });
        let contents = self.body.contents();
        let places = contents.iter().flat_map(|content| content.origin.places());
        let origin: ItemOrigin = places.cloned().collect();
        let body = body_ty(model, self.body).map(|body| {
            quote! {
                #origin
                #visibility body: #body,
            }
        });
        quote!(#(#headers)* #body)
    }

    /// Writes the names of the fields, as in a pattern.
    pub(super) fn names(self) -> TokenStream {
        let headers = self.headers.iter().map(|header| &header.name);
        let body = (*self.body != Payload::Empty).then(|| quote!(body,));
        quote!(#(#headers,)* #body)
    }

    /// Decodes the fields from `response`.
    pub(super) fn decode(self, model: &Model) -> TokenStream {
        let headers = self.headers.iter().map(|header| {
            let (name, param) = (&header.name, param(model, header, &[]));
            if header.required {
                quote!(#name: response.required(#param)?,)
            } else {
                quote!(#name: response.optional(#param)?,)
            }
        });
        let body = match self.body {
            Payload::Empty => None,
            payload => Some(read_body(model, payload, &quote!(response))),
        };
        let body = body.map(|body| quote!(body: #body,));
        quote!(#(#headers)* #body)
    }

    /// Encodes the fields, which are variables, into a response.
    pub(super) fn encode(self, model: &Model, response: &TokenStream) -> TokenStream {
        let headers = self.headers.iter().map(|header| {
            let (name, param) = (&header.name, param(model, header, &[]));
            if header.required {
                quote!(.header(#param, &#name))
            } else {
                quote!(.optional(#param, #name.as_ref()))
            }
        });
        match self.body {
            Payload::Empty if self.headers.is_empty() => quote!(Ok(#response)),
            Payload::Empty => quote!(#response #(#headers)?*),
            body => {
                let content = write_body(body, &quote!(&body));
                quote!(Ok(#response #(#headers?)*.content(#content)))
            }
        }
    }
}
