//! Each key that OpenAPI defines has an effect in each object: on the model, or as a finding.
//!
//! The keys come from the JSON Schema of the specification, in `tests/openapi-keys.json`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use statusquo_codegen::{Options, model::Model, report::Place, source::Source};
use statusquo_tests::{catalogue, read};

/// Keys without an effect: the object, the keys, the ends of their places, and the reason.
type WithoutEffect = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static str,
);

const WITHOUT_EFFECT: &[WithoutEffect] = &[
    (
        "OpenAPI",
        &["openapi"],
        &[""],
        "every version 3.0.x is read in the same way",
    ),
    (
        "OpenAPI",
        &["externalDocs"],
        &[""],
        "the crate documents itself",
    ),
    (
        "Operation",
        &["externalDocs"],
        &["/post"],
        "the crate documents itself",
    ),
    (
        "Tag",
        &["externalDocs"],
        &["/tags/0"],
        "the crate documents itself",
    ),
    (
        "ExternalDocumentation",
        &["description", "url"],
        &["/externalDocs"],
        "the crate documents itself",
    ),
    (
        "Info",
        &["contact", "license", "termsOfService"],
        &["/info"],
        "they are those of the API, not of the crate",
    ),
    (
        "Contact",
        &["email", "name", "url"],
        &["/contact"],
        "it is that of the API, not of the crate",
    ),
    (
        "License",
        &["name", "url"],
        &["/license"],
        "it is that of the API, not of the crate",
    ),
    (
        "ServerVariable",
        &["description"],
        &["/host"],
        "a variable has no item of its own",
    ),
    (
        "Components",
        &["callbacks", "links"],
        &["/components"],
        "reported at the operations that refer to them",
    ),
    (
        "Link",
        &[
            "description",
            "operationId",
            "operationRef",
            "parameters",
            "requestBody",
            "server",
        ],
        &["/L"],
        "reported with the `links` of a response",
    ),
    (
        "Example",
        &["description", "summary"],
        &["/a", "/E"],
        "examples are identified by their names",
    ),
    (
        "MediaType",
        &["example", "examples"],
        &["/multipart~1form-data"],
        "parts of a form have examples in their schemas",
    ),
    (
        "Header",
        &["style"],
        &["/X-A", "/B"],
        "`simple` is the only style of header fields",
    ),
    (
        "SecurityScheme",
        &["bearerFormat"],
        &["/http"],
        "a hint; tokens of any format are sent",
    ),
    (
        "SecurityScheme",
        &["openIdConnectUrl"],
        &["/openid"],
        "the client sends tokens, but does not obtain them",
    ),
    (
        "SecurityScheme",
        &["flows"],
        &["/oauth"],
        "the client sends tokens, but does not obtain them",
    ),
    (
        "OAuthFlows",
        &[
            "authorizationCode",
            "clientCredentials",
            "implicit",
            "password",
        ],
        &["/flows"],
        "the client sends tokens, but does not obtain them",
    ),
    (
        "AuthorizationCodeOAuthFlow",
        &["authorizationUrl", "refreshUrl", "scopes", "tokenUrl"],
        &["/authorizationCode"],
        "the client sends tokens, but does not obtain them",
    ),
    (
        "ClientCredentialsFlow",
        &["refreshUrl", "scopes", "tokenUrl"],
        &["/clientCredentials"],
        "the client sends tokens, but does not obtain them",
    ),
    (
        "ImplicitOAuthFlow",
        &["authorizationUrl", "refreshUrl", "scopes"],
        &["/implicit"],
        "the client sends tokens, but does not obtain them",
    ),
    (
        "PasswordOAuthFlow",
        &["refreshUrl", "scopes", "tokenUrl"],
        &["/password"],
        "the client sends tokens, but does not obtain them",
    ),
    (
        "XML",
        &["attribute", "name", "namespace", "prefix", "wrapped"],
        &["/xml"],
        "XML is passed through as bytes, with a warning",
    ),
];

