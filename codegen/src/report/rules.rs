//! The rules for documents.

use super::Severity;
use crate::rules::rules;

rules! {
    /// A rule for documents; messages contain its ID, such as `duplicate-key`.
    enum Rule;

    /// Returns the severity of the worst findings. A finding of an error's rule can be a warning where the document
    /// has a meaning nevertheless.
    severity: Severity = Error;

    /// The text is neither JSON nor YAML.
    Syntax = "syntax";
    /// The document is not an OpenAPI document.
    NotOpenApi = "not-openapi";
    /// The document is of an unsupported version of OpenAPI.
    UnsupportedVersion = "unsupported-version";
    /// A key occurs twice in one mapping.
    DuplicateKey = "duplicate-key";
    /// OpenAPI does not define a key.
    UnknownKey = "unknown-key";
    /// A schema of an OpenAPI 3.0 document has a keyword of OpenAPI 3.1.
    NewerKeyword = "newer-keyword", Warning;
    /// A required key is missing.
    MissingKey = "missing-key";
    /// A value has the wrong type.
    WrongType = "wrong-type";
    /// A value has the right type, but OpenAPI does not allow it.
    WrongValue = "wrong-value";
    /// A key of `responses` is not a status code, a range or `default`.
    NotAStatus = "not-a-status";
    /// The target of a `$ref` does not exist, or is of another kind.
    DanglingRef = "dangling-ref";
    /// A chain of `$ref`s leads back to its start.
    RefCycle = "ref-cycle";
    /// The generator does not support a part of OpenAPI.
    UnsupportedPart = "unsupported-part";
    /// No type is generated for a schema.
    NoType = "no-type", Warning;
    /// Neither the document nor the catalogue describes a status code.
    UnknownStatus = "unknown-status";
    /// A status code has two different descriptions.
    StatusConflict = "status-conflict";
    /// The description of a status in a catalogue is not suitable as documentation.
    StatusDescription = "status-description";
    /// No operation returns a described status.
    UnusedStatus = "unused-status", Warning;
    /// Two status codes have the same name.
    NameConflict = "name-conflict";
    /// A generated name was changed because it is already used.
    NameAdjusted = "name-adjusted", Warning;
    /// Two credentials are indistinguishable, or cannot be sent in the same request.
    AmbiguousSecurity = "ambiguous-security", Warning;
    /// An `x-name` equals the generated name.
    UselessName = "useless-name", Warning;
    /// Two operations, parameters or the like have the same name.
    DuplicateName = "duplicate-name";
    /// Two operations match the same requests.
    SameRequest = "same-request", Warning;
    /// An interim status is declared as a response.
    InterimStatus = "interim-status", Warning;
    /// Content is declared for a response that cannot have content.
    ForbiddenContent = "forbidden-content", Warning;
    /// An operation does not declare a final response.
    NoResponse = "no-response", Warning;
    /// A path parameter is only in the path or only in `parameters`.
    PathParameter = "path-parameter";
    /// A header or cookie parameter is ignored: OpenAPI requires it, or the name is not valid.
    IgnoredParameter = "ignored-parameter", Warning;
    /// A response declares a header field that HTTP or `content` determines, or whose name is not valid.
    IgnoredHeader = "ignored-header", Warning;
    /// An example does not match its schema.
    ExampleMismatch = "example-mismatch", Warning;
    /// No example can be generated for a response.
    NoExample = "no-example", Warning;
    /// `info.version` is not a version that Cargo accepts.
    Version = "version", Warning;
    /// The crate name is not valid.
    CrateName = "crate-name";
    /// The generator has a bug.
    Internal = "internal";
}
