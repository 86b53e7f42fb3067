//! Emits Rust from the model: one row for each generated file.

mod client;
mod constraints;
mod lib;
mod mock;
mod requests;
mod responses;
mod security;
mod server;
mod status;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::{
    doc,
    model::{
        BodyVariant, Codec, Constant, Content, Location, Model, Parameter, Payload, ResponseKey,
        Style, Type, TypeKind,
    },
    name::Ident,
};

/// A file that is generated from the model.
pub(crate) struct Output {
    /// The path in the crate.
    pub(crate) path: &'static str,
    /// Emits its code; a file without code is not written.
    pub(crate) emit: fn(&Model) -> TokenStream,
}

/// The files that are generated from the model.
pub(crate) const OUTPUTS: &[Output] = &[
    Output {
        path: "src/client.rs",
        emit: client::emit,
    },
    Output {
        path: "src/lib.rs",
        emit: lib::emit,
    },
    Output {
        path: "src/constraints.rs",
        emit: constraints::emit,
    },
    Output {
        path: "src/mock.rs",
        emit: mock::emit,
    },
    Output {
        path: "src/requests.rs",
        emit: requests::emit,
    },
    Output {
        path: "src/responses.rs",
        emit: responses::emit,
    },
    Output {
        path: "src/security.rs",
        emit: security::emit,
    },
    Output {
        path: "src/server.rs",
        emit: server::emit,
    },
    Output {
        path: "src/status.rs",
        emit: status::emit,
    },
    Output {
        path: "src/types.rs",
        emit: types::emit,
    },
];

macro_rules! runtime {
    ($($file:literal,)*) => {
        /// The files that are copied, because they are the same for every document.
        pub(crate) const RUNTIME: &[(&str, &str)] = &[
            $((concat!("src/runtime/", $file), include_str!(concat!("../runtime/", $file))),)*
        ];
    };
}

runtime! {
    "client/builder.rs",
    "client/call.rs",
    "client/conditional.rs",
    "client/error.rs",
    "client/mod.rs",
    "client/redact.rs",
    "client/redirect.rs",
    "client/retry.rs",
    "client/send.rs",
    "client/server_url.rs",
    "client/span.rs",
    "client/tls.rs",
    "codec/enums.rs",
    "codec/error.rs",
    "codec/form.rs",
    "codec/formats.rs",
    "codec/json.rs",
    "codec/media.rs",
    "codec/mod.rs",
    "codec/multipart.rs",
    "codec/object.rs",
    "codec/param.rs",
    "codec/param_decode.rs",
    "codec/status_choice.rs",
    "codec/unions.rs",
    "codec/validation.rs",
    "codec/weighted_status.rs",
    "message/mod.rs",
    "message/operation.rs",
    "message/path_template.rs",
    "message/rejection.rs",
    "message/request_decoder.rs",
    "message/request_encoder.rs",
    "message/response_decoder.rs",
    "message/response_encoder.rs",
    "message/response_key.rs",
    "message/security.rs",
    "message/status_in.rs",
    "mock/examples.rs",
    "mock/mod.rs",
    "mock/prefer.rs",
    "mod.rs",
    "server/axum.rs",
    "server/limits.rs",
    "server/mod.rs",
    "server/request.rs",
    "server/router.rs",
    "server/routes.rs",
    "server/serve.rs",
    "server/span.rs",
    "status/class.rs",
    "status/code.rs",
    "status/methods.rs",
    "status/mod.rs",
}

impl ToTokens for Ident {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        ident(self.as_str()).to_tokens(tokens);
    }
}

/// Writes an identifier, which may be a raw one: `r#type`.
fn ident(name: &str) -> proc_macro2::Ident {
    match name.strip_prefix("r#") {
        Some(raw) => proc_macro2::Ident::new_raw(raw, Span::call_site()),
        None => proc_macro2::Ident::new(name, Span::call_site()),
    }
}

