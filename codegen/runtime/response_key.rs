//! The keys of a set of responses, and which of them a status code belongs to.

use std::fmt;

/// A key of a document's `responses`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResponseKey {
    /// One code: `404`.
    Exact(u16),
    /// The codes of a class, by their first digit: `4XX`.
    Range(u16),
    /// Every code that no other key covers: `default`.
    Default,
}

/// As OpenAPI writes it: `404`, `4XX`, `default`.
impl fmt::Display for ResponseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(code) => write!(f, "{code}"),
            Self::Range(first) => write!(f, "{first}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// The index of the key that a code belongs to: the exact code, else its range, else `default`.
///
/// `None` if the code is not declared. A range and `default` never stand for interim codes, below 200,
/// which are no answer (RFC 9110, section 15.2), nor for what is no code.
///
/// This is the only place that knows the precedence; the client, the server and the generator all
/// ask here.
#[must_use]
pub const fn match_response_key(keys: &[ResponseKey], code: u16) -> Option<usize> {
    let mut best = None;
    let mut best_rank = 0;
    let mut index = 0;
    let mut rest = keys;
    // Iterators are not `const` yet.
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
