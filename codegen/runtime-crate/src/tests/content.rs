//! Content is encoded and decoded the same for requests and responses.

use http::{HeaderMap, HeaderValue, header};
use serde_json::{Value, json};

use crate::runtime::codec::{
    content::{ContentError, EncodedContent, ReceivedContent},
    validation::{Constraint, Constraints},
};

const MEDIA_TYPE: &str = "application/json";

/// Returns content as it is received.
fn received<'a>(headers: &'a mut HeaderMap, content: &[u8]) -> ReceivedContent<'a> {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    ReceivedContent::new(MEDIA_TYPE, headers, content.to_vec().into(), None)
}

#[test]
fn encoded_content_sets_its_media_type() {
    let mut headers = HeaderMap::new();
    let content = EncodedContent::json(MEDIA_TYPE, &json!({"a": 1})).unwrap();
    let body = content.into_body(&mut headers);
    assert_eq!(headers.get(header::CONTENT_TYPE).unwrap(), MEDIA_TYPE);
    let value: Value = received(&mut headers, body.in_memory()).json().unwrap();
    assert_eq!(value, json!({"a": 1}));
}

#[test]
fn malformed_content_is_not_invalid_content() {
    let mut headers = HeaderMap::new();
    let error = received(&mut headers, b"[1,").json::<Vec<i32>>();
    let malformed = "malformed JSON at line 1 column 3".to_owned();
    assert_eq!(error, Err(ContentError::Malformed(malformed)));
    let error = received(&mut headers, br#"[1,"2"]"#).json::<Vec<i32>>();
    let invalid = ContentError::Invalid {
        detail: "`/1` is a string, which does not match its schema".to_owned(),
        pointer: Some("/1".to_owned()),
    };
    assert_eq!(error, Err(invalid));
    let error = received(&mut headers, b"\xff").text::<String>();
    let malformed = "malformed UTF-8".to_owned();
    assert_eq!(error, Err(ContentError::Malformed(malformed)));
}

#[test]
fn content_is_validated_only_against_its_constraints() {
    const CONSTRAINTS: Constraints = &[Constraint::MaxItems(1)];
    let mut headers = HeaderMap::new();
    let text = b"[1, 2]";
    let value: Vec<i32> = received(&mut headers, text).json().unwrap();
    assert_eq!(value, [1, 2]);
    let content = received(&mut headers, text).with_constraints(CONSTRAINTS);
    let Err(ContentError::Invalid { pointer, .. }) = content.json::<Vec<i32>>() else {
        panic!("the list is too long")
    };
    assert_eq!(pointer.as_deref(), Some(""));
}
