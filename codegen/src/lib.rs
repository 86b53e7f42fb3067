//! Generates a Rust crate from an OpenAPI document: a client, a server and a mock in which the responses of
//! each operation are a type.
//!
//! [`generate`] returns the files of the crate. It is a pure function: equal input gives equal bytes on any
//! machine, at any time.
//!
//! ```text
//! text --load--> Document --lower--> Model --emit--> tokens --format--> Files --write/check--> disk
//! ```
//!
//! The rest of this page is the reference for people who write documents and use the commands. They are the program
//! `statusquo`, which works in any repository. In this repository, `cargo xtask` has the same commands; their
//! default document is `spec/status.yaml`.
//!
//! # Documents
//!
//! A document is OpenAPI 3.0, as YAML or JSON. A `$ref` may lead into other files of its folder and the folders
//! below; nothing else is read, and nothing is fetched. Every part that does not become code is reported with its
//! place and the ID of a rule, which `statusquo explain duplicate-key` explains.
//!
//! A fault is an error if a type, a path or a check would be wrong, such as a duplicate key, a dangling reference or
//! a misspelled key (`respones`). Any other fault is a warning, and the part is left out: documentation, a header
//! field without a valid name, a key that OpenAPI does not define.
//!
//! Keywords of OpenAPI 3.1 whose meaning is clear, such as `const` and `type: [string, 'null']`, are read as 3.1
//! defines them, with one warning.
//!
//! A rule with more than five findings prints three of them; `--verbose` prints all. `gen --deny-warnings` generates
//! nothing if there is a warning. `--allow RULE` hides the warnings of a rule, and so does the document itself:
//!
//! ```yaml
//! x-lint: {allow: [unknown-key, unsupported-part]}
//! ```
//!
//! # Names
//!
//! An operation is named after its `operationId`, otherwise after its method and path; a schema after its key in
//! `components.schemas`, otherwise after the place that uses it. A name that is a keyword or is already taken is
//! changed, with a warning. The extension `x-name` chooses the name of an operation, of its `responses`, of a
//! schema or of a tag under `tags`, and `x-enum-varnames` those of the values of an `enum`, in the same order.
//! Operations whose `responses` have the same `x-name` share one enum, and must declare equal responses.
//!
//! Names never come from descriptions, so rewording a document breaks nobody's build.
//!
//! # Status codes
//!
//! The catalogue, which is part of the program, names and describes every status code in use. It is generated from
//! `spec/status.yaml`; `statusquo explain 404` prints what it contains. The extension `x-status` of a
//! response describes a code that the catalogue does not contain, or overrides part of its description:
//!
//! | Key | Value |
//! |---|---|
//! | `reason` | the reason phrase |
//! | `name` | the variant, if the phrase does not give it or gives one that is taken |
//! | `origin` | `[iana]` for a registered code, otherwise who uses it |
//! | `reference` | the URL of its definition |
//! | `retry` | `never`, `backoff`, or `after` (`Retry-After`) |
//! | `content` | `allowed`, or `forbidden` as for 204 and 304 |
//! | `requires` | header fields that a response must have |
//!
//! A parameter with `type: string, format: status-choice` takes httpbin's syntax: `404`, `200,500`, or with weights
//! `200:9,503:1`.
//!
//! # Responses
//!
//! Each key of `responses` is a variant of the operation's response enum: a code by its name, `4XX` as
//! `ClientError`, `default` as `Default`. An exact code takes precedence over its range, and a range over `default`. The
//! variant of a range or of `default` holds the status code; a code that another variant declares does not fit in
//! it. A success is a 2xx response, and `default` if it has a 2xx code and the same content.
//!
//! An interim response (1xx) is never final, so it has no variant; 101 has one if it declares `Upgrade`.
//!
//! # Content
//!
//! JSON, `application/x-www-form-urlencoded`, `multipart/form-data` and `text/*` have values of the schema's type;
//! content of any other media type is bytes. Several media types become an enum.
//! An enum of strings has a variant `Other` for values that
//! the document does not declare; so do `oneOf` and `anyOf`, whose alternative is chosen by the discriminator,
//! otherwise by how much of the value it keeps.
//!
//! The server validates requests against every keyword of their schemas before it calls a method, and rejects
//! invalid ones with a JSON pointer to the value. The client does not validate responses beyond their types.
//!
//! # Formats
//!
//! | `format` | Type |
//! |---|---|
//! | `uuid` | `uuid::Uuid` |
//! | `date-time` | `chrono::DateTime<chrono::Utc>` |
//! | `date` | `chrono::NaiveDate` |
//! | `byte` | `Base64` of the crate: bytes that are Base64 in messages |
//! | `ipv4`, `ipv6` | `std::net::Ipv4Addr`, `std::net::Ipv6Addr` |
//! | `int8` to `int64`, `uint8` to `uint64` | `i8` to `i64`, `u8` to `u64` |
//! | any other | `String`, for numbers `f64` |
//!
//! The crate depends on the crates of the types that its document needs. A string is a `String` if its pattern or
//! lengths exclude what the type writes, such as an RFC 3339 time in UTC without a fraction that is zero.
//!
//! The server validates the text that it receives, so a time may have any offset and a UUID may be in uppercase. The
//! type does not keep them: it writes times in UTC and UUIDs in lowercase.
//!
//! # Servers and security
//!
//! `server::router` returns an axum router. If operations have tags, each tag (the first of an operation) has a
//! module with a trait and a router of its own, so that routers can be merged and a mock can be replaced tag by tag.
//!
//! A method receives a `server::Request` of its operation: it dereferences to the parameters and the content, and
//! has the credentials, all header fields, the address of the peer, and the values that layers have added.
//!
//! The client's builder has a setter for each security scheme. A request without the credentials that its operation
//! requires gets 401 before its content is read. Whether a credential is valid is for the method to decide.
//!
//! # The mock
//!
//! `statusquo serve` starts a server that returns the document's examples, or values that it creates from the
//! schemas. Without further instructions it returns the first success. The header field `Prefer` (RFC 7240) chooses:
//!
//! - `Prefer: code=503` for a status, `Prefer: code=200:9,503:1` for one of two with these odds
//! - `Prefer: delay=1.5` for a delay in seconds
//! - `Prefer: example=small` for the example with this name under `examples`
//!
//! The mock never returns an undeclared response. A rejected request gets the response that the document declares
//! for the status, otherwise problem details with the reason, which is also printed on standard error.
//!
//! The page at `/` lists operations and statuses, with a form to try each operation; the document itself is at
//! `/openapi.json` and `/openapi.yaml`. If the document declares one of these paths, the document wins.
//!
//! # Comparing documents
//!
//! `statusquo diff BASE` compares a document with a file, with a Git revision (`v1.2.0`), or with a file of a
//! revision (`v1.2.0:old.yaml`). The default is the merge base of `HEAD` and `origin/main` or `main`, so changes that others have
//! merged since are not reported as undone.
//!
//! Every finding has two verdicts: the risk on the wire while old and new versions coexist, and the change of the
//! generated crate's public API, which is read from both generated crates. Every value that differs between the documents
//! is in a finding or counted; the report ends with the number of uncovered differences, which is 0.
//!
//! The command exits with 1 if `info.version` is lower than the needed version; `--fail-on major`, `minor`, `patch`
//! or `wire` is stricter. `--format` is `text`, `markdown` (for a comment), `json` or `github` (annotations).
//! `statusquo gen --dry-run` prints the same report for an edit that is not committed, and always exits with 0.
//!
//! `statusquo matrix` lists each operation, status and media type once; its last line counts the parts of the
//! document and those that no type represents. `--built-in` adds the responses that the server returns by itself.

