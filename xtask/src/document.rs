//! Reading documents, and saying what is wrong with them.

use std::{fs, path::Path};

use statusquo_codegen::{
    Generated,
    model::{Catalogue, Model},
    report::{Diagnostic, Report, Source, Style, render},
};

use crate::{failure::Failure, place};

/// Reads a document.
pub(crate) fn read(path: &Path) -> Result<Source, Failure> {
    let name = place::tidy(path).display().to_string();
    let unable = |why: &str| Failure::Unable(format!("cannot read `{name}`: {why}"));
    if path.is_dir() {
        return Err(unable("it is a folder; name the document in it"));
    }
    let bytes = fs::read(path).map_err(|error| unable(&error.to_string()))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(name, &text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..at).unwrap_or_default();
            let line = before.split(|byte| *byte == b'\n').count();
            Err(Failure::Unable(format!(
                "cannot read `{name}`: it is no text in UTF-8\n  --> {name}:{line}\n  = help: save it as UTF-8"
            )))
        }
    }
}

/// The statuses that a document need not describe: those of the workspace's own document, and none for
/// that one itself.
pub(crate) fn catalogue(of: &Path) -> Result<Catalogue, Failure> {
    let own = place::own_spec();
    if place::same(of, &own) {
        return Ok(Catalogue::empty());
    }
    let source = read(&own)?;
    statusquo_codegen::catalogue(&source.text).map_err(|findings| refused(&findings, &source))
}

/// Generates a crate; says on standard error what of the document is not in it.
pub(crate) fn generate(source: &Source, catalogue: &Catalogue) -> Result<Generated, Failure> {
    let generated = statusquo_codegen::generate(&source.text, catalogue)
        .map_err(|findings| refused(&findings, source))?;
    warn(&generated.warnings, source);
    Ok(generated)
}

/// Reads what a document means; says on standard error what is left out.
pub(crate) fn model(source: &Source, catalogue: &Catalogue) -> Result<Model, Failure> {
    let (model, warnings) = statusquo_codegen::model(&source.text, catalogue)
        .map_err(|findings| refused(&findings, source))?;
    warn(&warnings, source);
    Ok(model)
}

fn warn(warnings: &[Diagnostic], source: &Source) {
    let report = render(warnings, source, Style::Coloured);
    anstream::eprint!("{}", report.text);
    if report.warnings > 1 {
        anstream::eprintln!("{}: {} warnings", source.name, report.warnings);
    }
}

fn refused(findings: &[Diagnostic], source: &Source) -> Failure {
    let Report {
        mut text, errors, ..
    } = render(findings, source, Style::Coloured);
    let plural = if errors == 1 { "error" } else { "errors" };
    text.push_str(&format!(
        "{}: {errors} {plural}, nothing is generated\n",
        source.name
    ));
    Failure::Document(text)
}
