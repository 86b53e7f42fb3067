//! The requests and responses of an operation, as its document declares them.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Map, Value};
use statusquo_codegen::model::{Location, Model, Operation, SchemeKind};

use super::text::{content_text, encoded, parameter_text};
use crate::schema_values::{Direction, resolve};

/// A request as it is sent.
#[derive(Debug, Default)]
pub(super) struct Request {
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<(String, String)>,
}

/// A response as it is sent.
#[derive(Debug)]
pub(super) struct CannedResponse {
    pub(super) code: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<(String, String)>,
}

/// An operation with its declaration in the document.
pub(super) struct Declaration<'a> {
    operation: &'a Operation,
    path_item: &'a Value,
    operation_object: &'a Value,
}

impl<'a> Declaration<'a> {
    pub(super) fn find(tree: &'a Value, operation: &'a Operation) -> Option<Self> {
        let path_item = resolve(tree, tree.get("paths")?.get(&operation.path)?)?;
        let operation_object = path_item.get(operation.method.key())?;
        Some(Self {
            operation,
            path_item,
            operation_object,
        })
    }

    pub(super) fn request(&self, tree: &Value, model: &Model) -> Option<Request> {
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
    pub(super) fn responses(&self, tree: &Value) -> Vec<CannedResponse> {
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
