//! Content of requests and responses: its type, and the calls that encode and decode it.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    docs::docs,
    origin::ItemOrigin,
    types::{ident, ty},
};
use crate::emit::constraints;
use crate::model::{BodyVariant, Codec, ConstraintsId, Content, Model, Payload};

/// Writes the type of content.
pub(in crate::emit) fn content_ty(model: &Model, content: &Content) -> TokenStream {
    match content.codec {
        Codec::Open => quote!(crate::Media),
        Codec::Bytes => quote!(crate::Body),
        _ => ty(model, &content.ty),
    }
}

/// Emits the enum of the media types of content.
pub(in crate::emit) fn body_enum(model: &Model, payload: &Payload) -> TokenStream {
    let Payload::Several { name, variants } = payload else {
        return TokenStream::new();
    };
    let variants = variants.iter().map(|BodyVariant { name, content }| {
        let doc = docs(&[&format!("`{}`", content.media)]);
        let ty = content_ty(model, content);
        let origin = ItemOrigin::new(&content.origin);
        quote!(#doc #origin #name(#ty))
    });
    let origin = ItemOrigin::of_content(payload);
    quote! {
        /// Content of one of several media types.
        #origin
        #[derive(Clone, Debug, PartialEq)]
        pub enum #name {
            #(#variants,)*
        }
    }
}

/// Writes the expression that encodes content. `value` is a reference to the content's value.
pub(in crate::emit) fn write_body(payload: &Payload, value: &TokenStream) -> TokenStream {
    let encode = |content: &Content, value: &TokenStream| {
        let (codec, media_type) = (codec(content.codec), &content.media);
        let arguments = match content.codec {
            Codec::Open => quote!(#value),
            _ => quote!(#media_type, #value),
        };
        quote!(EncodedContent::#codec(#arguments)?)
    };
    match payload {
        Payload::Empty => TokenStream::new(),
        Payload::One(content) => encode(content, value),
        Payload::Several { name, variants } => {
            let arms = variants.iter().map(|variant| {
                let variant_name = &variant.name;
                let encode = encode(&variant.content, &quote!(body));
                quote!(#name::#variant_name(body) => #encode)
            });
            quote!(match #value { #(#arms,)* })
        }
    }
}

/// Writes the expression that decodes the content of `message`, a decoder of a request or a response.
pub(in crate::emit) fn read_body(
    model: &Model,
    payload: &Payload,
    message: &TokenStream,
) -> TokenStream {
    let media_types = payload.contents();
    let media_types = media_types.iter().map(|content| content.media.as_str());
    let received = quote!(#message.content(&[#(#media_types),*])?);
    let decode = |content: &Content, received: &TokenStream| {
        let codec = codec(content.codec);
        let constraints = with_constraints(model, content.constraints);
        quote!(#received #constraints.#codec()?)
    };
    match payload {
        Payload::Empty => quote!(()),
        Payload::One(content) => decode(content, &received),
        Payload::Several { name, variants } => {
            let last = variants.len().saturating_sub(1);
            let arms = variants.iter().enumerate().map(|(index, variant)| {
                let BodyVariant {
                    name: variant_name,
                    content,
                } = variant;
                let decode = decode(content, &quote!(content));
                // The content has one of these media types, so the last one needs no pattern.
                let pattern = if index == last {
                    quote!(_)
                } else {
                    let media_type = &content.media;
                    quote!(#media_type)
                };
                quote!(#pattern => #name::#variant_name(#decode))
            });
            quote!({
                let content = #received;
                match content.declared() { #(#arms,)* }
            })
        }
    }
}

/// Adds the call that passes the constraints of a value, if it has any.
pub(in crate::emit) fn with_constraints(
    model: &Model,
    constraints: Option<ConstraintsId>,
) -> Option<TokenStream> {
    let constraints = constraints::path(model, constraints?);
    Some(quote!(.with_constraints(#constraints)))
}

/// Returns the name of the runtime's methods that decode and encode content.
fn codec(codec: Codec) -> proc_macro2::Ident {
    let name = match codec {
        Codec::Json => "json",
        Codec::Form => "form",
        Codec::Multipart => "multipart",
        Codec::Text => "text",
        Codec::Bytes => "body",
        Codec::Open => "media",
    };
    ident(name)
}
