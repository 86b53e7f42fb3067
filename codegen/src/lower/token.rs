//! Tokens: what names on the wire are made of.

use super::Context;
use crate::report::{Diagnostic, Place, Rule};

/// A token of RFC 9110, section 5.6.2, which the name of a header field is.
pub(super) fn is_token(text: &str) -> bool {
    let is_tchar = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !text.is_empty() && text.bytes().all(is_tchar)
}

/// Whether a text can be a name of something on the wire; if it is no token, that is reported.
pub(super) fn checked(cx: &Context<'_>, place: Place, text: &str, what: &str) -> bool {
    if is_token(text) {
        return true;
    }
    let message = format!("`{}` is no name of {what}", text.escape_debug());
    cx.report(
        Diagnostic::error(Rule::WrongValue, place, message)
            .help("it is made of letters, digits and `-` (RFC 9110, section 5.6.2)"),
    );
    false
}
