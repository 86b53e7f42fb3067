use std::fmt;

use super::{ConstraintsId, Model, Origin, Payload, ResponseKey, Segment, Type};
use crate::name::Ident;

/// A method on a path.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// The `operationId`, or what stands in for it: `GET /pets/{id}`.
    pub id: String,
    /// The method of the server's trait and of the client.
    pub name: Ident,
    /// The request.
    pub request: Ident,
    /// The response: the set's own name, or an alias of it.
    pub response: Ident,
    /// The HTTP method.
    pub method: Method,
    /// The path as the document writes it.
    pub path: String,
    /// The path in its segments.
    pub segments: Vec<Segment>,
    /// The summary, empty where there is none.
    pub summary: String,
    /// The description as Markdown, empty where there is none.
    pub description: String,
    /// Whether the document advises against it.
    pub deprecated: bool,
    /// The parameters: those of the path in its order, then by place and name.
    pub parameters: Vec<Parameter>,
    /// The content of the request.
    pub body: Option<RequestBody>,
    /// The index of the responses in [`Model::response_enums`](super::Model::response_enums).
    pub response_enum: usize,
    /// Whether the document declares an answer at all.
    pub declares_responses: bool,
    /// The keys that are declared and no answer, since interim codes are none.
    pub interim_keys: Vec<ResponseKey>,
    /// The index of what it asks for in [`Model::credentials`](super::Model::credentials).
    pub credentials: Option<usize>,
    /// What it asks for in words, as Markdown; empty if it asks for nothing.
    pub security_doc: String,
    /// Who answers it on the server.
    pub handler: Handler,
    /// The index in [`Model::groups`](super::Model::groups) of those that it has a trait with, if there are any.
    pub group: Option<usize>,
    /// Which conditions the client has methods for: those of an operation that may answer with 304, unless
    /// a parameter has taken the name.
    pub conditions: Vec<Condition>,
    /// An example of each answer that has one.
    pub response_examples: Vec<ResponseExample>,
    /// What it may be asked with.
    pub request_example: RequestExample,
    /// Where it stands.
    pub origin: Origin,
}

impl Operation {
    /// "`GET /pets/{id}`".
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// What the generated server answers this operation with by itself, before its method is called
    /// or after it failed; by status.
    ///
    /// # Panics
    /// If the operation is of another model.
    #[must_use]
    pub fn built_in_responses(&self, model: &Model) -> Vec<BuiltInResponse> {
        let mut answers = vec![BuiltInResponse::of(500)];
        if !model.response_enum(self).produces().is_empty() {
            answers.push(BuiltInResponse::of(406));
        }
        match model.credentials(self) {
            None => {}
            Some(credentials) if credentials.is_optional() => {}
            Some(credentials) if credentials.alternatives.is_empty() => {
                answers.push(BuiltInResponse::of(403));
            }
            Some(_) => answers.push(BuiltInResponse::with(401, "WWW-Authenticate")),
        }
        if !self.parameters.is_empty() || self.body.is_some() {
            answers.push(BuiltInResponse::of(400));
        }
        if self.body.is_some() {
            answers.push(BuiltInResponse::of(408));
            answers.push(BuiltInResponse::of(413));
            answers.push(BuiltInResponse::with(415, "Accept"));
            answers.push(BuiltInResponse::of(422));
        }
        answers.sort_unstable_by_key(|answer| answer.code);
        answers
    }

    /// The parameters in one place.
    pub fn in_location(&self, location: Location) -> impl Iterator<Item = &Parameter> {
        self.parameters
            .iter()
            .filter(move |parameter| parameter.location == location)
    }
}

/// What the generated server answers by itself: a problem of RFC 9457, if it has content.
///
/// The server's `runtime/router.rs` and `runtime/serve.rs` are what do so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltInResponse {
    /// The status.
    pub code: u16,
    /// The header field that comes with it.
    pub header: Option<&'static str>,
}

impl BuiltInResponse {
    /// For a path that is in no operation.
    pub const NO_PATH: Self = Self::of(404);

