//! `client.rs`: a method for each operation.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    deprecated, docs,
    requests::{Member, members},
    security,
};
use crate::{
    doc,
    model::{Model, Operation, SecurityScheme},
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
                use crate::runtime::transport::with_secret;
            ),
            quote!(impl ClientBuilder { #(#secrets)* }),
        )
    };
    let import = security::import(model);
    let setters = model
        .operations
        .iter()
        .filter_map(|operation| setters(model, operation));
    quote! {
        #![doc = " The client: a method for each operation."]

        pub use crate::runtime::transport::{Call, Client, ClientBuilder, Error, Failure};
        pub use reqwest;

        #[allow(unused_imports, reason = "an API may have no operations or types")]
        use crate::{requests::*, types};
        #import
        #with_secret

        impl Client {
            #(#methods)*
        }

        #builder

        #(#setters)*
    }
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
        &operation.needs,
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
