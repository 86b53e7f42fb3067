//! Identifiers, types, arguments and constants.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

use crate::{
    model::{BASE64, Constant, FormatType, Model, ResponseKey, Type, TypeKind},
    name::Ident,
};

impl ToTokens for Ident {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        ident(self.as_str()).to_tokens(tokens);
    }
}

/// Writes an identifier, which may be a raw one: `r#type`.
pub(in crate::emit) fn ident(name: &str) -> proc_macro2::Ident {
    match name.strip_prefix("r#") {
        Some(raw) => proc_macro2::Ident::new_raw(raw, Span::call_site()),
        None => proc_macro2::Ident::new(name, Span::call_site()),
    }
}

/// Writes a type as other modules than `types` refer to it.
pub(in crate::emit) fn ty(model: &Model, of: &Type) -> TokenStream {
    ty_in(model, of, &quote!(types::))
}

/// Writes a type; `types` is the path of the module with the named types.
pub(in crate::emit) fn ty_in(model: &Model, of: &Type, types: &TokenStream) -> TokenStream {
    match of {
        Type::Any => quote!(serde_json::Value),
        Type::Array(item) => {
            let item = ty_in(model, item, types);
            quote!(Vec<#item>)
        }
        Type::Boolean => quote!(bool),
        Type::Boxed(inner) => {
            let inner = ty_in(model, inner, types);
            quote!(Box<#inner>)
        }
        Type::Bytes => quote!(bytes::Bytes),
        Type::Format(ty) => format_ty(ty),
        Type::Integer(ty) => {
            let name = format_ident!("{}", ty.rust_name());
            quote!(#name)
        }
        Type::Map(value) => {
            let value = ty_in(model, value, types);
            quote!(std::collections::BTreeMap<String, #value>)
        }
        Type::Named(id) => {
            let name = &model.type_def(*id).name;
            quote!(#types #name)
        }
        Type::Nullable(inner) => {
            let inner = ty_in(model, inner, types);
            quote!(Option<#inner>)
        }
        Type::Number => quote!(f64),
        Type::StatusChoice => quote!(crate::StatusChoice),
        Type::String => quote!(String),
    }
}

/// Writes the type of a format: `uuid::Uuid`.
pub(in crate::emit) fn format_ty(ty: &FormatType) -> TokenStream {
    // The paths are those of the table, or have been checked.
    ty.path.parse().unwrap_or_default()
}

/// Returns whether a function should take `impl Into` of the type instead of the type.
pub(in crate::emit) fn takes_into(model: &Model, of: &Type) -> bool {
    match of {
        Type::Bytes | Type::StatusChoice | Type::String => true,
        Type::Format(ty) => ty.path == BASE64,
        Type::Named(id) => match &model.type_def(*id).kind {
            TypeKind::Alias(ty) => takes_into(model, ty),
            TypeKind::TextEnum(_) | TypeKind::IntegerEnum(_) | TypeKind::Wrapper(_) => true,
            TypeKind::Form { .. }
            | TypeKind::MixedEnum(_)
            | TypeKind::Struct { .. }
            | TypeKind::Union { .. } => false,
        },
        _ => false,
    }
}

/// Builds a function parameter for a value of a type, and the expression that converts it.
pub(in crate::emit) fn argument(
    model: &Model,
    name: &Ident,
    of: &Type,
    types: &TokenStream,
) -> (TokenStream, TokenStream) {
    if let Type::Boxed(inner) = of {
        let (argument, value) = argument(model, name, inner, types);
        return (argument, quote!(Box::new(#value)));
    }
    let ty = ty_in(model, of, types);
    if takes_into(model, of) {
        (quote!(#name: impl Into<#ty>), quote!(#name.into()))
    } else {
        (quote!(#name: #ty), quote!(#name))
    }
}

/// Initializes a field of a struct, in short form if the value has the field's name.
pub(in crate::emit) fn initial(name: &Ident, value: &TokenStream) -> TokenStream {
    if value.to_string() == name.to_string() {
        quote!(#name)
    } else {
        quote!(#name: #value)
    }
}

/// Writes a constant of the document as a value of the runtime.
pub(in crate::emit) fn constant(value: &Constant) -> TokenStream {
    match value {
        Constant::Boolean(flag) => quote!(Boolean(#flag)),
        Constant::Integer(number) => {
            let number = Literal::i128_unsuffixed(*number);
            quote!(Integer(#number))
        }
        Constant::Number(number) => {
            let number = Literal::f64_unsuffixed(number.parse().unwrap_or_default());
            quote!(Number(#number))
        }
        Constant::Text(text) => quote!(Text(#text)),
        Constant::Json(text) => quote!(Json(#text)),
    }
}

/// Writes a key of `responses`.
pub(in crate::emit) fn response_key(key: ResponseKey) -> TokenStream {
    match key {
        ResponseKey::Exact(code) => {
            let code = Literal::u16_unsuffixed(code);
            quote!(ResponseKey::Exact(#code))
        }
        ResponseKey::Range(first) => {
            let first = Literal::u16_unsuffixed(first);
            quote!(ResponseKey::Range(#first))
        }
        ResponseKey::Default => quote!(ResponseKey::Default),
    }
}
