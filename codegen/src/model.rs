//! The meaning of a document, as plain data.
//!
//! The model depends neither on the types of [`openapiv3`] nor on Rust tokens. Its names and its order are
//! final: emitters write them as they are.

mod constraints;
mod format;
mod operation;
mod origin;
mod response;
mod schema;
mod security;
mod status;

pub use constraints::{Constraint, Constraints, ConstraintsId, Format, JsonType, Pattern};
pub(crate) use format::BASE64;
pub use format::{FormatType, Formats, Library, UnknownTypeError};
pub use operation::{
    Condition, ContentExample, ExampleTable, Handler, Location, Method, Operation, Parameter,
    RequestBody, RequestExample, ResponseExample, Style, TagGroup,
};
pub use origin::Origin;
pub use response::{
    BodyVariant, Codec, Content, IsSuccess, Payload, ResponseEnum, ResponseVariant, SharedResponse,
    SuccessType, VariantShape,
};
pub(crate) use schema::integer;
pub use schema::{
    Constant, Direction, EnumValue, Field, FormPart, IntegerType, PartKind, Type, TypeDef, TypeId,
    TypeKind, UnionVariant,
};
pub use security::{CredentialAlternative, CredentialSet, SchemeKind, SecurityScheme};
pub(crate) use status::CatalogueEntry;
pub use status::{Catalogue, ContentRule, Status};

/// Shared with the generated crate, which follows the same rule.
#[path = "../runtime/message/response_key.rs"]
mod response_key;

pub use response_key::{ResponseKey, match_response_key};

/// Shared with the generated crate, whose server has no other built-in responses.
#[path = "../runtime/message/built_in.rs"]
mod built_in;

pub use built_in::BuiltInResponse;

/// Shared with the generated crate, so that `explain` and the crate agree.
#[path = "../runtime/status/class.rs"]
mod class;

pub use class::{Class, Retry};

/// Shared with the generated crate, so that both accept the same examples.
#[path = "../runtime/codec/weighted_status.rs"]
pub mod weighted_status;

/// Shared with the generated crate, so that both find the same parameters in a path.
#[path = "../runtime/message/path_template.rs"]
mod path_template;

pub use path_template::{
    Piece, Segment, TemplatePart, fixed_query, parts, segments, template_parts,
};

/// A document, ready to be emitted as a crate.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The package metadata of the crate.
    pub package: Package,
    /// Every status of the catalogue and of the document, by code.
    pub statuses: Vec<Status>,
    /// The types of bodies, parameters and headers, in the order of their [`TypeId`]s.
    pub types: Vec<TypeDef>,
    /// The constraints that requests are validated against, by name.
    pub constraints: Vec<Constraints>,
    /// The distinct response enums, in the order of the first operation that uses each.
    pub response_enums: Vec<ResponseEnum>,
    /// The structs of shared responses, in the order of the first operation that uses each.
    pub shared_responses: Vec<SharedResponse>,
    /// The operations, in the order of the document.
    pub operations: Vec<Operation>,
    /// The distinct sets of examples that the mock returns.
    pub example_tables: Vec<ExampleTable>,
    /// The groups of operations, one server trait each; empty if a single trait has all operations.
    pub groups: Vec<TagGroup>,
    /// The security schemes, by name.
    pub schemes: Vec<SecurityScheme>,
    /// The distinct sets of credentials that operations require.
    pub credentials: Vec<CredentialSet>,
    /// The servers of the API, in the order of the document.
    pub servers: Vec<Server>,
    /// The path of the first server's URL; empty if there is none.
    pub base_path: String,
    /// The number of declared parts, and how many of them are in the model.
    pub counts: Counts,
}

/// The number of declared parts of a document, and how many of them are in the model.
///
/// There is a warning wherever the second number is lower.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The operations.
    pub operations: Count,
    /// The responses of all operations, one for each response key.
    pub responses: Count,
    /// The parameters of all operations.
    pub parameters: Count,
    /// The schemas that operations use, one for each place, and the named schemas.
    pub schemas: Count,
}

/// The number of parts of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// The number in the document.
    pub declared: usize,
    /// The number in the model.
    pub lowered: usize,
}

