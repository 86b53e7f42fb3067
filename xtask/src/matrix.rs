//! `cargo xtask matrix`: what each operation of a document may answer.

use std::{collections::BTreeMap, path::PathBuf};

use serde_json::{Value, json};
use statusquo_codegen::model::{
    BuiltInResponse, Counts, Method, Model, Operation, ResponseKey, ResponseVariant,
    match_response_key,
};

use crate::{document, error::CommandError, paths};

/// List what each operation of a document may answer
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The document, JSON or YAML [default: spec/status.yaml of the workspace]
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// How to write the list
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// List also what the generated server answers by itself, and whether the document declares it
    #[arg(long)]
    built_in: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    Text,
    Markdown,
    Json,
}

/// A line of the list.
struct Row<'a> {
    /// `None` for any.
    method: Option<Method>,
    /// `None` for any.
    path: Option<&'a str>,
    /// The operation; `None` for what the server answers where there is none.
    operation: Option<&'a Operation>,
    status: Option<ResponseKey>,
    from: RowSource<'a>,
}

/// Who answers so.
enum RowSource<'a> {
    /// The operation, as the document declares.
    Document(&'a ResponseVariant),
    /// Nobody: the status is an interim one.
    Interim,
    /// Nobody has said: the operation declares no answer.
    Undeclared,
    /// The server by itself.
    BuiltIn {
        answer: BuiltInResponse,
        /// What the document declares for the status.
        declared: Option<&'a ResponseVariant>,
    },
    /// The server by itself: `HEAD` as `GET` without content.
    AsGet,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<String, CommandError> {
    let spec = arguments.spec.clone().unwrap_or_else(paths::own_spec);
    let source = document::read(&spec)?;
    let model = document::model(&source, &document::catalogue(&spec)?)?;
    let rows = rows(&model, arguments.built_in);
    Ok(match arguments.format {
        Format::Text => format!("{}\n{}\n", text(&model, &rows), counted(model.counts)),
        Format::Markdown => format!("{}\n{}\n", markdown(&model, &rows), counted(model.counts)),
        Format::Json => {
            let rows: Vec<_> = rows.iter().map(|row| row.json(&model)).collect();
            format!("{:#}\n", Value::Array(rows))
        }
    })
}

fn rows(model: &Model, built_in: bool) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for operation in &model.operations {
        let answers = &model.response_enum(operation).variants;
        let row = |status, from| Row {
            method: Some(operation.method),
            path: Some(&operation.path),
            operation: Some(operation),
            status,
            from,
        };
        for key in &operation.interim_keys {
            rows.push(row(Some(*key), RowSource::Interim));
        }
        if operation.declares_responses {
            let declared = answers.iter();
            rows.extend(declared.map(|answer| row(Some(answer.key), RowSource::Document(answer))));
        } else if operation.interim_keys.is_empty() {
            rows.push(row(None, RowSource::Undeclared));
        }
        if built_in {
            let keys: Vec<_> = answers.iter().map(|answer| answer.key).collect();
            let own = operation.built_in_responses(model);
            rows.extend(own.into_iter().map(|answer| {
                let declared = match_response_key(&keys, answer.code)
                    .and_then(|index| answers.get(index))
                    .filter(|_| operation.declares_responses);
                row(
                    Some(ResponseKey::Exact(answer.code)),
                    RowSource::BuiltIn { answer, declared },
                )
            }));
        }
    }
    if built_in {
        rows.extend(between(model));
    }
    rows
}

/// What the server answers where the document has no operation.
fn between(model: &Model) -> Vec<Row<'_>> {
    let mut paths: BTreeMap<&str, Vec<Method>> = BTreeMap::new();
    for operation in &model.operations {
        let methods = paths.entry(&operation.path).or_default();
        methods.push(operation.method);
    }
    let row = |method, path, status, from| Row {
        method,
        path,
        operation: None,
        status,
        from,
    };
    let own = |method, path, answer: BuiltInResponse| {
        let declared = None;
        let from = RowSource::BuiltIn { answer, declared };
        row(method, path, Some(ResponseKey::Exact(answer.code)), from)
    };
    let mut rows = Vec::new();
    for (path, methods) in paths {
        let [get, head, options] = [Method::Get, Method::Head, Method::Options];
        if methods.contains(&get) && !methods.contains(&head) {
            rows.push(row(Some(head), Some(path), None, RowSource::AsGet));
        }
        if !methods.contains(&options) {
            rows.push(own(Some(options), Some(path), BuiltInResponse::OPTIONS));
        }
    }
    rows.extend(
        [
            BuiltInResponse::NO_REQUEST,
            BuiltInResponse::NO_PATH,
            BuiltInResponse::NO_METHOD,
            BuiltInResponse::HEADER,
            BuiltInResponse::TOO_LATE,
        ]
        .map(|answer| own(None, None, answer)),
    );
    rows
}

/// Whether an answer with a problem of RFC 9457 is what the document declares, as far as its media
/// type tells.
fn takes_problem(declared: &ResponseVariant) -> bool {
    declared.media().iter().any(|media| {
        let essence = media.split(';').next().unwrap_or_default().trim();
        [PROBLEM, "application/*", "*/*"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(essence))
    })
}

const PROBLEM: &str = "application/problem+json";

