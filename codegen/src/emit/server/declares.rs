//! The impls of `Declares`: the statuses that the responses of an operation declare, and their values.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::handled;
use crate::{
    emit::responses::body_ty,
    model::{
        Model, Parameter, ResponseEnum, ResponseKey, ResponseVariant, VariantShape,
        match_response_key,
    },
    name::Ident,
};

/// The value that a response is created from, and the fields that it becomes.
struct Constructor {
    value: TokenStream,
    pattern: TokenStream,
    fields: TokenStream,
}

/// Emits the impls for the response enums of all methods.
pub(super) fn emit(model: &Model) -> TokenStream {
    let used: BTreeSet<_> = handled(model)
        .map(|operation| operation.response_enum)
        .collect();
    let enums = used
        .into_iter()
        .filter_map(|index| model.response_enums.get(index));
    enums.map(|response| declares(model, response)).collect()
}

fn declares(model: &Model, response: &ResponseEnum) -> TokenStream {
    let name = &response.name;
    let variants = &response.variants;
    let keys: Vec<_> = variants.iter().map(|variant| variant.key).collect();
    let mut rows = Vec::new();
    let mut impls = Vec::new();
    let mut values = BTreeSet::new();
    for (index, variant) in variants.iter().enumerate() {
        let Some(constructor) = constructor(model, variant) else {
            continue;
        };
        let is_new = values.insert(constructor.value.to_string());
        match variant.key {
            ResponseKey::Exact(code) => match variant.shape() {
                VariantShape::Fields => {
                    impls.push(impl_for_code(name, variant, &constructor, code));
                }
                _ => rows.push(row(variant, &constructor, code)),
            },
            ResponseKey::Default if is_new => {
                impls.push(impl_for_any_code(name, variant, &constructor));
            }
            // An impl for any code would overlap with those of the same value, so each code has its own.
            _ => {
                let statuses = model.statuses.iter().map(|status| status.code);
                // Errors come from `default`; a success has a code or a range.
                let first = if variant.key == ResponseKey::Default {
                    400
                } else {
                    200
                };
                let codes = statuses.filter(|code| {
                    *code >= first && match_response_key(&keys, *code) == Some(index)
                });
                impls.push(impl_for_codes(name, variant, &constructor, codes));
            }
        }
    }
    let rows = (!rows.is_empty())
        .then(|| quote!(crate::runtime::server::handler::impl_declares!(#name { #(#rows,)* });));
    quote!(#rows #(#impls)*)
}

/// Returns the value that a variant is created from; `None` if it requires header fields of its own.
fn constructor(model: &Model, variant: &ResponseVariant) -> Option<Constructor> {
    if let Some(shared) = &variant.shared {
        return Some(Constructor {
            value: quote!(#shared),
            pattern: quote!(response),
            fields: quote!(response),
        });
    }
    if variant.headers.iter().any(|header| header.required) {
        return None;
    }
    let headers = variant.headers.iter();
    let headers = headers.map(|Parameter { name, .. }| quote!(#name: None,));
    let (value, pattern, body) = match body_ty(model, &variant.body) {
        Some(ty) => (ty, quote!(body), Some(quote!(body))),
        None => (quote!(()), quote!(()), None),
    };
    Some(Constructor {
        value,
        pattern,
        fields: quote!(#(#headers)* #body),
    })
}

/// Emits the row of a variant that is a value, or nothing.
fn row(variant: &ResponseVariant, constructor: &Constructor, code: u16) -> TokenStream {
    let (name, value) = (&variant.variant, &constructor.value);
    let code = Literal::u16_unsuffixed(code);
    let value = (variant.shape() != VariantShape::Unit).then(|| quote!((#value)));
    quote!(#code = #name #value)
}

/// Emits the impl of one code for a variant with named fields.
fn impl_for_code(
    name: &Ident,
    variant: &ResponseVariant,
    constructor: &Constructor,
    code: u16,
) -> TokenStream {
    let Constructor {
        value,
        pattern,
        fields,
    } = constructor;
    let (code, variant_name) = (Literal::u16_unsuffixed(code), &variant.variant);
    quote! {
        impl Declares<#code, #value> for #name {
            fn respond_with(#pattern: #value) -> Self {
                Self::#variant_name { #fields }
            }
        }
    }
}

/// Emits the impls of several codes for a variant with a status code.
fn impl_for_codes(
    name: &Ident,
    variant: &ResponseVariant,
    constructor: &Constructor,
    codes: impl Iterator<Item = u16>,
) -> TokenStream {
    let Constructor {
        value,
        pattern,
        fields,
    } = constructor;
    let (variant_name, status) = (&variant.variant, &variant.status_type);
    let codes = codes.map(Literal::u16_unsuffixed);
    quote! {
        crate::runtime::server::handler::impl_declares_each!(
            #name, #value, #pattern, #variant_name(#status) { #fields }, [#(#codes),*]
        );
    }
}

/// Emits the impl of `default` for every code. `from_const` rejects those that other responses declare.
fn impl_for_any_code(
    name: &Ident,
    variant: &ResponseVariant,
    constructor: &Constructor,
) -> TokenStream {
    let Constructor {
        value,
        pattern,
        fields,
    } = constructor;
    let (variant_name, status) = (&variant.variant, &variant.status_type);
    quote! {
        impl<const CODE: u16> Declares<CODE, #value> for #name {
            fn respond_with(#pattern: #value) -> Self {
                Self::#variant_name { status: #status::from_const::<CODE>(), #fields }
            }
        }
    }
}
