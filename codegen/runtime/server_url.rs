//! Where an API is served, as the document says.

use super::{
    client_error::Error,
    path_template::{TemplatePart, parts_of},
};

/// A server of the document: one of [`Server::ALL`].
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
    /// Its name, as it stands in braces.
    pub name: &'static str,
    /// Its value, if no other is given.
    pub default: &'static str,
    /// The values that it may have; any, if there is none.
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

    /// The URL as the document has it, with its variables in braces.
    #[must_use]
    pub const fn template(&self) -> &'static str {
        self.template
    }

    /// What the document says of it, as Markdown; empty if it says nothing.
    #[must_use]
    pub const fn description(&self) -> &'static str {
        self.description
    }

    /// The variables in the URL.
    #[must_use]
    pub const fn variables(&self) -> &'static [ServerVariable] {
        self.variables
    }

    /// Gives a variable a value; whether it takes it is known by [`url`](Self::url).
    #[must_use]
    pub fn with_variable(mut self, variable: impl Into<String>, value: impl Into<String>) -> Self {
        self.chosen.push((variable.into(), value.into()));
        self
    }

    /// The URL, with the values of its variables.
    ///
    /// # Errors
    /// If a value was given that is none of those the document lists, or to a variable that is not there.
    pub fn url(&self) -> Result<String, Error> {
        let names = || listed(self.variables.iter().map(|variable| variable.name));
        for (name, value) in &self.chosen {
            let known = self.variables.iter().find(|known| known.name == name);
            let Some(variable) = known else {
                let template = self.template;
                return Err(Error::settings(format!(
                    "the server `{template}` has no variable `{name}`; it has {}",
                    names()
                )));
            };
            if !variable.values.is_empty() && !variable.values.contains(&value.as_str()) {
                return Err(Error::settings(format!(
                    "the server's variable `{name}` cannot be `{value}`; it is one of {}",
                    listed(variable.values.iter().copied())
                )));
            }
        }
        let mut url = String::new();
        for part in parts_of(self.template) {
            let name = match part {
                TemplatePart::Literal(text) => {
                    url.push_str(text);
                    continue;
                }
                TemplatePart::Parameter(name) => name,
            };
            let Some(variable) = self.variables.iter().find(|known| known.name == name) else {
                url.extend(["{", name, "}"]);
                continue;
            };
            let mut chosen = self.chosen.iter().rev();
            let chosen = chosen.find(|(chosen, _)| chosen == name);
            let value = chosen.map_or(variable.default, |(_, value)| value);
            // The host is not for a value to say that is meant for a part of it.
            let is_in_host = url.contains("://") && url.matches('/').count() == 2;
            if is_in_host && value.contains(['/', '?', '#', '@', '\\']) {
                return Err(Error::settings(format!(
                    "the server's variable `{name}` cannot be `{value}`: it is a part of the host"
                )));
            }
            url.push_str(value);
        }
        Ok(url)
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}
