//! Programs that send requests of each operation, and each declared response, between the generated client
//! and the generated server.
//!
//! The requests and responses are built as bytes from the text of the document ([`crate::schema_values`]);
//! only names are taken from the model. The side that decodes the bytes must encode the same value again, so
//! that the other side decodes an equal value.

use std::{collections::BTreeMap, fmt::Write};

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use statusquo_codegen::{
    model::{Handler, Location, Model, Operation, SchemeKind},
    source::Source,
};

use crate::{
    oracle,
    schema_values::{Direction, example, resolve, tree},
};

/// A request as it is sent.
#[derive(Debug, Default)]
struct Request {
    target: String,
    headers: Vec<(String, String)>,
    body: Option<(String, String)>,
}

/// A response as it is sent.
#[derive(Debug)]
struct CannedResponse {
    code: u16,
    headers: Vec<(String, String)>,
    body: Option<(String, String)>,
}

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
        write_to(
            methods.entry(module.clone()).or_default(),
            &format!(
                "    async fn {name}(&self, request: api::server::Request<api::{request}>) -> api::{response} {{\n        \
                 match self.next_response(&*request) {{\n            Some(response) => response,\n            \
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
            write_to(
                &mut calls,
                &format!("    round_trip.skipped.push({:?});\n", operation.title()),
            );
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
        write_to(
            &mut calls,
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
        format!("    impl api::{module}::Api for Script {{\n{methods}    }}\n\n")
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

fn write_to(text: &mut String, more: &str) {
    // Writing to a `String` cannot fail.
    let _ = text.write_str(more);
}

/// An operation with its declaration in the document.
struct Declaration<'a> {
    operation: &'a Operation,
    path_item: &'a Value,
    operation_object: &'a Value,
}

impl<'a> Declaration<'a> {
    fn find(tree: &'a Value, operation: &'a Operation) -> Option<Self> {
        let path_item = resolve(tree, tree.get("paths")?.get(&operation.path)?)?;
        let operation_object = path_item.get(operation.method.key())?;
        Some(Self {
            operation,
            path_item,
            operation_object,
        })
    }

    fn request(&self, tree: &Value, model: &Model) -> Option<Request> {
        let (path, _) = self
            .operation
            .path
            .split_once('#')
            .unwrap_or((&self.operation.path, ""));
        let (path, fixed_query) = path.split_once('?').unwrap_or((path, ""));
        let mut target = path.to_owned();
        let mut query: Vec<String> = Vec::new();
        query.extend((!fixed_query.is_empty()).then(|| fixed_query.to_owned()));
        let mut headers = Vec::new();
        let mut parameters: Vec<&Value> = Vec::new();
        for owner in [self.operation_object, self.path_item] {
            let list = owner.get("parameters").and_then(Value::as_array);
            for parameter in list.into_iter().flatten() {
                let parameter = resolve(tree, parameter)?;
                let key = |parameter: &Value| {
                    (parameter.get("name").cloned(), parameter.get("in").cloned())
                };
                if !parameters
                    .iter()
                    .any(|listed| key(listed) == key(parameter))
                {
                    parameters.push(parameter);
                }
            }
        }
        for parameter in parameters {
            let name = parameter.get("name")?.as_str()?;
            let location = parameter.get("in")?.as_str()?;
            let is_required = parameter.get("required") == Some(&Value::Bool(true));
            let ignored = ["accept", "authorization", "content-type"];
            if location == "header" && ignored.contains(&name.to_lowercase().as_str()) {
                continue;
            }
            let Some(text) = parameter_text(tree, parameter, name, location) else {
                if is_required {
                    return None;
                }
                continue;
            };
            match location {
                "path" => target = target.replace(&format!("{{{name}}}"), &text),
                "query" => query.push(text),
                "header" => headers.push((name.to_owned(), text)),
                _ => headers.push(("cookie".to_owned(), text)),
            }
        }
        // Path parameters without a declaration are strings.
        while let Some((before, rest)) = target.split_once('{') {
            let (_, after) = rest.split_once('}')?;
            target = format!("{before}text{after}");
        }
        for scheme in &model.schemes {
            match &scheme.kind {
                SchemeKind::ApiKey(Location::Query, name) => {
                    query.push(format!("{}=secret", encoded(name)));
                }
                SchemeKind::ApiKey(Location::Cookie, name) => {
                    headers.push(("cookie".to_owned(), format!("{}=secret", encoded(name))));
                }
                SchemeKind::ApiKey(_, name) => headers.push((name.clone(), "secret".to_owned())),
                _ => {}
            }
        }
        headers.extend(self.authorization(model));
        if !query.is_empty() {
            target = format!("{target}?{}", query.join("&"));
        }
        let body = match self.operation_object.get("requestBody") {
            None => None,
            Some(body) => {
                let body = resolve(tree, body)?;
                let (media, content) = body.get("content")?.as_object()?.iter().next()?;
                Some(content_text(tree, media, content, Direction::Request)?)
            }
        };
        Some(Request {
            target: utf8_percent_encode(&target, INVALID_IN_TARGET).to_string(),
            headers,
            body,
        })
    }

    /// Returns the `Authorization` header field, which all schemes except API keys use.
    fn authorization(&self, model: &Model) -> Option<(String, String)> {
        let credentials = model.credentials(self.operation)?;
        let schemes = credentials.alternatives.first()?.schemes.iter();
        let mut schemes = schemes.filter_map(|index| model.schemes.get(*index));
        schemes.find_map(|scheme| {
            let value = match &scheme.kind {
                SchemeKind::Basic => "Basic dXNlcjp3b3Jk".to_owned(),
                SchemeKind::Bearer => "Bearer secret".to_owned(),
                SchemeKind::Other(scheme) => format!("{scheme} secret"),
                SchemeKind::ApiKey(..) => return None,
            };
            Some(("authorization".to_owned(), value))
        })
    }

    /// Returns a response for each key and media type. For a range or `default`, its status is one that no
    /// more specific key declares.
    fn responses(&self, tree: &Value) -> Vec<CannedResponse> {
        let empty = Map::new();
        let responses = self
            .operation_object
            .get("responses")
            .and_then(Value::as_object)
            .unwrap_or(&empty);
        let keys: Vec<String> = responses.keys().map(|key| key.to_lowercase()).collect();
        let mut canned = Vec::new();
        for (key, response) in responses {
            let codes: Vec<u16> = match key.to_lowercase().as_str() {
                "default" => (200..=999).collect(),
                key => match key.split_once("xx") {
                    Some((digit, _)) => {
                        let start = digit.parse::<u16>().unwrap_or_default() * 100;
                        (start..start + 100).collect()
                    }
                    None => key.parse().into_iter().collect(),
                },
            };
            let is_of_key = |code: &u16| {
                let exact = code.to_string();
                let range = format!("{}xx", code / 100);
                let key = key.to_lowercase();
                key == exact || (!keys.contains(&exact) && (key == range || !keys.contains(&range)))
            };
            // Interim statuses are not final responses, and the content of a range does not apply to statuses
            // without content.
            let is_applicable = |code: &u16| {
                *code >= 200 && (![204, 205, 304].contains(code) || *key == code.to_string())
            };
            let Some(code) = codes.into_iter().filter(is_applicable).find(is_of_key) else {
                continue;
            };
            let Some(response) = resolve(tree, response) else {
                continue;
            };
            canned.extend(self.responses_with_status(tree, code, response));
        }
        if responses.is_empty() {
            canned.push(CannedResponse {
                code: 200,
                headers: Vec::new(),
                body: None,
            });
        }
        canned
    }

    /// Returns a response for each media type, or one without content.
    fn responses_with_status(
        &self,
        tree: &Value,
        code: u16,
        response: &Value,
    ) -> Vec<CannedResponse> {
        let mut headers = Vec::new();
        for (name, header) in response
            .get("headers")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let skipped = [
                "connection",
                "content-length",
                "content-type",
                "transfer-encoding",
                "upgrade",
            ];
            if skipped.contains(&name.to_lowercase().as_str()) {
                continue;
            }
            let text = resolve(tree, header)
                .and_then(|header| parameter_text(tree, header, name, "header"));
            headers.extend(text.map(|text| (name.to_lowercase(), text)));
        }
        let has_content =
            self.operation.method.as_str() != "HEAD" && ![204, 205, 304].contains(&code);
        let content = response.get("content").and_then(Value::as_object);
        let contents: Vec<_> = content
            .into_iter()
            .flatten()
            .filter(|_| has_content)
            .filter_map(|(media, content)| content_text(tree, media, content, Direction::Response))
            .collect();
        let empty = CannedResponse {
            code,
            headers: headers.clone(),
            body: None,
        };
        if contents.is_empty() {
            return vec![empty];
        }
        let with_body = |body| CannedResponse {
            code,
            headers: headers.clone(),
            body: Some(body),
        };
        contents.into_iter().map(with_body).collect()
    }
}

/// Returns the text of a parameter or header field, with its name if the style includes it; `None` for
/// combinations that this test does not support.
fn parameter_text(tree: &Value, parameter: &Value, name: &str, location: &str) -> Option<String> {
    let style = parameter.get("style").and_then(Value::as_str);
    let explode = parameter.get("explode").and_then(Value::as_bool);
    let is_encoded = location != "header";
    let write = |text: &str| {
        if is_encoded {
            encoded(text)
        } else {
            text.to_owned()
        }
    };
    let named = |text: &str| match location {
        "path" | "header" => text.to_owned(),
        _ => format!("{}={text}", encoded(name)),
    };
    if let Some(content) = parameter.get("content").and_then(Value::as_object) {
        let (media, content) = content.iter().next()?;
        let (_, text) = content_text(tree, media, content, Direction::Request)?;
        return Some(named(&write(&text)));
    }
    let anything = Value::Object(Map::new());
    let schema = parameter.get("schema").unwrap_or(&anything);
    let value = example(tree, schema, Direction::Request)?;
    let scalar = |value: &Value| match value {
        Value::String(text) => Some(write(text)),
        Value::Bool(_) | Value::Number(_) => Some(write(&value.to_string())),
        _ => None,
    };
    let style = style.unwrap_or(if matches!(location, "query" | "cookie") {
        "form"
    } else {
        "simple"
    });
    let is_exploded = explode.unwrap_or(style == "form");
    Some(match (&value, style) {
        (Value::Array(items), _) => {
            // Only lists with one item are supported: they have the same text in most styles.
            let [item] = items.as_slice() else {
                return None;
            };
            match style {
                "label" => format!(".{}", scalar(item)?),
                "matrix" => format!(";{name}={}", scalar(item)?),
                _ => named(&scalar(item)?),
            }
        }
        (Value::Object(members), "deepObject") => {
            let pairs = members.iter().map(|(key, value)| {
                Some(format!(
                    "{}%5B{}%5D={}",
                    encoded(name),
                    encoded(key),
                    scalar(value)?
                ))
            });
            pairs.collect::<Option<Vec<_>>>()?.join("&")
        }
        (Value::Object(members), _) => {
            let separator = if is_exploded { "=" } else { "," };
            let pairs = members
                .iter()
                .map(|(key, value)| Some(format!("{}{separator}{}", write(key), scalar(value)?)));
            let pairs = pairs.collect::<Option<Vec<_>>>()?;
            match (style, is_exploded) {
                ("form", true) if location == "query" => pairs.join("&"),
                ("simple", _) | ("form", false) => named(&pairs.join(",")),
                _ => return None,
            }
        }
        (value, "label") => format!(".{}", scalar(value)?),
        (value, "matrix") => format!(";{name}={}", scalar(value)?),
        (value, _) => named(&scalar(value)?),
    })
}

/// Returns example content and its media type.
fn content_text(
    tree: &Value,
    media: &str,
    content: &Value,
    direction: Direction,
) -> Option<(String, String)> {
    let essence = media
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    let anything = Value::Object(Map::new());
    let schema = content.get("schema").unwrap_or(&anything);
    let value = || example(tree, schema, direction);
    let concrete = match essence.split_once('/')? {
        ("*", "*") => "application/octet-stream".to_owned(),
        (family, "*") => format!("{family}/x-any"),
        _ => media.trim().to_owned(),
    };
    let media = concrete.as_str();
    let plain_text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    Some(if essence.ends_with("json") {
        (media.to_owned(), value()?.to_string())
    } else if essence == "application/x-www-form-urlencoded" {
        let Value::Object(members) = value()? else {
            return Some((media.to_owned(), "text".to_owned()));
        };
        let mut fields = Vec::new();
        for (name, value) in &members {
            match value {
                Value::Array(items) => {
                    fields.extend(items.iter().map(|item| (name, item)));
                }
                Value::Object(_) => return None,
                value => fields.push((name, value)),
            }
        }
        let fields = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(&plain_text(value))));
        (media.to_owned(), fields.collect::<Vec<_>>().join("&"))
    } else if essence == "multipart/form-data" && direction == Direction::Request {
        let mut body = String::new();
        for (name, value) in value()?.as_object().into_iter().flatten() {
            let values = match value {
                Value::Array(items) => items.clone(),
                value => vec![value.clone()],
            };
            for value in values {
                write_to(
                    &mut body,
                    &format!(
                        "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a\"\r\n\
                         Content-Type: text/plain\r\n\r\n{}\r\n",
                        plain_text(&value)
                    ),
                );
            }
        }
        (
            "multipart/form-data; boundary=b".to_owned(),
            body + "--b--\r\n",
        )
    } else if essence.starts_with("text/") {
        (
            media.to_owned(),
            value().map_or_else(String::new, |value| plain_text(&value)),
        )
    } else {
        (media.to_owned(), "bytes".to_owned())
    })
}

/// All characters except the unreserved ones of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The characters that are invalid in a request target.
const INVALID_IN_TARGET: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
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
                assert_eq!(*received.downcast::<O>().unwrap(), *request, "{title}");
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
