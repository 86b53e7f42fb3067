//! `lib.rs`: what the crate is, and its modules.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use crate::{doc, model::Model};

pub(super) fn emit(model: &Model) -> TokenStream {
    let package = &model.package;
    let title = format!(
        "{}.",
        doc::visible(&package.title).trim().trim_end_matches('.')
    );
    let servers: Vec<_> = model
        .servers
        .iter()
        .map(|server| match server.description.lines().next() {
            None | Some("") => format!("- {}", doc::code(&server.url)),
            Some(words) => format!("- {}: {words}", doc::code(&server.url)),
        })
        .collect();
    let servers = match servers.as_slice() {
        [] => String::new(),
        servers => format!("Served at:\n\n{}", servers.join("\n")),
    };
    let outer = docs(&[&title, &package.description, &servers, FEATURES]);
    let docs = inner(outer);
    let constraints = (!model.constraints.is_empty()).then(|| {
        quote! {
            #[cfg(feature = "_wire")]
            #[rustfmt::skip]
            mod constraints;
        }
    });
    let security = model.has_security().then(|| {
        quote! {
            #[cfg(feature = "_wire")]
            #[rustfmt::skip]
            pub mod security;
        }
    });
    quote! {
        #docs
        #![cfg_attr(not(feature = "_wire"), no_std)]
        #![forbid(unsafe_code)]
        #![allow(
            clippy::doc_markdown,
            clippy::enum_glob_use,
            clippy::large_enum_variant,
            clippy::match_same_arms,
            clippy::match_wildcard_for_single_variants,
            clippy::option_option,
            clippy::self_named_constructors,
            clippy::semicolon_if_nothing_returned,
            clippy::should_implement_trait,
            clippy::similar_names,
            clippy::struct_field_names,
            clippy::too_long_first_doc_paragraph,
            clippy::too_many_arguments,
            clippy::too_many_lines,
            clippy::unreadable_literal,
            clippy::wildcard_imports,
            clippy::wrong_self_convention,
            reason = "names, numbers and words are those of the document"
        )]
        #![allow(deprecated, reason = "advised against is not gone")]

        #[allow(dead_code, unreachable_pub, unused_macros, reason = "not all is used")]
        mod runtime;
        #[rustfmt::skip]
        mod status;

        #constraints
        #[cfg(feature = "_wire")]
        #[rustfmt::skip]
        pub mod requests;
        #[cfg(feature = "_wire")]
        #[rustfmt::skip]
        pub mod responses;
        #security
        #[cfg(feature = "_wire")]
        #[rustfmt::skip]
        pub mod types;

        #[cfg(feature = "client-base")]
        #[rustfmt::skip]
        pub mod client;
        #[cfg(feature = "mock")]
        #[rustfmt::skip]
        pub mod mock;
        #[cfg(feature = "server")]
        #[rustfmt::skip]
        pub mod server;

        pub use runtime::{Class, Code, InvalidCodeError, Retry, UnknownStatusError};
        pub use status::Status;

        #[cfg(feature = "_wire")]
        #[allow(unreachable_pub, unused_imports, reason = "an API may be empty")]
        pub use {requests::*, responses::*};
        #[cfg(feature = "_wire")]
        #[rustfmt::skip]
        pub use runtime::{
            StatusIn, InvalidChoiceError, File, ResponseKey, Media, DecodeError, Operation, Response, StatusChoice,
            EncodeError, match_response_key,
        };

        #[cfg(feature = "client-base")]
        pub use client::Client;
    }
}

/// What the features of the crate bring.
const FEATURES: &str = "\
# Features

None is on by default: the statuses alone need neither `std` nor another crate.

- `serde`: statuses as numbers.
- `http`: statuses from and to `http::StatusCode`.
- `server`: a trait with a method for each operation, and a router for axum.
- `mock`: a server that answers from the examples of the document.
- `client`: a client by reqwest, with TLS by rustls.
- `client-native-tls`: the same, with the TLS of the system.
- `client-base`: the same without TLS, to bring one's own.
- `gzip`: the client unpacks content, and says that it does; part of the first two.
- `tracing`: a span of `tracing` for each request of client and server, with OpenTelemetry's names.
";

/// Doc comments of the file instead of the item behind them.
fn inner(docs: TokenStream) -> TokenStream {
    let mut inner = TokenStream::new();
    for token in docs {
        let is_hash =
            matches!(&token, proc_macro2::TokenTree::Punct(punct) if punct.as_char() == '#');
        inner.extend([token]);
        if is_hash {
            inner.extend(quote!(!));
        }
    }
    inner
}
