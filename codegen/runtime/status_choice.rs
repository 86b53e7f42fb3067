//! httpbin's way to ask for a status: one, or several of which one is picked.

use std::{fmt, str::FromStr};

use super::weighted_status;
use crate::{Code, Status};

/// One status code or several with weights, written as httpbin's `/status/{codes}` takes them: `404`,
/// `200,500`, `200:9,503:1`.
///
/// A weight is a number of 0 or more, 1 where it is not written; the weights of equal codes add up.
/// Blanks around codes and weights do not count. At least one weight is above 0.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusChoice {
    items: Vec<(Code, f64)>,
}

impl StatusChoice {
    /// A choice of codes with weights.
    ///
    /// # Errors
    /// Without a code, for a weight that is negative or no number, and if all weights are 0.
    pub fn new(items: impl IntoIterator<Item = (Code, f64)>) -> Result<Self, InvalidChoiceError> {
        let items: Vec<_> = items.into_iter().collect();
        let weights = items.iter().map(|(_, weight)| *weight);
        weighted_status::check(weights).map_err(InvalidChoiceError)?;
        Ok(Self { items })
    }

    /// The codes and their weights, as they are written.
    pub fn iter(&self) -> impl Iterator<Item = (Code, f64)> {
        self.items.iter().copied()
    }

    /// The code that a number between 0 and 1 picks: over many numbers that are spread evenly, each
    /// code comes up as often as its weight says.
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
            // `new` takes no choice without a weight above 0.
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
        // What is parsed is a code.
        let items = items
            .into_iter()
            .filter_map(|(code, weight)| Some((Code::new(code)?, weight)));
        Ok(Self {
            items: items.collect(),
        })
    }
}

/// As it is parsed: `200:9,503`.
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

/// As the text.
impl serde::Serialize for StatusChoice {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From the text.
impl<'de> serde::Deserialize<'de> for StatusChoice {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl serde::de::Visitor<'_> for Text {
            type Value = StatusChoice;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a choice of status codes")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<StatusChoice, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// A text that is no [`StatusChoice`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidChoiceError(String);

impl fmt::Display for InvalidChoiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidChoiceError {}
