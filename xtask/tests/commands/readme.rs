//! The README: its code is that of the examples, its commands print what it says.

use std::{fs, path::Path};

use crate::{run, workspace};

fn readme() -> String {
    fs::read_to_string(workspace().join("README.md")).unwrap()
}

/// The blocks of a language.
fn blocks(readme: &str, language: &str) -> Vec<Vec<String>> {
    let mut blocks = Vec::new();
    let mut block: Option<Vec<String>> = None;
    for line in readme.lines() {
        match &mut block {
            None if line.trim() == format!("```{language}") => block = Some(Vec::new()),
            None => {}
            Some(lines) if line.trim() == "```" => {
                blocks.push(std::mem::take(lines));
                block = None;
            }
            Some(lines) => lines.push(line.to_owned()),
        }
    }
    blocks
}

#[test]
fn its_code_is_that_of_the_examples() {
    let folder = workspace().join("generated/examples");
    let examples: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    let blocks = blocks(&readme(), "rust");
    assert_eq!(blocks.len(), 4);
    for block in blocks {
        let block = block.join("\n");
        assert!(
            examples.iter().any(|example| example.contains(&block)),
            "{block}"
        );
    }
}

/// What takes too long, needs another program, or does not end.
const LEFT_OUT: [&str; 5] = [
    "cargo test",
    "cargo xtask serve",
    "curl ",
    "openapi-spec-validator ",
    "schemathesis ",
];

#[test]
fn its_commands_print_what_it_says() {
    let _ = fs::remove_dir_all(workspace().join("target/example-pets"));
    let mut checked = 0;
    for block in blocks(&readme(), "console") {
        let (command, expected) = block.split_first().unwrap();
        let command = command.strip_prefix("$ ").unwrap();
        if LEFT_OUT
            .iter()
            .any(|left_out| command.starts_with(left_out))
        {
            continue;
        }
        let arguments: Vec<_> = command
            .strip_prefix("cargo xtask ")
            .unwrap()
            .split(' ')
            .collect();
        let done = run(&workspace(), &arguments);
        let printed = done.results + &done.messages;
        let printed: Vec<_> = printed.trim_end().lines().collect();
        assert!(
            like(&printed, expected),
            "{command}\n{}",
            printed.join("\n")
        );
        checked += 1;
    }
    assert_eq!(checked, 7);
}

/// Whether lines are those that are expected, among which `...` stands for any.
fn like(printed: &[&str], expected: &[String]) -> bool {
    match expected.iter().position(|line| line == "...") {
        None => printed == expected,
        Some(at) => {
            let (head, tail) = (&expected[..at], &expected[at + 1..]);
            printed.len() >= head.len() + tail.len()
                && printed[..at] == *head
                && printed[printed.len() - tail.len()..] == *tail
        }
    }
}

/// The comment on a pull request, as it is shown there.
#[test]
fn its_comment_is_what_the_diff_writes() {
    let arguments = [
        "diff",
        "tests/documents/pets.yaml",
        "--spec",
        "tests/diff/pets-next.yaml",
        "--format",
        "markdown",
    ];
    let comment = run(&workspace(), &arguments).results;
    let quoted: Vec<_> = comment
        .lines()
        .skip(1)
        .map(|line| format!("> {line}").trim_end().to_owned())
        .collect();
    assert!(readme().contains(&quoted.join("\n")), "{comment}");
}

#[test]
fn its_links_lead_somewhere() {
    let readme = readme();
    let mut links = 0;
    for link in readme
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
    {
        if !link.contains("://") {
            assert!(workspace().join(Path::new(link)).exists(), "{link}");
            links += 1;
        }
    }
    assert!(links > 30);
}

/// The recipe for a new status, followed to the letter.
#[test]
fn its_recipe_for_a_status_works() {
    let readme = readme();
    let block = blocks(&readme, "yaml").remove(0);
    // It stands in a list, indented by three.
    let response: Vec<_> = block
        .iter()
        .map(|line| line.strip_prefix("   ").unwrap_or(line))
        .collect();
    let key = readme
        .split_once("`'455': ")
        .unwrap()
        .1
        .split_once('`')
        .unwrap()
        .0;
    let spec = fs::read_to_string(workspace().join("spec/status.yaml")).unwrap();
    // Who reads the README may have followed it already.
    let (code, name) = (free(&spec), "FollowedToTheLetter");
    let response = response
        .join("\n")
        .replace("455", &code)
        .replace("BlockedByParents", name)
        .replace("Blocked By Parents", "Followed To The Letter");
    let key = key.replace("BlockedByParents", name);
    let spec = spec.replacen(
        "  responses:\n    Default:",
        &format!("  responses:\n{response}\n    Default:"),
        1,
    );
    let spec = spec.replacen(
        "        default: {",
        &format!("        '{code}': {key}\n        default: {{"),
        1,
    );
    let folder = crate::empty("recipe");
    fs::write(folder.join("status.yaml"), spec).unwrap();
    let arguments = [
        "gen",
        "--spec",
        "status.yaml",
        "--out",
        "out",
        "--name",
        "recipe",
    ];
    let done = run(&folder, &arguments);
    assert_eq!((done.code, done.messages.as_str()), (Some(0), ""));
    let status = fs::read_to_string(folder.join("out/src/status.rs")).unwrap();
    assert!(status.contains(&format!("{name} = {code},")));
    assert!(status.contains("Somebody's parents do not want the page to be seen."));
}

/// A code that the document does not describe.
fn free(spec: &str) -> String {
    (452..=499)
        .map(|code| code.to_string())
        .find(|code| !spec.contains(&format!("'{code}':")))
        .unwrap()
}
