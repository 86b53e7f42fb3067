//! The form of an OpenAPI 3.0 document, as tables.
//!
//! Source of the tables: the OpenAPI Specification 3.0.3, section 4.7.

use serde_json::{Map, Value};

use crate::pointer::Pointer;

/// The kinds of objects, as OpenAPI names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ObjectKind {
    AuthorizationCodeFlow,
    AuthorizationFlow,
    Callback,
    Components,
    Contact,
    Discriminator,
    Encoding,
    Example,
    ExternalDocs,
    Header,
    Info,
    License,
    Link,
    MediaType,
    OAuthFlows,
    OpenApi,
    Operation,
    Parameter,
    PathItem,
    Paths,
    RequestBody,
    Response,
    Responses,
    Schema,
    SecurityRequirement,
    SecurityScheme,
    Server,
    ServerVariable,
    Tag,
    TokenFlow,
    Xml,
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ValueKind {
    Text,
    OneOf(&'static [&'static str]),
    Flag,
    Number,
    Count,
    Any,
    Is(ObjectKind),
    /// The thing itself, or a `$ref` to it.
    Ref(ObjectKind),
    FlagOrRef(ObjectKind),
    List(&'static ValueKind),
    Map(&'static ValueKind),
}

/// A key of an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeySpec {
    pub(crate) name: &'static str,
    pub(crate) form: ValueKind,
    pub(super) required: bool,
    pub(crate) usage: KeyUse,
}

/// What is made of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyUse {
    /// Something changes with it: a type, or what is on the wire.
    Meaning,
    /// It only says something to people.
    Prose,
    /// Nothing, although it means something; why, in a few words.
    Nothing(&'static str),
}

