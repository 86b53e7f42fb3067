//! The text of a document and of its external files.

use std::{borrow::Cow, collections::BTreeMap};

/// The text of a document, with its name in messages and the texts of its external files.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The name in messages: the path that the user passed.
    pub name: String,
    /// The text, without a byte order mark.
    pub text: String,
    /// The files that its `$ref`s point to, each as its text or the reason why it cannot be read. The keys
    /// are paths relative to the document's folder, with `/` as the separator.
    pub external_files: BTreeMap<String, Result<String, String>>,
}

impl Source {
    /// Creates a source without external files. A byte order mark is removed.
    #[must_use]
    pub fn new(name: impl Into<String>, text: &str) -> Self {
        Self {
            name: name.into(),
            text: strip_bom(text),
            external_files: BTreeMap::new(),
        }
    }

    /// Adds an external file.
    #[must_use]
    pub fn with_file(mut self, path: impl Into<String>, text: Result<String, String>) -> Self {
        let text = text.map(|text| strip_bom(&text));
        self.external_files.insert(path.into(), text);
        self
    }

    /// Returns the document's file name, without the folder.
    pub(crate) fn file_name(&self) -> &str {
        self.name
            .rsplit(['/', '\\'])
            .next()
            .unwrap_or(self.name.as_str())
    }

    /// Returns the name of a file in messages; `None` is the document itself.
    pub(crate) fn display_name(&self, file: Option<&str>) -> Cow<'_, str> {
        let folder = self.name.strip_suffix(self.file_name()).unwrap_or_default();
        match file {
            None => Cow::Borrowed(&self.name),
            Some(path) => Cow::Owned(format!("{folder}{path}")),
        }
    }

    /// Returns the text of a file; empty if it could not be read. `None` is the document itself.
    pub(crate) fn file_text(&self, file: Option<&str>) -> &str {
        match file {
            None => &self.text,
            Some(path) => match self.external_files.get(path) {
                Some(Ok(text)) => text,
                _ => "",
            },
        }
    }
}

fn strip_bom(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()
}
