//! The server: routes requests to the methods of an API, within limits.

pub(crate) mod axum;
mod content;
pub(crate) mod handler;
pub(crate) mod limits;
mod preface;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod router;
pub(crate) mod routes;
pub(crate) mod serve;
mod span;
