//! The header field `Prefer`.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};

use crate::runtime::mock::prefer::Prefer;

fn parse(lines: &[&'static str]) -> Result<Prefer, String> {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append("prefer", HeaderValue::from_static(line));
    }
    Prefer::from_headers(&headers)
}

#[test]
fn the_first_preference_with_a_name_counts() {
    let prefer = parse(&["return=minimal, code=\"404\"", "CODE=200, delay=0.5"]).unwrap();
    assert_eq!(prefer.code, Some("404".parse().unwrap()));
    assert_eq!(prefer.delay, Some(Duration::from_millis(500)));
    assert_eq!(parse(&[]), Ok(Prefer::default()));
}

#[test]
fn a_comma_may_separate_codes() {
    let prefer = parse(&["code=200:9,503:1, delay=1"]).unwrap();
    assert_eq!(prefer.code, Some("200:9,503:1".parse().unwrap()));
    assert_eq!(prefer.delay, Some(Duration::from_secs(1)));
}

#[test]
fn an_invalid_preference_is_an_error() {
    let error = parse(&["delay=-1"]).unwrap_err();
    assert_eq!(
        error,
        "`Prefer: delay=-1` is invalid: it is not a number of seconds"
    );
    assert!(parse(&["code=99"]).is_err());
}
