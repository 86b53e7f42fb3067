//! Tables of the objects of OpenAPI 3.0: their keys, and the values of the keys.
//!
//! Source: OpenAPI Specification 3.0.3, section 4.7.

use serde_json::{Map, Value};

use crate::pointer::Pointer;

/// A kind of OpenAPI object.
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

/// The expected kind of a value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ValueKind {
    Text,
    /// One of the listed strings.
    OneOf(&'static [&'static str]),
    Flag,
    Number,
    /// A non-negative integer.
    Count,
    Any,
    Is(ObjectKind),
    /// An object, or a `$ref` to one.
    Ref(ObjectKind),
    /// A boolean, an object, or a `$ref` to one.
    FlagOrRef(ObjectKind),
    List(&'static ValueKind),
    Map(&'static ValueKind),
}

impl ValueKind {
    /// Returns whether a value without members is of this kind.
    pub(super) fn allows(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Any, _)
            | (Self::Text, Value::String(_))
            | (Self::Flag | Self::FlagOrRef(_), Value::Bool(_))
            | (Self::Number, Value::Number(_)) => true,
            (Self::OneOf(allowed), Value::String(text)) => allowed.contains(&text.as_str()),
            (Self::Count, Value::Number(number)) => number.as_u64().is_some(),
            _ => false,
        }
    }
}

/// The specification of a key of an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeySpec {
    pub(crate) name: &'static str,
    pub(crate) kind: ValueKind,
    pub(super) required: bool,
    pub(crate) usage: KeyUse,
}

impl KeySpec {
    /// Returns whether the key affects more than documentation.
    pub(super) fn has_meaning(&self) -> bool {
        // Tags are documentation for OpenAPI, but group the methods of the server.
        self.usage == KeyUse::Meaning || self.name == "tags"
    }
}

/// The effect of a key on the generated crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyUse {
    /// The key affects types or messages on the wire.
    Meaning,
    /// The key affects only documentation.
    Docs,
    /// The key is ignored, with the reason in a few words.
    Unsupported(&'static str),
}

