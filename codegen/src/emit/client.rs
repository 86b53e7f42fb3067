//! `client.rs`: a method for each operation.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    requests::{Member, members},
    security,
    shared::{ItemOrigin, deprecated, docs, imports, response_key, text},
};
use crate::{
    doc,
    model::{Condition, Model, Operation, SecurityScheme, Server, ServerVariable},
};

pub(super) fn emit(model: &Model) -> TokenStream {
    let methods = model
        .operations
        .iter()
        .map(|operation| method(model, operation));
    let credentials: Vec<_> = model.schemes.iter().map(credential_setter).collect();
    let builder =
        (!credentials.is_empty()).then(|| quote!(impl ClientBuilder { #(#credentials)* }));
    let setters = model
        .operations
        .iter()
        .filter_map(|operation| setters(model, operation));
    let traits = model
        .operations
        .iter()
        .map(|operation| traits(model, operation));
    let servers = servers(model);
    let items = quote! {
        impl Client {
            #(#methods)*
        }

        #builder
        #servers

        #(#setters)*
        #(#traits)*
    };
    let always: &[_] = match (model.operations.is_empty(), builder.is_some()) {
        (true, false) => &[],
        (true, true) => &["runtime::client::builder::with_secret"],
        (false, false) => &["requests::*"],
        (false, true) => &["requests::*", "runtime::client::builder::with_secret"],
    };
    let imports = imports(&items, always, &["ResponseKey", "security", "types"]);
    quote! {
        #![doc = " The client: a method for each operation."]

        pub use crate::runtime::client::{
            call::{
                BinaryResponse, Call, FullResponse, IfModifiedSince, IfNoneMatch,
                StreamingResponse,
            },
            builder::{Client, ClientBuilder, http_builder},
            credential::{CredentialFn, IntoCredential, credential_fn},
            error::{BoxError, Error, ResponseError},
            hook::{Hook, HookResponse},
            conditional::HttpDate,
            redirect::Redirects,
            retry::{Attempt, RetryPolicy},
            server_url::{Server, ServerVariable},
        };
        pub use reqwest;

        #imports

        #items
    }
}

/// Lists the servers of the document. They have no names, so that a changed URL breaks nobody's build.
fn servers(model: &Model) -> TokenStream {
    let servers = model.servers.iter().map(|server| {
        let Server {
            url,
            description,
            variables,
        } = server;
        let variables = variables.iter().map(|variable| {
            let ServerVariable {
                name,
                default,
                values,
            } = variable;
            quote!(ServerVariable { name: #name, default: #default, values: &[#(#values),*] })
        });
        let description = text(description);
        quote!(Self::new(#url, #description, &[#(#variables),*]))
    });
    quote! {
        impl Server {
            /// The servers that the document declares, in its order.
            pub const ALL: &'static [Self] = &[#(#servers),*];
        }
    }
}

/// Implements the traits that give the calls of an operation further methods.
fn traits(model: &Model, operation: &Operation) -> TokenStream {
    let request = &operation.request;
    let keys = model.response_enum(operation).streamed();
    let keys: Vec<_> = keys.into_iter().map(response_key).collect();
    let binary_response = (!keys.is_empty()).then(|| {
        quote! {
            impl BinaryResponse for #request {
                const STREAMED: &'static [ResponseKey] = &[#(#keys),*];
            }
        }
    });
    let conditions = operation
        .conditions
        .iter()
        .map(|condition| match condition {
            Condition::IfNoneMatch => quote!(impl IfNoneMatch for #request {}),
            Condition::IfModifiedSince => quote!(impl IfModifiedSince for #request {}),
        });
    quote!(#binary_response #(#conditions)*)
}

/// Builds the setter of the credential of a security scheme.
fn credential_setter(scheme: &SecurityScheme) -> TokenStream {
    let name = &scheme.name;
    let own = format!(
        "Sets the credential of the security scheme {}.",
        doc::code(&scheme.id)
    );
    let docs = docs(&[&own, &scheme.doc]);
    let origin = ItemOrigin::new(&scheme.origin);
    let (constant, ty) = (&scheme.constant, security::credential(scheme));
    quote! {
        #docs
        #origin
        pub fn #name(self, credential: impl IntoCredential<security::#ty>) -> Self {
            with_secret(self, &security::#constant, credential.into_source())
        }
    }
}

fn method(model: &Model, operation: &Operation) -> TokenStream {
    let Operation { name, request, .. } = operation;
    let title = format!("`{}`", operation.title());
    let docs = docs(&[
        &title,
        &operation.summary,
        &operation.description,
        &operation.security_doc,
    ]);
    let deprecated = deprecated(operation.deprecated);
    let members = members(model, operation);
    let required = || members.iter().filter(|member| member.is_argument());
    let arguments = required().map(Member::required_argument);
    let origin = ItemOrigin::new(&operation.origin);
    let names = required().map(|member| member.name);
    quote! {
        #docs
        #origin
        #deprecated
        pub fn #name(&self, #(#arguments),*) -> Call<'_, #request> {
            self.call(#request::new(#(#names),*))
        }
    }
}

fn setters(model: &Model, operation: &Operation) -> Option<TokenStream> {
    let request = &operation.request;
    let members = members(model, operation);
    let setters: Vec<_> = members
        .iter()
        .filter(|member| !member.required)
        .map(setter)
        .collect();
    (!setters.is_empty()).then(|| {
        quote! {
            impl Call<'_, #request> {
                #(#setters)*
            }
        }
    })
}

fn setter(member: &Member<'_>) -> TokenStream {
    let Member {
        name,
        origin,
        argument,
        value,
        ..
    } = member;
    let docs = docs(&[&member.doc]);
    let deprecated = deprecated(member.deprecated);
    quote! {
        #docs
        #origin
        #deprecated
        pub fn #name(mut self, #argument) -> Self {
            self.request.#name = Some(#value);
            self
        }
    }
}