/// The keys that an object may have.
pub(crate) enum ObjectKeys {
    Fields(&'static [KeySpec]),
    /// Any key but `x-...`, each with a value of one form.
    Named(ValueKind),
}

const fn may(name: &'static str, form: ValueKind) -> KeySpec {
    KeySpec {
        name,
        form,
        required: false,
        usage: KeyUse::Meaning,
    }
}

const fn must(name: &'static str, form: ValueKind) -> KeySpec {
    KeySpec {
        required: true,
        ..may(name, form)
    }
}

const fn prose(name: &'static str, form: ValueKind) -> KeySpec {
    KeySpec {
        usage: KeyUse::Prose,
        ..may(name, form)
    }
}

const fn unused(name: &'static str, form: ValueKind, why: &'static str) -> KeySpec {
    KeySpec {
        usage: KeyUse::Nothing(why),
        ..may(name, form)
    }
}

const DESCRIPTION: KeySpec = prose("description", ValueKind::Text);
const SUMMARY: KeySpec = prose("summary", ValueKind::Text);
const EXTERNAL_DOCS: KeySpec = prose("externalDocs", ValueKind::Is(ObjectKind::ExternalDocs));
const DEPRECATED: KeySpec = prose("deprecated", ValueKind::Flag);
const EXAMPLE: KeySpec = prose("example", ValueKind::Any);
const EXAMPLES: KeySpec = prose(
    "examples",
    ValueKind::Map(&ValueKind::Ref(ObjectKind::Example)),
);
const SERVERS: ValueKind = ValueKind::List(&ValueKind::Is(ObjectKind::Server));
const OTHER_SERVERS: KeySpec = unused(
    "servers",
    SERVERS,
    "requests go to the base URL of the client",
);
const ALLOW_RESERVED: KeySpec = unused(
    "allowReserved",
    ValueKind::Flag,
    "all that is reserved is percent-encoded",
);
const ALLOW_EMPTY_VALUE: KeySpec = unused(
    "allowEmptyValue",
    ValueKind::Flag,
    "an empty value has to be one of the schema",
);
const SECURITY: KeySpec = may(
    "security",
    ValueKind::List(&ValueKind::Is(ObjectKind::SecurityRequirement)),
);
const PARAMETERS: KeySpec = may(
    "parameters",
    ValueKind::List(&ValueKind::Ref(ObjectKind::Parameter)),
);
const CONTENT: ValueKind = ValueKind::Map(&ValueKind::Is(ObjectKind::MediaType));
const STYLE: KeySpec = may(
    "style",
    ValueKind::OneOf(&[
        "deepObject",
        "form",
        "label",
        "matrix",
        "pipeDelimited",
        "simple",
        "spaceDelimited",
    ]),
);

impl ObjectKind {
    /// The keys it may have.
    #[expect(clippy::too_many_lines, reason = "it is a table")]
    pub(crate) const fn members(self) -> ObjectKeys {
        use ValueKind::{Any, Count, Flag, FlagOrRef, Is, List, Map, Number, OneOf, Ref, Text};
        ObjectKeys::Fields(match self {
            Self::OpenApi => {
                const {
                    &[
                        must("openapi", Text),
                        must("info", Is(Self::Info)),
                        may("servers", SERVERS),
                        must("paths", Is(Self::Paths)),
                        may("components", Is(Self::Components)),
                        SECURITY,
                        prose("tags", List(&Is(Self::Tag))),
                        EXTERNAL_DOCS,
                    ]
                }
            }
            Self::Info => {
                const {
                    &[
                        must("title", Text),
                        DESCRIPTION,
                        prose("termsOfService", Text),
                        prose("contact", Is(Self::Contact)),
                        prose("license", Is(Self::License)),
                        must("version", Text),
                    ]
                }
            }
            Self::Contact => const { &[may("name", Text), may("url", Text), may("email", Text)] },
            Self::License => const { &[must("name", Text), may("url", Text)] },
            Self::Server => {
                const {
                    &[
                        must("url", Text),
                        DESCRIPTION,
                        may("variables", Map(&Is(Self::ServerVariable))),
                    ]
                }
            }
            Self::ServerVariable => {
                const { &[may("enum", List(&Text)), must("default", Text), DESCRIPTION] }
            }
            Self::Components => {
                const {
                    &[
                        may("schemas", Map(&Ref(Self::Schema))),
                        may("responses", Map(&Ref(Self::Response))),
                        may("parameters", Map(&Ref(Self::Parameter))),
                        may("examples", Map(&Ref(Self::Example))),
                        may("requestBodies", Map(&Ref(Self::RequestBody))),
                        may("headers", Map(&Ref(Self::Header))),
                        may("securitySchemes", Map(&Ref(Self::SecurityScheme))),
                        prose("links", Map(&Ref(Self::Link))),
                        prose("callbacks", Map(&Ref(Self::Callback))),
                    ]
                }
            }
            Self::Callback | Self::Paths => return ObjectKeys::Named(Ref(Self::PathItem)),
            Self::PathItem => {
                const {
                    &[
                        may("$ref", Text),
                        SUMMARY,
                        DESCRIPTION,
                        may("get", Is(Self::Operation)),
                        may("put", Is(Self::Operation)),
                        may("post", Is(Self::Operation)),
                        may("delete", Is(Self::Operation)),
                        may("options", Is(Self::Operation)),
                        may("head", Is(Self::Operation)),
                        may("patch", Is(Self::Operation)),
                        may("trace", Is(Self::Operation)),
                        OTHER_SERVERS,
                        PARAMETERS,
                    ]
                }
            }
            Self::Operation => {
                const {
                    &[
                        prose("tags", List(&Text)),
                        SUMMARY,
                        DESCRIPTION,
                        EXTERNAL_DOCS,
                        may("operationId", Text),
                        PARAMETERS,
                        may("requestBody", Ref(Self::RequestBody)),
                        // Required, and missing often: then there is no answer to speak of.
                        may("responses", Is(Self::Responses)),
                        unused(
                            "callbacks",
                            Map(&Ref(Self::Callback)),
                            "no server calls back, and no client listens",
                        ),
                        DEPRECATED,
                        SECURITY,
                        OTHER_SERVERS,
                    ]
                }
            }
            Self::ExternalDocs => const { &[DESCRIPTION, must("url", Text)] },
            Self::Parameter => {
                const {
                    &[
                        must("name", Text),
                        must("in", OneOf(&["cookie", "header", "path", "query"])),
                        DESCRIPTION,
                        may("required", Flag),
                        DEPRECATED,
                        ALLOW_EMPTY_VALUE,
                        STYLE,
                        may("explode", Flag),
                        ALLOW_RESERVED,
                        may("schema", Ref(Self::Schema)),
                        EXAMPLE,
                        EXAMPLES,
                        may("content", CONTENT),
                    ]
                }
            }
            Self::Header => {
                const {
                    &[
                        DESCRIPTION,
                        may("required", Flag),
                        DEPRECATED,
                        ALLOW_EMPTY_VALUE,
                        STYLE,
                        may("explode", Flag),
                        ALLOW_RESERVED,
                        may("schema", Ref(Self::Schema)),
                        EXAMPLE,
                        EXAMPLES,
                        may("content", CONTENT),
                    ]
                }
            }
            Self::RequestBody => {
                const { &[DESCRIPTION, must("content", CONTENT), may("required", Flag)] }
            }
            Self::MediaType => {
                const {
                    &[
                        may("schema", Ref(Self::Schema)),
                        EXAMPLE,
                        EXAMPLES,
                        may("encoding", Map(&Is(Self::Encoding))),
                    ]
                }
            }
            Self::Encoding => {
                const {
                    &[
                        may("contentType", Text),
                        may("headers", Map(&Ref(Self::Header))),
                        STYLE,
                        may("explode", Flag),
                        ALLOW_RESERVED,
                    ]
                }
            }
            Self::Responses => return ObjectKeys::Named(Ref(Self::Response)),
            Self::Response => {
                const {
                    &[
                        KeySpec {
                            required: true,
                            ..DESCRIPTION
                        },
                        may("headers", Map(&Ref(Self::Header))),
                        may("content", CONTENT),
                        prose("links", Map(&Ref(Self::Link))),
                    ]
                }
            }
            Self::Example => {
                const {
                    &[
                        SUMMARY,
                        DESCRIPTION,
                        may("value", Any),
                        unused("externalValue", Text, "nobody fetches it"),
                    ]
                }
            }
            Self::Link => {
                const {
                    &[
                        may("operationRef", Text),
                        may("operationId", Text),
                        may("parameters", Map(&Any)),
                        may("requestBody", Any),
                        DESCRIPTION,
                        may("server", Is(Self::Server)),
                    ]
                }
            }
            Self::Tag => const { &[must("name", Text), DESCRIPTION, EXTERNAL_DOCS] },
            Self::Schema => {
                const {
                    &[
                        prose("title", Text),
                        may("multipleOf", Number),
                        may("maximum", Number),
                        may("exclusiveMaximum", Flag),
                        may("minimum", Number),
                        may("exclusiveMinimum", Flag),
                        may("maxLength", Count),
                        may("minLength", Count),
                        may("pattern", Text),
                        may("maxItems", Count),
                        may("minItems", Count),
                        may("uniqueItems", Flag),
                        may("maxProperties", Count),
                        may("minProperties", Count),
                        may("required", List(&Text)),
                        may("enum", List(&Any)),
                        may(
                            "type",
                            OneOf(&["array", "boolean", "integer", "number", "object", "string"]),
                        ),
                        may("allOf", List(&Ref(Self::Schema))),
                        may("oneOf", List(&Ref(Self::Schema))),
                        may("anyOf", List(&Ref(Self::Schema))),
                        may("not", Ref(Self::Schema)),
                        may("items", Ref(Self::Schema)),
                        may("properties", Map(&Ref(Self::Schema))),
                        may("additionalProperties", FlagOrRef(Self::Schema)),
                        DESCRIPTION,
                        may("format", Text),
                        may("default", Any),
                        may("nullable", Flag),
                        may("discriminator", Is(Self::Discriminator)),
                        may("readOnly", Flag),
                        may("writeOnly", Flag),
                        prose("xml", Is(Self::Xml)),
                        EXTERNAL_DOCS,
                        EXAMPLE,
                        DEPRECATED,
                    ]
                }
            }
            Self::Discriminator => {
                const { &[must("propertyName", Text), may("mapping", Map(&Text))] }
            }
            Self::Xml => {
                const {
                    &[
                        may("name", Text),
                        may("namespace", Text),
                        may("prefix", Text),
                        may("attribute", Flag),
                        may("wrapped", Flag),
                    ]
                }
            }
            Self::SecurityScheme => {
                const {
                    &[
                        must(
                            "type",
                            OneOf(&["apiKey", "http", "oauth2", "openIdConnect"]),
                        ),
                        DESCRIPTION,
                        may("name", Text),
                        may("in", OneOf(&["cookie", "header", "query"])),
                        may("scheme", Text),
                        may("bearerFormat", Text),
                        may("flows", Is(Self::OAuthFlows)),
                        may("openIdConnectUrl", Text),
                    ]
                }
            }
            Self::OAuthFlows => {
                const {
                    &[
                        may("implicit", Is(Self::AuthorizationFlow)),
                        may("password", Is(Self::TokenFlow)),
                        may("clientCredentials", Is(Self::TokenFlow)),
                        may("authorizationCode", Is(Self::AuthorizationCodeFlow)),
                    ]
                }
            }
            Self::AuthorizationFlow => {
                const {
                    &[
                        must("authorizationUrl", Text),
                        may("refreshUrl", Text),
                        must("scopes", Map(&Text)),
                    ]
                }
            }
            Self::TokenFlow => {
                const {
                    &[
                        must("tokenUrl", Text),
                        may("refreshUrl", Text),
                        must("scopes", Map(&Text)),
                    ]
                }
            }
            Self::AuthorizationCodeFlow => {
                const {
                    &[
                        must("authorizationUrl", Text),
                        must("tokenUrl", Text),
                        may("refreshUrl", Text),
                        must("scopes", Map(&Text)),
                    ]
                }
            }
            Self::SecurityRequirement => return ObjectKeys::Named(List(&Text)),
        })
    }

