//! The command `matrix`: lists the responses of each operation.

use std::{collections::BTreeMap, path::PathBuf};

use crate::model::{
    BuiltInResponse, Counts, Method, Model, Operation, ResponseKey, ResponseVariant,
    match_response_key,
};
use serde_json::{Value, json};

use super::{Program, document, error::CommandError, reporting::ReportArgs};

/// List the responses of each operation
#[derive(clap::Args)]
pub(crate) struct MatrixArgs {
    /// The document, as YAML or JSON
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    /// Output format
    #[arg(long, value_enum, default_value_t = MatrixFormat::Text)]
    format: MatrixFormat,
    /// Add the responses that the generated server returns by itself
    #[arg(long)]
    built_in: bool,
    #[command(flatten)]
    report: ReportArgs,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum MatrixFormat {
    /// A table for a terminal
    Text,
    /// A table in Markdown
    Markdown,
    /// JSON for programs
    Json,
}

/// A row of the matrix.
struct Row<'a> {
    /// `None` for any method.
    method: Option<Method>,
    /// `None` for any path.
    path: Option<&'a str>,
    /// `None` for responses to requests that do not match an operation.
    operation: Option<&'a Operation>,
    status: Option<ResponseKey>,
    source: RowSource<'a>,
}

/// The origin of a row.
enum RowSource<'a> {
    /// The document declares the response.
    Document(&'a ResponseVariant),
    /// The document declares an interim status, which is not a final response.
    Interim,
    /// The operation does not declare responses.
    Undeclared,
    /// The generated server returns the response by itself.
    BuiltIn {
        response: BuiltInResponse,
        /// The response that the document declares for the status.
        declared: Option<&'a ResponseVariant>,
    },
    /// The generated server handles `HEAD` as `GET` without content.
    HeadAsGet,
}

impl MatrixArgs {
    /// Runs the command.
    pub(crate) fn run(&self, program: &Program) -> Result<String, CommandError> {
        let source = document::read(&self.spec)?;
        let catalogue = program.catalogue_for(&self.spec)?;
        let model = self.report.model(&source, catalogue)?;
        let rows = rows(&model, self.built_in);
        let counts = count_summary(model.counts);
        Ok(match self.format {
            MatrixFormat::Text => format!("{}\n{counts}\n", text(&model, &rows)),
            MatrixFormat::Markdown => format!("{}\n{counts}\n", markdown(&model, &rows)),
            MatrixFormat::Json => {
                let rows: Vec<_> = rows.iter().map(|row| row.json(&model)).collect();
                format!("{:#}\n", Value::Array(rows))
            }
        })
    }
}

fn rows(model: &Model, built_in: bool) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for operation in &model.operations {
        let variants = &model.response_enum(operation).variants;
        let row = |status, source| Row {
            method: Some(operation.method),
            path: Some(&operation.path),
            operation: Some(operation),
            status,
            source,
        };
        for key in &operation.interim_keys {
            rows.push(row(Some(*key), RowSource::Interim));
        }
        if operation.declares_responses {
            rows.extend(
                variants
                    .iter()
                    .map(|variant| row(Some(variant.key), RowSource::Document(variant))),
            );
        } else if operation.interim_keys.is_empty() {
            rows.push(row(None, RowSource::Undeclared));
        }
        if built_in {
            let keys: Vec<_> = variants.iter().map(|variant| variant.key).collect();
            let responses = operation.built_in_responses(model);
            rows.extend(responses.into_iter().map(|response| {
                let declared = match_response_key(&keys, response.code())
                    .and_then(|index| variants.get(index))
                    .filter(|_| operation.declares_responses);
                row(
                    Some(ResponseKey::Exact(response.code())),
                    RowSource::BuiltIn { response, declared },
                )
            }));
        }
    }
    if built_in {
        rows.extend(unmatched_rows(model));
    }
    rows
}

/// The built-in responses to requests that do not match an operation, and to any request.
const UNMATCHED_RESPONSES: &[BuiltInResponse] = &[
    BuiltInResponse::NOT_HTTP,
    BuiltInResponse::INVALID_HOST,
    BuiltInResponse::NOT_FOUND,
    BuiltInResponse::METHOD_NOT_ALLOWED,
    BuiltInResponse::URI_TOO_LONG,
    BuiltInResponse::HEADER_TOO_LARGE,
    BuiltInResponse::SERVICE_UNAVAILABLE,
    BuiltInResponse::HTTP_VERSION_NOT_SUPPORTED,
];

