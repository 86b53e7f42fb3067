//! `server.rs`: the traits that a server implements, and their routers.

use proc_macro2::TokenStream;
use quote::quote;

use super::{DEPRECATED, docs};
use crate::model::{Handler, Model, Operation, TagGroup};

pub(super) fn emit(model: &Model) -> TokenStream {
    let import = super::security::import(model);
    let base_path = &model.base_path;
    let (title, api) = if model.groups.is_empty() {
        let title = quote!(#![doc = " The server: implement [`Api`], and give it to [`router`]."]);
        (title, whole(model))
    } else {
        let title = quote! {
            #![doc = " The server: implement the trait of each tag, and give what does to its router."]
            #![doc = ""]
            #![doc = " Something that implements them all is an [`Api`], and [`router`] takes it as a whole."]
        };
        (title, split(model))
    };
    quote! {
        #title

        pub use crate::runtime::{
            context::Context, router::ApiRouter, request_decoder::Rejection,
            serve::{Limits, RouterExt, Serve, serve},
        };
        pub use axum;

        /// The path of the document's first server, under which
        /// [`at_base_path`](RouterExt::at_base_path) puts a router; empty if it has none.
        pub const BASE_PATH: &str = #base_path;

        #[allow(unused_imports, reason = "an API may have no operations")]
        use crate::{requests::*, responses::*};
        #import
        use std::sync::Arc;

        use crate::runtime::Operation;

        #api
    }
}

/// One trait for all operations.
fn whole(model: &Model) -> TokenStream {
    let operations: Vec<_> = handled(model).collect();
    let api = api(model, &operations);
    let router = router(&quote!(operations(&Arc::new(api)).into()));
    let operations = routes(model, &operations);
    quote! {
        /// The operations of the API: a method for each.
        ///
        /// A method cannot answer but with what the document declares for its operation.
        #api
        #router
        #operations
    }
}

/// A trait for each group, and one that is all of them.
fn split(model: &Model) -> TokenStream {
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
        /// All operations of the API: whatever implements the trait of each tag.
        pub trait Api: #all {}

        impl<A: #all> Api for A {}

        #router
        #(#modules)*
    }
}

/// The operations of a group.
fn module(model: &Model, index: usize, group: &TagGroup) -> TokenStream {
    let operations: Vec<_> = handled(model)
        .filter(|operation| operation.group == Some(index))
        .collect();
    let title = match &group.tag {
        Some(tag) => format!("What has the tag {}.", crate::doc::code(tag)),
        None => "What has no tag.".to_owned(),
    };
    let docs = docs(&[&title, &group.description]);
    let name = &group.name;
    let api = api(model, &operations);
    let routes = routes(model, &operations);
    quote! {
        #docs
        pub mod #name {
            use super::*;

            /// The operations of the tag: a method for each.
            ///
            /// A method cannot answer but with what the document declares for its operation.
            #api

            /// The operations of the tag as a router, which can be merged with those of others; for what it
            /// answers see [the whole one](super::router).
            pub fn router(api: impl Api) -> ApiRouter {
                operations(&Arc::new(api))
            }

            #routes
        }
    }
}

/// A trait with a method for each operation.
fn api(model: &Model, operations: &[&Operation]) -> TokenStream {
    let methods = operations.iter().map(|operation| method(model, operation));
    quote! {
        pub trait Api: Send + Sync + 'static {
            #(#methods)*

            /// The API that answers a request with this context, which is itself if nothing else is said.
            ///
            /// One that wants to know who is connected, or which header fields came, gives a copy of itself
            /// that holds the context.
            fn with_context(self: Arc<Self>, context: Context) -> Arc<impl Api>
            where
                Self: Sized,
            {
                let _ = context;
                self
            }

            /// Refuses what the mock is asked for and cannot answer with.
            #[doc(hidden)]
            fn admit<O: Operation>(&self) -> Result<(), Rejection> {
                Ok(())
            }
        }
    }
}

/// The function that makes the router of all operations.
fn router(body: &TokenStream) -> TokenStream {
    quote! {
        /// The operations of an API as a router, to be served by axum.
        ///
        /// A path is found as the document writes it: percent-encoded characters are what they stand for,
        /// a text goes before a parameter, and what differs by a slash more or less, or by its case, is
        /// another path. No parameter is empty, `.` or `..`.
        ///
        /// What no method of the API can answer is answered here, as a problem of RFC 9457: 400 for a
        /// wrong parameter, 401 for missing credentials, 404 and 405 for an unknown path or method, 406
        /// where `Accept` takes no media type of a success,
        /// 408 and 413 for content that takes longer or is larger than the [`Limits`] have it, 415 and
        /// 422 for content of a wrong media type or form, 500 after a panic or for an answer that
        /// cannot be sent, and 503 for one that takes too long; [`on_reject`](RouterExt::on_reject) says it
        /// otherwise. OPTIONS is answered with `Allow`, and HEAD as GET without content.
        pub fn router(api: impl Api) -> axum::Router {
            #body
        }
    }
}

/// The function that leads requests to the methods of a trait.
fn routes(model: &Model, operations: &[&Operation]) -> TokenStream {
    let visibility = (!model.groups.is_empty()).then(|| quote!(pub(super)));
    let routes = operations.iter().map(|operation| route(model, operation));
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

/// The operations that have a method of their own.
pub(super) fn handled(model: &Model) -> impl Iterator<Item = &Operation> {
    model
        .operations
        .iter()
        .filter(|operation| operation.handler == Handler::Own)
}

fn method(model: &Model, operation: &Operation) -> TokenStream {
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
    let credentials = model.credentials(operation).map(|set| {
        let name = &set.name;
        quote!(credentials: #name,)
    });
    quote! {
        #docs
        fn #name(
            &self,
            request: #request,
            #credentials
        ) -> impl Future<Output = #response> + Send;
    }
}

fn route(model: &Model, operation: &Operation) -> TokenStream {
    let Operation { name, request, .. } = operation;
    match model.credentials(operation) {
        None => quote! {
            router.route(api, |api, context, request: #request| async move {
                let api = Api::with_context(api, context);
                Api::admit::<#request>(&*api)?;
                Ok(Api::#name(&*api, request).await)
            });
        },
        Some(set) => {
            let credentials = &set.name;
            quote! {
                router.guarded(api, |api, context, request: #request, credentials: #credentials| async move {
                    let api = Api::with_context(api, context);
                    Api::admit::<#request>(&*api)?;
                    Ok(Api::#name(&*api, request, credentials).await)
                });
            }
        }
    }
}
