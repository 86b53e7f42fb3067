//! `responses.rs`: an enum for each distinct set of responses.

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{DEPRECATED, body_enum, codec, content_ty, docs, key, listed, media, param, ty};
use crate::{
    doc,
    model::{
        BodyVariant, Codec, Content, IsSuccess, Model, Payload, ResponseEnum, ResponseKey,
        ResponseVariant, SuccessType, match_response_key,
    },
    name::Ident,
};

pub(super) fn emit(model: &Model) -> TokenStream {
    let sets = model.response_enums.iter().map(|set| response(model, set));
    let aliases = model.operations.iter().filter_map(|operation| {
        let set = &model.response_enum(operation).name;
        let name = &operation.response;
        let doc = docs(&[&format!("The answers of `{}`.", operation.title())]);
        (name != set).then(|| quote!(#doc pub type #name = #set;))
    });
    let bodies: BTreeMap<&Ident, &Payload> = model
        .response_enums
        .iter()
        .flat_map(|set| &set.variants)
        .filter_map(|answer| match &answer.body {
            Payload::Several { name, .. } => Some((name, &answer.body)),
            _ => None,
        })
        .collect();
    let bodies = bodies
        .into_values()
        .map(|payload| body_enum(model, payload));
    quote! {
        #![doc = " The responses: what each operation may answer, and nothing else."]

        #[allow(unused_imports, reason = "an API may have no use for some")]
        use crate::{
            Status,
            runtime::{
                StatusIn, Code, ResponseKey, DecodeError, Response, EncodeError, param::{Param, Style},
                response_decoder::ResponseDecoder, response_encoder::ResponseEncoder,
            },
            types,
        };

        #(#sets)*
        #(#bodies)*
        #(#aliases)*
    }
}

fn response(model: &Model, set: &ResponseEnum) -> TokenStream {
    let name = &set.name;
    let docs = docs(&[&format!("What {} may answer.", listed(&set.users))]);
    let variants = set.variants.iter().map(|answer| variant(model, answer));
    let carried = set
        .variants
        .iter()
        .enumerate()
        .filter_map(|(index, answer)| {
            let alias = answer.status_type.as_ref()?;
            let index = Literal::usize_unsuffixed(index);
            let doc = match answer.key {
                ResponseKey::Default => {
                    "A status that the document does not declare by itself.".to_owned()
                }
                key => format!("A status of {key} that the document does not declare by itself."),
            };
            let made = example_of(set, answer.key).map(|code| {
                format!(
                    "`{alias}::from_const::<{code}>()` is one, checked by the compiler, and \
                     `{alias}::new({code})` the same, checked at run time."
                )
            });
            let doc = super::docs(&[&doc, &made.unwrap_or_default()]);
            Some(quote!(#doc pub type #alias = StatusIn<#name, #index>;))
        });
    let codes = set.variants.iter().map(|answer| {
        let (variant, pattern) = (&answer.variant, ignoring(answer));
        match answer.key {
            ResponseKey::Exact(code) => {
                let code = code_of(model, code);
                quote!(Self::#variant #pattern => #code)
            }
            _ => quote!(Self::#variant { status, .. } => status.code()),
        }
    });
    let keys = set.variants.iter().map(|answer| key(answer.key));
    let produces = set.produces();
    let produces = (!produces.is_empty())
        .then(|| quote!(const PRODUCES: &'static [&'static str] = &[#(#produces),*];));
    let (success_ty, success) = success(model, set);
    let decodes = decodes(model, set);
    let encodes = set.variants.iter().map(|answer| encode(model, answer));
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        pub enum #name {
            #(#variants,)*
        }

        #(#carried)*

        impl #name {
            /// The status.
            #[must_use]
            pub fn code(&self) -> Code {
                match self {
                    #(#codes,)*
                }
            }
        }

        impl Response for #name {
            type Success = #success_ty;

            const KEYS: &'static [ResponseKey] = &[#(#keys,)*];
            #produces

            fn code(&self) -> Code {
                self.code()
            }

            fn success(self) -> Result<#success_ty, Self> {
                #success
            }

            fn decode(received: &mut ResponseDecoder<'_>) -> Result<Self, DecodeError> {
                #decodes
            }

            fn encode(self) -> Result<ResponseEncoder, EncodeError> {
                match self {
                    #(#encodes,)*
                }
            }
        }
    }
}

/// A code that an answer with a key may have: an error, for that is what most of them are for.
fn example_of(set: &ResponseEnum, key: ResponseKey) -> Option<u16> {
    let keys: Vec<_> = set.variants.iter().map(|answer| answer.key).collect();
    let mut codes = (400..600).chain(200..400);
    codes.find(|code| {
        match_response_key(&keys, *code).and_then(|index| keys.get(index)) == Some(&key)
    })
}

/// The `Code` of a status, by its name where it has one.
fn code_of(model: &Model, code: u16) -> TokenStream {
    match model.statuses.iter().find(|status| status.code == code) {
        Some(status) => {
            let name = &status.name;
            quote!(Status::#name.into())
        }
        None => {
            let code = Literal::u16_unsuffixed(code);
            quote!(const { Code::from_const(#code) })
        }
    }
}

/// Whether a variant has named fields.
fn is_struct(answer: &ResponseVariant) -> bool {
    answer.status_type.is_some() || !answer.headers.is_empty()
}

/// A pattern for all that a variant holds.
fn ignoring(answer: &ResponseVariant) -> TokenStream {
    match &answer.body {
        _ if is_struct(answer) => quote!({ .. }),
        Payload::Empty => TokenStream::new(),
        _ => quote!((..)),
    }
}

fn body_ty(model: &Model, body: &Payload) -> Option<TokenStream> {
    match body {
        Payload::Empty => None,
        Payload::One(content) => Some(content_ty(model, content)),
        Payload::Several { name, .. } => Some(quote!(#name)),
    }
}

fn variant(model: &Model, answer: &ResponseVariant) -> TokenStream {
    let name = &answer.variant;
    let title = match answer.key {
        ResponseKey::Exact(code) => {
            let reason = model.statuses.iter().find(|status| status.code == code);
            let reason = reason.map_or("", |status| status.reason.as_str());
            doc::code(format!("{code} {reason}").trim_end())
        }
        ResponseKey::Range(_) => format!("`{}`", answer.key),
        ResponseKey::Default => "Any other status.".to_owned(),
    };
    let docs = docs(&[&title, &answer.doc]);
    let body = body_ty(model, &answer.body);
    if !is_struct(answer) {
        let body = body.map(|body| quote!((#body)));
        return quote!(#docs #name #body);
    }
    let status = answer.status_type.as_ref().map(|carried| {
        quote! {
            /// The status.
            status: #carried,
        }
    });
    let headers = answer.headers.iter().map(|header| {
        let (name, ty) = (&header.name, ty(model, &header.ty));
        let docs = super::docs(&[&header.doc, if header.deprecated { DEPRECATED } else { "" }]);
        let ty = if header.required {
            quote!(#ty)
        } else {
            quote!(Option<#ty>)
        };
        quote!(#docs #name: #ty,)
    });
    let body = body.map(|body| {
        quote! {
            /// The content.
            body: #body,
        }
    });
    quote!(#docs #name { #status #(#headers)* #body })
}

/// The type of a success, and how it is found.
fn success(model: &Model, set: &ResponseEnum) -> (TokenStream, TokenStream) {
    let ty = match set.success {
        SuccessType::Unit => quote!(()),
        SuccessType::Whole => quote!(Self),
        SuccessType::Body(index) => {
            let answer = set.variants.get(index);
            answer
                .and_then(|answer| body_ty(model, &answer.body))
                .unwrap_or_else(|| quote!(()))
        }
    };
    let (value, matched, other) = match set.success {
        SuccessType::Unit => (quote!(Ok(())), quote!(self), quote!(other => Err(other))),
        SuccessType::Body(_) => (quote!(Ok(body)), quote!(self), quote!(other => Err(other))),
        SuccessType::Whole => (quote!(Ok(self)), quote!(&self), quote!(_ => Err(self))),
    };
    let patterns = |succeeds: IsSuccess| {
        let answers = set
            .variants
            .iter()
            .filter(move |answer| answer.succeeds == succeeds);
        answers
            .map(|answer| success_pattern(set.success, answer))
            .collect::<Vec<_>>()
    };
    let (always, by_code) = (patterns(IsSuccess::Always), patterns(IsSuccess::ByCode));
    let all = always.len() == set.variants.len();
    let always = (!always.is_empty()).then(|| quote!(#(#always)|* => #value,));
    let by_code = by_code
        .iter()
        .map(|pattern| quote!(#pattern if status.code().is_success() => #value,));
    let by_code: Vec<_> = by_code.collect();
    if always.is_none() && by_code.is_empty() {
        return (ty, quote!(Err(self)));
    }
    let other = (!all).then_some(other);
    (ty, quote!(match #matched { #always #(#by_code)* #other }))
}

/// The pattern of an answer that is a success, which binds what the success gives.
fn success_pattern(success: SuccessType, answer: &ResponseVariant) -> TokenStream {
    let variant = &answer.variant;
    let status = (answer.succeeds == IsSuccess::ByCode).then(|| quote!(status,));
    match success {
        SuccessType::Body(_) if is_struct(answer) => quote!(Self::#variant { #status body, .. }),
        SuccessType::Body(_) => quote!(Self::#variant(body)),
        SuccessType::Unit | SuccessType::Whole if status.is_some() => {
            quote!(Self::#variant { status, .. })
        }
        SuccessType::Unit | SuccessType::Whole => {
            let pattern = ignoring(answer);
            quote!(Self::#variant #pattern)
        }
    }
}

fn decodes(model: &Model, set: &ResponseEnum) -> TokenStream {
    let last = set.variants.len().saturating_sub(1);
    let arms = set.variants.iter().enumerate().map(|(index, answer)| {
        let decode = decode(model, answer);
        // There is no other index.
        let pattern = if index == last {
            quote!(_)
        } else {
            let index = Literal::usize_unsuffixed(index);
            quote!(#index)
        };
        quote!(#pattern => #decode)
    });
    if set.variants.len() == 1 {
        let decode = set.variants.first().map(|answer| decode(model, answer));
        return quote! {
            received.key(Self::KEYS)?;
            #decode
        };
    }
    quote!(match received.key(Self::KEYS)? { #(#arms,)* })
}

fn decode(model: &Model, answer: &ResponseVariant) -> TokenStream {
    let variant = &answer.variant;
    let body = match &answer.body {
        Payload::Empty => None,
        payload => Some(read(payload)),
    };
    if !is_struct(answer) {
        let body = body.map(|body| quote!((#body)));
        return quote!(Ok(Self::#variant #body));
    }
    let status = answer
        .status_type
        .is_some()
        .then(|| quote!(status: received.status(StatusIn::new)?,));
    let headers = answer.headers.iter().map(|header| {
        let (name, param) = (&header.name, param(model, header, &[]));
        if header.required {
            quote!(#name: received.required(#param)?,)
        } else {
            quote!(#name: received.optional(#param)?,)
        }
    });
    let body = body.map(|body| quote!(body: #body,));
    quote!(Ok(Self::#variant { #status #(#headers)* #body }))
}

/// Reads the content of an answer.
fn read(payload: &Payload) -> TokenStream {
    let contents = payload.contents();
    let media = media(contents.iter().copied());
    match payload {
        Payload::Empty => quote!(()),
        Payload::One(content) => {
            let codec = codec(content.codec);
            quote!(received.of(#media)?.#codec()?)
        }
        Payload::Several { name, variants } => {
            let last = variants.len().saturating_sub(1);
            let arms = variants.iter().enumerate().map(|(index, variant)| {
                let (variant_name, codec) = (&variant.name, codec(variant.content.codec));
                let pattern = if index == last {
                    quote!(_)
                } else {
                    let index = Literal::usize_unsuffixed(index);
                    quote!(#index)
                };
                quote!(#pattern => #name::#variant_name(received.#codec()?))
            });
            quote!(match received.select(#media)? { #(#arms,)* })
        }
    }
}

fn encode(model: &Model, answer: &ResponseVariant) -> TokenStream {
    let variant = &answer.variant;
    let code = match answer.key {
        ResponseKey::Exact(code) => code_in_reply(model, code),
        _ => quote!(status),
    };
    let headers = answer.headers.iter().map(|header| {
        let (name, param) = (&header.name, param(model, header, &[]));
        if header.required {
            quote!(.header(#param, &#name)?)
        } else {
            quote!(.optional(#param, #name.as_ref())?)
        }
    });
    let reply = quote!(ResponseEncoder::new(#code) #(#headers)*);
    let reply = match &answer.body {
        Payload::Empty => quote!(Ok(#reply)),
        Payload::One(content) => write(&reply, content),
        Payload::Several { name, variants } => {
            let arms = variants.iter().map(
                |BodyVariant {
                     name: variant,
                     content,
                 }| {
                    let write = write(&quote!(reply), content);
                    quote!(#name::#variant(body) => #write)
                },
            );
            quote!({
                let reply = #reply;
                match body { #(#arms,)* }
            })
        }
    };
    if !is_struct(answer) {
        let body = (answer.body != Payload::Empty).then(|| quote!((body)));
        return quote!(Self::#variant #body => #reply);
    }
    let status = answer.status_type.is_some().then(|| quote!(status,));
    let names = answer.headers.iter().map(|header| &header.name);
    let body = (answer.body != Payload::Empty).then(|| quote!(body,));
    quote!(Self::#variant { #status #(#names,)* #body } => #reply)
}

fn code_in_reply(model: &Model, code: u16) -> TokenStream {
    match model.statuses.iter().find(|status| status.code == code) {
        Some(status) => {
            let name = &status.name;
            quote!(Status::#name)
        }
        None => code_of(model, code),
    }
}

fn write(reply: &TokenStream, content: &Content) -> TokenStream {
    let (codec_name, media) = (codec(content.codec), &content.media);
    match content.codec {
        Codec::Open => quote!(#reply.media(body)),
        Codec::Bytes => quote!(#reply.bytes(#media, body)),
        _ => quote!(#reply.#codec_name(#media, &body)),
    }
}
