//! Formats a report as annotations of GitHub workflows ("Workflow commands").

use crate::diff::FindingSeverity;

use super::view::{New, View, advice, title, users};

pub(crate) fn report(view: &View<'_>) -> String {
    let mut text = String::new();
    for located in &view.findings {
        let finding = located.finding;
        let command = match finding.severity() {
            FindingSeverity::Breaking => "error",
            FindingSeverity::Notable => "warning",
            FindingSeverity::Note => "notice",
        };
        let near = &located.near;
        let mut message = title(finding);
        let wire = finding.wire.summary();
        if !wire.is_empty() {
            message.push_str(&format!("\non the wire: {wire}"));
        }
        if let Some(users) = users(finding) {
            message.push_str(&format!("\nused by {users}"));
        }
        for line in advice(finding, 3) {
            message.push_str(&format!("\nin Rust: {line}"));
        }
        text.push_str(&format!(
            "::{command} file={},line={},col={},title={}::{}\n",
            property(&near.file),
            near.line,
            near.column,
            property(&format!("{} ({})", finding.rule, finding.level)),
            data(&message)
        ));
    }
    if !view.diff.is_empty() {
        let message = format!("{}\n{}", view.counted(), view.version());
        let command = match view.diff.versions.is_sufficient {
            Some(false) => "error",
            _ => "notice",
        };
        let file = property(view.file);
        text.push_str(&format!(
            "::{command} file={file},title=version::{}\n",
            data(&message)
        ));
    }
    text
}

pub(crate) fn new(view: &New) -> String {
    let file = property(&view.head);
    format!(
        "::notice file={file},title=new document::the document does not exist in {}\n",
        data(&view.base)
    )
}

/// Escapes the message of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
