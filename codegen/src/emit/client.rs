//! `client.rs`: a method for each operation.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    deprecated, docs, key,
    requests::{Member, members},
    security,
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
    let secrets: Vec<_> = model.schemes.iter().map(secret).collect();
    let (with_secret, builder) = if secrets.is_empty() {
        Default::default()
    } else {
        (
            quote!(
                use crate::runtime::client_builder::with_secret;
            ),
            quote!(impl ClientBuilder { #(#secrets)* }),
        )
    };
    let import = security::import(model);
    let setters = model
        .operations
        .iter()
        .filter_map(|operation| setters(model, operation));
    let streams = model
        .operations
        .iter()
        .map(|operation| streams(model, operation));
    let servers = servers(model);
    let conditions = conditions(model);
    quote! {
        #![doc = " The client: a method for each operation."]

        pub use crate::runtime::{
            call::{
                BinaryResponse, BinaryRequest, Call, FullResponse, StreamingResponse, StreamingCall,
            },
            conditional::HttpDate,
            client_error::{Error, ResponseError},
            redirect::Redirects,
            retry::{Attempt, RetryPolicy},
            server_url::{Server, ServerVariable},
            client_builder::{Client, ClientBuilder, http_builder},
        };
        pub use reqwest;

        #[allow(unused_imports, reason = "an API may have no operations or types")]
        use crate::{ResponseKey, requests::*, types};
        #import
        #conditions
        #with_secret

        impl Client {
            #(#methods)*
        }

        #builder
        #servers

        #(#setters)*
        #(#streams)*
    }
}

/// The servers of the document. They have no names: another URL is no change for those who compile.
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
        let description = super::text(description);
        quote!(Self::new(#url, #description, &[#(#variables),*]))
    });
    quote! {
        impl Server {
            /// The servers of the document, in its order.
            pub const ALL: &'static [Self] = &[#(#servers),*];
        }
    }
}

/// What sets the conditions, if an operation has one.
fn conditions(model: &Model) -> Option<TokenStream> {
    let mut used: Vec<_> = model
        .operations
        .iter()
        .flat_map(|operation| &operation.conditions)
        .collect();
    used.sort_unstable();
    used.dedup();
    let names = used.iter().map(|condition| condition_ident(**condition));
    (!used.is_empty()).then(|| quote!(use crate::runtime::call::{#(#names),*};))
}

fn condition_ident(condition: Condition) -> proc_macro2::Ident {
    proc_macro2::Ident::new(condition.method(), proc_macro2::Span::call_site())
}

/// What an operation gives or takes piece by piece.
fn streams(model: &Model, operation: &Operation) -> TokenStream {
    let request = &operation.request;
    let streamed = model.response_enum(operation).streamed();
    let keys: Vec<_> = streamed.into_iter().map(key).collect();
    let answer = (!keys.is_empty()).then(|| {
        quote! {
            impl BinaryResponse for #request {
                const STREAMED: &'static [ResponseKey] = &[#(#keys),*];
            }
        }
    });
    let is_taken = operation
        .body
        .as_ref()
        .is_some_and(|body| body.payload.is_binary());
    let content = is_taken.then(|| quote!(impl BinaryRequest for #request {}));
    quote!(#answer #content)
}

/// The method that sets what the client has for a security scheme.
fn secret(scheme: &SecurityScheme) -> TokenStream {
    let name = &scheme.name;
    let own = format!("Sets the credential for {}.", doc::code(&scheme.id));
    let docs = docs(&[&own, &scheme.doc]);
    let (constant, ty) = (&scheme.constant, security::credential(scheme));
    quote! {
        #docs
        pub fn #name(self, credential: impl Into<#ty>) -> Self {
            with_secret(self, &security::#constant, credential.into())
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
    let required = || members.iter().filter(|member| member.required);
    let arguments = required().map(|member| &member.argument);
    let names = required().map(|member| member.name);
    quote! {
        #docs
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
    let conditions: Vec<_> = operation
        .conditions
        .iter()
        .map(|condition| self::condition(*condition))
        .collect();
    (!setters.is_empty() || !conditions.is_empty()).then(|| {
        quote! {
            impl Call<'_, #request> {
                #(#setters)*
                #(#conditions)*
            }
        }
    })
}

/// The method that sets a condition.
fn condition(condition: Condition) -> TokenStream {
    let name = condition_ident(condition);
    match condition {
        Condition::IfNoneMatch => quote! {
            /// Asks for the content only if it is another than that with this entity tag, which is what
            /// `ETag` said, its quotes included; the answer is 304 otherwise.
            pub fn #name(self, etag: impl AsRef<str>) -> Self {
                #name(self, etag)
            }
        },
        Condition::IfModifiedSince => quote! {
            /// Asks for the content only if it has changed since a time, or since what `Last-Modified`
            /// said; the answer is 304 otherwise.
            pub fn #name(self, date: impl Into<HttpDate>) -> Self {
                #name(self, date)
            }
        },
    }
}

fn setter(member: &Member<'_>) -> TokenStream {
    let Member {
        name,
        argument,
        value,
        ..
    } = member;
    let docs = docs(&[&member.doc]);
    let deprecated = deprecated(member.deprecated);
    quote! {
        #docs
        #deprecated
        pub fn #name(mut self, #argument) -> Self {
            self.request.#name = Some(#value);
            self
        }
    }
}
