//! Prints findings about documents.

use super::error::CommandError;
use crate::{
    model::{Catalogue, Model},
    report::{Detail, Diagnostic, OutputStyle, Report, Rule, nearest, render},
    source::Source,
};

/// The options for messages about a document.
#[derive(clap::Args)]
pub(crate) struct ReportArgs {
    /// Print every finding; by default, a rule with more than five findings prints three and the number of the others
    #[arg(long, short)]
    verbose: bool,
    /// Do not print the warnings of a rule, such as `unknown-key`; may be repeated
    #[arg(long, value_name = "RULE", value_parser = parse_rule)]
    allow: Vec<Rule>,
}

fn parse_rule(id: &str) -> Result<Rule, String> {
    Rule::from_id(id).ok_or_else(|| {
        let ids = Rule::ALL.iter().map(|rule| rule.id());
        match nearest(id, ids) {
            Some(near) => format!("there is no such rule; did you mean `{near}`?"),
            None => "there is no such rule; use the one in brackets in a warning".to_owned(),
        }
    })
}

impl ReportArgs {
    fn render(&self, findings: &[Diagnostic], source: &Source) -> Report {
        let detail = if self.verbose {
            Detail::All
        } else {
            Detail::Summary
        };
        render(findings, source, OutputStyle::Colored, detail)
    }

    /// Lowers a document to its model, and prints warnings to standard error.
    pub(crate) fn model(
        &self,
        source: &Source,
        catalogue: &Catalogue,
    ) -> Result<Model, CommandError> {
        let (model, warnings) = crate::model(source, catalogue, &crate::Options::default())
            .map_err(|findings| self.generation_error(&findings, source))?;
        self.warn(&warnings, source);
        Ok(model)
    }

    /// Prints warnings to standard error, and returns their number, without those of allowed rules.
    pub(crate) fn warn(&self, warnings: &[Diagnostic], source: &Source) -> usize {
        let warnings: Vec<_> = warnings
            .iter()
            .filter(|warning| !self.allow.contains(&warning.rule))
            .cloned()
            .collect();
        let report = self.render(&warnings, source);
        anstream::eprint!("{}", report.text);
        if report.warnings > 1 {
            anstream::eprintln!("{}: {} warnings", source.name, report.warnings);
        }
        report.warnings
    }

    /// Creates the error for a document from which nothing is generated.
    pub(crate) fn generation_error(
        &self,
        findings: &[Diagnostic],
        source: &Source,
    ) -> CommandError {
        self.error(findings, source, "nothing is generated")
    }

    /// Creates the error for a document that cannot be compared.
    pub(crate) fn comparison_error(
        &self,
        findings: &[Diagnostic],
        source: &Source,
    ) -> CommandError {
        self.error(findings, source, "nothing is compared")
    }

    fn error(&self, findings: &[Diagnostic], source: &Source, outcome: &str) -> CommandError {
        let Report {
            mut text, errors, ..
        } = self.render(findings, source);
        let plural = if errors == 1 { "error" } else { "errors" };
        text.push_str(&format!("{}: {errors} {plural}, {outcome}\n", source.name));
        CommandError::Document(text)
    }
}
