//! The `Cargo.toml` of a generated crate, which belongs to its user.

use std::fmt;

use toml_edit::{DocumentMut, Item, Table, TableLike, TomlError, value};

use crate::{
    model::Package,
    name::{self, Ident},
};

/// What a new crate gets. A test keeps its versions equal to those of the workspace.
const TEMPLATE: &str = include_str!("manifest/template.toml");

/// Why there is no manifest.
#[derive(Debug)]
pub enum ManifestError {
    /// The one that is there is no TOML.
    Syntax(Box<TomlError>),
    /// It is TOML, and something in it is not what Cargo takes.
    Form(&'static str),
    /// It is of no package, such as that of a workspace.
    NoPackage,
    /// A dependency of the generated crate is in it, and is not optional.
    NotOptional(String),
    /// No crate can be called so.
    Name(String),
    /// The title gives no name.
    NoName(String),
    /// The crate that is there is called otherwise.
    OtherName {
        /// The name that was asked for.
        asked: String,
        /// The name that it has.
        found: String,
    },
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) => write!(f, "it cannot be read: {error}"),
            Self::Form(key) => write!(f, "`{key}` in it is no table; correct it by hand"),
            Self::NoPackage => f.write_str(
                "it has no `package.name`, so this is no place for a crate; generate into another \
                 folder",
            ),
            Self::NotOptional(name) => write!(
                f,
                "the dependency `{name}` in it is not optional, and a feature of the generated crate \
                 has to turn it on; add `optional = true`, or generate into another folder"
            ),
            Self::Name(name) => write!(
                f,
                "no crate can be called `{name}`; use letters, digits, `-` and `_`, start with a \
                 letter, and take no word of Rust's own and no name of a dependency"
            ),
            Self::NoName(title) => {
                write!(
                    f,
                    "the title `{}` gives no name; choose one: `--name NAME`",
                    title.escape_debug()
                )
            }
            Self::OtherName { asked, found } => write!(
                f,
                "the crate is called `{found}`, not `{asked}`; leave out `--name`, or rename it by hand"
            ),
        }
    }
}

impl std::error::Error for ManifestError {}

/// The manifest of a generated crate.
///
/// A new one is the template. To one that is there, missing features and dependencies are added, and
/// what its private features lack, and its version is set; nothing else is changed or removed.
///
/// # Errors
/// If the one that is there is no manifest, and if the name is none for a crate.
pub fn manifest(
    existing: Option<&str>,
    name: Option<&str>,
    package: &Package,
) -> Result<String, ManifestError> {
    if let Some(name) = name.filter(|name| !is_crate_name(name)) {
        return Err(ManifestError::Name(name.to_owned()));
    }
    let template = parse(TEMPLATE)?;
    let mut manifest = match existing {
        Some(text) => parse(text)?,
        None => template.clone(),
    };
    let found = manifest
        .get("package")
        .and_then(|package| package.get("name"));
    let found = found.and_then(Item::as_str);
    if existing.is_some() {
        found.ok_or(ManifestError::NoPackage)?;
        optional(&manifest, &template)?;
    }
    let found = found.unwrap_or_default().to_owned();
    match (existing, name) {
        (Some(_), Some(asked)) if asked != found => {
            return Err(ManifestError::OtherName {
                asked: asked.to_owned(),
                found,
            });
        }
        (Some(_), _) => {}
        (None, Some(name)) => set(&mut manifest, "name", name)?,
        (None, None) => {
            let name = crate_name(&package.title)
                .ok_or_else(|| ManifestError::NoName(package.title.clone()))?;
            set(&mut manifest, "name", &name)?;
        }
    }
    if let Some(version) = &package.version {
        set(&mut manifest, "version", version)?;
    }
    for section in ["features", "dependencies"] {
        add(&mut manifest, &template, section)?;
    }
    Ok(manifest.to_string())
}

