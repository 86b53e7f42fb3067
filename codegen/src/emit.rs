//! Emits the files of a crate from the model: one row for each file.

mod client;
mod constraints;
mod lib;
mod mock;
mod requests;
mod responses;
mod rfc3339;
mod security;
mod server;
mod shared;
mod status;
mod types;

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use proc_macro2::TokenStream;

use crate::model::Model;
pub(crate) use shared::{ItemOrigin, without_origins};

/// A file that is generated from the model.
pub(crate) struct Output {
    /// The path in the crate, below `src`.
    path: &'static str,
    emit: fn(&Model) -> Contents,
    /// The declaration of the module in `src/lib.rs`; `None` for a file that is not a module.
    module: Option<Module>,
}

/// The contents of a generated file.
pub(crate) enum Contents {
    Rust(TokenStream),
    /// Text in a format with comments, to which the mark of generated files is added.
    Text(String),
}

/// The declaration of a module.
#[derive(Clone, Copy)]
struct Module {
    is_public: bool,
    /// The feature without which the module is left out.
    feature: Option<&'static str>,
}

impl Output {
    const fn new(path: &'static str, emit: fn(&Model) -> Contents) -> Self {
        Self {
            path,
            emit,
            module: None,
        }
    }

    /// Makes it a private module, which needs a feature or not.
    const fn private(self, feature: Option<&'static str>) -> Self {
        let is_public = false;
        Self {
            module: Some(Module { is_public, feature }),
            ..self
        }
    }

    /// Makes it a public module, which needs a feature.
    const fn public(self, feature: &'static str) -> Self {
        let (is_public, feature) = (true, Some(feature));
        Self {
            module: Some(Module { is_public, feature }),
            ..self
        }
    }

    /// Returns the name of the module and its declaration, if the file is a module.
    fn declaration(&self) -> Option<(&'static str, Module)> {
        Some((self.name(), self.module?))
    }

    /// Returns the name of the module.
    fn name(&self) -> &'static str {
        let file = self.path.rsplit('/').next().unwrap_or(self.path);
        file.strip_suffix(".rs").unwrap_or(file)
    }
}

/// The files that are generated from the model, besides `src/lib.rs`, in the order of their declarations there. A
/// file without contents is neither written nor declared.
const OUTPUTS: &[Output] = &[
    Output::new("src/status.rs", |model| status::emit(model).into()).private(None),
    Output::new("src/constraints.rs", |model| {
        constraints::emit(model).into()
    })
    .private(Some("_wire")),
    Output::new("src/requests.rs", |model| requests::emit(model).into()).public("_wire"),
    Output::new("src/responses.rs", |model| responses::emit(model).into()).public("_wire"),
    Output::new("src/rfc3339.rs", |model| rfc3339::emit(model).into()).public("_wire"),
    Output::new("src/security.rs", |model| security::emit(model).into()).public("_wire"),
    Output::new("src/types.rs", |model| types::emit(model).into()).public("_wire"),
    Output::new("src/client.rs", |model| client::emit(model).into()).public("client-base"),
    Output::new("src/mock.rs", |model| mock::emit(model).into()).public("mock"),
    Output::new("src/server.rs", |model| server::emit(model).into()).public("server"),
];

/// Emits the files of a crate that depend on the model, by path.
pub(crate) fn emit(model: &Model) -> Vec<(&'static str, Contents)> {
    let files = OUTPUTS
        .iter()
        .map(|output| (output, (output.emit)(model)))
        .filter(|(_, contents)| !contents.is_empty());
    let mut modules = Vec::new();
    let mut files: Vec<_> = files
        .map(|(output, contents)| {
            modules.extend(output.declaration());
            (output.path, contents)
        })
        .collect();
    files.push((LIB, lib::emit(model, &modules).into()));
    files
}

