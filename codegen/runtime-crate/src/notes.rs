//! An operation: `PUT /notes/{id}`.

use crate::{
    Code, DecodeError, EncodeError, Operation, Response, ResponseKey, Status, StatusIn,
    runtime::{
        codec::{content::EncodedContent, param::Param},
        message::{
            Rejection, request_decoder::RequestDecoder, request_encoder::RequestEncoder,
            response_decoder::ResponseDecoder, response_encoder::ResponseEncoder,
        },
    },
};

/// The request of `PUT /notes/{id}`.
#[derive(Clone, Debug, PartialEq)]
pub struct PutNote {
    /// The number of the note.
    pub id: i64,
    /// The tags.
    pub tags: Option<Vec<String>>,
    /// The text.
    pub body: String,
}

impl Operation for PutNote {
    type Response = PutNoteResponse;
    type Credentials = ();

    const ID: &'static str = "putNote";
    const METHOD: http::Method = http::Method::PUT;
    const PATH: &'static str = "/notes/{id}";
    const HAS_BODY: bool = true;

    fn encode(&self, request: &mut RequestEncoder) -> Result<(), EncodeError> {
        request.required(Param::path("id"), &self.id)?;
        request.optional(Param::query("tags"), self.tags.as_ref())?;
        request.content(EncodedContent::json("application/json", &self.body)?);
        Ok(())
    }

    fn decode(request: &mut RequestDecoder) -> Result<Self, Rejection> {
        Ok(Self {
            id: request.required(Param::path("id"))?,
            tags: request.optional(Param::query("tags"))?,
            body: request.content(&["application/json"])?.json()?,
        })
    }
}

/// The responses of `PUT /notes/{id}`.
#[derive(Clone, Debug, PartialEq)]
pub enum PutNoteResponse {
    /// `200 OK`
    Ok {
        /// The version of the note.
        etag: String,
        /// The text.
        body: String,
    },
    /// `204 No Content`
    NoContent,
    /// `4XX`
    ClientError {
        /// The status code.
        status: PutNoteResponse4xx,
        /// The reason.
        body: String,
    },
}

/// A status code in `4XX`.
pub type PutNoteResponse4xx = StatusIn<PutNoteResponse, 2>;

impl Response for PutNoteResponse {
    type Success = Self;

    const KEYS: &'static [ResponseKey] = &[
        ResponseKey::Exact(200),
        ResponseKey::Exact(204),
        ResponseKey::Range(4),
    ];

    fn code(&self) -> Code {
        match self {
            Self::Ok { .. } => Status::Ok.into(),
            Self::NoContent => Status::NoContent.into(),
            Self::ClientError { status, .. } => status.code(),
        }
    }

    fn success(self) -> Result<Self, Self> {
        match &self {
            Self::Ok { .. } | Self::NoContent => Ok(self),
            Self::ClientError { .. } => Err(self),
        }
    }

    fn decode(response: &mut ResponseDecoder<'_>) -> Result<Self, DecodeError> {
        match response.code() {
            200 => Ok(Self::Ok {
                etag: response.required(Param::header("ETag"))?,
                body: response.content(&["application/json"])?.json()?,
            }),
            204 => Ok(Self::NoContent),
            400..=499 => Ok(Self::ClientError {
                status: response.status()?,
                body: response.content(&["text/plain"])?.text()?,
            }),
            _ => Err(DecodeError::UndeclaredStatus),
        }
    }

    fn encode(self) -> Result<ResponseEncoder, EncodeError> {
        match self {
            Self::Ok { etag, body } => Ok(ResponseEncoder::new(Status::Ok)
                .header(Param::header("ETag"), &etag)?
                .content(EncodedContent::json("application/json", &body)?)),
            Self::NoContent => Ok(ResponseEncoder::new(Status::NoContent)),
            Self::ClientError { status, body } => Ok(
                ResponseEncoder::new(status).content(EncodedContent::text("text/plain", &body)?)
            ),
        }
    }
}
