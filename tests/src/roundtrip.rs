//! Programs that send each operation of a document from its generated client to its generated server
//! and back, with each answer that the document declares.
//!
//! The requests and answers are made from the text of the document, as bytes ([`crate::value`]); from the
//! model come the names alone. What reads the bytes has to write the same value again, for the other side
//! to read it as the same.

use std::{collections::BTreeMap, fmt::Write};

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use statusquo_codegen::{
    model::{Handler, Location, Model, Operation, SchemeKind},
    source::Source,
};

use crate::{
    oracle,
    schema_values::{Direction, resolved, tree, value},
};

/// A request as it is on the wire.
#[derive(Debug, Default)]
struct Request {
    target: String,
    headers: Vec<(String, String)>,
    body: Option<(String, String)>,
}

/// An answer as it is on the wire.
#[derive(Debug)]
struct CannedResponse {
    code: u16,
    headers: Vec<(String, String)>,
    body: Option<(String, String)>,
}

/// The module of a test program that sends all operations of a crate to and fro.
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
        let credentials = model.credentials(operation).map(|set| &set.name);
        let (parameter, argument) = match credentials {
            Some(name) => (
                format!(", credentials: api::security::{name}"),
                ", credentials",
            ),
            None => (String::new(), ""),
        };
        if operation.handler == Handler::Get {
            continue;
        }
        let module = model.server_module(operation);
        write_to(
            methods.entry(module.clone()).or_default(),
            &format!(
                "    async fn {name}(&self, request: api::{request}{parameter}) -> api::{response} {{\n        \
                 match self.play(&request) {{\n            Some(answer) => answer,\n            \
                 None => api::{module}::Api::{name}(&api::mock::Mock, request{argument}).await,\n        }}\n    }}\n\n"
            ),
        );
        // What asks for credentials that the document does not declare is refused.
        let is_open = model
            .credentials(operation)
            .is_none_or(|set| !set.alternatives.is_empty());
        let parts = Parts::of(&tree, operation).filter(|_| is_open);
        let Some((sent, answers)) =
            parts.and_then(|parts| Some((parts.request(&tree, model)?, parts.answers(&tree))))
        else {
            write_to(
                &mut calls,
                &format!("    talk.skipped.push({:?});\n", operation.title()),
            );
            continue;
        };
        let answers: Vec<_> = answers
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
                "    talk.hold::<api::{request}>(\n        {title:?},\n        &{keys:?},\n        Request {{ method: {method:?}, \
                 target: {target:?}, headers: &{headers:?}, body: {body:?} }},\n        &[{answers}],\n    \
                 ).await;\n",
                title = operation.title(),
                keys = oracle::keys(&tree, source, &operation.path, operation.method),
                method = operation.method.as_str(),
                answers = answers.join(", "),
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
        // Of many operations some statuses each are enough.
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

/// What gives a client the credentials of each scheme.
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
                SchemeKind::Other(word) => format!(".{name}(\"{word} secret\")"),
            }
        })
        .collect()
}

fn write_to(text: &mut String, more: &str) {
    // A text takes all that is written.
    let _ = text.write_str(more);
}

/// What a document says of an operation.
struct Parts<'a> {
    operation: &'a Operation,
    item: &'a Value,
    own: &'a Value,
}

impl<'a> Parts<'a> {
    fn of(tree: &'a Value, operation: &'a Operation) -> Option<Self> {
        let item = resolved(tree, tree.get("paths")?.get(&operation.path)?)?;
        let own = item.get(operation.method.key())?;
        Some(Self {
            operation,
            item,
            own,
        })
    }

