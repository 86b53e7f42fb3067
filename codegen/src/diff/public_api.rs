//! The public API of a generated crate: everything that those who use it can name, and its types.
//!
//! It is read from the code itself, so it is what the compiler sees, whoever wrote it and however names
//! came about.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, Fields, FnArg, ImplItem, Item as Code, Pat, ReturnType, Signature, TraitItem, Type,
    UseTree, Visibility,
};

/// The public API of a crate.
#[derive(Clone, Debug, Default)]
pub(crate) struct PublicApi {
    /// By path, as [`ItemPath`] writes it.
    pub(super) items: BTreeMap<String, ApiItem>,
}

/// Something public.
#[derive(Clone, Debug)]
pub(super) struct ApiItem {
    pub(super) kind: ItemKind,
    /// The path of what it is a part of, if that is an item.
    pub(super) parent: Option<String>,
    /// Its type, in tokens; a name of the crate is one token, with its path.
    pub(super) ty: Vec<String>,
    /// Whether those who use it have to expect more parts: `#[non_exhaustive]`.
    pub(super) is_open: bool,
    /// Whether it is `#[deprecated]`.
    pub(super) is_deprecated: bool,
    /// Its place among its siblings, where that matters.
    pub(super) order: usize,
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ItemKind {
    Alias,
    AssociatedType,
    Const,
    Enum,
    /// Of a struct, or of a variant.
    Field,
    Function,
    /// Of a trait for a type.
    Implementation,
    /// Of a trait, without a body.
    Method,
    Parameter,
    /// What is here under its name from elsewhere.
    Reexport,
    Struct,
    Trait,
    Variant,
}

/// How the paths of items are written: as in Rust where Rust has a way, with a dot before a field and
/// parentheses around a parameter.
pub(super) struct ItemPath;

impl ItemPath {
    pub(super) fn member(of: &str, name: &str) -> String {
        format!("{of}::{name}")
    }

    pub(super) fn field(of: &str, name: &str) -> String {
        format!("{of}.{name}")
    }

    pub(super) fn parameter(of: &str, name: &str) -> String {
        format!("{of}({name})")
    }

    pub(super) fn implementation(of: &str, name: &str) -> String {
        format!("{of}: {name}")
    }
}

/// The module of the items of a file, as those who use the crate see it; `None` if it has none that they see.
fn module(path: &str) -> Option<&'static str> {
    match path.strip_prefix("src/")? {
        "client.rs" | "lib.rs" | "requests.rs" | "responses.rs" | "status.rs" => Some(""),
        "mock.rs" => Some("mock::"),
        "security.rs" => Some("security::"),
        "server.rs" => Some("server::"),
        "types.rs" => Some("types::"),
        _ => None,
    }
}

/// Whether a file is one of those that are copied.
fn is_runtime(path: &str) -> bool {
    path.starts_with("src/runtime/")
}

impl PublicApi {
    /// Reads the public API from the files of a crate.
    pub(crate) fn read(files: &[(String, syn::File)]) -> Self {
        let mut reader = ApiReader::default();
        for (path, file) in files {
            if let Some(module) = module(path) {
                reader.reexports(&file.items, module);
            }
        }
        for (path, file) in files {
            if let Some(module) = module(path) {
                reader.file(&file.items, module, &|_| true);
            } else if is_runtime(path) {
                let named = reader.reexported.clone();
                reader.file(&file.items, "", &|name| named.contains(name));
            }
        }
        Self {
            items: reader.items,
        }
    }
}

#[derive(Default)]
struct ApiReader {
    items: BTreeMap<String, ApiItem>,
    /// The names that public `use`s make visible.
    reexported: BTreeSet<String>,
    /// The module that is being read, and the types that it defines.
    module: String,
    local: BTreeSet<String>,
}

/// An item before it has its place.
fn item(kind: ItemKind, ty: Vec<String>, attributes: &[Attribute]) -> ApiItem {
    let has = |name: &str| attributes.iter().any(|one| one.path().is_ident(name));
    ApiItem {
        kind,
        parent: None,
        ty,
        is_open: has("non_exhaustive"),
        is_deprecated: has("deprecated"),
        order: 0,
    }
}

