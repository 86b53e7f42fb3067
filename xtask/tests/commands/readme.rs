//! The README and the contributors' page: their code is tested, and their commands print what they show.

use std::{env, fs, path::Path};

use statusquo_codegen::{Options, model::Catalogue, source::Source};

use crate::{run, workspace};

fn readme() -> String {
    page("README.md")
}

fn page(path: &str) -> String {
    fs::read_to_string(workspace().join(path)).unwrap()
}

/// Returns the fenced code blocks of a language.
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

/// Each block of Rust or YAML is part of a program or document that other tests compile and run.
#[test]
fn code_blocks_are_tested_code() {
    let sources = [
        "generated/examples/explain.rs",
        "tests/fixtures/quickstart.rs",
        "tests/fixtures/quickstart.yaml",
        "tests/orders/src/service.rs",
    ]
    .map(page);
    let readme = readme();
    let blocks = [blocks(&readme, "rust"), blocks(&readme, "yaml")].concat();
    assert_eq!(blocks.len(), 5);
    for block in blocks {
        let block = block.join("\n");
        assert!(
            sources.iter().any(|source| source.contains(&block)),
            "{block}"
        );
    }
}

/// The only command of the README that takes too long here.
const LEFT_OUT: &str = "cargo test";

#[test]
fn commands_print_what_the_readme_shows() {
    let _ = fs::remove_dir_all(workspace().join("target/example-pets"));
    let mut checked = 0;
    for block in blocks(&readme(), "console") {
        let (command, expected) = block.split_first().unwrap();
        let command = command.strip_prefix("$ ").unwrap();
        if command == LEFT_OUT {
            continue;
        }
        let arguments: Vec<_> = command
            .strip_prefix("cargo xtask ")
            .unwrap()
            .split(' ')
            .collect();
        let done = run(&workspace(), &arguments);
        let printed = done.results + &done.messages;
        let printed = without_counts(printed.trim_end());
        let printed: Vec<_> = printed.lines().collect();
        let expected: Vec<_> = expected.iter().map(|line| without_counts(line)).collect();
        assert!(
            matches(&printed, &expected),
            "{command}\n{}",
            printed.join("\n")
        );
        checked += 1;
    }
    assert_eq!(checked, 4);
}

/// Replaces the numbers of files, which change whenever an output is added.
fn without_counts(text: &str) -> String {
    let words = text.split_inclusive(char::is_whitespace);
    let mut words: Vec<_> = words.map(str::to_owned).collect();
    for index in 1..words.len() {
        if words[index].starts_with("files,") && words[index - 1].trim().parse::<u32>().is_ok() {
            "N ".clone_into(&mut words[index - 1]);
            // The number of written files in a new folder.
            if let Some(count) = words.get_mut(index + 1).filter(|count| *count != "0 ") {
                "N ".clone_into(count);
            }
        }
    }
    words.concat()
}

/// Returns whether the lines are those expected, where a line `...` stands for any number of lines.
fn matches(printed: &[&str], expected: &[String]) -> bool {
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

/// The comment on a pull request.
#[test]
fn the_comment_is_the_golden_one() {
    let arguments = [
        "diff",
        "tests/fixtures/pets.yaml",
        "--spec",
        "tests/fixtures/diff/pets-next.yaml",
        "--format",
        "markdown",
    ];
    let comment = run(&workspace(), &arguments).results;
    let golden = workspace().join("tests/goldens/diff/pets-next.md");
    if env::var_os("UPDATE_GOLDENS").is_some() {
        fs::write(&golden, &comment).unwrap();
    }
    assert_eq!(comment, fs::read_to_string(golden).unwrap());
}

#[test]
fn links_lead_to_files() {
    for (path, least) in [("README.md", 8), (".github/CONTRIBUTING.md", 30)] {
        let page = page(path);
        let folder = workspace().join(path);
        let folder = folder.parent().unwrap();
        let targets = page
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        let files: Vec<_> = targets.filter(|target| !target.contains("://")).collect();
        for file in &files {
            assert!(folder.join(Path::new(file)).exists(), "{path}: {file}");
        }
        assert!(files.len() >= least, "{path}: {}", files.len());
    }
}

/// The document of the workspace with a status as the recipe adds it.
pub(crate) struct WithStatus {
    pub(crate) spec: String,
    pub(crate) code: String,
    pub(crate) name: &'static str,
}

/// Follows the recipe for a status.
pub(crate) fn with_status() -> WithStatus {
    let page = page(".github/CONTRIBUTING.md");
    let block = blocks(&page, "yaml").remove(0);
    // It is in a list, indented by three.
    let response: Vec<_> = block
        .iter()
        .map(|line| line.strip_prefix("   ").unwrap_or(line))
        .collect();
    let key = page
        .split_once("`'455': ")
        .unwrap()
        .1
        .split_once('`')
        .unwrap()
        .0;
    let spec = fs::read_to_string(workspace().join("spec/status.yaml")).unwrap();
    // A reader may have followed the recipe already.
    let (code, name) = (free(&spec), "FollowedLiterally");
    let response = response
        .join("\n")
        .replace("455", &code)
        .replace("BlockedByParents", name)
        .replace("Blocked By Parents", "Followed Literally");
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
    WithStatus { spec, code, name }
}

#[test]
fn the_recipe_for_a_status_works() {
    let WithStatus { spec, code, name } = with_status();
    let folder = crate::empty_folder("recipe");
    fs::write(folder.join("status.yaml"), &spec).unwrap();
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
    // In the workspace, the document is the catalogue.
    let source = Source::new("status.yaml", &spec);
    let (_, warnings) =
        statusquo_codegen::model(&source, &Catalogue::empty(), &Options::default()).unwrap();
    assert_eq!(warnings, []);
    let status = fs::read_to_string(folder.join("out/src/status.rs")).unwrap();
    assert!(status.contains(&format!("{name} = {code},")));
    assert!(status.contains("A parent does not allow the client to see the page."));
}

/// Returns a code that the document does not describe.
fn free(spec: &str) -> String {
    (452..=499)
        .map(|code| code.to_string())
        .find(|code| !spec.contains(&format!("'{code}':")))
        .unwrap()
}
