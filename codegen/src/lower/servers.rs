//! Lowers the servers of the document, of paths and of operations.

use super::{Context, routes::Route};
use crate::{
    model::{Server, ServerVariable},
    pointer::Pointer,
    report::{Diagnostic, Place, Rule},
};

/// Lowers the servers of the document, in its order.
pub(super) fn lower(cx: &Context<'_>) -> Vec<Server> {
    list(&cx.document.api.servers)
}

/// Lowers the servers of each operation that it has in place of those of the document.
pub(super) fn lower_for_routes(
    cx: &Context<'_>,
    routes: &[Route<'_>],
    of_document: &[Server],
) -> Vec<Vec<Server>> {
    let routes = routes.iter();
    routes
        .map(|route| lower_for_operation(cx, route, of_document))
        .collect()
}

/// Lowers the servers that an operation or its path declares in place of those of the document; empty if it
/// uses the first server of the document.
fn lower_for_operation(cx: &Context<'_>, route: &Route<'_>, of_document: &[Server]) -> Vec<Server> {
    let own = route.declared.node.servers.as_slice();
    let (servers, place) = if own.is_empty() {
        (route.item.node.servers.as_slice(), &route.item.place)
    } else {
        (own, &route.declared.place)
    };
    let servers = list(servers);
    let Some(first) = servers.first() else {
        return servers;
    };
    let url = first.default_url();
    if of_document.first().and_then(Server::default_url) == url {
        return Vec::new();
    }
    let starts = ["http://", "https://", "/"];
    let is_usable = url.is_some_and(|url| starts.into_iter().any(|start| url.starts_with(start)));
    if !is_usable {
        report_unusable(cx, &place.key("servers").key("0").key("url"), &first.url);
        return Vec::new();
    }
    servers
}

fn report_unusable(cx: &Context<'_>, place: &Pointer, url: &str) {
    cx.report(
        Diagnostic::warning(
            Rule::UnsupportedPart,
            Place::Value(place.clone()),
            format!("`{url}` is not a URL that requests can be sent to"),
        )
        .label("requests are sent to the server of the document")
        .help("use an absolute URL, or one that starts with `/`, and declare all of its variables"),
    );
}

fn list(servers: &[openapiv3::Server]) -> Vec<Server> {
    servers
        .iter()
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
    let Some(url) = servers.first().and_then(Server::default_url) else {
        return String::new();
    };
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
