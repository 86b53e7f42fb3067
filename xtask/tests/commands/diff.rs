//! `cargo xtask diff`, and `gen --dry-run`.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

use crate::{document, empty, files, run};

fn git(folder: &Path, arguments: &[&str]) {
    let own = [
        "-c",
        "user.name=Somebody",
        "-c",
        "user.email=somebody@example.com",
        "-c",
        "init.defaultBranch=main",
        "-c",
        "commit.gpgsign=false",
    ];
    let mut command = Command::new("git");
    command.args(own).args(arguments).current_dir(folder);
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A repository with a document in its first commit.
fn repository(name: &str, text: &str) -> std::path::PathBuf {
    let folder = empty(name);
    git(&folder, &["init", "--quiet"]);
    fs::create_dir(folder.join("api")).unwrap();
    fs::write(folder.join("api/small.yaml"), text).unwrap();
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "--message", "First"]);
    folder
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let arguments = [&["diff", "--format", "json"], arguments].concat();
    let done = run(folder, &arguments);
    serde_json::from_str(&done.results).unwrap_or_else(|_| panic!("{}", done.messages))
}

fn rules(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|one| one["rule"].as_str().unwrap())
        .collect()
}

#[test]
fn a_working_copy_against_where_its_branch_began() {
    let folder = repository("diff-branch", &document(&[200]));
    let spec = ["--spec", "api/small.yaml"];
    let text = |codes: &[u16]| fs::write(folder.join("api/small.yaml"), document(codes)).unwrap();

    let done = run(&folder, &[&["diff"], &spec[..]].concat());
    assert_eq!(done.code, Some(0), "{}", done.messages);
    assert!(
        done.results.ends_with("nothing differs\n"),
        "{}",
        done.results
    );

    git(&folder, &["checkout", "--quiet", "-b", "mine"]);
    text(&[200, 404]);
    git(
        &folder,
        &["commit", "--quiet", "--all", "--message", "Mine"],
    );
    // What others have done since then is no change of this branch.
    git(&folder, &["checkout", "--quiet", "main"]);
    text(&[200, 409]);
    git(
        &folder,
        &["commit", "--quiet", "--all", "--message", "Theirs"],
    );
    git(&folder, &["checkout", "--quiet", "mine"]);
    let report = json(&folder, &spec);
    assert_eq!(rules(&report), ["response-added"], "{report:#}");
    assert_eq!(
        report["findings"][0]["pointer"],
        "/paths/~1a/get/responses/404"
    );
    assert_eq!(report["needs"], "2.0.0");
    assert_eq!(report["stated"], "1.0.0");
    assert_eq!(report["residual"], 0);
    let base = report["base"].as_str().unwrap();
    assert!(base.starts_with("merge base with main ("), "{base}");

    // Against what they have now it is another change.
    let report = json(&folder, &[&["main"], &spec[..]].concat());
    assert_eq!(rules(&report), ["response-replaced"], "{report:#}");

    let done = run(&folder, &[&["diff"], &spec[..]].concat());
    assert_eq!(done.code, Some(1), "{}", done.messages);
    assert!(
        done.messages.contains("raise it to 2.0.0 at least"),
        "{}",
        done.messages
    );
}

