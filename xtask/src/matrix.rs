//! `cargo xtask matrix`: what each operation of a document may answer.

use std::path::PathBuf;

use serde_json::{Value, json};
use statusquo_codegen::model::{Answer, Key, Model, Operation, key_of};

use crate::{document, failure::Failure, place};

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
    glue: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    Text,
    Markdown,
    Json,
}

/// A line of the list.
struct Row<'a> {
    /// The operation; `None` for what the server answers where there is none.
    operation: Option<&'a Operation>,
    status: Option<Key>,
    from: From<'a>,
}

/// Who answers so.
enum From<'a> {
    /// The operation, as the document declares.
    Document(&'a Answer),
    /// Nobody: the status is an interim one.
    Interim,
    /// Nobody has said: the operation declares no answer.
    Undeclared,
    /// The server by itself; with the key of the document that covers it.
    Glue(Option<Key>),
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<String, Failure> {
    let spec = arguments.spec.clone().unwrap_or_else(place::own_spec);
    let source = document::read(&spec)?;
    let model = document::model(&source, &document::catalogue(&spec)?)?;
    let rows = rows(&model, arguments.glue);
    Ok(match arguments.format {
        Format::Text => text(&model, &rows),
        Format::Markdown => markdown(&model, &rows),
        Format::Json => {
            let rows: Vec<_> = rows.iter().map(|row| row.json(&model)).collect();
            format!("{:#}\n", Value::Array(rows))
        }
    })
}

fn rows(model: &Model, glue: bool) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for operation in &model.operations {
        let answers = &model.set(operation).answers;
        let row = |status, from| Row {
            operation: Some(operation),
            status,
            from,
        };
        for key in &operation.interim {
            rows.push(row(Some(*key), From::Interim));
        }
        if operation.declared {
            rows.extend(
                answers
                    .iter()
                    .map(|answer| row(Some(answer.key), From::Document(answer))),
            );
        } else if operation.interim.is_empty() {
            rows.push(row(None, From::Undeclared));
        }
        if glue {
            let keys: Vec<_> = answers.iter().map(|answer| answer.key).collect();
            rows.extend(
                operation
                    .glue(model.credentials(operation))
                    .into_iter()
                    .map(|code| {
                        let covering = key_of(&keys, code)
                            .and_then(|index| keys.get(index))
                            .copied();
                        row(Some(Key::Exact(code)), From::Glue(covering))
                    }),
            );
        }
    }
    if glue {
        rows.extend([404, 405].map(|code| Row {
            operation: None,
            status: Some(Key::Exact(code)),
            from: From::Glue(None),
        }));
    }
    rows
}

impl Row<'_> {
    fn json(&self, model: &Model) -> Value {
        let mut row = json!({
            "operation": self.operation.map(|operation| &operation.id),
            "method": self.operation.map(|operation| operation.method.as_str()),
            "path": self.operation.map(|operation| &operation.path),
            "status": self.status.map(|key| match key {
                Key::Exact(code) => Value::from(code),
                key => Value::from(key.to_string()),
            }),
            "source": self.from.word(),
        });
        let more = match &self.from {
            From::Document(answer) => json!({
                "variant": format!("{}::{}", self.set(model), answer.variant),
                "body": model.payload_name(&answer.body),
                "media_types": answer.media(),
                "headers": answer.headers.iter().map(|header| &header.wire).collect::<Vec<_>>(),
            }),
            From::Glue(covering) => json!({
                "declared": covering.map(|key| key.to_string()),
            }),
            From::Interim | From::Undeclared => json!({}),
        };
        if let (Some(row), Value::Object(more)) = (row.as_object_mut(), more) {
            row.extend(more);
        }
        row
    }

    /// The name of the enum that the operation answers with.
    fn set(&self, model: &Model) -> String {
        self.operation.map_or_else(String::new, |operation| {
            model.set(operation).name.to_string()
        })
    }

    /// The row in words: operation, method, path, status, content, media types, header fields.
    fn cells(&self, model: &Model) -> [String; 6] {
        let operation = self.operation;
        let status = self
            .status
            .map_or_else(|| "-".to_owned(), |key| key.to_string());
        let [body, media, headers] = match &self.from {
            From::Document(answer) => [
                model.payload_name(&answer.body).unwrap_or_default(),
                answer.media().join(", "),
                answer
                    .headers
                    .iter()
                    .map(|header| header.wire.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            ],
            From::Interim => [
                "(interim, no answer)".to_owned(),
                String::new(),
                String::new(),
            ],
            From::Undeclared => [
                "(declares no answer)".to_owned(),
                String::new(),
                String::new(),
            ],
            From::Glue(Some(key)) => [
                format!("(by the server, declared as {key})"),
                "application/problem+json".to_owned(),
                String::new(),
            ],
            From::Glue(None) => [
                "(by the server, not declared)".to_owned(),
                "application/problem+json".to_owned(),
                String::new(),
            ],
        };
        [
            operation
                .map_or("any", |operation| operation.method.as_str())
                .to_owned(),
            operation
                .map_or("any", |operation| operation.path.as_str())
                .to_owned(),
            status,
            body,
            media,
            headers,
        ]
    }
}

impl From<'_> {
    fn word(&self) -> &'static str {
        match self {
            Self::Document(_) => "document",
            Self::Interim => "interim",
            Self::Undeclared => "undeclared",
            Self::Glue(_) => "glue",
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
