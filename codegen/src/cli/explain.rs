//! The command `explain`: explains a status code or a rule.

use anstyle::{AnsiColor, Style};

use crate::{
    diff::{DiffRule, Level},
    model::{Catalogue, Class, ContentRule, Status},
    report::{Rule, Severity},
};

use super::{Program, error::CommandError};

/// Explain a status code or a rule
#[derive(clap::Args)]
pub(crate) struct ExplainArgs {
    /// A code, words of its reason phrase, a class, or the ID of a rule: 404, "not found", teapot, 4xx,
    /// duplicate-key
    #[arg(required = true, value_name = "CODE|PHRASE|RULE")]
    words: Vec<String>,
}

impl ExplainArgs {
    /// Runs the command.
    pub(crate) fn run(&self, _: &Program) -> Result<String, CommandError> {
        let catalogue = super::catalogue()?;
        let words: Vec<_> = self
            .words
            .iter()
            .flat_map(|text| text.split_whitespace())
            .collect();
        let text = words.join(" ");
        if text.is_empty() {
            let message = "no status is given; pass a code or words of its reason phrase";
            return Err(CommandError::Unable(message.to_owned()));
        }
        if let Some((digit, class)) = parse_class(&text) {
            return Ok(class_text(catalogue, digit, class));
        }
        // A few IDs of rules are also words of a phrase, such as `version`.
        let status = find(catalogue, &text).map(|status| status_text(catalogue, status));
        let explanations: Vec<_> = status.into_iter().chain(rule_text(&text)).collect();
        if explanations.is_empty() {
            return Err(unknown_status(catalogue, &text));
        }
        Ok(explanations.join("\n"))
    }
}

/// Explains the rule with an ID.
fn rule_text(id: &str) -> Option<String> {
    let rule = Rule::ALL.iter().find(|rule| rule.id() == id);
    let diff_rule = DiffRule::ALL.iter().find(|rule| rule.id() == id);
    let (summary, name, value) = match (rule, diff_rule) {
        (Some(rule), _) => {
            let severity = match rule.severity() {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            (rule.summary(), "Severity", severity)
        }
        (None, Some(rule)) => {
            let level = match rule.floor() {
                Level::Patch => "that of the change in the crate's API",
                Level::Minor => "minor, or that of the change in the crate's API",
                Level::Major => "major",
            };
            (rule.summary(), "Level", level)
        }
        (None, None) => return None,
    };
    let summary = highlighted(summary);
    Some(format!(
        "{BOLD}{id}{BOLD:#}\n{summary}\n\n{DIM}{name:<10}{DIM:#} {value}\n"
    ))
}

/// Parses a range of codes such as `4xx` into its first digit and its class.
fn parse_class(text: &str) -> Option<(u16, Class)> {
    let digit = text
        .to_ascii_lowercase()
        .strip_suffix("xx")?
        .parse::<u16>()
        .ok()?;
    Some((digit, Class::from_code(digit.checked_mul(100)?)?))
}

/// Formats a class with its statuses.
fn class_text(catalogue: &Catalogue, digit: u16, class: Class) -> String {
    let title = color(Some(class)).on_default().bold();
    let advice = highlighted(class.advice());
    let mut text = format!("{title}{digit}xx, {}{title:#}\n{advice}\n\n", class.name());
    let statuses = catalogue.iter();
    for status in statuses.filter(|status| Class::from_code(status.code) == Some(class)) {
        let (code, reason) = (status.code, &status.reason);
        text.push_str(&format!(
            "{DIM}{code}{DIM:#} {BOLD}{reason}{BOLD:#}: {}\n",
            status.summary()
        ));
    }
    text
}

/// Finds a status by code, phrase or name, or else the only one whose phrase contains the text.
fn find<'a>(catalogue: &'a Catalogue, text: &str) -> Option<&'a Status> {
    let is_exact = |status: &&Status| {
        let code = status.code.to_string();
        code == text
            || format!("{code} {}", status.reason).eq_ignore_ascii_case(text)
            || status.reason.eq_ignore_ascii_case(text)
            || status.name.as_str().eq_ignore_ascii_case(text)
    };
    let contains_text =
        |status: &&Status| !text.is_empty() && folded(&status.reason).contains(&folded(text));
    let mut containing = catalogue.iter().filter(contains_text);
    catalogue
        .iter()
        .find(is_exact)
        .or_else(|| containing.next().filter(|_| containing.next().is_none()))
}

