//! Redaction of secrets in URLs, and recognition of header fields with secrets.

use reqwest::Url;

use crate::runtime::{codec::param::Location, message::operation::Operation};

/// The text that replaces a secret.
const REDACTED: &str = "REDACTED";

/// Returns a URL without its username, password and fragment, and with the secrets in its query replaced:
/// credentials that the document declares, and parameters whose name suggests a secret.
pub(crate) fn redact_url<O: Operation>(url: &Url) -> Url {
    let mut redacted = url.clone();
    // These fail only for a URL that cannot have a username.
    let _ = redacted.set_username("");
    let _ = redacted.set_password(None);
    redacted.set_fragment(None);
    let Some(query) = url.query() else {
        return redacted;
    };
    let credentials = O::SECURITY.iter().copied().flatten();
    let credentials: Vec<_> = credentials
        .filter_map(|scheme| scheme.name_in(Location::Query))
        .collect();
    let pairs = query.split('&').map(|pair| {
        let (name, _) = pair.split_once('=').unwrap_or((pair, ""));
        let decoded = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
        if credentials.contains(&&*decoded) || is_secret(&decoded) {
            format!("{name}={REDACTED}")
        } else {
            pair.to_owned()
        }
    });
    let query = pairs.collect::<Vec<_>>().join("&");
    redacted.set_query(Some(&query));
    redacted
}

/// Returns whether the name of a parameter or header field suggests a secret.
///
/// The list includes the names that OpenTelemetry's semantic conventions redact in `url.full`.
pub(crate) fn is_secret(name: &str) -> bool {
    const PARTS: &[&str] = &[
        "accesskey",
        "apikey",
        "authentic",
        "authoriz",
        "cookie",
        "credential",
        "jwt",
        "oauth",
        "passphrase",
        "passwd",
        "password",
        "secret",
        "session",
        "signature",
        "token",
    ];
    const SUFFIXES: &[&str] = &["auth", "key"];
    const EXACT: &[&str] = &["code", "pass", "pwd", "sas", "sid", "sig"];
    let mut name = name.to_ascii_lowercase();
    name.retain(|c| c.is_ascii_alphanumeric());
    if name == "idempotencykey" {
        return false;
    }
    EXACT.contains(&name.as_str())
        || SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
        || PARTS.iter().any(|part| name.contains(part))
}
