//! The rules by which two documents are held against each other.

use std::fmt;

use super::Level;

/// A group of changes that nothing breaks by, counted and kept apart from the findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// Words for people: titles, summaries, descriptions, links, tags.
    Documentation,
    /// Examples, which the mock answers with.
    Example,
    /// Keys of extensions (`x-...`) that nothing is made of.
    Extension,
    /// What the generator makes nothing of.
    Unused,
    /// What says the same elsewhere, or in another way.
    Moved,
    /// `info.version`, and the version of OpenAPI.
    Version,
}

impl Bucket {
    /// Every bucket.
    pub const ALL: [Self; 6] = [
        Self::Documentation,
        Self::Example,
        Self::Extension,
        Self::Unused,
        Self::Moved,
        Self::Version,
    ];

    /// Its name in JSON: `documentation`.
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

    /// What is in it, in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Documentation => "in documentation",
            Self::Example => "in examples",
            Self::Extension => "in extensions",
            Self::Unused => "without effect",
            Self::Moved => "said elsewhere or otherwise",
            Self::Version => "in versions",
        }
    }
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])* $name:ident = $id:literal, $floor:ident $(, $shapeless:ident)?;)*) => {
        /// The rules, named as findings name them: `response-added`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum DiffRule {
            $($(#[doc = $doc])* $name,)*
        }

        impl DiffRule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name in findings.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }

            /// What a finding asks of the next version, whatever the crate's API says.
            #[must_use]
            pub const fn floor(self) -> Level {
                match self {
                    $(Self::$name => Level::$floor,)*
                }
            }

            /// Whether it says itself which part of something has come or gone, so that what it is about is
            /// what has the part.
            #[must_use]
            pub(super) const fn is_of_part(self) -> bool {
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

            /// Whether a change of the crate's API can be due to it.
            #[must_use]
            pub(super) const fn is_seen_in_api(self) -> bool {
                match self {
                    $(Self::$name => true $(&& rules!(@$shapeless))?,)*
                }
            }
        }
    };
    (@hidden) => { false };
}

rules! {
    /// An operation is new.
    OperationAdded = "operation-added", Patch;
    /// An operation is gone.
    OperationRemoved = "operation-removed", Patch;
    /// An operation has another method or path, and the same `operationId`.
    OperationMoved = "operation-moved", Major;
    /// An operation has another `operationId`, and the same method and path.
    OperationRenamed = "operation-renamed", Patch;
    /// An operation has another tag as its first, by which the server is split.
    OperationTagged = "operation-tagged", Patch;
    /// A parameter is new.
    ParameterAdded = "parameter-added", Patch;
    /// A parameter is gone.
    ParameterRemoved = "parameter-removed", Patch;
    /// A parameter is called otherwise.
    ParameterRenamed = "parameter-renamed", Patch;
    /// A parameter has to be there now.
    ParameterRequired = "parameter-required", Patch;
    /// A parameter need not be there any more.
    ParameterOptional = "parameter-optional", Patch;
    /// A value is written otherwise: `style`, `explode`, `content`.
    SerializationChanged = "serialization-changed", Patch;
    /// A request or an answer has content now.
    BodyAdded = "body-added", Patch;
    /// A request or an answer has no content any more.
    BodyRemoved = "body-removed", Patch;
    /// The content of a request has to be there now.
    BodyRequired = "body-required", Patch;
    /// The content of a request need not be there any more.
    BodyOptional = "body-optional", Patch;
    /// Content may be of one more media type.
    MediaTypeAdded = "media-type-added", Patch;
    /// Content cannot be of a media type any more.
    MediaTypeRemoved = "media-type-removed", Patch;
    /// Content is of another media type.
    MediaTypeChanged = "media-type-changed", Patch;
    /// How the parts of a form are written has changed.
    EncodingChanged = "encoding-changed", Patch;
    /// An operation may answer with one more status.
    ResponseAdded = "response-added", Patch;
    /// An operation does not answer with a status any more.
    ResponseRemoved = "response-removed", Patch;
    /// An operation answers with another status in place of one.
    ResponseReplaced = "response-replaced", Patch;
    /// An answer has one more header field.
    HeaderAdded = "header-added", Patch;
    /// An answer has a header field no more.
    HeaderRemoved = "header-removed", Patch;
    /// An answer always has a header field now.
    HeaderRequired = "header-required", Patch;
    /// An answer need not have a header field any more.
    HeaderOptional = "header-optional", Patch;
    /// A value is of another type.
    TypeChanged = "type-changed", Patch;
    /// An object may have one more property.
    PropertyAdded = "property-added", Patch;
    /// An object has a property no more.
    PropertyRemoved = "property-removed", Patch;
    /// A property has to be there now.
    PropertyRequired = "property-required", Patch;
    /// A property need not be there any more.
    PropertyOptional = "property-optional", Patch;
    /// A property goes another way: `readOnly`, `writeOnly`.
    PropertyWay = "property-way", Patch;
    /// What holds for the properties that have no name has changed.
    AdditionalPropertiesChanged = "additional-properties-changed", Patch;
    /// A value may be `null` now.
    NullAdded = "null-added", Patch;
    /// A value cannot be `null` any more.
    NullRemoved = "null-removed", Patch;
    /// One more value is declared.
    EnumValueAdded = "enum-value-added", Patch;
    /// A value is declared no more.
    EnumValueRemoved = "enum-value-removed", Patch;
    /// A value may be of one more type.
    AlternativeAdded = "alternative-added", Patch;
    /// A value cannot be of a type any more.
    AlternativeRemoved = "alternative-removed", Patch;
    /// An object is made of other parts: `allOf`.
    CompositionChanged = "composition-changed", Patch;
    /// What tells alternatives apart has changed.
    DiscriminatorChanged = "discriminator-changed", Patch;
    /// Fewer values are valid: lengths, ranges, patterns, formats.
    LimitTightened = "limit-tightened", Patch, hidden;
    /// More values are valid.
    LimitRelaxed = "limit-relaxed", Patch, hidden;
    /// Other values are valid.
    LimitChanged = "limit-changed", Patch, hidden;
    /// What is taken where there is no value has changed.
    DefaultChanged = "default-changed", Patch, hidden;
    /// A named schema is new.
    SchemaAdded = "schema-added", Patch;
    /// A named schema is gone.
    SchemaRemoved = "schema-removed", Patch;
    /// A named schema is called otherwise.
    SchemaRenamed = "schema-renamed", Patch;
    /// The document chooses another name in Rust: `x-name`.
    NameChanged = "name-changed", Patch;
    /// What is known of a status has changed: `x-status`.
    StatusChanged = "status-changed", Patch;
    /// A name of a status stands for another code.
    StatusCodeChanged = "status-code-changed", Major;
    /// What an operation asks of those who call it has changed.
    SecurityChanged = "security-changed", Patch;
    /// A security scheme is new.
    SchemeAdded = "scheme-added", Patch;
    /// A security scheme is gone.
    SchemeRemoved = "scheme-removed", Patch;
    /// Credentials are sent otherwise.
    SchemeChanged = "scheme-changed", Patch;
    /// The API is served elsewhere.
    ServerChanged = "server-changed", Minor, hidden;
    /// The document advises against something now.
    Deprecated = "deprecated", Minor;
    /// The document does not advise against something any more.
    Undeprecated = "undeprecated", Patch;
    /// Something else of the document has changed.
    Changed = "changed", Patch;
    /// The API of the crate has changed, and no place of the document by itself says why.
    RustChanged = "rust-changed", Patch;
}

impl fmt::Display for DiffRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
