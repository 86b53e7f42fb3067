//! `types.rs`: the types of bodies, parameters and header fields.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{DEPRECATED, argument, docs, ty_in};
use crate::{
    doc,
    model::{EnumValue, Field, Model, Scalar, Type, TypeDef, TypeKind, UnionVariant},
    name::Ident,
};

pub(super) fn emit(model: &Model) -> TokenStream {
    let types = model
        .types
        .iter()
        .map(|definition| definition_of(model, definition));
    quote! {
        #![doc = " The types of bodies, parameters and header fields."]
        #(#types)*
    }
}

fn definition_of(model: &Model, definition: &TypeDef) -> TokenStream {
    let own = format!("`{}`.", definition.name);
    let doc = if definition.doc.is_empty() {
        &own
    } else {
        &definition.doc
    };
    let deprecated = if definition.deprecated {
        DEPRECATED
    } else {
        ""
    };
    let head = docs(&[doc, deprecated]);
    let name = &definition.name;
    match &definition.kind {
        TypeKind::Alias(ty) => {
            let ty = local(model, ty);
            quote!(#head pub type #name = #ty;)
        }
        TypeKind::TextEnum(values) => text_enum(&head, name, values),
        TypeKind::IntegerEnum(values) => integer_enum(&head, name, values),
        TypeKind::MixedEnum(values) => mixed_enum(&head, name, values),
        TypeKind::Union { variants, tag } => union(model, &head, name, variants, tag.as_deref()),
        TypeKind::Struct { fields, others } => object(model, &head, name, fields, others.as_ref()),
    }
}

/// A type where it is used among the types.
fn local(model: &Model, ty: &Type) -> TokenStream {
    ty_in(model, ty, &TokenStream::new())
}

fn text_enum(head: &TokenStream, name: &Ident, values: &[EnumValue<String>]) -> TokenStream {
    let variants = values.iter().map(|EnumValue { name, value }| {
        let docs = docs(&[&doc::code(value)]);
        quote!(#docs #name)
    });
    let names: Vec<_> = values.iter().map(|value| &value.name).collect();
    let texts: Vec<_> = values.iter().map(|value| &value.value).collect();
    quote! {
        #head
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum #name {
            #(#variants,)*
            /// A value that the document does not name.
            Other(String),
        }

        impl #name {
            /// The value on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#names => #texts,)*
                    Self::Other(text) => text,
                }
            }

            fn known(text: &str) -> Option<Self> {
                match text {
                    #(#texts => Some(Self::#names),)*
                    _ => None,
                }
            }
        }

        crate::runtime::enums::text_enum!(#name);
    }
}

fn integer_enum(head: &TokenStream, name: &Ident, values: &[EnumValue<i64>]) -> TokenStream {
    let variants = values.iter().map(|EnumValue { name, value }| {
        let docs = docs(&[&format!("`{value}`")]);
        quote!(#docs #name)
    });
    let names: Vec<_> = values.iter().map(|value| &value.name).collect();
    let numbers: Vec<_> = values
        .iter()
        .map(|value| Literal::i64_unsuffixed(value.value))
        .collect();
    quote! {
        #head
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum #name {
            #(#variants,)*
            /// A value that the document does not name.
            Other(i64),
        }

        impl #name {
            /// The value on the wire.
            #[must_use]
            pub const fn get(self) -> i64 {
                match self {
                    #(Self::#names => #numbers,)*
                    Self::Other(number) => number,
                }
            }

            const fn known(number: i64) -> Option<Self> {
                match number {
                    #(#numbers => Some(Self::#names),)*
                    _ => None,
                }
            }
        }

        crate::runtime::enums::integer_enum!(#name);
    }
}

