//! Creates and updates the `Cargo.toml` of a generated crate, which belongs to its user.

use std::fmt;

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, TomlError, value};

use crate::{
    model::{Library, Package},
    name::{self, Ident},
};

/// The manifest of a new crate. A test checks that its versions equal those of the workspace.
const TEMPLATE: &str = include_str!("manifest/template.toml");

/// An error while creating or updating a manifest.
#[derive(Debug)]
pub enum ManifestError {
    /// The existing manifest is not valid TOML.
    Syntax(Box<TomlError>),
    /// A key of the existing manifest is not a table.
    NotATable(&'static str),
    /// The existing manifest does not name a package; it may be that of a workspace.
    NoPackage,
    /// The existing manifest contains a dependency of the generated crate that is not optional.
    NotOptional(String),
    /// The requested name is not a valid crate name.
    InvalidName(String),
    /// The title does not contain a valid crate name.
    NoName(String),
    /// The existing crate has another name.
    OtherName {
        /// The requested name.
        requested: String,
        /// The name of the existing crate.
        existing: String,
    },
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) => write!(f, "invalid TOML: {error}"),
            Self::NotATable(key) => write!(f, "`{key}` is not a table; correct it by hand"),
            Self::NoPackage => f.write_str(
                "`package.name` is missing, so the folder does not contain a crate; generate into another \
                 folder",
            ),
            Self::NotOptional(name) => write!(
                f,
                "the dependency `{name}` is not optional, but a feature of the generated crate enables it; \
                 add `optional = true`, or generate into another folder"
            ),
            Self::InvalidName(name) => write!(
                f,
                "`{name}` is not a valid crate name; use letters, digits, `-` and `_`, start with a \
                 letter, and avoid Rust keywords and the names of dependencies"
            ),
            Self::NoName(title) => {
                write!(
                    f,
                    "the title `{}` does not contain a valid crate name; choose one with `--name NAME`",
                    title.escape_debug()
                )
            }
            Self::OtherName {
                requested,
                existing,
            } => write!(
                f,
                "the crate is named `{existing}`, not `{requested}`; omit `--name`, or rename the crate by hand"
            ),
        }
    }
}

impl std::error::Error for ManifestError {}

