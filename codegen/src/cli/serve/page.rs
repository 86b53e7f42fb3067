//! The HTML page of a served document: its operations with their responses and a form to try each, and its
//! status codes.
//!
//! This module creates the data of the page as JSON; the script in `page.html` displays it.

use crate::{
    doc,
    model::{
        Class, Content, Location, Model, Operation, Parameter, ResponseKey, SchemeKind,
        SecurityScheme, Status, Style, Type, match_response_key,
    },
};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, html};
use serde_json::{Value, json};

/// The page without its data.
const PAGE: &str = include_str!("page.html");

/// Creates the page of a document as a single file.
pub(super) fn render(model: &Model) -> String {
    // No text of the document may end the script element.
    let data = data(model).to_string().replace('<', "\\u003c");
    PAGE.replacen("DATA", &data, 1)
}

fn data(model: &Model) -> Value {
    let package = &model.package;
    let operations: Vec<_> = model
        .operations
        .iter()
        .map(|operation| operation_json(model, operation))
        .collect();
    let indices = |group: Option<usize>| {
        let operations = model.operations.iter().enumerate();
        let members = operations.filter(move |(_, operation)| operation.group == group);
        members.map(|(index, _)| index).collect::<Vec<_>>()
    };
    let mut groups: Vec<_> = model
        .groups
        .iter()
        .enumerate()
        .map(|(index, group)| {
            json!({
                "tag": group.tag,
                "description": to_html(&group.description),
                "operations": indices(Some(index)),
            })
        })
        .collect();
    // All operations if there are no tags, and those that are served by the method of another operation.
    let ungrouped = indices(None);
    if !ungrouped.is_empty() {
        groups.push(json!({"tag": null, "description": "", "operations": ungrouped}));
    }
    let statuses = model.statuses.iter();
    let statuses = statuses.map(|status| (status, operations_with(model, status)));
    let statuses = statuses.filter(|(_, operations)| !operations.is_empty());
    json!({
        "title": doc::visible(&package.title),
        "version": package.version,
        "description": to_html(&package.description),
        "base_path": model.base_path,
        "groups": groups,
        "operations": operations,
        "statuses": statuses.map(|(status, operations)| status_json(status, &operations)).collect::<Vec<_>>(),
    })
}

fn operation_json(model: &Model, operation: &Operation) -> Value {
    let parameters = operation
        .parameters
        .iter()
        .zip(&operation.request_example.parameters);
    let parameters: Vec<_> = parameters
        .map(|(parameter, example)| parameter_json(model, parameter, example.as_deref()))
        .collect();
    let body = operation.body.as_ref().map(|body| {
        let contents = body.payload.contents();
        let contents = contents.iter().zip(&operation.request_example.contents);
        let content = |(content, example): (&&Content, &Option<String>)| {
            json!({"media_type": content.media, "example": example})
        };
        json!({
            "required": body.required,
            "description": to_html(&body.doc),
            "contents": contents.map(content).collect::<Vec<_>>(),
        })
    });
    let mut schemes: Vec<usize> = model
        .credentials(operation)
        .into_iter()
        .flat_map(|requirements| &requirements.alternatives)
        .flat_map(|alternative| alternative.schemes.iter().copied())
        .collect();
    schemes.sort_unstable();
    schemes.dedup();
    let schemes = schemes
        .into_iter()
        .filter_map(|index| model.schemes.get(index));
    let chooses_status = operation
        .parameters
        .iter()
        .any(|parameter| parameter.ty == Type::StatusChoice);
    let group = operation.group.and_then(|index| model.groups.get(index));
    json!({
        "id": operation.id,
        "name": operation.name.as_str(),
        "method": operation.method.as_str(),
        "path": operation.path,
        "tag": group.and_then(|group| group.tag.as_deref()),
        "summary": doc::visible(&operation.summary),
        "description": to_html(&operation.description),
        "security": to_html(&operation.security_doc),
        "deprecated": operation.deprecated,
        "chooses_status": chooses_status,
        "parameters": parameters,
        "credentials": schemes.map(credential_json).collect::<Vec<_>>(),
        "body": body,
        "responses": responses_json(model, operation),
    })
}

fn parameter_json(model: &Model, parameter: &Parameter, example: Option<&str>) -> Value {
    let is_list = matches!(parameter.ty, Type::Array(_));
    let has_query_style = matches!(
        parameter.style,
        Style::DeepObject | Style::PipeDelimited | Style::SpaceDelimited
    );
    // An exploded object is several query parameters, which only its example shows.
    let is_object = parameter.style == Style::Form
        && parameter.explode
        && example.is_some_and(|text| text.contains('='));
    json!({
        "name": parameter.wire,
        "in": parameter.location.as_str(),
        "required": parameter.required,
        "type": model.type_name(&parameter.ty),
        "description": to_html(&parameter.doc),
        "example": example.unwrap_or_default(),
        "is_status_choice": parameter.ty == Type::StatusChoice,
        "repeated": is_list && parameter.explode && parameter.style == Style::Form,
        "raw": parameter.location == Location::Query && (has_query_style || is_object),
    })
}

