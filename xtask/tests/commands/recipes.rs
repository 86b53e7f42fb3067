//! The recipes of the contributors' page, followed in a copy of the workspace.

use std::{fs, path::Path};

use crate::{
    generate::{copy_of_the_workspace, run_copy},
    readme::{WithStatus, with_status},
    workspace,
};

/// A new file, or text that is inserted before the first occurrence of another text.
enum Step {
    Create(&'static str, &'static str),
    Insert(&'static str, &'static str, &'static str),
}

/// To add an output.
const OUTPUT: &[Step] = &[
    Step::Create(
        "codegen/src/emit/outline.rs",
        r#"//! Emits a list of the operations.

use crate::model::Model;

pub(super) fn emit(model: &Model) -> String {
    let operations = model.operations.iter();
    operations.map(|operation| format!("- {}\n", operation.method)).collect()
}
"#,
    ),
    Step::Insert("codegen/src/emit.rs", "mod requests;\n", "mod outline;\n"),
    Step::Insert(
        "codegen/src/emit.rs",
        "    Output::new(\"src/server.rs\"",
        "    Output::new(\"src/outline.md\", |model| outline::emit(model).into()),\n",
    ),
];

/// To add a command.
const COMMAND: &[Step] = &[
    Step::Create(
        "codegen/src/cli/count.rs",
        r#"//! The command `count`: counts the operations of a document.

use std::path::PathBuf;

use super::{Program, document, error::CommandError, reporting::ReportArgs};

/// Count the operations of a document
#[derive(clap::Args)]
pub(crate) struct CountArgs {
    /// The document, as YAML or JSON
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    #[command(flatten)]
    report: ReportArgs,
}

impl CountArgs {
    /// Runs the command.
    pub(crate) fn run(&self, program: &Program) -> Result<String, CommandError> {
        let source = document::read(&self.spec)?;
        let catalogue = program.catalogue_for(&self.spec)?;
        let model = self.report.model(&source, catalogue)?;
        Ok(format!("{} operations\n", model.operations.len()))
    }
}
"#,
    ),
    Step::Insert("codegen/src/cli.rs", "mod diff;\n", "mod count;\n"),
    Step::Insert(
        "codegen/src/cli.rs",
        "    Diff(diff::DiffArgs),\n",
        "    Count(count::CountArgs),\n",
    ),
];

/// To add a diff rule.
const DIFF_RULE: &[Step] = &[
    Step::Insert(
        "codegen/src/diff/rules.rs",
        "    /// An operation was added.\n",
        "    /// The terms of service changed.\n    TermsChanged = \"terms-changed\";\n",
    ),
    Step::Insert(
        "codegen/src/diff/rules.rs",
        "    Info [\"title\"]",
        "    Info [\"termsOfService\"] => DiffWalk::terms_of_service;\n",
    ),
    Step::Insert(
        "codegen/src/diff/document/components.rs",
        "    fn section(&mut self, kind: ObjectKind",
        r#"    /// Compares the terms of service.
    pub(in crate::diff) fn terms_of_service(&mut self, member: &KeyPair<'a>) {
        let (before, after) = values(member);
        let message = describe_change("termsOfService", before, after);
        let place = member.place();
        self.changed(DiffRule::TermsChanged, place, message, (before, after), Effect::NONE);
    }

"#,
    ),
];

fn follow(folder: &Path, steps: &[Step]) {
    for step in steps {
        match step {
            Step::Create(path, text) => fs::write(folder.join(path), text).unwrap(),
            Step::Insert(path, before, text) => {
                let path = folder.join(path);
                let file = fs::read_to_string(&path).unwrap();
                let at = file.find(before).unwrap_or_else(|| panic!("{before}"));
                let (head, tail) = file.split_at(at);
                fs::write(path, [head, text, tail].concat()).unwrap();
            }
        }
    }
}

#[test]
#[ignore = "compiles the generator twice; `.ci/run` includes it"]
fn the_recipes_work_together() {
    let catalogue = fs::read_to_string(workspace().join("codegen/catalogue.json")).unwrap();
    let folder = copy_of_the_workspace("recipes", &catalogue);
    let WithStatus { spec, code, name } = with_status();
    fs::write(folder.join("spec/status.yaml"), &spec).unwrap();
    for steps in [OUTPUT, COMMAND, DIFF_RULE] {
        follow(&folder, steps);
    }
    let (exit, output) = run_copy(&folder, &["gen"]);
    assert_eq!(exit, Some(0), "{output}");
    assert!(
        output.ends_with("codegen/catalogue.json: written\n"),
        "{output}"
    );
    let outline = fs::read_to_string(folder.join("generated/src/outline.md")).unwrap();
    assert!(outline.contains("- GET\n"), "{outline}");
    let status = fs::read_to_string(folder.join("generated/src/status.rs")).unwrap();
    assert!(status.contains(&format!("{name} = {code},")));

    let (exit, output) = run_copy(&folder, &["explain", &code]);
    assert_eq!(exit, Some(0), "{output}");
    assert!(output.contains("Followed Literally"), "{output}");
    assert_eq!(
        run_copy(&folder, &["count"]),
        (Some(0), "7 operations\n".to_owned())
    );
    let changed = spec.replacen("info:\n", "info:\n  termsOfService: /terms\n", 1);
    fs::write(folder.join("changed.yaml"), changed).unwrap();
    let (_, output) = run_copy(
        &folder,
        &["diff", "spec/status.yaml", "--spec", "changed.yaml"],
    );
    assert!(output.contains("[terms-changed]"), "{output}");
}
