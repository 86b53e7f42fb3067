//! URLs and header fields without what is nobody's business.

use reqwest::Url;

use super::{operation::Operation, param::Location};

/// What stands in the place of a secret.
const REDACTED: &str = "REDACTED";

/// A URL without what is secret in it: the user, what the document says is a credential, and what is
/// called like one.
pub(crate) fn redacted<O: Operation>(url: &Url) -> Url {
    let mut shown = url.clone();
    // What cannot have a user has none.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_fragment(None);
    let Some(query) = url.query() else {
        return shown;
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
    shown.set_query(Some(&query));
    shown
}

/// Whether a parameter or a header field is called like something that is not for everybody.
///
/// Among them are those that the semantic conventions of OpenTelemetry name for `url.full`.
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
    const ENDS: &[&str] = &["auth", "key"];
    const WHOLE: &[&str] = &["code", "pass", "pwd", "sas", "sid", "sig"];
    let mut name = name.to_ascii_lowercase();
    name.retain(|c| c.is_ascii_alphanumeric());
    if name == "idempotencykey" {
        return false;
    }
    WHOLE.contains(&name.as_str())
        || ENDS.iter().any(|end| name.ends_with(end))
        || PARTS.iter().any(|part| name.contains(part))
}
