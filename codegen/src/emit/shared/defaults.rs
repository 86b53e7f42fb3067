//! Values of the document: defaults, and the only values of required fields.

use std::net::{Ipv4Addr, Ipv6Addr};

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::{ItemOrigin, docs, format_ty, ty_in};
use crate::{
    doc::code,
    model::{BASE64, Constant, FormatType, Model, Type, TypeKind},
    name::Ident,
};

/// Builds the method `<name>_or_default` of an optional field. `types` is the path of the module with the named types.
///
/// Only scalars have one: the default of a list or an object is documented.
pub(in crate::emit) fn default_method(
    model: &Model,
    name: &Ident,
    of: &Type,
    default: &Constant,
    origin: &ItemOrigin,
    types: &TokenStream,
) -> Option<TokenStream> {
    let (returned, value) = default_value(model, name, of, default, types)?;
    let method = name.with_suffix("_or_default");
    let docs = docs(&[&format!(
        "Returns the value, or the default: {}.",
        code(&default.to_string())
    )]);
    Some(quote! {
        #docs
        #origin
        #[must_use]
        pub fn #method(&self) -> #returned {
            #value
        }
    })
}

/// Returns the type and the body of the method.
fn default_value(
    model: &Model,
    name: &Ident,
    of: &Type,
    default: &Constant,
    types: &TokenStream,
) -> Option<(TokenStream, TokenStream)> {
    let copied = |literal: TokenStream| quote!(self.#name.unwrap_or(#literal));
    Some(match (of, default) {
        (Type::Boolean, Constant::Boolean(flag)) => (quote!(bool), copied(quote!(#flag))),
        (Type::Integer(ty), Constant::Integer(number)) => {
            let ty = format_ident!("{}", ty.rust_name());
            let number = Literal::i128_unsuffixed(*number);
            (quote!(#ty), copied(quote!(#number)))
        }
        (Type::Number, Constant::Integer(_) | Constant::Number(_)) => {
            let number = Literal::f64_unsuffixed(default.to_string().parse().ok()?);
            (quote!(f64), copied(quote!(#number)))
        }
        (Type::Format(ty), Constant::Text(text)) => {
            (format_ty(ty), format_or_default(name, ty, text)?)
        }
        (Type::String, Constant::Text(text)) => {
            (quote!(&str), quote!(self.#name.as_deref().unwrap_or(#text)))
        }
        (Type::Named(id), default) => {
            let definition = model.type_def(*id);
            if let TypeKind::Alias(ty) = &definition.kind {
                return default_value(model, name, ty, default, types);
            }
            let variant = variant_of(&definition.kind, default)?;
            let ty = ty_in(model, of, types);
            // Only enumerations of integers are `Copy`.
            let value = match definition.kind {
                TypeKind::IntegerEnum(_) => copied(quote!(#ty::#variant)),
                _ => quote!(self.#name.clone().unwrap_or(#ty::#variant)),
            };
            (ty, value)
        }
        _ => return None,
    })
}

/// Returns the value of an optional field, or its default; `None` if the type has no constants.
fn format_or_default(name: &Ident, ty: &FormatType, text: &str) -> Option<TokenStream> {
    let default = match &*ty.path {
        BASE64 => {
            let default = quote!(#text.parse().unwrap_or_default());
            return Some(quote!(self.#name.clone().unwrap_or_else(|| #default)));
        }
        // The text is valid.
        "chrono::DateTime<chrono::Utc>" | "chrono::NaiveDate" => {
            let default = quote!(#text.parse().unwrap_or_default());
            return Some(quote!(self.#name.unwrap_or_else(|| #default)));
        }
        // Clippy rejects the numbers of these addresses.
        "std::net::Ipv4Addr" => match text.parse().ok()? {
            Ipv4Addr::BROADCAST => quote!(std::net::Ipv4Addr::BROADCAST),
            Ipv4Addr::LOCALHOST => quote!(std::net::Ipv4Addr::LOCALHOST),
            Ipv4Addr::UNSPECIFIED => quote!(std::net::Ipv4Addr::UNSPECIFIED),
            address => {
                let octets = address.octets().map(Literal::u8_unsuffixed);
                quote!(std::net::Ipv4Addr::new(#(#octets),*))
            }
        },
        "std::net::Ipv6Addr" => match text.parse().ok()? {
            Ipv6Addr::LOCALHOST => quote!(std::net::Ipv6Addr::LOCALHOST),
            Ipv6Addr::UNSPECIFIED => quote!(std::net::Ipv6Addr::UNSPECIFIED),
            address => {
                let segments = address.segments().map(Literal::u16_unsuffixed);
                quote!(std::net::Ipv6Addr::new(#(#segments),*))
            }
        },
        "uuid::Uuid" => quote!(uuid::uuid!(#text)),
        _ => return None,
    };
    Some(quote!(self.#name.unwrap_or(#default)))
}

/// Returns the name of the variant with a value.
fn variant_of<'a>(kind: &'a TypeKind, value: &Constant) -> Option<&'a Ident> {
    match (kind, value) {
        (TypeKind::TextEnum(values), Constant::Text(text)) => values
            .iter()
            .find(|entry| entry.value == *text)
            .map(|entry| &entry.name),
        (TypeKind::IntegerEnum(values), Constant::Integer(number)) => values
            .iter()
            .find(|entry| i128::from(entry.value) == *number)
            .map(|entry| &entry.name),
        (TypeKind::MixedEnum(values), value) => values
            .iter()
            .find(|entry| entry.value == *value)
            .map(|entry| &entry.name),
        _ => None,
    }
}

/// Writes a text, a boolean or a value of an enumeration as a value of a type. `types` is the path of the module with the named
/// types.
pub(in crate::emit) fn fixed_value(
    model: &Model,
    of: &Type,
    value: &Constant,
    types: &TokenStream,
) -> Option<TokenStream> {
    match (of, value) {
        (Type::Boxed(inner), value) => {
            let value = fixed_value(model, inner, value, types)?;
            Some(quote!(Box::new(#value)))
        }
        (Type::String, Constant::Text(text)) => Some(quote!(#text.to_owned())),
        (Type::Boolean, Constant::Boolean(flag)) => Some(quote!(#flag)),
        (Type::Named(id), value) => match &model.type_def(*id).kind {
            TypeKind::Alias(ty) => fixed_value(model, ty, value, types),
            kind => {
                let (ty, variant) = (ty_in(model, of, types), variant_of(kind, value)?);
                Some(quote!(#ty::#variant))
            }
        },
        _ => None,
    }
}

/// Implements `Default` for a type that cannot derive it, if its constructor has no arguments.
pub(in crate::emit) fn impl_default(
    name: &Ident,
    arguments: &[TokenStream],
) -> Option<TokenStream> {
    arguments.is_empty().then(|| {
        quote! {
            impl Default for #name {
                fn default() -> Self {
                    Self::new()
                }
            }
        }
    })
}
