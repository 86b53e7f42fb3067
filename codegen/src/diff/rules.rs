//! The rules of the comparison, and the functions that compare the keys of a document.

use super::{
    Level,
    document::{node::KeyPair, walk::DiffWalk},
};
use crate::{load::spec::ObjectKind, rules::rules};

/// A kind of change that cannot break anything, which is counted separately from the findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// Texts for readers: titles, summaries, descriptions, links, tags.
    Documentation,
    /// Examples, which the mock returns.
    Example,
    /// Extension keys (`x-...`) without a meaning for the generator.
    Extension,
    /// Parts of the document without effect on the generated crate.
    Unused,
    /// Contents that moved to another place, or that are written differently.
    Moved,
    /// `info.version` and the version of OpenAPI.
    Version,
}

impl Bucket {
    /// All buckets.
    pub const ALL: [Self; 6] = [
        Self::Documentation,
        Self::Example,
        Self::Extension,
        Self::Unused,
        Self::Moved,
        Self::Version,
    ];

    /// Returns the ID in JSON: `documentation`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Documentation => "documentation",
            Self::Example => "examples",
            Self::Extension => "extensions",
            Self::Unused => "unused",
            Self::Moved => "moved",
            Self::Version => "version",
        }
    }

    /// Returns the label in reports, which follows a number: "2 in documentation".
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Documentation => "in documentation",
            Self::Example => "in examples",
            Self::Extension => "in extensions",
            Self::Unused => "without effect",
            Self::Moved => "moved or rewritten",
            Self::Version => "in version fields",
        }
    }
}

rules! {
    /// A rule of the comparison, with an ID that findings show: `response-added`.
    enum DiffRule;

    /// Returns the lowest level of a finding, regardless of the changes in the crate's API.
    floor: Level = Patch;

    /// An operation was added.
    OperationAdded = "operation-added";
    /// An operation was removed.
    OperationRemoved = "operation-removed";
    /// An operation with the same `operationId` has another method or path.
    OperationMoved = "operation-moved", Major;
    /// An operation with the same method and path has another `operationId`.
    OperationRenamed = "operation-renamed";
    /// The first tag of an operation changed, which selects its server trait.
    OperationTagged = "operation-tagged";
    /// A parameter was added.
    ParameterAdded = "parameter-added";
    /// A parameter was removed.
    ParameterRemoved = "parameter-removed";
    /// A parameter was renamed.
    ParameterRenamed = "parameter-renamed";
    /// A parameter became required.
    ParameterRequired = "parameter-required";
    /// A parameter became optional.
    ParameterOptional = "parameter-optional";
    /// A value is serialized differently: `style`, `explode`, `content`.
    SerializationChanged = "serialization-changed";
    /// A request or response now has content.
    BodyAdded = "body-added";
    /// A request or response no longer has content.
    BodyRemoved = "body-removed";
    /// A request body became required.
    BodyRequired = "body-required";
    /// A request body became optional.
    BodyOptional = "body-optional";
    /// A media type was added.
    MediaTypeAdded = "media-type-added";
    /// A media type was removed.
    MediaTypeRemoved = "media-type-removed";
    /// The only media type of some content was replaced.
    MediaTypeChanged = "media-type-changed";
    /// The encoding of the parts of a form changed.
    EncodingChanged = "encoding-changed";
    /// An operation may return another status.
    ResponseAdded = "response-added";
    /// An operation no longer returns a status.
    ResponseRemoved = "response-removed";
    /// An operation returns another status instead of a previous one.
    ResponseReplaced = "response-replaced";
    /// A header field was added to a response.
    HeaderAdded = "header-added";
    /// A header field was removed from a response.
    HeaderRemoved = "header-removed";
    /// A header field of a response became required.
    HeaderRequired = "header-required";
    /// A header field of a response became optional.
    HeaderOptional = "header-optional";
    /// The type of a value changed.
    TypeChanged = "type-changed";
    /// A property was added to an object.
    PropertyAdded = "property-added";
    /// A property was removed from an object.
    PropertyRemoved = "property-removed";
    /// A property became required.
    PropertyRequired = "property-required";
    /// A property became optional.
    PropertyOptional = "property-optional";
    /// The direction of a property changed: `readOnly`, `writeOnly`.
    PropertyDirectionChanged = "property-direction-changed";
    /// The schema of additional properties changed.
    AdditionalPropertiesChanged = "additional-properties-changed";
    /// A value may now be `null`.
    NullAdded = "null-added";
    /// A value can no longer be `null`.
    NullRemoved = "null-removed";
    /// A value was added to an enumeration.
    EnumValueAdded = "enum-value-added";
    /// A value was removed from an enumeration.
    EnumValueRemoved = "enum-value-removed";
    /// An alternative was added to `oneOf` or `anyOf`.
    AlternativeAdded = "alternative-added";
    /// An alternative was removed from `oneOf` or `anyOf`.
    AlternativeRemoved = "alternative-removed";
    /// The parts of an `allOf` changed.
    CompositionChanged = "composition-changed";
    /// The property or the values of a discriminator changed.
    DiscriminatorChanged = "discriminator-changed";
    /// A value of a discriminator selects another alternative.
    DiscriminatorTargetChanged = "discriminator-target-changed", Major;
    /// Fewer values are valid: lengths, ranges, patterns, formats.
    ConstraintTightened = "constraint-tightened";
    /// More values are valid.
    ConstraintRelaxed = "constraint-relaxed";
    /// Different values are valid.
    ConstraintChanged = "constraint-changed";
    /// A default value changed.
    DefaultChanged = "default-changed";
    /// A named schema was added.
    SchemaAdded = "schema-added";
    /// A named schema was removed.
    SchemaRemoved = "schema-removed";
    /// A named schema was renamed.
    SchemaRenamed = "schema-renamed";
    /// The name in Rust changed: `x-name`, `x-enum-varnames`.
    NameChanged = "name-changed";
    /// The facts about a status changed: `x-status`.
    StatusChanged = "status-changed";
    /// A name of a status stands for another code.
    StatusCodeChanged = "status-code-changed", Major;
    /// The security requirements of an operation changed.
    SecurityChanged = "security-changed";
    /// A security scheme was added.
    SchemeAdded = "scheme-added";
    /// A security scheme was removed.
    SchemeRemoved = "scheme-removed";
    /// Credentials are sent or obtained differently.
    SchemeChanged = "scheme-changed";
    /// A server URL changed.
    ServerChanged = "server-changed", Minor;
    /// Something became deprecated.
    Deprecated = "deprecated", Minor;
    /// Something is no longer deprecated.
    Undeprecated = "undeprecated";
    /// Another part of the document changed.
    Changed = "changed";
    /// The API of the crate changed, and no single change of the document explains it.
    RustChanged = "rust-changed";
}

