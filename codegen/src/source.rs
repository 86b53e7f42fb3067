//! The texts that a document is made of.

use std::{borrow::Cow, collections::BTreeMap};

/// A document as it was read: its name in messages, its text, and those of the files beside it.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// What messages call it: the path as the user gave it.
    pub name: String,
    /// The text, without a byte order mark.
    pub text: String,
    /// The files beside it that its `$ref`s lead to, by their path from its folder, with `/` between
    /// the names: the text, or why there is none, in words.
    pub external_files: BTreeMap<String, Result<String, String>>,
}

impl Source {
    /// A source of a name and a text, whose byte order mark is dropped.
    #[must_use]
    pub fn new(name: impl Into<String>, text: &str) -> Self {
        Self {
            name: name.into(),
            text: without_mark(text),
            external_files: BTreeMap::new(),
        }
    }

    /// The same with a file beside it.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, read: Result<String, String>) -> Self {
        let read = read.map(|text| without_mark(&text));
        self.external_files.insert(path.into(), read);
        self
    }

    /// The name of its own file, without the folder.
    pub(crate) fn file_name(&self) -> &str {
        self.name
            .rsplit(['/', '\\'])
            .next()
            .unwrap_or(self.name.as_str())
    }

    /// What messages call a file: the document itself, or one beside it.
    pub(crate) fn name_of(&self, file: Option<&str>) -> Cow<'_, str> {
        let folder = self.name.strip_suffix(self.file_name()).unwrap_or_default();
        match file {
            None => Cow::Borrowed(&self.name),
            Some(path) => Cow::Owned(format!("{folder}{path}")),
        }
    }

    /// The text of a file; empty if it could not be read.
    pub(crate) fn text_of(&self, file: Option<&str>) -> &str {
        match file {
            None => &self.text,
            Some(path) => match self.external_files.get(path) {
                Some(Ok(text)) => text,
                _ => "",
            },
        }
    }
}

fn without_mark(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()
}
