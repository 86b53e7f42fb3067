//! Doc comments and string literals.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::doc;

/// Builds a doc comment from paragraphs of Markdown, which may come from the document.
pub(in crate::emit) fn docs(paragraphs: &[&str]) -> TokenStream {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in paragraphs {
        let more = doc::lines(paragraph);
        if !more.is_empty() && !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(more);
    }
    doc_lines(&lines)
}

/// Builds a doc comment from lines that are safe: our own, or returned by [`doc::lines`].
pub(in crate::emit) fn doc_lines(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| match line.as_str() {
        "" => String::new(),
        line => format!(" {line}"),
    });
    quote!(#(#[doc = #lines])*)
}

/// Lists operations: "`GET /a`, `GET /b` and 3 more".
pub(in crate::emit) fn listed(titles: &[String]) -> String {
    // "And 1 more" would not be shorter than naming the operation.
    let shown = if titles.len() > 4 { 3 } else { titles.len() };
    let hidden = titles.len() - shown;
    let mut words: Vec<_> = titles
        .iter()
        .take(shown)
        .map(|title| format!("`{title}`"))
        .collect();
    if hidden > 0 {
        words.push(format!("{hidden} more"));
    }
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// The documentation of a deprecated item of the server.
///
/// The server has to implement it, so a `#[deprecated]` attribute would only be noise.
pub(in crate::emit) const DEPRECATED: &str = "Deprecated.";

/// Builds the `#[deprecated]` attribute for items of the client.
pub(in crate::emit) fn deprecated(deprecated: bool) -> TokenStream {
    if deprecated {
        quote!(#[deprecated])
    } else {
        TokenStream::new()
    }
}

/// Writes a string literal; a text of several lines becomes a raw one, which is easier to read.
pub(in crate::emit) fn text(text: &str) -> Literal {
    let text = doc::visible(text);
    if !text.contains('\n') {
        return Literal::string(&text);
    }
    // One more than follow any quote in the text.
    let quotes = text.split('"').skip(1);
    let hashes = quotes
        .map(|rest| rest.len() - rest.trim_start_matches('#').len() + 1)
        .max();
    let hashes = "#".repeat(hashes.unwrap_or(0));
    format!("r{hashes}\"{text}\"{hashes}")
        .parse()
        .unwrap_or_else(|_| Literal::string(&text))
}