/// Folds a text to lowercase, without apostrophes and with hyphens as spaces.
fn folded(text: &str) -> String {
    text.to_lowercase()
        .replace(['\'', '\u{2019}'], "")
        .replace('-', " ")
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const CODE: Style = AnsiColor::Cyan.on_default();

fn color(class: Option<Class>) -> AnsiColor {
    match class {
        Some(Class::Informational) | None => AnsiColor::Blue,
        Some(Class::Success) => AnsiColor::Green,
        Some(Class::Redirection) => AnsiColor::Yellow,
        Some(Class::ClientError | Class::ServerError) => AnsiColor::Red,
    }
}

fn status_text(catalogue: &Catalogue, status: &Status) -> String {
    let title = color(Class::from_code(status.code)).on_default().bold();
    let mut text = format!("{title}{} {}{title:#}\n", status.code, status.reason);
    let mut paragraphs = status.description.split("\n\n");
    if let Some(summary) = paragraphs.next() {
        text.push_str(&format!("{BOLD}{}{BOLD:#}\n", summary.trim()));
    }
    for paragraph in paragraphs {
        text.push_str(&format!("\n{}\n", highlighted(paragraph.trim())));
    }
    text.push('\n');
    for (name, value) in facts(catalogue, status) {
        text.push_str(&format!("{DIM}{name:<10}{DIM:#} {value}\n"));
    }
    text
}

fn facts(catalogue: &Catalogue, status: &Status) -> Vec<(&'static str, String)> {
    let class = Class::from_code(status.code);
    let content = match status.content {
        ContentRule::Allowed => "allowed",
        ContentRule::Forbidden => "forbidden",
    };
    let mut facts = vec![
        (
            "Class",
            format!(
                "{}xx, {}",
                status.code / 100,
                class.map_or("none", Class::name)
            ),
        ),
        (
            "Advice",
            highlighted(class.map_or("", |class| class.advice_for(status.retry))),
        ),
        ("Content", content.to_owned()),
        ("Headers", headers(catalogue, status)),
        ("Origin", status.origin.join(", ")),
    ];
    facts.extend(
        status
            .reference
            .clone()
            .map(|reference| ("Reference", reference)),
    );
    facts.push((
        "In Rust",
        highlighted(&format!("`Status::{}`", status.name)),
    ));
    facts
}

/// Lists the header fields that the status requires, and those that the document declares for it.
fn headers(catalogue: &Catalogue, status: &Status) -> String {
    let is_required = |name: &str| {
        status
            .requires
            .iter()
            .any(|required| required.eq_ignore_ascii_case(name))
    };
    let required = status
        .requires
        .iter()
        .map(|name| format!("`{name}` (required)"));
    let optional = catalogue
        .headers(status.code)
        .iter()
        .filter(|name| !is_required(name))
        .map(|name| format!("`{name}`"));
    let headers: Vec<_> = required.chain(optional).collect();
    if headers.is_empty() {
        "none".to_owned()
    } else {
        highlighted(&headers.join(", "))
    }
}

/// Colors the inline code of a Markdown text.
fn highlighted(text: &str) -> String {
    let mut parts = text.split('`');
    let mut highlighted = parts.next().unwrap_or_default().to_owned();
    while let Some(code) = parts.next() {
        highlighted.push_str(&format!("{CODE}`{code}`{CODE:#}"));
        highlighted.push_str(parts.next().unwrap_or_default());
    }
    highlighted
}

/// Creates the error for an unknown status, with the most similar ones.
fn unknown_status(catalogue: &Catalogue, text: &str) -> CommandError {
    let mut by_distance: Vec<(f64, &Status)> = catalogue
        .iter()
        .map(|status| (distance(text, status), status))
        .collect();
    by_distance.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let mut message = format!("unknown status `{text}`; the most similar ones are:");
    for (_, status) in by_distance.iter().take(3) {
        message.push_str(&format!(
            "\n  {} {}: {}",
            status.code,
            status.reason,
            status.summary()
        ));
    }
    let code = text.parse::<u16>().unwrap_or_default();
    if let Some(class) = Class::from_code(code) {
        message.push_str(&format!("\n{}xx, {class}: {}", code / 100, class.advice()));
    }
    CommandError::Findings {
        results: String::new(),
        message,
    }
}

/// Returns the distance of a status from a text; smaller is more similar.
fn distance(text: &str, status: &Status) -> f64 {
    if let Ok(code) = text.parse::<u16>() {
        // An unknown code is treated like the x00 code of its class, so other classes are far away.
        let class = if code / 100 == status.code / 100 {
            0
        } else {
            1000
        };
        return f64::from(code.abs_diff(status.code)) + f64::from(class);
    }
    let (text, reason) = (folded(text), folded(&status.reason));
    let words = reason
        .split_whitespace()
        .map(|word| strsim::jaro_winkler(&text, word));
    let best_word = words.fold(0.0, f64::max);
    // A similar word counts twice as much as a similar phrase.
    -(2.0 * best_word + strsim::jaro_winkler(&text, &reason))
}