fn mixed_enum(head: &TokenStream, name: &Ident, values: &[EnumValue<Scalar>]) -> TokenStream {
    let variants = values.iter().map(|EnumValue { name, value }| {
        let text = match value {
            Scalar::Boolean(flag) => flag.to_string(),
            Scalar::Integer(number) => number.to_string(),
            Scalar::Number(number) => number.clone(),
            Scalar::Text(text) => text.clone(),
        };
        let docs = docs(&[&doc::code(&text)]);
        quote!(#docs #name)
    });
    let values = values.iter().map(|EnumValue { name, value }| {
        let value = match value {
            Scalar::Boolean(flag) => quote!(Boolean(#flag)),
            Scalar::Integer(number) => {
                let number = Literal::i64_unsuffixed(*number);
                quote!(Integer(#number))
            }
            Scalar::Number(number) => {
                let number = Literal::f64_unsuffixed(number.parse().unwrap_or_default());
                quote!(Number(#number))
            }
            Scalar::Text(text) => quote!(Text(#text)),
        };
        quote!(#name: #value)
    });
    quote! {
        #head
        #[derive(Clone, Debug, PartialEq)]
        pub enum #name {
            #(#variants,)*
            /// A value that the document does not name.
            Other(serde_json::Value),
        }

        crate::runtime::enums::mixed_enum!(#name { #(#values,)* });
    }
}

fn union(
    model: &Model,
    head: &TokenStream,
    name: &Ident,
    variants: &[UnionVariant],
    tag: Option<&str>,
) -> TokenStream {
    let types = variants.iter().map(|UnionVariant { name, ty, tags }| {
        let told = tags.iter().map(|tag| doc::code(tag)).collect::<Vec<_>>();
        let told = match tag {
            Some(tag) => format!("Where {} is {}.", doc::code(tag), told.join(" or ")),
            None => format!("{}.", doc::code(&model.type_name(ty))),
        };
        let (docs, ty) = (docs(&[&told]), local(model, ty));
        quote!(#docs #name(#ty))
    });
    let names = variants.iter().map(|variant| &variant.name);
    let implementation = match tag {
        None => quote!(#name { #(#names,)* }),
        Some(tag) => {
            let tags = variants
                .iter()
                .map(|UnionVariant { name, tags, .. }| quote!(#name: #(#tags)|*));
            quote!(#name by #tag { #(#tags,)* })
        }
    };
    quote! {
        #head
        #[derive(Clone, Debug, PartialEq)]
        pub enum #name {
            #(#types,)*
            /// A value that is none of these.
            Other(serde_json::Value),
        }

        crate::runtime::unions::union!(#implementation);
    }
}

fn object(
    model: &Model,
    head: &TokenStream,
    name: &Ident,
    fields: &[Field],
    others: Option<&(Ident, Type)>,
) -> TokenStream {
    let members = fields.iter().map(|field| member(model, field));
    let other_members = others.map(|(name, ty)| {
        let ty = local(model, ty);
        quote! {
            /// All properties that the document does not name.
            #[serde(flatten)]
            pub #name: std::collections::BTreeMap<String, #ty>,
        }
    });
    let new = new(model, fields, others);
    let default = fields
        .iter()
        .all(|field| !field.required)
        .then(|| quote!(Default,));
    quote! {
        #head
        #[derive(Clone, Debug, #default PartialEq, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub struct #name {
            #(#members,)*
            #other_members
        }

        impl #name {
            #new
        }
    }
}

fn member(model: &Model, field: &Field) -> TokenStream {
    let name = &field.name;
    let own = doc::code(&field.wire);
    let doc = if field.doc.is_empty() {
        &own
    } else {
        &field.doc
    };
    let deprecated = if field.deprecated { DEPRECATED } else { "" };
    let nullable = model.is_nullable(&field.ty);
    let absent = if nullable && !field.required {
        "`None` is absent, and `Some(None)` is `null`."
    } else {
        ""
    };
    let docs = docs(&[doc, absent, deprecated]);
    let plain = name.as_str().strip_prefix("r#").unwrap_or(name.as_str());
    let mut serde = Vec::new();
    if plain != field.wire {
        let wire = &field.wire;
        serde.push(quote!(rename = #wire));
    }
    let ty = local(model, &field.ty);
    let ty = match (field.required, nullable) {
        (true, false) => ty,
        (true, true) => {
            serde.push(quote!(deserialize_with = "crate::runtime::null::present"));
            ty
        }
        (false, false) => {
            serde.push(quote!(default, skip_serializing_if = "Option::is_none"));
            quote!(Option<#ty>)
        }
        (false, true) => {
            serde.push(quote!(
                default,
                skip_serializing_if = "Option::is_none",
                deserialize_with = "crate::runtime::null::maybe"
            ));
            quote!(Option<#ty>)
        }
    };
    let serde = (!serde.is_empty()).then(|| quote!(#[serde(#(#serde),*)]));
    quote!(#docs #serde pub #name: #ty)
}

/// The function that makes an object of what is required.
fn new(model: &Model, fields: &[Field], others: Option<&(Ident, Type)>) -> TokenStream {
    let mut arguments = Vec::new();
    let mut values = Vec::new();
    for field in fields {
        let name = &field.name;
        if field.required {
            let (argument, value) = argument(model, name, &field.ty, &TokenStream::new());
            values.push(super::initial(name, &value));
            arguments.push(argument);
        } else {
            values.push(quote!(#name: None));
        }
    }
    if let Some((name, _)) = others {
        values.push(quote!(#name: std::collections::BTreeMap::new()));
    }
    quote! {
        /// A value of what is required; the rest is absent.
        #[must_use]
        pub fn new(#(#arguments),*) -> Self {
            Self { #(#values),* }
        }
    }
}