    fn request(&self, tree: &Value, model: &Model) -> Option<Request> {
        let (path, _) = self
            .operation
            .path
            .split_once('#')
            .unwrap_or((&self.operation.path, ""));
        let (path, fixed) = path.split_once('?').unwrap_or((path, ""));
        let mut target = path.to_owned();
        let mut query: Vec<String> = Vec::new();
        query.extend((!fixed.is_empty()).then(|| fixed.to_owned()));
        let mut headers = Vec::new();
        let mut parameters: Vec<&Value> = Vec::new();
        for owner in [self.own, self.item] {
            let list = owner.get("parameters").and_then(Value::as_array);
            for parameter in list.into_iter().flatten() {
                let parameter = resolved(tree, parameter)?;
                let key = |one: &Value| (one.get("name").cloned(), one.get("in").cloned());
                if !parameters.iter().any(|known| key(known) == key(parameter)) {
                    parameters.push(parameter);
                }
            }
        }
        for parameter in parameters {
            let name = parameter.get("name")?.as_str()?;
            let place = parameter.get("in")?.as_str()?;
            let is_required = parameter.get("required") == Some(&Value::Bool(true));
            let ignored = ["accept", "authorization", "content-type"];
            if place == "header" && ignored.contains(&name.to_lowercase().as_str()) {
                continue;
            }
            let Some(text) = parameter_text(tree, parameter, name, place) else {
                if is_required {
                    return None;
                }
                continue;
            };
            match place {
                "path" => target = target.replace(&format!("{{{name}}}"), &text),
                "query" => query.push(text),
                "header" => headers.push((name.to_owned(), text)),
                _ => headers.push(("cookie".to_owned(), text)),
            }
        }
        // Those that no list declares.
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
        let body = match self.own.get("requestBody") {
            None => None,
            Some(body) => {
                let body = resolved(tree, body)?;
                let (media, content) = body.get("content")?.as_object()?.iter().next()?;
                Some(content_of(tree, media, content, Direction::Request)?)
            }
        };
        Some(Request {
            target: utf8_percent_encode(&target, NO_TARGET).to_string(),
            headers,
            body,
        })
    }

    /// What goes into the one field that all schemes but keys have.
    fn authorization(&self, model: &Model) -> Option<(String, String)> {
        let set = model.credentials(self.operation)?;
        let schemes = set.alternatives.first()?.schemes.iter();
        let mut schemes = schemes.filter_map(|index| model.schemes.get(*index));
        schemes.find_map(|scheme| {
            let value = match &scheme.kind {
                SchemeKind::Basic => "Basic dXNlcjp3b3Jk".to_owned(),
                SchemeKind::Bearer => "Bearer secret".to_owned(),
                SchemeKind::Other(word) => format!("{word} secret"),
                SchemeKind::ApiKey(..) => return None,
            };
            Some(("authorization".to_owned(), value))
        })
    }

    /// An answer for each key and media type; for a range and `default`, with a status that is in no key.
    fn answers(&self, tree: &Value) -> Vec<CannedResponse> {
        let empty = Map::new();
        let responses = self
            .own
            .get("responses")
            .and_then(Value::as_object)
            .unwrap_or(&empty);
        let keys: Vec<String> = responses.keys().map(|key| key.to_lowercase()).collect();
        let mut answers = Vec::new();
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
            let is_free = |code: &u16| {
                let exact = code.to_string();
                let range = format!("{}xx", code / 100);
                let key = key.to_lowercase();
                key == exact || (!keys.contains(&exact) && (key == range || !keys.contains(&range)))
            };
            // An interim status is no answer, and what a range says of content is not for those that have
            // none.
            let is_told = |code: &u16| {
                *code >= 200 && (![204, 205, 304].contains(code) || *key == code.to_string())
            };
            let Some(code) = codes.into_iter().filter(is_told).find(is_free) else {
                continue;
            };
            let Some(response) = resolved(tree, response) else {
                continue;
            };
            answers.extend(self.answer(tree, code, response));
        }
        if responses.is_empty() {
            answers.push(CannedResponse {
                code: 200,
                headers: Vec::new(),
                body: None,
            });
        }
        answers
    }

    fn answer(&self, tree: &Value, code: u16, response: &Value) -> Vec<CannedResponse> {
        let mut headers = Vec::new();
        for (name, header) in response
            .get("headers")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let written = [
                "connection",
                "content-length",
                "content-type",
                "transfer-encoding",
                "upgrade",
            ];
            if written.contains(&name.to_lowercase().as_str()) {
                continue;
            }
            let text = resolved(tree, header)
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
            .filter_map(|(media, content)| content_of(tree, media, content, Direction::Response))
            .collect();
        let empty = CannedResponse {
            code,
            headers: headers.clone(),
            body: None,
        };
        if contents.is_empty() {
            return vec![empty];
        }
        let one = |body| CannedResponse {
            code,
            headers: headers.clone(),
            body: Some(body),
        };
        contents.into_iter().map(one).collect()
    }
}