/// The places of schemas that are not a named item of the crate.
const WITHOUT_ITEM: &[&str] = &[
    "request",
    "response",
    "items",
    "additionalProperties",
    "allOf of one",
    "allOf of two",
    "oneOf",
    "anyOf",
];

/// Keywords without an effect in some places.
const KEYWORDS_WITHOUT_EFFECT: &[WithoutEffect] = &[
    (
        "Schema",
        &["externalDocs"],
        &[""],
        "the crate documents itself",
    ),
    (
        "Schema",
        &["xml"],
        &[""],
        "XML is passed through as bytes, with a warning",
    ),
    (
        "Schema",
        &["description", "title", "deprecated"],
        WITHOUT_ITEM,
        "no item has this documentation",
    ),
    (
        "Schema",
        &["default"],
        &["additionalProperties"],
        "a value that is missing has no key",
    ),
    (
        "Schema",
        &["example"],
        &["additionalProperties", "multipart"],
        "the example of the object is used",
    ),
    (
        "Schema",
        &[
            "exclusiveMaximum",
            "maxItems",
            "maximum",
            "minLength",
            "not",
            "uniqueItems",
        ],
        &["response"],
        "the client does not validate responses beyond their types",
    ),
    (
        "Schema",
        &["nullable"],
        &["query", "header", "cookie", "response header"],
        "a parameter cannot be null",
    ),
    (
        "Schema",
        &["nullable"],
        &["allOf of two"],
        "each part has to allow null",
    ),
    (
        "Schema",
        &["readOnly", "writeOnly"],
        WITHOUT_ITEM,
        "OpenAPI defines it for properties only",
    ),
];

/// A document with each kind of object.
fn document() -> Value {
    let string = json!({"type": "string"});
    let response = json!({
        "description": "Fine.",
        "headers": {"X-A": {"schema": string}, "X-B": {"$ref": "#/components/headers/B"}},
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}},
    });
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Keys", "version": "1.0.0", "contact": {}, "license": {"name": "MIT"}},
        "externalDocs": {"url": "https://example.com"},
        "tags": [{"name": "one", "description": "The first.", "externalDocs": {"url": "https://example.com"}}],
        "servers": [{"url": "https://{host}/", "variables": {"host": {"default": "example.com"}}}],
        "paths": {
            "/a/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": string}],
                "post": {
                    "operationId": "getA",
                    "tags": ["one"],
                    "externalDocs": {"url": "https://example.com"},
                    "parameters": [
                        {"name": "q", "in": "query", "schema": {"type": "array", "items": string},
                            "examples": {"a": {"value": []}}},
                        {"name": "h", "in": "header", "schema": {"type": "array", "items": string}},
                        {"name": "c", "in": "cookie", "schema": string},
                        {"$ref": "#/components/parameters/P"},
                    ],
                    "requestBody": {"content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/A"},
                            "examples": {"a": {"value": {}}}},
                        "multipart/form-data": {
                            "schema": {"type": "object", "properties": {"a": {"type": "array",
                                "items": string}}},
                            "encoding": {"a": {}},
                        },
                        "application/x-www-form-urlencoded": {
                            "schema": {"type": "object", "properties": {"a": {"type": "array",
                                "items": string}}},
                        },
                    }},
                    "responses": {"200": response, "404": {"$ref": "#/components/responses/R"}},
                },
                "put": {
                    "requestBody": {"$ref": "#/components/requestBodies/B"},
                    "responses": {"204": {"description": "Done."}},
                },
            },
            "/b": {"get": {"responses": {"204": {"description": "Done."}}}},
        },
        "components": {
            "schemas": {
                "A": {"type": "object", "properties": {"kind": string}, "xml": {},
                    "externalDocs": {"url": "https://example.com"}},
                "B": {"allOf": [{"$ref": "#/components/schemas/A"}, {"type": "object",
                    "properties": {"b": string}}]},
                "C": {"allOf": [{"$ref": "#/components/schemas/A"}, {"type": "object",
                    "properties": {"c": string}}]},
                "U": {
                    "oneOf": [{"$ref": "#/components/schemas/B"}, {"$ref": "#/components/schemas/C"}],
                    "discriminator": {"propertyName": "kind"},
                },
            },
            "parameters": {"P": {"name": "p", "in": "query", "schema": string,
                "examples": {"a": {"$ref": "#/components/examples/E"}}}},
            "headers": {"B": {"schema": string}},
            "responses": {"R": response},
            "requestBodies": {"B": {"content": {"application/json": {"schema": string}}}},
            "examples": {"E": {"value": "a"}},
            "links": {"L": {"operationId": "getA"}},
            "callbacks": {"K": {"{$request.body#/url}": {"post": {"responses": {"200": {"description": "Fine."}}}}}},
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "http": {"type": "http", "scheme": "bearer"},
                "openid": {"type": "openIdConnect", "openIdConnectUrl": "https://example.com"},
                "oauth": {"type": "oauth2", "flows": {
                    "implicit": {"authorizationUrl": "https://example.com/a",
                        "scopes": {"read": "Read."}},
                    "password": {"tokenUrl": "https://example.com/a", "scopes": {"read": "Read."}},
                    "clientCredentials": {"tokenUrl": "https://example.com/a",
                        "scopes": {"read": "Read."}},
                    "authorizationCode": {"authorizationUrl": "https://example.com/a",
                        "tokenUrl": "https://example.com/b", "scopes": {"read": "Read."}},
                }},
            },
        },
        "security": [{"key": []}, {"http": []}, {"openid": []}, {"oauth": ["read"]}],
    })
}

