//! Parameters as text, in every style of OpenAPI.
//!
//! Source of the styles: OpenAPI Specification 3.0.3, section 4.7.12.3.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

use super::{
    codec_error::{EncodeError, header_value},
    validation::Constraints,
};

/// A parameter of an operation: where it is, its name, and how its value becomes text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Param {
    pub(crate) location: Location,
    pub(crate) name: &'static str,
    pub(crate) style: Style,
    pub(crate) explode: bool,
    /// The names of the properties of an object that stand for themselves, each as a parameter.
    pub(crate) members: &'static [&'static str],
    /// Of an object whose properties have any names and stand for themselves: the names that other
    /// parameters have.
    pub(crate) others: Option<&'static [&'static str]>,
    /// What has to hold for its value when it comes in.
    pub(crate) constraints: Constraints,
}

/// Where in a request a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    Path,
    Query,
    Header,
    Cookie,
}

impl Location {
    /// The word of OpenAPI's `in`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// How a value becomes text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Matrix,
    Label,
    Form,
    Simple,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
    Json,
}

impl Param {
    const fn new(location: Location, name: &'static str, style: Style, explode: bool) -> Self {
        Self {
            location,
            name,
            style,
            explode,
            members: &[],
            others: None,
            constraints: &[],
        }
    }

    /// A parameter of the path: `simple`.
    pub(crate) const fn path(name: &'static str) -> Self {
        Self::new(Location::Path, name, Style::Simple, false)
    }

    /// A parameter of the query: `form`, exploded.
    pub(crate) const fn query(name: &'static str) -> Self {
        Self::new(Location::Query, name, Style::Form, true)
    }

    /// A parameter in a header field: `simple`.
    pub(crate) const fn header(name: &'static str) -> Self {
        Self::new(Location::Header, name, Style::Simple, false)
    }

    /// A parameter in a cookie: `form`, exploded.
    pub(crate) const fn cookie(name: &'static str) -> Self {
        Self::new(Location::Cookie, name, Style::Form, true)
    }

    /// The same in another style.
    pub(crate) const fn style(self, style: Style) -> Self {
        Self { style, ..self }
    }

    /// The same, each element for itself or all in one.
    pub(crate) const fn explode(self, explode: bool) -> Self {
        Self { explode, ..self }
    }

    /// The same for an object with these properties.
    pub(crate) const fn members(self, members: &'static [&'static str]) -> Self {
        Self { members, ..self }
    }

    /// The same for an object of which all is a property that is no other parameter.
    pub(crate) const fn all_but(self, others: &'static [&'static str]) -> Self {
        Self {
            others: Some(others),
            ..self
        }
    }

    /// The same with what has to hold for its value.
    pub(crate) const fn with_constraints(self, constraints: Constraints) -> Self {
        Self {
            constraints,
            ..self
        }
    }

    /// Whether a name is one of a property that stands for itself.
    pub(crate) fn has_member(&self, name: &str) -> bool {
        let is_other = |other: &&str| {
            let rest = name.strip_prefix(other);
            // `deepObject` puts brackets behind the name of the parameter.
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
        };
        self.members.contains(&name)
            || self
                .others
                .is_some_and(|others| !others.iter().any(is_other))
    }

    /// Whether it is the one header field whose values commas cannot join (RFC 9110, section 5.3).
    pub(crate) fn is_set_cookie(&self) -> bool {
        self.location == Location::Header && self.name.eq_ignore_ascii_case("set-cookie")
    }
}

/// A value without nesting, which is all that a parameter can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flat {
    One(String),
    List(Vec<String>),
    Object(Vec<(String, String)>),
}

/// What of a value goes on the wire without JSON.
pub(crate) fn flatten<T: Serialize + ?Sized>(value: &T) -> Result<Flat, EncodeError> {
    match serde_json::to_value(value).map_err(EncodeError::json)? {
        Value::Array(items) => items
            .into_iter()
            .map(word)
            .collect::<Result<_, _>>()
            .map(Flat::List),
        Value::Object(members) => members
            .into_iter()
            // What is absent is not written.
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| Ok((name, word(value)?)))
            .collect::<Result<_, _>>()
            .map(Flat::Object),
        value => word(value).map(Flat::One),
    }
}

fn word(value: Value) -> Result<String, EncodeError> {
    match value {
        Value::String(text) => Ok(text),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Null => Ok(String::new()),
        Value::Array(_) | Value::Object(_) => Err(EncodeError::nested()),
    }
}

/// All but what RFC 3986 calls unreserved.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A text with everything but unreserved characters percent-encoded.
pub(crate) fn encode(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, ESCAPED).into()
}

/// The same, also without the point that stands before each word of a label.
fn label(text: &str) -> String {
    encode(text).replace('.', "%2E")
}

/// A text with its percent-encoding undone; `None` if it is no UTF-8.
pub(crate) fn decode(text: &str) -> Option<Cow<'_, str>> {
    // Byte by byte: most texts are too short to be searched in a cleverer way.
    if !text.bytes().any(|byte| byte == b'%') {
        return Some(Cow::Borrowed(text));
    }
    percent_decode_str(text).decode_utf8().ok()
}

/// A text of a query or form with its encoding undone, in which `+` is a blank; `None` if it is no
/// UTF-8.
pub(crate) fn decode_plus(text: &str) -> Option<Cow<'_, str>> {
    if text.contains('+') {
        Some(Cow::Owned(decode(&text.replace('+', " "))?.into_owned()))
    } else {
        decode(text)
    }
}

