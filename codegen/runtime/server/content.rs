//! Receives the content of requests, within limits.

use std::{convert::Infallible, time::Duration};

use bytes::Bytes;
use futures_util::stream::unfold;
use http::{HeaderMap, HeaderValue, header};
use http_body::Frame;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use super::{
    axum::{Body, HttpBody},
    limits::RequestLimits,
};
use crate::runtime::{
    codec::{
        body::{Body as StreamedBody, BodyError},
        multipart::{File, FormParts},
    },
    message::{Rejection, built_in::BuiltInResponse, request_decoder::RequestDecoder},
};

/// Receives the content of a request.
///
/// Content that is streamed is not limited in its size, because it is not in memory. The time limit applies to
/// each of its chunks.
pub(super) async fn receive(
    request: &mut RequestDecoder,
    body: Body,
    is_streamed: bool,
) -> Result<(), Rejection> {
    let limits = RequestLimits::from_extensions(&request.head().extensions);
    if is_streamed {
        request.set_content(stream(body, limits.body_time), None);
        return Ok(());
    }
    let body = collect(body, limits).await?;
    let parts = multipart_parts(request.headers(), &body).await;
    request.set_content(body.into(), parts);
    Ok(())
}

/// Returns content as a stream, each chunk of which must arrive within a time.
fn stream(body: Body, time: Option<Duration>) -> StreamedBody {
    if body.size_hint().exact() == Some(0) {
        return StreamedBody::default();
    }
    StreamedBody::from_stream(unfold(Some(body), move |body| next_chunk(body, time)))
}

/// Returns the next chunk, and the rest of the content unless it failed; `None` at the end.
async fn next_chunk(
    body: Option<Body>,
    time: Option<Duration>,
) -> Option<(Result<Bytes, BodyError>, Option<Body>)> {
    let mut body = body?;
    loop {
        let frame = match time {
            None => Ok(body.frame().await),
            Some(time) => timeout(time, body.frame()).await,
        };
        let Ok(frame) = frame else {
            let error = BodyError::new("the content took too long to arrive");
            return Some((Err(error), None));
        };
        match frame?.map(Frame::into_data) {
            Ok(Ok(data)) => return Some((Ok(data), Some(body))),
            // Trailer fields.
            Ok(Err(_)) => {}
            Err(error) => return Some((Err(BodyError::new(error)), None)),
        }
    }
}

/// Splits `multipart/form-data` into its parts; `None` if the content is malformed or of another type.
async fn multipart_parts(headers: &HeaderMap, bytes: &Bytes) -> Option<FormParts> {
    let media_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let boundary = multer::parse_boundary(media_type).ok()?;
    let bytes = bytes.clone();
    let content = futures_util::stream::once(async { Ok::<_, Infallible>(bytes) });
    let mut form = multer::Multipart::new(content, boundary);
    let mut parts = FormParts::default();
    while let Some(field) = form.next_field().await.ok()? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let content_type = field.content_type().map(ToString::to_string);
        parts.push(
            name,
            File {
                body: field.bytes().await.ok()?.into(),
                file_name,
                content_type,
            },
        );
    }
    Some(parts)
}

/// Receives content, within the limits of its size and time.
async fn collect(body: Body, limits: RequestLimits) -> Result<Bytes, Rejection> {
    let (size, time) = (limits.body_size, limits.body_time);
    // The unread content must not be parsed as the next request.
    let closing = |response, detail: String| {
        let close = HeaderValue::from_static("close");
        Rejection::new(response, detail).with_header(header::CONNECTION, close)
    };
    let too_large = || {
        let detail = format!("the content exceeds {size} bytes");
        closing(BuiltInResponse::CONTENT_TOO_LARGE, detail)
    };
    // If `Content-Length` exceeds the limit, the content is not read at all.
    if usize::try_from(body.size_hint().lower()).map_or(true, |length| length > size) {
        return Err(too_large());
    }
    let collected = Limited::new(body, size).collect();
    let collected = match time {
        None => Ok(collected.await),
        Some(time) => timeout(time, collected).await,
    };
    match collected {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Rejection::new(
            BuiltInResponse::BAD_REQUEST,
            "the content is incomplete",
        )),
        Err(_) => {
            let detail = "the content took too long to arrive".to_owned();
            Err(closing(BuiltInResponse::REQUEST_TIMEOUT, detail))
        }
    }
}
