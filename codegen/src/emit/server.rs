//! `server.rs`: the trait that a server implements, and its router.

use proc_macro2::TokenStream;
use quote::quote;

use super::{DEPRECATED, docs};
use crate::model::{Handler, Model, Operation};

pub(super) fn emit(model: &Model) -> TokenStream {
    let operations: Vec<_> = handled(model).collect();
    let methods = operations.iter().map(|operation| method(model, operation));
    let routes = operations.iter().map(|operation| route(model, operation));
    let import = super::security::import(model);
    let base_path = &model.base_path;
    let server = if operations.is_empty() {
        quote!(server)
    } else {
        quote!(mut server)
    };
    quote! {
        #![doc = " The server: implement [`Api`], and give it to [`router`]."]

        pub use crate::runtime::{
            context::Context, incoming::Rejection, serve::{Limits, RouterExt, Serve, serve},
        };
        pub use axum;

        /// The path of the document's first server, under which
        /// [`at_base_path`](RouterExt::at_base_path) puts a router; empty if it has none.
        pub const BASE_PATH: &str = #base_path;

        #[allow(unused_imports, reason = "an API may have no operations")]
        use crate::{requests::*, responses::*};
        #import
        use std::sync::Arc;

        use crate::runtime::{Operation, glue::Server};

        /// The operations of the API: a method for each.
        ///
        /// A method cannot answer but with what the document declares for its operation.
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
        /// 422 for content of a wrong media type or form, and 500 after a panic or for an answer that
        /// cannot be sent; [`on_reject`](RouterExt::on_reject) says it otherwise. OPTIONS is answered with
        /// `Allow`, and HEAD as GET without content.
        pub fn router(api: impl Api) -> axum::Router {
            let #server = Server::new();
            #(#routes)*
            server.router(api)
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
        needs,
        ..
    } = operation;
    let title = format!("`{}`", operation.title());
    let deprecated = if operation.deprecated { DEPRECATED } else { "" };
    let docs = docs(&[
        &title,
        &operation.summary,
        &operation.description,
        needs,
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
            server.route(|api, context, request: #request| async move {
                let api = Api::with_context(api, context);
                Api::admit::<#request>(&*api)?;
                Ok(Api::#name(&*api, request).await)
            });
        },
        Some(set) => {
            let credentials = &set.name;
            quote! {
                server.guarded(|api, context, request: #request, credentials: #credentials| async move {
                    let api = Api::with_context(api, context);
                    Api::admit::<#request>(&*api)?;
                    Ok(Api::#name(&*api, request, credentials).await)
                });
            }
        }
    }
}
