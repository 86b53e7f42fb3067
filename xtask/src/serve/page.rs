//! The page of a served document: what its operations answer, what that means, and a form to try each.
//!
//! Here is made what the page shows, as JSON; how it shows that is in `page.html`.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, html};
use serde_json::{Value, json};
use statusquo_codegen::{
    doc,
    model::{
        Class, Content, Location, Model, Operation, Parameter, ResponseKey, SchemeKind,
        SecurityScheme, Status, Style, Type, match_response_key,
    },
};

/// The page, without what it shows.
const PAGE: &str = include_str!("page.html");

/// The page of a document, in one file.
pub(super) fn page(model: &Model) -> String {
    // Within a script nothing of the document may end it.
    let data = data(model).to_string().replace('<', "\\u003c");
    PAGE.replacen("DATA", &data, 1)
}

fn data(model: &Model) -> Value {
    let package = &model.package;
    let operations: Vec<_> = model
        .operations
        .iter()
        .map(|one| operation(model, one))
        .collect();
    let indices = |group: Option<usize>| {
        let all = model.operations.iter().enumerate();
        let own = all.filter(move |(_, one)| one.group == group);
        own.map(|(index, _)| index).collect::<Vec<_>>()
    };
    let mut groups: Vec<_> = model
        .groups
        .iter()
        .enumerate()
        .map(|(index, group)| {
            json!({
                "tag": group.tag,
                "description": prose(&group.description),
                "operations": indices(Some(index)),
            })
        })
        .collect();
    // All of them where there are no tags, and those that the method of another one answers.
    let others = indices(None);
    if !others.is_empty() {
        groups.push(json!({"tag": null, "description": "", "operations": others}));
    }
    let statuses = model.statuses.iter();
    let statuses = statuses.map(|status| (status, users(model, status)));
    let statuses = statuses.filter(|(_, users)| !users.is_empty());
    json!({
        "title": doc::visible(&package.title),
        "version": package.version,
        "description": prose(&package.description),
        "base": model.base_path,
        "groups": groups,
        "operations": operations,
        "statuses": statuses.map(|(one, users)| status(one, &users)).collect::<Vec<_>>(),
    })
}

fn operation(model: &Model, operation: &Operation) -> Value {
    let parameters = operation
        .parameters
        .iter()
        .zip(&operation.request_example.parameters);
    let parameters: Vec<_> = parameters
        .map(|(one, example)| parameter(model, one, example.as_deref()))
        .collect();
    let body = operation.body.as_ref().map(|body| {
        let contents = body.payload.contents();
        let contents = contents.iter().zip(&operation.request_example.contents);
        let content = |(content, example): (&&Content, &Option<String>)| json!({"media": content.media, "example": example});
        json!({
            "required": body.required,
            "doc": prose(&body.doc),
            "contents": contents.map(content).collect::<Vec<_>>(),
        })
    });
    let mut schemes: Vec<usize> = model
        .credentials(operation)
        .into_iter()
        .flat_map(|set| &set.alternatives)
        .flat_map(|one| one.schemes.iter().copied())
        .collect();
    schemes.sort_unstable();
    schemes.dedup();
    let schemes = schemes
        .into_iter()
        .filter_map(|index| model.schemes.get(index));
    let chooses = operation
        .parameters
        .iter()
        .any(|one| one.ty == Type::StatusChoice);
    let group = operation.group.and_then(|index| model.groups.get(index));
    json!({
        "id": operation.id,
        "name": operation.name.as_str(),
        "method": operation.method.as_str(),
        "path": operation.path,
        "tag": group.and_then(|group| group.tag.as_deref()),
        "summary": doc::visible(&operation.summary),
        "description": prose(&operation.description),
        "needs": prose(&operation.security_doc),
        "deprecated": operation.deprecated,
        "chooses": chooses,
        "parameters": parameters,
        "credentials": schemes.map(credential).collect::<Vec<_>>(),
        "body": body,
        "answers": answers(model, operation),
    })
}

fn parameter(model: &Model, parameter: &Parameter, example: Option<&str>) -> Value {
    let is_list = matches!(parameter.ty, Type::Array(_));
    let has_own_form = matches!(
        parameter.style,
        Style::DeepObject | Style::PipeDelimited | Style::SpaceDelimited
    );
    // An object in a query is several parameters, which only its example shows.
    let is_object = parameter.style == Style::Form
        && parameter.explode
        && example.is_some_and(|text| text.contains('='));
    json!({
        "name": parameter.wire,
        "in": parameter.location.as_str(),
        "required": parameter.required,
        "type": model.type_name(&parameter.ty),
        "doc": prose(&parameter.doc),
        "example": example.unwrap_or_default(),
        "choice": parameter.ty == Type::StatusChoice,
        "repeated": is_list && parameter.explode && parameter.style == Style::Form,
        "raw": parameter.location == Location::Query && (has_own_form || is_object),
    })
}

fn credential(scheme: &SecurityScheme) -> Value {
    let (place, name, word) = match &scheme.kind {
        SchemeKind::ApiKey(location, name) => (*location, name.as_str(), ""),
        SchemeKind::Basic => (Location::Header, "Authorization", "Basic"),
        SchemeKind::Bearer => (Location::Header, "Authorization", "Bearer"),
        SchemeKind::Other(word) => (Location::Header, "Authorization", word.as_str()),
    };
    json!({"id": scheme.id, "doc": prose(&scheme.doc), "in": place.as_str(), "name": name, "word": word})
}

