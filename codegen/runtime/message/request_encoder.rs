//! Encodes requests.

use http::{HeaderMap, HeaderValue, header};
use serde::Serialize;

use super::path_template::{TemplatePart, fixed_query, parts};
use crate::runtime::codec::{
    body::Body,
    content::EncodedContent,
    error::{EncodeError, header_value},
    param::{Location, Param},
};

/// A request that is being encoded.
#[derive(Clone, Debug, Default)]
pub struct RequestEncoder {
    path: Vec<(&'static str, String)>,
    query: Vec<(String, String)>,
    cookies: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

impl RequestEncoder {
    /// Adds a parameter.
    pub(crate) fn required<T: Serialize + ?Sized>(
        &mut self,
        param: Param,
        value: &T,
    ) -> Result<(), EncodeError> {
        match param.location {
            Location::Path => self.path.push((param.name, param.path_value(value)?)),
            Location::Query => self.query.extend(param.pairs(value)?),
            Location::Cookie => self.cookies.extend(param.pairs(value)?),
            Location::Header => param.append(value, &mut self.headers)?,
        }
        Ok(())
    }

    /// Adds a parameter if it has a value.
    pub(crate) fn optional<T: Serialize>(
        &mut self,
        param: Param,
        value: Option<&T>,
    ) -> Result<(), EncodeError> {
        value.map_or(Ok(()), |value| self.required(param, value))
    }

    /// Sets the content.
    pub(crate) fn content(&mut self, content: EncodedContent) {
        self.body = content.into_body(&mut self.headers);
    }

    /// Returns the path, with its parameters filled in and after that of a base URL, and the query.
    pub(crate) fn target(&self, base: &str, template: &str) -> (String, Option<String>) {
        let mut path = base.trim_end_matches('/').to_owned();
        if !template.starts_with('/') {
            path.push('/');
        }
        for part in parts(template) {
            match part {
                TemplatePart::Literal(text) => path.push_str(text),
                TemplatePart::Parameter(name) => {
                    let value = self.path.iter().find(|(parameter, _)| *parameter == name);
                    path.push_str(value.map_or("", |(_, value)| value));
                }
            }
        }
        let fixed = fixed_query(template);
        if fixed.is_empty() && self.query.is_empty() {
            return (path, None);
        }
        // A parameter takes precedence over a fixed field of the same name.
        let is_parameter = |name: &str| self.query.iter().any(|(field, _)| field == name);
        let fixed = fixed.into_iter().filter(|(name, _)| !is_parameter(name));
        let pairs = self
            .query
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let mut query = String::new();
        for (name, value) in fixed.chain(pairs) {
            if !query.is_empty() {
                query.push('&');
            }
            query.push_str(name);
            query.push('=');
            query.push_str(value);
        }
        (path, Some(query))
    }

    /// Returns the value of `Cookie`, if there is a cookie parameter: the cookies of a header parameter with this
    /// name, except those that are parameters, and then the parameters.
    pub(crate) fn cookie(&self) -> Result<Option<HeaderValue>, EncodeError> {
        if self.cookies.is_empty() {
            return Ok(None);
        }
        let header = self.headers.get(header::COOKIE).map(HeaderValue::as_bytes);
        let header = String::from_utf8_lossy(header.unwrap_or_default());
        let is_parameter = |pair: &str| {
            let name = pair.split('=').next().unwrap_or_default();
            self.cookies.iter().any(|(cookie, _)| cookie == name)
        };
        let others = header.split(';').map(str::trim);
        let others = others.filter(|pair| !pair.is_empty() && !is_parameter(pair));
        let cookies = self.cookies.iter();
        let cookies = cookies.map(|(name, value)| format!("{name}={value}"));
        let cookies: Vec<_> = others.map(str::to_owned).chain(cookies).collect();
        let mut value = header_value("Cookie", cookies.join("; "))?;
        // A cookie may authenticate a user.
        value.set_sensitive(true);
        Ok(Some(value))
    }
}
