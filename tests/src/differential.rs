//! Compares the verdicts of generated servers with those of the crate `jsonschema`, for schemas and values that
//! are drawn at random.
//!
//! Many schemas form one document, because compiling is what takes time. The generated server returns each value
//! that it accepts, so that the test also sees whether a value is kept; its mock returns an example of each schema.

#![expect(
    clippy::indexing_slicing,
    reason = "the schemas and values are drawn here"
)]

mod kept;
pub mod schemas;
pub mod values;
pub mod verdict;

use std::{fmt::Write, fs, path::Path};

use fastrand::Rng;
use jsonschema::Validator;
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Map, Value, json};
use statusquo_codegen::source::Source;

use self::{
    kept::Kept,
    schemas::{Drawn, drawn},
};
use crate::{
    catalogue,
    documents::{self, Document, cargo, target, write_if_changed},
    schema_values::Direction,
};

/// Draws a number of schemas.
///
/// # Panics
/// If a schema cannot be drawn.
#[must_use]
pub fn draw(seed: u64, count: usize) -> Vec<Drawn> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = drawn();
    let draw = |_| {
        let tree = strategy.new_tree(&mut runner);
        tree.unwrap_or_else(|error| panic!("{error}")).current()
    };
    (0..count).map(draw).collect()
}

/// The counts of a run, and the differences that it found.
#[derive(Debug, Default)]
pub struct Summary {
    /// The number of schemas.
    pub schemas: usize,
    /// The number of values that were sent.
    pub values: usize,
    /// The number of values that are valid.
    pub valid: usize,
    /// The number of schemas for which the mock has an example.
    pub examples: usize,
    /// The differences.
    pub differences: Vec<Difference>,
}

/// A difference between the generated crate and the crate `jsonschema`.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The index of the schema.
    pub schema: usize,
    /// A description, with the value.
    pub message: String,
}

/// Compares the verdicts on a number of values of each schema.
///
/// # Panics
/// If the document is rejected, or its crate cannot be compiled.
#[must_use]
pub fn compare(drawn: &[Drawn], values_per_schema: usize, seed: u64) -> Summary {
    let drawn: Vec<_> = drawn
        .iter()
        .enumerate()
        .map(|(index, drawn)| drawn.with_prefix(&format!("S{index}")))
        .collect();
    let document = document(&drawn);
    let folder = target().join("differential");
    let text = format!("{document:#}");
    write_if_changed(&folder.join("differential.json"), &text);
    let source = Source::new("differential.json", &text);
    let generated =
        Document::new(&source, &catalogue()).unwrap_or_else(|messages| panic!("{messages}"));
    let generated = Document {
        program: program(drawn.len()),
        ..generated
    };
    documents::write(&[generated], &folder);

    let mut rng = Rng::with_seed(seed);
    let mut summary = Summary {
        schemas: drawn.len(),
        ..Summary::default()
    };
    let mut cases = Vec::new();
    for (index, drawn) in drawn.iter().enumerate() {
        let validator = verdict::validator(&drawn.components, &drawn.schema, Direction::Request);
        for _ in 0..values_per_schema {
            let value = values::value(&document, &drawn.schema, &mut rng);
            let is_valid = validator.is_valid(&value);
            summary.valid += usize::from(is_valid);
            cases.push((index, value, is_valid));
        }
    }
    summary.values = cases.len();
    let results = run(&folder, &cases);
    for ((index, value, is_valid), result) in cases.iter().zip(&results.values) {
        let message = match result {
            (200, sent) if !is_valid => format!("accepts {value}, and returns {sent}"),
            (200, sent)
                if !Kept::new(&drawn[*index].components).is_kept(
                    &drawn[*index].schema,
                    value,
                    sent,
                ) =>
            {
                format!("reads {value} as {sent}")
            }
            (200, _) => continue,
            (422, _) if !is_valid => continue,
            (code, problem) => format!("rejects {value} with {code}: {}", problem["detail"]),
        };
        summary.differences.push(Difference {
            schema: *index,
            message,
        });
    }
    for (index, (drawn, (code, example))) in drawn.iter().zip(&results.examples).enumerate() {
        let validator: Validator =
            verdict::validator(&drawn.components, &drawn.schema, Direction::Response);
        // Parts of a schema may contradict each other, so that no value is valid.
        let has_example = cases.iter().any(|(schema, value, _)| {
            *schema == index && !value.is_null() && validator.is_valid(value)
        });
        if !has_example {
            continue;
        }
        match code {
            200 if validator.is_valid(&without_fractions(example)) => summary.examples += 1,
            200 => summary.differences.push(Difference {
                schema: index,
                message: format!("the mock returns {example}"),
            }),
            // The generator reports that there is no example.
            _ => {}
        }
    }
    summary
}

/// Replaces numbers such as `1.0`, which are not integers in the draft of JSON Schema that the validator implements.
fn without_fractions(value: &Value) -> Value {
    match value {
        Value::Number(number) => {
            let text = number.to_string();
            let integer = text
                .strip_suffix(".0")
                .and_then(|text| text.parse::<i64>().ok());
            integer.map_or_else(|| value.clone(), Value::from)
        }
        Value::Array(items) => items.iter().map(without_fractions).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), without_fractions(member)))
            .collect::<Map<_, _>>()
            .into(),
        value => value.clone(),
    }
}

