use super::{ConstraintsId, Origin, Parameter, ResponseKey, Type};
use crate::name::Ident;

/// A set of answers that one or several operations have: a response enum.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseEnum {
    /// The enum.
    pub name: Ident,
    /// The operations that answer from it, as "`GET /pets/{id}`", in order.
    pub users: Vec<String>,
    /// The answers: exact codes, then ranges, then `default`. Never empty.
    pub variants: Vec<ResponseVariant>,
    /// What `success()` gives.
    pub success: SuccessType,
}

impl ResponseEnum {
    /// The keys of the successes that are bytes.
    #[must_use]
    pub fn streamed(&self) -> Vec<ResponseKey> {
        let answers = self.variants.iter();
        answers
            .filter(|answer| answer.succeeds != IsSuccess::Never && answer.body.is_binary())
            .map(|answer| answer.key)
            .collect()
    }

    /// The media types of the successes; none, if there is one without content.
    #[must_use]
    pub fn produces(&self) -> Vec<&str> {
        let successes = self.variants.iter();
        let successes = successes.filter(|answer| match answer.key {
            ResponseKey::Exact(code) => (200..300).contains(&code),
            ResponseKey::Range(first) => first == 2,
            ResponseKey::Default => false,
        });
        let mut media = Vec::new();
        for answer in successes {
            let own = answer.media();
            if own.is_empty() {
                return Vec::new();
            }
            media.extend(own);
        }
        media.sort_unstable();
        media.dedup();
        media
    }
}

/// An answer: a variant of a response enum.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseVariant {
    /// The key in the document.
    pub key: ResponseKey,
    /// The variant.
    pub variant: Ident,
    /// The name of the status that a range or `default` carries; `None` for an exact code.
    pub status_type: Option<Ident>,
    /// What it means, as Markdown.
    pub doc: String,
    /// Its header fields, by name.
    pub headers: Vec<Parameter>,
    /// Its content.
    pub body: Payload,
    /// Whether `success()` takes it for one.
    pub succeeds: IsSuccess,
    /// Where it stands, for each of the operations.
    pub origin: Origin,
}

impl ResponseVariant {
    /// The media types of its content, as the document writes them.
    #[must_use]
    pub fn media(&self) -> Vec<&str> {
        self.body
            .contents()
            .into_iter()
            .map(|content| content.media.as_str())
            .collect()
    }
}

/// Whether `success()` takes an answer for a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsSuccess {
    /// Its status is 2xx.
    Always,
    /// It is `default`, and its status may be 2xx.
    ByCode,
    /// Its status is not 2xx, or what it carries is not what a success gives.
    Never,
}

/// What `success()` gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuccessType {
    /// Nothing: no success has content.
    Unit,
    /// The content of the answer with this index, which all successes have.
    Body(usize),
    /// The whole answer: successes differ in their content.
    Whole,
}

/// The content of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// None.
    Empty,
    /// Content of one media type.
    One(Content),
    /// Content of one of several media types: an enum.
    Several {
        /// The enum.
        name: Ident,
        /// Its variants, by media type.
        variants: Vec<BodyVariant>,
    },
}

/// A variant of the enum of a message's media types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyVariant {
    /// The variant.
    pub name: Ident,
    /// What it holds.
    pub content: Content,
}

/// Content of one media type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The media type, or range of media types, as the document writes it.
    pub media: String,
    /// How the value becomes bytes.
    pub codec: Codec,
    /// Its type.
    pub ty: Type,
    /// What has to hold for its value, in a request.
    pub constraints: Option<ConstraintsId>,
    /// Where it stands.
    pub origin: Origin,
}

/// How a value becomes bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// JSON (RFC 8259).
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// A text.
    Text,
    /// Bytes as they are.
    Bytes,
    /// Bytes as they are, with a media type that the document leaves open: `image/*`.
    Open,
}

impl Payload {
    /// Whether it is bytes, of which there may be any number.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        let content = match self {
            Self::One(content) => content,
            Self::Empty | Self::Several { .. } => return false,
        };
        matches!(content.codec, Codec::Bytes | Codec::Open)
    }

    /// Every content that it may be.
    #[must_use]
    pub fn contents(&self) -> Vec<&Content> {
        match self {
            Self::Empty => Vec::new(),
            Self::One(content) => vec![content],
            Self::Several { variants, .. } => {
                variants.iter().map(|variant| &variant.content).collect()
            }
        }
    }

    /// The same, to be changed.
    pub fn contents_mut(&mut self) -> Vec<&mut Content> {
        match self {
            Self::Empty => Vec::new(),
            Self::One(content) => vec![content],
            Self::Several { variants, .. } => {
                let contents = variants.iter_mut().map(|variant| &mut variant.content);
                contents.collect()
            }
        }
    }
}