/// The keys that a kind of object may have.
pub(crate) enum ObjectKeys {
    Fields(&'static [KeySpec]),
    /// Any key except `x-...`, all with the same kind of value.
    Named(ValueKind),
}

const fn optional(name: &'static str, kind: ValueKind) -> KeySpec {
    KeySpec {
        name,
        kind,
        required: false,
        usage: KeyUse::Meaning,
    }
}

const fn required(name: &'static str, kind: ValueKind) -> KeySpec {
    KeySpec {
        required: true,
        ..optional(name, kind)
    }
}

const fn docs(name: &'static str, kind: ValueKind) -> KeySpec {
    KeySpec {
        usage: KeyUse::Docs,
        ..optional(name, kind)
    }
}

const fn unsupported(name: &'static str, kind: ValueKind, reason: &'static str) -> KeySpec {
    KeySpec {
        usage: KeyUse::Unsupported(reason),
        ..optional(name, kind)
    }
}

const DESCRIPTION: KeySpec = docs("description", ValueKind::Text);
const SUMMARY: KeySpec = docs("summary", ValueKind::Text);
const EXTERNAL_DOCS: KeySpec = docs("externalDocs", ValueKind::Is(ObjectKind::ExternalDocs));
const DEPRECATED: KeySpec = docs("deprecated", ValueKind::Flag);
const EXAMPLE: KeySpec = docs("example", ValueKind::Any);
const EXAMPLES: KeySpec = docs(
    "examples",
    ValueKind::Map(&ValueKind::Ref(ObjectKind::Example)),
);
const SERVERS: ValueKind = ValueKind::List(&ValueKind::Is(ObjectKind::Server));
const ALLOW_RESERVED: KeySpec = unsupported(
    "allowReserved",
    ValueKind::Flag,
    "reserved characters are always percent-encoded",
);
const ALLOW_EMPTY_VALUE: KeySpec = unsupported(
    "allowEmptyValue",
    ValueKind::Flag,
    "an empty value is validated against the schema",
);
const SECURITY: KeySpec = optional(
    "security",
    ValueKind::List(&ValueKind::Is(ObjectKind::SecurityRequirement)),
);
const PARAMETERS: KeySpec = optional(
    "parameters",
    ValueKind::List(&ValueKind::Ref(ObjectKind::Parameter)),
);
const CONTENT: ValueKind = ValueKind::Map(&ValueKind::Is(ObjectKind::MediaType));
const STYLE: KeySpec = optional(
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
    /// Returns the keys of this kind of object.
    #[expect(clippy::too_many_lines, reason = "it is a table")]
    pub(crate) const fn keys(self) -> ObjectKeys {
        use ValueKind::{Any, Count, Flag, FlagOrRef, Is, List, Map, Number, OneOf, Ref, Text};
        ObjectKeys::Fields(match self {
            Self::OpenApi => {
                const {
                    &[
                        required("openapi", Text),
                        required("info", Is(Self::Info)),
                        optional("servers", SERVERS),
                        required("paths", Is(Self::Paths)),
                        optional("components", Is(Self::Components)),
                        SECURITY,
                        docs("tags", List(&Is(Self::Tag))),
                        EXTERNAL_DOCS,
                    ]
                }
            }
            Self::Info => {
                const {
                    &[
                        required("title", Text),
                        DESCRIPTION,
                        docs("termsOfService", Text),
                        docs("contact", Is(Self::Contact)),
                        docs("license", Is(Self::License)),
                        required("version", Text),
                    ]
                }
            }
            Self::Contact => {
                const {
                    &[
                        optional("name", Text),
                        optional("url", Text),
                        optional("email", Text),
                    ]
                }
            }
            Self::License => const { &[required("name", Text), optional("url", Text)] },
            Self::Server => {
                const {
                    &[
                        required("url", Text),
                        DESCRIPTION,
                        optional("variables", Map(&Is(Self::ServerVariable))),
                    ]
                }
            }
            Self::ServerVariable => {
                const {
                    &[
                        optional("enum", List(&Text)),
                        required("default", Text),
                        DESCRIPTION,
                    ]
                }
            }
            Self::Components => {
                const {
                    &[
                        optional("schemas", Map(&Ref(Self::Schema))),
                        optional("responses", Map(&Ref(Self::Response))),
                        optional("parameters", Map(&Ref(Self::Parameter))),
                        optional("examples", Map(&Ref(Self::Example))),
                        optional("requestBodies", Map(&Ref(Self::RequestBody))),
                        optional("headers", Map(&Ref(Self::Header))),
                        optional("securitySchemes", Map(&Ref(Self::SecurityScheme))),
                        docs("links", Map(&Ref(Self::Link))),
                        docs("callbacks", Map(&Ref(Self::Callback))),
                    ]
                }
            }
            Self::Callback | Self::Paths => return ObjectKeys::Named(Ref(Self::PathItem)),
            Self::PathItem => {
                const {
                    &[
                        optional("$ref", Text),
                        SUMMARY,
                        DESCRIPTION,
                        optional("get", Is(Self::Operation)),
                        optional("put", Is(Self::Operation)),
                        optional("post", Is(Self::Operation)),
                        optional("delete", Is(Self::Operation)),
                        optional("options", Is(Self::Operation)),
                        optional("head", Is(Self::Operation)),
                        optional("patch", Is(Self::Operation)),
                        optional("trace", Is(Self::Operation)),
                        optional("servers", SERVERS),
                        PARAMETERS,
                    ]
                }
            }
            Self::Operation => {
                const {
                    &[
                        docs("tags", List(&Text)),
                        SUMMARY,
                        DESCRIPTION,
                        EXTERNAL_DOCS,
                        optional("operationId", Text),
                        PARAMETERS,
                        optional("requestBody", Ref(Self::RequestBody)),
                        // Required by OpenAPI, but often missing; lowering reports it.
                        optional("responses", Is(Self::Responses)),
                        unsupported(
                            "callbacks",
                            Map(&Ref(Self::Callback)),
                            "no code is generated for callbacks",
                        ),
                        DEPRECATED,
                        SECURITY,
                        optional("servers", SERVERS),
                    ]
                }
            }
            Self::ExternalDocs => const { &[DESCRIPTION, required("url", Text)] },
            Self::Parameter => {
                const {
                    &[
                        required("name", Text),
                        required("in", OneOf(&["cookie", "header", "path", "query"])),
                        DESCRIPTION,
                        optional("required", Flag),
                        DEPRECATED,
                        ALLOW_EMPTY_VALUE,
                        STYLE,
                        optional("explode", Flag),
                        ALLOW_RESERVED,
                        optional("schema", Ref(Self::Schema)),
                        EXAMPLE,
                        EXAMPLES,
                        optional("content", CONTENT),
                    ]
                }
            }
            Self::Header => {
                const {
                    &[
                        DESCRIPTION,
                        optional("required", Flag),
                        DEPRECATED,
                        ALLOW_EMPTY_VALUE,
                        STYLE,
                        optional("explode", Flag),
                        ALLOW_RESERVED,
                        optional("schema", Ref(Self::Schema)),
                        EXAMPLE,
                        EXAMPLES,
                        optional("content", CONTENT),
                    ]
                }
            }
            Self::RequestBody => {
                const {
                    &[
                        DESCRIPTION,
                        required("content", CONTENT),
                        optional("required", Flag),
                    ]
                }
            }
            Self::MediaType => {
                const {
                    &[
                        optional("schema", Ref(Self::Schema)),
                        EXAMPLE,
                        EXAMPLES,
                        optional("encoding", Map(&Is(Self::Encoding))),
                    ]
                }
            }
            Self::Encoding => {
                const {
                    &[
                        optional("contentType", Text),
                        optional("headers", Map(&Ref(Self::Header))),
                        STYLE,
                        optional("explode", Flag),
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
                        optional("headers", Map(&Ref(Self::Header))),
                        optional("content", CONTENT),
                        unsupported(
                            "links",
                            Map(&Ref(Self::Link)),
                            "no code is generated for links",
                        ),
                    ]
                }
            }
            Self::Example => {
                const {
                    &[
                        SUMMARY,
                        DESCRIPTION,
                        optional("value", Any),
                        unsupported("externalValue", Text, "external examples are not fetched"),
                    ]
                }
            }
            Self::Link => {
                const {
                    &[
                        optional("operationRef", Text),
                        optional("operationId", Text),
                        optional("parameters", Map(&Any)),
                        optional("requestBody", Any),
                        DESCRIPTION,
                        optional("server", Is(Self::Server)),
                    ]
                }
            }
            Self::Tag => const { &[required("name", Text), DESCRIPTION, EXTERNAL_DOCS] },
            Self::Schema => {
                const {
                    &[
                        docs("title", Text),
                        optional("multipleOf", Number),
                        optional("maximum", Number),
                        optional("exclusiveMaximum", Flag),
                        optional("minimum", Number),
                        optional("exclusiveMinimum", Flag),
                        optional("maxLength", Count),
                        optional("minLength", Count),
                        optional("pattern", Text),
                        optional("maxItems", Count),
                        optional("minItems", Count),
                        optional("uniqueItems", Flag),
                        optional("maxProperties", Count),
                        optional("minProperties", Count),
                        optional("required", List(&Text)),
                        optional("enum", List(&Any)),
                        optional(
                            "type",
                            OneOf(&["array", "boolean", "integer", "number", "object", "string"]),
                        ),
                        optional("allOf", List(&Ref(Self::Schema))),
                        optional("oneOf", List(&Ref(Self::Schema))),
                        optional("anyOf", List(&Ref(Self::Schema))),
                        optional("not", Ref(Self::Schema)),
                        optional("items", Ref(Self::Schema)),
                        optional("properties", Map(&Ref(Self::Schema))),
                        optional("additionalProperties", FlagOrRef(Self::Schema)),
                        DESCRIPTION,
                        optional("format", Text),
                        optional("default", Any),
                        optional("nullable", Flag),
                        optional("discriminator", Is(Self::Discriminator)),
                        optional("readOnly", Flag),
                        optional("writeOnly", Flag),
                        docs("xml", Is(Self::Xml)),
                        EXTERNAL_DOCS,
                        EXAMPLE,
                        DEPRECATED,
                    ]
                }
            }
            Self::Discriminator => {
                const {
                    &[
                        required("propertyName", Text),
                        optional("mapping", Map(&Text)),
                    ]
                }
            }
            Self::Xml => {
                const {
                    &[
                        optional("name", Text),
                        optional("namespace", Text),
                        optional("prefix", Text),
                        optional("attribute", Flag),
                        optional("wrapped", Flag),
                    ]
                }
            }
            Self::SecurityScheme => {
                const {
                    &[
                        required(
                            "type",
                            OneOf(&["apiKey", "http", "oauth2", "openIdConnect"]),
                        ),
                        DESCRIPTION,
                        optional("name", Text),
                        optional("in", OneOf(&["cookie", "header", "query"])),
                        optional("scheme", Text),
                        optional("bearerFormat", Text),
                        optional("flows", Is(Self::OAuthFlows)),
                        optional("openIdConnectUrl", Text),
                    ]
                }
            }
            Self::OAuthFlows => {
                const {
                    &[
                        optional("implicit", Is(Self::AuthorizationFlow)),
                        optional("password", Is(Self::TokenFlow)),
                        optional("clientCredentials", Is(Self::TokenFlow)),
                        optional("authorizationCode", Is(Self::AuthorizationCodeFlow)),
                    ]
                }
            }
            Self::AuthorizationFlow => {
                const {
                    &[
                        required("authorizationUrl", Text),
                        optional("refreshUrl", Text),
                        required("scopes", Map(&Text)),
                    ]
                }
            }
            Self::TokenFlow => {
                const {
                    &[
                        required("tokenUrl", Text),
                        optional("refreshUrl", Text),
                        required("scopes", Map(&Text)),
                    ]
                }
            }
            Self::AuthorizationCodeFlow => {
                const {
                    &[
                        required("authorizationUrl", Text),
                        required("tokenUrl", Text),
                        optional("refreshUrl", Text),
                        required("scopes", Map(&Text)),
                    ]
                }
            }
            Self::SecurityRequirement => return ObjectKeys::Named(List(&Text)),
        })
    }

    /// Returns the specification of a key; `None` if the keys of this kind of object are names.
    pub(crate) fn field(self, key: &str) -> Option<&'static KeySpec> {
        match self.keys() {
            ObjectKeys::Fields(fields) => fields.iter().find(|field| field.name == key),
            ObjectKeys::Named(_) => None,
        }
    }

