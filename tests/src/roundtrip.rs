//! Programs that send requests of each operation, and each declared response, between the generated client
//! and the generated server.
//!
//! The requests and responses are built as bytes from the text of the document ([`crate::schema_values`]);
//! only names are taken from the model. The side that decodes the bytes must encode the same value again, so
//! that the other side decodes an equal value.

mod messages;
mod text;

use std::collections::BTreeMap;

use statusquo_codegen::{
    model::{Handler, Model, Operation, SchemeKind},
    source::Source,
};

use crate::{oracle, schema_values::tree};
use messages::{CannedResponse, Declaration, Request};

/// Returns a module of a test program that sends requests and responses of all operations of a crate.
#[must_use]
pub fn program(crate_name: &str, source: &Source, model: &Model) -> String {
    let tree = tree(&source.text);
    let mut methods: BTreeMap<String, String> = BTreeMap::new();
    if model.operations.is_empty() {
        methods.insert("server".to_owned(), String::new());
    }
    let mut calls = String::new();
    for operation in &model.operations {
        let Operation {
            name,
            request,
            response,
            ..
        } = operation;
        if operation.handler == Handler::Get {
            continue;
        }
        let module = model.server_module(operation);
        methods.entry(module.clone()).or_default().push_str(
            &format!(
                "    async fn {name}(&self, request: api::server::Request<api::{request}>) -> Result<api::{response}, api::server::Rejection> {{\n        \
                 match self.next_response(&*request) {{\n            Some(response) => Ok(response),\n            \
                 None => api::{module}::Api::{name}(&api::mock::Mock, request).await,\n        }}\n    }}\n\n"
            ),
        );
        // An operation whose security schemes are all undeclared rejects every request.
        let is_callable = model
            .credentials(operation)
            .is_none_or(|credentials| !credentials.alternatives.is_empty());
        let declaration = Declaration::find(&tree, operation).filter(|_| is_callable);
        let Some((sent, responses)) = declaration.and_then(|declaration| {
            Some((
                declaration.request(&tree, model)?,
                declaration.responses(&tree),
            ))
        }) else {
            calls.push_str(&format!(
                "    round_trip.skipped.push({:?});\n",
                operation.title()
            ));
            continue;
        };
        let responses: Vec<_> = responses
            .iter()
            .map(
                |CannedResponse {
                     code,
                     headers,
                     body,
                 }| {
                    format!(
                        "CannedResponse {{ code: {code}, headers: &{headers:?}, body: {body:?} }}"
                    )
                },
            )
            .collect();
        let Request {
            target,
            headers,
            body,
        } = sent;
        calls.push_str(
            &format!(
                "    round_trip.check::<api::{request}>(\n        {title:?},\n        &{keys:?},\n        Request {{ method: {method:?}, \
                 target: {target:?}, headers: &{headers:?}, body: {body:?} }},\n        &[{responses}],\n    \
                 ).await;\n",
                title = operation.title(),
                keys = oracle::keys(&tree, source, &operation.path, operation.method),
                method = operation.method.as_str(),
                responses = responses.join(", "),
            ),
        );
    }
    let credentials = credentials(model);
    let implementations = methods.iter().map(|(module, methods)| {
        format!("    #[allow(refining_impl_trait)]\n    impl api::{module}::Api for Script {{\n{methods}    }}\n\n")
    });
    let implementations = implementations.collect::<Vec<_>>().concat();
    PROGRAM
        .replace("CRATE", crate_name)
        .replace("CREDENTIALS", &credentials)
        // With many operations, a sample of the statuses is enough.
        .replace(
            "STEP",
            if model.operations.len() > 20 {
                "29"
            } else {
                "1"
            },
        )
        .replace("    METHODS\n", &implementations)
        .replace("    CALLS\n", &calls)
}

/// Returns the calls that set the credentials of each scheme on a client builder.
fn credentials(model: &Model) -> String {
    model
        .schemes
        .iter()
        .map(|scheme| {
            let name = &scheme.name;
            match &scheme.kind {
                SchemeKind::Basic => {
                    format!(".{name}(api::security::Basic::new(\"user\", \"word\"))")
                }
                SchemeKind::ApiKey(..) | SchemeKind::Bearer => format!(".{name}(\"secret\")"),
                SchemeKind::Other(scheme) => format!(".{name}(\"{scheme} secret\")"),
            }
        })
        .collect()
}

const PROGRAM: &str = r#"
#[allow(dead_code, unused_variables, unused_mut, deprecated, reason = "a document may use only a part of it")]
mod round_trip {
    use std::{any::Any, fmt::Debug, sync::{Arc, Mutex}};

    use CRATE as api;
    use api::{client::Client, server::router};

    struct Request {
        method: &'static str,
        target: &'static str,
        headers: &'static [(&'static str, &'static str)],
        body: Option<(&'static str, &'static str)>,
    }

    #[derive(Clone, Copy)]
    struct CannedResponse {
        code: u16,
        headers: &'static [(&'static str, &'static str)],
        body: Option<(&'static str, &'static str)>,
    }

    /// The last request that the generated server received, and the response that it returns to the next one.
    #[derive(Clone, Default)]
    struct Script {
        request: Arc<Mutex<Option<Box<dyn Any + Send>>>>,
        response: Arc<Mutex<Option<Box<dyn Any + Send>>>>,
    }

    impl Script {
        fn next_response<O: api::Operation + Clone>(&self, request: &O) -> Option<O::Response> {
            *self.request.lock().unwrap() = Some(Box::new(request.clone()));
            let response = self.response.lock().unwrap().take()?;
            response.downcast().ok().map(|response| *response)
        }
    }

