//! What a document means, as plain data.
//!
//! Nothing here knows OpenAPI's types or Rust's tokens. Names and order are final: an emitter writes
//! them down as they come.

mod constraints;
mod operation;
mod origin;
mod response;
mod schema;
mod security;
mod status;

pub use constraints::{Constraint, Constraints, ConstraintsId, Format, JsonType};
pub use operation::{
    BuiltInResponse, Condition, Handler, Location, Method, Operation, Parameter, RequestBody,
    RequestExample, ResponseExample, Style, TagGroup,
};
pub use origin::Origin;
pub use response::{
    BodyVariant, Codec, Content, IsSuccess, Payload, ResponseEnum, ResponseVariant, SuccessType,
};
pub use schema::{
    Constant, Direction, EnumValue, Field, FormPart, PartKind, Type, TypeDef, TypeId, TypeKind,
    UnionVariant,
};
pub use security::{CredentialAlternative, CredentialSet, SchemeKind, SecurityScheme};
pub use status::{Catalogue, ContentRule, Status};

/// Shared with the generated crate, so that there is one copy of the rule.
#[path = "../runtime/response_key.rs"]
mod response_key;

pub use response_key::{ResponseKey, match_response_key};

/// Shared with the generated crate, so that `explain` says what the crate says.
#[path = "../runtime/class.rs"]
mod class;

pub use class::{Class, Retry};

/// Shared with the generated crate, so that an example is sound here if it is there.
#[path = "../runtime/weighted_status.rs"]
pub mod weighted_status;

/// Shared with the generated crate, so that client and server see the same parameters in a path.
#[path = "../runtime/path_template.rs"]
mod path_template;

pub use path_template::{Piece, Segment, TemplatePart, fixed_query, parts, parts_of, segments};

/// A document, ready to be written down as a crate.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// What the crate is.
    pub package: Package,
    /// Every status of the catalogue and of the document, by code.
    pub statuses: Vec<Status>,
    /// The types of bodies, parameters and headers, by name.
    pub types: Vec<TypeDef>,
    /// What has to hold for what comes in with requests.
    pub constraints: Vec<Constraints>,
    /// The distinct sets of responses, by name.
    pub response_enums: Vec<ResponseEnum>,
    /// The operations, by path and then method.
    pub operations: Vec<Operation>,
    /// What operations have a trait of their own; empty if one trait has them all.
    pub groups: Vec<TagGroup>,
    /// The ways to say who asks, by name.
    pub schemes: Vec<SecurityScheme>,
    /// The distinct sets of credentials that operations ask for.
    pub credentials: Vec<CredentialSet>,
    /// Where the API is served, in the order of the document.
    pub servers: Vec<Server>,
    /// The path in the URL of the first server; empty without one.
    pub base_path: String,
    /// How much the document has, and how much of it is here.
    pub counts: Counts,
}

/// How much a document has, and how much of it is in the model: where that is less, there is a warning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The operations.
    pub operations: Count,
    /// The responses of all operations, by status key.
    pub responses: Count,
    /// The parameters of all operations.
    pub parameters: Count,
    /// The schemas that operations use, each place that has one, and the named ones.
    pub schemas: Count,
}

/// How many of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// In the document.
    pub declared: usize,
    /// Those of them that something has been made of.
    pub lowered: usize,
}

