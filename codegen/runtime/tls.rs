//! TLS by rustls and ring, with the certificates that the system trusts.
//!
//! reqwest's own choice, aws-lc, takes three times as long to compile.

use std::sync::Arc;

use rustls::{ClientConfig, crypto::CryptoProvider};
use rustls_platform_verifier::BuilderVerifierExt;

/// The settings of TLS: with the cryptography that the program has chosen for all, if it has, else ring.
pub(crate) fn config() -> Result<ClientConfig, rustls::Error> {
    let provider = CryptoProvider::get_default()
        .cloned()
        .unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()));
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth())
}
