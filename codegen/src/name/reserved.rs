//! Names that generated code uses itself, so that items of the document cannot have them: one list for each
//! scope.
//!
//! A type or a method that is added to the runtime, and that generated code uses in one of these scopes, is
//! added to the list of the scope.

/// The names of the standard library that generated code uses without a path, in every module.
pub(crate) const PRELUDE: &[&str] = &[
    "Box", "Err", "From", "Into", "None", "Ok", "Option", "Result", "Some", "String", "Vec",
];

/// The names at the root of the crate, besides those of [`PRELUDE`]: the types and modules of the runtime that
/// files of the crate import. A type of the document with such a name would shadow the import.
pub(crate) const ROOT: &[&str] = &[
    "Api",
    "ApiKey",
    "ApiRouter",
    "Arc",
    "Attempt",
    "Authorization",
    "Base64",
    "Basic",
    "Bearer",
    "BinaryResponse",
    "Body",
    "BodyError",
    "BoxError",
    "Call",
    "Class",
    "Client",
    "ClientBuilder",
    "Code",
    "ContentExample",
    "Credential",
    "CredentialFn",
    "Credentials",
    "Declares",
    "DecodeError",
    "EncodeError",
    "EncodedContent",
    "Error",
    "File",
    "FullResponse",
    "Future",
    "HandlerError",
    "HandlerOutput",
    "Hook",
    "HookResponse",
    "HttpDate",
    "IfModifiedSince",
    "IfNoneMatch",
    "InternalError",
    "IntoCredential",
    "InvalidBase64Error",
    "InvalidChoiceError",
    "InvalidCodeError",
    "Limits",
    "Media",
    "Mock",
    "Operation",
    "OperationExamples",
    "Param",
    "Redirects",
    "Rejection",
    "Request",
    "RequestDecoder",
    "RequestEncoder",
    "Response",
    "ResponseDecoder",
    "ResponseEncoder",
    "ResponseError",
    "ResponseExample",
    "ResponseKey",
    "Retry",
    "RetryPolicy",
    "RouterExt",
    "SecurityScheme",
    "Send",
    "Serve",
    "Server",
    "ServerVariable",
    "Status",
    "StatusChoice",
    "StatusIn",
    "StreamingResponse",
    "Style",
    "Sync",
    "UnknownStatusError",
    "axum",
    "security",
    "std",
];

/// The methods that the client has besides those of operations.
pub(crate) const CLIENT_METHODS: &[&str] =
    &["base_url", "builder", "call", "clone", "new", "to_builder"];

/// The methods that a call of the client has besides the setters of its parameters.
pub(crate) const CALL_METHODS: &[&str] = &[
    "clone",
    "into_future",
    "new",
    "send",
    "send_full",
    "send_streaming",
    "success",
    "with_header",
    "with_read_timeout",
    "with_retry",
    "with_timeout",
];

/// The methods that the builder of the client has besides those of security schemes.
pub(crate) const BUILDER_METHODS: &[&str] = &[
    "base_url",
    "body_limit",
    "build",
    "clone",
    "connect_timeout",
    "default",
    "header",
    "hook",
    "http_client",
    "read_timeout",
    "redirects",
    "retry",
    "server",
    "timeout",
];

/// The function that a generated struct has, so that no field has its name.
pub(crate) const STRUCT_FIELDS: &[&str] = &["new"];

/// The fields that a variant of a response enum has besides its header fields.
pub(crate) const VARIANT_FIELDS: &[&str] = &["body", "status"];

/// The variant of an enumeration or a union for values that the document does not declare.
pub(crate) const UNKNOWN_VARIANT: &[&str] = &["Other"];

/// The variants of response enums for ranges and `default`, which no status can be named after.
pub(crate) const CLASS_VARIANTS: &[&str] = &[
    "ClientError",
    "Default",
    "Redirection",
    "ServerError",
    "Success",
];

/// The tables of the mock besides those of operations.
pub(crate) const MOCK_TABLES: &[&str] = &["ALL"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Catalogue;

    #[test]
    fn lists_are_sorted() {
        for list in [
            PRELUDE,
            ROOT,
            CLIENT_METHODS,
            CALL_METHODS,
            BUILDER_METHODS,
            STRUCT_FIELDS,
            VARIANT_FIELDS,
            UNKNOWN_VARIANT,
            CLASS_VARIANTS,
            MOCK_TABLES,
        ] {
            assert!(list.is_sorted(), "{list:?}");
        }
        assert!(!ROOT.iter().any(|name| PRELUDE.contains(name)));
    }

    /// Returns the types that a generated file imports by name.
    fn imports(text: &str) -> Vec<String> {
        fn walk(tree: &syn::UseTree, found: &mut Vec<String>) {
            match tree {
                syn::UseTree::Path(path) => walk(&path.tree, found),
                syn::UseTree::Name(name) => found.push(name.ident.to_string()),
                syn::UseTree::Rename(name) => found.push(name.rename.to_string()),
                syn::UseTree::Glob(_) => {}
                syn::UseTree::Group(group) => {
                    group.items.iter().for_each(|tree| walk(tree, found));
                }
            }
        }
        let mut found = Vec::new();
        for item in &syn::parse_file(text).unwrap().items {
            if let syn::Item::Use(item) = item {
                walk(&item.tree, &mut found);
            }
        }
        found.retain(|name| name.contains(char::is_uppercase) && name.contains(char::is_lowercase));
        found
    }

    /// An operation with the name of an import would shadow the import.
    #[test]
    fn imported_names_are_reserved() {
        let text = "{openapi: 3.0.3, info: {title: All, version: 1.0.0}, paths: {}, \
                    components: {securitySchemes: {key: {type: http, scheme: basic}}}}";
        let source = crate::source::Source::new("all.yaml", text);
        let generated =
            crate::generate(&source, &Catalogue::empty(), &crate::Options::default()).unwrap();
        let mut count = 0;
        for (path, text) in &generated.files {
            // These files do not use names of the document.
            if path.starts_with("src/runtime/") || path == "src/constraints.rs" {
                continue;
            }
            for name in imports(text) {
                let is_reserved = [PRELUDE, ROOT].concat().contains(&name.as_str());
                assert!(is_reserved, "{path}: {name}");
                count += 1;
            }
        }
        assert!(count > 30, "{count}");
    }
}