impl Model {
    /// The response enum of an operation.
    ///
    /// # Panics
    /// If the operation belongs to another model.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "lowering creates the response enum of every operation"
    )]
    pub fn response_enum(&self, operation: &Operation) -> &ResponseEnum {
        &self.response_enums[operation.response_enum]
    }

    /// The examples that the mock returns for an operation; `None` if the method of another operation handles it.
    #[must_use]
    pub fn example_table(&self, operation: &Operation) -> Option<&ExampleTable> {
        self.example_tables.get(operation.example_table?)
    }

    /// The status with a code; `None` if neither the catalogue nor the document names it.
    #[must_use]
    pub fn status(&self, code: u16) -> Option<&Status> {
        self.statuses.iter().find(|status| status.code == code)
    }

    /// Returns `true` if the document has security schemes, or an operation that requires one.
    #[must_use]
    pub fn has_security(&self) -> bool {
        !self.schemes.is_empty() || !self.credentials.is_empty()
    }

    /// The credentials that an operation requires.
    #[must_use]
    pub fn credentials(&self, operation: &Operation) -> Option<&CredentialSet> {
        self.credentials.get(operation.credentials?)
    }

    /// The module of the server trait that has an operation's method: `server`, or `server::pets`.
    #[must_use]
    pub fn server_module(&self, operation: &Operation) -> String {
        match operation.group.and_then(|index| self.groups.get(index)) {
            Some(group) => format!("server::{}", group.name),
            None => "server".to_owned(),
        }
    }

    /// The definition of a named type.
    ///
    /// # Panics
    /// If the type belongs to another model.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "lowering creates the type of every `TypeId`"
    )]
    pub fn type_def(&self, id: TypeId) -> &TypeDef {
        &self.types[id.0]
    }

    /// The constraints with an ID.
    ///
    /// # Panics
    /// If the ID belongs to another model.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "lowering creates the constraints of every `ConstraintsId`"
    )]
    pub fn constraints(&self, id: ConstraintsId) -> &Constraints {
        &self.constraints[id.0]
    }

    /// Returns `true` if `null` is a value of a type, or of the type that it is an alias of.
    #[must_use]
    pub fn is_nullable(&self, ty: &Type) -> bool {
        match ty {
            Type::Nullable(_) => true,
            Type::Named(id) => match &self.type_def(*id).kind {
                TypeKind::Alias(ty) => self.is_nullable(ty),
                _ => false,
            },
            _ => false,
        }
    }
}

impl Model {
    /// Returns `true` if a type, or the type that it is an alias of, has all JSON values.
    #[must_use]
    pub fn is_any(&self, ty: &Type) -> bool {
        match ty {
            Type::Any => true,
            Type::Named(id) => match &self.type_def(*id).kind {
                TypeKind::Alias(ty) => self.is_any(ty),
                _ => false,
            },
            _ => false,
        }
    }

    /// The type as written in Rust: `Vec<Pet>`.
    #[must_use]
    pub fn type_name(&self, ty: &Type) -> String {
        match ty {
            Type::Any => "Value".to_owned(),
            Type::Array(item) => format!("Vec<{}>", self.type_name(item)),
            Type::Boolean => "bool".to_owned(),
            Type::Boxed(inner) => format!("Box<{}>", self.type_name(inner)),
            Type::Bytes => "Bytes".to_owned(),
            Type::Format(ty) => ty.name().to_owned(),
            Type::Integer(ty) => ty.rust_name().to_owned(),
            Type::Map(value) => format!("BTreeMap<String, {}>", self.type_name(value)),
            Type::Named(id) => self.type_def(*id).name.to_string(),
            Type::Nullable(inner) => format!("Option<{}>", self.type_name(inner)),
            Type::Number => "f64".to_owned(),
            Type::StatusChoice => "StatusChoice".to_owned(),
            Type::String => "String".to_owned(),
        }
    }

    /// The type of the content of a message as written in Rust; `None` if there is no content.
    #[must_use]
    pub fn payload_name(&self, payload: &Payload) -> Option<String> {
        match payload {
            Payload::Empty => None,
            Payload::One(content) if content.codec == Codec::Open => Some("Media".to_owned()),
            Payload::One(content) => Some(self.type_name(&content.ty)),
            Payload::Several { name, .. } => Some(name.to_string()),
        }
    }
}

/// The package metadata of a crate.
#[derive(Clone, Debug, PartialEq)]
pub struct Package {
    /// `info.title`.
    pub title: String,
    /// `info.description`; empty if there is none.
    pub description: String,
    /// `info.version` as a version that Cargo accepts; `None` if it cannot be converted.
    pub version: Option<String>,
    /// The name by which programs import the crate, in the examples of its documentation.
    pub library: String,
    /// The crates that have types of the document's formats, by name.
    pub dependencies: Vec<Library>,
}

/// A server of the API.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// The URL, or the URL template.
    pub url: String,
    /// The description; empty if there is none.
    pub description: String,
    /// The variables of the URL template.
    pub variables: Vec<ServerVariable>,
}

