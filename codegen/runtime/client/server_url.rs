//! The servers of the document, and their URLs.

use super::error::Error;
use crate::runtime::message::path_template::{TemplatePart, template_parts};

/// A server that the document declares, one of [`Server::ALL`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    template: &'static str,
    description: &'static str,
    variables: &'static [ServerVariable],
    chosen: Vec<(String, String)>,
}

/// A variable in the URL of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerVariable {
    /// The name, which is in braces in the URL.
    pub name: &'static str,
    /// The value unless another is set.
    pub default: &'static str,
    /// The allowed values; empty if any value is allowed.
    pub values: &'static [&'static str],
}

impl Server {
    pub(crate) const fn new(
        template: &'static str,
        description: &'static str,
        variables: &'static [ServerVariable],
    ) -> Self {
        Self {
            template,
            description,
            variables,
            chosen: Vec::new(),
        }
    }

    /// Returns the URL as the document declares it, with variables in braces.
    #[must_use]
    pub const fn template(&self) -> &'static str {
        self.template
    }

    /// Returns the document's description, as Markdown; empty if there is none.
    #[must_use]
    pub const fn description(&self) -> &'static str {
        self.description
    }

    /// Returns the variables in the URL.
    #[must_use]
    pub const fn variables(&self) -> &'static [ServerVariable] {
        self.variables
    }

    /// Sets the value of a variable. [`url`](Self::url) checks it.
    #[must_use]
    pub fn with_variable(mut self, variable: impl Into<String>, value: impl Into<String>) -> Self {
        self.chosen.push((variable.into(), value.into()));
        self
    }

    /// Returns the URL, with the values of its variables.
    ///
    /// # Errors
    /// If a value is not one of those that the document allows, if it contains a delimiter in the host of the
    /// URL, or if the server does not have a variable of that name.
    pub fn url(&self) -> Result<String, Error> {
        let names = || list(self.variables.iter().map(|variable| variable.name));
        for (name, value) in &self.chosen {
            let variable = self.variables.iter().find(|variable| variable.name == name);
            let Some(variable) = variable else {
                let template = self.template;
                return Err(Error::settings(format!(
                    "the server `{template}` has no variable `{name}`; it has {}",
                    names()
                )));
            };
            if !variable.values.is_empty() && !variable.values.contains(&value.as_str()) {
                return Err(Error::settings(format!(
                    "the server variable `{name}` cannot be `{value}`; the document allows {}",
                    list(variable.values.iter().copied())
                )));
            }
        }
        let mut url = String::new();
        for part in template_parts(self.template) {
            let name = match part {
                TemplatePart::Literal(text) => {
                    url.push_str(text);
                    continue;
                }
                TemplatePart::Parameter(name) => name,
            };
            let Some(variable) = self.variables.iter().find(|variable| variable.name == name)
            else {
                url.extend(["{", name, "}"]);
                continue;
            };
            let mut chosen = self.chosen.iter().rev();
            let chosen = chosen.find(|(chosen, _)| chosen == name);
            let value = chosen.map_or(variable.default, |(_, value)| value);
            // A value that is part of the host must not change another part of the URL.
            let is_in_host = url.contains("://") && url.matches('/').count() == 2;
            if is_in_host && value.contains(['/', '?', '#', '@', '\\']) {
                return Err(Error::settings(format!(
                    "the server variable `{name}` cannot be `{value}`: it is part of the host"
                )));
            }
            url.push_str(value);
        }
        Ok(url)
    }
}

/// Lists names in backticks, or `none`.
fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}
