//! Strings that try to inject code, in each place where a document may have a string.

use std::iter;

use proc_macro2::{TokenStream, TokenTree};
use serde_json::{Map, Value};
use statusquo_codegen::{files::Files, model::Catalogue, report::Diagnostic, source::Source};
use statusquo_tests::{catalogue, schema_values::tree};

/// Ends literals and comments, begins a function and contains invisible characters.
const HOSTILE: &str = "a\"#; */ }\r\n fn pwned() {} //\u{202e}\0 `<T>` {x} \\";

/// Returns one variant of a document for each of its strings and keys, with the hostile string in its place.
fn hostile_variants(value: &Value) -> Box<dyn Iterator<Item = Value> + '_> {
    match value {
        Value::String(_) => Box::new(iter::once(HOSTILE.into())),
        Value::Array(items) => Box::new(items.iter().enumerate().flat_map(move |(at, item)| {
            hostile_variants(item).map(move |variant| {
                let mut items = items.clone();
                items[at] = variant;
                items.into()
            })
        })),
        Value::Object(members) => Box::new(members.iter().flat_map(move |(key, member)| {
            let values = hostile_variants(member).map(|variant| (key.clone(), variant));
            let variants = iter::once((HOSTILE.to_owned(), member.clone())).chain(values);
            variants.map(move |(new_key, member)| {
                let others = members.iter().filter(|(name, _)| *name != key);
                let others = others.map(|(name, member)| (name.clone(), member.clone()));
                let variant: Map<_, _> = others.chain([(new_key, member)]).collect();
                variant.into()
            })
        })),
        _ => Box::new(iter::empty()),
    }
}

/// Returns whether an identifier has this name; literals are ignored.
fn contains_ident(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => contains_ident(group.stream(), name),
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Literal(_) | TokenTree::Punct(_) => false,
    })
}

/// A document that contains each kind of string once.
const DOCUMENT: &str = r"
openapi: 3.0.3
info: {title: All, version: 1.0.0, description: Text., license: {name: MIT}, contact: {email: a@b.c}}
servers: [{url: 'https://{a}', description: Text., variables: {a: {default: b, enum: [b], description: c}}}]
tags: [{name: t, description: Text.}]
security: [{oauth: [read]}]
paths:
  /a/{id}:
    summary: Text.
    parameters: [{name: id, in: path, required: true, description: Text., schema: {type: string, example: a}}]
    post:
      operationId: one
      summary: Text.
      description: Text.
      tags: [t]
      x-name: Other
      parameters:
        - {name: q, in: query, style: form, schema: {type: array, items: {type: string, enum: [a, b]}}}
        - {name: h, in: header, schema: {type: string, default: a, pattern: '^a'}}
        - {name: c, in: cookie, schema: {type: string, format: date}}
        - {name: j, in: query, content: {application/json: {schema: {type: string}, example: a}}}
      requestBody:
        description: Text.
        content:
          multipart/form-data:
            schema: {type: object, properties: {file: {type: string, format: binary}}}
            encoding: {file: {contentType: image/png}}
          text/plain: {schema: {type: string}}
      responses:
        '200':
          description: Text.
          headers: {X-A: {description: Text., schema: {type: string}, example: a}}
          content:
            application/json: {schema: {$ref: '#/components/schemas/Pet'}, examples: {one: {value: {kind: a}}}}
        '299':
          description: Text.
          x-status: {reason: Fine, name: Fine, origin: [nobody], reference: 'https://a.b', retry: never, content: allowed, requires: [X-B]}
        default: {$ref: '#/components/responses/Problem'}
components:
  responses:
    Problem: {description: Text., content: {'application/*': {}}}
  schemas:
    Pet:
      oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
      discriminator: {propertyName: kind, mapping: {a: '#/components/schemas/Cat', b: Dog}}
    Cat:
      title: Text
      description: Text.
      type: object
      required: [kind]
      properties:
        kind: {type: string, description: Text.}
        level: {enum: [a, 1]}
        sub: {type: object, x-name: Sub, properties: {a: {type: string, not: {enum: [z]}}}}
      additionalProperties: {type: string}
      example: {kind: a}
    Dog: {type: object, properties: {kind: {type: string}}, externalDocs: {url: 'https://a.b', description: Text.}}
  securitySchemes:
    oauth:
      type: oauth2
      description: Text.
      flows: {clientCredentials: {tokenUrl: 'https://a.b', scopes: {read: Text.}}}
    key: {type: apiKey, in: header, name: X-Key}
    http: {type: http, scheme: bearer, bearerFormat: JWT}
    connect: {type: openIdConnect, openIdConnectUrl: 'https://a.b'}
";

fn generate(document: &Value, catalogue: &Catalogue) -> Result<Files, Vec<Diagnostic>> {
    let source = Source::new("hostile.json", &document.to_string());
    statusquo_codegen::generate(&source, catalogue, &statusquo_codegen::Options::default())
        .map(|generated| generated.files)
}

#[test]
fn hostile_strings_become_data_or_are_rejected() {
    check_hostile_variants(8);
}

#[test]
#[ignore = "takes ten seconds; `.ci/run` includes it"]
fn all_hostile_strings_become_data_or_are_rejected() {
    check_hostile_variants(1);
}

/// Checks one of each `step` variants.
fn check_hostile_variants(step: usize) {
    let catalogue = catalogue();
    let (mut accepted, mut rejected) = (0, 0);
    let document = tree(DOCUMENT);
    assert!(generate(&document, &catalogue).is_ok());
    for hostile in hostile_variants(&document).step_by(step) {
        let Ok(files) = generate(&hostile, &catalogue) else {
            rejected += 1;
            continue;
        };
        accepted += 1;
        for (path, text) in files {
            if !text.contains("pwned") {
                continue;
            }
            let invisible = text.find(['\u{202e}', '\0', '\r']);
            assert_eq!(invisible, None, "{path}\n{hostile}");
            let tokens = text
                .parse()
                .unwrap_or_else(|error| panic!("{path}: {error}"));
            assert!(!contains_ident(tokens, "pwned"), "{path}\n{hostile}");
        }
    }
    assert!(
        accepted > 100 / step && rejected > 60 / step,
        "{accepted} accepted, {rejected} rejected"
    );
}
