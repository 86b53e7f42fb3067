//! The Rust types of formats: one table, and the choices of a user.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// A Rust type of strings with a format.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FormatType {
    /// The path, as generated code writes it: `uuid::Uuid`.
    pub path: Cow<'static, str>,
    /// The crate that has the type; `None` for types of `std`, of the generated crate, and of a user's choice.
    pub library: Option<Library>,
    /// Texts that the type writes. A schema whose other keywords exclude them does not have the type.
    pub(crate) samples: &'static [&'static str],
}

/// A dependency of generated crates that need one of its types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Library {
    /// The name of the package.
    pub name: &'static str,
    /// The version requirement.
    pub version: &'static str,
    /// The features, without the default ones.
    pub features: &'static [&'static str],
}

const CHRONO: Library = Library {
    name: "chrono",
    version: "0.4.42",
    features: &["serde", "std"],
};

const JIFF: Library = Library {
    name: "jiff",
    version: "1.0",
    features: &["serde", "std"],
};

const RUST_DECIMAL: Library = Library {
    name: "rust_decimal",
    version: "1.42",
    features: &["serde", "std"],
};

/// Its types have wrappers in the module `rfc3339`, because its own serde format is not that of messages.
const TIME: Library = Library {
    name: "time",
    version: "0.3.53",
    features: &["formatting", "parsing", "std"],
};

const URL: Library = Library {
    name: "url",
    version: "2.5",
    features: &["serde", "std"],
};

const UUID: Library = Library {
    name: "uuid",
    version: "1.26",
    features: &["serde", "std"],
};

/// A row of the table: a type that a user can choose for a format.
struct KnownType {
    format: &'static str,
    /// The name of the choice: that of the library.
    choice: &'static str,
    path: &'static str,
    library: Option<Library>,
    samples: &'static [&'static str],
}

/// The types of formats. The first row of a format has its default type, unless it is in [`OPT_IN`].
const TYPES: &[KnownType] = &[
    KnownType {
        format: "byte",
        choice: "base64",
        path: BASE64,
        library: None,
        samples: &[],
    },
    KnownType {
        format: "date",
        choice: "chrono",
        path: "chrono::NaiveDate",
        library: Some(CHRONO),
        samples: &["2026-01-31"],
    },
    KnownType {
        format: "date",
        choice: "jiff",
        path: "jiff::civil::Date",
        library: Some(JIFF),
        samples: &["2026-01-31"],
    },
    KnownType {
        format: "date",
        choice: "time",
        path: "crate::rfc3339::Date",
        library: Some(TIME),
        samples: &["2026-01-31"],
    },
    KnownType {
        format: "date-time",
        choice: "chrono",
        path: "chrono::DateTime<chrono::Utc>",
        library: Some(CHRONO),
        samples: &["2026-01-31T12:00:00Z"],
    },
    KnownType {
        format: "date-time",
        choice: "jiff",
        path: "jiff::Timestamp",
        library: Some(JIFF),
        samples: &["2026-01-31T12:00:00Z"],
    },
    KnownType {
        format: "date-time",
        choice: "time",
        path: "crate::rfc3339::DateTime",
        library: Some(TIME),
        samples: &["2026-01-31T12:00:00Z"],
    },
    KnownType {
        format: "decimal",
        choice: "rust_decimal",
        path: "rust_decimal::Decimal",
        library: Some(RUST_DECIMAL),
        samples: &[],
    },
    KnownType {
        format: "ipv4",
        choice: "std",
        path: "std::net::Ipv4Addr",
        library: None,
        samples: &["192.0.2.1"],
    },
    KnownType {
        format: "ipv6",
        choice: "std",
        path: "std::net::Ipv6Addr",
        library: None,
        samples: &["2001:db8::1"],
    },
    KnownType {
        format: "uri",
        choice: "url",
        path: "url::Url",
        library: Some(URL),
        samples: &[],
    },
    KnownType {
        format: "uuid",
        choice: "uuid",
        path: "uuid::Uuid",
        library: Some(UUID),
        samples: &[
            "00000000-0000-4000-8000-000000000000",
            "f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
        ],
    },
];

/// The type of Base64, which generated crates have themselves.
pub(crate) const BASE64: &str = "crate::Base64";

/// The formats that are strings unless a user chooses a type.
const OPT_IN: [&str; 2] = ["decimal", "uri"];

/// The choice of `String`, for every format.
const STRING: &str = "String";

impl Library {
    /// Returns the libraries of all types in the table, by name.
    pub fn all() -> impl Iterator<Item = Self> {
        let libraries = TYPES.iter().filter_map(|row| row.library);
        libraries.collect::<BTreeSet<_>>().into_iter()
    }
}

impl FormatType {
    /// Returns the name without its path: `Uuid`.
    #[must_use]
    pub fn name(&self) -> &str {
        let path = self.path.split('<').next().unwrap_or_default();
        path.rsplit("::").next().unwrap_or(path)
    }
}

