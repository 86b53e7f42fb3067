//! Emits Rust from the model: one row for each generated file.

mod client;
mod constraints;
mod lib;
mod mock;
mod requests;
mod responses;
mod security;
mod server;
mod shared;
mod status;
mod types;

use proc_macro2::TokenStream;

use crate::model::Model;

/// A file that is generated from the model.
pub(crate) struct Output {
    /// The path in the crate.
    pub(crate) path: &'static str,
    /// Emits its code; a file without code is not written.
    pub(crate) emit: fn(&Model) -> TokenStream,
}

/// The files that are generated from the model.
pub(crate) const OUTPUTS: &[Output] = &[
    Output {
        path: "src/client.rs",
        emit: client::emit,
    },
    Output {
        path: "src/lib.rs",
        emit: lib::emit,
    },
    Output {
        path: "src/constraints.rs",
        emit: constraints::emit,
    },
    Output {
        path: "src/mock.rs",
        emit: mock::emit,
    },
    Output {
        path: "src/requests.rs",
        emit: requests::emit,
    },
    Output {
        path: "src/responses.rs",
        emit: responses::emit,
    },
    Output {
        path: "src/security.rs",
        emit: security::emit,
    },
    Output {
        path: "src/server.rs",
        emit: server::emit,
    },
    Output {
        path: "src/status.rs",
        emit: status::emit,
    },
    Output {
        path: "src/types.rs",
        emit: types::emit,
    },
];

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
    "client/error.rs",
    "client/mod.rs",
    "client/redact.rs",
    "client/redirect.rs",
    "client/retry.rs",
    "client/send.rs",
    "client/server_url.rs",
    "client/span.rs",
    "client/tls.rs",
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
    "server/limits.rs",
    "server/mod.rs",
    "server/request.rs",
    "server/router.rs",
    "server/routes.rs",
    "server/serve.rs",
    "server/span.rs",
    "status/class.rs",
    "status/code.rs",
    "status/methods.rs",
    "status/mod.rs",
}
