//! Creates HTTP responses.

use std::{array, sync::LazyLock};

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use hyper::ext::ReasonPhrase;
use serde_json::json;

use super::axum::{Body, HttpBody, HttpResponse};
use crate::{
    Class, Code,
    runtime::{
        codec::{error::EncodeError, media::PROBLEM},
        message::{
            rejection::{Rejection, RejectionInner},
            response_encoder::ResponseEncoder,
        },
    },
};

/// Creates the HTTP response.
///
/// # Errors
/// If it has content that its status forbids, as is possible for a range or `default`.
pub(super) fn http_response(response: ResponseEncoder) -> Result<HttpResponse, EncodeError> {
    let ResponseEncoder {
        code,
        mut headers,
        body,
    } = response;
    if headers.is_empty() && body.is_empty() {
        return Ok(with_status(code, Body::empty()));
    }
    let allows_content = match code.status() {
        Some(status) => status.allows_content(),
        None => code.class() != Some(Class::Informational),
    };
    let body = if body.is_empty() {
        Body::empty()
    } else if allows_content {
        match body.as_bytes() {
            Some(bytes) => Body::from(bytes.clone()),
            None => Body::new(body),
        }
    } else {
        return Err(EncodeError::content(code));
    };
    if headers.contains_key(header::UPGRADE) {
        // `Upgrade` requires the `upgrade` option of `Connection` (RFC 9110, section 7.8).
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    }
    if !allows_content {
        headers.remove(header::CONTENT_TYPE);
    }
    let mut response = with_status(code, body);
    *response.headers_mut() = headers;
    Ok(response)
}

/// Creates a response with a status, and with its reason phrase if that is not hyper's default.
pub(crate) fn with_status(code: Code, body: Body) -> HttpResponse {
    /// The reason phrases that differ from hyper's, by code.
    static PHRASES: LazyLock<[Option<&str>; 1000]> =
        LazyLock::new(|| array::from_fn(|number| custom_phrase(u16::try_from(number).ok()?)));

    let mut response = HttpResponse::new(body);
    *response.status_mut() = code.into();
    if let Some(Some(phrase)) = PHRASES.get(usize::from(code.get()))
        && let Ok(phrase) = ReasonPhrase::try_from(Bytes::from_static(phrase.as_bytes()))
    {
        response.extensions_mut().insert(phrase);
    }
    response
}

/// Returns the reason phrase of a code, unless it is hyper's default.
fn custom_phrase(number: u16) -> Option<&'static str> {
    let default = StatusCode::from_u16(number).ok()?.canonical_reason();
    let status = Code::new(number).and_then(Code::status);
    match status.map(crate::Status::reason).or(default) {
        // Without a phrase hyper writes `<none>`; an empty phrase is valid (RFC 9112, section 4).
        None => Some(""),
        phrase => phrase.filter(|_| phrase != default),
    }
}

/// Removes the content of a response to HEAD, and keeps its `Content-Length`.
pub(super) fn without_content(mut response: HttpResponse) -> HttpResponse {
    let size = response.body().size_hint().exact();
    if let Some(size) = size.filter(|size| *size > 0) {
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, size.into());
    }
    *response.body_mut() = Body::empty();
    response
}

/// Creates a response with RFC 9457 problem details; its extensions contain the rejection, for `on_reject`.
pub(crate) fn problem(rejection: Rejection) -> HttpResponse {
    let RejectionInner {
        code,
        detail,
        parameter,
        pointer,
        headers,
        ..
    } = &*rejection.0;
    let status = code.status();
    let mut problem = json!({
        "type": status.and_then(crate::Status::reference).unwrap_or("about:blank"),
        "title": status.map_or("", crate::Status::reason),
        "status": code.get(),
        "detail": detail,
    });
    if let (Some(problem), Some((location, name))) = (problem.as_object_mut(), parameter) {
        let parameter = json!({"in": location, "name": name});
        problem.insert("parameter".to_owned(), parameter);
    }
    if let (Some(problem), Some(pointer)) = (problem.as_object_mut(), pointer) {
        problem.insert("pointer".to_owned(), pointer.as_str().into());
    }
    let mut response = with_status(*code, Body::from(problem.to_string()));
    *response.headers_mut() = headers.clone();
    let media = HeaderValue::from_static(PROBLEM);
    response.headers_mut().insert(header::CONTENT_TYPE, media);
    response.extensions_mut().insert(rejection);
    response
}