/// Builds the declaration `use crate::{..}` for the paths in `always`, and for those in `if_used` whose last
/// segment starts a path in `code`, such as `Param` in `Param::query`.
///
/// Generated files import only what they use, whatever the document declares.
fn imports(code: &TokenStream, always: &[&str], if_used: &[&str]) -> TokenStream {
    let mut heads = BTreeSet::new();
    path_heads(code.clone(), &mut heads);
    let is_used = |path: &&&str| {
        path.rsplit("::")
            .next()
            .is_some_and(|name| heads.contains(name))
    };
    let mut tree = UseTree::default();
    for path in always.iter().chain(if_used.iter().filter(is_used)) {
        tree.insert(path);
    }
    if tree.0.is_empty() {
        return TokenStream::new();
    }
    let tree = tree.tokens();
    quote!(use crate::#tree;)
}

/// Collects the identifiers that start a path of several segments.
fn path_heads(code: TokenStream, heads: &mut BTreeSet<String>) {
    let mut last: Option<String> = None;
    let (mut colons, mut is_inner) = (0, false);
    for token in code {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ':' => {
                colons += 1;
                if colons == 2 {
                    heads.extend(last.take().filter(|_| !is_inner));
                }
                continue;
            }
            TokenTree::Ident(ident) => {
                is_inner = colons == 2;
                last = Some(ident.to_string());
            }
            TokenTree::Group(group) => {
                path_heads(group.stream(), heads);
                last = None;
            }
            _ => last = None,
        }
        colons = 0;
    }
}

/// The paths of a `use` declaration, by their first segments.
#[derive(Default)]
struct UseTree<'a>(BTreeMap<&'a str, UseTree<'a>>);

impl<'a> UseTree<'a> {
    fn insert(&mut self, path: &'a str) {
        match path.split_once("::") {
            Some((first, rest)) => self.0.entry(first).or_default().insert(rest),
            None => {
                self.0.entry(path).or_default();
            }
        }
    }

    /// Writes the items of the declaration, as a program has them.
    fn items(&self) -> Vec<String> {
        let items = self.0.iter().map(|(name, inner)| {
            let items = inner.items();
            match items.as_slice() {
                [] => (*name).to_owned(),
                [item] => format!("{name}::{item}"),
                items => format!("{name}::{{{}}}", items.join(", ")),
            }
        });
        items.collect()
    }

