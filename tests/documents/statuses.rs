//! The crate of `statuses.yaml`: `x-status` overrides the catalogue.

use doc_statuses::{GetStatusesResponse, Retry, Status};

#[test]
fn x_status_overrides_single_keys() {
    let nothing = Status::Nothing;
    assert_eq!((nothing.code(), nothing.reason(), nothing.description()), (204, "Nothing", "Nothing here."));
    assert_eq!(nothing.reference(), Some("https://www.rfc-editor.org/rfc/rfc9110#section-15.3.5"));
    // 204 has no content, whatever its name.
    let _ = GetStatusesResponse::Nothing;

    let unauthorized = Status::Unauthorized;
    assert_eq!(unauthorized.retry(), Retry::Backoff);
    assert_eq!((unauthorized.reason(), unauthorized.origin()), ("Unauthorized", ["iana"].as_slice()));
    assert_ne!(unauthorized.description(), "The credentials are missing.", "the meaning is that of the catalogue");

    let missing = Status::Missing;
    assert_eq!((missing.code(), missing.reason(), missing.origin()), (404, "Not Found", ["iana"].as_slice()));

    let teapot = Status::ImATeapot;
    assert_eq!((teapot.origin(), teapot.reference()), (["tea-house"].as_slice(), Some("https://example.com/tea")));
}

#[test]
fn x_status_describes_a_new_code() {
    let more = Status::MoreThanOk;
    assert_eq!((more.code(), more.reason(), more.retry()), (299, "More Than OK", Retry::After));
    assert_eq!((more.origin(), more.reference()), (["us"].as_slice(), Some("https://example.com/299")));
    let status = Status::Status298;
    assert_eq!((status.code(), status.reason(), status.description()), (298, "", "An unknown status."));
}
