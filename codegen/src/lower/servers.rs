//! Lowers the servers of the document.

use crate::lower::Context;
use crate::model::{Server, ServerVariable, TemplatePart, template_parts};

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

/// Returns the path of the first server's URL, with the default values of its variables; empty if there is no
/// path at which a router can be nested.
pub(super) fn base_path(servers: &[Server]) -> String {
    let Some(server) = servers.first() else {
        return String::new();
    };
    let mut url = String::new();
    for part in template_parts(&server.url) {
        match part {
            TemplatePart::Literal(text) => url.push_str(text),
            TemplatePart::Parameter(name) => {
                let variable = server
                    .variables
                    .iter()
                    .find(|variable| variable.name == name);
                let Some(variable) = variable else {
                    return String::new();
                };
                url.push_str(&variable.default);
            }
        }
    }
    let path = match url.split_once("//") {
        Some((_, after)) => after
            .find('/')
            .map_or("", |at| after.get(at..).unwrap_or("")),
        None => &url,
    };
    let path = path.trim_end_matches('/');
    // A path relative to the document has no known base, and the router treats some characters as patterns.
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
    fn base_path_is_the_path_of_the_first_server() {
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
