//! The responses that the server returns by itself.

/// A response that the server returns by itself: a problem (RFC 9457), or one without content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltInResponse {
    code: u16,
    header: Option<&'static str>,
    has_content: bool,
}

/// Defines the responses as constants, and the list of all of them.
macro_rules! built_in_responses {
    ($($(#[$docs:meta])* $name:ident = $response:expr;)*) => {
        impl BuiltInResponse {
            /// All built-in responses.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            $($(#[$docs])* pub const $name: Self = $response;)*
        }
    };
}

built_in_responses! {
    /// For OPTIONS, if the path has no such operation.
    OPTIONS = Self::new(204).with_header("Allow").without_content();
    /// For an invalid parameter or malformed content.
    BAD_REQUEST = Self::new(400);
    /// For bytes that are not an HTTP request; sent by hyper.
    NOT_HTTP = Self::new(400).without_content();
    /// For a request of HTTP/1.1 without a valid `Host`, or with several (RFC 9112, section 3.2).
    INVALID_HOST = Self::new(400);
    /// For missing or malformed credentials.
    UNAUTHORIZED = Self::new(401).with_header("WWW-Authenticate");
    /// For an operation whose security schemes the document does not declare.
    FORBIDDEN = Self::new(403);
    /// For a path without operations.
    NOT_FOUND = Self::new(404);
    /// For a method without an operation on the path.
    METHOD_NOT_ALLOWED = Self::new(405).with_header("Allow");
    /// For an `Accept` that excludes every media type of a success.
    NOT_ACCEPTABLE = Self::new(406);
    /// For content that takes longer than the limits of the server allow.
    REQUEST_TIMEOUT = Self::new(408);
    /// For content that is larger than the limits of the server allow.
    CONTENT_TOO_LARGE = Self::new(413);
    /// For a target that is longer than a header may be.
    URI_TOO_LONG = Self::new(414).without_content();
    /// For content of an undeclared media type.
    UNSUPPORTED_MEDIA_TYPE = Self::new(415).with_header("Accept");
    /// For content that its schema rejects.
    UNPROCESSABLE_CONTENT = Self::new(422);
    /// For a header that is larger than the limits of the server allow.
    HEADER_TOO_LARGE = Self::new(431).without_content();
    /// For a method that panics or returns a response that cannot be encoded.
    INTERNAL_SERVER_ERROR = Self::new(500);
    /// For a response that takes longer than the limits of the server allow.
    SERVICE_UNAVAILABLE = Self::new(503).with_header("Retry-After");
    /// For HTTP/2 with prior knowledge.
    HTTP_VERSION_NOT_SUPPORTED = Self::new(505).without_content();
}

impl BuiltInResponse {
    const fn new(code: u16) -> Self {
        Self {
            code,
            header: None,
            has_content: true,
        }
    }

    const fn with_header(self, name: &'static str) -> Self {
        Self {
            header: Some(name),
            ..self
        }
    }

    const fn without_content(self) -> Self {
        Self {
            has_content: false,
            ..self
        }
    }

    /// Returns the status code.
    #[must_use]
    pub const fn code(self) -> u16 {
        self.code
    }

    /// Returns the name of the header field that is always part of it.
    #[must_use]
    pub const fn header(self) -> Option<&'static str> {
        self.header
    }

    /// Returns whether it has content, which is a problem.
    #[must_use]
    pub const fn has_content(self) -> bool {
        self.has_content
    }
}