/// A parameter or header field as it is written, with its name where that stands beside it; `None` for what
/// these few lines cannot write.
fn parameter_text(tree: &Value, parameter: &Value, name: &str, place: &str) -> Option<String> {
    let style = parameter.get("style").and_then(Value::as_str);
    let explode = parameter.get("explode").and_then(Value::as_bool);
    let is_encoded = place != "header";
    let write = |text: &str| {
        if is_encoded {
            encoded(text)
        } else {
            text.to_owned()
        }
    };
    let named = |text: &str| match place {
        "path" | "header" => text.to_owned(),
        _ => format!("{}={text}", encoded(name)),
    };
    if let Some(content) = parameter.get("content").and_then(Value::as_object) {
        let (media, content) = content.iter().next()?;
        let (_, text) = content_of(tree, media, content, Direction::Request)?;
        return Some(named(&write(&text)));
    }
    let anything = Value::Object(Map::new());
    let schema = parameter.get("schema").unwrap_or(&anything);
    let value = value(tree, schema, Direction::Request)?;
    let word = |value: &Value| match value {
        Value::String(text) => Some(write(text)),
        Value::Bool(_) | Value::Number(_) => Some(write(&value.to_string())),
        _ => None,
    };
    let style = style.unwrap_or(if matches!(place, "query" | "cookie") {
        "form"
    } else {
        "simple"
    });
    let is_spread = explode.unwrap_or(style == "form");
    Some(match (&value, style) {
        (Value::Array(items), _) => {
            // One item is the same in most styles, and all there is to be told by these lines.
            let [item] = items.as_slice() else {
                return None;
            };
            match style {
                "label" => format!(".{}", word(item)?),
                "matrix" => format!(";{name}={}", word(item)?),
                _ => named(&word(item)?),
            }
        }
        (Value::Object(members), "deepObject") => {
            let pairs = members.iter().map(|(key, value)| {
                Some(format!(
                    "{}%5B{}%5D={}",
                    encoded(name),
                    encoded(key),
                    word(value)?
                ))
            });
            pairs.collect::<Option<Vec<_>>>()?.join("&")
        }
        (Value::Object(members), _) => {
            let between = if is_spread { "=" } else { "," };
            let pairs = members
                .iter()
                .map(|(key, value)| Some(format!("{}{between}{}", write(key), word(value)?)));
            let pairs = pairs.collect::<Option<Vec<_>>>()?;
            match (style, is_spread) {
                ("form", true) if place == "query" => pairs.join("&"),
                ("simple", _) | ("form", false) => named(&pairs.join(",")),
                _ => return None,
            }
        }
        (value, "label") => format!(".{}", word(value)?),
        (value, "matrix") => format!(";{name}={}", word(value)?),
        (value, _) => named(&word(value)?),
    })
}

/// Content with its media type.
fn content_of(
    tree: &Value,
    media: &str,
    content: &Value,
    way: Direction,
) -> Option<(String, String)> {
    let essence = media
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    let anything = Value::Object(Map::new());
    let schema = content.get("schema").unwrap_or(&anything);
    let value = || value(tree, schema, way);
    let concrete = match essence.split_once('/')? {
        ("*", "*") => "application/octet-stream".to_owned(),
        (family, "*") => format!("{family}/x-any"),
        _ => media.trim().to_owned(),
    };
    let media = concrete.as_str();
    let flat = |value: &Value| match value {
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
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(&flat(value))));
        (media.to_owned(), fields.collect::<Vec<_>>().join("&"))
    } else if essence == "multipart/form-data" && way == Direction::Request {
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
                        flat(&value)
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
            value().map_or_else(String::new, |value| flat(&value)),
        )
    } else {
        (media.to_owned(), "bytes".to_owned())
    })
}

