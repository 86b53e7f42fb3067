//! Response keys, and the one that a status code belongs to.

use std::fmt;

/// A key of `responses` in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResponseKey {
    /// A status code: `404`.
    Exact(u16),
    /// A range of status codes, by its first digit: `4XX`.
    Range(u16),
    /// All other status codes: `default`.
    Default,
}

/// Writes the key like in OpenAPI: `404`, `4XX`, `default`.
impl fmt::Display for ResponseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(code) => write!(f, "{code}"),
            Self::Range(first) => write!(f, "{first}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// Returns the index of the key that a code belongs to: the exact code, or else its range, or else `default`.
///
/// `None` if the code is not declared. Ranges and `default` match neither codes below 200, which are not
/// final responses (RFC 9110, section 15.2), nor numbers above 999.
///
/// The client, the server and the generator all use this function, so the precedence is defined only here.
#[must_use]
pub const fn match_response_key(keys: &[ResponseKey], code: u16) -> Option<usize> {
    let mut best = None;
    let mut best_rank = 0;
    let mut index = 0;
    let mut rest = keys;
    // Iterators cannot be used in `const` functions yet.
    while let [key, others @ ..] = rest {
        let rank = match *key {
            ResponseKey::Exact(exact) if exact == code => 3,
            ResponseKey::Range(first) if code >= 200 && code / 100 == first => 2,
            ResponseKey::Default if code >= 200 && code <= 999 => 1,
            _ => 0,
        };
        if rank > best_rank {
            best = Some(index);
            best_rank = rank;
        }
        rest = others;
        index += 1;
    }
    best
}