/// Whether something is implemented for a type that is not said.
fn is_blanket(code: &syn::ItemImpl) -> bool {
    let Type::Path(of) = &*code.self_ty else {
        return false;
    };
    let mut parameters = code.generics.type_params();
    parameters.any(|parameter| of.path.is_ident(&parameter.ident))
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

impl ApiReader {
    /// Notes what a file makes visible from elsewhere.
    fn reexports(&mut self, file: &[Code], module: &str) {
        fn leaves(tree: &UseTree, names: &mut Vec<String>) {
            match tree {
                UseTree::Path(path) => leaves(&path.tree, names),
                UseTree::Name(name) => names.push(name.ident.to_string()),
                UseTree::Rename(name) => names.push(name.rename.to_string()),
                UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, names)),
                UseTree::Glob(_) => {}
            }
        }
        for code in file {
            match code {
                Code::Use(code) if is_public(&code.vis) => {
                    let mut names = Vec::new();
                    leaves(&code.tree, &mut names);
                    for name in names {
                        let item = item(ItemKind::Reexport, Vec::new(), &[]);
                        self.items.insert(format!("{module}{name}"), item);
                        self.reexported.insert(name);
                    }
                }
                Code::Mod(code) if is_public(&code.vis) => {
                    let item = item(ItemKind::Reexport, Vec::new(), &[]);
                    let path = format!("{module}{}", code.ident);
                    self.items.insert(path.clone(), item);
                    if let Some((_, items)) = &code.content {
                        self.reexports(items, &format!("{path}::"));
                    }
                }
                _ => {}
            }
        }
    }

    fn file(&mut self, file: &[Code], module: &str, is_seen: &impl Fn(&str) -> bool) {
        module.clone_into(&mut self.module);
        self.local.clear();
        for code in file {
            let name = match code {
                Code::Enum(code) => &code.ident,
                Code::Struct(code) => &code.ident,
                Code::Type(code) => &code.ident,
                Code::Trait(code) => &code.ident,
                Code::Mod(code) if code.content.is_some() => &code.ident,
                _ => continue,
            };
            self.local.insert(name.to_string());
        }
        for code in file {
            self.code(code, is_seen);
        }
        for code in file {
            if let Code::Mod(code) = code
                && let Some((_, items)) = &code.content
                && is_public(&code.vis)
            {
                self.file(items, &format!("{module}{}::", code.ident), is_seen);
            }
        }
    }

    fn path(&self, name: &impl ToString) -> String {
        format!("{}{}", self.module, name.to_string())
    }

    fn add(&mut self, path: String, item: ApiItem) {
        self.items.insert(path, item);
    }

    fn part(&mut self, path: String, of: &str, item: ApiItem) {
        let parent = Some(of.to_owned());
        self.items.insert(path, ApiItem { parent, ..item });
    }

    fn code(&mut self, code: &Code, is_seen: &impl Fn(&str) -> bool) {
        match code {
            Code::Struct(code) if is_public(&code.vis) && is_seen(&code.ident.to_string()) => {
                let path = self.path(&code.ident);
                self.add(
                    path.clone(),
                    item(ItemKind::Struct, Vec::new(), &code.attrs),
                );
                self.derives(&path, &code.attrs);
                for (index, field) in code.fields.iter().enumerate() {
                    if is_public(&field.vis) {
                        self.field(&path, index, field);
                    }
                }
            }
            Code::Enum(code) if is_public(&code.vis) && is_seen(&code.ident.to_string()) => {
                let path = self.path(&code.ident);
                self.add(path.clone(), item(ItemKind::Enum, Vec::new(), &code.attrs));
                self.derives(&path, &code.attrs);
                for variant in &code.variants {
                    let of = ItemPath::member(&path, &variant.ident.to_string());
                    let ty = match &variant.fields {
                        Fields::Unit => Vec::new(),
                        Fields::Unnamed(fields) => self.tokens(fields),
                        Fields::Named(_) => vec!["{".to_owned(), "}".to_owned()],
                    };
                    self.part(
                        of.clone(),
                        &path,
                        item(ItemKind::Variant, ty, &variant.attrs),
                    );
                    if let Fields::Named(fields) = &variant.fields {
                        for (index, field) in fields.named.iter().enumerate() {
                            self.field(&of, index, field);
                        }
                    }
                }
            }
            Code::Type(code) if is_public(&code.vis) && is_seen(&code.ident.to_string()) => {
                let ty = self.tokens(&code.ty);
                self.add(
                    self.path(&code.ident),
                    item(ItemKind::Alias, ty, &code.attrs),
                );
            }
            Code::Const(code) if is_public(&code.vis) && is_seen(&code.ident.to_string()) => {
                let ty = self.tokens(&code.ty);
                self.add(
                    self.path(&code.ident),
                    item(ItemKind::Const, ty, &code.attrs),
                );
            }
            Code::Fn(code) if is_public(&code.vis) && is_seen(&code.sig.ident.to_string()) => {
                let path = self.path(&code.sig.ident);
                self.function(&path, None, ItemKind::Function, &code.sig, &code.attrs);
            }
            Code::Trait(code) if is_public(&code.vis) && is_seen(&code.ident.to_string()) => {
                let path = self.path(&code.ident);
                let bounds = self.tokens(&code.supertraits);
                self.add(path.clone(), item(ItemKind::Trait, bounds, &code.attrs));
                for member in &code.items {
                    if let TraitItem::Fn(method) = member {
                        let name = ItemPath::member(&path, &method.sig.ident.to_string());
                        let kind = match method.default {
                            Some(_) => ItemKind::Function,
                            None => ItemKind::Method,
                        };
                        self.function(&name, Some(&path), kind, &method.sig, &method.attrs);
                    }
                }
            }
            // For all types there is nothing to be named.
            Code::Impl(code) if !is_blanket(code) => {
                let of = self.name_of(&code.self_ty);
                let base = of.rsplit("::").next().unwrap_or(&of);
                let base = base.split('<').next().unwrap_or(base);
                if !is_seen(base) {
                    return;
                }
                match &code.trait_ {
                    Some((name, _)) => {
                        let name = display(&self.tokens(name));
                        let path = ItemPath::implementation(&of, &name);
                        let whole = item(ItemKind::Implementation, Vec::new(), &[]);
                        self.part(path.clone(), &of, whole);
                        for member in &code.items {
                            if let ImplItem::Type(member) = member {
                                let name = ItemPath::member(&path, &member.ident.to_string());
                                let ty = self.tokens(&member.ty);
                                self.part(name, &path, item(ItemKind::AssociatedType, ty, &[]));
                            }
                        }
                    }
                    None => self.members(&of, &code.items),
                }
            }
            Code::Macro(code) => {
                // Each of ours implements the same for all types that it is given.
                let names = code.mac.path.segments.iter();
                let name = names.last().map(|name| format!("{}!", name.ident));
                let of = code.mac.tokens.clone().into_iter().next();
                if let (Some(name), Some(TokenTree::Ident(of))) = (name, of)
                    && self.local.contains(&of.to_string())
                    && is_seen(&of.to_string())
                {
                    let of = self.path(&of);
                    let path = ItemPath::implementation(&of, &name);
                    self.part(path, &of, item(ItemKind::Implementation, Vec::new(), &[]));
                }
            }
            _ => {}
        }
    }

    fn members(&mut self, of: &str, members: &[ImplItem]) {
        for member in members {
            match member {
                ImplItem::Fn(function) if is_public(&function.vis) => {
                    let path = ItemPath::member(of, &function.sig.ident.to_string());
                    let attributes = &function.attrs;
                    self.function(
                        &path,
                        Some(of),
                        ItemKind::Function,
                        &function.sig,
                        attributes,
                    );
                }
                ImplItem::Const(member) if is_public(&member.vis) => {
                    let ty = self.tokens(&member.ty);
                    let path = ItemPath::member(of, &member.ident.to_string());
                    self.part(path, of, item(ItemKind::Const, ty, &member.attrs));
                }
                _ => {}
            }
        }
    }

    fn field(&mut self, of: &str, index: usize, field: &syn::Field) {
        let name = match &field.ident {
            Some(name) => name.to_string(),
            None => index.to_string(),
        };
        let ty = self.tokens(&field.ty);
        let item = item(ItemKind::Field, ty, &field.attrs);
        self.part(ItemPath::field(of, &name), of, item);
    }

    fn derives(&mut self, of: &str, attributes: &[Attribute]) {
        for attribute in attributes
            .iter()
            .filter(|one| one.path().is_ident("derive"))
        {
            // Without its names a derive is none.
            let _ = attribute.parse_nested_meta(|one| {
                let name = one.path.segments.last().map(|name| name.ident.to_string());
                let path = ItemPath::implementation(of, &name.unwrap_or_default());
                self.part(path, of, item(ItemKind::Implementation, Vec::new(), &[]));
                Ok(())
            });
        }
    }

    fn function(
        &mut self,
        path: &str,
        of: Option<&str>,
        kind: ItemKind,
        signature: &Signature,
        attributes: &[Attribute],
    ) {
        let mut ty = self.tokens(&signature.generics);
        if let ReturnType::Type(arrow, output) = &signature.output {
            ty.extend(self.tokens(arrow));
            ty.extend(self.tokens(output));
        }
        let mut whole = item(kind, ty, attributes);
        whole.parent = of.map(str::to_owned);
        self.add(path.to_owned(), whole);
        for (order, input) in signature.inputs.iter().enumerate() {
            let (name, ty) = match input {
                FnArg::Receiver(own) => {
                    let mut own = own.clone();
                    // What the body does with it is no matter of those who call.
                    own.mutability = None;
                    ("self".to_owned(), self.tokens(&own))
                }
                FnArg::Typed(input) => {
                    let name = match &*input.pat {
                        Pat::Ident(name) => name.ident.to_string(),
                        _ => order.to_string(),
                    };
                    (name, self.tokens(&input.ty))
                }
            };
            let item = ApiItem {
                order,
                ..item(ItemKind::Parameter, ty, &[])
            };
            self.part(ItemPath::parameter(path, &name), path, item);
        }
    }

    /// The type that an `impl` is of, without its lifetimes.
    fn name_of(&self, ty: &Type) -> String {
        let mut tokens = self.tokens(ty);
        while let Some(at) = tokens.iter().position(|token| token.starts_with('\'')) {
            let more = usize::from(tokens.get(at + 1).is_some_and(|token| token == ","));
            tokens.drain(at..=at + more);
        }
        display(&tokens).replace("<>", "")
    }

    /// The tokens of some code, in which each name of the crate has its path.
    fn tokens(&self, code: &impl ToTokens) -> Vec<String> {
        let mut plain = Vec::new();
        flatten(code.to_token_stream(), &mut plain);
        let mut tokens: Vec<String> = Vec::new();
        let mut rest = plain.into_iter().peekable();
        while let Some(token) = rest.next() {
            let is_inner = tokens.last().is_some_and(|last| last == "::");
            let is_start = rest.peek().is_some_and(|next| next == "::") && !is_inner;
            match token.as_str() {
                "crate" if is_start => {
                    rest.next();
                }
                "types" | "security" if is_start => {
                    rest.next();
                    let name = rest.next().unwrap_or_default();
                    tokens.push(format!("{token}::{name}"));
                }
                name if !is_inner && self.local.contains(name) => tokens.push(self.path(&name)),
                _ => tokens.push(token),
            }
        }
        tokens
    }
}

