//! The program that uses everything in a crate.

use std::fmt::Write as _;

use quote::ToTokens;
use statusquo_codegen::files::Files;
use syn::{
    Attribute, Fields, FnArg, GenericParam, ImplItem, Item, Pat, ReturnType, Signature, TraitItem,
    Type, Visibility,
};

/// The name of the crate in the program.
pub(super) const CRATE: &str = "api";

/// Generates a program that uses every public item of a crate.
///
/// # Panics
///
/// Panics if the crate is not valid Rust.
#[must_use]
pub(super) fn program(files: &Files) -> String {
    let mut text = String::from("#![allow(warnings)]\n");
    for (path, module, imports) in [
        ("src/types.rs", "types", "use api::types::*;"),
        ("src/requests.rs", "requests", "use api::*; use api::types;"),
        (
            "src/responses.rs",
            "responses",
            "use api::*; use api::types;",
        ),
        ("src/status.rs", "status", "use api::*;"),
        (
            "src/client.rs",
            "client",
            "use api::client::*; use api::*; use api::types;",
        ),
        ("src/security.rs", "security", "use api::security::*;"),
        ("src/server.rs", "server", "use api::server::*; use api::*;"),
    ] {
        let Some(code) = files.get(path) else {
            continue;
        };
        let file = syn::parse_file(code).unwrap_or_else(|error| panic!("{path}: {error}"));
        let security = match (module, files.contains_key("src/security.rs")) {
            ("client" | "server", true) => "use api::security::*;",
            _ => "",
        };
        let _ = writeln!(text, "mod use_{module} {{\n    {imports} {security}");
        let mut writer = Writer {
            text: &mut text,
            count: 0,
        };
        writer.items(&file.items, &format!("{imports} {security}"));
        text.push_str("}\n");
    }
    text
}

struct Writer<'a> {
    text: &'a mut String,
    count: usize,
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn has(attributes: &[Attribute], name: &str) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident(name))
}

/// Formats code as it is written outside of the crate.
fn outside(code: &impl ToTokens) -> String {
    let text = code.to_token_stream().to_string();
    text.replace("crate ::", &format!("{CRATE} ::"))
}

/// Returns the type of an argument: for `impl Into<T>`, `T`.
fn argument_type(ty: &Type) -> String {
    let text = outside(ty);
    match text.strip_prefix("impl Into <") {
        Some(inner) => inner.trim_end().trim_end_matches('>').to_owned(),
        None => text,
    }
}

