use std::fmt;

use serde_json::Value;

use super::Origin;
use crate::name::Ident;

/// The index of a type in [`Model::types`](super::Model::types).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub(crate) usize);

/// A type, where it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Any value of JSON.
    Any,
    /// A list.
    Array(Box<Self>),
    /// `true` or `false`.
    Boolean,
    /// A type that would contain itself otherwise.
    Boxed(Box<Self>),
    /// Bytes, as they are on the wire.
    Bytes,
    /// A 32-bit integer.
    Integer32,
    /// A 64-bit integer.
    Integer64,
    /// An object whose keys the document does not name.
    Map(Box<Self>),
    /// A type with a definition.
    Named(TypeId),
    /// A type whose value may be `null`.
    Nullable(Box<Self>),
    /// A floating-point number.
    Number,
    /// httpbin's choice syntax: `200:9,503:1`.
    StatusChoice,
    /// A text.
    String,
}

/// The definition of a type.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeDef {
    /// Its name.
    pub name: Ident,
    /// What it is, as Markdown.
    pub doc: String,
    /// Whether the document advises against it.
    pub deprecated: bool,
    /// What it is made of.
    pub kind: TypeKind,
    /// Where it stands.
    pub origin: Origin,
}

/// What a type is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// Another name for a type.
    Alias(Type),
    /// A type of its own around another, in which it may stand itself: a list of such lists.
    Wrapper(Type),
    /// One of some texts.
    TextEnum(Vec<EnumValue<String>>),
    /// One of some integers.
    IntegerEnum(Vec<EnumValue<i64>>),
    /// One of some values that are not all texts and not all integers.
    MixedEnum(Vec<EnumValue<Constant>>),
    /// The parts of a form of `multipart/form-data`.
    Form {
        /// The parts that the document names, by name.
        parts: Vec<FormPart>,
        /// All others, where they are allowed.
        others: Option<Ident>,
    },
    /// One of several types.
    Union {
        /// The types.
        variants: Vec<UnionVariant>,
        /// The property that tells which of them it is.
        tag: Option<String>,
    },
    /// An object.
    Struct {
        /// The properties that the document names, by name.
        fields: Vec<Field>,
        /// The type of all others, where they are allowed and typed.
        others: Option<(Ident, Type)>,
    },
}

/// A value of an enumeration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumValue<T> {
    /// The variant.
    pub name: Ident,
    /// The value on the wire.
    pub value: T,
    /// Where it stands.
    pub origin: Origin,
}

/// A value that stands in the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constant {
    /// `true` or `false`.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// Another number, as JSON writes it.
    Number(String),
    /// A text.
    Text(String),
    /// A list, an object or `null`, as JSON writes it.
    Json(String),
}

impl Constant {
    /// The value that a value of JSON is.
    #[must_use]
    pub fn new(value: &Value) -> Self {
        match value {
            Value::Bool(flag) => Self::Boolean(*flag),
            Value::Number(number) => match number.as_i64() {
                Some(number) => Self::Integer(number),
                None => Self::Number(number.to_string()),
            },
            Value::String(text) => Self::Text(text.clone()),
            value => Self::Json(value.to_string()),
        }
    }
}

/// As JSON writes it, but for the quotes of a text.
impl fmt::Display for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(flag) => flag.fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Number(text) | Self::Text(text) | Self::Json(text) => f.write_str(text),
        }
    }
}

/// One of the types that a value may be of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnionVariant {
    /// The variant.
    pub name: Ident,
    /// What it holds.
    pub ty: Type,
    /// The values of the tag that stand for it, the first of which is written.
    pub tags: Vec<String>,
    /// Where it stands.
    pub origin: Origin,
}

/// A part of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormPart {
    /// The field.
    pub name: Ident,
    /// The name on the wire.
    pub wire: String,
    /// How it is written.
    pub kind: PartKind,
    /// Whether there may be several with the name.
    pub many: bool,
    /// Whether it has to be there.
    pub required: bool,
    /// Its media type, where it is not what goes without saying.
    pub media: Option<String>,
    /// What it is, as Markdown.
    pub doc: String,
    /// Whether the document advises against it.
    pub deprecated: bool,
    /// Where it stands.
    pub origin: Origin,
}

/// How a part of a form is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// As the bytes of a file.
    File,
    /// As a text.
    Text(Type),
    /// As JSON.
    Json(Type),
}

/// Which way a property goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// In requests and answers.
    Both,
    /// In answers alone: `readOnly`.
    Response,
    /// In requests alone: `writeOnly`.
    Request,
}

/// A property of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The field.
    pub name: Ident,
    /// The property on the wire.
    pub wire: String,
    /// Its type, without the `Option` of a property that may be absent.
    pub ty: Type,
    /// Which way it goes.
    pub direction: Direction,
    /// Whether it has to be there, whichever way the object goes that the document uses.
    pub required: bool,
    /// What it is, as Markdown.
    pub doc: String,
    /// Whether the document advises against it.
    pub deprecated: bool,
    /// Where it stands.
    pub origin: Origin,
}
