//! Reads the public API of a crate from its code, so it is what the compiler sees, however the names were chosen.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use proc_macro2::{Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, Fields, FnArg, ImplItem, Item as Code, Pat, ReturnType, Signature, TraitItem, Type,
    UseTree, Visibility,
};

use super::public_api::{ApiItem, ItemKind, ItemPath, PublicApi, display};
use crate::emit::ItemOrigin;

/// The modules that the paths of their items do not contain. `lib.rs` re-exports all requests and responses, and the
/// names of the client are clear without their module.
const AT_ROOT: [&str; 4] = ["client", "lib", "requests", "responses"];

impl PublicApi {
    /// Reads the public API from the files of a crate.
    pub(crate) fn read(files: &[(String, syn::File)]) -> Self {
        let private = private_modules(files);
        let is_private = |module: &str| {
            let outer = module.split("::").next().unwrap_or(module);
            private.contains(outer)
        };
        let modules: Vec<(String, &syn::File)> = files
            .iter()
            .filter_map(|(path, file)| Some((module_of(path)?, file)))
            .collect();
        let path_of = |module: &str| {
            if AT_ROOT.contains(&module) {
                String::new()
            } else {
                format!("{module}::")
            }
        };
        let mut reader = ApiReader::default();
        for (module, file) in modules.iter().filter(|(module, _)| !is_private(module)) {
            reader.output = module.as_str().into();
            reader.reexports(&file.items, &path_of(module));
        }
        for (module, file) in &modules {
            reader.output = module.as_str().into();
            if is_private(module) {
                let reexported = reader.reexported.clone();
                reader.file(&file.items, "", &|name| reexported.contains(name));
            } else {
                reader.file(&file.items, &path_of(module), &|_| true);
            }
        }
        Self {
            items: reader.items,
        }
    }
}

/// Returns the module of a file: `types`, or `runtime::codec`.
fn module_of(path: &str) -> Option<String> {
    let path = path.strip_prefix("src/")?.strip_suffix(".rs")?;
    Some(path.strip_suffix("/mod").unwrap_or(path).replace('/', "::"))
}

/// Returns the modules that `lib.rs` keeps private.
fn private_modules(files: &[(String, syn::File)]) -> BTreeSet<String> {
    let lib = files.iter().filter(|(path, _)| path == "src/lib.rs");
    let modules = lib.flat_map(|(_, file)| &file.items);
    let private = modules.filter_map(|code| match code {
        Code::Mod(module) if !is_public(&module.vis) => Some(module.ident.to_string()),
        _ => None,
    });
    private.collect()
}

#[derive(Default)]
struct ApiReader {
    items: BTreeMap<String, ApiItem>,
    /// The names that public `use` declarations make visible.
    reexported: BTreeSet<String>,
    /// The module of the current file.
    output: Arc<str>,
    /// The path of the current module, and the types that it defines.
    module: String,
    local: BTreeSet<String>,
}

/// Creates an item without parent and position.
fn item(kind: ItemKind, ty: Vec<String>, attributes: &[Attribute]) -> ApiItem {
    let has = |name: &str| {
        attributes
            .iter()
            .any(|attribute| attribute.path().is_ident(name))
    };
    ApiItem {
        kind,
        parent: None,
        ty,
        is_open: has("non_exhaustive"),
        is_deprecated: has("deprecated"),
        order: 0,
        module: Arc::default(),
        origin: ItemOrigin::read(attributes),
    }
}

