use super::Constant;
use crate::name::Ident;

/// Shared with the generated crate, so that both validate the same formats.
#[path = "../../runtime/codec/formats.rs"]
mod formats;

pub use formats::Format;

/// The index of a set of constraints in [`Model::constraints`](super::Model::constraints).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConstraintsId(pub(crate) usize);

/// The constraints on the values of a schema that their Rust type does not enforce.
///
/// The server validates requests against them, and a value of a union is one of an alternative if it satisfies its
/// constraints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraints {
    /// The name of the generated constant.
    pub name: Ident,
    /// The documentation of the constant, as Markdown.
    pub doc: String,
    /// The constraints, all of which apply.
    pub constraints: Vec<Constraint>,
}

/// A constraint on a value; it does not apply to values of other types.
///
/// Each is a keyword of a schema (OpenAPI 3.0.3, section 4.7.24).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// `minLength`
    MinLength(u64),
    /// `maxLength`
    MaxLength(u64),
    /// `pattern`
    Pattern(Pattern),
    /// `format`
    Format(Format),
    /// `minimum`
    Minimum(Constant),
    /// `minimum` with `exclusiveMinimum`
    ExclusiveMinimum(Constant),
    /// `maximum`
    Maximum(Constant),
    /// `maximum` with `exclusiveMaximum`
    ExclusiveMaximum(Constant),
    /// `multipleOf`
    MultipleOf(Constant),
    /// `minItems`
    MinItems(u64),
    /// `maxItems`
    MaxItems(u64),
    /// `uniqueItems`
    UniqueItems,
    /// `items`
    Items(Vec<Constraint>),
    /// `minProperties`
    MinProperties(u64),
    /// `maxProperties`
    MaxProperties(u64),
    /// A name in `required`, if the Rust type does not enforce it.
    Required(String),
    /// The name of a `writeOnly` property in `required`.
    RequiredInRequest(String),
    /// A property in `properties`
    Property(String, Vec<Constraint>),
    /// `additionalProperties`, which applies to all properties except these.
    AdditionalProperties(Vec<String>, Vec<Constraint>),
    /// Optional properties that must not be `null` if they are present.
    NotNull(Vec<String>),
    /// `additionalProperties: false`, with the names of the allowed properties.
    NoAdditionalProperties(Vec<String>),
    /// `enum`
    Enum(Vec<Constant>),
    /// `type`, if the Rust type does not enforce it.
    Type(JsonType),
    /// Constraints that apply unless the value is `null`.
    Nullable(Vec<Constraint>),
    /// The constraints of another schema: `$ref`
    Ref(ConstraintsId),
    /// `anyOf`: at least one alternative must hold.
    AnyOf(Vec<Vec<Constraint>>),
    /// `oneOf`: exactly one alternative must hold.
    OneOf(Vec<Vec<Constraint>>),
    /// `oneOf` or `anyOf` with a `discriminator`: the property, and the constraints for each of its values.
    Discriminator(String, Vec<(Vec<String>, Vec<Constraint>)>),
    /// `not`
    Not(Vec<Constraint>),
}

/// A JSON type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonType {
    /// `array`
    Array,
    /// `boolean`
    Boolean,
    /// `integer`
    Integer,
    /// `number`
    Number,
    /// `object`
    Object,
    /// `string`
    String,
}

/// A regular expression that a part of a string must match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The expression in the document, in the syntax of ECMA-262.
    pub text: String,
    /// An equivalent expression in the syntax of the crate `regex-lite`.
    pub regex: String,
}
