//! `cargo xtask explain`: what a status code means.

use anstyle::{AnsiColor, Style};
use statusquo_codegen::model::{Catalogue, Class, ContentRule, Model, ResponseKey, Status};

use crate::{document, error::CommandError, paths};

/// Explain a status code
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The code, words of its phrase, or a class: 404, "not found", teapot, 4xx
    #[arg(required = true, value_name = "CODE|PHRASE")]
    words: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<String, CommandError> {
    let source = document::read(&paths::own_spec())?;
    let model = document::model(&source, &Catalogue::empty())?;
    let words: Vec<_> = arguments
        .words
        .iter()
        .flat_map(|text| text.split_whitespace())
        .collect();
    let text = words.join(" ");
    if text.is_empty() {
        let message = "say which status: a code, or words of its phrase";
        return Err(CommandError::Unable(message.to_owned()));
    }
    if let Some((digit, class)) = class(&text) {
        return Ok(overview(&model, digit, class));
    }
    find(&model, &text)
        .map(|status| explanation(&model, status))
        .ok_or_else(|| unknown(&model, &text))
}

/// The first digit of a range of codes such as `4xx`, and its class.
fn class(text: &str) -> Option<(u16, Class)> {
    let digit = text
        .to_ascii_lowercase()
        .strip_suffix("xx")?
        .parse::<u16>()
        .ok()?;
    Some((digit, Class::from_code(digit.checked_mul(100)?)?))
}

/// What a class means, and its statuses.
fn overview(model: &Model, digit: u16, class: Class) -> String {
    let title = colour(Some(class)).on_default().bold();
    let advice = highlighted(class.advice());
    let mut text = format!("{title}{digit}xx, {}{title:#}\n{advice}\n\n", class.name());
    let statuses = model.statuses.iter();
    for status in statuses.filter(|status| Class::from_code(status.code) == Some(class)) {
        let (code, reason) = (status.code, &status.reason);
        text.push_str(&format!(
            "{DIM}{code}{DIM:#} {BOLD}{reason}{BOLD:#}: {}\n",
            status.summary()
        ));
    }
    text
}

/// The status of a number, a phrase or a name, else the only one whose phrase has a text in it.
fn find<'a>(model: &'a Model, text: &str) -> Option<&'a Status> {
    let is = |status: &&Status| {
        let code = status.code.to_string();
        code == text
            || format!("{code} {}", status.reason).eq_ignore_ascii_case(text)
            || status.reason.eq_ignore_ascii_case(text)
            || status.name.as_str().eq_ignore_ascii_case(text)
    };
    let has = |status: &&Status| !text.is_empty() && folded(&status.reason).contains(&folded(text));
    let mut having = model.statuses.iter().filter(has);
    model
        .statuses
        .iter()
        .find(is)
        .or_else(|| having.next().filter(|_| having.next().is_none()))
}

/// A text in small letters, without what is easily forgotten: apostrophes, hyphens.
fn folded(text: &str) -> String {
    text.to_lowercase()
        .replace(['\'', '\u{2019}'], "")
        .replace('-', " ")
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const CODE: Style = AnsiColor::Cyan.on_default();

fn colour(class: Option<Class>) -> AnsiColor {
    match class {
        Some(Class::Informational) | None => AnsiColor::Blue,
        Some(Class::Success) => AnsiColor::Green,
        Some(Class::Redirection) => AnsiColor::Yellow,
        Some(Class::ClientError | Class::ServerError) => AnsiColor::Red,
    }
}

fn explanation(model: &Model, status: &Status) -> String {
    let title = colour(Class::from_code(status.code)).on_default().bold();
    let mut text = format!("{title}{} {}{title:#}\n", status.code, status.reason);
    let mut paragraphs = status.description.split("\n\n");
    if let Some(summary) = paragraphs.next() {
        text.push_str(&format!("{BOLD}{}{BOLD:#}\n", summary.trim()));
    }
    for paragraph in paragraphs {
        text.push_str(&format!("\n{}\n", highlighted(paragraph.trim())));
    }
    text.push('\n');
    for (name, value) in facts(model, status) {
        text.push_str(&format!("{DIM}{name:<10}{DIM:#} {value}\n"));
    }
    text
}

fn facts(model: &Model, status: &Status) -> Vec<(&'static str, String)> {
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
        ("Headers", headers(model, status)),
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

/// The header fields that the status needs, and those that the endpoint of the document sends.
fn headers(model: &Model, status: &Status) -> String {
    let answers = model.response_enums.iter().flat_map(|set| &set.variants);
    let answer = answers
        .into_iter()
        .find(|answer| answer.key == ResponseKey::Exact(status.code));
    let sent = answer.into_iter().flat_map(|answer| &answer.headers);
    let is_required = |name: &str| {
        status
            .requires
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    };
    let required = status
        .requires
        .iter()
        .map(|name| format!("`{name}` (required)"));
    let others = sent
        .filter(|header| !is_required(&header.wire))
        .map(|header| format!("`{}`", header.wire));
    let headers: Vec<_> = required.chain(others).collect();
    if headers.is_empty() {
        "none of its own".to_owned()
    } else {
        highlighted(&headers.join(", "))
    }
}

/// A text of Markdown with its code in colour.
fn highlighted(text: &str) -> String {
    let mut parts = text.split('`');
    let mut highlighted = parts.next().unwrap_or_default().to_owned();
    while let Some(code) = parts.next() {
        highlighted.push_str(&format!("{CODE}`{code}`{CODE:#}"));
        highlighted.push_str(parts.next().unwrap_or_default());
    }
    highlighted
}

/// Says that there is no such status, and which come near.
fn unknown(model: &Model, text: &str) -> CommandError {
    let mut near: Vec<(f64, &Status)> = model
        .statuses
        .iter()
        .map(|status| (distance(text, status), status))
        .collect();
    near.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let mut message = format!("`{text}` is no known status; the nearest are");
    for (_, status) in near.iter().take(3) {
        message.push_str(&format!(
            "\n  {} {}: {}",
            status.code,
            status.reason,
            status.summary()
        ));
    }
    let code = text.parse::<u16>().unwrap_or_default();
    if let Some(class) = Class::from_code(code) {
        message.push_str(&format!(
            "\nAny {}xx is a {class}. {}",
            code / 100,
            class.advice()
        ));
    }
    CommandError::Findings {
        results: String::new(),
        message,
    }
}

/// How far a status is from what was asked for.
fn distance(text: &str, status: &Status) -> f64 {
    if let Ok(code) = text.parse::<u16>() {
        // A code is treated as the first of its class: others are far away.
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
    let best = words.fold(0.0, f64::max);
    // A word that is nearly right says more than letters in the right order; among equals, the
    // phrase that is nearer as a whole.
    -(2.0 * best + strsim::jaro_winkler(&text, &reason))
}