    /// For a method that is in no operation of the path.
    pub const NO_METHOD: Self = Self::with(405, "Allow");

    /// For `OPTIONS`, where it is in no operation of the path; without content.
    pub const OPTIONS: Self = Self::with(204, "Allow");

    /// For an answer that takes longer than the server's limits have it.
    pub const TOO_LATE: Self = Self::with(503, "Retry-After");

    /// For what is no HTTP at all; without content.
    pub const NO_REQUEST: Self = Self::of(400);

    /// For a header that is larger than the server's limits have it; without content.
    pub const HEADER: Self = Self::of(431);

    const fn of(code: u16) -> Self {
        Self { code, header: None }
    }

    const fn with(code: u16, header: &'static str) -> Self {
        Self {
            code,
            header: Some(header),
        }
    }
}

/// A method of HTTP that OpenAPI 3.0 knows, in its order.
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

    /// The key of a path item in OpenAPI.
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

/// A parameter of a request, or a header field of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The field of the request or of the variant.
    pub name: Ident,
    /// The name on the wire.
    pub wire: String,
    /// Where it is; a header field of an answer is a header.
    pub location: Location,
    /// How its value becomes text.
    pub style: Style,
    /// Whether each element of a list or object stands for itself.
    pub explode: bool,
    /// Its type, without the `Option` of a parameter that may be absent.
    pub ty: Type,
    /// What has to hold for its value.
    pub constraints: Option<ConstraintsId>,
    /// Whether it has to be there.
    pub required: bool,
    /// What it is, as Markdown.
    pub doc: String,
    /// Whether the document advises against it.
    pub deprecated: bool,
    /// Where it stands.
    pub origin: Origin,
}

/// Where in a request a parameter is.
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
    /// The word of OpenAPI's `in`.
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

/// How a value of a parameter becomes text (OpenAPI 3.0.3, "Style Values").
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
    /// The field of the request.
    pub name: Ident,
    /// What it is.
    pub payload: Payload,
    /// Whether it has to be there.
    pub required: bool,
    /// What it is, as Markdown.
    pub doc: String,
    /// Where it stands.
    pub origin: Origin,
}

/// A condition under which an answer has content (RFC 9110, section 13.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// `If-None-Match`
    IfNoneMatch,
    /// `If-Modified-Since`
    IfModifiedSince,
}

impl Condition {
    /// Both.
    pub const ALL: [Self; 2] = [Self::IfNoneMatch, Self::IfModifiedSince];

    /// The name of the method.
    #[must_use]
    pub const fn method(self) -> &'static str {
        match self {
            Self::IfNoneMatch => "if_none_match",
            Self::IfModifiedSince => "if_modified_since",
        }
    }
}

/// Operations that have a trait of their own on the server: those of a tag, or of none.
#[derive(Clone, Debug, PartialEq)]
pub struct TagGroup {
    /// The tag; `None` for the operations without one.
    pub tag: Option<String>,
    /// The module of the trait.
    pub name: Ident,
    /// What the document says of the tag, as Markdown; empty where it says nothing.
    pub description: String,
    /// Where that stands, and where operations are said to be of it.
    pub origin: Origin,
}

/// Who answers an operation on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handler {
    /// A method of its own.
    Own,
    /// The method of the GET operation on the same path: a HEAD with the same codes.
    Get,
}

/// An example of a request, for people to begin with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestExample {
    /// A value of each parameter: in the query with the name in front where it has another form than a word or a
    /// list of words, and otherwise as it stands there before it is encoded.
    pub parameters: Vec<Option<String>>,
    /// The content of each media type, if it is a text.
    pub contents: Vec<Option<String>>,
}

/// An example of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseExample {
    /// The index of the answer in its set.
    pub answer: usize,
    /// A status that the answer may have.
    pub code: u16,
    /// The header fields, as on the wire.
    pub headers: Vec<(String, String)>,
    /// The media type and the content, as on the wire.
    pub body: Option<(String, String)>,
}