/// An object of the specification, the places in [`document`] at which it stands, and another value
/// for each key.
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn objects() -> Vec<(&'static str, Vec<&'static str>, Value)> {
    const OPERATION: &str = "/paths/~1a~1{id}/post";
    let string = json!({"type": "string"});
    let operation = json!({"responses": {"200": {"description": "New."}}});
    let flow = json!({"authorizationUrl": "https://example.com/c",
        "refreshUrl": "https://example.com/d", "scopes": {"write": "Write."}});
    let token_flow = json!({"tokenUrl": "https://example.com/c", "refreshUrl": "https://example.com/d",
        "scopes": {"write": "Write."}});
    let code_flow = json!({
        "authorizationUrl": "https://example.com/c", "tokenUrl": "https://example.com/c",
        "refreshUrl": "https://example.com/d", "scopes": {"write": "Write."},
    });
    let flows = "/components/securitySchemes/oauth/flows";
    let at = |place: &str| -> &'static str { format!("{OPERATION}{place}").leak() };
    let within = |place: &str| -> &'static str { format!("{flows}{place}").leak() };
    let header = json!({
        "description": "Changed.", "required": true, "deprecated": true, "allowEmptyValue": true,
            "style": "simple",
        "explode": true, "allowReserved": true, "schema": {"type": "integer"}, "example": "x",
        "examples": {"a": {"value": "x"}}, "content": {"application/json": {"schema": string}},
    });
    let media_type = json!({
        "schema": {"type": "object", "properties": {"a": {"type": "integer"}}}, "example": {"a": [],
            "kind": "x"},
        "examples": {"a": {"value": {"kind": "x"}}}, "encoding": {"kind": {"contentType": "text/plain"},
            "a": {"contentType": "text/plain"}},
    });
    let encoding = json!({
        "contentType": "text/csv", "headers": {"X-A": {"schema": string}}, "style": "spaceDelimited",
        "explode": true, "allowReserved": true,
    });
    vec![
        (
            "OpenAPI",
            vec![""],
            json!({
                "openapi": "3.0.2", "info": {"title": "Other", "version": "1.0.0"},
                "externalDocs": {"url": "https://example.com/changed"}, "servers": [{"url": "/x"}],
                    "security": [{"key": []}],
                "tags": [{"name": "one", "description": "Changed."}], "paths": {}, "components": {},
            }),
        ),
        (
            "Info",
            vec!["/info"],
            json!({
                "title": "Changed", "description": "Changed.", "termsOfService": "https://example.com",
                "contact": {"name": "Changed"}, "license": {"name": "Changed"}, "version": "2.0.0",
            }),
        ),
        (
            "Contact",
            vec!["/info/contact"],
            json!({"name": "Changed", "url": "https://example.com", "email": "a@example.com"}),
        ),
        (
            "License",
            vec!["/info/license"],
            json!({"name": "Changed", "url": "https://example.com"}),
        ),
        (
            "ExternalDocumentation",
            vec![
                "/externalDocs",
                "/tags/0/externalDocs",
                at("/externalDocs"),
                "/components/schemas/A/externalDocs",
            ],
            json!({"url": "https://example.com/changed", "description": "Changed."}),
        ),
        (
            "Tag",
            vec!["/tags/0"],
            json!({"name": "two", "description": "Changed.",
                "externalDocs": {"url": "https://example.com/changed"}}),
        ),
        (
            "Server",
            vec!["/servers/0"],
            json!({"url": "https://{host}/x", "description": "Changed.",
                "variables": {"host": {"default": "changed"}}}),
        ),
        (
            "ServerVariable",
            vec!["/servers/0/variables/host"],
            json!({"enum": ["example.com", "b"], "default": "changed", "description": "Changed."}),
        ),
        (
            "Components",
            vec!["/components"],
            json!({
                "schemas": {}, "responses": {}, "parameters": {}, "requestBodies": {}, "headers": {},
                    "securitySchemes": {},
                "examples": {"E": {"value": "changed"}}, "links": {"L": {"operationId": "putA"}},
                    "callbacks": {"K": {}},
            }),
        ),
        (
            "PathItem",
            vec!["/paths/~1b"],
            json!({
                "$ref": "#/paths/~1a~1{id}", "summary": "Changed.", "description": "Changed.",
                    "servers": [{"url": "/x"}],
                "parameters": [{"name": "n", "in": "query", "schema": string}],
                    "get": {"responses": {"201": {"description": "New."}}},
                "put": operation, "post": operation, "delete": operation, "options": operation,
                    "head": operation,
                "patch": operation, "trace": operation,
            }),
        ),
        (
            "Operation",
            vec![OPERATION],
            json!({
                "tags": ["two"], "summary": "Changed.", "description": "Changed.",
                    "externalDocs": {"url": "https://example.com/changed"},
                "operationId": "changed", "parameters": [], "requestBody": {"content": {}},
                    "deprecated": true,
                "responses": {"200": {"description": "New."}},
                    "callbacks": {"K": {"$ref": "#/components/callbacks/K"}},
                "security": [], "servers": [{"url": "/x"}],
            }),
        ),
        (
            "Parameter",
            vec![
                at("/parameters/0"),
                at("/parameters/2"),
                "/components/parameters/P",
            ],
            json!({
                "name": "n", "in": "path", "description": "Changed.", "required": true,
                    "deprecated": true,
                "allowEmptyValue": true, "style": "pipeDelimited", "explode": false,
                    "allowReserved": true,
                "schema": {"type": "integer"}, "example": "x", "examples": {"a": {"value": "x"}},
                "content": {"application/json": {"schema": string}},
            }),
        ),
        (
            "Header",
            vec![at("/responses/200/headers/X-A"), "/components/headers/B"],
            header,
        ),
        (
            "RequestBody",
            vec![at("/requestBody"), "/components/requestBodies/B"],
            json!({
                "description": "Changed.", "content": {"text/plain": {}}, "required": true,
            }),
        ),
        (
            "MediaType",
            vec![
                at("/requestBody/content/application~1json"),
                at("/requestBody/content/multipart~1form-data"),
                at("/requestBody/content/application~1x-www-form-urlencoded"),
                at("/responses/200/content/application~1json"),
            ],
            media_type,
        ),
        (
            "Encoding",
            vec![at("/requestBody/content/multipart~1form-data/encoding/a")],
            encoding,
        ),
        (
            "Responses",
            vec![at("/responses")],
            json!({"default": {"description": "New."}}),
        ),
        (
            "Response",
            vec![at("/responses/200"), "/components/responses/R"],
            json!({
                "description": "Changed.", "headers": {}, "content": {},
                    "links": {"next": {"operationId": "putA"}},
            }),
        ),
        (
            "Example",
            vec![
                at("/parameters/0/examples/a"),
                at("/requestBody/content/application~1json/examples/a"),
                "/components/examples/E",
            ],
            json!({
                "summary": "Changed.", "description": "Changed.", "value": ["changed"],
                    "externalValue": "https://example.com",
            }),
        ),
        (
            "Link",
            vec!["/components/links/L"],
            json!({
                "operationId": "changed", "operationRef": "#/paths/~1b/get", "parameters": {"a": 1},
                    "requestBody": 1,
                "description": "Changed.", "server": {"url": "/x"},
            }),
        ),
        (
            "Discriminator",
            vec!["/components/schemas/U/discriminator"],
            json!({
                "propertyName": "other", "mapping": {"x": "#/components/schemas/B"},
            }),
        ),
        (
            "XML",
            vec!["/components/schemas/A/xml"],
            json!({
                "name": "n", "namespace": "https://example.com", "prefix": "p", "attribute": true,
                    "wrapped": true,
            }),
        ),
        (
            "SecurityScheme",
            vec!["/components/securitySchemes/key"],
            json!({"type": "http", "in": "query", "name": "X-Changed", "description": "Changed."}),
        ),
        (
            "SecurityScheme",
            vec!["/components/securitySchemes/http"],
            json!({"scheme": "basic", "bearerFormat": "JWT", "description": "Changed."}),
        ),
        (
            "SecurityScheme",
            vec!["/components/securitySchemes/openid"],
            json!({"openIdConnectUrl": "https://example.com/changed", "description": "Changed."}),
        ),
        (
            "SecurityScheme",
            vec!["/components/securitySchemes/oauth"],
            json!({"flows": {}, "description": "Changed."}),
        ),
        (
            "OAuthFlows",
            vec![flows],
            json!({"implicit": flow, "password": token_flow, "clientCredentials": token_flow,
                "authorizationCode": code_flow}),
        ),
        ("ImplicitOAuthFlow", vec![within("/implicit")], flow),
        (
            "PasswordOAuthFlow",
            vec![within("/password")],
            token_flow.clone(),
        ),
        (
            "ClientCredentialsFlow",
            vec![within("/clientCredentials")],
            token_flow,
        ),
        (
            "AuthorizationCodeOAuthFlow",
            vec![within("/authorizationCode")],
            code_flow,
        ),
    ]
}

