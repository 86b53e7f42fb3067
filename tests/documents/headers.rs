//! The crate of `headers.yaml`: header fields of responses.

use std::error::Error;

use doc_headers::{
    Client, GetHeaders, GetHeadersResponse,
    mock::Mock,
    server::{Api, Request, router},
    types::Object,
};
use tokio::net::TcpListener;

async fn serve(router: axum::Router) -> Result<Client, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Client::new(&format!("http://{}", listener.local_addr()?))?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(client)
}

fn object(a: &str, b: i64) -> Object {
    let mut object = Object::new(a);
    object.b = Some(b);
    object
}

/// Cookies, whose dates contain commas, so that they cannot be joined.
fn cookies() -> Vec<String> {
    vec!["a=1".to_owned(), "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT".to_owned()]
}

fn response(any: serde_json::Value) -> GetHeadersResponse {
    GetHeadersResponse::NoContent {
        set_cookie: Some(cookies()),
        x_any: Some(any),
        x_exploded: Some(object("y", 2)),
        x_flag: None,
        x_json: object("x, \"y\"", 3),
        x_list: Some(vec![1, 2]),
        x_null: Some(4),
        x_object: Some(object("x", 1)),
        x_word: "ü".to_owned(),
    }
}

struct Headers;

impl Api for Headers {
    async fn get_headers(&self, _: Request<GetHeaders>) -> GetHeadersResponse {
        response(serde_json::json!([null, "ü", {"a": 1.5}]))
    }
}

#[tokio::test]
async fn header_fields_round_trip() -> Result<(), Box<dyn Error>> {
    let client = serve(router(Headers)).await?;
    let got = client.get_headers().send().await?;
    assert_eq!(got, response(serde_json::json!([null, "ü", {"a": 1.5}])));
    let response = reqwest::get(format!("{}headers", client.base_url())).await?;
    for (name, value) in [
        ("x-any", r#"[null,"ü",{"a":1.5}]"#),
        ("x-exploded", "a=y,b=2"),
        ("x-json", r#"{"a":"x, \"y\"","b":3}"#),
        ("x-list", "1,2"),
        ("x-null", "4"),
        ("x-object", "a,x,b,1"),
        ("x-word", "ü"),
    ] {
        assert_eq!(response.headers()[name].as_bytes(), value.as_bytes(), "{name}");
    }
    assert!(!response.headers().contains_key("x-flag"));
    let sent = response.headers().get_all("set-cookie").iter();
    assert_eq!(sent.map(|value| value.to_str().unwrap()).collect::<Vec<_>>(), cookies());
    Ok(())
}

#[tokio::test]
async fn the_mock_sends_examples_of_header_fields() -> Result<(), Box<dyn Error>> {
    let client = serve(router(Mock)).await?;
    let GetHeadersResponse::NoContent { set_cookie, x_exploded, x_json, x_list, x_null, x_object, x_word, .. } =
        client.get_headers().send().await?;
    assert_eq!(set_cookie, Some(cookies()));
    assert_eq!(x_exploded, Some(object("y", 2)));
    assert_eq!(x_json, object("x, \"y\"", 3));
    assert_eq!(x_list, Some(vec![1, 2]));
    assert_eq!(x_null, Some(4));
    assert_eq!(x_object, Some(object("x", 1)));
    assert_eq!(x_word, "ü");
    Ok(())
}