fn credential_json(scheme: &SecurityScheme) -> Value {
    let (location, name, auth_scheme) = match &scheme.kind {
        SchemeKind::ApiKey(location, name) => (*location, name.as_str(), ""),
        SchemeKind::Basic => (Location::Header, "Authorization", "Basic"),
        SchemeKind::Bearer => (Location::Header, "Authorization", "Bearer"),
        SchemeKind::Other(auth_scheme) => (Location::Header, "Authorization", auth_scheme.as_str()),
    };
    json!({
        "id": scheme.id,
        "description": to_html(&scheme.doc),
        "in": location.as_str(),
        "name": name,
        "auth_scheme": auth_scheme,
    })
}

/// Returns the responses of an operation: those that the document declares, and those that the server adds.
fn responses_json(model: &Model, operation: &Operation) -> Vec<Value> {
    let variants = &model.response_enum(operation).variants;
    let keys: Vec<ResponseKey> = variants.iter().map(|variant| variant.key).collect();
    let declared = variants
        .iter()
        .filter(|_| operation.declares_responses)
        .map(|variant| {
            let headers = variant.headers.iter();
            json!({
                "status": variant.key.to_string(),
                "declared": true,
                "description": to_html(variant.doc.split("\n\n").next().unwrap_or_default()),
                "media_types": variant.media(),
                "headers": headers.map(|header| header.wire.as_str()).collect::<Vec<_>>(),
            })
        });
    let built_in = operation.built_in_responses(model).into_iter();
    let built_in = built_in.filter(|response| {
        match_response_key(&keys, response.code()).is_none() || !operation.declares_responses
    });
    let built_in = built_in.map(|response| {
        json!({
            "status": response.code().to_string(),
            "declared": false,
            "description": "",
            "media_types": ["application/problem+json"],
            "headers": response.header().into_iter().collect::<Vec<_>>(),
        })
    });
    let interim = operation.interim_keys.iter().map(|key| {
        json!({
            "status": key.to_string(),
            "declared": true,
            "description": "An interim response, sent before the final response.",
            "media_types": [],
            "headers": [],
        })
    });
    interim.chain(declared).chain(built_in).collect()
}

/// Returns the indices of the operations that return a status.
fn operations_with(model: &Model, status: &Status) -> Vec<usize> {
    let returns_status = |operation: &Operation| {
        let variants = model.response_enum(operation).variants.iter();
        let mut declared = variants.map(|variant| variant.key);
        declared.any(|key| key == ResponseKey::Exact(status.code))
            || operation
                .interim_keys
                .contains(&ResponseKey::Exact(status.code))
            || operation
                .built_in_responses(model)
                .iter()
                .any(|response| response.code() == status.code)
    };
    let operations = model.operations.iter().enumerate();
    let returning = operations.filter(|(_, operation)| returns_status(operation));
    returning.map(|(index, _)| index).collect()
}

fn status_json(status: &Status, operations: &[usize]) -> Value {
    let class = Class::from_code(status.code);
    // Only URLs that are safe as links.
    let reference = status
        .reference
        .as_deref()
        .filter(|reference| is_safe_url(reference));
    json!({
        "code": status.code,
        "reason": status.reason,
        "variant": status.name.as_str(),
        "summary": status.summary(),
        "description": to_html(&status.description),
        "advice": class.map_or("", |class| class.advice_for(status.retry)),
        "origin": status.origin,
        "reference": reference,
        "requires": status.requires,
        "operations": operations,
    })
}

/// Converts Markdown to HTML without scripts and external resources: HTML in the Markdown becomes text,
/// images become links, and links with other targets than URLs are disabled.
fn to_html(markdown: &str) -> String {
    let text = doc::visible(markdown);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(&text, options).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(strip_tags(&text).into()),
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
            let dest_url = if is_safe_url(&dest_url) {
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
    let mut html = String::new();
    html::push_html(&mut html, events);
    html
}

/// Removes HTML tags from a text; other text in angle brackets, as in `Vec<T>`, is kept.
fn strip_tags(text: &str) -> String {
    let mut stripped = String::new();
    let mut rest = text;
    while let Some((before, (tag, after))) = rest
        .split_once('<')
        .and_then(|(before, rest)| Some((before, rest.split_once('>')?)))
    {
        stripped.push_str(before);
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/', '\n'])
            .next()
            .unwrap_or_default();
        if !HTML_TAGS.contains(&name.to_ascii_lowercase().as_str()) {
            stripped.extend(["<", tag, ">"]);
        }
        rest = after;
    }
    stripped + rest
}

/// The HTML elements that descriptions typically contain.
const HTML_TAGS: &[&str] = &[
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

fn is_safe_url(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| text.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_never_contain_scripts_or_external_resources() {
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
            assert_eq!(to_html(markdown), html, "{markdown}");
        }
    }
}
