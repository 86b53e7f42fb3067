//! Support for the document's unions (`oneOf` and `anyOf`): values of one of several types.

use std::cell::Cell;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::validation::{Constraints, is_alternative};

thread_local! {
    /// The remaining number of values that may be visited for the outermost union that is being decoded;
    /// `None` outside of a union.
    static REMAINING: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Maximum number of visits of a value in a union, on average. Nested unions try all combinations of their
/// variants, and the sender of a value must not be able to make that take exponential time.
const MAX_VISITS: usize = 64;

/// A variant of a union without a discriminator.
pub(crate) struct Candidate<U> {
    /// Decodes a value of the variant's type.
    pub(crate) decode: fn(&Value) -> Option<U>,
    /// The constraints of which the value must satisfy one; none if it need not satisfy any.
    pub(crate) constraints: &'static [&'static Constraints],
}

/// Decodes a value as the variant of a union that it is valid for. If there are several, it is the one that preserves
/// most of the value; the first of those that preserve the same number of values.
///
/// A variant preserves the values that are equal after the value is decoded and encoded again. `None` if the value is
/// not valid for any variant, or if there are too many visits.
pub(crate) fn best<U: Serialize>(value: &Value, candidates: &[Candidate<U>]) -> Option<U> {
    let total = size(value);
    let _outermost = REMAINING.get().is_none().then(|| {
        REMAINING.set(Some(total.saturating_mul(MAX_VISITS)));
        Outermost
    });
    try_all(value, total, candidates)
}

/// Resets the count when the outermost union has been decoded.
struct Outermost;

impl Drop for Outermost {
    fn drop(&mut self) {
        REMAINING.set(None);
    }
}

fn try_all<U: Serialize>(value: &Value, total: usize, candidates: &[Candidate<U>]) -> Option<U> {
    let mut best = None;
    let mut most = 0;
    for Candidate {
        decode,
        constraints,
    } in candidates
    {
        REMAINING.set(Some(REMAINING.get()?.checked_sub(total)?));
        let is_valid = constraints.is_empty()
            || constraints
                .iter()
                .any(|constraints| is_alternative(value, constraints));
        let Some(variant) = is_valid.then(|| decode(value)).flatten() else {
            continue;
        };
        let encoded = serde_json::to_value(&variant).unwrap_or_default();
        let preserved = preserved(value, &encoded);
        if preserved == total {
            return Some(variant);
        }
        if best.is_none() || preserved > most {
            best = Some(variant);
            most = preserved;
        }
    }
    best
}

/// Returns the number of values in a value, itself included.
pub(crate) fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum::<usize>(),
        _ => 0,
    }
}

/// Returns the number of values that are equal to the value at the same position in `encoded`.
fn preserved(value: &Value, encoded: &Value) -> usize {
    match (value, encoded) {
        (Value::Array(items), Value::Array(encoded_items)) => {
            1 + items
                .iter()
                .zip(encoded_items)
                .map(|(item, encoded)| preserved(item, encoded))
                .sum::<usize>()
        }
        (Value::Object(members), Value::Object(encoded_members)) => {
            let common = members
                .iter()
                .filter_map(|(name, value)| Some((value, encoded_members.get(name)?)));
            1 + common
                .map(|(value, encoded)| preserved(value, encoded))
                .sum::<usize>()
        }
        // `1` and `1.0` are the same number.
        (Value::Number(a), Value::Number(b)) => usize::from(a == b || a.as_f64() == b.as_f64()),
        // A type such as that of a date may write another text than the one that it was decoded from.
        (Value::String(_), Value::String(_)) => 1,
        (value, encoded) => usize::from(value == encoded),
    }
}

/// Encodes a variant with its first tag, unless the value already has one of its tags.
pub(crate) fn tagged<T: Serialize, S: Serializer>(
    value: &T,
    tag: &str,
    tags: &[&str],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut value = serde_json::to_value(value).map_err(serde::ser::Error::custom)?;
    if let Value::Object(members) = &mut value {
        let actual = members.get(tag).and_then(Value::as_str);
        if let Some(first) = tags.first()
            && !actual.is_some_and(|actual| tags.contains(&actual))
        {
            members.insert(tag.to_owned(), Value::String((*first).to_owned()));
        }
    }
    value.serialize(serializer)
}

/// Implements `Serialize` and `Deserialize` for the enum of a union; with `by`, for one with a discriminator.
/// Otherwise, the names of a variant's constraints follow its name.
macro_rules! impl_union {
    ($name:ident { $($variant:ident $(if $($constraints:ident)|+)?,)* }) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => serde::Serialize::serialize(value, serializer),)*
                    Self::Other(value) => serde::Serialize::serialize(value, serializer),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let candidates = crate::runtime::codec::param_decode::Candidates::deserialize(deserializer)?;
                let best = |value: &_| crate::runtime::codec::unions::best(value, &[
                    $(crate::runtime::codec::unions::Candidate {
                        decode: |value| serde::Deserialize::deserialize(value).ok().map(Self::$variant),
                        constraints: const { &[$($(&crate::constraints::$constraints),+)?] },
                    },)*
                ]);
                Ok(candidates.first(best).unwrap_or_else(Self::Other))
            }
        }
    };
    ($name:ident by $tag:literal { $($variant:ident = $first:literal $(| $more:literal)*,)* }) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => crate::runtime::codec::unions::tagged(
                        value,
                        $tag,
                        &[$first $(, $more)*],
                        serializer,
                    ),)*
                    Self::Other(value) => serde::Serialize::serialize(value, serializer),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = serde_json::Value::deserialize(deserializer)?;
                let variant = match value.get($tag).and_then(serde_json::Value::as_str) {
                    $(Some($first $(| $more)*) => {
                        serde::Deserialize::deserialize(&value).map(Self::$variant)
                    })*
                    _ => return Ok(Self::Other(value)),
                };
                variant.map_err(serde::de::Error::custom)
            }
        }
    };
}

// Unused if the document has no unions.
#[allow(unused_imports)]
pub(crate) use impl_union;
