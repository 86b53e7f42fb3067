use std::fmt;

use super::{
    BuiltInResponse, Constant, ConstraintsId, Model, Origin, Payload, ResponseKey, Segment, Server,
    Type,
};
use crate::name::Ident;

/// An operation: a method on a path.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// The `operationId`; without one, method and path: `GET /pets/{id}`.
    pub id: String,
    /// The name of the method of the server trait and of the client.
    pub name: Ident,
    /// The name of the request struct.
    pub request: Ident,
    /// The name of the response type: the response enum, or an alias of it.
    pub response: Ident,
    /// The HTTP method.
    pub method: Method,
    /// The path as written in the document.
    pub path: String,
    /// The segments of the path.
    pub segments: Vec<Segment>,
    /// The summary; empty if there is none.
    pub summary: String,
    /// The description as Markdown; empty if there is none.
    pub description: String,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// The servers that it has in place of those of the document, of which the client uses the first; empty if it
    /// has those of the document.
    pub servers: Vec<Server>,
    /// The parameters, in the order of the document: those of the path item first.
    pub parameters: Vec<Parameter>,
    /// The content of the request.
    pub body: Option<RequestBody>,
    /// The index of the response enum in [`Model::response_enums`](super::Model::response_enums).
    pub response_enum: usize,
    /// Whether the document declares a final response.
    pub declares_responses: bool,
    /// The declared keys of interim responses, which are not in the response enum.
    pub interim_keys: Vec<ResponseKey>,
    /// The index of the required credentials in [`Model::credentials`](super::Model::credentials).
    pub credentials: Option<usize>,
    /// The required credentials as Markdown; empty if there are none.
    pub security_doc: String,
    /// The method of the server trait that handles it.
    pub handler: Handler,
    /// The index of its group in [`Model::groups`](super::Model::groups), if the server has a trait for each
    /// group.
    pub group: Option<usize>,
    /// The conditions that the client has methods for: both if the operation declares 304 (or `3XX`), except
    /// those whose method would have the name of a parameter.
    pub conditions: Vec<Condition>,
    /// The index of the examples that the mock returns, in [`Model::example_tables`]; `None` for a HEAD operation
    /// that the method of GET handles.
    pub example_table: Option<usize>,
    /// An example of a request.
    pub request_example: RequestExample,
    /// Its places in the document.
    pub origin: Origin,
}

impl Operation {
    /// "`GET /pets/{id}`".
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The built-in responses of the generated server for this operation, which it sends before it calls the
    /// method or after the method failed; by status code.
    ///
    /// # Panics
    /// If the operation belongs to another model.
    #[must_use]
    pub fn built_in_responses(&self, model: &Model) -> Vec<BuiltInResponse> {
        let mut responses = vec![BuiltInResponse::INTERNAL_SERVER_ERROR];
        if !model.response_enum(self).produces().is_empty() {
            responses.push(BuiltInResponse::NOT_ACCEPTABLE);
        }
        match model.credentials(self) {
            None => {}
            Some(credentials) if credentials.is_optional() => {}
            Some(credentials) if credentials.alternatives.is_empty() => {
                responses.push(BuiltInResponse::FORBIDDEN);
            }
            Some(_) => responses.push(BuiltInResponse::UNAUTHORIZED),
        }
        if !self.parameters.is_empty() || self.body.is_some() {
            responses.push(BuiltInResponse::BAD_REQUEST);
        }
        if self.body.is_some() {
            responses.extend([
                BuiltInResponse::REQUEST_TIMEOUT,
                BuiltInResponse::CONTENT_TOO_LARGE,
                BuiltInResponse::UNSUPPORTED_MEDIA_TYPE,
                BuiltInResponse::UNPROCESSABLE_CONTENT,
            ]);
        }
        responses.sort_unstable_by_key(|response| response.code());
        responses
    }
}

