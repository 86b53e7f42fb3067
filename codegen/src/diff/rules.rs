//! The rules of the comparison.

use std::fmt;

use super::Level;

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

/// Defines the rules. A row names its exceptions: the lowest level of a finding, if that is not `Patch`, and
/// `api unaffected` if the rule never changes the API of the crate.
macro_rules! rules {
    (
        $($(#[doc = $doc:literal])*
        $name:ident = $id:literal $(, floor $floor:ident)? $(, api $api:ident)?;)*
    ) => {
        /// A rule of the comparison, with an ID that findings show: `response-added`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum DiffRule {
            $($(#[doc = $doc])* $name,)*
        }

        impl DiffRule {
            /// All rules.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the ID.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }

            /// Returns the lowest level of a finding, regardless of the changes in the crate's API.
            #[must_use]
            pub const fn floor(self) -> Level {
                match self {
                    $(Self::$name => rules!(@floor $($floor)?),)*
                }
            }

            /// Returns whether the message names the part that was added or removed, so that the subject is
            /// the object that has the part.
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

            /// Returns whether a change of the crate's API can be due to this rule.
            #[must_use]
            pub(super) const fn affects_api(self) -> bool {
                match self {
                    $(Self::$name => rules!(@affects_api $($api)?),)*
                }
            }
        }
    };
    (@floor) => { Level::Patch };
    (@floor $floor:ident) => { Level::$floor };
    (@affects_api) => { true };
    (@affects_api unaffected) => { false };
}

rules! {
    /// An operation was added.
    OperationAdded = "operation-added";
    /// An operation was removed.
    OperationRemoved = "operation-removed";
    /// An operation with the same `operationId` has another method or path.
    OperationMoved = "operation-moved", floor Major;
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
    /// Fewer values are valid: lengths, ranges, patterns, formats.
    ConstraintTightened = "constraint-tightened", api unaffected;
    /// More values are valid.
    ConstraintRelaxed = "constraint-relaxed", api unaffected;
    /// Different values are valid.
    ConstraintChanged = "constraint-changed", api unaffected;
    /// A default value changed.
    DefaultChanged = "default-changed", api unaffected;
    /// A named schema was added.
    SchemaAdded = "schema-added";
    /// A named schema was removed.
    SchemaRemoved = "schema-removed";
    /// A named schema was renamed.
    SchemaRenamed = "schema-renamed";
    /// The name in Rust changed: `x-name`.
    NameChanged = "name-changed";
    /// The facts about a status changed: `x-status`.
    StatusChanged = "status-changed";
    /// A name of a status stands for another code.
    StatusCodeChanged = "status-code-changed", floor Major;
    /// The security requirements of an operation changed.
    SecurityChanged = "security-changed";
    /// A security scheme was added.
    SchemeAdded = "scheme-added";
    /// A security scheme was removed.
    SchemeRemoved = "scheme-removed";
    /// Credentials are sent or obtained differently.
    SchemeChanged = "scheme-changed";
    /// A server URL changed.
    ServerChanged = "server-changed", floor Minor, api unaffected;
    /// Something became deprecated.
    Deprecated = "deprecated", floor Minor;
    /// Something is no longer deprecated.
    Undeprecated = "undeprecated";
    /// Another part of the document changed.
    Changed = "changed";
    /// The API of the crate changed, and no single change of the document explains it.
    RustChanged = "rust-changed";
}

impl fmt::Display for DiffRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
