//! Choices of status codes in httpbin's syntax: one code, or several with weights.

use std::{fmt, str::FromStr};

use super::weighted_status;
use crate::{Code, Status};

/// One or more status codes with weights, in the syntax of httpbin's `/status/{codes}`: `404`, `200,500`,
/// `200:9,503:1`.
///
/// A weight is a number of at least 0, by default 1; weights of equal codes add up. At least one weight is
/// greater than 0. Whitespace around codes and weights is ignored.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusChoice {
    items: Vec<(Code, f64)>,
}

impl StatusChoice {
    /// Creates a choice from codes and weights.
    ///
    /// # Errors
    /// If there are no codes, if a weight is negative or not finite, or if all weights are 0.
    pub fn new(items: impl IntoIterator<Item = (Code, f64)>) -> Result<Self, InvalidChoiceError> {
        let items: Vec<_> = items.into_iter().collect();
        let weights = items.iter().map(|(_, weight)| *weight);
        weighted_status::check(weights).map_err(InvalidChoiceError)?;
        Ok(Self { items })
    }

    /// Iterates over the codes and their weights, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Code, f64)> {
        self.items.iter().copied()
    }

    /// Returns the code for a number from 0 to 1. If the numbers are uniformly distributed, the frequency of
    /// each code is proportional to its weight.
    #[must_use]
    pub fn pick(&self, number: f64) -> Code {
        let total: f64 = self.iter().map(|(_, weight)| weight).sum();
        let mut rest = number * total;
        let mut picked = None;
        for (code, weight) in self.iter().filter(|(_, weight)| *weight > 0.0) {
            picked = Some(code);
            rest -= weight;
            if rest < 0.0 {
                break;
            }
        }
        match picked {
            Some(code) => code,
            // `new` and `from_str` reject choices without a weight greater than 0.
            None => unreachable!(),
        }
    }
}

impl From<Code> for StatusChoice {
    fn from(code: Code) -> Self {
        Self {
            items: vec![(code, 1.0)],
        }
    }
}

impl From<Status> for StatusChoice {
    fn from(status: Status) -> Self {
        Code::from(status).into()
    }
}

impl FromStr for StatusChoice {
    type Err = InvalidChoiceError;

    fn from_str(text: &str) -> Result<Self, InvalidChoiceError> {
        let items = weighted_status::parse(text).map_err(InvalidChoiceError)?;
        // `parse` returns only valid codes.
        let items = items
            .into_iter()
            .filter_map(|(code, weight)| Some((Code::new(code)?, weight)));
        Ok(Self {
            items: items.collect(),
        })
    }
}

/// Writes the choice in the syntax that is parsed: `200:9,503`.
impl fmt::Display for StatusChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (code, weight)) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            write!(f, "{}", code.get())?;
            if weight.to_bits() != 1.0_f64.to_bits() {
                write!(f, ":{weight}")?;
            }
        }
        Ok(())
    }
}

/// Serializes the choice as a string.
impl serde::Serialize for StatusChoice {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Deserializes the choice from a string.
impl<'de> serde::Deserialize<'de> for StatusChoice {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl serde::de::Visitor<'_> for Text {
            type Value = StatusChoice;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a choice of status codes, such as `200:9,503:1`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<StatusChoice, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// The error of a string or of weights that are not a valid [`StatusChoice`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidChoiceError(String);

impl fmt::Display for InvalidChoiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidChoiceError {}
