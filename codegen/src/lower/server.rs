//! Servers: where the API is.

use super::Context;
use crate::model::{Server, ServerVariable};

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
