//! TLS with rustls and ring, and with the certificates that the operating system trusts.
//!
//! aws-lc, which reqwest uses by default, takes three times as long to compile.

use std::sync::Arc;

use rustls::{ClientConfig, crypto::CryptoProvider};
use rustls_platform_verifier::BuilderVerifierExt;

/// Returns the TLS configuration, with the process-wide default provider of rustls if there is one, or else
/// ring.
pub(crate) fn config() -> Result<ClientConfig, rustls::Error> {
    let provider = CryptoProvider::get_default()
        .cloned()
        .unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()));
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth())
}
