//! The two sides of a comparison.

use std::{collections::BTreeSet, path::Path, thread};

use super::{join, rust_api::public_api::PublicApi};
use crate::{
    Options,
    emit::{self, Contents, RUNTIME},
    files::Files,
    format::is_marked,
    load::Document,
    model::{Catalogue, Model},
    report::Diagnostic,
    source::Source,
};

/// A document and its generated crate, as one side of a comparison.
#[derive(Debug)]
pub struct Side {
    source: Source,
    pub(super) document: Document,
    pub(super) model: Model,
    /// The public API of an existing crate; `None` for the crate that would be generated from the document.
    public_api: Option<PublicApi>,
}

impl Side {
    /// Reads a document and its external files.
    ///
    /// # Errors
    ///
    /// Returns all errors in the document.
    pub fn read(
        source: &Source,
        catalogue: &Catalogue,
        options: &Options,
    ) -> Result<Self, Vec<Diagnostic>> {
        let (document, model, _) = crate::read(source, catalogue, options)?;
        Ok(Self {
            source: source.clone(),
            document,
            model,
            public_api: None,
        })
    }

    /// Reads two documents in parallel, each as [`Side::read`] does.
    pub fn read_both(
        base: &Source,
        head: &Source,
        catalogue: &Catalogue,
        options: &Options,
    ) -> (Result<Self, Vec<Diagnostic>>, Result<Self, Vec<Diagnostic>>) {
        thread::scope(|scope| {
            let base = scope.spawn(|| Self::read(base, catalogue, options));
            let head = Self::read(head, catalogue, options);
            (join(base), head)
        })
    }

    /// Uses the files of an existing crate in place of the crate that would be generated now.
    ///
    /// # Errors
    ///
    /// Returns the name of a file that is not valid Rust, with the parse error.
    pub fn with_crate(mut self, files: &Files) -> Result<Self, String> {
        let mut parsed = Vec::new();
        // Files that were added to the crate by hand are not part of the generated API.
        let generated = files.iter().filter(|(_, text)| is_marked(text));
        for (path, text) in generated {
            if Path::new(path)
                .extension()
                .is_some_and(|ending| ending == "rs")
            {
                let file = syn::parse_file(text).map_err(|error| format!("`{path}`: {error}"))?;
                parsed.push((path.clone(), file));
            }
        }
        self.public_api = Some(PublicApi::read(&parsed));
        Ok(self)
    }

    /// Returns the model of the document.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Returns the source of the document.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Returns the paths of the public items of the generated crate that do not state from which place of the document
    /// they come. Their changes are explained by the items that enclose them, or not at all.
    #[must_use]
    pub fn items_without_origin(&self) -> BTreeSet<String> {
        self.public_api(false).without_origin()
    }

    /// Returns whether the crate is an existing one.
    pub(super) fn has_crate(&self) -> bool {
        self.public_api.is_some()
    }

    /// Returns the public API of the crate. The runtime files are only included if `with_runtime` is set, because
    /// they are the same on both sides unless one side is an existing crate. The items of an existing crate have the
    /// origins of those that would be generated now.
    pub(super) fn public_api(&self, with_runtime: bool) -> PublicApi {
        let mut files = Vec::new();
        for (path, contents) in emit::emit(&self.model) {
            // Generating reports tokens that are not valid Rust.
            if let Contents::Rust(tokens) = contents
                && let Ok(file) = syn::parse2(tokens)
            {
                files.push((path.to_owned(), file));
            }
        }
        for (path, text) in RUNTIME.iter().filter(|_| with_runtime) {
            if let Ok(file) = syn::parse_file(text) {
                files.push(((*path).to_owned(), file));
            }
        }
        let generated = PublicApi::read(&files);
        match &self.public_api {
            Some(existing) => existing.clone().with_origins_of(&generated),
            None => generated,
        }
    }
}