/// Returns the name by which programs import a generated crate: that of its manifest, else `name`.
///
/// `None` if there is neither; the name then comes from the document's title.
#[must_use]
pub fn library(existing: Option<&str>, name: Option<&str>) -> Option<String> {
    let manifest = existing.and_then(|text| parse(text).ok());
    let own = manifest.as_ref().and_then(|manifest| {
        let of = |section: &str| manifest.get(section)?.get("name")?.as_str();
        of("lib").or_else(|| of("package"))
    });
    own.or(name).map(|name| name.replace('-', "_"))
}

fn parse(text: &str) -> Result<DocumentMut, ManifestError> {
    text.parse()
        .map_err(|error| ManifestError::Syntax(Box::new(error)))
}

/// Refuses a manifest in which a dependency of ours cannot be turned on by a feature.
fn optional(manifest: &DocumentMut, template: &DocumentMut) -> Result<(), ManifestError> {
    let table = |manifest: &DocumentMut| {
        let table = manifest.get("dependencies")?.as_table_like()?;
        Some(
            table
                .iter()
                .map(|(name, item)| (name.to_owned(), item.clone()))
                .collect::<Vec<_>>(),
        )
    };
    let wanted = table(template).unwrap_or_default();
    for (name, item) in table(manifest).unwrap_or_default() {
        let is_optional = item.get("optional").and_then(Item::as_bool) == Some(true);
        if !is_optional && wanted.iter().any(|(known, _)| *known == name) {
            return Err(ManifestError::NotOptional(name));
        }
    }
    Ok(())
}

/// Sets a key of the package, unless it is inherited from a workspace.
fn set(manifest: &mut DocumentMut, key: &str, text: &str) -> Result<(), ManifestError> {
    let package = table(manifest, "package")?;
    match package.get_mut(key) {
        Some(item) if item.as_str() == Some(text) || item.is_table_like() => {}
        Some(item) => {
            // What stands around the value, such as a comment, stays.
            let decor = item.as_value().map(|value| value.decor().clone());
            *item = value(text);
            if let (Some(value), Some(decor)) = (item.as_value_mut(), decor) {
                *value.decor_mut() = decor;
            }
        }
        None => {
            package.insert(key, value(text));
        }
    }
    Ok(())
}

/// Adds what a section of the template has and the manifest has not.
fn add(
    manifest: &mut DocumentMut,
    template: &DocumentMut,
    section: &'static str,
) -> Result<(), ManifestError> {
    let Some(wanted) = template.get(section).and_then(Item::as_table) else {
        return Ok(());
    };
    let table = table(manifest, section)?;
    for (key, item) in wanted {
        match table.get_mut(key) {
            None => {
                table.insert(key, item.clone());
            }
            // A private feature is no choice of the user: it is what the generated code needs.
            Some(known) if key.starts_with('_') => extend(known, item),
            Some(_) => {}
        }
    }
    Ok(())
}

/// Adds what a list has not.
fn extend(known: &mut Item, wanted: &Item) {
    let (Some(known), Some(wanted)) = (known.as_array_mut(), wanted.as_array()) else {
        return;
    };
    for entry in wanted {
        let is_entry = |other: &toml_edit::Value| other.as_str() == entry.as_str();
        if !known.iter().any(is_entry) {
            known.push_formatted(entry.clone());
        }
    }
}

fn table<'a>(
    manifest: &'a mut DocumentMut,
    section: &'static str,
) -> Result<&'a mut dyn TableLike, ManifestError> {
    let item = manifest.entry(section).or_insert(Item::Table(Table::new()));
    item.as_table_like_mut().ok_or(ManifestError::Form(section))
}

/// Returns the name of a crate for a title, in kebab case: `Pet Store` is `pet-store`. `None` if the title
/// has no words that such a name can have.
pub(crate) fn crate_name(title: &str) -> Option<String> {
    let words: Vec<_> = name::words(title)
        .iter()
        .map(|word| word.to_lowercase())
        .collect();
    Some(words.join("-")).filter(|name| is_crate_name(name))
}