/// What an operation answers: as the document declares, and what the server adds.
fn answers(model: &Model, operation: &Operation) -> Vec<Value> {
    let declared = &model.response_enum(operation).variants;
    let keys: Vec<ResponseKey> = declared.iter().map(|answer| answer.key).collect();
    let own = declared
        .iter()
        .filter(|_| operation.declares_responses)
        .map(|answer| {
            let headers = answer.headers.iter();
            json!({
                "status": answer.key.to_string(),
                "declared": true,
                "meaning": prose(answer.doc.split("\n\n").next().unwrap_or_default()),
                "media": answer.media(),
                "headers": headers.map(|header| header.wire.as_str()).collect::<Vec<_>>(),
            })
        });
    let built_in = operation.built_in_responses(model).into_iter();
    let built_in = built_in.filter(|answer| {
        match_response_key(&keys, answer.code).is_none() || !operation.declares_responses
    });
    let built_in = built_in.map(|answer| {
        json!({
            "status": answer.code.to_string(),
            "declared": false,
            "meaning": "",
            "media": ["application/problem+json"],
            "headers": answer.header.into_iter().collect::<Vec<_>>(),
        })
    });
    let interim = operation.interim_keys.iter().map(|key| {
        let meaning = "Comes before the answer, and is none itself.";
        json!({"status": key.to_string(), "declared": true, "meaning": meaning, "media": [], "headers": []})
    });
    interim.chain(own).chain(built_in).collect()
}

/// The operations that answer with a status, by index.
fn users(model: &Model, status: &Status) -> Vec<usize> {
    let answers = |operation: &Operation| {
        let set = model.response_enum(operation).variants.iter();
        let mut declared = set.map(|answer| answer.key);
        declared.any(|key| key == ResponseKey::Exact(status.code))
            || operation
                .interim_keys
                .contains(&ResponseKey::Exact(status.code))
            || operation
                .built_in_responses(model)
                .iter()
                .any(|answer| answer.code == status.code)
    };
    let all = model.operations.iter().enumerate();
    let users = all.filter(|(_, operation)| answers(operation));
    users.map(|(index, _)| index).collect()
}

fn status(status: &Status, users: &[usize]) -> Value {
    let class = Class::from_code(status.code);
    // Only what a browser may be led to.
    let reference = status
        .reference
        .as_deref()
        .filter(|reference| is_address(reference));
    json!({
        "code": status.code,
        "reason": status.reason,
        "rust": status.name.as_str(),
        "summary": status.summary(),
        "description": prose(&status.description),
        "advice": class.map_or("", |class| class.advice_for(status.retry)),
        "origin": status.origin,
        "reference": reference,
        "requires": status.requires,
        "users": users,
    })
}

/// Markdown as HTML, in which nothing runs and nothing is fetched: of HTML of its own the text is shown, pictures are
/// links, and links lead to addresses alone.
fn prose(markdown: &str) -> String {
    let text = doc::visible(markdown);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(&text, options).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(untagged(&text).into()),
        Event::Start(
            Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }
            | Tag::Image {
                link_type,
                dest_url,
                title,
                id,
            },
        ) => {
            let dest_url = if is_address(&dest_url) {
                dest_url
            } else {
                CowStr::Borrowed("#")
            };
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            })
        }
        Event::End(pulldown_cmark::TagEnd::Image) => Event::End(pulldown_cmark::TagEnd::Link),
        event => event,
    });
    let mut written = String::new();
    html::push_html(&mut written, events);
    written
}

/// A text without the tags of HTML in it; what only looks like one, as in `Vec<T>`, stays.
fn untagged(text: &str) -> String {
    let mut left = String::new();
    let mut rest = text;
    while let Some((before, (tag, after))) = rest
        .split_once('<')
        .and_then(|(before, rest)| Some((before, rest.split_once('>')?)))
    {
        left.push_str(before);
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/', '\n'])
            .next()
            .unwrap_or_default();
        if !TAGS.contains(&name.to_ascii_lowercase().as_str()) {
            left.extend(["<", tag, ">"]);
        }
        rest = after;
    }
    left + rest
}

/// The elements that descriptions are written with.
const TAGS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "center",
    "code",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
];

fn is_address(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| text.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_description_runs_or_is_fetched() {
        for (markdown, html) in [
            ("a *b* `c`", "<p>a <em>b</em> <code>c</code></p>\n"),
            (
                "<script>alert(1)</script>",
                "&lt;script&gt;alert(1)&lt;/script&gt;",
            ),
            ("a <img src=x onerror=alert(1)>", "<p>a </p>\n"),
            (
                "see <a href='b'>b</a> <br/> of Vec<T>",
                "<p>see b  of Vec&lt;T&gt;</p>\n",
            ),
            ("<p>a <x onload=1></p>", "a &lt;x onload=1&gt;"),
            ("[a](javascript:alert(1))", "<p><a href=\"#\">a</a></p>\n"),
            (
                "[a](https://b.test)",
                "<p><a href=\"https://b.test\">a</a></p>\n",
            ),
            (
                "![a](https://b.test/c.png)",
                "<p><a href=\"https://b.test/c.png\">a</a></p>\n",
            ),
        ] {
            assert_eq!(prose(markdown), html, "{markdown}");
        }
    }
}
