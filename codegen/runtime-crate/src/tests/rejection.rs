//! The responses of the router if a method does not return one.

use http::{Request, StatusCode};
use tower::ServiceExt as _;

use crate::{
    Code,
    notes::{PutNote, PutNoteResponse},
    runtime::{
        message::{Rejection, built_in::BuiltInResponse},
        server::{
            axum::{Body, Router},
            handler::{HandlerOutput, InternalError},
            router::ApiRouter,
        },
    },
};

/// Returns the response of a router whose only method is `respond`.
async fn call<T>(respond: fn(&str) -> T) -> (StatusCode, String)
where
    T: HandlerOutput<PutNoteResponse> + 'static,
{
    let mut router = ApiRouter::new();
    router.route(
        &std::sync::Arc::new(()),
        move |_, request: crate::server::Request<PutNote>| async move {
            respond(&request.body).into_result()
        },
    );
    let request = Request::put("/notes/1").header("content-type", "application/json");
    let request = request.body(Body::from("\"text\"")).unwrap();
    let response = Router::from(router).oneshot(request).await.unwrap();
    let status = response.status();
    let body = http_body_util::BodyExt::collect(response.into_body()).await;
    let body = String::from_utf8(body.unwrap().to_bytes().to_vec()).unwrap();
    (status, body)
}

#[tokio::test]
async fn a_rejection_of_the_method_is_the_response() {
    let (status, body) = call(|_| {
        let rejection = Rejection::new(BuiltInResponse::BAD_REQUEST, "not now");
        Err::<PutNoteResponse, _>(rejection)
    })
    .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(body.contains("\"detail\":\"not now\""), "{body}");
}

#[test]
fn every_built_in_response_has_a_valid_code() {
    for response in BuiltInResponse::ALL {
        assert!(Code::new(response.code()).is_some(), "{response:?}");
    }
}

#[tokio::test]
async fn a_panic_reveals_nothing() {
    let panicking =
        |text: &str| -> PutNoteResponse { std::panic::resume_unwind(Box::new(text.to_owned())) };
    let (status, body) = call(panicking).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!body.contains("text"), "{body}");
}

#[tokio::test]
async fn an_internal_error_reveals_nothing() {
    let failing = |text: &str| Err::<PutNoteResponse, _>(InternalError::new(text));
    let (status, body) = call(failing).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!body.contains("text"), "{body}");
}
