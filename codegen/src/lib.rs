//! Generates a Rust crate from an OpenAPI document.
//!
//! Data flows one way:
//!
//! ```text
//! text --load--> Document --lower--> Model --emit--> tokens --format--> Files --write/check--> disk
//! ```
//!
//! [`generate`] is all but the last step, and a pure function: equal input gives equal bytes, whatever
//! the machine, the time, or the order of the maps in the document.

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
pub mod source;

use std::collections::BTreeSet;

use emit::{OUTPUTS, RUNTIME};
use files::Files;
use model::{Catalogue, Model, Package};
use report::{Diagnostic, Place, Rule};
use source::Source;

/// A crate that is generated, but for its `Cargo.toml`, which belongs to the user.
#[derive(Clone, Debug)]
pub struct GeneratedCrate {
    /// Its files.
    pub files: Files,
    /// What its manifest has to say.
    pub package: Package,
    /// What of the document is not in it.
    pub warnings: Vec<Diagnostic>,
}

/// Settings of a generated crate that the document does not contain.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The name by which programs import the crate, in the examples of its documentation: `pet_store`.
    /// `None` derives it from the document's title.
    pub library: Option<String>,
}

/// Generates a crate from an OpenAPI 3.0 document, JSON or YAML.
///
/// The catalogue knows the statuses that the document does not describe itself. With an empty one,
/// the document has to describe each: it is a catalogue.
///
/// # Errors
/// Everything that is wrong with the document.
pub fn generate(
    source: &Source,
    catalogue: &Catalogue,
    options: &Options,
) -> Result<GeneratedCrate, Vec<Diagnostic>> {
    let (mut model, warnings) = model(source, catalogue)?;
    if let Some(library) = &options.library {
        model.package.library.clone_from(library);
    }
    let files = files(&model).map_err(|finding| vec![finding])?;
    Ok(GeneratedCrate {
        files,
        package: model.package,
        warnings,
    })
}

/// The files beside a document that its `$ref`s lead to, and that [`Source::external_files`] has not, by their path
/// from its folder.
///
/// Whoever reads them has to ask again: they may lead to more.
#[must_use]
pub fn missing_files(source: &Source) -> BTreeSet<String> {
    load::missing_files(source)
}

/// What a document means, and what of it is left out.
///
/// # Errors
/// Everything that is wrong with the document.
pub fn model(
    source: &Source,
    catalogue: &Catalogue,
) -> Result<(Model, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (_, model, warnings) = read(source, catalogue)?;
    Ok((model, warnings))
}

/// Reads a document and what it means.
fn read(
    source: &Source,
    catalogue: &Catalogue,
) -> Result<(load::Document, Model, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (document, mut findings) = load::load(source)?;
    let is_sound = !findings.iter().any(Diagnostic::is_error);
    match lower::lower(&document, catalogue) {
        Ok((model, warnings)) if is_sound => {
            findings.extend(warnings);
            Ok((document, model, findings))
        }
        // Warnings of what is left of a document would be about what is not.
        Ok(_) => Err(findings),
        Err(errors) => {
            let known: Vec<_> = findings
                .iter()
                .filter(|finding| finding.is_error())
                .collect();
            let more: Vec<_> = errors
                .into_iter()
                .filter(|error| !known.iter().any(|known| error.is_around(known)))
                .collect();
            findings.extend(more);
            Err(findings)
        }
    }
}

/// A document by itself, for whoever asks a server for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedDocument {
    /// As JSON.
    pub json: String,
    /// As YAML: to the letter as it is written, if it is YAML that leads to no other files.
    pub yaml: String,
}

/// A document in both of its forms, the files that it leads to included.
///
/// # Errors
/// Everything that is wrong with how it is written.
pub fn publish(source: &Source) -> Result<PublishedDocument, Vec<Diagnostic>> {
    let (document, _) = load::load(source)?;
    let is_yaml = !source.text.trim_start().starts_with('{');
    Ok(PublishedDocument {
        json: format!("{:#}\n", document.tree),
        yaml: if is_yaml && source.external_files.is_empty() {
            source.text.clone()
        } else {
            load::yaml_of(&document.tree)
        },
    })
}

/// The catalogue that a document is.
///
/// # Errors
/// Everything that is wrong with the document.
pub fn catalogue(source: &Source) -> Result<Catalogue, Vec<Diagnostic>> {
    let (model, _) = model(source, &Catalogue::empty())?;
    Ok(Catalogue::new(model.statuses))
}

fn files(model: &Model) -> Result<Files, Diagnostic> {
    let mut files = Files::new();
    for output in OUTPUTS {
        let tokens = (output.emit)(model);
        if tokens.is_empty() {
            continue;
        }
        let text = format::tokens(tokens).map_err(|error| {
            let start = Place::position(1, 1);
            let message = format!("what is generated as `{}` is no Rust: {error}", output.path);
            Diagnostic::error(Rule::Internal, start, message)
                .help("this is a fault of the generator; please report it with the document")
        })?;
        files.insert(output.path.to_owned(), text);
    }
    for (path, text) in RUNTIME {
        files.insert((*path).to_owned(), format::marked(text));
    }
    Ok(files)
}
