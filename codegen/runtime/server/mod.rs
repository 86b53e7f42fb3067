//! The server, on axum: routes requests to the methods of an API, within limits.

pub(crate) mod context;
pub(crate) mod router;
mod routes;
pub(crate) mod serve;
mod span;