/// The keywords of schemas, each with a schema and a value that changes its meaning.
fn keywords() -> Vec<(&'static str, Value, Value)> {
    let string = json!({"type": "string"});
    let integer = json!({"type": "integer"});
    let list = json!({"type": "array", "items": string});
    let object = json!({"type": "object", "properties": {"a": string}});
    let refs = json!([{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]);
    vec![
        ("title", string.clone(), json!("Changed")),
        ("multipleOf", integer.clone(), json!(5)),
        ("maximum", integer.clone(), json!(5)),
        (
            "exclusiveMaximum",
            json!({"type": "integer", "maximum": 5}),
            json!(true),
        ),
        ("minimum", integer.clone(), json!(5)),
        (
            "exclusiveMinimum",
            json!({"type": "integer", "minimum": 5}),
            json!(true),
        ),
        ("maxLength", string.clone(), json!(5)),
        ("minLength", string.clone(), json!(5)),
        ("pattern", string.clone(), json!("^a$")),
        ("maxItems", list.clone(), json!(5)),
        ("minItems", list.clone(), json!(5)),
        ("uniqueItems", list.clone(), json!(true)),
        ("maxProperties", object.clone(), json!(5)),
        ("minProperties", object.clone(), json!(1)),
        ("required", object.clone(), json!(["a"])),
        ("enum", string.clone(), json!(["a", "b"])),
        ("type", json!({}), json!("string")),
        ("not", string.clone(), json!({"enum": ["a"]})),
        (
            "allOf",
            object.clone(),
            json!([{"type": "object", "properties": {"b": string}}]),
        ),
        ("oneOf", json!({}), json!([string, integer])),
        ("anyOf", json!({}), json!([string, integer])),
        ("items", json!({"type": "array"}), string.clone()),
        (
            "properties",
            json!({"type": "object"}),
            json!({"a": string}),
        ),
        ("additionalProperties", object.clone(), json!(false)),
        ("description", string.clone(), json!("Changed.")),
        ("format", string.clone(), json!("date")),
        ("default", string.clone(), json!("changed")),
        ("nullable", string.clone(), json!(true)),
        (
            "discriminator",
            json!({"oneOf": refs}),
            json!({"propertyName": "kind"}),
        ),
        ("readOnly", string.clone(), json!(true)),
        ("writeOnly", string.clone(), json!(true)),
        ("example", string.clone(), json!("changed")),
        (
            "externalDocs",
            string.clone(),
            json!({"url": "https://example.com"}),
        ),
        ("deprecated", string.clone(), json!(true)),
        ("xml", string.clone(), json!({"name": "n"})),
    ]
}

/// Returns a document with a schema in some place.
type DocumentWith = fn(&Value) -> Value;

/// The places of a schema, each with a function that returns a document with a schema there.
fn places() -> Vec<(&'static str, DocumentWith)> {
    fn operation(operation: &Value) -> Value {
        let mut document = json!({
            "openapi": "3.0.3",
            "info": {"title": "Keywords", "version": "1.0.0"},
            "paths": {"/a": {"post": {"responses": {"204": {"description": "Done."}}}}},
            "components": {"schemas": {
                "A": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"},
                    "a": {"type": "string"}}},
                "B": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"},
                    "b": {"type": "string"}}},
            }},
        });
        if let (Some(Value::Object(target)), Value::Object(members)) =
            (document.pointer_mut("/paths/~1a/post"), operation)
        {
            target.extend(members.clone());
        }
        document
    }
    fn request(media: &str, schema: &Value) -> Value {
        operation(&json!({"requestBody": {"content": {media: {"schema": schema}}}}))
    }
    fn json_request(schema: &Value) -> Value {
        request("application/json", schema)
    }
    fn property(schema: &Value) -> Value {
        json!({"type": "object", "properties": {"p": schema}})
    }
    fn response(response: &Value) -> Value {
        operation(&json!({"responses": {"200": response}}))
    }
    fn json_response(schema: &Value) -> Value {
        response(
            &json!({"description": "Fine.", "content": {"application/json": {"schema": schema}}}),
        )
    }
    fn parameter(location: &str, schema: &Value) -> Value {
        operation(&json!({"parameters": [{"name": "n", "in": location, "schema": schema}]}))
    }
    fn component(schema: &Value) -> Value {
        let mut document = json_request(&json!({"$ref": "#/components/schemas/S"}));
        if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
            schemas.insert("S".to_owned(), schema.clone());
        }
        document
    }
    vec![
        ("request", json_request),
        ("response", json_response),
        ("property of a request", |schema| {
            json_request(&property(schema))
        }),
        ("property of a response", |schema| {
            json_response(&property(schema))
        }),
        ("items", |schema| {
            json_request(&json!({"type": "array", "items": schema}))
        }),
        ("additionalProperties", |schema| {
            json_request(&json!({"type": "object", "additionalProperties": schema}))
        }),
        ("allOf of one", |schema| {
            json_request(&property(&json!({"allOf": [schema]})))
        }),
        ("allOf of two", |schema| {
            json_request(&property(
                &json!({"allOf": [schema, {"description": "Another."}]}),
            ))
        }),
        ("oneOf", |schema| {
            json_request(&property(&json!({"oneOf": [schema, {"type": "boolean"}]})))
        }),
        ("anyOf", |schema| {
            json_request(&property(&json!({"anyOf": [schema, {"type": "boolean"}]})))
        }),
        ("query", |schema| parameter("query", schema)),
        ("header", |schema| parameter("header", schema)),
        ("cookie", |schema| parameter("cookie", schema)),
        ("response header", |schema| {
            response(&json!({"description": "Fine.", "headers": {"X-A": {"schema": schema}}}))
        }),
        ("form", |schema| {
            request("application/x-www-form-urlencoded", &property(schema))
        }),
        ("multipart", |schema| {
            request("multipart/form-data", &property(schema))
        }),
        ("component", component),
        ("property of a component", |schema| {
            component(&property(schema))
        }),
    ]
}