/// All but what RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What cannot stand in the target of a request.
const NO_TARGET: &AsciiSet = &CONTROLS
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
#[allow(dead_code, unused_variables, unused_mut, deprecated, reason = "a document may have little")]
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

    /// What a server has been asked, and what it is to answer.
    #[derive(Clone, Default)]
    struct Script {
        asked: Arc<Mutex<Option<Box<dyn Any + Send>>>>,
        answer: Arc<Mutex<Option<Box<dyn Any + Send>>>>,
    }

    impl Script {
        fn play<O: api::Operation + Clone>(&self, request: &O) -> Option<O::Response> {
            *self.asked.lock().unwrap() = Some(Box::new(request.clone()));
            let answer = self.answer.lock().unwrap().take()?;
            answer.downcast().ok().map(|answer| *answer)
        }
    }

    METHODS

    struct Talk {
        script: Script,
        /// To the generated server, by its address.
        own: (String, Client),
        /// To one that answers as it is told.
        canned: (Arc<Mutex<Option<CannedResponse>>>, Client),
        http: reqwest::Client,
        skipped: Vec<&'static str>,
        refused: Vec<String>,
        count: (usize, usize),
        /// Each which status is asked for.
        step: usize,
    }

    impl Talk {
        async fn hold<O>(
            &mut self,
            title: &'static str,
            written: &[&str],
            raw: Request,
            answers: &[CannedResponse],
        )
        where
            O: api::Operation + Clone + PartialEq + Debug,
            O::Response: Clone + PartialEq,
        {
            // From the bytes to the server.
            let method = raw.method.parse::<reqwest::Method>().unwrap();
            let mut request = self.http.request(method, format!("{}{}", self.own.0, raw.target));
            for (name, value) in raw.headers {
                request = request.header(*name, *value);
            }
            if let Some((media, body)) = raw.body {
                request = request.header("content-type", media).body(body);
            }
            *self.script.asked.lock().unwrap() = None;
            let response = request.send().await.unwrap();
            let code = response.status().as_u16();
            let text = response.text().await.unwrap();
            let asked = self.script.asked.lock().unwrap().take();
            let asked = asked.map(|asked| asked.downcast::<O>());
            if matches!(asked, Some(Err(_))) {
                // Two operations that no request tells apart.
                self.skipped.push(title);
                return;
            }
            if asked.is_none() && text.contains("must match") {
                // Nothing here makes texts from a pattern.
                self.skipped.push(title);
                return;
            }
            let Some(Ok(asked)) = asked else {
                self.refused.push(format!("{title}: {} {code} {text}", raw.target));
                return;
            };
            assert!(api::match_response_key(<O::Response as api::Response>::KEYS, code).is_some(), "{title}: the mock answers {code} {text}");
            // From one of its answers, as bytes, to the client, and by way of the server again.
            for answer in answers {
                *self.canned.0.lock().unwrap() = Some(*answer);
                let read = self.canned.1.call(O::clone(&asked)).send().await;
                let read = read.unwrap_or_else(|error| panic!("{title} {}: {error}", answer.code));
                assert_eq!(api::Response::code(&read).get(), answer.code, "{title}");
                *self.script.answer.lock().unwrap() = Some(Box::new(read.clone()));
                let again = self.own.1.call(O::clone(&asked)).send().await;
                let again = again.unwrap_or_else(|error| panic!("{title} {}: {error}", answer.code));
                assert_eq!(again, read, "{title} {}", answer.code);
                let came = self.script.asked.lock().unwrap().take().unwrap();
                assert_eq!(*came.downcast::<O>().unwrap(), *asked, "{title}");
                self.count.1 += 1;
            }
            // No status is lost, and none is taken for another, whether it is declared or not.
            for code in (200..=999).step_by(self.step) {
                let empty = CannedResponse { code, headers: &[], body: None };
                *self.canned.0.lock().unwrap() = Some(empty);
                let read = self.canned.1.call(O::clone(&asked)).send().await;
                let is_undeclared = |error: &api::client::Error| {
                    matches!(error.decode_error(), Some(api::DecodeError::UndeclaredStatus))
                };
                match (super::said(written, code), read) {
                    (Some(_), Ok(answer)) => {
                        assert_eq!(api::Response::code(&answer).get(), code, "{title}");
                    }
                    (declared, Err(error)) => {
                        assert_eq!(error.code().map(api::Code::get), Some(code), "{title}: {error}");
                        assert_eq!(declared.is_none(), is_undeclared(&error), "{title}: {error}");
                    }
                    (None, Ok(_)) => panic!("{title}: {code} is not declared"),
                }
            }
            self.count.0 += 1;
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
    async fn each_request_and_each_answer_come_back_as_they_went() {
        let script = Script::default();
        let own = serve(router(script.clone())).await;
        let told: Arc<Mutex<Option<CannedResponse>>> = Arc::default();
        let teller = Arc::clone(&told);
        let canned = serve(axum::Router::new().fallback(move || {
            let CannedResponse { code, headers, body } = teller.lock().unwrap().unwrap();
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
        let mut talk = Talk {
            script,
            own: (own.clone(), client(&own)),
            canned: (told, client(&canned)),
            http: http.build().unwrap(),
            skipped: Vec::new(),
            refused: Vec::new(),
            count: (0, 0),
            step: STEP,
        };
    CALLS
        println!("\n  {} operations, {} answers", talk.count.0, talk.count.1);
        println!("  not made: {:?}", talk.skipped);
        assert_eq!(talk.refused, [""; 0]);
    }
}
"#;