/// An HTTP method of OpenAPI 3.0, in the order of its specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// `GET`
    Get,
    /// `PUT`
    Put,
    /// `POST`
    Post,
    /// `DELETE`
    Delete,
    /// `OPTIONS`
    Options,
    /// `HEAD`
    Head,
    /// `PATCH`
    Patch,
    /// `TRACE`
    Trace,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 8] = [
        Self::Get,
        Self::Put,
        Self::Post,
        Self::Delete,
        Self::Options,
        Self::Head,
        Self::Patch,
        Self::Trace,
    ];

    /// The method on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Trace => "TRACE",
        }
    }

    /// The key in an OpenAPI path item.
    #[must_use]
    pub fn key(self) -> String {
        self.as_str().to_ascii_lowercase()
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A parameter of a request, or a header field of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "OpenAPI has flags here, too")]
pub struct Parameter {
    /// The name of the field in the request struct or the response variant.
    pub name: Ident,
    /// The name on the wire.
    pub wire: String,
    /// Its location; [`Location::Header`] for a header field of a response.
    pub location: Location,
    /// The serialization style of its value.
    pub style: Style,
    /// Whether each element of an array or object is serialized separately.
    pub explode: bool,
    /// Whether it is a list whose items are sent separately, so that nothing is sent for an empty list.
    pub is_exploded_list: bool,
    /// Its type, without the `Option` of a parameter that may be absent.
    pub ty: Type,
    /// The constraints on its value.
    pub constraints: Option<ConstraintsId>,
    /// Whether it is required.
    pub required: bool,
    /// The only value of the parameter, which is not an argument of `new` even if it is required.
    pub fixed: Option<Constant>,
    /// The value of a parameter that is absent, according to the document.
    pub default: Option<Constant>,
    /// The documentation, as Markdown.
    pub doc: String,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// Its places in the document.
    pub origin: Origin,
}

/// The location of a parameter in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Location {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header field.
    Header,
    /// In a cookie.
    Cookie,
}

impl Location {
    /// The value of `in` in OpenAPI.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// The serialization style of a parameter (OpenAPI 3.0.3, "Style Values").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// `;color=blue`
    Matrix,
    /// `.blue`
    Label,
    /// `color=blue`
    Form,
    /// `blue`
    Simple,
    /// `color=blue%20black`
    SpaceDelimited,
    /// `color=blue|black`
    PipeDelimited,
    /// `color[R]=100&color[G]=200`
    DeepObject,
    /// JSON, for a parameter with `content` instead of a style.
    Json,
}

/// The content of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestBody {
    /// The name of the field in the request struct.
    pub name: Ident,
    /// The content, by media type.
    pub payload: Payload,
    /// Whether it is required.
    pub required: bool,
    /// The documentation, as Markdown.
    pub doc: String,
    /// Its places in the document.
    pub origin: Origin,
}

impl RequestBody {
    /// Returns whether the server passes it to the method as a stream: binary content of one media type that is
    /// not validated.
    #[must_use]
    pub fn is_streamed(&self) -> bool {
        let mut contents = self.payload.contents().into_iter();
        self.payload.is_binary() && contents.all(|content| content.constraints.is_none())
    }
}

/// A condition under which a response has content (RFC 9110, section 13.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// `If-None-Match`
    IfNoneMatch,
    /// `If-Modified-Since`
    IfModifiedSince,
}

impl Condition {
    /// Both conditions.
    pub const ALL: [Self; 2] = [Self::IfNoneMatch, Self::IfModifiedSince];

    /// The name of the client's method.
    #[must_use]
    pub const fn method(self) -> &'static str {
        match self {
            Self::IfNoneMatch => "if_none_match",
            Self::IfModifiedSince => "if_modified_since",
        }
    }
}

/// A group of operations with a server trait: those of one tag, or those without a tag.
#[derive(Clone, Debug, PartialEq)]
pub struct TagGroup {
    /// The tag; `None` for the operations without one.
    pub tag: Option<String>,
    /// The name of the module of the trait.
    pub name: Ident,
    /// The description of the tag, as Markdown; empty if there is none.
    pub description: String,
    /// The places of the tag in `tags` of the document and of its operations.
    pub origin: Origin,
}

/// The method of the server trait that handles an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handler {
    /// The operation's own method.
    Own,
    /// The method of the GET operation on the same path, for a HEAD operation with the same response keys.
    Get,
}

/// An example of a request, as a starting point for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestExample {
    /// The value of each parameter, not encoded. A query parameter that is neither a scalar nor a list of
    /// scalars includes its name.
    pub parameters: Vec<Option<String>>,
    /// The content of each media type, if it is text.
    pub contents: Vec<Option<String>>,
}

/// The examples of an operation's responses, shared by operations with the same response enum and examples.
#[derive(Clone, Debug, PartialEq)]
pub struct ExampleTable {
    /// The name of the constant in the module of the mock.
    pub name: Ident,
    /// The examples, in the order of the variants.
    pub examples: Vec<ResponseExample>,
}

/// An example of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseExample {
    /// The index of the variant in the response enum.
    pub variant: usize,
    /// A status code that matches the variant.
    pub code: u16,
    /// The header fields, as sent.
    pub headers: Vec<(String, String)>,
    /// The alternatives for the content; the first one is the default. Empty if the response has no content.
    pub contents: Vec<ContentExample>,
}

/// An example of the content of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentExample {
    /// The name under `examples`.
    pub name: Option<String>,
    /// The media type.
    pub media: String,
    /// The content, as sent.
    pub text: String,
}