/// Returns the model of a document, if it has one, and the messages about it.
fn outcome(document: &Value) -> (Option<Model>, Vec<(String, Place)>) {
    let source = Source::new("keys.json", &document.to_string());
    let (model, findings) =
        match statusquo_codegen::model(&source, &catalogue(), &Options::default()) {
            Ok((model, warnings)) => (Some(model), warnings),
            Err(findings) => (None, findings),
        };
    let messages = findings.into_iter();
    let messages = messages.map(|finding| (finding.message, finding.place));
    (model, messages.collect())
}

/// Returns the keys of each object of the specification.
fn specified() -> BTreeMap<String, BTreeSet<String>> {
    let data: Value = serde_json::from_str(&read("tests/openapi-keys.json")).unwrap();
    serde_json::from_value(data["objects"].clone()).unwrap()
}

#[test]
fn each_key_has_an_effect() {
    let base = document();
    let before = outcome(&base);
    assert!(before.0.is_some(), "{:#?}", before.1);
    let mut tested: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut without = Vec::new();
    for (object, places, values) in objects() {
        for (key, value) in values.as_object().unwrap() {
            tested.entry(object).or_default().insert(key.clone());
            for place in &places {
                let mut changed = base.clone();
                let members = changed.pointer_mut(place).unwrap().as_object_mut().unwrap();
                let previous = members.insert(key.clone(), value.clone());
                assert_ne!(previous.as_ref(), Some(value), "{place}: {key}");
                if outcome(&changed) == before {
                    without.push((object, key.clone(), *place));
                }
            }
        }
    }
    let mut specified = specified();
    // The keywords of schemas have a test of their own; names are not keys.
    specified.retain(|object, keys| object != "Schema" && !keys.is_empty());
    for (object, keys) in &specified {
        assert_eq!(tested.get(object.as_str()), Some(keys), "{object}");
    }
    check(&without, WITHOUT_EFFECT);
}