impl Param {
    /// The value as it stands in a segment of the path.
    pub(crate) fn in_path<T: Serialize + ?Sized>(&self, value: &T) -> Result<String, EncodeError> {
        let text = match self.style {
            Style::Json => {
                encode(&serde_json::to_string(value).map_err(EncodeError::json)?).into_owned()
            }
            Style::Label => match flatten(value)? {
                Flat::One(word) => format!(".{}", label(&word)),
                Flat::List(words) => {
                    let words: Vec<_> = words
                        .iter()
                        .map(|word| format!(".{}", label(word)))
                        .collect();
                    words.concat()
                }
                Flat::Object(members) => {
                    let between = if self.explode { '=' } else { '.' };
                    let member = |(name, word): &(String, String)| {
                        format!(".{}{between}{}", label(name), label(word))
                    };
                    members.iter().map(member).collect::<Vec<_>>().concat()
                }
            },
            Style::Matrix => self.matrix(&flatten(value)?),
            _ => self.simple(&flatten(value)?, |word| encode(word).into_owned()),
        };
        match decode(&text).as_deref() {
            // No server would find the parameter again.
            Some("" | "." | "..") => Err(EncodeError::segment(self.name)),
            _ => Ok(text),
        }
    }

    fn matrix(&self, value: &Flat) -> String {
        let name = encode(self.name);
        match value {
            Flat::One(word) => format!(";{name}={}", encode(word)),
            Flat::List(words) if self.explode => {
                let word = |word: &String| format!(";{name}={}", encode(word));
                words.iter().map(word).collect::<Vec<_>>().concat()
            }
            Flat::Object(members) if self.explode => {
                let member = |(member, word): &(String, String)| {
                    format!(";{}={}", encode(member), encode(word))
                };
                members.iter().map(member).collect::<Vec<_>>().concat()
            }
            value => format!(
                ";{name}={}",
                self.simple(value, |word| encode(word).into_owned())
            ),
        }
    }

    /// Adds the value as a header field; each element of a list, if it is a cookie.
    pub(crate) fn append<T: Serialize + ?Sized>(
        &self,
        value: &T,
        headers: &mut HeaderMap,
    ) -> Result<(), EncodeError> {
        let texts = match self.style {
            Style::Json => vec![serde_json::to_string(value).map_err(EncodeError::json)?],
            _ => match flatten(value)? {
                Flat::List(cookies) if self.is_set_cookie() => cookies,
                value => {
                    // Nothing in a header field is encoded.
                    self.separable(&value, ',')?;
                    vec![self.simple(&value, str::to_owned)]
                }
            },
        };
        let is_trimmed = |text: &String| text.trim_matches([' ', '\t']) == text;
        if !texts.iter().all(is_trimmed) {
            return Err(EncodeError::blanks(self.name));
        }
        for text in texts {
            let name =
                HeaderName::try_from(self.name).map_err(|_| EncodeError::header(self.name))?;
            headers.append(name, header_value(self.name, text)?);
        }
        Ok(())
    }

    /// Refuses words with a separator in them that a reader could not tell from those between them.
    fn separable(&self, value: &Flat, separator: char) -> Result<(), EncodeError> {
        let has = |word: &String| word.contains(separator);
        let is_ambiguous = match value {
            Flat::One(_) => false,
            Flat::List(words) => words.iter().any(has),
            Flat::Object(members) => members.iter().any(|(name, word)| has(name) || has(word)),
        };
        if is_ambiguous {
            Err(EncodeError::separator(self.name, separator))
        } else {
            Ok(())
        }
    }

    /// The value as words between commas.
    fn simple(&self, value: &Flat, write: impl Fn(&str) -> String) -> String {
        match value {
            Flat::One(word) => write(word),
            Flat::List(words) => words
                .iter()
                .map(|word| write(word))
                .collect::<Vec<_>>()
                .join(","),
            Flat::Object(members) => {
                let between = if self.explode { '=' } else { ',' };
                let member = |(name, word): &(String, String)| {
                    format!("{}{between}{}", write(name), write(word))
                };
                members.iter().map(member).collect::<Vec<_>>().join(",")
            }
        }
    }

    /// The value as `name=value` pairs, each half encoded, for a query or a cookie.
    pub(crate) fn pairs<T: Serialize + ?Sized>(
        &self,
        value: &T,
    ) -> Result<Vec<(String, String)>, EncodeError> {
        let name = encode(self.name).into_owned();
        if self.style == Style::Json {
            let json = serde_json::to_string(value).map_err(EncodeError::json)?;
            return Ok(vec![(name, encode(&json).into_owned())]);
        }
        let value = flatten(value)?;
        // These are encoded themselves, unlike a comma.
        let separator = match self.style {
            Style::SpaceDelimited => {
                self.separable(&value, ' ')?;
                "%20"
            }
            Style::PipeDelimited => {
                self.separable(&value, '|')?;
                "%7C"
            }
            _ => ",",
        };
        Ok(match value {
            Flat::One(word) => vec![(name, encode(&word).into_owned())],
            Flat::List(words) if self.explode => words
                .iter()
                .map(|word| (name.clone(), encode(word).into_owned()))
                .collect(),
            Flat::List(words) => {
                let words: Vec<_> = words.iter().map(|word| encode(word)).collect();
                vec![(name, words.join(separator))]
            }
            Flat::Object(members) if self.style == Style::DeepObject => members
                .iter()
                .map(|(member, word)| {
                    (
                        format!("{name}%5B{}%5D", encode(member)),
                        encode(word).into_owned(),
                    )
                })
                .collect(),
            Flat::Object(members) if self.explode => members
                .iter()
                .map(|(member, word)| (encode(member).into_owned(), encode(word).into_owned()))
                .collect(),
            Flat::Object(members) => {
                let words: Vec<_> = members
                    .iter()
                    .flat_map(|(member, word)| [encode(member), encode(word)])
                    .collect();
                vec![(name, words.join(separator))]
            }
        })
    }
}
