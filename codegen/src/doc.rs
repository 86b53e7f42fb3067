//! Converts descriptions to doc comments without doctests and rustdoc warnings.
//!
//! A description is Markdown that was not written for rustdoc: an indented block would run as a test, and a
//! bare URL, a `<tag>` or a `[word]` would cause a warning.

use pulldown_cmark::{
    CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream,
};

/// Converts a description to the lines of a doc comment, without `///`.
#[must_use]
pub fn lines(description: &str) -> Vec<String> {
    // pulldown_cmark_to_cmark closes a code block only after a newline.
    let description = visible(description) + "\n";
    let mut writer = RustdocWriter::default();
    let parser = Parser::new_ext(&description, OPTIONS);
    for event in TextMergeStream::new(parser) {
        writer.event(event);
    }
    let mut text = String::new();
    let options = pulldown_cmark_to_cmark::Options {
        code_block_token_count: 3,
        increment_ordered_list_bullets: true,
        ..Default::default()
    };
    let written = pulldown_cmark_to_cmark::cmark_with_options(
        writer.events.iter(),
        &mut text,
        OPTIONS,
        options,
    );
    if written.is_err() {
        // Only inconsistent events cause an error, and the parser does not emit any.
        return Vec::new();
    }
    text.trim()
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// The extensions of CommonMark that rustdoc supports, except footnotes: a lone `[^1]` would be a broken one.
const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH);

/// Replaces control characters and bidirectional formatting characters, which could hide the meaning of a
/// line, with their code points, such as `U+202E`.
#[must_use]
pub fn visible(text: &str) -> String {
    let text = text
        .trim_end()
        .replace("\r\n", "\n")
        .replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let hidden = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if !text.contains(hidden) {
        return text;
    }
    let escape = |c: char| {
        if hidden(c) {
            format!("U+{:04X}", u32::from(c))
        } else {
            c.to_string()
        }
    };
    text.chars().map(escape).collect()
}

#[derive(Default)]
struct RustdocWriter<'a> {
    events: Vec<Event<'a>>,
    /// For each open link and image, whether it is written as a link.
    links: Vec<bool>,
    /// Whether a code block is open, in which nothing is replaced.
    code: bool,
    /// Whether an HTML comment is open.
    comment: bool,
}

impl<'a> RustdocWriter<'a> {
    fn event(&mut self, event: Event<'a>) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                self.code = true;
                let language = CowStr::from(language(&kind));
                self.events
                    .push(Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(
                        language,
                    ))));
            }
            Event::End(TagEnd::CodeBlock) => {
                self.code = false;
                self.events.push(Event::End(TagEnd::CodeBlock));
            }
            // pulldown_cmark_to_cmark would write the URL of such a link twice.
            Event::Start(Tag::Link {
                link_type: LinkType::Autolink,
                ..
            }) => {
                self.links.push(false);
            }
            Event::Start(Tag::Link {
                dest_url, title, ..
            }) => {
                let is_url = is_url(&dest_url);
                self.links.push(is_url);
                if is_url {
                    self.events.push(Event::Start(Tag::Link {
                        link_type: LinkType::Inline,
                        dest_url,
                        title,
                        id: CowStr::Borrowed(""),
                    }));
                }
            }
            // Images are replaced with their alternative text.
            Event::Start(Tag::Image { .. }) => self.links.push(false),
            Event::End(TagEnd::Link | TagEnd::Image) => {
                if self.links.pop() == Some(true) {
                    self.events.push(Event::End(TagEnd::Link));
                }
            }
            Event::Start(Tag::HtmlBlock) => self.events.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => self.events.push(Event::End(TagEnd::Paragraph)),
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html),
            Event::Text(text) if !self.code && !self.links.contains(&true) => self.text(&text),
            Event::HardBreak => self.line_break(),
            event => self.events.push(event),
        }
    }

    /// Writes a line break as a backslash, because trailing spaces are removed.
    fn line_break(&mut self) {
        // Only HTML events are written without escapes.
        self.events.push(Event::InlineHtml(CowStr::Borrowed("\\")));
        self.events.push(Event::SoftBreak);
    }

    /// Writes HTML as text, without comments, and with `<br>` as a line break.
    fn html(&mut self, html: &str) {
        let mut rest = html.strip_suffix('\n').unwrap_or(html);
        while !rest.is_empty() {
            if self.comment {
                let Some((_, after)) = rest.split_once("-->") else {
                    return;
                };
                self.comment = false;
                rest = after.trim_start();
            } else if let Some(after) = rest.strip_prefix("<!--") {
                self.comment = true;
                rest = after;
            } else if let Some(after) = strip_break(rest) {
                self.line_break();
                rest = after;
            } else {
                let next = rest.char_indices().skip(1).find(|(_, c)| *c == '<');
                let (text, after) = rest.split_at(next.map_or(rest.len(), |(at, _)| at));
                self.text(text);
                rest = after;
            }
        }
        if html.ends_with('\n') && !self.comment {
            self.events.push(Event::SoftBreak);
        }
    }

    /// Writes a text and turns bare URLs into links.
    fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some((before, url, after)) = split_at_url(rest) {
            self.plain(before);
            self.events.push(Event::Start(Tag::Link {
                link_type: LinkType::Autolink,
                dest_url: CowStr::from(url.to_owned()),
                title: CowStr::Borrowed(""),
                id: CowStr::Borrowed(""),
            }));
            self.events.push(Event::Text(CowStr::from(url.to_owned())));
            self.events.push(Event::End(TagEnd::Link));
            rest = after;
        }
        self.plain(rest);
    }

    fn plain(&mut self, text: &str) {
        if !text.is_empty() {
            self.events.push(Event::Text(CowStr::from(text.to_owned())));
        }
    }
}

