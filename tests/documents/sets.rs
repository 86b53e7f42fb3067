//! The crate of `sets.yaml`: which enums there are, and what a success is.

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
fn equal_sets_are_one_enum() {
    let shared: SharedResponse = GetSharedResponse::Ok;
    let _: PutSharedResponse = shared;
    let first: GetAResponse = GetBResponse::Accepted;
    assert_eq!(first, GetAResponse::Accepted);
    let _: JobResponse = PutNamedResponse::Accepted;
}

#[test]
fn a_success_is_2xx() {
    // By `default` alone.
    let answer = |code| OnlyDefaultResponse::Default {
        status: OnlyDefaultResponseDefault::new(code).unwrap(),
        body: "text".to_owned(),
    };
    assert_eq!(answer(204).success(), Ok("text".to_owned()));
    assert_eq!(answer(304).success(), Err(answer(304)));
    assert_eq!(answer(500).success(), Err(answer(500)));
    // Never.
    let answer = NoSuccessResponse::NotFound(String::new());
    assert_eq!(answer.clone().success(), Err(answer));
    // The whole answer, where successes differ.
    let answer = DifferentSuccessesResponse::Accepted(5);
    assert_eq!(answer.clone().success(), Ok(answer));
    let answer = DifferentSuccessesResponse::NotFound;
    assert_eq!(answer.clone().success(), Err(answer));
    // What all successes have, `default` too.
    assert_eq!(EqualSuccessesResponse::NonAuthoritativeInformation("a".to_owned()).success(), Ok("a".to_owned()));
    let answer = |code| EqualSuccessesResponse::Default {
        status: EqualSuccessesResponseDefault::new(code).unwrap(),
        body: "b".to_owned(),
    };
    assert_eq!(answer(299).success(), Ok("b".to_owned()));
    assert_eq!(answer(404).success(), Err(answer(404)));
    // By range.
    assert_eq!(RangeResponse::Success { status: RangeResponse2xx::from_const::<206>() }.success(), Ok(()));
    assert_eq!(RangeResponse2xx::new(200), None, "200 is declared by itself");
}

#[test]
fn a_declared_upgrade_is_an_answer() {
    let answer = InterimResponse::SwitchingProtocols { upgrade: "websocket".to_owned() };
    assert_eq!(answer.code(), Status::SwitchingProtocols);
    assert_eq!(InterimResponse::KEYS.len(), 2, "100 is none");
}

#[tokio::test]
async fn head_is_get_without_content() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Client::new(&format!("http://{}", listener.local_addr()?))?;
    tokio::spawn(async move { axum::serve(listener, router(Mock)).await });

    // `getHead` has content and `headHead` has not; the method of the former answers both.
    assert_eq!(client.get_head().success().await?, "string");
    let HeadHeadResponse::Ok { etag } = client.head_head().send().await?;
    assert_eq!(etag.as_deref(), Some("string"));
    client.head_shared().success().await?;
    // A HEAD with other codes than GET has a method of its own.
    client.head_other().success().await?;
    // What forbids content has none, whatever is declared.
    assert_eq!(client.no_content().send().await?, NoContentResponse::NoContent);
    assert_eq!(client.nothing().send().await?.code(), Status::Ok);
    Ok(())
}
