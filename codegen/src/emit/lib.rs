//! `lib.rs`: the front page of the crate, and its modules.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    Module,
    requests::{Member, members},
    server::handled,
    shared::{UseTree, doc_lines, ident},
};
use crate::{
    doc,
    model::{IsSuccess, Model, Operation, Payload, Server, VariantShape},
};

pub(super) fn emit(model: &Model, modules: &[(&str, Module)]) -> TokenStream {
    let modules = modules
        .iter()
        .map(|(name, module)| declaration(name, *module));
    let docs = inner(&doc_lines(&front_page(model)));
    let operations = (!model.operations.is_empty()).then(|| {
        quote! {
            #[cfg(feature = "_wire")]
            pub use {requests::*, responses::*};
        }
    });
    quote! {
        #docs
        #![cfg_attr(not(feature = "_wire"), no_std)]
        #![forbid(unsafe_code)]
        #![allow(clippy::doc_markdown, reason = "the document's words")]
        #![allow(
            clippy::self_named_constructors,
            clippy::should_implement_trait,
            clippy::similar_names,
            clippy::wrong_self_convention,
            reason = "names are those of the document"
        )]
        #![allow(
            clippy::large_enum_variant,
            clippy::too_many_arguments,
            clippy::unreadable_literal,
            reason = "fields, parameters and numbers are those of the document"
        )]
        #![allow(
            clippy::match_overlapping_arm,
            reason = "an exact code takes precedence over its range"
        )]
        #![allow(
            clippy::match_same_arms,
            clippy::too_many_lines,
            reason = "a match over statuses has an arm for each; some share a reason phrase"
        )]
        #![allow(clippy::wildcard_imports, reason = "there may be hundreds of names")]
        #![allow(deprecated, reason = "deprecated items still work")]
        #![allow(missing_docs, reason = "the descriptions are those of the document")]

        #[allow(dead_code, unreachable_pub, unused_macros, reason = "no document uses all of it")]
        mod runtime;
        #(#modules)*

        pub use runtime::status::{Class, Code, InvalidCodeError, Retry, UnknownStatusError};
        pub use status::Status;

        #operations
        #[cfg(feature = "_wire")]
        #[rustfmt::skip]
        pub use runtime::{
            codec::{
                Base64, Body, BodyError, DecodeError, EncodeError, File, InvalidBase64Error,
                InvalidChoiceError, Media, StatusChoice,
            },
            message::{Operation, Response, ResponseKey, StatusIn, match_response_key},
        };

        #[cfg(feature = "client-base")]
        pub use client::Client;
    }
}

