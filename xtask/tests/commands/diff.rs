//! Tests of `cargo xtask diff` and `gen --dry-run`.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

use crate::{document, empty_folder, files, run};

fn git(folder: &Path, arguments: &[&str]) {
    let config = [
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
    command.args(config).args(arguments).current_dir(folder);
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Creates a repository with a document in its first commit.
fn repository(name: &str, text: &str) -> std::path::PathBuf {
    let folder = empty_folder(name);
    git(&folder, &["init", "--quiet"]);
    fs::create_dir(folder.join("api")).unwrap();
    fs::write(folder.join("api/small.yaml"), text).unwrap();
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "--message", "First"]);
    folder
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let arguments = [&["diff", "--format", "json"], arguments].concat();
    let output = run(folder, &arguments);
    serde_json::from_str(&output.results).unwrap_or_else(|_| panic!("{}", output.messages))
}

fn rules(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect()
}

#[test]
fn compares_the_working_copy_with_the_merge_base() {
    let folder = repository("diff-branch", &document(&[200]));
    let spec = ["--spec", "api/small.yaml"];
    let text = |codes: &[u16]| fs::write(folder.join("api/small.yaml"), document(codes)).unwrap();

    let output = run(&folder, &[&["diff"], &spec[..]].concat());
    assert_eq!(output.code, Some(0), "{}", output.messages);
    assert!(
        output.results.ends_with("no differences\n"),
        "{}",
        output.results
    );

    git(&folder, &["checkout", "--quiet", "-b", "mine"]);
    text(&[200, 404]);
    git(
        &folder,
        &["commit", "--quiet", "--all", "--message", "Mine"],
    );
    // Later commits on `main` are not part of this branch's change.
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
    assert_eq!(report["needed_version"], "2.0.0");
    assert_eq!(report["stated_version"], "1.0.0");
    assert_eq!(report["uncovered_count"], 0);
    let base = report["base"].as_str().unwrap();
    assert!(base.starts_with("merge base with main ("), "{base}");

    // Compared with the tip of `main`, the change is different.
    let report = json(&folder, &[&["main"], &spec[..]].concat());
    assert_eq!(rules(&report), ["response-replaced"], "{report:#}");

    let output = run(&folder, &[&["diff"], &spec[..]].concat());
    assert_eq!(output.code, Some(1), "{}", output.messages);
    assert!(
        output.messages.contains("raise it to at least 2.0.0"),
        "{}",
        output.messages
    );
}

#[test]
fn compares_two_files() {
    let folder = empty_folder("diff-files");
    fs::write(folder.join("old.yaml"), document(&[200])).unwrap();
    let raised = document(&[200, 404]).replace("version: 1.0.0", "version: 2.0.0");
    fs::write(folder.join("new.yaml"), raised).unwrap();
    let files = ["old.yaml", "--spec", "new.yaml"];
    let output = run(&folder, &[&["diff"], &files[..]].concat());
    assert_eq!(output.code, Some(0), "{}", output.messages);
    assert!(
        output
            .results
            .contains("add a `match` arm for `AResponse::NotFound`")
    );
    assert!(
        output
            .results
            .contains("breaking for old clients: responses may not be understood")
    );
    for (level, code) in [("major", 1), ("minor", 1), ("patch", 1), ("wire", 1)] {
        let output = run(
            &folder,
            &[&["diff", "--fail-on", level], &files[..]].concat(),
        );
        assert_eq!(output.code, Some(code), "{level}: {}", output.messages);
    }
    let same = [
        "diff",
        "new.yaml",
        "--spec",
        "new.yaml",
        "--fail-on",
        "patch",
    ];
    assert_eq!(run(&folder, &same).code, Some(0));

    // Changes of documentation are not a risk.
    let reworded = document(&[200]).replace("Some.", "Others.");
    fs::write(folder.join("reworded.yaml"), reworded).unwrap();
    let arguments = ["diff", "old.yaml", "--spec", "reworded.yaml", "--fail-on"];
    for (level, code) in [("major", 0), ("minor", 0), ("patch", 1), ("wire", 0)] {
        let output = run(&folder, &[&arguments[..], &[level]].concat());
        assert_eq!(output.code, Some(code), "{level}: {}", output.messages);
    }
}

