//! Tokens of RFC 9110, which names on the wire must be.

use crate::lower::Context;
use crate::report::{Diagnostic, Place, Rule};

/// Returns whether a text is a token (RFC 9110, section 5.6.2), such as a header field name.
pub(crate) fn is_token(text: &str) -> bool {
    let is_tchar = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !text.is_empty() && text.bytes().all(is_tchar)
}

/// Returns whether a text can be the name of `owner` on the wire, and reports an error if it is not a token.
pub(crate) fn check(cx: &Context<'_>, place: Place, text: &str, owner: &str) -> bool {
    if is_token(text) {
        return true;
    }
    let message = format!("`{}` is not a valid name for {owner}", text.escape_debug());
    cx.report(
        Diagnostic::error(Rule::WrongValue, place, message)
            .help("use letters, digits and `-` (RFC 9110, section 5.6.2)"),
    );
    false
}
