use std::{fmt, ops::RangeInclusive};

use serde_json::{Number, Value};

use super::{ConstraintsId, FormatType, Origin};
use crate::name::Ident;

/// The index of a type in [`Model::types`](super::Model::types).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub(crate) usize);

/// A use of a type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Any JSON value.
    Any,
    /// An array.
    Array(Box<Self>),
    /// `true` or `false`.
    Boolean,
    /// A boxed type, so that a type does not contain itself.
    Boxed(Box<Self>),
    /// Raw bytes.
    Bytes,
    /// A type of strings with a format.
    Format(FormatType),
    /// An integer.
    Integer(IntegerType),
    /// An object whose properties the document does not name.
    Map(Box<Self>),
    /// A type with a definition.
    Named(TypeId),
    /// A type that allows `null`.
    Nullable(Box<Self>),
    /// A floating-point number.
    Number,
    /// httpbin's choice syntax: `200:9,503:1`.
    StatusChoice,
    /// A string.
    String,
}

/// A type of integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IntegerType {
    /// `i8`
    Int8,
    /// `i16`
    Int16,
    /// `i32`
    Int32,
    /// `i64`
    Int64,
    /// `u8`
    Uint8,
    /// `u16`
    Uint16,
    /// `u32`
    Uint32,
    /// `u64`
    Uint64,
}

impl IntegerType {
    /// All types of integers.
    pub const ALL: [Self; 8] = [
        Self::Int8,
        Self::Int16,
        Self::Int32,
        Self::Int64,
        Self::Uint8,
        Self::Uint16,
        Self::Uint32,
        Self::Uint64,
    ];

    /// Returns the type for a value of `format`. The names are those of the OpenAPI Format Registry.
    #[must_use]
    pub fn from_format(format: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ty| ty.format() == format)
    }

    /// Returns the value of `format` that selects the type.
    #[must_use]
    pub const fn format(self) -> &'static str {
        match self {
            Self::Int8 => "int8",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Uint8 => "uint8",
            Self::Uint16 => "uint16",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
        }
    }

    /// Returns the type in Rust.
    #[must_use]
    pub const fn rust_name(self) -> &'static str {
        match self {
            Self::Int8 => "i8",
            Self::Int16 => "i16",
            Self::Int32 => "i32",
            Self::Int64 => "i64",
            Self::Uint8 => "u8",
            Self::Uint16 => "u16",
            Self::Uint32 => "u32",
            Self::Uint64 => "u64",
        }
    }

    /// Returns the smallest and the largest value.
    #[must_use]
    pub fn range(self) -> RangeInclusive<i128> {
        match self {
            Self::Int8 => i8::MIN.into()..=i8::MAX.into(),
            Self::Int16 => i16::MIN.into()..=i16::MAX.into(),
            Self::Int32 => i32::MIN.into()..=i32::MAX.into(),
            Self::Int64 => i64::MIN.into()..=i64::MAX.into(),
            Self::Uint8 => 0..=u8::MAX.into(),
            Self::Uint16 => 0..=u16::MAX.into(),
            Self::Uint32 => 0..=u32::MAX.into(),
            Self::Uint64 => 0..=u64::MAX.into(),
        }
    }
}

/// The definition of a type.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeDef {
    /// The name.
    pub name: Ident,
    /// The documentation, as Markdown.
    pub doc: String,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// The kind of type, with its parts.
    pub kind: TypeKind,
    /// Its places in the document.
    pub origin: Origin,
}

/// The kind of a type definition, with its parts.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// Another name for a type.
    Alias(Type),
    /// A newtype, which the inner type may refer to: a list of such lists.
    Wrapper(Type),
    /// An enumeration of strings.
    TextEnum(Vec<EnumValue<String>>),
    /// An enumeration of integers.
    IntegerEnum(Vec<EnumValue<i64>>),
    /// An enumeration of values that are neither all strings nor all integers.
    MixedEnum(Vec<EnumValue<Constant>>),
    /// A `multipart/form-data` form.
    Form {
        /// The declared parts, in the order of the document.
        parts: Vec<FormPart>,
        /// The name of the field for undeclared parts, if they are allowed.
        others: Option<Ident>,
    },
    /// A union of types.
    Union {
        /// The variants, one for each type.
        variants: Vec<UnionVariant>,
        /// The discriminator property.
        tag: Option<String>,
    },
    /// An object.
    Struct {
        /// The declared properties, in the order of the document.
        fields: Vec<Field>,
        /// The name and value type of the field for additional properties, if `additionalProperties` allows
        /// them.
        others: Option<(Ident, Type)>,
    },
}