#[test]
fn failures_exit_with_2() {
    let folder = repository("diff-unable", &document(&[200]));
    let spec = ["--spec", "api/small.yaml"];
    for (arguments, why) in [
        (vec!["nowhere"], "there is no Git revision `nowhere`"),
        (
            vec!["--format", "json", "main^{tree}"],
            "there is no Git revision",
        ),
    ] {
        let output = run(&folder, &[&["diff"], &arguments[..], &spec[..]].concat());
        assert_eq!((output.code, output.results.as_str()), (Some(2), ""));
        assert!(output.messages.contains(why), "{}", output.messages);
    }
    // An invalid document is an error, not a document without operations.
    fs::write(folder.join("broken.yaml"), "openapi: 3.0.3\npaths: {}\n").unwrap();
    for arguments in [
        vec!["broken.yaml", "--spec", "api/small.yaml"],
        vec!["api/small.yaml", "--spec", "broken.yaml"],
    ] {
        let output = run(&folder, &[&["diff"], &arguments[..]].concat());
        assert_eq!((output.code, output.results.as_str()), (Some(2), ""));
        assert!(
            output.messages.contains("missing-key"),
            "{}",
            output.messages
        );
        assert!(
            output.messages.contains("nothing is compared"),
            "{}",
            output.messages
        );
    }
    // Without Git there is no default base.
    let outside = std::env::temp_dir().join(format!("statusquo-diff-{}", std::process::id()));
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("small.yaml"), document(&[200])).unwrap();
    let output = run(&outside, &["diff", "--spec", "small.yaml"]);
    fs::remove_dir_all(&outside).unwrap();
    assert_eq!(output.code, Some(2));
    assert!(
        output.messages.contains("is not in a Git repository"),
        "{}",
        output.messages
    );
}

#[test]
fn rejects_an_ambiguous_base() {
    let folder = repository("diff-ambiguous", &document(&[200]));
    fs::write(folder.join("main"), document(&[404])).unwrap();
    let output = run(&folder, &["diff", "main", "--spec", "api/small.yaml"]);
    assert_eq!(output.code, Some(2));
    assert!(
        output.messages.contains("write `./main`"),
        "{}",
        output.messages
    );
    let report = json(&folder, &["./main", "--spec", "api/small.yaml"]);
    assert_eq!(rules(&report).len(), 2, "{report:#}");
}

#[test]
fn reports_a_new_document() {
    let folder = repository("diff-new", &document(&[200]));
    fs::write(folder.join("api/other.yaml"), document(&[200])).unwrap();
    for format in ["text", "markdown", "json", "github"] {
        let arguments = ["diff", "--spec", "api/other.yaml", "--format", format];
        let output = run(&folder, &arguments);
        assert_eq!(output.code, Some(0), "{}", output.messages);
        assert!(output.results.contains("new"), "{}", output.results);
    }
    let report = json(&folder, &["--spec", "api/other.yaml"]);
    assert_eq!(report["new"], true);
}

#[test]
fn follows_a_renamed_document() {
    let folder = repository("diff-renamed", &document(&[200, 404]));
    git(&folder, &["mv", "api/small.yaml", "api/large.yaml"]);
    fs::write(folder.join("api/large.yaml"), document(&[200])).unwrap();
    let report = json(&folder, &["--spec", "api/large.yaml"]);
    assert_eq!(rules(&report), ["response-removed"], "{report:#}");
    let file = report["findings"][0]["base"]["file"].as_str().unwrap();
    assert!(file.ends_with(":api/small.yaml"), "{file}");
    // If Git does not detect the rename, the old path can be given.
    fs::write(folder.join("new.yaml"), document(&[200])).unwrap();
    let report = json(&folder, &["HEAD:api/small.yaml", "--spec", "new.yaml"]);
    assert_eq!(rules(&report), ["response-removed"], "{report:#}");
    let output = run(
        &folder,
        &["diff", "HEAD:nowhere.yaml", "--spec", "new.yaml"],
    );
    assert_eq!(output.code, Some(2));
    assert!(
        output.messages.contains("there is no such file"),
        "{}",
        output.messages
    );
}

