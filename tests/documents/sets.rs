//! The crate of `sets.yaml`: shared response enums, and the type of a success.

use std::error::Error;

use doc_sets::{
    Client, DifferentSuccessesResponse, EqualSuccessesResponse, EqualSuccessesResponseDefault,
    GetAResponse, GetBResponse, GetSharedResponse, HeadHeadResponse, InterimResponse, JobResponse,
    NoContentResponse, NoSuccessResponse, OnlyDefaultResponse, OnlyDefaultResponseDefault,
    PutNamedResponse, PutSharedResponse, RangeResponse, RangeResponse2xx, Response, SharedResponse,
    Status,
    mock::Mock,
    server::router,
};
use tokio::net::TcpListener;

#[test]
fn equal_responses_share_an_enum() {
    let shared: SharedResponse = GetSharedResponse::Ok;
    let _: PutSharedResponse = shared;
    let first: GetAResponse = GetBResponse::Accepted;
    assert_eq!(first, GetAResponse::Accepted);
    let _: JobResponse = PutNamedResponse::Accepted;
}

#[test]
fn a_success_is_2xx() {
    // Only through `default`.
    let response = |code| OnlyDefaultResponse::Default {
        status: OnlyDefaultResponseDefault::new(code).unwrap(),
        body: "text".to_owned(),
    };
    assert_eq!(response(204).success(), Ok("text".to_owned()));
    assert_eq!(response(304).success(), Err(response(304)));
    assert_eq!(response(500).success(), Err(response(500)));
    // No response is a success.
    let response = NoSuccessResponse::NotFound(String::new());
    assert_eq!(response.clone().success(), Err(response));
    // Successes with different content return the whole response.
    let response = DifferentSuccessesResponse::Accepted(5);
    assert_eq!(response.clone().success(), Ok(response));
    let response = DifferentSuccessesResponse::NotFound;
    assert_eq!(response.clone().success(), Err(response));
    // The content of all successes, including `default`.
    assert_eq!(EqualSuccessesResponse::NonAuthoritativeInformation("a".to_owned()).success(), Ok("a".to_owned()));
    let response = |code| EqualSuccessesResponse::Default {
        status: EqualSuccessesResponseDefault::new(code).unwrap(),
        body: "b".to_owned(),
    };
    assert_eq!(response(299).success(), Ok("b".to_owned()));
    assert_eq!(response(404).success(), Err(response(404)));
    // Through a range.
    assert_eq!(RangeResponse::Success { status: RangeResponse2xx::from_const::<206>() }.success(), Ok(()));
    assert_eq!(RangeResponse2xx::new(200), None, "200 is declared by itself");
}

#[test]
fn a_declared_upgrade_is_a_response() {
    let response = InterimResponse::SwitchingProtocols { upgrade: "websocket".to_owned() };
    assert_eq!(response.code(), Status::SwitchingProtocols);
    assert_eq!(InterimResponse::KEYS.len(), 2, "100 is none");
}

#[tokio::test]
async fn head_is_get_without_content() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Client::new(&format!("http://{}", listener.local_addr()?))?;
    tokio::spawn(async move { axum::serve(listener, router(Mock)).await });

    // `getHead` has content and `headHead` does not; the method of `getHead` handles both.
    assert_eq!(client.get_head().success().await?, "string");
    let HeadHeadResponse::Ok { etag } = client.head_head().send().await?;
    assert_eq!(etag.as_deref(), Some("string"));
    client.head_shared().success().await?;
    // A HEAD with other codes than GET has its own method.
    client.head_other().success().await?;
    // A status that forbids content has none, whatever the document declares.
    assert_eq!(client.no_content().send().await?, NoContentResponse::NoContent);
    assert_eq!(client.nothing().send().await?.code(), Status::Ok);
    Ok(())
}