impl Model {
    /// The set of responses that an operation answers from.
    ///
    /// # Panics
    /// If the operation is of another model.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "lowering makes no operation without its set"
    )]
    pub fn response_enum(&self, operation: &Operation) -> &ResponseEnum {
        &self.response_enums[operation.response_enum]
    }

    /// Whether the document has security schemes, or an operation that asks for one.
    #[must_use]
    pub fn has_security(&self) -> bool {
        !self.schemes.is_empty() || !self.credentials.is_empty()
    }

    /// The credentials that an operation asks for.
    #[must_use]
    pub fn credentials(&self, operation: &Operation) -> Option<&CredentialSet> {
        self.credentials.get(operation.credentials?)
    }

    /// The module of the trait that an operation's method is in: `server`, or `server::pets`.
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
    /// If the type is of another model.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "lowering makes no `TypeId` without its type"
    )]
    pub fn type_def(&self, id: TypeId) -> &TypeDef {
        &self.types[id.0]
    }

    /// What has to hold for a value.
    ///
    /// # Panics
    /// If it is of another model.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "lowering makes no `ConstraintsId` without its limits"
    )]
    pub fn constraints(&self, id: ConstraintsId) -> &Constraints {
        &self.constraints[id.0]
    }

    /// Whether `null` is a value of a type, by itself or by the type that it is another name of.
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
    /// A type in words of Rust: `Vec<Pet>`.
    #[must_use]
    pub fn type_name(&self, ty: &Type) -> String {
        match ty {
            Type::Any => "Value".to_owned(),
            Type::Array(item) => format!("Vec<{}>", self.type_name(item)),
            Type::Boolean => "bool".to_owned(),
            Type::Boxed(inner) => format!("Box<{}>", self.type_name(inner)),
            Type::Bytes => "Bytes".to_owned(),
            Type::Integer32 => "i32".to_owned(),
            Type::Integer64 => "i64".to_owned(),
            Type::Map(value) => format!("BTreeMap<String, {}>", self.type_name(value)),
            Type::Named(id) => self.type_def(*id).name.to_string(),
            Type::Nullable(inner) => format!("Option<{}>", self.type_name(inner)),
            Type::Number => "f64".to_owned(),
            Type::StatusChoice => "StatusChoice".to_owned(),
            Type::String => "String".to_owned(),
        }
    }

    /// The content of a message in words of Rust; `None` where there is none.
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

/// What a crate says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Package {
    /// `info.title`.
    pub title: String,
    /// `info.description`, empty where there is none.
    pub description: String,
    /// `info.version` as Cargo takes it; `None` where it gives no version.
    pub version: Option<String>,
    /// The name by which programs import the crate, in the examples of its documentation.
    pub library: String,
}

/// A place where the API is served.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// The URL, or its template.
    pub url: String,
    /// What it is, empty where the document does not say.
    pub description: String,
    /// The variables in its URL, by name.
    pub variables: Vec<ServerVariable>,
}

/// A variable in the URL of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerVariable {
    /// Its name, as it stands in braces.
    pub name: String,
    /// Its value, if no other is given.
    pub default: String,
    /// The values that it may have; empty for any.
    pub values: Vec<String>,
}

impl ResponseKey {
    /// Reads a key of `responses`: a code from 100 to 999, `1XX` to `5XX` in either case, `default`.
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

    /// Whether it stands for interim codes, which are no answer.
    #[must_use]
    pub fn is_interim(self) -> bool {
        matches!(self, Self::Exact(100..=199) | Self::Range(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_segments() {
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
    fn keys_are_read_and_written() {
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

    /// What OpenAPI and RFC 9110 say, without looking at how `match_response_key` does it.
    fn oracle(keys: &[ResponseKey], code: u16) -> Option<ResponseKey> {
        let has = |key: ResponseKey| keys.contains(&key).then_some(key);
        let exact = has(ResponseKey::Exact(code));
        if code < 200 {
            return exact;
        }
        exact
            .or_else(|| has(ResponseKey::Range(code / 100)))
            .or_else(|| has(ResponseKey::Default))
    }

    #[test]
    fn exact_beats_range_beats_default() {
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
        for set in 0..1 << all.len() {
            let keys: Vec<_> = (0..all.len())
                .filter(|n| set >> n & 1 == 1)
                .map(|n| all[n])
                .collect();
            for code in 100..=999 {
                let found = match_response_key(&keys, code).map(|index| keys[index]);
                assert_eq!(found, oracle(&keys, code), "{keys:?} {code}");
            }
        }
    }
}