/// Tokens one by one; `::`, `->` and lifetimes are one each.
fn flatten(tokens: TokenStream, flat: &mut Vec<String>) {
    let mut joined = String::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let delimiters = match group.delimiter() {
                    proc_macro2::Delimiter::Parenthesis => ("(", ")"),
                    proc_macro2::Delimiter::Brace => ("{", "}"),
                    proc_macro2::Delimiter::Bracket => ("[", "]"),
                    proc_macro2::Delimiter::None => ("", ""),
                };
                flat.push(delimiters.0.to_owned());
                flatten(group.stream(), flat);
                flat.push(delimiters.1.to_owned());
            }
            TokenTree::Punct(punct) => {
                joined.push(punct.as_char());
                let is_joint = punct.spacing() == Spacing::Joint;
                if !(is_joint && matches!(joined.as_str(), ":" | "-" | "'")) {
                    flat.push(std::mem::take(&mut joined));
                }
            }
            token => flat.push(format!("{}{token}", std::mem::take(&mut joined))),
        }
    }
    flat.retain(|token| !token.is_empty());
    // A visibility is no part of a type, and neither is what documents it.
    if flat.first().is_some_and(|token| token == "(") {
        flat.retain(|token| token != "pub");
    }
}

/// Tokens as one writes them.
pub(super) fn display(tokens: &[String]) -> String {
    let mut text = String::new();
    for (index, token) in tokens.iter().enumerate() {
        let is_word = |text: &str| {
            text.ends_with(|c: char| c.is_alphanumeric() || c == '_')
                || matches!(text, "," | "->" | "+" | "=" | ":")
        };
        let before = index.checked_sub(1).and_then(|index| tokens.get(index));
        let starts_word = token.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '\'');
        let spaced = before.is_some_and(|before| {
            matches!(token.as_str(), "->" | "+" | "=")
                || (is_word(before) && (starts_word || matches!(token.as_str(), "&" | "(")))
                    && !(token == "(" && before.ends_with(char::is_alphanumeric))
        });
        if spaced {
            text.push(' ');
        }
        text.push_str(token);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surface(files: &[(&str, &str)]) -> PublicApi {
        let files: Vec<_> = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), syn::parse_file(text).unwrap()))
            .collect();
        PublicApi::read(&files)
    }

    #[test]
    fn paths_and_types() {
        let types = "
            #[derive(Clone, Debug)] #[non_exhaustive]
            pub struct Pet { pub name: String, pub kind: Option<ItemKind>, secret: u8 }
            impl Pet { pub fn new(name: impl Into<String>) -> Self { loop {} } fn hidden() {} }
            #[derive(Clone)] pub enum ItemKind { Cat, Of(Box<Pet>), With { a: crate::File } }
            crate::runtime::object::impl_object!(Pet { required name = \"name\", });
            pub type Pets = std::collections::BTreeMap<String, Pet>;
            pub struct Deep(pub Vec<Deep>);
            struct Private;
        ";
        let client = "
            impl Call<'_, FindPets> { #[deprecated] pub fn limit(mut self, limit: i32) -> Self { self } }
            impl From<types::Pet> for FindPets { fn from(pet: types::Pet) -> Self { loop {} } }
        ";
        let server = "
            pub trait Api: Send + 'static {
                fn find(&self, request: FindPets) -> impl Future<Output = FindPetsResponse> + Send;
            }
        ";
        let surface = surface(&[
            ("src/types.rs", types),
            ("src/client.rs", client),
            ("src/server.rs", server),
        ]);
        let shown: Vec<_> = surface
            .items
            .iter()
            .map(|(path, item)| format!("{path} | {}", display(&item.ty)))
            .collect();
        let expected = [
            "Call<FindPets>::limit | -> Self",
            "Call<FindPets>::limit(limit) | i32",
            "Call<FindPets>::limit(self) | self",
            "FindPets: From<types::Pet> | ",
            "server::Api | Send + 'static",
            "server::Api::find | -> impl Future<Output = FindPetsResponse> + Send",
            "server::Api::find(request) | FindPets",
            "server::Api::find(self) | &self",
            "types::Deep | ",
            "types::Deep.0 | Vec<types::Deep>",
            "types::ItemKind | ",
            "types::ItemKind: Clone | ",
            "types::ItemKind::Cat | ",
            "types::ItemKind::Of | (Box<types::Pet>)",
            "types::ItemKind::With | {}",
            "types::ItemKind::With.a | File",
            "types::Pet | ",
            "types::Pet.kind | Option<types::ItemKind>",
            "types::Pet.name | String",
            "types::Pet: Clone | ",
            "types::Pet: Debug | ",
            "types::Pet: object! | ",
            "types::Pet::new | -> Self",
            "types::Pet::new(name) | impl Into<String>",
            "types::Pets | std::collections::BTreeMap<String, types::Pet>",
        ];
        assert_eq!(shown, expected);
        assert!(surface.items["types::Pet"].is_open);
        assert!(!surface.items["types::ItemKind"].is_open);
        assert!(surface.items["Call<FindPets>::limit"].is_deprecated);
    }
}
