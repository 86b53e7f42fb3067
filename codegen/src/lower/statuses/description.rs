//! Checks the descriptions of statuses in a document that is a catalogue, because they are documentation for all
//! users of the catalogue.

use crate::{
    lower::Context,
    model::Status,
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// The maximum length of a line of a description, in bytes.
const MAX_LINE: usize = 100;

/// Reports the first fault of the description of a status; `place` is that of its response.
pub(super) fn check(cx: &Context<'_>, status: &Status, place: &Pointer) {
    if let Some((fault, help)) = fault(status) {
        let message = format!("the description of {} {fault}", status.code);
        cx.report(
            Diagnostic::error(
                Rule::StatusDescription,
                Place::Value(place.key("description")),
                message,
            )
            .help(help),
        );
    }
}

/// Returns the first fault of a description, and the help.
fn fault(status: &Status) -> Option<(String, String)> {
    let text = status.description.as_str();
    let (summary, details) = text.split_once("\n\n").unwrap_or((text, ""));
    if summary.contains('\n') || !summary.ends_with('.') || summary.len() > MAX_LINE {
        let fault = format!("does not start with a sentence on a line of at most {MAX_LINE} bytes");
        let help = "start with one sentence, such as `The server cannot find the resource.`, and a blank line";
        return Some((fault, help.to_owned()));
    }
    if details.trim().is_empty() {
        let fault = "has only a summary".to_owned();
        let help = "add a blank line and who sends the status, and what a client should do";
        return Some((fault, help.to_owned()));
    }
    let is_long = |line: &&str| line.len() > MAX_LINE;
    if let Some(line) = text.lines().find(is_long) {
        let fault = format!("has a line of {} bytes", line.len());
        return Some((fault, format!("break lines after at most {MAX_LINE} bytes")));
    }
    if text.lines().any(|line| line.trim_end() != line) {
        let fault = "has spaces at the end of a line".to_owned();
        return Some((fault, "remove them".to_owned()));
    }
    if !text.ends_with(['.', '"', ')']) {
        let fault = "does not end with a sentence".to_owned();
        return Some((fault, "end it with a period".to_owned()));
    }
    if text.matches('`').count() % 2 == 1 {
        let fault = "has an odd number of backticks".to_owned();
        return Some((fault, "close the code with a second backtick".to_owned()));
    }
    let origins = status.origin.iter().filter(|origin| *origin != "iana");
    // The vendor of `aws-elb` is AWS.
    let mut vendors = origins.map(|origin| origin.split('-').next().unwrap_or(origin));
    let vendor = vendors.find(|vendor| !text.to_lowercase().contains(*vendor))?;
    let fault = format!("does not mention its origin `{vendor}`");
    let help = format!("add a sentence about its origin, such as `{vendor} sends it when ...`");
    Some((fault, help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::statuses::unknown_status;

    #[test]
    fn a_description_is_a_summary_and_details() {
        let check = |description: &str| {
            let status = Status {
                origin: vec!["iana".to_owned(), "aws-elb".to_owned()],
                ..unknown_status(460, description.to_owned())
            };
            fault(&status).map(|(fault, _)| fault)
        };
        assert_eq!(check("The client left.\n\nAWS sends it.\nNever."), None);
        let long = "a ".repeat(51);
        for (description, expected) in [
            ("", "does not start"),
            ("No period\n\nAWS.", "does not start"),
            ("Two\nlines.\n\nAWS.", "does not start"),
            (&format!("{long}.\n\nAWS."), "does not start"),
            ("Fine.", "has only a summary"),
            (&format!("Fine.\n\n{long}AWS."), "has a line of"),
            ("Fine.\n\nAWS. \nIt.", "has spaces"),
            ("Fine.\n\nAWS", "does not end"),
            ("Fine.\n\n`AWS.", "has an odd number"),
            ("Fine.\n\nNobody.", "does not mention its origin `aws`"),
        ] {
            let fault = check(description);
            assert!(
                fault.is_some_and(|fault| fault.starts_with(expected)),
                "{description}"
            );
        }
    }
}
