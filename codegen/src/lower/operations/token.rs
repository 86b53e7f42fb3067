//! Tokens of RFC 9110, which names on the wire must be.

use crate::lower::Context;
use crate::pointer::Pointer;
use crate::report::{Diagnostic, Place, Rule};

/// Returns whether a text is a token (RFC 9110, section 5.6.2), such as a header field name.
pub(crate) fn is_token(text: &str) -> bool {
    let is_tchar = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !text.is_empty() && text.bytes().all(is_tchar)
}

/// Returns whether a text can be the name of `owner` on the wire. Otherwise, warns that `owner`, the part of the
/// document at `part`, is left out: no message can have it.
pub(crate) fn check_part(
    cx: &Context<'_>,
    rule: Rule,
    part: &Pointer,
    place: Place,
    text: &str,
    owner: &str,
) -> bool {
    is_token(text) || {
        let message = match text {
            "" => format!("the name of {owner} is empty"),
            text => format!("`{}` is not a valid name for {owner}", text.escape_debug()),
        };
        cx.account_for(part.clone());
        cx.report(
            Diagnostic::warning(rule, place, message)
                .label("this is left out")
                .help("use letters, digits and `-` (RFC 9110, section 5.6.2)"),
        );
        false
    }
}
