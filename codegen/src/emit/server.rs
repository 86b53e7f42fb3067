//! `server.rs`: the traits that a server implements, and their routers.

mod declares;

use proc_macro2::TokenStream;
use quote::quote;

use super::shared::{DEPRECATED, ItemOrigin, docs, imports};
use crate::model::{Handler, Model, Operation, TagGroup};

pub(super) fn emit(model: &Model) -> TokenStream {
    let base_path = &model.base_path;
    let (title, items) = if model.groups.is_empty() {
        let title = quote! {
            #![doc = " The server: implement [`Api`] and pass it to [`router`]."]
        };
        (title, single_trait(model))
    } else {
        let title = quote! {
            #![doc = " The server: implement the trait of each tag, and pass each to the router of its module."]
            #![doc = ""]
            #![doc = " A type that implements all of these traits is an [`Api`]; [`router`] serves it as a whole."]
        };
        (title, trait_per_tag(model))
    };
    let always: &[_] = if handled(model).next().is_none() {
        &[]
    } else {
        &["requests::*", "responses::*"]
    };
    let declares = declares::emit(model);
    let items = quote!(#items #declares);
    let imports = imports(&items, always, &["types"]);
    quote! {
        #title

        pub use crate::runtime::{
            message::Rejection,
            server::{
                axum::RouterExt,
                handler::{Declares, HandlerError, HandlerOutput, InternalError},
                limits::Limits, request::Request, router::ApiRouter,
                serve::{Serve, serve},
            },
        };
        pub use axum;

        use std::sync::Arc;

        #imports

        /// The path of the document's first server; empty if there is none.
        /// [`at_base_path`](RouterExt::at_base_path) nests a router under it.
        pub const BASE_PATH: &str = #base_path;

        #items
    }
}

/// Documents the outputs that the methods of a trait may have.
fn output_docs() -> TokenStream {
    quote! {
        /// A method can only return a response that the document declares for its operation, or a [`Result`] with
        /// it whose error is a [`HandlerError`]:
        ///
        /// - `async fn get_pet(&self, request: Request<GetPet>) -> GetPetResponse`
        /// - `async fn get_pet(&self, request: Request<GetPet>) -> Result<GetPetResponse, AppError>`
        ///
        /// Both are more specific than [`HandlerOutput`], so put `#[allow(refining_impl_trait)]` before the `impl`.
    }
}

/// Emits one trait for all operations.
fn single_trait(model: &Model) -> TokenStream {
    let operations: Vec<_> = handled(model).collect();
    let api = api(&operations);
    let router = router(&quote!(operations(&Arc::new(api)).into()));
    let operations = routes(model, &operations);
    let outputs = output_docs();
    quote! {
        /// The operations of the API: a method for each.
        ///
        #outputs
        #api
        #router
        #operations
    }
}

/// Emits a trait for each tag, and one that combines them.
fn trait_per_tag(model: &Model) -> TokenStream {
    let names: Vec<_> = model.groups.iter().map(|group| &group.name).collect();
    let all = quote!(#(#names::Api)+*);
    let parts = names.iter().map(|name| quote!(#name::operations(&api)));
    let router = router(&quote! {
        let api = Arc::new(api);
        let parts = [#(#parts),*];
        parts.into_iter().fold(ApiRouter::new(), ApiRouter::merge).into()
    });
    let modules = model
        .groups
        .iter()
        .enumerate()
        .map(|(index, group)| module(model, index, group));
    quote! {
        /// All operations of the API. Every type that implements the trait of each tag implements it.
        pub trait Api: #all {}

        impl<A: #all> Api for A {}

        #router
        #(#modules)*
    }
}

/// Emits the module of a tag.
fn module(model: &Model, index: usize, group: &TagGroup) -> TokenStream {
    let operations: Vec<_> = handled(model)
        .filter(|operation| operation.group == Some(index))
        .collect();
    let title = match &group.tag {
        Some(tag) => format!("The operations with the tag {}.", crate::doc::code(tag)),
        None => "The operations without a tag.".to_owned(),
    };
    let docs = docs(&[&title, &group.description]);
    let name = &group.name;
    let origin = ItemOrigin::new(&group.origin);
    let api = api(&operations);
    let routes = routes(model, &operations);
    let outputs = output_docs();
    quote! {
        #docs
        #origin
        pub mod #name {
            use super::*;

            /// The operations of the tag: a method for each.
            ///
            #outputs
            #origin
            #api

            /// Returns a router for these operations, to be merged with the routers of other tags.
            ///
            /// It behaves as [the router of the whole API](super::router).
            #origin
            pub fn router(api: impl Api) -> ApiRouter {
                operations(&Arc::new(api))
            }

            #routes
        }
    }
}

/// Emits a trait with a method for each operation.
fn api(operations: &[&Operation]) -> TokenStream {
    let methods = operations.iter().map(|operation| method(operation));
    quote! {
        pub trait Api: Send + Sync + 'static {
            #(#methods)*
        }
    }
}

/// Emits the function that returns the router of all operations.
fn router(body: &TokenStream) -> TokenStream {
    quote! {
        /// Returns an axum router for the operations of an API.
        ///
        /// Paths match case-sensitively after percent-decoding; a trailing slash is significant; literals take
        /// precedence over parameters. A path parameter never matches an empty segment, `.` or `..`.
        ///
        /// The router itself responds with RFC 9457 problem details in these cases:
        ///
        /// - 400 for an invalid parameter or malformed content
        /// - 401 for missing or malformed credentials, 403 if an operation requires an undeclared scheme
        /// - 404 for an unknown path and 405 for a method that the path does not have
        /// - 406 if `Accept` excludes every media type of a success
        /// - 408 and 413 for content that exceeds the time or size of the [`Limits`]
        /// - 415 for content of an undeclared media type and 422 for content that its schema rejects
        /// - 500 if a method panics, or returns an [`InternalError`] or a response that cannot be encoded
        /// - 503 if a method exceeds the time of the [`Limits`]
        ///
        /// [`on_reject`](RouterExt::on_reject) replaces these responses. Unless the document declares them,
        /// the router responds to OPTIONS with `Allow`, and to HEAD with the header fields of the response to GET.
        pub fn router(api: impl Api) -> axum::Router {
            #body
        }
    }
}

/// Emits the function that routes requests to the methods of a trait.
fn routes(model: &Model, operations: &[&Operation]) -> TokenStream {
    let visibility = (!model.groups.is_empty()).then(|| quote!(pub(super)));
    let routes = operations.iter().map(|operation| route(operation));
    let body = if operations.is_empty() {
        quote! {
            let _ = api;
            ApiRouter::new()
        }
    } else {
        quote! {
            let mut router = ApiRouter::new();
            #(#routes)*
            router
        }
    };
    quote! {
        #visibility fn operations(api: &Arc<impl Api>) -> ApiRouter {
            #body
        }
    }
}

/// Returns the operations that have a method in a trait.
pub(super) fn handled(model: &Model) -> impl Iterator<Item = &Operation> {
    model
        .operations
        .iter()
        .filter(|operation| operation.handler == Handler::Own)
}

fn method(operation: &Operation) -> TokenStream {
    let Operation {
        name,
        request,
        response,
        security_doc,
        ..
    } = operation;
    let title = format!("`{}`", operation.title());
    let deprecated = if operation.deprecated { DEPRECATED } else { "" };
    let docs = docs(&[
        &title,
        &operation.summary,
        &operation.description,
        security_doc,
        deprecated,
    ]);
    let origin = ItemOrigin::new(&operation.origin);
    quote! {
        #docs
        #origin
        fn #name(
            &self,
            request: Request<#request>,
        ) -> impl Future<Output: HandlerOutput<#response>> + Send;
    }
}

fn route(operation: &Operation) -> TokenStream {
    let Operation { name, request, .. } = operation;
    quote! {
        router.route(api, |api, request: Request<#request>| async move {
            Api::#name(&*api, request).await.into_result()
        });
    }
}