#[test]
fn reads_external_files_from_the_revision() {
    let text = document(&[200]).replace("{description: Some.}", "{$ref: 'parts/ok.yaml'}");
    let folder = repository("diff-external-files", &text);
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
fn comments_are_stable_and_fit_the_size_limit() {
    let folder = empty_folder("diff-comment");
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
        comment.contains("were omitted to fit into a comment"),
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
fn escapes_markdown_in_the_document() {
    let folder = empty_folder("diff-markdown");
    let before = document(&[200]).replace("Some.", "'Some `code`.'");
    let after = document(&[200]).replace("Some.", "'<i>@others</i> [a](b) #1 `code` | *x*'");
    fs::write(folder.join("old.yaml"), before).unwrap();
    fs::write(folder.join("new.yaml"), after).unwrap();
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
fn a_version_is_escaped_in_markdown_and_in_a_terminal() {
    let folder = empty_folder("diff-version");
    let versioned = |codes: &[u16]| {
        let version = "version: \"<b>*@others*</b>\\e[2J\"";
        document(codes).replace("version: 1.0.0", version)
    };
    fs::write(folder.join("old.yaml"), versioned(&[200])).unwrap();
    fs::write(folder.join("new.yaml"), versioned(&[200, 404])).unwrap();
    let arguments = ["diff", "old.yaml", "--spec", "new.yaml"];
    let comment = run(
        &folder,
        &[&arguments[..], &["--format", "markdown"]].concat(),
    )
    .results;
    let escaped = "of the base, &lt;b&gt;\\*&#64;others\\*&lt;/b&gt; \\[2J, is not";
    assert!(comment.contains(escaped), "{comment}");
    assert!(!comment.contains("@others"), "{comment}");
    let output = run(&folder, &arguments);
    assert!(!output.results.contains('\u{1b}'), "{}", output.results);
    assert!(!output.messages.contains('\u{1b}'), "{}", output.messages);
}

#[test]
fn the_verdict_names_the_version_that_cannot_be_incremented() {
    let folder = empty_folder("diff-other-version");
    let write = |file: &str, version: &str, codes: &[u16]| {
        let text = document(codes).replace("1.0.0", version);
        fs::write(folder.join(file), text).unwrap();
    };
    let arguments = ["diff", "old.yaml", "--spec", "new.yaml"];
    for (base, head, code, verdict, message) in [
        (
            "latest",
            "2.0.0",
            0,
            "major change, breaking for old clients: the required version is unknown, because `info.version` of \
             the base, latest, is not a semantic version that can be incremented; `info.version` is now 2.0.0",
            "",
        ),
        (
            "latest",
            "latest",
            1,
            "major change, breaking for old clients: the required version is unknown, because `info.version` of \
             the base, latest, is not a semantic version that can be incremented; `info.version` is now latest",
            "`info.version` is latest, but this is a major change: choose a new one; none is suggested, because \
             it is not a semantic version that can be incremented\n",
        ),
        (
            "18446744073709551615.0.0",
            "2.0.0",
            0,
            "major change, breaking for old clients: the required version is unknown, because `info.version` of \
             the base, 18446744073709551615.0.0, is not a semantic version that can be incremented; \
             `info.version` is now 2.0.0",
            "",
        ),
        (
            "1.0.0",
            "latest",
            1,
            "major change, breaking for old clients: requires 2.0.0, but `info.version` is latest",
            "`info.version` is latest, but this is a major change: raise it to at least 2.0.0\n",
        ),
    ] {
        write("old.yaml", base, &[200]);
        write("new.yaml", head, &[200, 404]);
        let output = run(&folder, &arguments);
        assert_eq!(output.results.lines().last(), Some(verdict));
        assert_eq!(
            (output.code, output.messages.as_str()),
            (Some(code), message)
        );
    }
}

#[test]
fn annotations_point_to_existing_lines() {
    let folder = empty_folder("diff-annotations");
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
    let output = run(&folder, &arguments);
    let first = output.results.lines().next().unwrap();
    assert!(
        first
            .starts_with("::error file=new%2C1.yaml,line=7,col=7,title=response-removed (major)::"),
        "{first}"
    );
    assert!(
        first.contains("%0Ain Rust: `AResponse::NotFound` was removed"),
        "{first}"
    );
}

#[test]
fn a_dry_run_reports_the_edit_and_writes_nothing() {
    let folder = repository("dry-run", &document(&[200]));
    let arguments = ["gen", "--spec", "api/small.yaml", "--out", "small"];
    assert_eq!(run(&folder, &arguments).code, Some(0));
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "--message", "The crate"]);
    fs::write(folder.join("api/small.yaml"), document(&[200, 410])).unwrap();
    let before = files(&folder.join("small"));
    let dry = [&arguments[..], &["--dry-run"]].concat();
    let output = run(&folder, &dry);
    assert_eq!(output.code, Some(0), "{}", output.messages);
    assert_eq!(files(&folder.join("small")), before);
    for part in [
        "`GET /a`: also returns `410`",
        "major: add a `match` arm for `AResponse::Gone`",
        "requires 2.0.0, but `info.version` is 1.0.0",
        "small: 4 files would change",
    ] {
        assert!(output.results.contains(part), "{part}\n{}", output.results);
    }

    // The committed crate was generated by another generator.
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
    let output = run(&folder, &dry);
    assert!(
        output.results.contains("breaking[rust-changed]"),
        "{}",
        output.results
    );
    assert!(
        output.results.contains("`AResponse::number` was removed"),
        "{}",
        output.results
    );

    // A document that Git does not track is compared with the crate on disk.
    fs::write(folder.join("api/other.yaml"), document(&[200])).unwrap();
    let other = ["gen", "--spec", "api/other.yaml", "--out", "other"];
    assert_eq!(run(&folder, &other).code, Some(0));
    fs::write(folder.join("api/other.yaml"), document(&[200, 410])).unwrap();
    let output = run(&folder, &[&other[..], &["--dry-run"]].concat());
    assert_eq!(output.code, Some(0), "{}", output.messages);
    assert!(
        output
            .results
            .contains("add a `match` arm for `AResponse::Gone`"),
        "{}",
        output.results
    );
}
