//! Encodes parameters as text, in every style of OpenAPI (OpenAPI Specification 3.0.3, section 4.7.12.3).

use std::borrow::Cow;

use http::{HeaderMap, HeaderName};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

use super::{
    error::{EncodeError, header_value},
    validation::Constraints,
};

/// A parameter of an operation: its location, its name, and the encoding of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Param {
    pub(crate) location: Location,
    pub(crate) name: &'static str,
    pub(crate) style: Style,
    pub(crate) explode: bool,
    /// Whether it is an exploded list, so that nothing is sent for a list without items.
    pub(crate) is_list: bool,
    /// The declared properties of an exploded object, each of which is serialized like a parameter.
    pub(crate) members: &'static [&'static str],
    /// For an exploded object with additional properties: the names of the other parameters, which are not
    /// properties of the object.
    pub(crate) other_parameters: Option<&'static [&'static str]>,
    /// The constraints that the server validates the value against.
    pub(crate) constraints: Constraints,
}

/// The location of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    Path,
    Query,
    Header,
    Cookie,
}

impl Location {
    /// Returns the value of OpenAPI's `in`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// The serialization style of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Matrix,
    Label,
    Form,
    Simple,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
    /// JSON text, for a parameter with `content`.
    Json,
}

impl Param {
    const fn new(location: Location, name: &'static str, style: Style, explode: bool) -> Self {
        Self {
            location,
            name,
            style,
            explode,
            is_list: false,
            members: &[],
            other_parameters: None,
            constraints: &[],
        }
    }

    /// Creates a path parameter with the style `simple`.
    pub(crate) const fn path(name: &'static str) -> Self {
        Self::new(Location::Path, name, Style::Simple, false)
    }

    /// Creates a query parameter with the style `form`, exploded.
    pub(crate) const fn query(name: &'static str) -> Self {
        Self::new(Location::Query, name, Style::Form, true)
    }

    /// Creates a header parameter with the style `simple`.
    pub(crate) const fn header(name: &'static str) -> Self {
        Self::new(Location::Header, name, Style::Simple, false)
    }

    /// Creates a cookie parameter with the style `form`, exploded.
    pub(crate) const fn cookie(name: &'static str) -> Self {
        Self::new(Location::Cookie, name, Style::Form, true)
    }

    /// Sets the style.
    pub(crate) const fn style(self, style: Style) -> Self {
        Self { style, ..self }
    }

    /// Sets whether items and properties are serialized separately.
    pub(crate) const fn explode(self, explode: bool) -> Self {
        Self { explode, ..self }
    }

    /// Makes it an exploded list.
    pub(crate) const fn list(self) -> Self {
        Self {
            is_list: true,
            ..self
        }
    }

    /// Sets the properties of an exploded object.
    pub(crate) const fn members(self, members: &'static [&'static str]) -> Self {
        Self { members, ..self }
    }

    /// Makes every name a property of an exploded object, except the names of the other parameters.
    pub(crate) const fn all_except(self, other_parameters: &'static [&'static str]) -> Self {
        Self {
            other_parameters: Some(other_parameters),
            ..self
        }
    }

    /// Sets the constraints of the value.
    pub(crate) const fn with_constraints(self, constraints: Constraints) -> Self {
        Self {
            constraints,
            ..self
        }
    }

    /// Returns whether a name is that of a property of the exploded object.
    pub(crate) fn has_member(&self, name: &str) -> bool {
        let is_of_parameter = |parameter: &&str| {
            let suffix = name.strip_prefix(parameter);
            // `deepObject` appends the property in brackets to the name of the parameter.
            suffix.is_some_and(|suffix| suffix.is_empty() || suffix.starts_with('['))
        };
        self.members.contains(&name)
            || self
                .other_parameters
                .is_some_and(|parameters| !parameters.iter().any(is_of_parameter))
    }

    /// Returns whether this is `Set-Cookie`, whose values cannot be joined with commas (RFC 9110, section
    /// 5.3).
    pub(crate) fn is_set_cookie(&self) -> bool {
        self.location == Location::Header && self.name.eq_ignore_ascii_case("set-cookie")
    }
}

/// A value without nesting, as a parameter requires it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flat {
    Scalar(String),
    List(Vec<String>),
    Object(Vec<(String, String)>),
}

/// Converts a value to strings.
///
/// # Errors
/// If the value contains nested lists or objects.
pub(crate) fn flatten<T: Serialize + ?Sized>(value: &T) -> Result<Flat, EncodeError> {
    match serde_json::to_value(value).map_err(EncodeError::json)? {
        Value::Array(items) => items
            .into_iter()
            .map(scalar)
            .collect::<Result<_, _>>()
            .map(Flat::List),
        Value::Object(members) => members
            .into_iter()
            // An absent property is not serialized.
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| Ok((name, scalar(value)?)))
            .collect::<Result<_, _>>()
            .map(Flat::Object),
        value => scalar(value).map(Flat::Scalar),
    }
}

fn scalar(value: Value) -> Result<String, EncodeError> {
    match value {
        Value::String(text) => Ok(text),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Null => Ok(String::new()),
        Value::Array(_) | Value::Object(_) => Err(EncodeError::nested()),
    }
}

/// All characters except the unreserved ones of RFC 3986, section 2.3.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Percent-encodes all characters of a string except unreserved ones.
pub(crate) fn encode(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, ESCAPED).into()
}

/// Percent-encodes a string like [`encode`], and also `.`, which precedes each item in the style `label`.
fn encode_label(text: &str) -> String {
    encode(text).replace('.', "%2E")
}

