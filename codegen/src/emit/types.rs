//! `types.rs`: the types of parameters, header fields and content.

use std::fmt::Display;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::shared::{
    DEPRECATED, ItemOrigin, argument, constant, default_method, docs, fixed_value, impl_default,
    initial, ty_in,
};
use crate::{
    doc,
    model::{
        Constant, EnumValue, Field, FormPart, Model, PartKind, Type, TypeDef, TypeKind,
        UnionVariant,
    },
    name::Ident,
};

pub(super) fn emit(model: &Model) -> TokenStream {
    let types = model
        .types
        .iter()
        .map(|definition| definition_of(model, definition));
    quote! {
        #![doc = " The types of parameters, header fields and content."]
        #(#types)*
    }
}

fn definition_of(model: &Model, definition: &TypeDef) -> TokenStream {
    let deprecated = if definition.deprecated {
        DEPRECATED
    } else {
        ""
    };
    let docs = docs(&[&definition.doc, deprecated]);
    let origin = ItemOrigin::new(&definition.origin);
    let head = quote!(#docs #origin);
    let name = &definition.name;
    match &definition.kind {
        TypeKind::Wrapper(ty) => {
            let ty = local(model, ty);
            quote! {
                #head
                #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
                #[serde(transparent)]
                pub struct #name(pub #ty);

                impl From<#ty> for #name {
                    fn from(value: #ty) -> Self {
                        Self(value)
                    }
                }
            }
        }
        TypeKind::Alias(ty) => {
            let ty = local(model, ty);
            quote!(#head pub type #name = #ty;)
        }
        TypeKind::TextEnum(values) => text_enum(&head, name, values),
        TypeKind::IntegerEnum(values) => integer_enum(&head, name, values),
        TypeKind::Form { parts, others } => form(model, &head, name, parts, others.as_ref()),
        TypeKind::MixedEnum(values) => mixed_enum(&head, name, values),
        TypeKind::Union { variants, tag } => union(model, &head, name, variants, tag.as_deref()),
        TypeKind::Struct { fields, others } => object(model, &head, name, fields, others.as_ref()),
    }
}

/// Writes a type as the module `types` itself refers to it.
fn local(model: &Model, ty: &Type) -> TokenStream {
    ty_in(model, ty, &TokenStream::new())
}

/// Emits the variant of a declared value.
fn value_variant<T: Display>(entry: &EnumValue<T>, doc: &str) -> TokenStream {
    let EnumValue {
        name,
        value,
        origin,
    } = entry;
    let docs = docs(&[doc]);
    let origin = ItemOrigin::new(origin).with_wire(value);
    quote!(#docs #origin #name)
}

fn text_enum(head: &TokenStream, name: &Ident, values: &[EnumValue<String>]) -> TokenStream {
    let variants = values
        .iter()
        .map(|entry| value_variant(entry, &doc::code(&entry.value)));
    let names: Vec<_> = values.iter().map(|value| &value.name).collect();
    let texts: Vec<_> = values.iter().map(|value| &value.value).collect();
    quote! {
        #head
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
            /// A value that the document does not declare.
            Other(String),
        }

        crate::runtime::codec::enums::impl_string_enum!(#name { #(#names = #texts,)* });
    }
}

fn integer_enum(head: &TokenStream, name: &Ident, values: &[EnumValue<i64>]) -> TokenStream {
    let variants = values
        .iter()
        .map(|entry| value_variant(entry, &format!("`{}`", entry.value)));
    let names: Vec<_> = values.iter().map(|value| &value.name).collect();
    let numbers: Vec<_> = values
        .iter()
        .map(|value| Literal::i64_unsuffixed(value.value))
        .collect();
    quote! {
        #head
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
            /// A value that the document does not declare.
            Other(i64),
        }

        impl #name {
            /// Returns the value on the wire.
            #[must_use]
            pub const fn get(self) -> i64 {
                match self {
                    #(Self::#names => #numbers,)*
                    Self::Other(number) => number,
                }
            }

            const fn from_declared(number: i64) -> Option<Self> {
                match number {
                    #(#numbers => Some(Self::#names),)*
                    _ => None,
                }
            }
        }

        crate::runtime::codec::enums::impl_integer_enum!(#name);
    }
}

fn mixed_enum(head: &TokenStream, name: &Ident, values: &[EnumValue<Constant>]) -> TokenStream {
    let variants = values
        .iter()
        .map(|entry| value_variant(entry, &doc::code(&entry.value.to_string())));
    let values = values.iter().map(|EnumValue { name, value, .. }| {
        let value = constant(value);
        quote!(#name = #value)
    });
    quote! {
        #head
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
            /// A value that the document does not declare.
            Other(serde_json::Value),
        }

        crate::runtime::codec::enums::impl_mixed_enum!(#name { #(#values,)* });
    }
}

fn union(
    model: &Model,
    head: &TokenStream,
    name: &Ident,
    variants: &[UnionVariant],
    tag: Option<&str>,
) -> TokenStream {
    let types = variants.iter().map(|variant| {
        let UnionVariant {
            name,
            ty,
            tags,
            origin,
            ..
        } = variant;
        let values = tags.iter().map(|tag| doc::code(tag)).collect::<Vec<_>>();
        let title = match tag {
            Some(tag) => format!(
                "The alternative whose {} is {}.",
                doc::code(tag),
                values.join(" or ")
            ),
            None => format!("{}.", doc::code(&model.type_name(ty))),
        };
        let (docs, ty) = (docs(&[&title]), local(model, ty));
        let origin = ItemOrigin::new(origin);
        quote!(#docs #origin #name(#ty))
    });
    let implementation = match tag {
        None => {
            let variants = variants.iter().map(|variant| {
                let name = &variant.name;
                let constraints = variant.constraints.iter();
                let constraints: Vec<_> =
                    constraints.map(|id| &model.constraints(*id).name).collect();
                let condition = (!constraints.is_empty()).then(|| quote!(if #(#constraints)|*));
                quote!(#name #condition)
            });
            quote!(#name { #(#variants,)* })
        }
        Some(tag) => {
            let tags = variants
                .iter()
                .map(|UnionVariant { name, tags, .. }| quote!(#name = #(#tags)|*));
            quote!(#name by #tag { #(#tags,)* })
        }
    };
    quote! {
        #head
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#types,)*
            /// A value that matches no alternative.
            Other(serde_json::Value),
        }

        crate::runtime::codec::unions::impl_union!(#implementation);
    }
}

/// Emits a form of `multipart/form-data`.
fn form(
    model: &Model,
    head: &TokenStream,
    name: &Ident,
    parts: &[FormPart],
    others: Option<&Ident>,
) -> TokenStream {
    let fields = parts.iter().map(|part| {
        let docs = docs(&[&part.doc, if part.deprecated { DEPRECATED } else { "" }]);
        let (name, ty) = (&part.name, part_ty(model, part));
        let ty = if part.required {
            ty
        } else {
            quote!(Option<#ty>)
        };
        let origin = ItemOrigin::new(&part.origin).with_wire(&part.wire);
        quote!(#docs #origin pub #name: #ty)
    });
    let other_fields = others.map(|name| {
        quote! {
            /// The parts that the document does not name.
            pub #name: Vec<(String, crate::File)>,
        }
    });
    let default = parts
        .iter()
        .all(|part| !part.required)
        .then(|| quote!(Default,));
    let mut arguments = Vec::new();
    let mut initial = Vec::new();
    for part in parts {
        let name = &part.name;
        if let Some(value) = fixed_part(model, part) {
            initial.push(quote!(#name: #value));
        } else if part.required {
            let ty = part_ty(model, part);
            let origin = ItemOrigin::new(&part.origin);
            arguments.push(quote!(#origin #name: impl Into<#ty>));
            initial.push(quote!(#name: #name.into()));
        } else {
            initial.push(quote!(#name: None));
        }
    }
    let default_impl = default.is_none().then(|| impl_default(name, &arguments));
    let other_values = others.map(|name| quote!(#name: Vec::new()));
    let writes = parts.iter().map(write_part);
    let other_writes = others.map(|name| {
        quote! {
            for (name, part) in &self.#name {
                parts.file(name, "application/octet-stream", part);
            }
        }
    });
    let reads = parts.iter().map(read_part);
    let other_reads = others.map(|name| quote!(#name: parts.take_remaining()));
    let values: Vec<_> = parts.iter().filter_map(value_of_part).collect();
    let unused = if values.is_empty() {
        quote!(_)
    } else {
        quote!(values)
    };
    quote! {
        #head
        #[derive(Clone, Debug, #default PartialEq)]
        #[non_exhaustive]
        pub struct #name {
            #(#fields,)*
            #other_fields
        }

        impl #name {
            /// Creates a form from its required parts.
            #[must_use]
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#initial,)* #other_values }
            }
        }

        #default_impl

        impl crate::runtime::codec::multipart::MultipartForm for #name {
            fn write(
                &self,
                parts: &mut crate::runtime::codec::multipart::FormParts,
            ) -> Result<(), crate::EncodeError> {
                #(#writes)*
                #other_writes
                Ok(())
            }

            fn read(
                parts: &mut crate::runtime::codec::multipart::FormParts,
            ) -> Result<Self, crate::runtime::codec::param_decode::ValueError> {
                Ok(Self { #(#reads,)* #other_reads })
            }

            fn values(&self, #unused: &mut crate::runtime::codec::multipart::FormValues) {
                #(#values)*
            }
        }
    }
}

/// Returns the type of a part, without the `Option` of an optional one.
fn part_ty(model: &Model, part: &FormPart) -> TokenStream {
    let ty = match &part.kind {
        PartKind::File => quote!(crate::File),
        PartKind::Text(ty) | PartKind::Json(ty) => local(model, ty),
    };
    if part.many { quote!(Vec<#ty>) } else { ty }
}

/// Returns the only value of a part.
fn fixed_part(model: &Model, part: &FormPart) -> Option<TokenStream> {
    match &part.kind {
        PartKind::Text(ty) | PartKind::Json(ty) if part.required && !part.many => {
            fixed_value(model, ty, part.fixed.as_ref()?, &TokenStream::new())
        }
        _ => None,
    }
}

fn write_part(part: &FormPart) -> TokenStream {
    let FormPart { name, wire, .. } = part;
    let (usual, write) = match part.kind {
        PartKind::File => ("application/octet-stream", quote!(file)),
        PartKind::Text(_) => ("text/plain", quote!(text)),
        PartKind::Json(_) => ("application/json", quote!(json)),
    };
    let media = part.media.as_deref().unwrap_or(usual);
    let fails = (part.kind != PartKind::File).then(|| quote!(?));
    let write = |value: TokenStream| quote!(parts.#write(#wire, #media, #value)#fails;);
    let each = write(quote!(value));
    match (part.required, part.many) {
        (true, false) => write(quote!(&self.#name)),
        (false, false) => quote!(if let Some(value) = &self.#name { #each }),
        (true, true) => quote!(for value in &self.#name { #each }),
        (false, true) => quote!(for value in self.#name.iter().flatten() { #each }),
    }
}

/// Adds the value of a part to those that are validated; files are not.
fn value_of_part(part: &FormPart) -> Option<TokenStream> {
    let FormPart { name, wire, .. } = part;
    match (&part.kind, part.required) {
        (PartKind::File, _) => None,
        (_, true) => Some(quote!(values.add(#wire, &self.#name);)),
        (_, false) => Some(quote!(values.add_optional(#wire, self.#name.as_ref());)),
    }
}

fn read_part(part: &FormPart) -> TokenStream {
    let FormPart { name, wire, .. } = part;
    let read = match part.kind {
        PartKind::File => quote!(take_files),
        PartKind::Text(_) => quote!(take_texts),
        PartKind::Json(_) => quote!(take_jsons),
    };
    let take = match (part.required, part.many) {
        (true, false) => quote!(required),
        (false, false) => quote!(optional),
        (true, true) => quote!(required_many),
        (false, true) => quote!(optional_many),
    };
    quote!(#name: crate::runtime::codec::multipart::#take(#wire, parts.#read(#wire)?)?)
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
            /// The properties that the document does not name.
            pub #name: std::collections::BTreeMap<String, #ty>,
        }
    });
    let table = fields.iter().map(|field| {
        let (name, wire) = (&field.name, &field.wire);
        // Any JSON value may be `null`, which is not the same as an absent property.
        let is_nullable = model.is_nullable(&field.ty) || model.is_any(&field.ty);
        let kind = match (field.required, is_nullable) {
            (true, _) => quote!(Required),
            (false, false) => quote!(Optional),
            (false, true) => quote!(Nullable),
        };
        let ty = local(model, &field.ty);
        quote!(#name: #kind<#ty> = #wire)
    });
    let other_row = others.map(|(name, ty)| {
        let ty = local(model, ty);
        quote!(..#name: #ty)
    });
    let defaults = fields.iter().filter(|field| !field.required);
    let defaults = defaults.filter_map(|field| {
        let origin = ItemOrigin::new(&field.origin).with_wire(&field.wire);
        let default = field.default.as_ref()?;
        default_method(
            model,
            &field.name,
            &field.ty,
            default,
            &origin,
            &TokenStream::new(),
        )
    });
    let default = fields
        .iter()
        .all(|field| !field.required)
        .then(|| quote!(#[derive(Default)]));
    let (arguments, values) = new(model, fields, others);
    let default_impl = default.is_none().then(|| impl_default(name, &arguments));
    quote! {
        #head
        #default
        #[non_exhaustive]
        pub struct #name {
            #(#members,)*
            #other_members
        }

        impl #name {
            /// Creates a value from its required properties.
            #[must_use]
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }
            #(#defaults)*
        }

        #default_impl

        crate::runtime::codec::object::impl_object!(#name { #(#table,)* #other_row });
    }
}

fn member(model: &Model, field: &Field) -> TokenStream {
    let name = &field.name;
    let deprecated = if field.deprecated { DEPRECATED } else { "" };
    let nullable = model.is_nullable(&field.ty);
    let absent = if nullable && !field.required {
        "`None` is an absent property, `Some(None)` is `null`."
    } else {
        ""
    };
    let docs = docs(&[&field.doc, absent, deprecated]);
    let ty = local(model, &field.ty);
    let ty = if field.required {
        ty
    } else {
        quote!(Option<#ty>)
    };
    let origin = ItemOrigin::new(&field.origin).with_wire(&field.wire);
    quote!(#docs #origin pub #name: #ty)
}

/// Returns the arguments of the constructor of an object, and the values of the fields.
fn new(
    model: &Model,
    fields: &[Field],
    others: Option<&(Ident, Type)>,
) -> (Vec<TokenStream>, Vec<TokenStream>) {
    let mut arguments = Vec::new();
    let mut values = Vec::new();
    let types = TokenStream::new();
    for field in fields {
        let name = &field.name;
        let fixed = field.fixed.as_ref().filter(|_| field.required);
        if let Some(value) = fixed.and_then(|value| fixed_value(model, &field.ty, value, &types)) {
            values.push(quote!(#name: #value));
        } else if field.required {
            let (argument, value) = argument(model, name, &field.ty, &types);
            values.push(initial(name, &value));
            let origin = ItemOrigin::new(&field.origin);
            arguments.push(quote!(#origin #argument));
        } else {
            values.push(quote!(#name: None));
        }
    }
    if let Some((name, _)) = others {
        values.push(quote!(#name: std::collections::BTreeMap::new()));
    }
    (arguments, values)
}
