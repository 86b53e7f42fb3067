//! Descriptions to rustdoc that can neither run nor break.
//!
//! A description is Markdown by somebody who did not think of rustdoc: an indented block in it would
//! be run as a test, a bare address, a `<tag>` or a `[word]` would be a warning.

use pulldown_cmark::{
    CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream,
};

/// The lines of a doc comment, without comment signs.
#[must_use]
pub fn lines(description: &str) -> Vec<String> {
    // The writer closes a code block only after a newline.
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
        // Only events that do not fit each other do this, and a parser gives none.
        return Vec::new();
    }
    text.trim()
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// What rustdoc reads beyond CommonMark, but for footnotes: a `[^1]` alone would be a broken one.
const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH);

/// The text with what cannot be seen made visible: control characters, and the marks that turn text
/// around and so could hide what a line says.
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
    let shown = |c: char| {
        if hidden(c) {
            format!("U+{:04X}", u32::from(c))
        } else {
            c.to_string()
        }
    };
    text.chars().map(shown).collect()
}

#[derive(Default)]
struct RustdocWriter<'a> {
    events: Vec<Event<'a>>,
    /// For each link and image that is open, whether it is written as one.
    links: Vec<bool>,
    /// Whether the text is code, in which nothing is replaced.
    code: bool,
    /// Whether a comment of HTML is open.
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
            // The writer would spell such a link out, and say the address twice.
            Event::Start(Tag::Link {
                link_type: LinkType::Autolink,
                ..
            }) => {
                self.links.push(false);
            }
            Event::Start(Tag::Link {
                dest_url, title, ..
            }) => {
                let written = is_address(&dest_url);
                self.links.push(written);
                if written {
                    self.events.push(Event::Start(Tag::Link {
                        link_type: LinkType::Inline,
                        dest_url,
                        title,
                        id: CowStr::Borrowed(""),
                    }));
                }
            }
            // A picture is not part of a crate's documentation; its text is.
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

    /// A line break, by a backslash: blanks at the end of a line do not last.
    fn line_break(&mut self) {
        // Only HTML is written as it is.
        self.events.push(Event::InlineHtml(CowStr::Borrowed("\\")));
        self.events.push(Event::SoftBreak);
    }

    /// HTML as what it says: nothing for a comment, a line break for `<br>`, else its own text.
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

    /// A text in which bare addresses are made links.
    fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some((before, address, after)) = split_address(rest) {
            self.plain(before);
            self.events.push(Event::Start(Tag::Link {
                link_type: LinkType::Autolink,
                dest_url: CowStr::from(address.to_owned()),
                title: CowStr::Borrowed(""),
                id: CowStr::Borrowed(""),
            }));
            self.events
                .push(Event::Text(CowStr::from(address.to_owned())));
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

/// What comes after a line break of HTML.
fn strip_break(html: &str) -> Option<&str> {
    let (tag, after) = html.split_once('>')?;
    let name = tag.strip_prefix('<')?.trim_end_matches(['/', ' ']);
    name.eq_ignore_ascii_case("br").then_some(after)
}

/// The languages of code blocks that rustdoc does not take for Rust.
const KNOWN: [&str; 14] = [
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

/// The language of a code block, `text` for all that rustdoc might run.
fn language(kind: &CodeBlockKind<'_>) -> &'static str {
    let info = match kind {
        CodeBlockKind::Fenced(info) => info.split([' ', ',', '{']).next().unwrap_or_default(),
        CodeBlockKind::Indented => "",
    };
    KNOWN
        .into_iter()
        .find(|known| info.eq_ignore_ascii_case(known))
        .unwrap_or("text")
}

fn is_address(url: &str) -> bool {
    ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
        && !url.contains(|c: char| c.is_whitespace() || "<>()[]\\`\"".contains(c))
}

/// The first address in a text, with what comes before and after it.
fn split_address(text: &str) -> Option<(&str, &str, &str)> {
    let start = ["http://", "https://"]
        .iter()
        .filter_map(|scheme| text.find(scheme))
        .min()?;
    let (before, rest) = text.split_at(start);
    let end = rest
        .find(|c: char| c.is_whitespace() || "<>()[]\\`\"'|".contains(c))
        .unwrap_or(rest.len());
    // A full stop ends the sentence, not the address.
    let address = rest
        .get(..end)?
        .trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_']);
    Some((before, address, rest.get(address.len()..)?))
}

/// A text as code of Markdown, whatever is in it.
pub(crate) fn code(text: &str) -> String {
    let run = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(run + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') || text.is_empty() {
        " "
    } else {
        ""
    };
    format!("{ticks}{blank}{}{blank}{ticks}", text.replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions() {
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
    fn nothing_is_left_to_run_or_break() {
        let hostile = "# `x` [y]\n\n\t<script>\n\n* ```\n  panic!()\n\nhttp://a.b <http://c.d> </p> ]( ``` \n> ~~~rust\n> 1";
        for rest in (0..hostile.len()).filter_map(|at| hostile.get(at..)) {
            let text = lines(rest).join("\n");
            let again = lines(&text).join("\n");
            assert_eq!(
                again.replace('\\', ""),
                text.replace('\\', ""),
                "stable: {rest:?}"
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