impl Row<'_> {
    fn json(&self, model: &Model) -> Value {
        let mut row = json!({
            "operation": self.operation.map(|operation| &operation.id),
            "method": self.method.map(Method::as_str),
            "path": self.path,
            "status": self.status.map(|key| match key {
                ResponseKey::Exact(code) => Value::from(code),
                key => Value::from(key.to_string()),
            }),
            "source": self.from.word(),
        });
        let more = match &self.from {
            RowSource::Document(answer) => json!({
                "variant": format!("{}::{}", self.set(model), answer.variant),
                "body": model.payload_name(&answer.body),
                "media_types": answer.media(),
                "headers": answer.headers.iter().map(|header| &header.wire).collect::<Vec<_>>(),
            }),
            RowSource::BuiltIn { answer, declared } => json!({
                "declared": declared.map(|declared| declared.key.to_string()),
                "media_types": self.media_of(*answer),
                "headers": Vec::from_iter(answer.header),
                "content_declared": declared.is_some_and(takes_problem),
            }),
            RowSource::AsGet => json!({"as": "GET"}),
            RowSource::Interim | RowSource::Undeclared => json!({}),
        };
        if let (Some(row), Value::Object(more)) = (row.as_object_mut(), more) {
            row.extend(more);
        }
        row
    }

    /// The media types of what the server answers by itself: where there is no request, hyper does, and it
    /// says nothing.
    fn media_of(&self, answer: BuiltInResponse) -> Vec<&'static str> {
        let is_empty = [
            BuiltInResponse::OPTIONS,
            BuiltInResponse::NO_REQUEST,
            BuiltInResponse::HEADER,
        ];
        if self.operation.is_none() && is_empty.contains(&answer) {
            Vec::new()
        } else {
            vec![PROBLEM]
        }
    }

    /// The name of the enum that the operation answers with.
    fn set(&self, model: &Model) -> String {
        self.operation.map_or_else(String::new, |operation| {
            model.response_enum(operation).name.to_string()
        })
    }

    /// The row in words: method, path, status, content, media types, header fields.
    fn cells(&self, model: &Model) -> [String; 6] {
        let status = self
            .status
            .map_or_else(|| "-".to_owned(), |key| key.to_string());
        let said = |text: &str| [text.to_owned(), String::new(), String::new()];
        let [body, media, headers] = match &self.from {
            RowSource::Document(answer) => {
                let headers = answer.headers.iter().map(|header| header.wire.as_str());
                [
                    model.payload_name(&answer.body).unwrap_or_default(),
                    answer.media().join(", "),
                    headers.collect::<Vec<_>>().join(", "),
                ]
            }
            RowSource::BuiltIn { answer, declared } => [
                match declared {
                    None if self.operation.is_none() => "(by the server)".to_owned(),
                    None => "(by the server, not declared)".to_owned(),
                    Some(declared) if takes_problem(declared) => {
                        format!("(by the server, declared as {})", declared.key)
                    }
                    Some(declared) if declared.media().is_empty() => {
                        format!("(by the server, {} declares no content)", declared.key)
                    }
                    Some(declared) => {
                        format!("(by the server, {} declares other content)", declared.key)
                    }
                },
                self.media_of(*answer).join(", "),
                answer.header.unwrap_or_default().to_owned(),
            ],
            RowSource::Interim => said("(interim, no answer)"),
            RowSource::Undeclared => said("(declares no answer)"),
            RowSource::AsGet => said("(by the server, as GET without content)"),
        };
        [
            self.method.map_or("any", Method::as_str).to_owned(),
            self.path.unwrap_or("any").to_owned(),
            status,
            body,
            media,
            headers,
        ]
    }
}

impl RowSource<'_> {
    fn word(&self) -> &'static str {
        match self {
            Self::Document(_) => "document",
            Self::Interim => "interim",
            Self::Undeclared => "undeclared",
            Self::BuiltIn { .. } | Self::AsGet => "built-in",
        }
    }
}

const HEAD: [&str; 6] = [
    "METHOD",
    "PATH",
    "STATUS",
    "CONTENT",
    "MEDIA TYPES",
    "HEADERS",
];

fn text(model: &Model, rows: &[Row<'_>]) -> String {
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(rows.iter().map(|row| row.cells(model)));
    let widths: Vec<usize> = (0..HEAD.len())
        .map(|column| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for line in &lines {
        let cells = line.iter().zip(&widths);
        let cells: Vec<_> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// How much the document has, and how much of it is left out.
fn counted(counts: Counts) -> String {
    let kinds = [
        ("operation", counts.operations),
        ("response", counts.responses),
        ("parameter", counts.parameters),
        ("schema", counts.schemas),
    ];
    let words = |number: usize, noun: &str| match number {
        1 => format!("1 {noun}"),
        number => format!("{number} {noun}s"),
    };
    let declared = kinds.map(|(noun, count)| words(count.declared, noun));
    let left: Vec<_> = kinds
        .iter()
        .filter(|(_, count)| count.lowered < count.declared)
        .map(|(noun, count)| words(count.declared - count.lowered, noun))
        .collect();
    let rest = match left.as_slice() {
        [] => "nothing is left out".to_owned(),
        left => format!("left out, as the warnings say: {}", left.join(", ")),
    };
    format!("{}; {rest}", declared.join(", "))
}

fn markdown(model: &Model, rows: &[Row<'_>]) -> String {
    let mut lines = vec![
        format!("| {} |", HEAD.map(capitalized).join(" | ")),
        format!("|{}", "---|".repeat(HEAD.len())),
    ];
    for row in rows {
        let cells = row.cells(model).map(|cell| match cell.as_str() {
            "" => cell,
            // Within a table a bar ends the cell even in code.
            _ => format!("`{}`", cell.replace('|', r"\|")),
        });
        lines.push(format!("| {} |", cells.join(" | ")));
    }
    lines.join("\n") + "\n"
}

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    format!("{first}{}", rest.to_lowercase())
}
