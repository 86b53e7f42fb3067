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
    let server = if operations.is_empty() {
        quote!(server)
    } else {
        quote!(mut server)
    };
    quote! {
        #![doc = " The server: implement [`Api`], and give it to [`router`]."]

        pub use crate::runtime::glue::BODY_LIMIT;
        pub use axum;

        #[allow(unused_imports, reason = "an API may have no operations")]
        use crate::{requests::*, responses::*};
        #import
        use crate::runtime::glue::Server;

        /// The operations of the API: a method for each.
        ///
        /// A method cannot answer but with what the document declares for its operation.
        pub trait Api: Send + Sync + 'static {
            #(#methods)*
        }

        /// The operations of an API as a router, to be served by axum.
        ///
        /// What no method of the API can answer is answered here, as a problem of RFC 9457: 400 for a
        /// wrong parameter, 401 for missing credentials, 404 and 405 for an unknown path or method,
        /// 413 for content of more than [`BODY_LIMIT`], 415 and 422 for content of a wrong media type
        /// or form, and 500 after a panic or for an answer that cannot be sent. OPTIONS is answered
        /// with `Allow`, and HEAD as GET without content.
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
            server.route(|api, request: #request| async move { Api::#name(&*api, request).await });
        },
        Some(set) => {
            let credentials = &set.name;
            quote! {
                server.guarded(|api, request: #request, credentials: #credentials| async move {
                    Api::#name(&*api, request, credentials).await
                });
            }
        }
    }
}