impl DiffRule {
    /// Returns whether a change of the crate's API can be due to this rule.
    #[must_use]
    pub(super) const fn affects_api(self) -> bool {
        !matches!(
            self,
            Self::ConstraintTightened
                | Self::ConstraintRelaxed
                | Self::ConstraintChanged
                | Self::DefaultChanged
                | Self::ServerChanged
        )
    }

    /// Returns whether the message names the part that was added or removed, so that the subject is the object
    /// that has the part.
    #[must_use]
    pub(super) const fn names_part(self) -> bool {
        matches!(
            self,
            Self::AlternativeAdded
                | Self::AlternativeRemoved
                | Self::HeaderAdded
                | Self::HeaderRemoved
                | Self::MediaTypeAdded
                | Self::MediaTypeRemoved
                | Self::ParameterAdded
                | Self::ParameterRemoved
                | Self::PropertyAdded
                | Self::PropertyRemoved
                | Self::ResponseAdded
                | Self::ResponseRemoved
                | Self::ResponseReplaced
        )
    }
}

macro_rules! comparators {
    ($($kind:ident [$($key:literal),*] => $compare:path;)*) => {
        /// Returns the function that compares a key; without one it is compared with
        /// [`DiffWalk::by_value_kind`].
        pub(super) fn comparator<'a>(kind: ObjectKind, key: &str) -> Option<fn(&mut DiffWalk<'a>, &KeyPair<'a>)> {
            match (kind, key) {
                $((ObjectKind::$kind, $($key)|*) => Some($compare),)*
                _ => None,
            }
        }
    };
}