#[test]
fn each_keyword_of_a_schema_has_an_effect_in_each_place() {
    let keywords = keywords();
    let tested: BTreeSet<_> = keywords.iter().map(|(key, ..)| (*key).to_owned()).collect();
    assert_eq!(specified().get("Schema"), Some(&tested));
    let mut without = Vec::new();
    for (key, schema, value) in keywords {
        let mut changed = schema.clone();
        changed[key] = value;
        for (place, document) in places() {
            if outcome(&document(&schema)) == outcome(&document(&changed)) {
                without.push(("Schema", key.to_owned(), place));
            }
        }
    }
    check(&without, KEYWORDS_WITHOUT_EFFECT);
}

/// Checks that each key without an effect has a reason, and that each reason has a key.
fn check(found: &[(&str, String, &str)], explained: &[WithoutEffect]) {
    let mut unused: BTreeSet<_> = explained
        .iter()
        .flat_map(|(object, keys, ..)| keys.iter().map(move |key| (*object, *key)))
        .collect();
    for (object, key, place) in found {
        let reason = explained.iter().find(|(explained, keys, places, _)| {
            explained == object
                && keys.contains(&key.as_str())
                && places.iter().any(|end| place.ends_with(end))
        });
        assert!(reason.is_some(), "{object}.{key} has no effect at {place}");
        unused.remove(&(*object, key.as_str()));
    }
    assert!(unused.is_empty(), "they have an effect: {unused:?}");
}