    /// Returns whether a `$ref` may stand in place of this kind of object.
    pub(super) fn can_be_reference(self) -> bool {
        SECTIONS.iter().any(|(_, kind)| *kind == self)
    }

    /// Returns the noun for messages, with its article.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::AuthorizationCodeFlow | Self::AuthorizationFlow | Self::TokenFlow => {
                "an OAuth flow"
            }
            Self::Callback => "a callback",
            Self::Components => "the components object",
            Self::Contact => "a contact object",
            Self::Discriminator => "a discriminator",
            Self::Encoding => "an encoding",
            Self::Example => "an example",
            Self::ExternalDocs => "an external documentation object",
            Self::Header => "a header",
            Self::Info => "the info object",
            Self::License => "a license object",
            Self::Link => "a link",
            Self::MediaType => "a media type",
            Self::OAuthFlows => "an OAuth flows object",
            Self::OpenApi => "the document",
            Self::Operation => "an operation",
            Self::Parameter => "a parameter",
            Self::PathItem => "a path item",
            Self::Paths => "the paths object",
            Self::RequestBody => "a request body",
            Self::Response => "a response",
            Self::Responses => "a responses object",
            Self::Schema => "a schema",
            Self::SecurityRequirement => "a security requirement",
            Self::SecurityScheme => "a security scheme",
            Self::Server => "a server",
            Self::ServerVariable => "a server variable",
            Self::Tag => "a tag",
            Self::Xml => "an XML object",
        }
    }
}