/// Returns the rows for requests that do not match an operation.
fn unmatched_rows(model: &Model) -> Vec<Row<'_>> {
    let mut paths: BTreeMap<&str, Vec<Method>> = BTreeMap::new();
    for operation in &model.operations {
        let methods = paths.entry(&operation.path).or_default();
        methods.push(operation.method);
    }
    let row = |method, path, status, source| Row {
        method,
        path,
        operation: None,
        status,
        source,
    };
    let built_in = |method, path, response: BuiltInResponse| {
        let declared = None;
        let source = RowSource::BuiltIn { response, declared };
        row(
            method,
            path,
            Some(ResponseKey::Exact(response.code())),
            source,
        )
    };
    let mut rows = Vec::new();
    for (path, methods) in paths {
        let [get, head, options] = [Method::Get, Method::Head, Method::Options];
        if methods.contains(&get) && !methods.contains(&head) {
            rows.push(row(Some(head), Some(path), None, RowSource::HeadAsGet));
        }
        if !methods.contains(&options) {
            rows.push(built_in(
                Some(options),
                Some(path),
                BuiltInResponse::OPTIONS,
            ));
        }
    }
    rows.extend(
        UNMATCHED_RESPONSES
            .iter()
            .map(|response| built_in(None, None, *response)),
    );
    rows
}

/// Returns the media types of a built-in response.
fn built_in_media_types(response: BuiltInResponse) -> &'static [&'static str] {
    if response.has_content() {
        &[PROBLEM]
    } else {
        &[]
    }
}

/// Returns whether the declared media types include problem details (RFC 9457).
fn declares_problem(declared: &ResponseVariant) -> bool {
    declared.media().iter().any(|media| {
        let essence = media.split(';').next().unwrap_or_default().trim();
        [PROBLEM, "application/*", "*/*"]
            .iter()
            .any(|media_type| media_type.eq_ignore_ascii_case(essence))
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
            "source": self.source.as_str(),
        });
        let details = match &self.source {
            RowSource::Document(variant) => json!({
                "variant": format!("{}::{}", self.enum_name(model), variant.variant),
                "body": model.payload_name(&variant.body),
                "media_types": variant.media(),
                "headers": variant.headers.iter().map(|header| &header.wire).collect::<Vec<_>>(),
            }),
            RowSource::BuiltIn { response, declared } => json!({
                "declared": declared.map(|declared| declared.key.to_string()),
                "media_types": built_in_media_types(*response),
                "headers": Vec::from_iter(response.header()),
                "content_declared": declared.is_some_and(declares_problem),
            }),
            RowSource::HeadAsGet => json!({"handled_as": "GET"}),
            RowSource::Interim | RowSource::Undeclared => json!({}),
        };
        if let (Some(row), Value::Object(details)) = (row.as_object_mut(), details) {
            if let Some(operation) = self
                .operation
                .filter(|operation| !operation.servers.is_empty())
            {
                let urls = operation.servers.iter().map(|server| server.url.as_str());
                row.insert("servers".to_owned(), urls.collect());
            }
            row.extend(details);
        }
        row
    }

    /// Returns the name of the operation's response enum.
    fn enum_name(&self, model: &Model) -> String {
        self.operation.map_or_else(String::new, |operation| {
            model.response_enum(operation).name.to_string()
        })
    }

    /// Returns the path, after the URL of the operation's first server if it is not that of the document.
    fn address(&self) -> String {
        let own = self
            .operation
            .and_then(|operation| operation.servers.first());
        let server = own.map_or("", |server| server.url.trim_end_matches('/'));
        format!("{server}{}", self.path.unwrap_or("any"))
    }

    /// Returns the cells of the row: method, path, status, content, media types, header fields.
    fn cells(&self, model: &Model) -> [String; 6] {
        let status = self
            .status
            .map_or_else(|| "-".to_owned(), |key| key.to_string());
        let note = |text: &str| [text.to_owned(), String::new(), String::new()];
        let [body, media, headers] = match &self.source {
            RowSource::Document(variant) => {
                let headers = variant.headers.iter().map(|header| header.wire.as_str());
                [
                    model.payload_name(&variant.body).unwrap_or_default(),
                    variant.media().join(", "),
                    headers.collect::<Vec<_>>().join(", "),
                ]
            }
            RowSource::BuiltIn { response, declared } => [
                match declared {
                    None if self.operation.is_none() => "(built-in)".to_owned(),
                    None => "(built-in, not declared)".to_owned(),
                    Some(declared) if declares_problem(declared) => {
                        format!("(built-in, declared as {})", declared.key)
                    }
                    Some(declared) if declared.media().is_empty() => {
                        format!("(built-in, {} declares no content)", declared.key)
                    }
                    Some(declared) => {
                        format!("(built-in, {} declares other content)", declared.key)
                    }
                },
                built_in_media_types(*response).join(", "),
                response.header().unwrap_or_default().to_owned(),
            ],
            RowSource::Interim => note("(interim)"),
            RowSource::Undeclared => note("(no responses declared)"),
            RowSource::HeadAsGet => note("(built-in, handled as GET without content)"),
        };
        [
            self.method.map_or("any", Method::as_str).to_owned(),
            self.address(),
            status,
            body,
            media,
            headers,
        ]
    }
}