/// Decodes percent-encoded text; `None` if the result is not valid UTF-8.
pub(crate) fn decode(text: &str) -> Option<Cow<'_, str>> {
    // Byte by byte, because most texts are too short for a faster search to pay off.
    if !text.bytes().any(|byte| byte == b'%') {
        return Some(Cow::Borrowed(text));
    }
    percent_decode_str(text).decode_utf8().ok()
}

/// Decodes text of a query or form, in which `+` is a space; `None` if the result is not valid UTF-8.
pub(crate) fn decode_plus(text: &str) -> Option<Cow<'_, str>> {
    if text.contains('+') {
        Some(Cow::Owned(decode(&text.replace('+', " "))?.into_owned()))
    } else {
        decode(text)
    }
}

impl Param {
    /// Encodes a value for a segment of the path.
    pub(crate) fn path_value<T: Serialize + ?Sized>(
        &self,
        value: &T,
    ) -> Result<String, EncodeError> {
        let text = match self.style {
            Style::Json => {
                encode(&serde_json::to_string(value).map_err(EncodeError::json)?).into_owned()
            }
            Style::Label => match flatten(value)? {
                Flat::Scalar(text) => format!(".{}", encode_label(&text)),
                Flat::List(items) => {
                    let items: Vec<_> = items
                        .iter()
                        .map(|item| format!(".{}", encode_label(item)))
                        .collect();
                    items.concat()
                }
                Flat::Object(members) => {
                    let separator = if self.explode { '=' } else { '.' };
                    let member = |(name, value): &(String, String)| {
                        format!(".{}{separator}{}", encode_label(name), encode_label(value))
                    };
                    members.iter().map(member).collect::<Vec<_>>().concat()
                }
            },
            Style::Matrix => self.matrix(&flatten(value)?),
            _ => self.simple(&flatten(value)?, |text| encode(text).into_owned()),
        };
        match decode(&text).as_deref() {
            // A server would not match such a segment with the parameter.
            Some("" | "." | "..") => Err(EncodeError::segment(self.name)),
            _ => Ok(text),
        }
    }

    /// Encodes a value in the style `matrix`.
    fn matrix(&self, value: &Flat) -> String {
        let name = encode(self.name);
        match value {
            Flat::Scalar(text) => format!(";{name}={}", encode(text)),
            Flat::List(items) if self.explode => {
                let item = |item: &String| format!(";{name}={}", encode(item));
                items.iter().map(item).collect::<Vec<_>>().concat()
            }
            Flat::Object(members) if self.explode => {
                let member = |(member, value): &(String, String)| {
                    format!(";{}={}", encode(member), encode(value))
                };
                members.iter().map(member).collect::<Vec<_>>().concat()
            }
            value => format!(
                ";{name}={}",
                self.simple(value, |text| encode(text).into_owned())
            ),
        }
    }

    /// Adds the value as a header field; a list of cookies as a field for each.
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
                    // Values in a header field are not encoded.
                    self.check_separator(&value, ',')?;
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

    /// Rejects items and members that contain the separator, which the recipient would split.
    fn check_separator(&self, value: &Flat, separator: char) -> Result<(), EncodeError> {
        let has_separator = |text: &String| text.contains(separator);
        let is_ambiguous = match value {
            Flat::Scalar(_) => false,
            Flat::List(items) => items.iter().any(has_separator),
            Flat::Object(members) => members
                .iter()
                .any(|(name, value)| has_separator(name) || has_separator(value)),
        };
        if is_ambiguous {
            Err(EncodeError::separator(self.name, separator))
        } else {
            Ok(())
        }
    }

    /// Encodes a value in the style `simple`, separated by commas.
    fn simple(&self, value: &Flat, encode: impl Fn(&str) -> String) -> String {
        match value {
            Flat::Scalar(text) => encode(text),
            Flat::List(items) => items
                .iter()
                .map(|item| encode(item))
                .collect::<Vec<_>>()
                .join(","),
            Flat::Object(members) => {
                let separator = if self.explode { '=' } else { ',' };
                let member = |(name, value): &(String, String)| {
                    format!("{}{separator}{}", encode(name), encode(value))
                };
                members.iter().map(member).collect::<Vec<_>>().join(",")
            }
        }
    }

    /// Encodes a value as `name=value` pairs, both percent-encoded, for a query or a cookie.
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
        // Unlike a comma, these separators are percent-encoded.
        let separator = match self.style {
            Style::SpaceDelimited => {
                self.check_separator(&value, ' ')?;
                "%20"
            }
            Style::PipeDelimited => {
                self.check_separator(&value, '|')?;
                "%7C"
            }
            _ => ",",
        };
        Ok(match value {
            Flat::Scalar(text) => vec![(name, encode(&text).into_owned())],
            // OpenAPI does not define lists in this style; servers expect empty brackets.
            Flat::List(items) if self.style == Style::DeepObject => items
                .iter()
                .map(|item| (format!("{name}%5B%5D"), encode(item).into_owned()))
                .collect(),
            Flat::List(items) if self.explode => items
                .iter()
                .map(|item| (name.clone(), encode(item).into_owned()))
                .collect(),
            Flat::List(items) => {
                let items: Vec<_> = items.iter().map(|item| encode(item)).collect();
                vec![(name, items.join(separator))]
            }
            Flat::Object(members) if self.style == Style::DeepObject => members
                .iter()
                .map(|(member, value)| {
                    (
                        format!("{name}%5B{}%5D", encode(member)),
                        encode(value).into_owned(),
                    )
                })
                .collect(),
            Flat::Object(members) if self.explode => members
                .iter()
                .map(|(member, value)| (encode(member).into_owned(), encode(value).into_owned()))
                .collect(),
            Flat::Object(members) => {
                let texts: Vec<_> = members
                    .iter()
                    .flat_map(|(member, value)| [encode(member), encode(value)])
                    .collect();
                vec![(name, texts.join(separator))]
            }
        })
    }
}
