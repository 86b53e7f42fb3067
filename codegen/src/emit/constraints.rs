//! `constraints.rs`: the constraints of the schemas of requests and of unions.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::shared::{constant, docs, ident, imports};
use crate::model::{Constant, Constraint, ConstraintsId, Format, JsonType, Model, Pattern};

pub(super) fn emit(model: &Model) -> TokenStream {
    if model.constraints.is_empty() {
        return TokenStream::new();
    }
    let constraints = model.constraints.iter().map(|constraints| {
        let name = &constraints.name;
        let docs = docs(&[&constraints.doc]);
        let list = list(model, &constraints.constraints);
        quote!(#docs pub(crate) static #name: Constraints = #list;)
    });
    let constraints = quote!(#(#constraints)*);
    let imports = imports(
        &constraints,
        &["runtime::codec::validation::Constraints"],
        &[
            "runtime::codec::enums::Scalar",
            "runtime::codec::formats::Format",
            "runtime::codec::validation::Bound",
            "runtime::codec::validation::Constraint",
            "runtime::codec::validation::JsonType",
        ],
    );
    quote! {
        #![doc = " The constraints of schemas, which the server validates, and which tell the alternatives of unions apart."]

        #imports

        #constraints
    }
}

/// Returns the path of the constraints with an id.
pub(super) fn path(model: &Model, id: ConstraintsId) -> TokenStream {
    let name = &model.constraints(id).name;
    quote!(constraints::#name)
}

fn list(model: &Model, constraints: &[Constraint]) -> TokenStream {
    let constraints = constraints.iter().map(|constraint| item(model, constraint));
    quote!(&[#(#constraints),*])
}

fn lists(model: &Model, alternatives: &[Vec<Constraint>]) -> TokenStream {
    let alternatives = alternatives
        .iter()
        .map(|constraints| list(model, constraints));
    quote!(&[#(#alternatives),*])
}

fn item(model: &Model, constraint: &Constraint) -> TokenStream {
    match constraint {
        Constraint::MinLength(least) => count("MinLength", *least),
        Constraint::MaxLength(most) => count("MaxLength", *most),
        Constraint::Pattern(Pattern { text, regex }) if text == regex => {
            quote!(Constraint::Pattern(#regex))
        }
        Constraint::Pattern(Pattern { text, regex }) => {
            quote!(Constraint::TranslatedPattern { pattern: #text, regex: #regex })
        }
        Constraint::Format(format) => {
            let format = self::format(*format);
            quote!(Constraint::Format(Format::#format))
        }
        Constraint::Minimum(least) => bound("Minimum", least),
        Constraint::ExclusiveMinimum(least) => bound("ExclusiveMinimum", least),
        Constraint::Maximum(most) => bound("Maximum", most),
        Constraint::ExclusiveMaximum(most) => bound("ExclusiveMaximum", most),
        Constraint::MultipleOf(unit) => bound("MultipleOf", unit),
        Constraint::MinItems(least) => count("MinItems", *least),
        Constraint::MaxItems(most) => count("MaxItems", *most),
        Constraint::UniqueItems => quote!(Constraint::UniqueItems),
        Constraint::Items(constraints) => {
            let constraints = list(model, constraints);
            quote!(Constraint::Items(#constraints))
        }
        Constraint::MinProperties(least) => count("MinProperties", *least),
        Constraint::MaxProperties(most) => count("MaxProperties", *most),
        Constraint::Required(name) => quote!(Constraint::Required(#name)),
        Constraint::RequiredInRequest(name) => quote!(Constraint::RequiredInRequest(#name)),
        Constraint::Property(name, constraints) => {
            let constraints = list(model, constraints);
            quote!(Constraint::Property(#name, #constraints))
        }
        Constraint::AdditionalProperties(properties, constraints) => {
            let constraints = list(model, constraints);
            quote!(Constraint::AdditionalProperties(&[#(#properties),*], #constraints))
        }
        Constraint::NotNull(names) => quote!(Constraint::NotNull(&[#(#names),*])),
        Constraint::NoAdditionalProperties(properties) => {
            quote!(Constraint::NoAdditionalProperties(&[#(#properties),*]))
        }
        Constraint::Enum(values) => self::values(values),
        Constraint::Type(kind) => {
            let kind = self::kind(*kind);
            quote!(Constraint::Type(JsonType::#kind))
        }
        Constraint::Nullable(constraints) => {
            let constraints = list(model, constraints);
            quote!(Constraint::Nullable(#constraints))
        }
        Constraint::Ref(id) => {
            let name = &model.constraints(*id).name;
            quote!(Constraint::Ref(&#name))
        }
        Constraint::AnyOf(alternatives) => {
            let alternatives = lists(model, alternatives);
            quote!(Constraint::AnyOf(#alternatives))
        }
        Constraint::OneOf(alternatives) => {
            let alternatives = lists(model, alternatives);
            quote!(Constraint::OneOf(#alternatives))
        }
        Constraint::Discriminator(tag, alternatives) => {
            let alternatives = alternatives.iter().map(|(tags, constraints)| {
                let constraints = list(model, constraints);
                quote!((&[#(#tags),*], #constraints))
            });
            quote!(Constraint::Discriminator(#tag, &[#(#alternatives),*]))
        }
        Constraint::Not(constraints) => {
            let constraints = list(model, constraints);
            quote!(Constraint::Not(#constraints))
        }
    }
}

fn count(name: &str, number: u64) -> TokenStream {
    let (name, number) = (ident(name), Literal::u64_unsuffixed(number));
    quote!(Constraint::#name(#number))
}

fn bound(name: &str, bound: &Constant) -> TokenStream {
    let (name, bound) = (ident(name), constant(bound));
    quote!(Constraint::#name(Bound::#bound))
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
        Some(words) => quote!(Constraint::StringEnum(&[#(#words),*])),
        None => {
            let values = values.iter().map(constant);
            quote!(Constraint::Enum(&[#(Scalar::#values),*]))
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

fn kind(kind: JsonType) -> proc_macro2::Ident {
    ident(match kind {
        JsonType::Array => "Array",
        JsonType::Boolean => "Boolean",
        JsonType::Integer => "Integer",
        JsonType::Number => "Number",
        JsonType::Object => "Object",
        JsonType::String => "String",
    })
}