/// Whether Cargo takes a name, and the crate can be used by it.
fn is_crate_name(name: &str) -> bool {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= 64
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    let ident = name.replace('-', "_");
    let own = [
        "alloc",
        "build",
        "core",
        "deps",
        "examples",
        "proc_macro",
        "std",
        "test",
    ];
    let dependency = parse(TEMPLATE).is_ok_and(|template| {
        template
            .get("dependencies")
            .is_some_and(|dependencies| dependencies.get(name).is_some())
    });
    plain && Ident::chosen(&ident).is_some() && !own.contains(&ident.as_str()) && !dependency
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(version: Option<&str>) -> Package {
        Package {
            title: "Pet Store".to_owned(),
            description: String::new(),
            version: version.map(str::to_owned),
            library: "pets".to_owned(),
        }
    }

    #[test]
    fn a_new_one_is_the_template() {
        let text = manifest(None, None, &package(Some("1.2.0"))).unwrap();
        assert!(text.contains("name = \"pet-store\""), "{text}");
        assert!(text.contains("version = \"1.2.0\""), "{text}");
        let again = manifest(Some(&text), None, &package(Some("1.2.0"))).unwrap();
        assert_eq!(again, text);
    }

    #[test]
    fn what_is_there_stays() {
        let existing = "\
# Mine.
[package]
name = \"pets\" # short
version = \"0.1.0\" # by gen
license = \"MIT\"

[features]
default = [\"client\"]
client = [\"mine\"]

[dependencies]
serde = { workspace = true, optional = true }
";
        let text = manifest(Some(existing), Some("pets"), &package(Some("2.0.0"))).unwrap();
        let (head, rest) = text
            .split_once("serde = { workspace = true, optional = true }\n")
            .unwrap();
        let (before, after) = existing.split_once("\n[dependencies]").unwrap();
        assert!(
            head.starts_with(&before.replace("0.1.0", "2.0.0")),
            "{text}"
        );
        assert!(after.starts_with("\nserde"));
        assert!(head.contains("server = ["), "{text}");
        assert!(rest.contains("reqwest = {"), "{text}");
        assert_eq!(
            manifest(Some(&text), None, &package(Some("2.0.0"))).unwrap(),
            text
        );
        assert_eq!(manifest(Some(&text), None, &package(None)).unwrap(), text);
    }

    #[test]
    fn a_private_feature_gets_what_it_lacks() {
        let new = manifest(None, None, &package(None)).unwrap();
        let old = new
            .replace("    \"dep:bytes\",\n", "")
            .replace("_wire = [\n", "_wire = [\n    \"mine\", # kept\n");
        assert_ne!(old, new);
        let text = manifest(Some(&old), None, &package(None)).unwrap();
        let manifest = parse(&text).unwrap();
        let feature = manifest["features"]["_wire"].as_array().unwrap();
        let entries: Vec<_> = feature.iter().filter_map(|entry| entry.as_str()).collect();
        assert_eq!(entries.first(), Some(&"mine"));
        assert_eq!(entries.last(), Some(&"dep:bytes"));
        assert!(text.contains("# kept"), "{text}");
    }

    #[test]
    fn an_inherited_version_stays() {
        let existing = "[package]\nname = \"pets\"\nversion.workspace = true\n";
        let text = manifest(Some(existing), None, &package(Some("2.0.0"))).unwrap();
        assert!(text.contains("version.workspace = true"), "{text}");
        assert!(!text.contains("2.0.0"), "{text}");
    }

    #[test]
    fn names_are_checked() {
        for name in ["pets", "pet-store", "a1_b"] {
            assert!(is_crate_name(name), "{name}");
        }
        for name in [
            "", "../pets", "a/b", "1a", "a b", "match", "std", "serde", "pets\"", "-a", "é",
        ] {
            assert!(!is_crate_name(name), "{name}");
        }
        let other = manifest(Some("[package]\nname = \"a\"\n"), Some("b"), &package(None));
        assert!(matches!(other, Err(ManifestError::OtherName { .. })));
        let title = Package {
            title: "日本".to_owned(),
            ..package(None)
        };
        assert!(matches!(
            manifest(None, None, &title),
            Err(ManifestError::NoName(_))
        ));
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        for text in ["[package", "package = 1", "features = []"] {
            assert!(
                manifest(Some(text), None, &package(Some("1.0.0"))).is_err(),
                "{text}"
            );
        }
    }
}
