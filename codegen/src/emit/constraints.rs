//! `constraints.rs`: what has to hold for what comes in, beyond the types.

use proc_macro2::TokenStream;
use quote::quote;

use super::{constant, docs};
use crate::model::{Constant, Format, Kind, Limit, LimitsId, Model};

pub(super) fn emit(model: &Model) -> TokenStream {
    let limits = model.limits.iter().map(|limits| {
        let name = &limits.name;
        let docs = docs(&[&limits.doc]);
        let list = list(model, &limits.limits);
        quote!(#docs pub(crate) static #name: Constraints = #list;)
    });
    quote! {
        #![doc = " What the server asks of requests beyond their types."]

        #[allow(unused_imports, reason = "an API may have no use for some")]
        use crate::runtime::{
            enums::Scalar,
            formats::Format,
            validation::{Bound, Constraint::*, Constraints, JsonType},
        };

        #(#limits)*
    }
}

/// Some limits where they are used.
pub(super) fn path(model: &Model, id: LimitsId) -> TokenStream {
    let name = &model.limits(id).name;
    quote!(constraints::#name)
}

fn list(model: &Model, limits: &[Limit]) -> TokenStream {
    let limits = limits.iter().map(|limit| one(model, limit));
    quote!(&[#(#limits),*])
}

fn one(model: &Model, limit: &Limit) -> TokenStream {
    match limit {
        Limit::MinLength(least) => count("MinLength", *least),
        Limit::MaxLength(most) => count("MaxLength", *most),
        Limit::Pattern(pattern) => quote!(Pattern(#pattern)),
        Limit::Format(format) => {
            let format = self::format(*format);
            quote!(Format(Format::#format))
        }
        Limit::Minimum(least) => bound("Minimum", least),
        Limit::ExclusiveMinimum(least) => bound("ExclusiveMinimum", least),
        Limit::Maximum(most) => bound("Maximum", most),
        Limit::ExclusiveMaximum(most) => bound("ExclusiveMaximum", most),
        Limit::MultipleOf(unit) => bound("MultipleOf", unit),
        Limit::MinItems(least) => count("MinItems", *least),
        Limit::MaxItems(most) => count("MaxItems", *most),
        Limit::UniqueItems => quote!(UniqueItems),
        Limit::Items(limits) => {
            let limits = list(model, limits);
            quote!(Items(#limits))
        }
        Limit::MinProperties(least) => count("MinProperties", *least),
        Limit::MaxProperties(most) => count("MaxProperties", *most),
        Limit::Required(name) => quote!(Required(#name)),
        Limit::Property(name, limits) => {
            let limits = list(model, limits);
            quote!(Property(#name, #limits))
        }
        Limit::AdditionalProperties(known, limits) => {
            let limits = list(model, limits);
            quote!(AdditionalProperties(&[#(#known),*], #limits))
        }
        Limit::NotNull(names) => quote!(NotNull(&[#(#names),*])),
        Limit::NoAdditionalProperties(known) => quote!(NoAdditionalProperties(&[#(#known),*])),
        Limit::Enum(values) => self::values(values),
        Limit::Type(kind) => {
            let kind = self::kind(*kind);
            quote!(Type(JsonType::#kind))
        }
        Limit::Nullable(limits) => {
            let limits = list(model, limits);
            quote!(Nullable(#limits))
        }
        Limit::Ref(id) => {
            let name = &model.limits(*id).name;
            quote!(Ref(&#name))
        }
        Limit::AnyOf(alternatives) => {
            let alternatives = alternatives.iter().map(|limits| list(model, limits));
            quote!(AnyOf(&[#(#alternatives),*]))
        }
        Limit::Discriminator(tag, alternatives) => {
            let alternatives = alternatives.iter().map(|(tags, limits)| {
                let limits = list(model, limits);
                quote!((&[#(#tags),*], #limits))
            });
            quote!(Discriminator(#tag, &[#(#alternatives),*]))
        }
        Limit::Not(limits) => {
            let limits = list(model, limits);
            quote!(Not(#limits))
        }
    }
}

fn ident(name: &str) -> proc_macro2::Ident {
    proc_macro2::Ident::new(name, proc_macro2::Span::call_site())
}

fn count(name: &str, number: u64) -> TokenStream {
    let (name, number) = (ident(name), super::Literal::u64_unsuffixed(number));
    quote!(#name(#number))
}

fn bound(name: &str, bound: &Constant) -> TokenStream {
    let (name, bound) = (ident(name), constant(bound));
    quote!(#name(Bound::#bound))
}

fn values(values: &[Constant]) -> TokenStream {
    let words: Option<Vec<_>> = values
        .iter()
        .map(|value| match value {
            Constant::Text(text) => Some(text),
            _ => None,
        })
        .collect();
    match words {
        Some(words) => quote!(StringEnum(&[#(#words),*])),
        None => {
            let values = values.iter().map(constant);
            quote!(Enum(&[#(Scalar::#values),*]))
        }
    }
}

fn format(format: Format) -> proc_macro2::Ident {
    ident(match format {
        Format::Byte => "Byte",
        Format::Date => "Date",
        Format::DateTime => "DateTime",
        Format::Email => "Email",
        Format::Hostname => "Hostname",
        Format::Ipv4 => "Ipv4",
        Format::Ipv6 => "Ipv6",
        Format::Time => "Time",
        Format::Uri => "Uri",
        Format::Uuid => "Uuid",
    })
}

fn kind(kind: Kind) -> proc_macro2::Ident {
    ident(match kind {
        Kind::Array => "Array",
        Kind::Boolean => "Boolean",
        Kind::Integer => "Integer",
        Kind::Number => "Number",
        Kind::Object => "Object",
        Kind::String => "String",
    })
}
