//! The imports of generated files.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};

use super::types::ident;

/// Builds the declaration `use crate::{..}` for the paths in `always`, and for those in `if_used` whose last
/// segment starts a path in `code`, such as `Param` in `Param::query`.
///
/// Generated files import only what they use, whatever the document declares.
pub(in crate::emit) fn imports(
    code: &TokenStream,
    always: &[&str],
    if_used: &[&str],
) -> TokenStream {
    let mut heads = BTreeSet::new();
    path_heads(code.clone(), &mut heads);
    let is_used = |path: &&&str| {
        path.rsplit("::")
            .next()
            .is_some_and(|name| heads.contains(name))
    };
    let mut tree = UseTree::default();
    for path in always.iter().chain(if_used.iter().filter(is_used)) {
        tree.insert(path);
    }
    if tree.0.is_empty() {
        return TokenStream::new();
    }
    let tree = tree.tokens();
    quote!(use crate::#tree;)
}

/// Collects the identifiers that start a path of several segments.
fn path_heads(code: TokenStream, heads: &mut BTreeSet<String>) {
    let mut last: Option<String> = None;
    let (mut colons, mut is_inner) = (0, false);
    for token in code {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ':' => {
                colons += 1;
                if colons == 2 {
                    heads.extend(last.take().filter(|_| !is_inner));
                }
                continue;
            }
            TokenTree::Ident(ident) => {
                is_inner = colons == 2;
                last = Some(ident.to_string());
            }
            TokenTree::Group(group) => {
                path_heads(group.stream(), heads);
                last = None;
            }
            _ => last = None,
        }
        colons = 0;
    }
}

/// The paths of a `use` declaration, by their first segments.
#[derive(Default)]
pub(in crate::emit) struct UseTree<'a>(BTreeMap<&'a str, UseTree<'a>>);

impl<'a> UseTree<'a> {
    pub(in crate::emit) fn insert(&mut self, path: &'a str) {
        match path.split_once("::") {
            Some((first, rest)) => self.0.entry(first).or_default().insert(rest),
            None => {
                self.0.entry(path).or_default();
            }
        }
    }

    /// Writes the items of the declaration, as a program has them.
    pub(in crate::emit) fn items(&self) -> Vec<String> {
        let items = self.0.iter().map(|(name, inner)| {
            let items = inner.items();
            match items.as_slice() {
                [] => (*name).to_owned(),
                [item] => format!("{name}::{item}"),
                items => format!("{name}::{{{}}}", items.join(", ")),
            }
        });
        items.collect()
    }

    fn tokens(&self) -> TokenStream {
        let items = self.0.iter().map(|(name, inner)| {
            let name = match *name {
                "*" => quote!(*),
                name => ident(name).into_token_stream(),
            };
            if inner.0.is_empty() {
                name
            } else {
                let inner = inner.tokens();
                quote!(#name::#inner)
            }
        });
        let items: Vec<_> = items.collect();
        match items.as_slice() {
            [item] => item.clone(),
            items => quote!({ #(#items),* }),
        }
    }
}
