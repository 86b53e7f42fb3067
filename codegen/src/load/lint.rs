//! Reads `x-lint` of a document: the rules whose warnings are not reported.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::{
    pointer::Pointer,
    report::{Diagnostic, Place, Rule, describe, nearest},
};

/// The only key of `x-lint`.
const ALLOW: &str = "allow";

/// Returns the rules in `allow` of the document's `x-lint`, and reports the faults of `x-lint`.
pub(super) fn allowed_rules(tree: &Value) -> (BTreeSet<Rule>, Vec<Diagnostic>) {
    let mut reader = LintReader::default();
    if let Some(lint) = tree.get("x-lint") {
        reader.read(lint, &Pointer::root().key("x-lint"));
    }
    (reader.allowed, reader.findings)
}

#[derive(Default)]
struct LintReader {
    allowed: BTreeSet<Rule>,
    findings: Vec<Diagnostic>,
}

impl LintReader {
    fn read(&mut self, lint: &Value, place: &Pointer) {
        let Some(members) = lint.as_object() else {
            let message = format!("`x-lint` is {}, not a mapping", describe(lint));
            return self.wrong_type(place, message);
        };
        self.check_keys(members, place);
        let Some(list) = members.get(ALLOW) else {
            return;
        };
        let place = place.key(ALLOW);
        let Some(ids) = list.as_array() else {
            let message = format!("`{ALLOW}` is {}, not a list", describe(list));
            return self.wrong_type(&place, message);
        };
        for (index, id) in ids.iter().enumerate() {
            let place = place.index(index);
            match id {
                Value::String(id) => self.read_rule(id, place),
                id => {
                    let message = format!("this is {}, not the ID of a rule", describe(id));
                    self.wrong_type(&place, message);
                }
            }
        }
    }

    fn check_keys(&mut self, members: &Map<String, Value>, place: &Pointer) {
        for key in members.keys().filter(|key| *key != ALLOW) {
            let place = Place::Key(place.key(key));
            let message = format!("`{key}` is not a key of `x-lint`");
            self.findings.push(
                Diagnostic::error(Rule::UnknownKey, place, message)
                    .help(format!("use its only key, `{ALLOW}`")),
            );
        }
    }

    fn read_rule(&mut self, id: &str, place: Pointer) {
        if let Some(rule) = Rule::from_id(id) {
            self.allowed.insert(rule);
            return;
        }
        let ids = Rule::ALL.iter().map(|rule| rule.id());
        let help = match nearest(id, ids) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "use the ID in brackets in a warning".to_owned(),
        };
        let message = format!("`{}` is not a rule", id.escape_debug());
        self.findings
            .push(Diagnostic::error(Rule::WrongValue, Place::Value(place), message).help(help));
    }

    fn wrong_type(&mut self, place: &Pointer, message: String) {
        self.findings.push(
            Diagnostic::error(Rule::WrongType, Place::Value(place.clone()), message)
                .help("list the rules: `x-lint: {allow: [unknown-key]}`"),
        );
    }
}