    METHODS

    struct RoundTrip {
        script: Script,
        /// The base URL of the generated server, and a client for it.
        generated: (String, Client),
        /// The next response of a server that returns it for any request, and a client for it.
        canned: (Arc<Mutex<Option<CannedResponse>>>, Client),
        http: reqwest::Client,
        skipped: Vec<&'static str>,
        rejected: Vec<String>,
        /// The numbers of checked operations and responses.
        counts: (usize, usize),
        /// The distance between the tested statuses.
        step: usize,
    }

    impl RoundTrip {
        async fn check<O>(
            &mut self,
            title: &'static str,
            declared: &[&str],
            raw_request: Request,
            responses: &[CannedResponse],
        )
        where
            O: api::Operation + Clone + PartialEq + Debug,
            O::Response: Clone + PartialEq,
        {
            // The generated server decodes the request from its bytes.
            let method = raw_request.method.parse::<reqwest::Method>().unwrap();
            let mut request = self.http.request(method, format!("{}{}", self.generated.0, raw_request.target));
            for (name, value) in raw_request.headers {
                request = request.header(*name, *value);
            }
            if let Some((media, body)) = raw_request.body {
                request = request.header("content-type", media).body(body);
            }
            *self.script.request.lock().unwrap() = None;
            let response = request.send().await.unwrap();
            let code = response.status().as_u16();
            let text = response.text().await.unwrap();
            let decoded = self.script.request.lock().unwrap().take();
            let decoded = decoded.map(|request| request.downcast::<O>());
            if matches!(decoded, Some(Err(_))) {
                // Another operation matches the same request.
                self.skipped.push(title);
                return;
            }
            if decoded.is_none() && text.contains("must match") {
                // This test cannot generate a text that matches a pattern.
                self.skipped.push(title);
                return;
            }
            let Some(Ok(request)) = decoded else {
                self.rejected.push(format!("{title}: {} {code} {text}", raw_request.target));
                return;
            };
            assert!(api::match_response_key(<O::Response as api::Response>::KEYS, code).is_some(), "{title}: the mock returns {code} {text}");
            // The client decodes each response from its bytes; the generated server then sends an equal one.
            for response in responses {
                let code = response.code;
                *self.canned.0.lock().unwrap() = Some(*response);
                let first = self.canned.1.call(O::clone(&request)).send().await;
                let first = first.unwrap_or_else(|error| panic!("{title} {code}: {error}"));
                assert_eq!(api::Response::code(&first).get(), code, "{title}");
                *self.script.response.lock().unwrap() = Some(Box::new(first.clone()));
                let second = self.generated.1.call(O::clone(&request)).send().await;
                let second = second.unwrap_or_else(|error| panic!("{title} {code}: {error}"));
                assert_eq!(second, first, "{title} {code}");
                let received = self.script.request.lock().unwrap().take().unwrap();
                // A stream is equal to itself only; the program of `streams.yaml` compares what it contains.
                if !O::IS_STREAMED {
                    assert_eq!(*received.downcast::<O>().unwrap(), *request, "{title}");
                }
                self.counts.1 += 1;
            }
            // Each status, declared or not, is kept in the response or the error.
            for code in (200..=999).step_by(self.step) {
                let empty = CannedResponse { code, headers: &[], body: None };
                *self.canned.0.lock().unwrap() = Some(empty);
                let result = self.canned.1.call(O::clone(&request)).send().await;
                let is_undeclared = |error: &api::client::Error| {
                    matches!(error.decode_error(), Some(api::DecodeError::UndeclaredStatus))
                };
                match (super::expected_key(declared, code), result) {
                    (Some(_), Ok(response)) => {
                        assert_eq!(api::Response::code(&response).get(), code, "{title}");
                    }
                    (key, Err(error)) => {
                        assert_eq!(error.code().map(api::Code::get), Some(code), "{title}: {error}");
                        assert_eq!(key.is_none(), is_undeclared(&error), "{title}: {error}");
                    }
                    (None, Ok(_)) => panic!("{title}: {code} is not declared"),
                }
            }
            self.counts.0 += 1;
        }
    }

    async fn serve(router: axum::Router) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    fn client(base: &str) -> Client {
        Client::builder().base_url(base).redirects(api::client::Redirects::None)CREDENTIALS.build().unwrap()
    }

    #[tokio::test]
    async fn each_request_and_each_response_survives_a_round_trip() {
        let script = Script::default();
        let generated = serve(router(script.clone())).await;
        let next: Arc<Mutex<Option<CannedResponse>>> = Arc::default();
        let next_in_server = Arc::clone(&next);
        let canned = serve(axum::Router::new().fallback(move || {
            let CannedResponse { code, headers, body } = next_in_server.lock().unwrap().unwrap();
            let mut response = axum::http::Response::builder().status(code);
            for (name, value) in headers {
                response = response.header(*name, *value);
            }
            if let Some((media, _)) = body {
                response = response.header("content-type", media);
            }
            let body = axum::body::Body::from(body.map_or("", |(_, body)| body));
            async { response.body(body).unwrap() }
        }))
        .await;
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let mut round_trip = RoundTrip {
            script,
            generated: (generated.clone(), client(&generated)),
            canned: (next, client(&canned)),
            http: http.build().unwrap(),
            skipped: Vec::new(),
            rejected: Vec::new(),
            counts: (0, 0),
            step: STEP,
        };
    CALLS
        println!("\n  {} operations, {} responses", round_trip.counts.0, round_trip.counts.1);
        println!("  skipped: {:?}", round_trip.skipped);
        assert_eq!(round_trip.rejected, [""; 0]);
    }
}
"#;
