//! `mock.rs`: a server that returns the examples of the document.

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{
    server::handled,
    shared::{ItemOrigin, imports},
};
use crate::{
    model::{ExampleTable, Model, Operation, Parameter, ResponseExample, Type},
    name::Ident,
};

pub(super) fn emit(model: &Model) -> TokenStream {
    let operations: Vec<_> = handled(model)
        .filter_map(|operation| Some((operation, model.example_table(operation)?)))
        .collect();
    let mut methods: BTreeMap<Option<usize>, Vec<TokenStream>> = BTreeMap::new();
    for (operation, table) in &operations {
        let methods = methods.entry(operation.group).or_default();
        methods.push(method(operation, &table.name));
    }
    if model.groups.is_empty() {
        // An API may have no operations; its only trait is implemented all the same.
        methods.entry(None).or_default();
    }
    let implementations = methods
        .iter()
        .map(|(group, methods)| implementation(model, *group, methods));
    let tags: Vec<_> = model
        .groups
        .iter()
        .map(|group| format!("server::{}", group.name))
        .collect();
    let mut always = vec![
        "runtime::mock::examples::OperationExamples",
        "runtime::mock::examples::rejection_example",
        "server::Rejection",
    ];
    if tags.is_empty() {
        always.push("server::Api");
    }
    always.extend(tags.iter().map(String::as_str));
    let mut examples = model
        .example_tables
        .iter()
        .flat_map(|table| &table.examples);
    if examples.any(|example| !example.contents.is_empty()) {
        always.push("runtime::mock::examples::ContentExample");
    }
    if !operations.is_empty() {
        always.extend([
            "requests::*",
            "responses::*",
            "runtime::message::Response",
            "runtime::mock::examples::ResponseExample",
            "runtime::mock::respond",
            "server::Request",
        ]);
    }
    let all = operations.iter().map(|(operation, table)| {
        let Operation { id, response, .. } = operation;
        let table = &table.name;
        quote! {
            OperationExamples {
                operation: #id,
                keys: <#response as Response>::KEYS,
                examples: #table,
            }
        }
    });
    let tables = model
        .example_tables
        .iter()
        .map(|ExampleTable { name, examples }| {
            let examples = examples.iter().map(example);
            quote!(const #name: &[ResponseExample] = &[#(#examples,)*];)
        });
    let items = quote! {
        #(#implementations)*

        /// Replaces a rejection with the document's example for its status, unless the document declares
        /// RFC 9457 problem details for it. Pass it to [`on_reject`](crate::server::RouterExt::on_reject).
        ///
        /// The example does not contain the reason for the rejection.
        #[must_use]
        pub fn as_declared(
            rejection: &Rejection,
            response: axum::response::Response,
        ) -> axum::response::Response {
            rejection_example(ALL, rejection, response)
        }

        /// The examples of each operation.
        const ALL: &[OperationExamples] = &[#(#all,)*];

        #(#tables)*
    };
    let imports = imports(&items, &always, &[]);
    quote! {
        #![doc = " A server that returns the examples of the document."]

        #imports

        pub use crate::runtime::mock::Mock;

        #items
    }
}

/// Implements the trait of a tag, or the only trait, for the mock.
fn implementation(model: &Model, group: Option<usize>, methods: &[TokenStream]) -> TokenStream {
    let group = group.and_then(|index| model.groups.get(index));
    let module = group.map(|group| {
        let name = &group.name;
        quote!(#name::)
    });
    let origin = group.map(|group| ItemOrigin::new(&group.origin));
    let allow = (!methods.is_empty())
        .then(|| quote!(#[allow(refining_impl_trait, reason = "the mock rejects requests")]));
    quote! {
        #origin
        #allow
        impl #module Api for Mock {
            #(#methods)*
        }
    }
}

fn method(operation: &Operation, table: &Ident) -> TokenStream {
    let Operation {
        name,
        request,
        response,
        ..
    } = operation;
    let choice = match status_choice(operation) {
        Some(Parameter { name, required, .. }) if *required => quote!(Some(&request.#name)),
        Some(Parameter { name, .. }) => quote!(request.#name.as_ref()),
        None => quote!(None),
    };
    quote! {
        async fn #name(&self, request: Request<#request>) -> Result<#response, Rejection> {
            respond(self, &request, #table, #choice).await
        }
    }
}

/// Returns the parameter that chooses the status.
fn status_choice(operation: &Operation) -> Option<&Parameter> {
    let mut parameters = operation.parameters.iter();
    parameters.find(|parameter| parameter.ty == Type::StatusChoice)
}

fn example(example: &ResponseExample) -> TokenStream {
    let code = Literal::u16_unsuffixed(example.code);
    let headers = example.headers.iter().map(|(name, value)| {
        let name = name.to_ascii_lowercase();
        quote!((#name, #value))
    });
    let contents = example.contents.iter().map(|content| {
        let media = &content.media;
        // Unlike `super::text`, this keeps every byte.
        let text = Literal::string(&content.text);
        match &content.name {
            Some(name) => quote!(ContentExample::named(#name, #media, #text)),
            None => quote!(ContentExample::new(#media, #text)),
        }
    });
    quote! {
        ResponseExample { code: #code, headers: &[#(#headers),*], contents: &[#(#contents),*] }
    }
}
