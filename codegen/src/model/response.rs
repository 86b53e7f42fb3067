use super::{ConstraintsId, Origin, Parameter, ResponseKey, Type};
use crate::name::Ident;

/// A response enum, used by one or more operations.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseEnum {
    /// The name of the enum.
    pub name: Ident,
    /// The operations that use it, as "`GET /pets/{id}`", in order.
    pub users: Vec<String>,
    /// The variants: exact codes, then ranges, then `default`. Never empty.
    pub variants: Vec<ResponseVariant>,
    /// The return type of `success()`.
    pub success: SuccessType,
}

impl ResponseEnum {
    /// The keys of the successes with binary content, which can be streamed.
    #[must_use]
    pub fn streamed(&self) -> Vec<ResponseKey> {
        let variants = self.variants.iter();
        variants
            .filter(|variant| variant.succeeds != IsSuccess::Never && variant.body.is_binary())
            .map(|variant| variant.key)
            .collect()
    }

    /// The media types of the 2xx responses; empty if one of them has no content.
    #[must_use]
    pub fn produces(&self) -> Vec<&str> {
        let successes = self.variants.iter();
        let successes = successes.filter(|variant| match variant.key {
            ResponseKey::Exact(code) => (200..300).contains(&code),
            ResponseKey::Range(first) => first == 2,
            ResponseKey::Default => false,
        });
        let mut media = Vec::new();
        for variant in successes {
            let variant_media = variant.media();
            if variant_media.is_empty() {
                return Vec::new();
            }
            media.extend(variant_media);
        }
        media.sort_unstable();
        media.dedup();
        media
    }
}

/// A response under `components.responses` that has header fields: a struct, which all response enums with
/// this response contain.
///
/// Without header fields there is no struct: the content alone is the value, and its type is shared anyway.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedResponse {
    /// The name of the struct.
    pub name: Ident,
    /// The description, as Markdown.
    pub doc: String,
    /// The header fields, by name.
    pub headers: Vec<Parameter>,
    /// The content.
    pub body: Payload,
    /// Its place in the document.
    pub origin: Origin,
}

/// A variant of a response enum.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseVariant {
    /// The key in `responses`.
    pub key: ResponseKey,
    /// The name of the variant.
    pub variant: Ident,
    /// The name of the type of the status code in a range or `default`; `None` for an exact code.
    pub status_type: Option<Ident>,
    /// The description, as Markdown.
    pub doc: String,
    /// The header fields, by name.
    pub headers: Vec<Parameter>,
    /// The content.
    pub body: Payload,
    /// The name of the [`SharedResponse`] that has these header fields and this content.
    pub shared: Option<Ident>,
    /// Whether `success()` treats it as a success.
    pub succeeds: IsSuccess,
    /// Its places in the document, for each operation.
    pub origin: Origin,
}

/// The shape of a variant of a response enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariantShape {
    /// Without a payload: `NotFound`.
    Unit,
    /// With the content only: `Ok(Pet)`.
    Content,
    /// With the struct of a shared response: `TooManyRequests(TooManyRequestsResponse)`.
    Shared,
    /// With named fields: `Ok { etag, body }`, or `Default { status, response }`.
    Fields,
}

impl ResponseVariant {
    /// The shape: named fields if it has a status code, or header fields that are not shared.
    #[must_use]
    pub fn shape(&self) -> VariantShape {
        if self.status_type.is_some() {
            VariantShape::Fields
        } else if self.shared.is_some() {
            VariantShape::Shared
        } else if !self.headers.is_empty() {
            VariantShape::Fields
        } else if self.body == Payload::Empty {
            VariantShape::Unit
        } else {
            VariantShape::Content
        }
    }

    /// The media types of its content, as written in the document.
    #[must_use]
    pub fn media(&self) -> Vec<&str> {
        self.body
            .contents()
            .into_iter()
            .map(|content| content.media.as_str())
            .collect()
    }
}

/// Whether `success()` treats a response as a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsSuccess {
    /// Yes, the status code is 2xx.
    Always,
    /// If its status code is 2xx, for `default`.
    ByCode,
    /// No: the status code is not 2xx, or the content is not the one that `success()` returns.
    Never,
}

/// The return type of `success()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuccessType {
    /// `()`: the successes have no content.
    Unit,
    /// The content of the variant with this index, which all successes have in common.
    Body(usize),
    /// The response enum: successes differ in their content.
    Whole,
}

/// The content of a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Payload {
    /// No content.
    #[default]
    Empty,
    /// Content of one media type.
    One(Content),
    /// Content of one of several media types: an enum.
    Several {
        /// The name of the enum.
        name: Ident,
        /// The variants, by media type.
        variants: Vec<BodyVariant>,
    },
}

/// A variant of the enum of the media types of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyVariant {
    /// The name of the variant.
    pub name: Ident,
    /// The content of the media type.
    pub content: Content,
}

/// Content of one media type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The media type, or range of media types, as written in the document.
    pub media: String,
    /// The encoding of the value as bytes.
    pub codec: Codec,
    /// The type of the value.
    pub ty: Type,
    /// The constraints on the value, in a request.
    pub constraints: Option<ConstraintsId>,
    /// Its places in the document.
    pub origin: Origin,
}

/// The encoding of a value as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// JSON (RFC 8259).
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// Text.
    Text,
    /// Raw bytes.
    Bytes,
    /// Raw bytes whose media type is part of the value, because the document declares a range (`image/*`) or
    /// a `multipart` type.
    Open,
}

impl Payload {
    /// Returns `true` if it is raw bytes of a single media type, which can be streamed.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        let content = match self {
            Self::One(content) => content,
            Self::Empty | Self::Several { .. } => return false,
        };
        matches!(content.codec, Codec::Bytes | Codec::Open)
    }

    /// The content of each media type.
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

    /// The content of each media type, mutable.
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