    fn tokens(&self) -> TokenStream {
        let items = self.0.iter().map(|(name, inner)| {
            let name = match *name {
                "*" => quote!(*),
                name => ident(name).into_token_stream(),
            };
            if inner.0.is_empty() {
                name
            } else {
                let inner = inner.tokens();
                quote!(#name::#inner)
            }
        });
        let items: Vec<_> = items.collect();
        match items.as_slice() {
            [item] => item.clone(),
            items => quote!({ #(#items),* }),
        }
    }
}

/// Builds a doc comment from paragraphs of Markdown, which may come from the document.
fn docs(paragraphs: &[&str]) -> TokenStream {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in paragraphs {
        let more = doc::lines(paragraph);
        if !more.is_empty() && !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(more);
    }
    doc_lines(&lines)
}

/// Builds a doc comment from lines that are safe: our own, or returned by [`doc::lines`].
fn doc_lines(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| match line.as_str() {
        "" => String::new(),
        line => format!(" {line}"),
    });
    quote!(#(#[doc = #lines])*)
}

/// Lists operations: "`GET /a`, `GET /b` and 3 more".
fn listed(titles: &[String]) -> String {
    // "And 1 more" would not be shorter than naming the operation.
    let shown = if titles.len() > 4 { 3 } else { titles.len() };
    let hidden = titles.len() - shown;
    let mut words: Vec<_> = titles
        .iter()
        .take(shown)
        .map(|title| format!("`{title}`"))
        .collect();
    if hidden > 0 {
        words.push(format!("{hidden} more"));
    }
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// The documentation of a deprecated item of the server.
///
/// The server has to implement it, so a `#[deprecated]` attribute would only be noise.
const DEPRECATED: &str = "Deprecated.";

/// Builds the `#[deprecated]` attribute for items of the client.
fn deprecated(deprecated: bool) -> TokenStream {
    if deprecated {
        quote!(#[deprecated])
    } else {
        TokenStream::new()
    }
}

/// Writes a string literal; a text of several lines becomes a raw one, which is easier to read.
fn text(text: &str) -> Literal {
    let text = doc::visible(text);
    if !text.contains('\n') {
        return Literal::string(&text);
    }
    // One more than follow any quote in the text.
    let quotes = text.split('"').skip(1);
    let hashes = quotes
        .map(|rest| rest.len() - rest.trim_start_matches('#').len() + 1)
        .max();
    let hashes = "#".repeat(hashes.unwrap_or(0));
    format!("r{hashes}\"{text}\"{hashes}")
        .parse()
        .unwrap_or_else(|_| Literal::string(&text))
}

/// Writes a type as other modules than `types` refer to it.
fn ty(model: &Model, of: &Type) -> TokenStream {
    ty_in(model, of, &quote!(types::))
}

/// Writes a type; `types` is the path of the module with the named types.
fn ty_in(model: &Model, of: &Type, types: &TokenStream) -> TokenStream {
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
        Type::Integer32 => quote!(i32),
        Type::Integer64 => quote!(i64),
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

/// Returns whether a function should take `impl Into` of the type instead of the type.
fn takes_into(model: &Model, of: &Type) -> bool {
    match of {
        Type::Bytes | Type::StatusChoice | Type::String => true,
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
fn argument(
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
fn initial(name: &Ident, value: &TokenStream) -> TokenStream {
    if value.to_string() == name.to_string() {
        quote!(#name)
    } else {
        quote!(#name: #value)
    }
}

/// Writes a constant of the document as a value of the runtime.
fn constant(value: &Constant) -> TokenStream {
    match value {
        Constant::Boolean(flag) => quote!(Boolean(#flag)),
        Constant::Integer(number) => {
            let number = Literal::i64_unsuffixed(*number);
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

/// Writes the type of content.
fn content_ty(model: &Model, content: &Content) -> TokenStream {
    match content.codec {
        Codec::Open => quote!(crate::Media),
        _ => ty(model, &content.ty),
    }
}

/// Writes a key of `responses`.
fn response_key(key: ResponseKey) -> TokenStream {
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

/// Returns the name of the runtime's methods that decode and encode content.
fn codec(codec: Codec) -> proc_macro2::Ident {
    let name = match codec {
        Codec::Json => "json",
        Codec::Form => "form",
        Codec::Multipart => "multipart",
        Codec::Text => "text",
        Codec::Bytes => "bytes",
        Codec::Open => "media",
    };
    ident(name)
}

/// Lists the declared media types of content.
fn media<'a>(contents: impl IntoIterator<Item = &'a Content>) -> TokenStream {
    let media = contents.into_iter().map(|content| content.media.as_str());
    quote!(&[#(#media),*])
}

/// Builds the arms of a `match` over the declared media types of content; the last one needs no pattern.
fn media_type_arms(
    variants: &[BodyVariant],
    value: impl Fn(&BodyVariant) -> TokenStream,
) -> Vec<TokenStream> {
    let last = variants.len().saturating_sub(1);
    let arms = variants.iter().enumerate().map(|(index, variant)| {
        let value = value(variant);
        if index == last {
            quote!(_ => #value)
        } else {
            let media_type = &variant.content.media;
            quote!(#media_type => #value)
        }
    });
    arms.collect()
}

/// Emits the enum of the media types of content.
fn body_enum(model: &Model, payload: &Payload) -> TokenStream {
    let Payload::Several { name, variants } = payload else {
        return TokenStream::new();
    };
    let variants = variants.iter().map(|BodyVariant { name, content }| {
        let doc = docs(&[&format!("`{}`", content.media)]);
        let ty = content_ty(model, content);
        quote!(#doc #name(#ty))
    });
    quote! {
        /// Content of one of several media types.
        #[derive(Clone, Debug, PartialEq)]
        pub enum #name {
            #(#variants,)*
        }
    }
}

/// Describes a parameter to the runtime, without what is the default. `others` are the operation's parameters.
fn param(model: &Model, parameter: &Parameter, others: &[Parameter]) -> TokenStream {
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