pub mod catalogue;
#[cfg(feature = "cli")]
pub mod cli;
pub mod diff;
pub mod doc;
mod emit;
pub mod files;
mod format;
mod load;
mod lower;
pub mod manifest;
pub mod model;
pub mod name;
pub mod pointer;
pub mod report;
mod rules;
pub mod source;

use std::collections::BTreeSet;

use emit::{Contents, RUNTIME};
use files::Files;
use model::{Catalogue, Formats, Model, Package};
use report::{Diagnostic, Place, Rule};
use source::Source;

/// A generated crate without its `Cargo.toml`, which belongs to the user.
#[derive(Clone, Debug)]
pub struct GeneratedCrate {
    /// The files, by their path in the crate.
    pub files: Files,
    /// The data for its manifest.
    pub package: Package,
    /// The statuses of the crate.
    pub catalogue: Catalogue,
    /// Warnings about the parts of the document that the crate does not represent.
    pub warnings: Vec<Diagnostic>,
}

/// Settings of a generated crate that the document does not contain.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The name by which programs import the crate, in the examples of its documentation: `pet_store`.
    /// `None` derives it from the document's title.
    pub library: Option<String>,
    /// The Rust types of formats such as `date-time`.
    pub formats: Formats,
}

/// Generates a crate from an OpenAPI 3.0 document, JSON or YAML.
///
/// The catalogue describes the statuses that the document does not describe itself: [`Catalogue::embedded`], or an
/// empty one for a document that describes each of its statuses.
///
/// # Errors
/// All errors of the document.
pub fn generate(
    source: &Source,
    catalogue: &Catalogue,
    options: &Options,
) -> Result<GeneratedCrate, Vec<Diagnostic>> {
    let (mut model, warnings) = model(source, catalogue, options)?;
    if let Some(library) = &options.library {
        model.package.library.clone_from(library);
    }
    let files = files(&model).map_err(|finding| vec![finding])?;
    Ok(GeneratedCrate {
        files,
        catalogue: Catalogue::from_model(&model),
        package: model.package,
        warnings,
    })
}