/// A value of an enumeration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumValue<T> {
    /// The name of the variant.
    pub name: Ident,
    /// The value on the wire.
    pub value: T,
    /// Its places in the document.
    pub origin: Origin,
}

/// A literal value in the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constant {
    /// `true` or `false`.
    Boolean(bool),
    /// An integer.
    Integer(i128),
    /// Another number, as JSON.
    Number(String),
    /// A string.
    Text(String),
    /// An array, an object or `null`, as JSON.
    Json(String),
}

impl Constant {
    /// Converts a JSON value.
    #[must_use]
    pub fn new(value: &Value) -> Self {
        match value {
            Value::Bool(flag) => Self::Boolean(*flag),
            Value::Number(number) => match integer(number) {
                Some(number) => Self::Integer(number),
                None => Self::Number(number.to_string()),
            },
            Value::String(text) => Self::Text(text.clone()),
            value => Self::Json(value.to_string()),
        }
    }
}

/// Returns the value of a number that JSON represents as an integer.
pub(crate) fn integer(number: &Number) -> Option<i128> {
    let signed = number.as_i64().map(i128::from);
    signed.or_else(|| number.as_u64().map(i128::from))
}

/// Writes the value as JSON, but strings without quotes.
impl fmt::Display for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(flag) => flag.fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Number(text) | Self::Text(text) | Self::Json(text) => f.write_str(text),
        }
    }
}

/// A variant of a union.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnionVariant {
    /// The name of the variant.
    pub name: Ident,
    /// The type of its value.
    pub ty: Type,
    /// The values of the discriminator that select it; the first one is written.
    pub tags: Vec<String>,
    /// Without a discriminator, the constraints of which a value must satisfy one to select it; none if every value
    /// of the type does.
    pub constraints: Vec<ConstraintsId>,
    /// Its places in the document.
    pub origin: Origin,
}

/// A part of a `multipart/form-data` form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormPart {
    /// The name of the field.
    pub name: Ident,
    /// The name on the wire.
    pub wire: String,
    /// The encoding.
    pub kind: PartKind,
    /// Whether there may be several parts with this name.
    pub many: bool,
    /// Whether it is required.
    pub required: bool,
    /// The only value of the part, which is not an argument of `new` even if it is required.
    pub fixed: Option<Constant>,
    /// The media type, if the document declares one.
    pub media: Option<String>,
    /// The documentation, as Markdown.
    pub doc: String,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// Its places in the document.
    pub origin: Origin,
}

/// The encoding of a part of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// A file, as raw bytes.
    File,
    /// Plain text.
    Text(Type),
    /// JSON.
    Json(Type),
}

/// A direction of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Requests and responses.
    Both,
    /// Responses only: `readOnly`.
    Response,
    /// Requests only: `writeOnly`.
    Request,
}

/// A property of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name of the field.
    pub name: Ident,
    /// The name of the property on the wire.
    pub wire: String,
    /// Its type, without the `Option` of a property that may be absent.
    pub ty: Type,
    /// Whether it is required in every message in which the document uses the object.
    pub required: bool,
    /// The messages in which the document requires it: one direction for a `readOnly` or `writeOnly` property.
    pub required_in: Option<Direction>,
    /// The only value of the property, which is not an argument of `new` even if it is required.
    pub fixed: Option<Constant>,
    /// The value of a property that is absent, according to the document.
    pub default: Option<Constant>,
    /// The documentation, as Markdown.
    pub doc: String,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// Its places in the document.
    pub origin: Origin,
}
