//! The request that a method handles.

use crate::{notes::PutNote, server::Request};

fn note() -> PutNote {
    PutNote {
        id: 1,
        tags: None,
        body: "text".to_owned(),
    }
}

#[test]
fn a_request_dereferences_to_its_operation() {
    let mut request = Request::from(note());
    assert_eq!(request.id, 1);
    let body = std::mem::take(&mut request.body);
    assert_eq!((body.as_str(), request.body.as_str()), ("text", ""));
    assert_eq!(request.method(), http::Method::PUT);
    assert_eq!(request.remote_addr(), None);
    assert_eq!(request.into_inner().id, 1);
}

#[test]
fn a_test_can_set_the_head() {
    let (head, ()) = http::Request::post("/notes/1?tags=a")
        .header("x-trace", "7")
        .extension("layer")
        .body(())
        .unwrap()
        .into_parts();
    let request = Request::new(note(), ()).with_head(head);
    assert_eq!(request.uri().query(), Some("tags=a"));
    assert_eq!(request.headers()["x-trace"], "7");
    assert_eq!(request.extensions().get(), Some(&"layer"));
    let (operation, (), head) = request.into_parts();
    assert_eq!(operation, note());
    assert_eq!(head.method, http::Method::POST);
}

/// Header fields may contain secrets.
#[test]
fn debugging_a_request_omits_its_head() {
    let (head, ()) = http::Request::get("/notes/1")
        .header("authorization", "Bearer secret")
        .body(())
        .unwrap()
        .into_parts();
    let text = format!("{:?}", Request::new(note(), ()).with_head(head));
    assert!(text.contains("text") && !text.contains("secret"), "{text}");
}
