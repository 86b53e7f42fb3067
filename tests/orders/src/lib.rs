//! An order service with a generated API, and the same service written by hand with axum and serde.
//!
//! Both use the same [`store`] and the same [`auth`], so that their handlers can be compared.

pub mod auth;
pub mod by_hand;
pub mod service;
pub mod store;