/// Returns a document with an operation for each schema, which returns the content that it receives.
fn document(drawn: &[Drawn]) -> Value {
    let mut components = Map::new();
    let mut paths = Map::new();
    for (index, drawn) in drawn.iter().enumerate() {
        components.extend(drawn.components.clone());
        let content = json!({"application/json": {"schema": drawn.schema}});
        let operation = json!({
            "operationId": format!("op{index}"),
            "requestBody": {"required": true, "content": content},
            "responses": {"200": {"description": "The value.", "content": content}},
        });
        paths.insert(format!("/{index}"), json!({"post": operation}));
    }
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Drawn schemas", "version": "1.0.0"},
        "paths": paths,
        "components": {"schemas": components},
    })
}

/// The responses of the generated crate: the status and the content.
struct Results {
    /// The responses of the server to each value.
    values: Vec<(u64, Value)>,
    /// The responses of the mock for each schema.
    examples: Vec<(u64, Value)>,
}

/// Sends the values to the generated server.
fn run(folder: &Path, cases: &[(usize, Value, bool)]) -> Results {
    let mut text = String::new();
    for (index, value, _) in cases {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{index} {value}");
    }
    let input = folder.join("values.txt");
    let output = folder.join("responses.txt");
    let _ = fs::remove_file(&output);
    write_if_changed(&input, &text);
    let paths = [input.to_string_lossy(), output.to_string_lossy()];
    let result = cargo(
        folder,
        &[
            "test",
            "--quiet",
            "--package",
            documents::DERIVED,
            "--test",
            documents::DERIVED,
        ],
        &[
            ("DIFFERENTIAL_INPUT", &paths[0]),
            ("DIFFERENTIAL_OUTPUT", &paths[1]),
            ("CARGO_INCREMENTAL", "0"),
        ],
    );
    assert!(
        result.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&result.stdout),
        String::from_utf8_lossy(&result.stderr)
    );
    let text = fs::read_to_string(&output).unwrap_or_else(|error| panic!("{error}"));
    let mut responses = text.lines().map(|line| {
        let (code, content) = line.split_once(' ').unwrap_or((line, ""));
        let content = serde_json::from_str(content).unwrap_or_default();
        (code.parse().unwrap_or_default(), content)
    });
    Results {
        values: responses.by_ref().take(cases.len()).collect(),
        examples: responses.collect(),
    }
}

/// Returns the program that sends the values.
fn program(count: usize) -> String {
    let mut methods = String::new();
    for index in 0..count {
        // Writing to a `String` cannot fail.
        let _ = write!(
            methods,
            "    async fn op{index}(&self, request: Request<Op{index}>) -> Op{index}Response {{\n        \
             Op{index}Response::Ok(convert(&request.into_inner().body))\n    }}\n\n"
        );
    }
    PROGRAM
        .replace("    METHODS\n", &methods)
        .replace("COUNT", &count.to_string())
}

const PROGRAM: &str = r#"//! Sends values to the server, which returns those that it accepts.

use std::{env, fmt::Write, fs};

use axum::{body::Body, http};
use doc_differential::{*, mock::Mock, server::{Api, Request, router}};
use http_body_util::BodyExt;
use tower::ServiceExt;

struct Echo;

#[allow(refining_impl_trait)]
impl Api for Echo {
    METHODS
}

/// Converts content to the type of the same schema in a response.
fn convert<T: serde::Serialize, U: serde::de::DeserializeOwned>(content: &T) -> U {
    serde_json::from_value(serde_json::to_value(content).unwrap()).unwrap()
}

async fn send(router: &axum::Router, index: &str, content: &str, responses: &mut String) {
    let request = http::Request::post(format!("/{index}"));
    let request = request.header("host", "localhost").header("content-type", "application/json");
    let response = router.clone().oneshot(request.body(Body::from(content.to_owned())).unwrap()).await.unwrap();
    let code = response.status().as_u16();
    let content = response.into_body().collect().await.unwrap().to_bytes();
    let content = String::from_utf8_lossy(&content).replace('\n', " ");
    writeln!(responses, "{code} {content}").unwrap();
}

#[tokio::test]
async fn send_values() {
    let (echo, mock) = (router(Echo), router(Mock));
    let cases = fs::read_to_string(env::var("DIFFERENTIAL_INPUT").unwrap()).unwrap();
    let mut responses = String::new();
    let mut firsts: Vec<Option<&str>> = vec![None; COUNT];
    for case in cases.lines() {
        let (index, value) = case.split_once(' ').unwrap();
        let start = responses.len();
        send(&echo, index, value, &mut responses).await;
        if responses[start..].starts_with("200") {
            firsts[index.parse::<usize>().unwrap()] = Some(value);
        }
    }
    // The mock needs a valid request.
    for (index, first) in firsts.iter().enumerate() {
        match first {
            Some(value) => send(&mock, &index.to_string(), value, &mut responses).await,
            None => responses.push_str("0\n"),
        }
    }
    fs::write(env::var("DIFFERENTIAL_OUTPUT").unwrap(), responses).unwrap();
}
"#;