    /// What messages call it.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::AuthorizationCodeFlow | Self::AuthorizationFlow | Self::TokenFlow => {
                "an OAuth flow"
            }
            Self::Callback => "a callback",
            Self::Components => "the components",
            Self::Contact => "a contact",
            Self::Discriminator => "a discriminator",
            Self::Encoding => "an encoding",
            Self::Example => "an example",
            Self::ExternalDocs => "external documentation",
            Self::Header => "a header",
            Self::Info => "the info",
            Self::License => "a licence",
            Self::Link => "a link",
            Self::MediaType => "a media type",
            Self::OAuthFlows => "the OAuth flows",
            Self::OpenApi => "a document",
            Self::Operation => "an operation",
            Self::Parameter => "a parameter",
            Self::PathItem => "a path",
            Self::Paths => "the paths",
            Self::RequestBody => "a request body",
            Self::Response => "a response",
            Self::Responses => "the responses",
            Self::Schema => "a schema",
            Self::SecurityRequirement => "a security requirement",
            Self::SecurityScheme => "a security scheme",
            Self::Server => "a server",
            Self::ServerVariable => "a server variable",
            Self::Tag => "a tag",
            Self::Xml => "an XML hint",
        }
    }
}

/// The keys that an object needs because of those it has.
pub(super) fn dependent(kind: ObjectKind, members: &Map<String, Value>) -> &'static [&'static str] {
    match kind {
        ObjectKind::Parameter | ObjectKind::Header if !members.contains_key("content") => {
            &["schema"]
        }
        ObjectKind::SecurityScheme => match members.get("type").and_then(Value::as_str) {
            Some("apiKey") => &["name", "in"],
            Some("http") => &["scheme"],
            Some("oauth2") => &["flows"],
            Some("openIdConnect") => &["openIdConnectUrl"],
            _ => &[],
        },
        _ => &[],
    }
}

/// The kinds of things that a `$ref` may lead to, each with its place under `components`.
pub(crate) const SECTIONS: [(&str, ObjectKind); 9] = [
    ("schemas", ObjectKind::Schema),
    ("responses", ObjectKind::Response),
    ("parameters", ObjectKind::Parameter),
    ("examples", ObjectKind::Example),
    ("requestBodies", ObjectKind::RequestBody),
    ("headers", ObjectKind::Header),
    ("securitySchemes", ObjectKind::SecurityScheme),
    ("links", ObjectKind::Link),
    ("callbacks", ObjectKind::Callback),
];

/// The kind of a place directly under a section of `components`.
pub(super) fn section_of(target: &Pointer) -> Option<ObjectKind> {
    let segments: Vec<_> = target.segments().take(4).collect();
    let [components, section, _] = segments.as_slice() else {
        return None;
    };
    let (_, kind) = SECTIONS.iter().find(|(name, _)| name == section)?;
    (components == "components").then_some(*kind)
}
