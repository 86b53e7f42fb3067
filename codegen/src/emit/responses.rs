//! `responses.rs`: the response enums, and the structs of the responses that they share.

mod fields;

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use self::fields::Fields;
use super::shared::{
    ItemOrigin, body_enum, content_ty, doc_lines, docs, imports, listed, read_body, response_key,
};
use crate::{
    doc,
    model::{
        IsSuccess, Model, Payload, ResponseEnum, ResponseKey, ResponseVariant, SharedResponse,
        SuccessType, VariantShape, match_response_key,
    },
    name::Ident,
};

pub(super) fn emit(model: &Model) -> TokenStream {
    let enums = model
        .response_enums
        .iter()
        .enumerate()
        .map(|(index, response)| response_enum(model, index, response));
    let aliases = model.operations.iter().filter_map(|operation| {
        let shared = &model.response_enum(operation).name;
        let name = &operation.response;
        let doc = docs(&[&format!("The responses of `{}`.", operation.title())]);
        let origin = ItemOrigin::of_responses(std::iter::once(operation));
        (name != shared).then(|| quote!(#doc #origin pub type #name = #shared;))
    });
    let bodies: BTreeMap<&Ident, &Payload> = model
        .response_enums
        .iter()
        .flat_map(|response| &response.variants)
        .filter_map(|variant| match &variant.body {
            Payload::Several { name, .. } => Some((name, &variant.body)),
            _ => None,
        })
        .collect();
    let bodies = bodies
        .into_values()
        .map(|payload| body_enum(model, payload));
    let shared = model.shared_responses.iter();
    let shared = shared.map(|response| shared_response(model, response));
    let items = quote!(#(#enums)* #(#shared)* #(#bodies)* #(#aliases)*);
    if items.is_empty() {
        return quote!(#![doc = " The response enums; the document has no operations."]);
    }
    let imports = imports(
        &items,
        &[
            "Code",
            "runtime::codec::DecodeError",
            "runtime::codec::EncodeError",
            "runtime::message::Response",
            "runtime::message::ResponseKey",
            "runtime::message::response_decoder::ResponseDecoder",
            "runtime::message::response_encoder::ResponseEncoder",
        ],
        &[
            "Status",
            "runtime::codec::content::EncodedContent",
            "runtime::codec::param::Param",
            "runtime::codec::param::Style",
            "types",
        ],
    );
    quote! {
        #![doc = " The response enums: one variant for each response that an operation declares."]

        #imports

        #items
    }
}

fn response_enum(model: &Model, index: usize, response: &ResponseEnum) -> TokenStream {
    let name = &response.name;
    let users = model.operations.iter();
    let users = users.filter(|operation| operation.response_enum == index);
    let origin = ItemOrigin::of_responses(users);
    let docs = docs(&[&format!("The responses of {}.", listed(&response.users))]);
    let variants = response
        .variants
        .iter()
        .map(|variant| self::variant(model, variant));
    let status_types = response
        .variants
        .iter()
        .enumerate()
        .filter_map(|(index, variant)| {
            let origin = ItemOrigin {
                named_after: origin.named_after.clone(),
                ..ItemOrigin::new(&variant.origin)
            };
            status_type(response, index, variant, &origin)
        });
    let codes = response.variants.iter().map(|variant| {
        let (name, pattern) = (&variant.variant, any_payload(variant));
        match variant.key {
            ResponseKey::Exact(code) => {
                let code = code_of(model, code);
                quote!(Self::#name #pattern => #code)
            }
            _ => quote!(Self::#name { status, .. } => status.code()),
        }
    });
    let keys = response
        .variants
        .iter()
        .map(|variant| response_key(variant.key));
    let produces = response.produces();
    let produces = (!produces.is_empty())
        .then(|| quote!(const PRODUCES: &'static [&'static str] = &[#(#produces),*];));
    let (success_ty, success) = success(model, response);
    let decode = decode(model, response);
    let encodes = response
        .variants
        .iter()
        .map(|variant| encode(model, variant));
    quote! {
        #docs
        #origin
        #[derive(Clone, Debug, PartialEq)]
        pub enum #name {
            #(#variants,)*
        }

        #(#status_types)*

        impl #name {
            /// Returns the status code.
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

            fn decode(response: &mut ResponseDecoder<'_>) -> Result<Self, DecodeError> {
                #decode
            }

            fn encode(self) -> Result<ResponseEncoder, EncodeError> {
                match self {
                    #(#encodes,)*
                }
            }
        }
    }
}

/// Declares the type of the status code of a range or of `default`.
fn status_type(
    response: &ResponseEnum,
    index: usize,
    variant: &ResponseVariant,
    origin: &ItemOrigin,
) -> Option<TokenStream> {
    let (name, alias) = (&response.name, variant.status_type.as_ref()?);
    let index = Literal::usize_unsuffixed(index);
    let codes = match variant.key {
        ResponseKey::Default => "A status code that no other variant".to_owned(),
        key => format!("A status code in `{key}` that no other variant"),
    };
    let mut lines = vec![format!("{codes} of [`{name}`] declares.")];
    if let Some(code) = example_of(response, variant.key) {
        lines.push(String::new());
        lines.push(format!(
            "`{alias}::from_const::<{code}>()` is checked at compile time,"
        ));
        lines.push(format!("`{alias}::new({code})` at run time."));
    }
    let docs = doc_lines(&lines);
    Some(quote!(#docs #origin pub type #alias = crate::StatusIn<#name, #index>;))
}

/// Returns a code that the response of a key may have, preferably an error: most ranges are of errors.
fn example_of(response: &ResponseEnum, key: ResponseKey) -> Option<u16> {
    let keys: Vec<_> = response
        .variants
        .iter()
        .map(|variant| variant.key)
        .collect();
    let mut codes = (400..600).chain(200..400);
    codes.find(|code| {
        match_response_key(&keys, *code).and_then(|index| keys.get(index)) == Some(&key)
    })
}

/// Writes a status code as a `Code`, by its name if it has one.
fn code_of(model: &Model, code: u16) -> TokenStream {
    match model.status(code) {
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

/// Returns the pattern that matches any payload of a variant.
fn any_payload(variant: &ResponseVariant) -> TokenStream {
    match variant.shape() {
        VariantShape::Unit => TokenStream::new(),
        VariantShape::Content | VariantShape::Shared => quote!((..)),
        VariantShape::Fields => quote!({ .. }),
    }
}

/// Returns the type of content; `None` if there is no content.
pub(super) fn body_ty(model: &Model, body: &Payload) -> Option<TokenStream> {
    match body {
        Payload::Empty => None,
        Payload::One(content) => Some(content_ty(model, content)),
        Payload::Several { name, .. } => Some(quote!(#name)),
    }
}

/// Documents a variant: its code, with a link to the status, and the document's description if that is
/// not the one of the status.
fn variant_docs(model: &Model, variant: &ResponseVariant) -> TokenStream {
    let title = match variant.key {
        ResponseKey::Exact(code) => match model.status(code) {
            Some(status) => {
                let title = doc::code(format!("{code} {}", status.reason).trim_end());
                format!("[{title}](crate::Status::{})", status.name)
            }
            None => format!("`{code}`"),
        },
        ResponseKey::Range(_) => format!("`{}`", variant.key),
        ResponseKey::Default => "Any other status code.".to_owned(),
    };
    let mut lines = vec![doc::visible(&title)];
    let description = doc::lines(&variant.doc);
    if !description.is_empty() {
        lines.push(String::new());
        lines.extend(description);
    }
    doc_lines(&lines)
}

fn variant(model: &Model, variant: &ResponseVariant) -> TokenStream {
    let name = &variant.variant;
    let docs = variant_docs(model, variant);
    let origin = ItemOrigin::new(&variant.origin);
    let payload = match variant.shape() {
        VariantShape::Unit => None,
        VariantShape::Content => body_ty(model, &variant.body).map(|body| quote!((#body))),
        VariantShape::Shared => variant.shared.as_ref().map(|shared| quote!((#shared))),
        VariantShape::Fields => {
            let status = variant.status_type.as_ref().map(|status_type| {
                quote! {
                    /// The status code.
                    status: #status_type,
                }
            });
            let fields = match &variant.shared {
                Some(shared) => quote! {
                    /// The header fields and the content.
                    #origin
                    response: #shared,
                },
                None => Fields::from(variant).declarations(model, &TokenStream::new()),
            };
            Some(quote!({ #status #fields }))
        }
    };
    quote!(#docs #origin #name #payload)
}

/// Emits the struct of a shared response.
fn shared_response(model: &Model, response: &SharedResponse) -> TokenStream {
    let name = &response.name;
    let docs = docs(&[&response.doc]);
    let origin = ItemOrigin::new(&response.origin);
    let fields = Fields::from(response);
    let declarations = fields.declarations(model, &quote!(pub));
    let names = fields.names();
    let decode = fields.decode(model);
    let encode = fields.encode(model, &quote!(response));
    quote! {
        #docs
        #origin
        #[derive(Clone, Debug, PartialEq)]
        pub struct #name {
            #declarations
        }

        impl #name {
            fn decode(response: &mut ResponseDecoder<'_>) -> Result<Self, DecodeError> {
                Ok(Self { #decode })
            }

            fn encode(self, response: ResponseEncoder) -> Result<ResponseEncoder, EncodeError> {
                let Self { #names } = self;
                #encode
            }
        }
    }
}

/// Returns the type of a success, and the body of the method that extracts it.
fn success(model: &Model, response: &ResponseEnum) -> (TokenStream, TokenStream) {
    let ty = match response.success {
        SuccessType::Unit => quote!(()),
        SuccessType::Whole => quote!(Self),
        SuccessType::Body(index) => response
            .variants
            .get(index)
            .and_then(|variant| body_ty(model, &variant.body))
            .unwrap_or_else(|| quote!(())),
    };
    let failures: Vec<_> = response
        .variants
        .iter()
        .filter(|variant| variant.succeeds != IsSuccess::Always)
        .collect();
    let failure = match failures.as_slice() {
        // A wildcard would also match variants that are added later, which clippy warns of.
        [only] => {
            let (name, pattern) = (&only.variant, any_payload(only));
            Some(quote!(Self::#name #pattern))
        }
        _ => None,
    };
    let bound = match &failure {
        Some(pattern) => quote!(other @ #pattern => Err(other)),
        None => quote!(other => Err(other)),
    };
    let (value, matched, failure) = match response.success {
        SuccessType::Unit => (quote!(Ok(())), quote!(self), bound),
        SuccessType::Body(_) => (quote!(Ok(body)), quote!(self), bound),
        SuccessType::Whole => {
            let pattern = failure.unwrap_or_else(|| quote!(_));
            (
                quote!(Ok(self)),
                quote!(&self),
                quote!(#pattern => Err(self)),
            )
        }
    };
    let patterns = |is_success: IsSuccess| {
        let variants = response
            .variants
            .iter()
            .filter(move |variant| variant.succeeds == is_success);
        variants
            .map(|variant| success_pattern(response.success, variant))
            .collect::<Vec<_>>()
    };
    let (always, by_code) = (patterns(IsSuccess::Always), patterns(IsSuccess::ByCode));
    let is_exhaustive = always.len() == response.variants.len();
    let always = (!always.is_empty()).then(|| quote!(#(#always)|* => #value,));
    let by_code: Vec<_> = by_code
        .iter()
        .map(|pattern| quote!(#pattern if status.code().is_success() => #value,))
        .collect();
    if always.is_none() && by_code.is_empty() {
        return (ty, quote!(Err(self)));
    }
    let failure = (!is_exhaustive).then_some(failure);
    (ty, quote!(match #matched { #always #(#by_code)* #failure }))
}

/// Returns the pattern of a variant that is a success, which binds what `success()` returns.
fn success_pattern(success: SuccessType, variant: &ResponseVariant) -> TokenStream {
    let name = &variant.variant;
    let status = (variant.succeeds == IsSuccess::ByCode).then(|| quote!(status,));
    let SuccessType::Body(_) = success else {
        let pattern = match &status {
            Some(_) => quote!({ status, .. }),
            None => any_payload(variant),
        };
        return quote!(Self::#name #pattern);
    };
    let shared = variant.shared.as_ref();
    let shared = shared.map(|shared| quote!(#shared { body, .. }));
    match (variant.shape(), shared) {
        (VariantShape::Shared, Some(shared)) => quote!(Self::#name(#shared)),
        (VariantShape::Fields, Some(shared)) => {
            quote!(Self::#name { #status response: #shared, .. })
        }
        (VariantShape::Fields, None) => quote!(Self::#name { #status body, .. }),
        _ => quote!(Self::#name(body)),
    }
}

/// Decodes a response by its status code. The order of the arms is the precedence: exact codes, ranges,
/// `default`.
fn decode(model: &Model, response: &ResponseEnum) -> TokenStream {
    let arms = response.variants.iter().map(|variant| {
        let codes = match variant.key {
            ResponseKey::Exact(code) => {
                let code = Literal::u16_unsuffixed(code);
                quote!(#code)
            }
            ResponseKey::Range(class) => {
                let first = Literal::u16_unsuffixed(class * 100);
                let last = Literal::u16_unsuffixed(class * 100 + 99);
                quote!(#first..=#last)
            }
            ResponseKey::Default => quote!(_),
        };
        let decode = decode_variant(model, variant);
        match variant.key {
            // `default` does not match interim responses, which are never final.
            ResponseKey::Default => quote! {
                100..=199 => Err(DecodeError::UndeclaredStatus),
                #codes => #decode
            },
            _ => quote!(#codes => #decode),
        }
    });
    let has_default = response
        .variants
        .iter()
        .any(|variant| variant.key == ResponseKey::Default);
    let undeclared = (!has_default).then(|| quote!(_ => Err(DecodeError::UndeclaredStatus),));
    quote! {
        match response.code() {
            #(#arms,)*
            #undeclared
        }
    }
}

fn decode_variant(model: &Model, variant: &ResponseVariant) -> TokenStream {
    let name = &variant.variant;
    let shared = variant.shared.as_ref();
    match (variant.shape(), shared) {
        (VariantShape::Shared, Some(shared)) => {
            quote!(#shared::decode(response).map(Self::#name))
        }
        (VariantShape::Fields, shared) => {
            let status = variant.status_type.is_some();
            let status = status.then(|| quote!(status: response.status()?,));
            let fields = match shared {
                Some(shared) => quote!(response: #shared::decode(response)?,),
                None => Fields::from(variant).decode(model),
            };
            quote!(Ok(Self::#name { #status #fields }))
        }
        _ if variant.body == Payload::Empty => quote!(Ok(Self::#name)),
        _ => {
            let body = read_body(model, &variant.body, &quote!(response));
            quote!(Ok(Self::#name(#body)))
        }
    }
}

fn encode(model: &Model, variant: &ResponseVariant) -> TokenStream {
    let name = &variant.variant;
    let code = match variant.key {
        ResponseKey::Exact(code) => match model.status(code) {
            Some(status) => {
                let name = &status.name;
                quote!(Status::#name)
            }
            None => code_of(model, code),
        },
        _ => quote!(status),
    };
    let encoder = quote!(ResponseEncoder::new(#code));
    let status = variant.status_type.is_some().then(|| quote!(status,));
    if variant.shared.is_some() {
        let encode = quote!(response.encode(#encoder));
        return match status {
            Some(status) => quote!(Self::#name { #status response } => #encode),
            None => quote!(Self::#name(response) => #encode),
        };
    }
    let fields = Fields::from(variant);
    let names = fields.names();
    let encode = fields.encode(model, &encoder);
    let pattern = match variant.shape() {
        VariantShape::Unit => TokenStream::new(),
        VariantShape::Content | VariantShape::Shared => quote!((#names)),
        VariantShape::Fields => quote!({ #status #names }),
    };
    quote!(Self::#name #pattern => #encode)
}