impl Writer<'_> {
    fn function(&mut self, arguments: &str, output: &str, body: &str) {
        self.count += 1;
        let count = self.count;
        let _ = writeln!(
            self.text,
            "    fn use_{count}<'a>({arguments}){output} {{ {body} }}"
        );
    }

    fn items(&mut self, items: &[Item], imports: &str) {
        for item in items {
            match item {
                Item::Mod(inner) if is_public(&inner.vis) => {
                    let name = &inner.ident;
                    let _ = writeln!(
                        self.text,
                        "mod use_{name} {{ {imports} use api::server::{name}::{{Api, router}};"
                    );
                    let content = inner.content.iter().flat_map(|(_, items)| items);
                    let content: Vec<_> = content.cloned().collect();
                    self.items(&content, imports);
                    self.text.push_str("}\n");
                }
                item => self.item(item),
            }
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Struct(item) if is_public(&item.vis) => {
                let name = item.ident.to_string();
                for (index, field) in item.fields.iter().enumerate() {
                    if is_public(&field.vis) {
                        let field_name = field
                            .ident
                            .as_ref()
                            .map_or_else(|| index.to_string(), ToString::to_string);
                        let body = format!("&value.{field_name}");
                        let output = format!(" -> &'a {}", outside(&field.ty));
                        self.function(&format!("value: &'a {name}"), &output, &body);
                    }
                }
                if let (Fields::Unnamed(fields), false) =
                    (&item.fields, has(&item.attrs, "non_exhaustive"))
                {
                    let ty = fields.unnamed.iter().map(|field| outside(&field.ty));
                    let ty = ty.collect::<Vec<_>>().join(", ");
                    self.function(
                        &format!("value: {ty}"),
                        &format!(" -> {name}"),
                        &format!("{name}(value)"),
                    );
                }
                self.derives(&name, &item.attrs);
            }
            Item::Enum(item) if is_public(&item.vis) => self.enumeration(item),
            Item::Type(item) if is_public(&item.vis) => {
                let (name, ty) = (item.ident.to_string(), outside(&item.ty));
                // The index in a `StatusIn` type is not meant to be written out.
                if !ty.starts_with("StatusIn") {
                    self.function(&format!("value: {name}"), &format!(" -> {ty}"), "value");
                }
            }
            Item::Const(item) if is_public(&item.vis) => {
                // The type may have an elided lifetime, which is only allowed in a constant.
                let body = format!("let _: {} = {};", outside(&item.ty), item.ident);
                self.function("", "", &body);
            }
            Item::Fn(item) if is_public(&item.vis) => {
                self.call(&item.sig.ident.to_string(), None, &item.sig);
            }
            Item::Trait(item) if is_public(&item.vis) => self.trait_implementation(item),
            Item::Impl(item) => self.implementation(item),
            _ => {}
        }
    }

    fn derives(&mut self, name: &str, attributes: &[Attribute]) {
        let mut bounds = Vec::new();
        for attribute in attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("derive"))
        {
            attribute
                .parse_nested_meta(|attribute| {
                    bounds.push(outside(&attribute.path).replace("Debug", "std::fmt::Debug"));
                    Ok(())
                })
                .unwrap_or_else(|error| panic!("{error}"));
        }
        let bounds: Vec<_> = bounds
            .iter()
            .map(|bound| match bound.as_str() {
                "Hash" => "std::hash::Hash",
                "serde :: Deserialize" => "serde::de::DeserializeOwned",
                bound => bound,
            })
            .collect();
        if !bounds.is_empty() {
            let body = format!("fn is<T: {}>() {{}} is::<{name}>();", bounds.join(" + "));
            self.function("", "", &body);
        }
    }

    fn enumeration(&mut self, item: &syn::ItemEnum) {
        let name = item.ident.to_string();
        let mut arms = Vec::new();
        for variant in &item.variants {
            let path = format!("{name}::{}", variant.ident);
            match &variant.fields {
                Fields::Unit => {
                    self.function("", &format!(" -> {name}"), &path);
                    arms.push(format!("{path} => {{}}"));
                }
                Fields::Unnamed(fields) => {
                    let types: Vec<_> = fields
                        .unnamed
                        .iter()
                        .map(|field| outside(&field.ty))
                        .collect();
                    let arguments: Vec<_> =
                        (0..types.len()).map(|index| format!("v{index}")).collect();
                    let declared: Vec<_> = arguments
                        .iter()
                        .zip(&types)
                        .map(|(argument, ty)| format!("{argument}: {ty}"))
                        .collect();
                    let value = format!("{path}({})", arguments.join(", "));
                    self.function(&declared.join(", "), &format!(" -> {name}"), &value);
                    let bound: Vec<_> = declared
                        .iter()
                        .zip(&arguments)
                        .map(|(declared, argument)| format!("let {declared} = {argument};"))
                        .collect();
                    arms.push(format!("{value} => {{ {} }}", bound.join(" ")));
                }
                Fields::Named(fields) => {
                    let mut names = Vec::new();
                    let mut declared = Vec::new();
                    for field in &fields.named {
                        let field_name = field.ident.as_ref().map(ToString::to_string);
                        let field_name = field_name.unwrap_or_default();
                        declared.push(format!("{field_name}: {}", outside(&field.ty)));
                        names.push(field_name);
                    }
                    let value = format!("{path} {{ {} }}", names.join(", "));
                    self.function(&declared.join(", "), &format!(" -> {name}"), &value);
                    let bound: Vec<_> = declared
                        .iter()
                        .zip(&names)
                        .map(|(declared, name)| format!("let {declared} = {name};"))
                        .collect();
                    arms.push(format!("{value} => {{ {} }}", bound.join(" ")));
                }
            }
        }
        if has(&item.attrs, "non_exhaustive") {
            arms.push("_ => {}".to_owned());
        }
        let body = format!("match value {{ {} }}", arms.join(", "));
        self.function(&format!("value: {name}"), "", &body);
        if let Some(first) = item.variants.first() {
            self.count += 1;
            let count = self.count;
            let first = &first.ident;
            let _ = writeln!(
                self.text,
                "    mod import_{count} {{ use super::{name}::{first}; }}"
            );
        }
        self.derives(&name, &item.attrs);
    }

    /// Generates an implementation of a trait of the crate.
    fn trait_implementation(&mut self, item: &syn::ItemTrait) {
        if item
            .supertraits
            .to_token_stream()
            .to_string()
            .contains("Api")
        {
            // A blanket implementation covers this trait.
            return;
        }
        let name = item.ident.to_string();
        let mut methods = String::new();
        for member in &item.items {
            let TraitItem::Fn(method) = member else {
                continue;
            };
            if method.default.is_some() {
                continue;
            }
            let signature = outside(&method.sig);
            // A method of the server may return a response, which is the argument of `HandlerOutput`.
            let output = signature.split("HandlerOutput <").nth(1);
            let output = output.and_then(|rest| rest.split('>').next());
            let value = match output {
                Some(output) => format!("let response: {output} = loop {{}}; response"),
                None => "loop {}".to_owned(),
            };
            let _ = write!(methods, "{signature} {{ async {{ {value} }} }} ");
        }
        let _ = writeln!(
            self.text,
            "    struct My{name};\n    impl {name} for My{name} {{ {methods} }}"
        );
    }

    fn implementation(&mut self, item: &syn::ItemImpl) {
        let self_type = outside(&item.self_ty);
        if let Some((name, _)) = &item.trait_ {
            let name = outside(name);
            for member in &item.items {
                if let (ImplItem::Type(member), "Response") = (member, name.as_str()) {
                    let success = outside(&member.ty).replace("Self", &self_type);
                    let output = format!(" -> Result<{success}, {self_type}>");
                    self.function(
                        &format!("value: {self_type}"),
                        &output,
                        "Response::success(value)",
                    );
                }
            }
            if let Some(from) = name.strip_prefix("From <") {
                let from = from.trim_end_matches('>');
                let (arguments, output) = (format!("value: {from}"), format!(" -> {self_type}"));
                self.function(&arguments, &output, "From::from(value)");
            }
            return;
        }
        for member in &item.items {
            match member {
                ImplItem::Fn(function) if is_public(&function.vis) => {
                    self.call(
                        &function.sig.ident.to_string(),
                        Some(&self_type),
                        &function.sig,
                    );
                }
                ImplItem::Const(member) if is_public(&member.vis) => {
                    let ty = outside(&member.ty).replace("Self", &self_type);
                    let body = format!("<{self_type}>::{}", member.ident);
                    self.function("", &format!(" -> {ty}"), &body);
                }
                _ => {}
            }
        }
    }

    /// Generates a call of a function or method.
    fn call(&mut self, name: &str, self_type: Option<&str>, signature: &Signature) {
        if signature
            .generics
            .params
            .iter()
            .any(|parameter| matches!(parameter, GenericParam::Type(_)))
        {
            return;
        }
        let replace_self = |text: String| match self_type {
            Some(self_type) => text.replace("Self", self_type),
            None => text,
        };
        let mut arguments = Vec::new();
        let mut names = Vec::new();
        let mut receiver = "";
        for (index, input) in signature.inputs.iter().enumerate() {
            match input {
                FnArg::Receiver(input) => {
                    let is_borrowed = outside(input).starts_with('&');
                    let self_type = self_type.unwrap_or_default();
                    receiver = "value.";
                    arguments.push(if is_borrowed {
                        format!("value: &'a {self_type}")
                    } else {
                        format!("value: {self_type}")
                    });
                }
                FnArg::Typed(input) => {
                    let name = match &*input.pat {
                        Pat::Ident(name) => name.ident.to_string(),
                        _ => format!("v{index}"),
                    };
                    arguments.push(format!(
                        "{name}: {}",
                        replace_self(argument_type(&input.ty))
                    ));
                    names.push(name);
                }
            }
        }
        let path = match (receiver, self_type) {
            ("", Some(self_type)) => format!("<{self_type}>::{name}"),
            (receiver, _) => format!("{receiver}{name}"),
        };
        let output = match &signature.output {
            ReturnType::Default => String::new(),
            ReturnType::Type(_, ty) => {
                format!(" -> {}", replace_self(outside(ty)).replace("'_", "'a"))
            }
        };
        let arguments = arguments.join(", ").replace("'_", "'a");
        self.function(
            &arguments,
            &output,
            &format!("{path}({})", names.join(", ")),
        );
    }
}