/// Creates the manifest of a generated crate, or updates an existing one.
///
/// A new manifest is the template, with the dependencies of the document's formats. An existing one gets the version, missing features and dependencies, and
/// missing entries of its private features; nothing else is changed or removed.
///
/// # Errors
/// Returns an error if the existing manifest is not that of a generated crate, or if the name is not valid.
pub fn manifest(
    existing: Option<&str>,
    name: Option<&str>,
    package: &Package,
) -> Result<String, ManifestError> {
    if let Some(name) = name.filter(|name| !is_crate_name(name)) {
        return Err(ManifestError::InvalidName(name.to_owned()));
    }
    let template = template(&package.dependencies)?;
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
        check_optional(&manifest, &template)?;
    }
    let found = found.unwrap_or_default().to_owned();
    match (existing, name) {
        (Some(_), Some(requested)) if requested != found => {
            return Err(ManifestError::OtherName {
                requested: requested.to_owned(),
                existing: found,
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
        add_missing(&mut manifest, &template, section)?;
    }
    Ok(manifest.to_string())
}

/// Returns the name by which programs import a generated crate: that of its manifest, or else `name`.
///
/// Returns `None` if there is neither; the name then comes from the document's title.
#[must_use]
pub fn library(existing: Option<&str>, name: Option<&str>) -> Option<String> {
    let manifest = existing.and_then(|text| parse(text).ok());
    let existing = manifest.as_ref().and_then(|manifest| {
        let name_in = |section: &str| manifest.get(section)?.get("name")?.as_str();
        name_in("lib").or_else(|| name_in("package"))
    });
    existing.or(name).map(|name| name.replace('-', "_"))
}

fn parse(text: &str) -> Result<DocumentMut, ManifestError> {
    text.parse()
        .map_err(|error| ManifestError::Syntax(Box::new(error)))
}

/// Returns the template with further dependencies, which the types of the document need.
fn template(dependencies: &[Library]) -> Result<DocumentMut, ManifestError> {
    let mut template = parse(TEMPLATE)?;
    for library in dependencies {
        let mut features = Array::new();
        features.extend(library.features.iter().copied());
        let mut dependency = InlineTable::new();
        dependency.insert("version", library.version.into());
        dependency.insert("default-features", false.into());
        dependency.insert("features", features.into());
        dependency.insert("optional", true.into());
        let dependencies = table(&mut template, "dependencies")?;
        dependencies.insert(library.name, value(dependency));
        dependencies.sort_values();
        let features = table(&mut template, "features")?;
        let wire = features.get_mut("_wire").and_then(Item::as_array_mut);
        if let Some(wire) = wire {
            add_dependency(wire, library.name);
        }
    }
    Ok(template)
}

/// Adds a dependency to a feature of the template, whose dependencies are sorted.
fn add_dependency(feature: &mut Array, name: &str) {
    let text = format!("dep:{name}");
    let names: Vec<_> = feature
        .iter()
        .map(|entry| entry.as_str().unwrap_or_default())
        .collect();
    let first = names.iter().position(|entry| entry.starts_with("dep:"));
    let first = first.unwrap_or_default();
    let rest = names.iter().skip(first);
    let index = first
        + rest
            .take_while(|entry| entry.starts_with("dep:") && **entry < text.as_str())
            .count();
    let mut entry = toml_edit::Value::from(text);
    entry.decor_mut().set_prefix("\n    ");
    feature.insert_formatted(index, entry);
}

/// Rejects a manifest with a dependency that the features of the generated crate cannot enable.
fn check_optional(manifest: &DocumentMut, template: &DocumentMut) -> Result<(), ManifestError> {
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
        if !is_optional && wanted.iter().any(|(wanted, _)| *wanted == name) {
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
            // Keeps comments around the value.
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

/// Adds the keys of a section of the template that the manifest lacks.
fn add_missing(
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
            // Private features are not the user's choice: the generated code needs all of their entries.
            Some(existing) if key.starts_with('_') => extend(existing, item),
            Some(_) => {}
        }
    }
    Ok(())
}

/// Adds the entries that a list lacks.
fn extend(list: &mut Item, wanted: &Item) {
    let (Some(list), Some(wanted)) = (list.as_array_mut(), wanted.as_array()) else {
        return;
    };
    for entry in wanted {
        let is_entry = |other: &toml_edit::Value| other.as_str() == entry.as_str();
        if !list.iter().any(is_entry) {
            list.push_formatted(entry.clone());
        }
    }
}

fn table<'a>(
    manifest: &'a mut DocumentMut,
    section: &'static str,
) -> Result<&'a mut dyn TableLike, ManifestError> {
    let item = manifest.entry(section).or_insert(Item::Table(Table::new()));
    item.as_table_like_mut()
        .ok_or(ManifestError::NotATable(section))
}

/// Derives a crate name from a title, in kebab case: `Pet Store` becomes `pet-store`.
///
/// Returns `None` if the result is not a valid crate name.
pub(crate) fn crate_name(title: &str) -> Option<String> {
    let words: Vec<_> = name::words(title)
        .iter()
        .map(|word| word.to_lowercase())
        .collect();
    Some(words.join("-")).filter(|name| is_crate_name(name))
}

/// Returns whether Cargo accepts a crate name and the crate can be imported by it.
fn is_crate_name(name: &str) -> bool {
    let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= 64
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    let ident = name.replace('-', "_");
    let reserved = [
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
    }) || Library::all().any(|library| library.name == name);
    is_plain
        && Ident::chosen(&ident).is_some()
        && !reserved.contains(&ident.as_str())
        && !dependency
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
            dependencies: Vec::new(),
        }
    }

    #[test]
    fn a_new_manifest_is_the_template() {
        let text = manifest(None, None, &package(Some("1.2.0"))).unwrap();
        assert!(text.contains("name = \"pet-store\""), "{text}");
        assert!(text.contains("version = \"1.2.0\""), "{text}");
        let again = manifest(Some(&text), None, &package(Some("1.2.0"))).unwrap();
        assert_eq!(again, text);
    }

    #[test]
    fn existing_entries_are_kept() {
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
    fn missing_entries_of_private_features_are_added() {
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
    fn an_inherited_version_is_kept() {
        let existing = "[package]\nname = \"pets\"\nversion.workspace = true\n";
        let text = manifest(Some(existing), None, &package(Some("2.0.0"))).unwrap();
        assert!(text.contains("version.workspace = true"), "{text}");
        assert!(!text.contains("2.0.0"), "{text}");
    }

    #[test]
    fn crate_names_are_checked() {
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
    fn invalid_manifests_are_rejected() {
        for text in ["[package", "package = 1", "features = []"] {
            assert!(
                manifest(Some(text), None, &package(Some("1.0.0"))).is_err(),
                "{text}"
            );
        }
    }
}