/// Returns the keys that are required because of the other keys of an object.
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

/// The extensions that the generator reads, each with the kinds of objects in which it has a meaning.
pub(super) const EXTENSIONS: [(&str, &[ObjectKind]); 4] = [
    ("x-enum-varnames", &[ObjectKind::Schema]),
    ("x-lint", &[ObjectKind::OpenApi]),
    (
        "x-name",
        &[
            ObjectKind::Operation,
            ObjectKind::Responses,
            ObjectKind::Schema,
            ObjectKind::Tag,
        ],
    ),
    ("x-status", &[ObjectKind::Response]),
];

/// The formats of OpenAPI 3.0, section 4.4, and the other ones that the generator reads or validates. Any other
/// format is allowed and has no effect.
pub(super) const FORMATS: [&str; 17] = [
    "binary",
    "byte",
    "date",
    "date-time",
    "double",
    "email",
    "float",
    "hostname",
    "int32",
    "int64",
    "ipv4",
    "ipv6",
    "password",
    "status-choice",
    "time",
    "uri",
    "uuid",
];

/// The sections of `components`, each with the kind of its objects.
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

/// Returns the kind of a component; `None` for any other place.
pub(super) fn section_of(target: &Pointer) -> Option<ObjectKind> {
    let segments: Vec<_> = target.segments().take(4).collect();
    let [components, section, _] = segments.as_slice() else {
        return None;
    };
    let (_, kind) = SECTIONS.iter().find(|(name, _)| name == section)?;
    (components == "components").then_some(*kind)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// The kinds of objects, by their names in the JSON Schema of the specification.
    const NAMES: [(&str, ObjectKind); 32] = [
        (
            "AuthorizationCodeOAuthFlow",
            ObjectKind::AuthorizationCodeFlow,
        ),
        ("Callback", ObjectKind::Callback),
        ("ClientCredentialsFlow", ObjectKind::TokenFlow),
        ("Components", ObjectKind::Components),
        ("Contact", ObjectKind::Contact),
        ("Discriminator", ObjectKind::Discriminator),
        ("Encoding", ObjectKind::Encoding),
        ("Example", ObjectKind::Example),
        ("ExternalDocumentation", ObjectKind::ExternalDocs),
        ("Header", ObjectKind::Header),
        ("ImplicitOAuthFlow", ObjectKind::AuthorizationFlow),
        ("Info", ObjectKind::Info),
        ("License", ObjectKind::License),
        ("Link", ObjectKind::Link),
        ("MediaType", ObjectKind::MediaType),
        ("OAuthFlows", ObjectKind::OAuthFlows),
        ("OpenAPI", ObjectKind::OpenApi),
        ("Operation", ObjectKind::Operation),
        ("Parameter", ObjectKind::Parameter),
        ("PasswordOAuthFlow", ObjectKind::TokenFlow),
        ("PathItem", ObjectKind::PathItem),
        ("Paths", ObjectKind::Paths),
        ("RequestBody", ObjectKind::RequestBody),
        ("Response", ObjectKind::Response),
        ("Responses", ObjectKind::Responses),
        ("Schema", ObjectKind::Schema),
        ("SecurityRequirement", ObjectKind::SecurityRequirement),
        ("SecurityScheme", ObjectKind::SecurityScheme),
        ("Server", ObjectKind::Server),
        ("ServerVariable", ObjectKind::ServerVariable),
        ("Tag", ObjectKind::Tag),
        ("XML", ObjectKind::Xml),
    ];

    #[test]
    fn the_tables_have_the_keys_of_the_specification() {
        let data: Value =
            serde_json::from_str(include_str!("../../../tests/openapi-keys.json")).unwrap();
        let mut specified: BTreeMap<String, BTreeSet<String>> =
            serde_json::from_value(data["objects"].clone()).unwrap();
        for (name, kind) in NAMES {
            let keys = specified.remove(name).unwrap();
            // `default` is one of the names in `responses`.
            let ObjectKeys::Fields(fields) = kind.keys() else {
                assert!(keys.is_empty() || name == "Responses", "{name}");
                continue;
            };
            let fields = fields.iter().map(|field| field.name.to_owned());
            assert_eq!(fields.collect::<BTreeSet<_>>(), keys, "{name}");
        }
        assert_eq!(specified, BTreeMap::new());
    }
}
