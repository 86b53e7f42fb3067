//! `mock.rs`: a server that answers from the examples of the document.

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::server::handled;
use crate::{
    model::{Model, Operation, Parameter, ResponseExample, Type},
    name::{Ident, Scope},
};

pub(super) fn emit(model: &Model) -> TokenStream {
    // Operations with the same examples share a table.
    let mut tables: Vec<(&Operation, Ident)> = Vec::new();
    let mut scope = Scope::reserving(&["ALL", "CHOOSING"]);
    let mut declared = Vec::new();
    let mut methods: BTreeMap<Option<usize>, Vec<TokenStream>> = BTreeMap::new();
    for operation in handled(model) {
        let known = tables.iter().find(|(first, _)| {
            first.response_enum == operation.response_enum
                && first.response_examples == operation.response_examples
        });
        let table = match known {
            Some((_, table)) => table.clone(),
            None => {
                let wanted = operation.name.screaming_snake().with("_SAMPLES");
                let (table, _) = scope.name(&[wanted], "the samples of an operation");
                tables.push((operation, table.clone()));
                table
            }
        };
        declared.push((operation, table.clone()));
        let of_group = methods.entry(operation.group).or_default();
        of_group.push(method(model, operation, &table));
    }
    if model.groups.is_empty() {
        // An API may have no operations.
        methods.entry(None).or_default();
    }
    let implementations = methods.iter().map(|(group, methods)| {
        let group = group.and_then(|index| model.groups.get(index));
        let path = group.map(|group| {
            let name = &group.name;
            quote!(#name::)
        });
        quote! {
            impl #path Api for Mock {
                #(#methods)*

                fn with_context(self: Arc<Self>, context: Context) -> Arc<impl #path Api> {
                    Arc::new(asked(&self, &context))
                }

                fn admit<O: Operation>(&self) -> Result<(), Rejection> {
                    admit::<O>(self, CHOOSING.contains(&O::ID))
                }
            }
        }
    });
    let modules: Vec<_> = model.groups.iter().map(|group| &group.name).collect();
    let traits = if modules.is_empty() {
        quote!(Api)
    } else {
        quote!(#(#modules),*)
    };
    let all = declared.iter().map(|(operation, table)| {
        let Operation { id, response, .. } = operation;
        quote!(OperationExamples { operation: #id, keys: <#response as Response>::KEYS, examples: #table })
    });
    let all = quote!(const ALL: &[OperationExamples] = &[#(#all,)*];);
    let tables = tables.iter().map(|(operation, name)| {
        let samples = operation.response_examples.iter().map(response_example);
        quote!(const #name: &[ResponseExample] = &[#(#samples,)*];)
    });
    let choosing = handled(model)
        .filter(|operation| choice(operation).is_some())
        .map(|operation| &operation.id);
    let import = super::security::import(model);
    quote! {
        #![doc = " A server that answers from the examples of the document."]

        #[allow(unused_imports, reason = "an API may have no operations")]
        use crate::{
            requests::*,
            responses::*,
            runtime::{Response, mock::{ResponseExample, respond}},
        };
        use crate::{
            runtime::{Operation, mock::{OperationExamples, admit, asked, declared}},
            server::{Context, Rejection, #traits},
        };
        use std::sync::Arc;
        #import

        pub use crate::runtime::mock::Mock;

        #(#implementations)*

        /// What a request is answered with that is refused, for
        /// [`on_reject`](crate::server::RouterExt::on_reject): an example of what the document declares for the
        /// status, where that is something else than a problem of RFC 9457. What is wrong it does not tell then.
        #[must_use]
        pub fn as_declared(rejection: &Rejection, usual: axum::response::Response) -> axum::response::Response {
            declared(ALL, rejection, usual)
        }

        /// The examples of each operation.
        #all

        /// The operations that have a parameter to choose a status by.
        const CHOOSING: &[&str] = &[#(#choosing),*];

        #(#tables)*
    }
}

fn method(model: &Model, operation: &Operation, table: &Ident) -> TokenStream {
    let Operation {
        name,
        request,
        response,
        ..
    } = operation;
    let (argument, choice) = match choice(operation) {
        Some(parameter) => {
            let name = &parameter.name;
            let choice = if parameter.required {
                quote!(Some(&request.#name))
            } else {
                quote!(request.#name.as_ref())
            };
            (quote!(request), choice)
        }
        None => (quote!(_), quote!(None)),
    };
    let credentials = model.credentials(operation).map(|set| {
        let name = &set.name;
        quote!(, _: #name)
    });
    quote! {
        async fn #name(&self, #argument: #request #credentials) -> #response {
            respond(self, #table, #choice).await
        }
    }
}

/// The parameter that chooses a status.
fn choice(operation: &Operation) -> Option<&Parameter> {
    let mut parameters = operation.parameters.iter();
    parameters.find(|parameter| parameter.ty == Type::StatusChoice)
}

fn response_example(example: &ResponseExample) -> TokenStream {
    let key = Literal::usize_unsuffixed(example.answer);
    let code = Literal::u16_unsuffixed(example.code);
    let headers = example.headers.iter().map(|(name, value)| {
        let name = name.to_ascii_lowercase();
        quote!((#name, #value))
    });
    let body = match &example.body {
        Some((media, body)) => {
            let body = literal(body);
            quote!(Some((#media, #body)))
        }
        None => quote!(None),
    };
    quote!(ResponseExample { key: #key, code: #code, headers: &[#(#headers),*], body: #body })
}

/// The content to the letter, as opposed to [`super::text`].
fn literal(body: &str) -> Literal {
    Literal::string(body)
}