#[test]
fn two_files() {
    let folder = empty("diff-files");
    fs::write(folder.join("old.yaml"), document(&[200])).unwrap();
    let raised = document(&[200, 404]).replace("version: 1.0.0", "version: 2.0.0");
    fs::write(folder.join("new.yaml"), raised).unwrap();
    let files = ["old.yaml", "--spec", "new.yaml"];
    let done = run(&folder, &[&["diff"], &files[..]].concat());
    assert_eq!(done.code, Some(0), "{}", done.messages);
    assert!(
        done.results
            .contains("`match` needs an arm for `AResponse::NotFound`")
    );
    assert!(
        done.results
            .contains("old clients may get what they do not expect")
    );
    for (level, code) in [("major", 1), ("minor", 1), ("patch", 1), ("wire", 1)] {
        let done = run(
            &folder,
            &[&["diff", "--fail-on", level], &files[..]].concat(),
        );
        assert_eq!(done.code, Some(code), "{level}: {}", done.messages);
    }
    let back = [
        "diff",
        "new.yaml",
        "--spec",
        "new.yaml",
        "--fail-on",
        "patch",
    ];
    assert_eq!(run(&folder, &back).code, Some(0));

    // Words are no risk.
    let words = document(&[200]).replace("Some.", "Others.");
    fs::write(folder.join("words.yaml"), words).unwrap();
    let words = ["diff", "old.yaml", "--spec", "words.yaml", "--fail-on"];
    for (level, code) in [("major", 0), ("minor", 0), ("patch", 1), ("wire", 0)] {
        let done = run(&folder, &[&words[..], &[level]].concat());
        assert_eq!(done.code, Some(code), "{level}: {}", done.messages);
    }
}

#[test]
fn what_cannot_be_compared_is_no_finding() {
    let folder = repository("diff-unable", &document(&[200]));
    let spec = ["--spec", "api/small.yaml"];
    for (arguments, why) in [
        (vec!["nowhere"], "git knows no revision `nowhere`"),
        (
            vec!["--format", "json", "main^{tree}"],
            "git knows no revision",
        ),
    ] {
        let done = run(&folder, &[&["diff"], &arguments[..], &spec[..]].concat());
        assert_eq!((done.code, done.results.as_str()), (Some(2), ""));
        assert!(done.messages.contains(why), "{}", done.messages);
    }
    // A broken side is not one without operations.
    fs::write(folder.join("broken.yaml"), "openapi: 3.0.3\npaths: {}\n").unwrap();
    for arguments in [
        vec!["broken.yaml", "--spec", "api/small.yaml"],
        vec!["api/small.yaml", "--spec", "broken.yaml"],
    ] {
        let done = run(&folder, &[&["diff"], &arguments[..]].concat());
        assert_eq!((done.code, done.results.as_str()), (Some(2), ""));
        assert!(done.messages.contains("missing-key"), "{}", done.messages);
        assert!(
            done.messages.contains("nothing is compared"),
            "{}",
            done.messages
        );
    }
    // Without git there is nothing to begin with.
    let outside = std::env::temp_dir().join(format!("statusquo-diff-{}", std::process::id()));
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("small.yaml"), document(&[200])).unwrap();
    let done = run(&outside, &["diff", "--spec", "small.yaml"]);
    fs::remove_dir_all(&outside).unwrap();
    assert_eq!(done.code, Some(2));
    assert!(
        done.messages.contains("is in no repository of git"),
        "{}",
        done.messages
    );
}

#[test]
fn a_name_of_two_things_is_asked_for() {
    let folder = repository("diff-two-things", &document(&[200]));
    fs::write(folder.join("main"), document(&[404])).unwrap();
    let done = run(&folder, &["diff", "main", "--spec", "api/small.yaml"]);
    assert_eq!(done.code, Some(2));
    assert!(
        done.messages.contains("write `./main`"),
        "{}",
        done.messages
    );
    let report = json(&folder, &["./main", "--spec", "api/small.yaml"]);
    assert_eq!(rules(&report).len(), 2, "{report:#}");
}

#[test]
fn a_document_that_was_not_there_is_new() {
    let folder = repository("diff-new", &document(&[200]));
    fs::write(folder.join("api/other.yaml"), document(&[200])).unwrap();
    for format in ["text", "markdown", "json", "github"] {
        let arguments = ["diff", "--spec", "api/other.yaml", "--format", format];
        let done = run(&folder, &arguments);
        assert_eq!(done.code, Some(0), "{}", done.messages);
        assert!(done.results.contains("new"), "{}", done.results);
    }
    let report = json(&folder, &["--spec", "api/other.yaml"]);
    assert_eq!(report["new"], true);
}