/// Declares a module.
fn declaration(name: &str, module: Module) -> TokenStream {
    let Module { is_public, feature } = module;
    let name = ident(name);
    let feature = feature.map(|feature| quote!(#[cfg(feature = #feature)]));
    let visibility = is_public.then(|| quote!(pub));
    quote! {
        #feature
        #[rustfmt::skip]
        #visibility mod #name;
    }
}

/// Turns outer doc comments into those of the file.
fn inner(docs: &TokenStream) -> TokenStream {
    let mut inner = TokenStream::new();
    for token in docs.clone() {
        let is_hash =
            matches!(&token, proc_macro2::TokenTree::Punct(punct) if punct.as_char() == '#');
        inner.extend([token]);
        if is_hash {
            inner.extend(quote!(!));
        }
    }
    inner
}

/// Writes the crate's documentation: the API, an example of a client and of a server, the modules, the features.
fn front_page(model: &Model) -> Vec<String> {
    let package = &model.package;
    let title = doc::visible(&package.title);
    let mut sections = vec![
        doc::lines(&format!("{}.", title.trim().trim_end_matches('.'))),
        doc::lines(&package.description),
        servers(&model.servers),
    ];
    if let Some(operation) = handled(model).next() {
        sections.push(client_example(model, operation));
        sections.push(server_example(model, operation));
    }
    sections.push(modules(model));
    sections.push(FEATURES.lines().map(str::to_owned).collect());
    sections.retain(|section| !section.is_empty());
    sections.join(&[String::new()][..])
}

fn servers(servers: &[Server]) -> Vec<String> {
    let mut lines: Vec<_> = servers
        .iter()
        .map(|server| match server.description.lines().next() {
            None | Some("") => format!("- {}", doc::code(&server.url)),
            Some(text) => format!("- {}: {text}", doc::code(&server.url)),
        })
        .collect();
    if !lines.is_empty() {
        lines.splice(..0, ["Servers:".to_owned(), String::new()]);
    }
    doc::lines(&lines.join("\n"))
}

/// Calls an operation and matches its responses.
fn client_example(model: &Model, operation: &Operation) -> Vec<String> {
    let members: Vec<_> = members(model, operation)
        .into_iter()
        .filter(Member::is_argument)
        .collect();
    let mut imports: BTreeSet<String> = ["Client", "client::Error"].map(str::to_owned).into();
    let parameters: Vec<_> = members
        .iter()
        .map(|member| format!("{}: {}", member.name, example_type(member, &mut imports)))
        .collect();
    let arguments: Vec<_> = members
        .iter()
        .map(|member| member.name.to_string())
        .collect();
    let client = ["client", "api", "http"]
        .into_iter()
        .find(|name| arguments.iter().all(|argument| argument != name))
        .unwrap_or("client");
    let url = model.servers.first().map_or("", |server| &server.url);
    let url = if url.starts_with("http") && !url.contains('{') {
        url
    } else {
        "https://api.example.com"
    };
    let name = &operation.name;
    let mut code = vec![
        format!(
            "async fn {name}({}) -> Result<(), Error> {{",
            parameters.join(", ")
        ),
        format!("    let {client} = Client::new({:?})?;", doc::visible(url)),
    ];
    let call = format!("{client}.{name}({}).await?", arguments.join(", "));
    code.extend(match_responses(model, operation, &call, &mut imports));
    code.extend(["    Ok(())".to_owned(), "}".to_owned()]);
    let library = &model.package.library;
    example(
        "Client",
        "With the feature `client`, each operation is a method. Every response that the document declares\n\
         is a value; anything else is an error.",
        "client-base",
        imports_of(library, &imports),
        code,
    )
}

/// Matches the first success of an operation, or prints the status if there is only one response.
fn match_responses(
    model: &Model,
    operation: &Operation,
    call: &str,
    imports: &mut BTreeSet<String>,
) -> Vec<String> {
    let response = model.response_enum(operation);
    let success = response
        .variants
        .iter()
        .find(|variant| variant.succeeds == IsSuccess::Always)
        .filter(|_| response.variants.len() > 1);
    let Some(success) = success else {
        return vec![
            format!("    let response = {call};"),
            "    println!(\"{}\", response.code());".to_owned(),
        ];
    };
    imports.insert(operation.response.to_string());
    let variant = format!("{}::{}", operation.response, success.variant);
    let arm = match (success.shape(), &success.body) {
        (VariantShape::Unit, _) => format!("{variant} => println!(\"success\"),"),
        (VariantShape::Content, _) => format!("{variant}(body) => println!(\"{{body:?}}\"),"),
        (VariantShape::Shared, _) => {
            format!("{variant}(response) => println!(\"{{response:?}}\"),")
        }
        (VariantShape::Fields, Payload::Empty) => {
            format!("{variant} {{ .. }} => println!(\"success\"),")
        }
        (VariantShape::Fields, _) => {
            format!("{variant} {{ body, .. }} => println!(\"{{body:?}}\"),")
        }
    };
    vec![
        format!("    match {call} {{"),
        format!("        {arm}"),
        "        response => println!(\"{}\", response.code()),".to_owned(),
        "    }".to_owned(),
    ]
}

/// Implements an operation and serves the API.
fn server_example(model: &Model, operation: &Operation) -> Vec<String> {
    let library = &model.package.library;
    let tags: Vec<_> = model.groups.iter().map(|group| &group.name).collect();
    let own = operation.group.and_then(|index| tags.get(index));
    let mut imports: BTreeSet<String> = [
        "mock::Mock",
        "server::Limits",
        "server::Rejection",
        "server::Request",
        "server::serve",
    ]
    .map(str::to_owned)
    .into();
    imports.insert(match own {
        Some(tag) => format!("server::{tag}::Api"),
        None => "server::Api".to_owned(),
    });
    imports.insert(match own {
        Some(_) => "server::self".to_owned(),
        None => "server::router".to_owned(),
    });
    imports.extend([
        operation.request.to_string(),
        operation.response.to_string(),
    ]);
    let mut code = vec![
        "struct Service;".to_owned(),
        String::new(),
        "#[allow(refining_impl_trait)]".to_owned(),
        "impl Api for Service {".to_owned(),
    ];
    let signature = |operation: &Operation, request: &str, path: &str| {
        format!(
            "async fn {}(&self, {request}: Request<{path}{}>) ->",
            operation.name, operation.request
        )
    };
    code.extend([
        format!("    {}", signature(operation, "request", "")),
        format!("        Result<{}, Rejection>", operation.response),
        "    {".to_owned(),
        "        // Replace this with your own code. The mock returns the document's example."
            .to_owned(),
        format!("        Mock.{}(request).await", operation.name),
        "    }".to_owned(),
    ]);
    let others: Vec<_> = handled(model)
        .filter(|other| other.group == operation.group && other.id != operation.id)
        .collect();
    if !others.is_empty() {
        code.push("    // The compiler lists the missing methods.".to_owned());
    }
    let path = format!("{library}::");
    code.extend(others.iter().map(|other| {
        let signature = signature(other, "_", &path);
        format!("#     {signature} {path}{} {{ todo!() }}", other.response)
    }));
    code.extend([
        "}".to_owned(),
        String::new(),
        "async fn run() -> std::io::Result<()> {".to_owned(),
        "    let listener = tokio::net::TcpListener::bind(\"127.0.0.1:8080\").await?;".to_owned(),
    ]);
    match own {
        None => {
            code.push("    serve(listener, router(Service), Limits::default()).await".to_owned());
        }
        Some(own) => {
            code.push(format!("    let router = server::{own}::router(Service)"));
            let rest: Vec<_> = tags.iter().filter(|tag| *tag != own).collect();
            code.extend(rest.iter().enumerate().map(|(index, tag)| {
                let hidden = if index < 3 { "" } else { "# " };
                format!("{hidden}        .merge(server::{tag}::router(Mock))")
            }));
            if let Some(last) = code.last_mut() {
                last.push(';');
            }
            code.push("    serve(listener, router, Limits::default()).await".to_owned());
        }
    }
    code.push("}".to_owned());
    example(
        "Server",
        "With the feature `server`, there is a trait with a method for each operation. A method can only return\n\
         a response that the document declares. The feature `mock` adds an implementation that returns the\n\
         document's examples.",
        "mock",
        imports_of(library, &imports),
        code,
    )
}

/// Writes the type of a required member as user code would, and records the imports that it needs.
fn example_type(member: &Member<'_>, imports: &mut BTreeSet<String>) -> String {
    let ty = member.ty.to_string().replace(' ', "").replace(',', ", ");
    if ty.contains("types::") {
        imports.insert("types".to_owned());
    }
    let mut names = ty.split("crate::").skip(1);
    if let Some(name) = names.next() {
        let end = name
            .find(|c: char| !c.is_alphanumeric())
            .unwrap_or(name.len());
        imports.extend(name.get(..end).map(str::to_owned));
    } else if member.is_body_enum {
        imports.insert(ty.clone());
    }
    ty.replace("crate::", "")
}

/// Writes the imports of an example, filling lines.
fn imports_of(library: &str, imports: &BTreeSet<String>) -> Vec<String> {
    let mut tree = UseTree::default();
    for path in imports {
        tree.insert(path);
    }
    let items = tree.items();
    let line = format!("use {library}::{{{}}};", items.join(", "));
    if line.len() <= 90 {
        return vec![line];
    }
    let mut lines = vec![format!("use {library}::{{")];
    let mut line = String::new();
    for item in items {
        if line.len() + item.len() > 84 {
            lines.push(format!("    {}", line.trim_end()));
            line.clear();
        }
        line.push_str(&item);
        line.push_str(", ");
    }
    lines.push(format!("    {}", line.trim_end()));
    lines.push("};".to_owned());
    lines
}

/// Writes a section with an example that compiles if a feature is enabled.
fn example(
    title: &str,
    text: &str,
    feature: &str,
    imports: Vec<String>,
    code: Vec<String>,
) -> Vec<String> {
    let mut lines = vec![format!("# {title}"), String::new()];
    lines.extend(text.lines().map(str::to_owned));
    lines.extend([
        String::new(),
        "```no_run".to_owned(),
        format!("# #[cfg(feature = \"{feature}\")]"),
        "# mod example {".to_owned(),
    ]);
    lines.extend(imports);
    lines.push(String::new());
    lines.extend(code);
    lines.extend(["# }", "# fn main() {}", "```"].map(str::to_owned));
    lines
}

fn modules(model: &Model) -> Vec<String> {
    let security = model.has_security();
    let rows = [
        (
            "client",
            "the client, with its retries, redirects and errors",
            true,
        ),
        (
            "mock",
            "a server that returns the document's examples",
            true,
        ),
        ("requests", "a struct for each operation's request", true),
        ("responses", "an enum for each operation's responses", true),
        (
            "security",
            "the security schemes and their credentials",
            security,
        ),
        ("server", "the traits to implement, and their routers", true),
        (
            "types",
            "the types of parameters, header fields and content",
            true,
        ),
    ];
    let mut lines: Vec<_> = ["# Modules", "", "| Module | Contents |", "|---|---|"]
        .map(str::to_owned)
        .into();
    lines.extend(
        rows.into_iter()
            .filter(|(_, _, is_there)| *is_there)
            .map(|(module, contents, _)| format!("| `{module}` | {contents} |")),
    );
    lines
}

/// The features of the crate, which are those of the manifest's template.
const FEATURES: &str = "\
# Features

No feature is enabled by default: the status types need neither `std` nor another crate.

| Feature | Adds |
|---|---|
| `serde` | `Serialize` and `Deserialize` for status codes, as numbers |
| `http` | conversions between status codes and `http::StatusCode` |
| `server` | the server (axum) |
| `mock` | the mock; enables `server` |
| `client` | the client (reqwest) with TLS by rustls; enables `client-base` and `gzip` |
| `client-native-tls` | the client with the operating system's TLS; enables `client-base` and `gzip` |
| `client-base` | the client without TLS |
| `gzip` | asks for gzip-compressed responses and decompresses them |
| `tracing` | a `tracing` span for each client and server request, named as in OpenTelemetry |";
