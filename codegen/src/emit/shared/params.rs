//! Parameters and header fields, as the runtime describes them.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Location, Model, Parameter, Style, Type, TypeKind};

/// Describes a parameter to the runtime, without what is the default. `others` are the operation's parameters.
pub(in crate::emit) fn param(
    model: &Model,
    parameter: &Parameter,
    others: &[Parameter],
) -> TokenStream {
    let wire = &parameter.wire;
    let (place, style, explode) = match parameter.location {
        Location::Path => (quote!(path), Style::Simple, false),
        Location::Query => (quote!(query), Style::Form, true),
        Location::Header => (quote!(header), Style::Simple, false),
        Location::Cookie => (quote!(cookie), Style::Form, true),
    };
    let mut param = quote!(Param::#place(#wire));
    if parameter.style != style {
        let style = match parameter.style {
            Style::Matrix => quote!(Matrix),
            Style::Label => quote!(Label),
            Style::Form => quote!(Form),
            Style::Simple => quote!(Simple),
            Style::SpaceDelimited => quote!(SpaceDelimited),
            Style::PipeDelimited => quote!(PipeDelimited),
            Style::DeepObject => quote!(DeepObject),
            Style::Json => quote!(Json),
        };
        param = quote!(#param.style(Style::#style));
    }
    if parameter.explode != explode && parameter.style != Style::Json {
        let explode = parameter.explode;
        param = quote!(#param.explode(#explode));
    }
    if parameter.is_exploded_list && parameter.required {
        return quote!(#param.list());
    }
    if !is_spread(parameter) {
        return param;
    }
    if is_open(model, &parameter.ty) {
        let others = others
            .iter()
            .filter(|other| other.location == parameter.location && other.wire != parameter.wire);
        let names = others.flat_map(|other| {
            let members = if is_spread(other) {
                properties(model, &other.ty)
            } else {
                Vec::new()
            };
            [other.wire.as_str()].into_iter().chain(members)
        });
        return quote!(#param.all_except(&[#(#names),*]));
    }
    let members = properties(model, &parameter.ty);
    if members.is_empty() {
        param
    } else {
        quote!(#param.members(&[#(#members),*]))
    }
}

/// Returns whether each property of an object is serialized as a parameter of its own.
fn is_spread(parameter: &Parameter) -> bool {
    parameter.explode && parameter.style == Style::Form
}

/// Returns whether an object may have properties that the document does not name.
fn is_open(model: &Model, ty: &Type) -> bool {
    match ty {
        Type::Map(_) => true,
        Type::Named(id) => match &model.type_def(*id).kind {
            TypeKind::Struct { others, .. } => others.is_some(),
            TypeKind::Alias(ty) | TypeKind::Wrapper(ty) => is_open(model, ty),
            _ => false,
        },
        _ => false,
    }
}

/// Returns the names of an object's properties.
fn properties<'a>(model: &'a Model, ty: &Type) -> Vec<&'a str> {
    let Type::Named(id) = ty else {
        return Vec::new();
    };
    match &model.type_def(*id).kind {
        TypeKind::Struct { fields, .. } => fields.iter().map(|field| field.wire.as_str()).collect(),
        TypeKind::Alias(ty) => properties(model, ty),
        _ => Vec::new(),
    }
}