/// Returns the files that the `$ref`s of a document lead to and that [`Source::external_files`] does not contain,
/// by their path from the document's folder.
///
/// Call it again after reading them, because they may refer to further files.
#[must_use]
pub fn missing_files(source: &Source) -> BTreeSet<String> {
    load::missing_files(source)
}

/// Lowers a document to its model, and returns warnings about the parts that the model does not represent.
///
/// # Errors
/// All errors of the document.
pub fn model(
    source: &Source,
    catalogue: &Catalogue,
    options: &Options,
) -> Result<(Model, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (_, model, warnings) = read(source, catalogue, options)?;
    Ok((model, warnings))
}

/// Loads and lowers a document.
fn read(
    source: &Source,
    catalogue: &Catalogue,
    options: &Options,
) -> Result<(load::Document, Model, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (document, mut findings) = load::load(source)?;
    let is_sound = !findings.iter().any(Diagnostic::is_error);
    match lower::lower(&document, catalogue, &options.formats) {
        Ok((model, mut warnings)) if is_sound => {
            warnings.retain(|warning| !document.allowed.contains(&warning.rule));
            findings.extend(warnings);
            Ok((document, model, findings))
        }
        // Warnings about a document with errors would mostly be consequences of the errors.
        Ok(_) => Err(findings),
        Err(errors) => {
            let is_reported = |error: &Diagnostic| {
                let mut reported = findings.iter().filter(|finding| finding.is_error());
                reported.any(|finding| error.is_around(finding))
            };
            let others: Vec<_> = errors
                .into_iter()
                .filter(|error| !is_reported(error))
                .collect();
            findings.extend(others);
            Err(findings)
        }
    }
}

/// A document as a server publishes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedDocument {
    /// The document as JSON.
    pub json: String,
    /// The document as YAML; unchanged if it is YAML without references to other files.
    pub yaml: String,
}

/// Returns a document as JSON and as YAML, with the files that it refers to included.
///
/// # Errors
/// All errors of its syntax and structure.
pub fn publish(source: &Source) -> Result<PublishedDocument, Vec<Diagnostic>> {
    let (document, _) = load::load(source)?;
    let is_yaml = !source.text.trim_start().starts_with('{');
    Ok(PublishedDocument {
        json: format!("{:#}\n", document.tree),
        yaml: if is_yaml && source.external_files.is_empty() {
            source.text.clone()
        } else {
            load::to_yaml(&document.tree)
        },
    })
}

fn files(model: &Model) -> Result<Files, Diagnostic> {
    let mut files = Files::new();
    // Formatting takes half of the time that a large document needs.
    for (path, text) in emit::emit_in_parallel(model, text) {
        files.insert(path.to_owned(), text?);
    }
    for (path, text) in RUNTIME {
        files.insert((*path).to_owned(), format::marked(path, text));
    }
    Ok(files)
}

/// Formats the contents of a file.
fn text(path: &str, contents: Contents) -> Result<String, Diagnostic> {
    let text = match contents {
        Contents::Text(text) => text,
        Contents::Rust(tokens) => format::tokens(tokens).map_err(|error| {
            let start = Place::position(1, 1);
            let message = format!("the generated `{path}` is not valid Rust: {error}");
            Diagnostic::error(Rule::Internal, start, message)
                .help("this is a bug of the generator; please report it together with the document")
        })?,
    };
    Ok(format::marked(path, &text))
}
