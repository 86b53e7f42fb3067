//! The server: routes requests to the methods of an API, within limits.

pub(crate) mod axum;
pub(crate) mod limits;
pub(crate) mod request;
pub(crate) mod router;
mod routes;
pub(crate) mod serve;
mod span;