/// Strips a leading `<br>` tag.
fn strip_break(html: &str) -> Option<&str> {
    let (tag, after) = html.split_once('>')?;
    let name = tag.strip_prefix('<')?.trim_end_matches(['/', ' ']);
    name.eq_ignore_ascii_case("br").then_some(after)
}

/// The languages of code blocks that are kept; rustdoc does not treat them as Rust.
const CODE_LANGUAGES: [&str; 14] = [
    "bash",
    "console",
    "css",
    "csv",
    "graphql",
    "html",
    "http",
    "javascript",
    "json",
    "python",
    "sh",
    "sql",
    "xml",
    "yaml",
];

/// Returns the language of a code block, or `text` if rustdoc might run it.
fn language(kind: &CodeBlockKind<'_>) -> &'static str {
    let info = match kind {
        CodeBlockKind::Fenced(info) => info.split([' ', ',', '{']).next().unwrap_or_default(),
        CodeBlockKind::Indented => "",
    };
    CODE_LANGUAGES
        .into_iter()
        .find(|language| info.eq_ignore_ascii_case(language))
        .unwrap_or("text")
}

fn is_url(url: &str) -> bool {
    ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
        && !url.contains(|c: char| c.is_whitespace() || "<>()[]\\`\"".contains(c))
}

/// Splits a text into the part before its first URL, the URL, and the part after it.
fn split_at_url(text: &str) -> Option<(&str, &str, &str)> {
    let start = ["http://", "https://"]
        .iter()
        .filter_map(|scheme| text.find(scheme))
        .min()?;
    let (before, rest) = text.split_at(start);
    let end = rest
        .find(|c: char| c.is_whitespace() || "<>()[]\\`\"'|".contains(c))
        .unwrap_or(rest.len());
    // Punctuation at the end belongs to the sentence, not to the URL.
    let url = rest
        .get(..end)?
        .trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_']);
    Some((before, url, rest.get(url.len()..)?))
}

/// Formats a text as inline code in Markdown, even if it contains backticks.
pub(crate) fn code(text: &str) -> String {
    let run = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(run + 1);
    let space = if text.starts_with('`') || text.ends_with('`') || text.is_empty() {
        " "
    } else {
        ""
    };
    format!("{ticks}{space}{}{space}{ticks}", text.replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_become_doc_comments() {
        for (description, doc) in [
            ("", ""),
            ("Not found.", "Not found."),
            ("a  \nb", "a\\\nb"),
            ("One\ntwo\r\n\r\nthree", "One\ntwo\n\nthree"),
            ("    let x = 1;", "```text\nlet x = 1;\n```"),
            ("```\npanic!()\n```", "```text\npanic!()\n```"),
            (
                "```rust,should_panic\npanic!()\n```",
                "```text\npanic!()\n```",
            ),
            ("~~~json\n{}\n~~~", "```json\n{}\n```"),
            ("````\n```\n````", "````text\n```\n````"),
            ("see https://a.b/c_d.", "see <https://a.b/c_d>."),
            ("(https://a.b)", "(<https://a.b>)"),
            ("<https://a.b>", "<https://a.b>"),
            (
                "a [link](https://a.b/c \"t\")",
                "a [link](https://a.b/c \"t\")",
            ),
            ("a [link](#/there) or [two]\n\n[two]: ../x", "a link or two"),
            ("![logo](https://a.b/c.png)", "logo"),
            ("Vec<T> & <div>x</div>", "Vec\\<T> &amp; \\<div>x\\</div>"),
            ("<!-- no --> a<br/>b", "a\\\nb"),
            ("<!--\nno\n--> a\n<p>b</p>\nc", "a\n\n\\<p>b\\</p>\nc"),
            (
                "an [Option] or [`Vec`] or [^1]",
                "an \\[Option\\] or \\[`Vec`\\] or \\[\\^1\\]",
            ),
            ("- a\n- b\n  1. c\n  2. d", "* a\n* b\n  1. c\n  2. d"),
            ("|a|b|\n|-|-|\n|1|[x]|", "|a|b|\n|-|-|\n|1|\\[x\\]|"),
            ("a */ b \"# /* c", "a */ b \"# /* c"),
            ("\u{202e}abc\u{0}", "U+202EabcU+0000"),
        ] {
            assert_eq!(lines(description).join("\n"), doc, "{description:?}");
        }
    }

    #[test]
    fn doc_comments_never_run_or_warn() {
        let hostile = "# `x` [y]\n\n\t<script>\n\n* ```\n  panic!()\n\nhttp://a.b <http://c.d> </p> ]( ``` \n> ~~~rust\n> 1";
        for rest in (0..hostile.len()).filter_map(|at| hostile.get(at..)) {
            let text = lines(rest).join("\n");
            let again = lines(&text).join("\n");
            assert_eq!(
                again.replace('\\', ""),
                text.replace('\\', ""),
                "not stable: {rest:?}"
            );
            for event in Parser::new_ext(&text, OPTIONS) {
                match event {
                    Event::Start(Tag::CodeBlock(kind)) => {
                        assert!(
                            matches!(kind, CodeBlockKind::Fenced(language) if !language.is_empty())
                        );
                    }
                    Event::Html(html) | Event::InlineHtml(html) => panic!("{html} in {text:?}"),
                    _ => {}
                }
            }
        }
    }
}