comparators! {
    OpenApi ["openapi"] => DiffWalk::version;
    OpenApi ["servers"] => DiffWalk::servers;
    OpenApi ["tags"] => DiffWalk::listed_tags;
    OpenApi ["security"] => DiffWalk::document_security;
    OpenApi ["components"] => DiffWalk::components;
    // Paths are compared first.
    OpenApi ["paths"] => DiffWalk::deferred;
    Info ["version"] => DiffWalk::version;
    Info ["title"] => DiffWalk::documentation;

    // The operations are paired with these keys.
    PathItem ["$ref", "get", "put", "post", "delete"] => DiffWalk::ignored;
    PathItem ["options", "head", "patch", "trace"] => DiffWalk::ignored;
    PathItem ["parameters"] => DiffWalk::path_parameters;
    PathItem ["servers"] => DiffWalk::overriding_servers;

    Operation ["tags"] => DiffWalk::tags;
    Operation ["operationId"] => DiffWalk::operation_id;
    Operation ["parameters"] => DiffWalk::deferred;
    Operation ["security"] => DiffWalk::operation_security;
    Operation ["requestBody"] => DiffWalk::request_body;
    Operation ["responses"] => DiffWalk::responses;
    Operation ["deprecated"] => DiffWalk::deprecated;
    Operation ["servers"] => DiffWalk::overriding_servers;

    Parameter ["name", "in"] => DiffWalk::covered_elsewhere;
    Parameter ["required"] => DiffWalk::parameter_required;
    Parameter ["deprecated"] => DiffWalk::deprecated;
    Parameter ["style", "explode"] => DiffWalk::serialization;
    Parameter ["schema", "content"] => DiffWalk::schema_or_content;
    Parameter ["example", "examples"] => DiffWalk::example;
    Header ["required"] => DiffWalk::header_required;
    Header ["deprecated"] => DiffWalk::deprecated;
    Header ["style", "explode"] => DiffWalk::serialization;
    Header ["schema", "content"] => DiffWalk::schema_or_content;
    Header ["example", "examples"] => DiffWalk::example;

    RequestBody ["required"] => DiffWalk::body_required;
    RequestBody ["content"] => DiffWalk::request_content;
    Response ["content"] => DiffWalk::response_content;
    Response ["headers"] => DiffWalk::headers;
    Response ["links"] => DiffWalk::unused;
    MediaType ["schema"] => DiffWalk::schema_of_content;
    MediaType ["example", "examples"] => DiffWalk::example;
    MediaType ["encoding"] => DiffWalk::encoding;
    Example ["value", "externalValue"] => DiffWalk::example;
    SecurityScheme ["type", "in", "name", "scheme"] => DiffWalk::scheme;
    SecurityScheme ["bearerFormat"] => DiffWalk::documentation;
    SecurityScheme ["flows", "openIdConnectUrl"] => DiffWalk::flows;

    Schema ["type"] => DiffWalk::schema_type;
    Schema ["format"] => DiffWalk::format;
    Schema ["enum"] => DiffWalk::enum_values;
    Schema ["nullable"] => DiffWalk::nullable;
    Schema ["required"] => DiffWalk::required;
    Schema ["properties"] => DiffWalk::properties;
    Schema ["additionalProperties"] => DiffWalk::additional_properties;
    Schema ["items"] => DiffWalk::array_items;
    Schema ["oneOf", "anyOf"] => DiffWalk::alternatives;
    Schema ["allOf"] => DiffWalk::all_of;
    Schema ["discriminator"] => DiffWalk::discriminator;
    Schema ["maxLength", "maxItems", "maxProperties", "maximum"] => DiffWalk::upper_bound;
    Schema ["minLength", "minItems", "minProperties", "minimum"] => DiffWalk::lower_bound;
    Schema ["pattern", "multipleOf", "not"] => DiffWalk::constraint;
    Schema ["uniqueItems", "exclusiveMinimum", "exclusiveMaximum"] => DiffWalk::constraint;
    Schema ["default"] => DiffWalk::default;
    Schema ["readOnly", "writeOnly"] => DiffWalk::direction;
    Schema ["deprecated"] => DiffWalk::deprecated;
    Schema ["example"] => DiffWalk::example;
    Schema ["xml"] => DiffWalk::unused;
}