#[test]
fn a_document_under_another_name_is_the_same() {
    let folder = repository("diff-renamed", &document(&[200, 404]));
    git(&folder, &["mv", "api/small.yaml", "api/large.yaml"]);
    fs::write(folder.join("api/large.yaml"), document(&[200])).unwrap();
    let report = json(&folder, &["--spec", "api/large.yaml"]);
    assert_eq!(rules(&report), ["response-removed"], "{report:#}");
    let file = report["findings"][0]["base"]["file"].as_str().unwrap();
    assert!(file.ends_with(":api/small.yaml"), "{file}");
    // Where git does not see it, the old name can be said.
    fs::write(folder.join("new.yaml"), document(&[200])).unwrap();
    let report = json(&folder, &["HEAD:api/small.yaml", "--spec", "new.yaml"]);
    assert_eq!(rules(&report), ["response-removed"], "{report:#}");
    let done = run(
        &folder,
        &["diff", "HEAD:nowhere.yaml", "--spec", "new.yaml"],
    );
    assert_eq!(done.code, Some(2));
    assert!(
        done.messages.contains("there is no such file"),
        "{}",
        done.messages
    );
}

#[test]
fn files_beside_the_document_are_those_of_the_revision() {
    let text = document(&[200]).replace("{description: Some.}", "{$ref: 'parts/ok.yaml'}");
    let folder = repository("diff-beside", &text);
    fs::create_dir(folder.join("api/parts")).unwrap();
    let part = |text: &str| fs::write(folder.join("api/parts/ok.yaml"), text).unwrap();
    part("description: Some.\n");
    git(&folder, &["add", "."]);
    git(
        &folder,
        &["commit", "--quiet", "--amend", "--message", "First"],
    );
    part("description: Some.\nheaders: {ETag: {schema: {type: string}}}\n");
    let report = json(&folder, &["--spec", "api/small.yaml"]);
    assert_eq!(rules(&report), ["header-added"], "{report:#}");
    assert_eq!(report["findings"][0]["head"]["file"], "api/parts/ok.yaml");
    assert_eq!(report["findings"][0]["head"]["line"], 2);
}

#[test]
fn a_comment_is_the_same_again_and_not_too_long() {
    let folder = empty("diff-comment");
    let operations = |ok: &str| {
        let operations: Vec<_> = (0..700)
            .map(|number| {
                format!(
                    "  /{number}:\n    get:\n      responses:\n        '{ok}': {{description: 'A \
                     <b>@somebody</b> #1 | `x`.'}}\n"
                )
            })
            .collect();
        let operations = operations.concat();
        format!("openapi: 3.0.3\ninfo: {{title: Many, version: 1.0.0}}\npaths:\n{operations}")
    };
    fs::write(folder.join("old.yaml"), operations("200")).unwrap();
    let changed = (0..700).fold(operations("200"), |text, number| {
        text.replace(
            &format!("  /{number}:\n    get:\n"),
            &format!("  /{number}:\n    get:\n      operationId: op{number}\n"),
        )
    });
    fs::write(
        folder.join("new.yaml"),
        changed.replace("`x`", "<i>@others</i>"),
    )
    .unwrap();
    let arguments = [
        "diff", "old.yaml", "--spec", "new.yaml", "--format", "markdown",
    ];
    let comment = run(&folder, &arguments).results;
    assert_eq!(comment, run(&folder, &arguments).results);
    assert!(
        comment.starts_with("<!-- statusquo-diff -->\n"),
        "{comment}"
    );
    assert!(comment.chars().count() < 65_536, "{}", comment.len());
    assert!(
        comment.contains("are cut to fit into a comment"),
        "{comment}"
    );
    let opened = comment.matches("<details").count();
    assert_eq!(opened, comment.matches("</details>").count());
    let same = [
        "diff", "old.yaml", "--spec", "old.yaml", "--format", "markdown",
    ];
    assert_eq!(run(&folder, &same).results, "");
}

