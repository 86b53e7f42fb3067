//! What unions of the document have in common: values that are of one of several types.

use std::cell::Cell;

use serde::{Serialize, Serializer};
use serde_json::Value;

thread_local! {
    /// How many values may still be looked at for the outermost union that is being read; `None` outside
    /// of one.
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// How often each value of a union may be looked at. Unions within unions try each other's variants, and
/// who sends a value must not make that go on for ever.
const LOOKS: usize = 64;

/// Reads a value as the variant of a union that keeps most of it; the first of those that keep as much.
///
/// OpenAPI has a value be of one of the types, or of any, and does not say which. What is read and
/// written again is what a type knows of a value. `None` if it is of none of them, and if it takes too
/// long to find out.
pub(crate) fn best<U: Serialize>(value: &Value, reads: &[fn(&Value) -> Option<U>]) -> Option<U> {
    let whole = size(value);
    let _outermost = LEFT.get().is_none().then(|| {
        LEFT.set(Some(whole.saturating_mul(LOOKS)));
        Outermost
    });
    try_all(value, whole, reads)
}

/// The outermost union that is being read, with which the count ends.
struct Outermost;

impl Drop for Outermost {
    fn drop(&mut self) {
        LEFT.set(None);
    }
}

fn try_all<U: Serialize>(
    value: &Value,
    whole: usize,
    reads: &[fn(&Value) -> Option<U>],
) -> Option<U> {
    let mut best = None;
    let mut most = 0;
    for read in reads {
        LEFT.set(Some(LEFT.get()?.checked_sub(whole)?));
        let Some(variant) = read(value) else { continue };
        let written = serde_json::to_value(&variant).unwrap_or_default();
        let kept = kept(value, &written);
        if kept == whole {
            return Some(variant);
        }
        if best.is_none() || kept > most {
            best = Some(variant);
            most = kept;
        }
    }
    best
}

/// How many values there are in a value.
pub(crate) fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum::<usize>(),
        _ => 0,
    }
}

/// How many values of a value are in another, at the same place.
fn kept(value: &Value, other: &Value) -> usize {
    match (value, other) {
        (Value::Array(items), Value::Array(others)) => {
            1 + items
                .iter()
                .zip(others)
                .map(|(item, other)| kept(item, other))
                .sum::<usize>()
        }
        (Value::Object(members), Value::Object(others)) => {
            let known = members
                .iter()
                .filter_map(|(name, value)| Some((value, others.get(name)?)));
            1 + known
                .map(|(value, other)| kept(value, other))
                .sum::<usize>()
        }
        // `1` and `1.0` are one number.
        (Value::Number(a), Value::Number(b)) => usize::from(a == b || a.as_f64() == b.as_f64()),
        (value, other) => usize::from(value == other),
    }
}

/// Writes a variant with the tag that stands for it, unless it has one of those itself.
pub(crate) fn tagged<T: Serialize, S: Serializer>(
    value: &T,
    tag: &str,
    tags: &[&str],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut value = serde_json::to_value(value).map_err(serde::ser::Error::custom)?;
    if let Value::Object(members) = &mut value {
        let own = members.get(tag).and_then(Value::as_str);
        if let Some(first) = tags.first()
            && !own.is_some_and(|own| tags.contains(&own))
        {
            members.insert(tag.to_owned(), Value::String((*first).to_owned()));
        }
    }
    value.serialize(serializer)
}

/// Implements for an enum of types how it is read and written.
macro_rules! impl_union {
    ($name:ident { $($variant:ident,)* }) => {
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
                let readings = crate::runtime::param_decode::ScalarCandidates::deserialize(deserializer)?;
                let best = |value: &_| crate::runtime::unions::best(value, &[
                    $(|value| serde::Deserialize::deserialize(value).ok().map(Self::$variant),)*
                ]);
                Ok(readings.first(best).unwrap_or_else(Self::Other))
            }
        }
    };
    ($name:ident by $tag:literal { $($variant:ident = $first:literal $(| $more:literal)*,)* }) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => crate::runtime::unions::tagged(
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
                let read = match value.get($tag).and_then(serde_json::Value::as_str) {
                    $(Some($first $(| $more)*) => {
                        serde::Deserialize::deserialize(&value).map(Self::$variant)
                    })*
                    _ => return Ok(Self::Other(value)),
                };
                read.map_err(serde::de::Error::custom)
            }
        }
    };
}

// A document may have no union.
#[allow(unused_imports)]
pub(crate) use impl_union;