/// Returns whether an implementation is for a type parameter.
fn is_blanket(code: &syn::ItemImpl) -> bool {
    let Type::Path(parent) = &*code.self_ty else {
        return false;
    };
    let mut parameters = code.generics.type_params();
    parameters.any(|parameter| parent.path.is_ident(&parameter.ident))
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Returns the path of the item that has the members of an `impl` block: those of `Call<FindPets>` are reported
/// with `FindPets`.
fn without_call(path: &str) -> &str {
    let inner = path
        .strip_prefix("Call<")
        .and_then(|path| path.strip_suffix('>'));
    inner.unwrap_or(path)
}

impl ApiReader {
    /// Adds the items of other modules that a file makes visible.
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
                    let item = item(ItemKind::Reexport, Vec::new(), &code.attrs);
                    let path = format!("{module}{}", code.ident);
                    self.add(path.clone(), item);
                    if let Some((_, items)) = &code.content {
                        self.reexports(items, &format!("{path}::"));
                    }
                }
                _ => {}
            }
        }
    }

    fn file(&mut self, file: &[Code], module: &str, filter: &impl Fn(&str) -> bool) {
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
            self.code(code, filter);
        }
        for code in file {
            if let Code::Mod(code) = code
                && let Some((_, items)) = &code.content
                && is_public(&code.vis)
            {
                self.file(items, &format!("{module}{}::", code.ident), filter);
            }
        }
    }

    fn path(&self, name: &impl ToString) -> String {
        format!("{}{}", self.module, name.to_string())
    }

    fn add(&mut self, path: String, item: ApiItem) {
        let module = Arc::clone(&self.output);
        self.items.insert(path, ApiItem { module, ..item });
    }

    fn part(&mut self, path: String, parent: &str, item: ApiItem) {
        let parent = Some(without_call(parent).to_owned());
        self.add(path, ApiItem { parent, ..item });
    }

    fn code(&mut self, code: &Code, filter: &impl Fn(&str) -> bool) {
        match code {
            Code::Struct(code) if is_public(&code.vis) && filter(&code.ident.to_string()) => {
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
            Code::Enum(code) if is_public(&code.vis) && filter(&code.ident.to_string()) => {
                let path = self.path(&code.ident);
                self.add(path.clone(), item(ItemKind::Enum, Vec::new(), &code.attrs));
                self.derives(&path, &code.attrs);
                for variant in &code.variants {
                    let parent = ItemPath::member(&path, &variant.ident.to_string());
                    let ty = match &variant.fields {
                        Fields::Unit => Vec::new(),
                        Fields::Unnamed(fields) => self.tokens(fields),
                        Fields::Named(_) => vec!["{".to_owned(), "}".to_owned()],
                    };
                    self.part(
                        parent.clone(),
                        &path,
                        item(ItemKind::Variant, ty, &variant.attrs),
                    );
                    if let Fields::Named(fields) = &variant.fields {
                        for (index, field) in fields.named.iter().enumerate() {
                            self.field(&parent, index, field);
                        }
                    }
                }
            }
            Code::Type(code) if is_public(&code.vis) && filter(&code.ident.to_string()) => {
                let ty = self.tokens(&code.ty);
                self.add(
                    self.path(&code.ident),
                    item(ItemKind::Alias, ty, &code.attrs),
                );
            }
            Code::Const(code) if is_public(&code.vis) && filter(&code.ident.to_string()) => {
                let ty = self.tokens(&code.ty);
                self.add(
                    self.path(&code.ident),
                    item(ItemKind::Const, ty, &code.attrs),
                );
            }
            Code::Fn(code) if is_public(&code.vis) && filter(&code.sig.ident.to_string()) => {
                let path = self.path(&code.sig.ident);
                self.function(&path, None, ItemKind::Function, &code.sig, &code.attrs);
            }
            Code::Trait(code) if is_public(&code.vis) && filter(&code.ident.to_string()) => {
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
            // A blanket implementation does not have a type that could be named.
            Code::Impl(code) if !is_blanket(code) => self.implementation(code, filter),
            Code::Macro(code) => {
                // Every macro of the runtime implements the same traits for each type.
                let names = code.mac.path.segments.iter();
                let name = names.last().map(|name| format!("{}!", name.ident));
                let parent = code.mac.tokens.clone().into_iter().next();
                if let (Some(name), Some(TokenTree::Ident(parent))) = (name, parent)
                    && self.local.contains(&parent.to_string())
                    && filter(&parent.to_string())
                {
                    let parent = self.path(&parent);
                    let path = ItemPath::implementation(&parent, &name);
                    let implementation = item(ItemKind::Implementation, Vec::new(), &[]);
                    self.part(path, &parent, implementation);
                }
            }
            _ => {}
        }
    }

    fn implementation(&mut self, code: &syn::ItemImpl, filter: &impl Fn(&str) -> bool) {
        let parent = self.type_name(&code.self_ty);
        let base = parent.rsplit("::").next().unwrap_or(&parent);
        let base = base.split('<').next().unwrap_or(base);
        if !filter(base) {
            return;
        }
        match &code.trait_ {
            Some((name, _)) => {
                let name = display(&self.tokens(name));
                let path = ItemPath::implementation(&parent, &name);
                let implementation = item(ItemKind::Implementation, Vec::new(), &code.attrs);
                self.part(path.clone(), &parent, implementation);
                for member in &code.items {
                    if let ImplItem::Type(member) = member {
                        let name = ItemPath::member(&path, &member.ident.to_string());
                        let ty = self.tokens(&member.ty);
                        self.part(name, &path, item(ItemKind::AssociatedType, ty, &[]));
                    }
                }
            }
            None => self.members(&parent, &code.items),
        }
    }

    fn members(&mut self, parent: &str, members: &[ImplItem]) {
        for member in members {
            match member {
                ImplItem::Fn(function) if is_public(&function.vis) => {
                    let path = ItemPath::member(parent, &function.sig.ident.to_string());
                    let attributes = &function.attrs;
                    self.function(
                        &path,
                        Some(parent),
                        ItemKind::Function,
                        &function.sig,
                        attributes,
                    );
                }
                ImplItem::Const(member) if is_public(&member.vis) => {
                    let ty = self.tokens(&member.ty);
                    let path = ItemPath::member(parent, &member.ident.to_string());
                    self.part(path, parent, item(ItemKind::Const, ty, &member.attrs));
                }
                _ => {}
            }
        }
    }

    fn field(&mut self, parent: &str, index: usize, field: &syn::Field) {
        let name = match &field.ident {
            Some(name) => name.to_string(),
            None => index.to_string(),
        };
        let ty = self.tokens(&field.ty);
        let item = item(ItemKind::Field, ty, &field.attrs);
        self.part(ItemPath::field(parent, &name), parent, item);
    }

    fn derives(&mut self, parent: &str, attributes: &[Attribute]) {
        for attribute in attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("derive"))
        {
            // A malformed derive does not list any traits.
            let _ = attribute.parse_nested_meta(|derived| {
                let name = derived
                    .path
                    .segments
                    .last()
                    .map(|name| name.ident.to_string());
                let path = ItemPath::implementation(parent, &name.unwrap_or_default());
                self.part(
                    path,
                    parent,
                    item(ItemKind::Implementation, Vec::new(), &[]),
                );
                Ok(())
            });
        }
    }

    fn function(
        &mut self,
        path: &str,
        parent: Option<&str>,
        kind: ItemKind,
        signature: &Signature,
        attributes: &[Attribute],
    ) {
        let mut ty = self.tokens(&signature.generics);
        if let ReturnType::Type(arrow, output) = &signature.output {
            ty.extend(self.tokens(arrow));
            ty.extend(self.tokens(output));
        }
        let parent = parent.map(|parent| without_call(parent).to_owned());
        let function = item(kind, ty, attributes);
        self.add(path.to_owned(), ApiItem { parent, ..function });
        for (order, input) in signature.inputs.iter().enumerate() {
            let (name, ty, attributes) = match input {
                FnArg::Receiver(own) => {
                    let mut own = own.clone();
                    // `mut` does not matter to callers.
                    own.mutability = None;
                    ("self".to_owned(), self.tokens(&own), &[][..])
                }
                FnArg::Typed(input) => {
                    let name = match &*input.pat {
                        Pat::Ident(name) => name.ident.to_string(),
                        _ => order.to_string(),
                    };
                    (name, self.tokens(&input.ty), &input.attrs[..])
                }
            };
            let item = ApiItem {
                order,
                ..item(ItemKind::Parameter, ty, attributes)
            };
            self.part(ItemPath::parameter(path, &name), path, item);
        }
    }

    /// Returns the type of an `impl` block without lifetimes.
    fn type_name(&self, ty: &Type) -> String {
        let mut tokens = self.tokens(ty);
        while let Some(at) = tokens.iter().position(|token| token.starts_with('\'')) {
            let comma = usize::from(tokens.get(at + 1).is_some_and(|token| token == ","));
            tokens.drain(at..=at + comma);
        }
        display(&tokens).replace("<>", "")
    }

    /// Returns the tokens of some code, in which each name of the crate includes its path.
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

/// Flattens tokens; `::`, `->` and lifetimes are one token each.
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
    // The visibility of the fields is not part of a type.
    if flat.first().is_some_and(|token| token == "(") {
        flat.retain(|token| token != "pub");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pointer::Pointer;

    fn api(files: &[(&str, &str)]) -> PublicApi {
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
            pub struct Pet { pub name: String, pub kind: Option<Kind>, secret: u8 }
            impl Pet { pub fn new(name: impl Into<String>) -> Self { loop {} } fn hidden() {} }
            #[derive(Clone)] pub enum Kind { Cat, Of(Box<Pet>), With { a: crate::File } }
            crate::runtime::object::impl_object!(Pet { name: Required<String> = \"name\", });
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
        let api = api(&[
            ("src/types.rs", types),
            ("src/client.rs", client),
            ("src/server.rs", server),
        ]);
        let shown: Vec<_> = api
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
            "types::Kind | ",
            "types::Kind: Clone | ",
            "types::Kind::Cat | ",
            "types::Kind::Of | (Box<types::Pet>)",
            "types::Kind::With | {}",
            "types::Kind::With.a | File",
            "types::Pet | ",
            "types::Pet.kind | Option<types::Kind>",
            "types::Pet.name | String",
            "types::Pet: Clone | ",
            "types::Pet: Debug | ",
            "types::Pet: impl_object! | ",
            "types::Pet::new | -> Self",
            "types::Pet::new(name) | impl Into<String>",
            "types::Pets | std::collections::BTreeMap<String, types::Pet>",
        ];
        assert_eq!(shown, expected);
        assert!(api.items["types::Pet"].is_open);
        assert!(!api.items["types::Kind"].is_open);
        assert!(api.items["Call<FindPets>::limit"].is_deprecated);
    }

    #[test]
    fn every_module_is_read_unless_it_is_private() {
        let lib = "pub mod webhooks; mod status; mod constraints; pub use status::Status;";
        let api = api(&[
            ("src/lib.rs", lib),
            ("src/webhooks.rs", "pub struct Hook;"),
            ("src/webhooks/inner.rs", "pub fn call() {}"),
            ("src/status.rs", "pub enum Status { Ok } pub struct Hidden;"),
            ("src/constraints.rs", "pub struct Constraints;"),
            ("build.rs", "pub fn main() {}"),
        ]);
        let paths: Vec<_> = api.items.keys().map(String::as_str).collect();
        let expected = [
            "Status",
            "Status::Ok",
            "webhooks",
            "webhooks::Hook",
            "webhooks::inner::call",
        ];
        assert_eq!(paths, expected);
    }

    #[test]
    fn items_have_their_origins() {
        let types = "
            #[origin(place = \"#/components/schemas/Pet\")]
            #[derive(Clone)]
            pub struct Pet { #[origin(place = \"#/name\", wire = \"name\")] pub name: String, pub age: u8 }
        ";
        let api = api(&[("src/types.rs", types)]);
        let place = |path| api.places(path).first().map_or("", Pointer::as_str);
        assert_eq!(place("types::Pet"), "/components/schemas/Pet");
        assert_eq!(place("types::Pet: Clone"), "/components/schemas/Pet");
        assert_eq!(place("types::Pet.age"), "/components/schemas/Pet");
        assert_eq!(place("types::Pet.name"), "/name");
        assert_eq!(api.without_origin(), ["types::Pet.age".to_owned()].into());
    }
}
