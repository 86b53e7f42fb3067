//! Requests and responses survive the way from the encoder to the decoder.

use std::sync::Arc;

use fastrand::Rng;

use crate::{
    Operation, Response, Status,
    notes::{PutNote, PutNoteResponse, PutNoteResponse4xx},
    runtime::{
        message::{
            request_decoder::RequestDecoder, request_encoder::RequestEncoder,
            response_decoder::ResponseDecoder,
        },
        server::routes::Routes,
    },
};

/// Returns a text of up to 8 characters, among them reserved ones and characters of several bytes.
fn text(rng: &mut Rng) -> String {
    let characters = [
        'a', 'Z', '0', ' ', '/', '?', '&', '=', '%', '+', '"', 'é', '動',
    ];
    let length = rng.usize(..8);
    (0..length)
        .map(|_| characters[rng.usize(..characters.len())])
        .collect()
}

#[test]
fn requests_are_decoded_as_they_were_encoded() {
    let mut routes = Routes::new();
    routes.add(PutNote::METHOD, PutNote::PATH, ());
    let mut rng = Rng::with_seed(1);
    for _ in 0..1000 {
        let tags: Vec<_> = (0..rng.usize(..3)).map(|_| text(&mut rng)).collect();
        let request = PutNote {
            id: rng.i64(..),
            // A list without items is not sent.
            tags: Some(tags).filter(|tags| !tags.is_empty()),
            body: text(&mut rng),
        };
        let mut encoded = RequestEncoder::default();
        request.encode(&mut encoded).unwrap();
        let (path, query) = encoded.target("", PutNote::PATH);
        let uri = match query {
            Some(query) => format!("{path}?{query}"),
            None => path,
        };
        let mut head = http::Request::new(());
        *head.uri_mut() = uri.parse().unwrap();
        *head.headers_mut() = encoded.headers.clone();
        let (head, ()) = head.into_parts();
        let query = head.uri.query().unwrap_or_default();
        let route = routes.find(&PutNote::METHOD, head.uri.path(), query);
        let parameters = route.unwrap().parameters;
        let mut received = RequestDecoder::new(parameters, Arc::new(head));
        received.set_content(encoded.body.clone(), None);
        assert_eq!(PutNote::decode(&mut received).unwrap(), request, "{uri}");
    }
}

#[test]
fn responses_are_decoded_as_they_were_encoded() {
    let responses = (400..500).map(|code| PutNoteResponse::ClientError {
        status: PutNoteResponse4xx::new(code).unwrap(),
        body: format!("{code}"),
    });
    let others = [
        PutNoteResponse::Ok {
            etag: "\"1\"".to_owned(),
            body: "text".to_owned(),
        },
        PutNoteResponse::NoContent,
    ];
    for response in responses.chain(others) {
        let code = response.code();
        let encoded = response.clone().encode().unwrap();
        assert_eq!(encoded.code, code);
        let mut received = ResponseDecoder::new(code, &encoded.headers, encoded.body.clone());
        assert_eq!(PutNoteResponse::decode(&mut received), Ok(response));
    }
}

#[test]
fn an_undeclared_status_is_not_decoded() {
    let headers = http::HeaderMap::new();
    for code in (100..=999).filter(|code| !matches!(code, 200 | 204 | 400..=499)) {
        let code = crate::Code::new(code).unwrap();
        let mut received = ResponseDecoder::new(code, &headers, bytes::Bytes::new());
        let undeclared = Err(crate::DecodeError::UndeclaredStatus);
        assert_eq!(PutNoteResponse::decode(&mut received), undeclared);
    }
    assert_eq!(Status::from_code(404), Some(Status::NotFound));
}
