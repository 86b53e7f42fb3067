//! Servers: where the API is.

use super::Context;
use crate::model::{Server, ServerVariable, TemplatePart, parts_of};

/// Lowers the servers of the document, in its order.
pub(super) fn lower(cx: &Context<'_>) -> Vec<Server> {
    let servers = cx.document.api.servers.iter();
    servers
        .map(|server| {
            let variables = server.variables.iter().flatten();
            let variables = variables.map(|(name, variable)| ServerVariable {
                name: name.clone(),
                default: variable.default.clone(),
                values: variable.enumeration.clone(),
            });
            Server {
                url: server.url.clone(),
                description: server.description.clone().unwrap_or_default(),
                variables: variables.collect(),
            }
        })
        .collect()
}

/// The path in the URL of the first server, with the defaults of its variables; empty if there is none that a
/// router can be mounted at.
pub(super) fn base_path(servers: &[Server]) -> String {
    let Some(server) = servers.first() else {
        return String::new();
    };
    let mut url = String::new();
    for part in parts_of(&server.url) {
        match part {
            TemplatePart::Literal(text) => url.push_str(text),
            TemplatePart::Parameter(name) => {
                let variable = server.variables.iter().find(|known| known.name == name);
                let Some(variable) = variable else {
                    return String::new();
                };
                url.push_str(&variable.default);
            }
        }
    }
    let path = match url.split_once("//") {
        Some((_, rest)) => rest.find('/').map_or("", |at| rest.get(at..).unwrap_or("")),
        None => &url,
    };
    let path = path.trim_end_matches('/');
    // What is relative to the document starts nowhere, and a router takes some characters for patterns.
    let is_plain = path.starts_with('/') && !path.contains(['{', '}', '*', '?', '#', ':']);
    if is_plain {
        path.to_owned()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_path_is_the_path_of_the_first_server() {
        for (url, expected) in [
            ("https://example.com", ""),
            ("https://example.com/", ""),
            ("https://example.com/v1/", "/v1"),
            ("https://{host}/api/{version}", "/api/v2"),
            ("//example.com/v1", "/v1"),
            ("/v1/b", "/v1/b"),
            ("/", ""),
            ("v1", ""),
            ("", ""),
            ("https://example.com/{other}", ""),
            ("https://example.com/a:b", ""),
        ] {
            let variable = |name: &str, default: &str| ServerVariable {
                name: name.to_owned(),
                default: default.to_owned(),
                values: Vec::new(),
            };
            let server = Server {
                url: url.to_owned(),
                description: String::new(),
                variables: vec![variable("host", "example.com"), variable("version", "v2")],
            };
            assert_eq!(base_path(&[server]), expected, "{url}");
        }
        assert_eq!(base_path(&[]), "");
    }
}