#[test]
fn nothing_of_the_document_is_read_as_markdown() {
    let folder = empty("diff-markdown");
    let was = document(&[200]).replace("Some.", "'Some `code`.'");
    let is = document(&[200]).replace("Some.", "'<i>@others</i> [a](b) #1 `code` | *x*'");
    fs::write(folder.join("old.yaml"), was).unwrap();
    fs::write(folder.join("new.yaml"), is).unwrap();
    let arguments = [
        "diff", "old.yaml", "--spec", "new.yaml", "--format", "markdown",
    ];
    let comment = run(&folder, &arguments).results;
    let expected = "&lt;i&gt;&#64;others&lt;/i&gt; \\[a\\](b) &#35;1";
    assert!(comment.contains(expected), "{comment}");
    assert!(
        !comment.contains("@others") && !comment.contains("<i>"),
        "{comment}"
    );
}

#[test]
fn annotations_stand_at_lines_that_are_there() {
    let folder = empty("diff-annotations");
    fs::write(folder.join("old.yaml"), document(&[200, 404])).unwrap();
    fs::write(folder.join("new,1.yaml"), document(&[200])).unwrap();
    let arguments = [
        "diff",
        "old.yaml",
        "--spec",
        "new,1.yaml",
        "--format",
        "github",
    ];
    let done = run(&folder, &arguments);
    let first = done.results.lines().next().unwrap();
    assert!(
        first
            .starts_with("::error file=new%2C1.yaml,line=7,col=7,title=response-removed (major)::"),
        "{first}"
    );
    assert!(
        first.contains("%0Ain Rust: `AResponse::NotFound` is gone"),
        "{first}"
    );
}

#[test]
fn a_dry_run_says_what_an_edit_means_and_writes_nothing() {
    let folder = repository("dry-run", &document(&[200]));
    let arguments = ["gen", "--spec", "api/small.yaml", "--out", "small"];
    assert_eq!(run(&folder, &arguments).code, Some(0));
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "--message", "The crate"]);
    fs::write(folder.join("api/small.yaml"), document(&[200, 410])).unwrap();
    let before = files(&folder.join("small"));
    let dry = [&arguments[..], &["--dry-run"]].concat();
    let done = run(&folder, &dry);
    assert_eq!(done.code, Some(0), "{}", done.messages);
    assert_eq!(files(&folder.join("small")), before);
    for part in [
        "`GET /a`: answers with `410` too",
        "major: `match` needs an arm for `AResponse::Gone`",
        "needs 2.0.0; the document says 1.0.0",
        "small: 2 files would change",
    ] {
        assert!(done.results.contains(part), "{part}\n{}", done.results);
    }

    // The crate that is committed is of another generator.
    let path = folder.join("small/src/responses.rs");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("pub fn code(", "pub fn number(")).unwrap();
    git(
        &folder,
        &[
            "commit",
            "--quiet",
            "--all",
            "--message",
            "Another generator",
        ],
    );
    let done = run(&folder, &dry);
    assert!(
        done.results.contains("breaking[rust-changed]"),
        "{}",
        done.results
    );
    assert!(
        done.results.contains("`AResponse::number` is gone"),
        "{}",
        done.results
    );

    // What git does not know is held against what is there.
    fs::write(folder.join("api/other.yaml"), document(&[200])).unwrap();
    let other = ["gen", "--spec", "api/other.yaml", "--out", "other"];
    assert_eq!(run(&folder, &other).code, Some(0));
    fs::write(folder.join("api/other.yaml"), document(&[200, 410])).unwrap();
    let done = run(&folder, &[&other[..], &["--dry-run"]].concat());
    assert_eq!(done.code, Some(0), "{}", done.messages);
    assert!(
        done.results
            .contains("`match` needs an arm for `AResponse::Gone`"),
        "{}",
        done.results
    );
}