impl From<&'static KnownType> for FormatType {
    fn from(row: &'static KnownType) -> Self {
        Self {
            path: row.path.into(),
            library: row.library,
            samples: row.samples,
        }
    }
}

/// The Rust types of formats: the default ones, and those that a user chooses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Formats(BTreeMap<String, Option<FormatType>>);

impl Formats {
    /// Chooses the type of strings with a format: `String`, a library of this table, or the path of any type that
    /// implements serde's traits, `FromStr` and `Display`.
    ///
    /// | Format | Library | Type |
    /// |---|---|---|
    /// | `byte` | `base64`, the default | `Base64` of the crate |
    /// | `date` | `chrono`, the default | `chrono::NaiveDate` |
    /// | | `jiff` | `jiff::civil::Date` |
    /// | | `time` | `rfc3339::Date` of the crate, which wraps a `time::Date` |
    /// | `date-time` | `chrono`, the default | `chrono::DateTime<chrono::Utc>` |
    /// | | `jiff` | `jiff::Timestamp`, up to the year 9999 and with nine digits of a fraction |
    /// | | `time` | `rfc3339::DateTime` of the crate, which wraps a `time::OffsetDateTime` |
    /// | `decimal` | `rust_decimal` | `rust_decimal::Decimal` |
    /// | `ipv4`, `ipv6` | `std`, the default | `std::net::Ipv4Addr`, `std::net::Ipv6Addr` |
    /// | `uri` | `url` | `url::Url` |
    /// | `uuid` | `uuid`, the default | `uuid::Uuid` |
    ///
    /// The manifest of a generated crate does not get the dependency of a type that is chosen by its path.
    ///
    /// # Errors
    /// If there is no such library for the format, and it is not a path either.
    pub fn choose(&mut self, format: &str, choice: &str) -> Result<(), UnknownTypeError> {
        let mut rows = TYPES.iter().filter(|row| row.format == format);
        let ty = if choice == STRING {
            None
        } else if let Some(row) = rows.find(|row| row.choice == choice) {
            Some(row.into())
        } else if is_path(choice) {
            Some(FormatType {
                path: choice.to_owned().into(),
                library: None,
                samples: &[],
            })
        } else {
            return Err(UnknownTypeError {
                format: format.to_owned(),
                choice: choice.to_owned(),
            });
        };
        self.0.insert(format.to_owned(), ty);
        Ok(())
    }

    /// Chooses `String` for every format.
    #[must_use]
    pub fn strings() -> Self {
        let formats = TYPES.iter().map(|row| (row.format.to_owned(), None));
        Self(formats.collect())
    }

    /// Returns the type of strings with a format; `None` for `String`.
    #[must_use]
    pub fn get(&self, format: &str) -> Option<FormatType> {
        if let Some(chosen) = self.0.get(format) {
            return chosen.clone();
        }
        let row = TYPES.iter().find(|row| row.format == format);
        row.filter(|_| !OPT_IN.contains(&format)).map(Into::into)
    }
}

/// Returns whether a text is the path of a type in a crate: `my_types::Email`.
fn is_path(text: &str) -> bool {
    let is_ident = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    text.contains("::") && text.split("::").all(is_ident)
}

/// The error of [`Formats::choose`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownTypeError {
    format: String,
    choice: String,
}

impl fmt::Display for UnknownTypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { format, choice } = self;
        let choice = choice.escape_debug();
        write!(f, "`{choice}` is not a type of the format `{format}`; use ")?;
        for row in TYPES.iter().filter(|row| row.format == format) {
            write!(f, "`{}`, ", row.choice)?;
        }
        f.write_str("`String`, or the path of a type such as `my_types::Email`")
    }
}

impl std::error::Error for UnknownTypeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_has_its_default_type_or_the_chosen_one() {
        let mut formats = Formats::default();
        let path = |formats: &Formats, format| formats.get(format).map(|ty| ty.path);
        assert_eq!(path(&formats, "uuid").as_deref(), Some("uuid::Uuid"));
        for format in ["decimal", "email", "uri"] {
            assert_eq!(path(&formats, format), None);
        }
        formats.choose("date", "jiff").unwrap();
        formats.choose("email", "mail::Address").unwrap();
        formats.choose("uri", "url").unwrap();
        formats.choose("uuid", "String").unwrap();
        assert_eq!(path(&formats, "date").as_deref(), Some("jiff::civil::Date"));
        assert_eq!(path(&formats, "email").as_deref(), Some("mail::Address"));
        assert_eq!(path(&formats, "uri").as_deref(), Some("url::Url"));
        assert_eq!(path(&formats, "uuid"), None);
    }

    #[test]
    fn a_choice_without_a_type_is_an_error() {
        for choice in ["", "url", "a b", "a::", "::a", "a::1", "chrono;x::y"] {
            let error = Formats::default().choose("date", choice).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "`{choice}` is not a type of the format `date`; use `chrono`, `jiff`, `time`, `String`, or the \
                     path of a type such as `my_types::Email`"
                )
            );
        }
    }
}
