//! The crate of `names.yaml`: names that are not identifiers of Rust are usable.

use std::error::Error;

use doc_names::{Response as _, Client, TypeResponse, mock::Mock, server::router, types::Self_};
use serde_json::json;
use tokio::net::TcpListener;

#[tokio::test]
async fn names_on_the_wire_are_those_of_the_document() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Client::new(&format!("http://{}", listener.local_addr()?))?;
    tokio::spawn(async move { axum::serve(listener, router(Mock)).await });
    let response = client
        .r#type()
        .r#type("a")
        .self_("b")
        .n2fa("c")
        .filter_name("d")
        .pet_id("e")
        .send_in_query("f")
        .new_in_query("g")
        .body("h")
        .send()
        .await?;
    let TypeResponse::Ok { status_header, body_header, body } = response;
    assert_eq!((status_header.as_deref(), body_header.as_str()), (Some("string"), "string"));
    let value = json!({
        "self": {}, "type": "Self", "fn": {"new": ""}, "Self": "", "": "", "+1": 1, "-1": -1,
        "a b": "", "a-b": ""
    });
    let read: Self_ = serde_json::from_value(value.clone())?;
    assert_eq!(serde_json::to_value(&read)?, value);
    assert_ne!(read, body);
    Ok(())
}

#[test]
fn x_name_chooses_names() {
    let mut chosen = doc_names::types::Chosen::new();
    chosen.a = Some(doc_names::types::Letter::X);
    assert_eq!(doc_names::FetchThingsResponse::Ok(chosen.clone()).success(), Ok(chosen));
    let _: doc_names::types::Plain = doc_names::types::Plain::new();
    assert_eq!(<doc_names::FetchThings as doc_names::Operation>::ID, "get-2-things");
}