impl RowSource<'_> {
    fn as_str(&self) -> &'static str {
        match self {
            Self::Document(_) => "document",
            Self::Interim => "interim",
            Self::Undeclared => "undeclared",
            Self::BuiltIn { .. } | Self::HeadAsGet => "built-in",
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

/// Counts the parts of the document, and those that are left out.
fn count_summary(counts: Counts) -> String {
    let kinds = [
        ("operation", counts.operations),
        ("response", counts.responses),
        ("parameter", counts.parameters),
        ("schema", counts.schemas),
    ];
    let quantity = |number: usize, noun: &str| match number {
        1 => format!("1 {noun}"),
        number => format!("{number} {noun}s"),
    };
    let declared = kinds.map(|(noun, count)| quantity(count.declared, noun));
    let left_out: Vec<_> = kinds
        .iter()
        .filter(|(_, count)| count.lowered < count.declared)
        .map(|(noun, count)| quantity(count.declared - count.lowered, noun))
        .collect();
    let omissions = match left_out.as_slice() {
        [] => "nothing is left out".to_owned(),
        left_out => format!("left out (see the warnings): {}", left_out.join(", ")),
    };
    format!("{}; {omissions}", declared.join(", "))
}

fn markdown(model: &Model, rows: &[Row<'_>]) -> String {
    let mut lines = vec![
        format!("| {} |", HEAD.map(capitalize).join(" | ")),
        format!("|{}", "---|".repeat(HEAD.len())),
    ];
    for row in rows {
        let cells = row.cells(model).map(|cell| match cell.as_str() {
            "" => cell,
            // In a table, `|` ends the cell even in inline code.
            _ => format!("`{}`", cell.replace('|', r"\|")),
        });
        lines.push(format!("| {} |", cells.join(" | ")));
    }
    lines.join("\n") + "\n"
}

fn capitalize(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    format!("{first}{}", rest.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::Catalogue, source::Source};

    #[test]
    fn every_built_in_response_has_a_row() {
        let text = "{openapi: 3.0.3, info: {title: A, version: 1.0.0}, \
                    components: {securitySchemes: {key: {type: http, scheme: basic}}}, \
                    paths: {/a: {post: {security: [{key: []}], \
                    requestBody: {content: {application/json: {}}}, \
                    responses: {'200': {description: Fine., content: {application/json: {}}}}}, \
                    get: {security: [{other: []}], responses: {'204': {description: Fine.}}}}}}";
        let catalogue = Catalogue::embedded().unwrap();
        let (model, _) = crate::model(
            &Source::new("a.yaml", text),
            catalogue,
            &crate::Options::default(),
        )
        .unwrap();
        let rows = rows(&model, true);
        let listed = |expected: &BuiltInResponse| {
            rows.iter().any(|row| {
                matches!(&row.source, RowSource::BuiltIn { response, .. } if response == expected)
            })
        };
        for response in BuiltInResponse::ALL {
            assert!(listed(response), "{response:?}");
        }
    }
}