impl Server {
    /// Returns the URL with the default values of its variables; `None` if a variable is not declared.
    #[must_use]
    pub fn default_url(&self) -> Option<String> {
        let parts = template_parts(&self.url);
        parts
            .map(|part| match part {
                TemplatePart::Literal(text) => Some(text),
                TemplatePart::Parameter(name) => {
                    let mut variables = self.variables.iter();
                    let variable = variables.find(|variable| variable.name == name);
                    variable.map(|variable| variable.default.as_str())
                }
            })
            .collect()
    }
}

/// A variable in the URL template of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerVariable {
    /// The name, as written between braces.
    pub name: String,
    /// The value that is used unless another one is set.
    pub default: String,
    /// The allowed values; empty if any value is allowed.
    pub values: Vec<String>,
}

impl ResponseKey {
    /// Parses a key of `responses`: a code from 100 to 999, `1XX` to `5XX` in either case, or `default`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.as_bytes() {
            b"default" => Some(Self::Default),
            [first @ b'1'..=b'5', b'x' | b'X', b'x' | b'X'] => {
                Some(Self::Range(u16::from(first - b'0')))
            }
            [b'1'..=b'9', b'0'..=b'9', b'0'..=b'9'] => text.parse().ok().map(Self::Exact),
            _ => None,
        }
    }

    /// Returns `true` if the key is for interim responses, which are not final responses.
    #[must_use]
    pub fn is_interim(self) -> bool {
        matches!(self, Self::Exact(100..=199) | Self::Range(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_split_into_segments() {
        let literal = |text: &str| Piece::Literal(text.to_owned());
        let parameter = |name: &str| Piece::Parameter(name.to_owned());
        for (path, expected) in [
            ("/", vec![vec![]]),
            ("/a/{id}", vec![vec![literal("a")], vec![parameter("id")]]),
            (
                "/a/{id}.json",
                vec![vec![literal("a")], vec![parameter("id"), literal(".json")]],
            ),
            (
                "/{a}-{b}",
                vec![vec![parameter("a"), literal("-"), parameter("b")]],
            ),
            ("/a%20b/", vec![vec![literal("a%20b")], vec![]]),
            ("/:x/{y", vec![vec![literal(":x")], vec![literal("{y")]]),
        ] {
            assert_eq!(segments(path), expected, "{path}");
        }
    }

    #[test]
    fn response_keys_are_parsed_and_displayed() {
        for (text, key) in [
            ("404", Some(ResponseKey::Exact(404))),
            ("100", Some(ResponseKey::Exact(100))),
            ("999", Some(ResponseKey::Exact(999))),
            ("default", Some(ResponseKey::Default)),
            ("4XX", Some(ResponseKey::Range(4))),
            ("099", None),
            ("1000", None),
            ("6XX", None),
            ("40X", None),
            ("Default", None),
            ("abc", None),
            ("", None),
            ("+20", None),
        ] {
            assert_eq!(ResponseKey::parse(text), key, "{text}");
            if let Some(key) = key {
                assert_eq!(key.to_string(), text);
            }
        }
        assert_eq!(ResponseKey::parse("4xX"), Some(ResponseKey::Range(4)));
    }

    /// The rule of OpenAPI and RFC 9110, written independently of `match_response_key`.
    fn expected_match(keys: &[ResponseKey], code: u16) -> Option<ResponseKey> {
        let declared = |key: ResponseKey| keys.contains(&key).then_some(key);
        let exact = declared(ResponseKey::Exact(code));
        if code < 200 {
            return exact;
        }
        exact
            .or_else(|| declared(ResponseKey::Range(code / 100)))
            .or_else(|| declared(ResponseKey::Default))
    }

    #[test]
    fn exact_codes_precede_ranges_and_ranges_precede_default() {
        let all = [
            ResponseKey::Default,
            ResponseKey::Range(4),
            ResponseKey::Exact(404),
            ResponseKey::Exact(101),
            ResponseKey::Range(2),
            ResponseKey::Exact(200),
            ResponseKey::Range(5),
            ResponseKey::Exact(299),
        ];
        for subset in 0..1 << all.len() {
            let keys: Vec<_> = (0..all.len())
                .filter(|n| subset >> n & 1 == 1)
                .map(|n| all[n])
                .collect();
            for code in 100..=999 {
                let found = match_response_key(&keys, code).map(|index| keys[index]);
                assert_eq!(found, expected_match(&keys, code), "{keys:?} {code}");
            }
        }
    }
}
