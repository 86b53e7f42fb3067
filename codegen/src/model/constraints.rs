use super::Constant;
use crate::name::Ident;

/// Shared with the generated crate, so that a format is known here if it is there.
#[path = "../../runtime/formats.rs"]
mod formats;

pub use formats::Format;

/// The index of some constraints in [`Model::constraints`](super::Model::constraints).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConstraintsId(pub(crate) usize);

/// What has to hold for the values of a schema, beyond what their type says.
///
/// The server holds requests against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraints {
    /// The constant.
    pub name: Ident,
    /// What it is, in words.
    pub doc: String,
    /// All that has to hold.
    pub constraints: Vec<Constraint>,
}

/// One thing that has to hold for a value; it says nothing of values of another type.
///
/// Each is a keyword of a schema (OpenAPI 3.0.3, section 4.7.24).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// `minLength`
    MinLength(u64),
    /// `maxLength`
    MaxLength(u64),
    /// `pattern`
    Pattern(String),
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
    /// One of `required`, where the type does not say it.
    Required(String),
    /// One of `properties`
    Property(String, Vec<Constraint>),
    /// `additionalProperties`, but for those of these names.
    AdditionalProperties(Vec<String>, Vec<Constraint>),
    /// That these properties, which need not be there, are no `null` if they are.
    NotNull(Vec<String>),
    /// `additionalProperties: false`, with the names of the others.
    NoAdditionalProperties(Vec<String>),
    /// `enum`
    Enum(Vec<Constant>),
    /// `type`, where the type in Rust does not say it.
    Type(JsonType),
    /// What holds unless the value is `null`.
    Nullable(Vec<Constraint>),
    /// What holds elsewhere: `$ref`
    Ref(ConstraintsId),
    /// `anyOf`, and `oneOf`: what two alternatives describe is taken as either.
    AnyOf(Vec<Vec<Constraint>>),
    /// `oneOf` or `anyOf` with a `discriminator`: the property, and what holds by its values.
    Discriminator(String, Vec<(Vec<String>, Vec<Constraint>)>),
    /// `not`
    Not(Vec<Constraint>),
}

/// A type of JSON.
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