/// Emits the files like [`emit`], several at a time, and returns the result of `finish` for each of them.
pub(crate) fn emit_in_parallel<T: Send>(
    model: &Model,
    finish: impl Fn(&'static str, Contents) -> T + Sync,
) -> Vec<(&'static str, T)> {
    let finish = &finish;
    let finished = in_parallel(OUTPUTS, |output| {
        let contents = (output.emit)(model);
        (!contents.is_empty()).then(|| finish(output.path, contents))
    });
    let mut modules = Vec::new();
    let mut files = Vec::new();
    for (output, finished) in OUTPUTS.iter().zip(finished) {
        if let Some(finished) = finished {
            modules.extend(output.declaration());
            files.push((output.path, finished));
        }
    }
    files.push((LIB, finish(LIB, lib::emit(model, &modules).into())));
    files
}

/// The root of the crate, which declares the modules.
const LIB: &str = "src/lib.rs";

/// The size of the stack of a thread: that of a main thread, because schemas can be nested deeply.
const STACK: usize = 8 << 20;

/// Calls a function for each item, in as many threads as the machine runs at a time, and returns the results in the
/// order of the items.
fn in_parallel<I: Sync, T: Send>(items: &[I], call: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut results = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            match items.get(index) {
                Some(item) => results.push((index, call(item))),
                None => return results,
            }
        }
    };
    let mut results = thread::scope(|scope| {
        let workers: Vec<_> = (1..threads.min(items.len()))
            .filter_map(|_| {
                let builder = thread::Builder::new().stack_size(STACK);
                builder.spawn_scoped(scope, work).ok()
            })
            .collect();
        let mut results = work();
        for worker in workers {
            match worker.join() {
                Ok(more) => results.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

impl Contents {
    fn is_empty(&self) -> bool {
        match self {
            Self::Rust(tokens) => tokens.is_empty(),
            Self::Text(text) => text.is_empty(),
        }
    }
}

impl From<TokenStream> for Contents {
    fn from(tokens: TokenStream) -> Self {
        Self::Rust(tokens)
    }
}

impl From<String> for Contents {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

macro_rules! runtime {
    ($($file:literal,)*) => {
        /// The files that are copied, because they are the same for every document.
        pub(crate) const RUNTIME: &[(&str, &str)] = &[
            $((concat!("src/runtime/", $file), include_str!(concat!("../runtime/", $file))),)*
        ];
    };
}

runtime! {
    "client/builder.rs",
    "client/call.rs",
    "client/conditional.rs",
    "client/credential.rs",
    "client/error.rs",
    "client/hook.rs",
    "client/mod.rs",
    "client/redact.rs",
    "client/redirect.rs",
    "client/retry.rs",
    "client/send.rs",
    "client/server_url.rs",
    "client/span.rs",
    "client/tls.rs",
    "codec/base64.rs",
    "codec/body.rs",
    "codec/content.rs",
    "codec/enums.rs",
    "codec/error.rs",
    "codec/form.rs",
    "codec/formats.rs",
    "codec/json.rs",
    "codec/media.rs",
    "codec/mod.rs",
    "codec/multipart.rs",
    "codec/object.rs",
    "codec/param.rs",
    "codec/param_decode.rs",
    "codec/status_choice.rs",
    "codec/unions.rs",
    "codec/validation.rs",
    "codec/weighted_status.rs",
    "message/built_in.rs",
    "message/mod.rs",
    "message/operation.rs",
    "message/path_template.rs",
    "message/rejection.rs",
    "message/request_decoder.rs",
    "message/request_encoder.rs",
    "message/response_decoder.rs",
    "message/response_encoder.rs",
    "message/response_key.rs",
    "message/security.rs",
    "message/status_in.rs",
    "mock/examples.rs",
    "mock/mod.rs",
    "mock/prefer.rs",
    "mod.rs",
    "server/axum.rs",
    "server/content.rs",
    "server/handler.rs",
    "server/limits.rs",
    "server/mod.rs",
    "server/preface.rs",
    "server/request.rs",
    "server/response.rs",
    "server/router.rs",
    "server/routes.rs",
    "server/serve.rs",
    "server/span.rs",
    "status/class.rs",
    "status/code.rs",
    "status/methods.rs",
    "status/mod.rs",
}
