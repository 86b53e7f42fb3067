//! Reads the paths that Rust files use: in `use` declarations, expressions, types, patterns and macros.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use proc_macro2::{TokenStream, TokenTree};
use statusquo_tests::{read, workspace};
use syn::{
    Ident, ItemMod, ItemUse, Macro, UseTree,
    visit::{self, Visit},
};

/// Returns the paths of the Rust files below a folder, relative to the workspace.
pub(super) fn sources(folder: &str) -> Vec<String> {
    fn walk(folder: &Path, path: &str, files: &mut Vec<String>) {
        let mut entries: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        entries.sort();
        for entry in entries {
            let path = format!("{path}/{}", entry.file_name().unwrap().to_string_lossy());
            if entry.is_dir() {
                walk(&entry, &path, files);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(&workspace().join(folder), folder, &mut files);
    files
}

/// The paths that each file of a folder uses. Paths within their crate start with `crate`, even if the file starts
/// them with `self` or `super`.
pub(super) type Imports = BTreeMap<String, BTreeSet<String>>;

/// Reads the files of a folder, which is the module `folder_module`.
pub(super) fn imports(folder: &str, folder_module: &str) -> Imports {
    let read_file = |path: String| {
        let file = path.strip_prefix(folder).unwrap().trim_start_matches('/');
        let names = match file.strip_suffix(".rs").unwrap() {
            "lib" | "main" | "mod" => "",
            names => names.strip_suffix("/mod").unwrap_or(names),
        };
        let names = names.split('/').filter(|name| !name.is_empty());
        let module = folder_module.split("::").chain(names).map(str::to_owned);
        let paths = PathReader::read(&read(&path), module.collect());
        let paths = paths.unwrap_or_else(|error| panic!("{path}: {error}"));
        (file.to_owned(), paths)
    };
    sources(folder).into_iter().map(read_file).collect()
}

/// Returns whether a path leads to an item or into it: `std::fs` and `std::fs::File`, but not `std::fsync`.
pub(super) fn is_within(path: &str, item: &str) -> bool {
    let rest = path.strip_prefix(item);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Collects the paths in the code of a module.
struct PathReader {
    module: Vec<String>,
    paths: BTreeSet<String>,
}

impl PathReader {
    fn read(code: &str, module: Vec<String>) -> syn::Result<BTreeSet<String>> {
        let mut reader = Self {
            module,
            paths: BTreeSet::new(),
        };
        reader.visit_file(&syn::parse_file(code)?);
        Ok(reader.paths)
    }

    /// Adds a path of the code, unless it is only a name.
    fn add(&mut self, path: &[String]) {
        if path.len() > 1 {
            self.insert(path);
        }
    }

    fn insert(&mut self, path: &[String]) {
        let mut absolute = match path.first().map(String::as_str) {
            Some("self" | "super") => self.module.clone(),
            _ => Vec::new(),
        };
        for name in path {
            match name.as_str() {
                "self" => {}
                "super" => {
                    absolute.pop();
                }
                _ => absolute.push(name.clone()),
            }
        }
        self.paths.insert(absolute.join("::"));
    }

    fn add_use(&mut self, tree: &UseTree, prefix: &[String]) {
        let path = |name: &Ident| [prefix, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(tree) => self.add_use(&tree.tree, &path(&tree.ident)),
            UseTree::Name(tree) if tree.ident == "self" => self.insert(prefix),
            UseTree::Name(tree) => self.insert(&path(&tree.ident)),
            UseTree::Rename(tree) => self.insert(&path(&tree.ident)),
            UseTree::Glob(_) => self.insert(&[prefix, &["*".to_owned()]].concat()),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_use(tree, prefix);
                }
            }
        }
    }

    /// Adds the paths in the arguments of a macro.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut path = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.add(&std::mem::take(&mut path));
                    }
                    path.push(name.to_string());
                }
                token => {
                    self.add(&std::mem::take(&mut path));
                    if let TokenTree::Group(group) = token {
                        self.add_tokens(group.stream());
                    }
                }
            }
            colons = 0;
        }
        self.add(&path);
    }
}

impl<'a> Visit<'a> for PathReader {
    fn visit_item_mod(&mut self, item: &'a ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'a ItemUse) {
        self.add_use(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        let names: Vec<_> = path
            .segments
            .iter()
            .map(|part| part.ident.to_string())
            .collect();
        self.add(&names);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, code: &'a Macro) {
        self.visit_path(&code.path);
        let name = code.path.segments.last();
        // The arguments of `quote` are generated code.
        if name.is_none_or(|name| name.ident != "quote") {
            self.add_tokens(code.tokens.clone());
        }
    }
}

#[test]
fn all_paths_of_a_file_are_found() {
    let code = r#"
        //! `doc::comment`
        use ::first::a;
        use alone as other;
        use std::{fs as files, io::{self, Read as _}, path::*};
        use super::{sibling::b, super::above};
        pub(in super::inside) fn f<T: bound::C>(x: &param::D) -> Vec<result::E> {
            let text = "string::text"; // comment::text
            expression::g::<generic::F>(<ty::G as tr::H>::h());
            println!("{}", inside_macro::i());
            quote! { generated::j #k };
            after::k { field: value::l };
        }
        mod inner { use super::c; use self::d; }
    "#;
    let module = ["crate", "top", "here"].map(str::to_owned).to_vec();
    let found = PathReader::read(code, module).unwrap();
    let expected = [
        "after::k",
        "alone",
        "bound::C",
        "crate::above",
        "crate::top::here::c",
        "crate::top::here::inner::d",
        "crate::top::inside",
        "crate::top::sibling::b",
        "expression::g",
        "first::a",
        "generic::F",
        "inside_macro::i",
        "param::D",
        "result::E",
        "std::fs",
        "std::io",
        "std::io::Read",
        "std::path::*",
        "tr::H::h",
        "ty::G",
        "value::l",
    ];
    assert_eq!(
        found.iter().map(String::as_str).collect::<Vec<_>>(),
        expected
    );
}
