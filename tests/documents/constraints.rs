//! The crate of `constraints.yaml`: invalid requests are rejected before a method is called.

use std::error::Error;

use doc_constraints::{
    Order, OrderResponse, PutAny, PutAnyResponse, PutPhoto, PutPhotoResponse,
    server::{Api, Request, router},
};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::net::TcpListener;

struct Taken;

impl Api for Taken {
    async fn order(&self, _: Request<Order>) -> OrderResponse {
        OrderResponse::NoContent
    }

    async fn put_any(&self, _: Request<PutAny>) -> PutAnyResponse {
        PutAnyResponse::NoContent
    }

    async fn put_photo(&self, _: Request<PutPhoto>) -> PutPhotoResponse {
        PutPhotoResponse::NoContent
    }
}

async fn serve() -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router(Taken)).await });
    Ok(base)
}

/// Returns the status code of the response, and the pointer and the detail of a problem.
async fn send(request: RequestBuilder) -> Result<(u16, String, String), Box<dyn Error>> {
    let response = request.send().await?;
    let code = response.status().as_u16();
    let problem: Value = serde_json::from_slice(&response.bytes().await?).unwrap_or_default();
    let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
    Ok((code, text("pointer"), text("detail")))
}

/// Returns an order with one member added or replaced.
fn order(name: &str, value: Value) -> Value {
    let mut order = json!({"what": {"kind": "cup"}});
    order[name] = value;
    order
}

#[tokio::test]
async fn json_is_validated() -> Result<(), Box<dyn Error>> {
    let base = serve().await?;
    let orders = || Client::new().post(format!("{base}/orders"));
    let json = |value: &Value| {
        orders().header("content-type", "application/json").body(value.to_string())
    };
    for (name, value) in [
        ("id", json!(5)),
        ("count", json!(1)),
        ("count", json!(9)),
        ("ratio", json!(0.3)),
        ("ratio", json!(1)),
        ("even", json!(-4)),
        ("day", json!("2024-02-29")),
        ("when", json!("2024-02-29t23:59:60.5+01:00")),
        ("from", json!("a.b+c@example.org")),
        ("link", json!("urn:isbn:0451450523")),
        ("host", json!("a.example-1.org")),
        ("at", json!("::1")),
        ("at", json!("127.0.0.1")),
        ("data", json!("aGk=")),
        ("data", json!("")),
        ("color", json!(null)),
        ("color", json!("green")),
        ("level", json!(1.0)),
        ("level", json!([4])),
        ("level", json!(null)),
        ("code", json!("AB123")),
        ("names", json!({"a": "abc", "b": "ü€😀"})),
        ("matrix", json!([[1, "1", true], []])),
        ("no", json!("now")),
        ("either", json!({"a": 1, "more": 2})),
        ("either", json!(["abc", ["a"], {"a": 1}])),
        ("parts", json!([order("count", json!(5))])),
        ("note", json!({"long": "12345"})),
        ("loop", json!("ab")),
        ("open", json!("unchecked")),
        ("what", json!({"kind": "mug", "milk": 3})),
        ("what", json!({"kind": "Pot", "cups": 2})),
    ] {
        let value = order(name, value);
        assert_eq!(send(json(&value)).await?.0, 204, "{value}");
    }
    let levels = "must be one of `1`, `two`, `3.5`, `[4]`, `null`";
    for (name, value, pointer, must) in [
        ("unknown", json!(5), "/unknown", "must not be present because it is not declared"),
        ("count", json!(0), "/count", "must be at least 1"),
        ("count", json!(10), "/count", "must be less than 10"),
        ("ratio", json!(0), "/ratio", "must be greater than 0"),
        ("ratio", json!(0.25), "/ratio", "must be a multiple of 0.1"),
        ("even", json!(3), "/even", "must be a multiple of 2"),
        ("day", json!("2023-02-29"), "/day", "must be a date such as `2017-07-21`"),
        ("when", json!("2023-02-28 10:00:00Z"), "/when", "must be a date and time such as `2017-07-21T17:32:28Z`"),
        ("from", json!("nobody"), "/from", "must be an email address"),
        ("link", json!("/relative"), "/link", "must be a URI with a scheme"),
        ("host", json!("-a.org"), "/host", "must be a hostname"),
        ("at", json!("1.2.3.256"), "/at", "must match one of the declared schemas"),
        ("data", json!("aGk"), "/data", "must be a Base64 string"),
        ("color", json!("blue"), "/color", "must be one of `red`, `green`"),
        ("level", json!(2), "/level", levels),
        ("code", json!("A1"), "/code", "must be at least 3 characters long"),
        ("code", json!("AB1234"), "/code", "must be at most 5 characters long"),
        ("code", json!("ab12"), "/code", "must match `^[A-Z]{2}\\d+$`"),
        ("names", json!({"a": "", "b": "b", "c": "c"}), "/names", "must have at most 2 properties"),
        ("names", json!({"a/b~": ""}), "/names/a~1b~0", "must be at least 1 character long"),
        ("matrix", json!([]), "/matrix", "must have at least 1 item"),
        ("matrix", json!([[], [{"a": 1, "b": 1}, {"b": 1.0, "a": 1}]]), "/matrix/1", "must not contain duplicate items"),
        ("no", json!("never"), "/no", "must not match the excluded schema"),
        ("either", json!({"own": "a"}), "/either", "must match one of the declared schemas"),
        ("either", json!(["toolong"]), "/either", "must match one of the declared schemas"),
        ("parts", json!([order("count", json!(0))]), "/parts/0/count", "must be at least 1"),
        ("note", json!({}), "/note", "must match one of the declared schemas"),
        ("note", json!({"long": "12345", "short": "a"}), "/note", "must have at most 1 property"),
        ("loop", json!("abc"), "/loop", "must be at most 2 characters long"),
        ("what", json!({"kind": "mug", "milk": 4}), "/what/milk", "must be at most 3"),
        ("what", json!({"kind": "Pot", "cups": 1}), "/what/cups", "must be at least 2"),
        ("what", json!({"kind": "Cup"}), "/what/kind", "must be one of `cup`, `mug`, `Pot`"),
        ("what", json!({"cups": 3}), "/what", "must have the property `kind`"),
        ("what", json!("cup"), "/what", "must be an object"),
        ("what", json!({"kind": "cup", "milk": null}), "/what/milk", "must not be null"),
        ("count", json!(null), "/count", "must not be null"),
    ] {
        let value = order(name, value);
        let expected = (422, pointer.to_owned(), format!("`{pointer}` {must}"));
        assert_eq!(send(json(&value)).await?, expected, "{value}");
    }
    // Nested alternatives are validated in bounded time.
    let mut deep = json!("toolong");
    for _ in 0..100 {
        deep = json!([deep, "toolong"]);
    }
    assert_eq!(send(json(&order("either", deep))).await?.0, 422);
    Ok(())
}

#[tokio::test]
async fn json_of_any_media_type_is_validated() -> Result<(), Box<dyn Error>> {
    let base = serve().await?;
    for (media, body, code, pointer) in [
        ("application/json", r#"{"kind": "a", "cups": 2}"#, 204, ""),
        ("application/json; charset=utf-8", r#"{"kind": "a", "cups": 1}"#, 422, "/cups"),
        ("application/vnd.pot+json", "[null]", 422, ""),
        ("application/pot", r#"{"kind": "a", "cups": 1}"#, 204, ""),
    ] {
        let request = Client::new().put(format!("{base}/any"));
        let response = send(request.header("content-type", media).body(body)).await?;
        assert_eq!((response.0, response.1.as_str()), (code, pointer), "{media} {body} {response:?}");
    }
    Ok(())
}

#[tokio::test]
async fn other_content_is_validated() -> Result<(), Box<dyn Error>> {
    let base = serve().await?;
    let orders = |media: &str, body: &str| {
        let request = Client::new().post(format!("{base}/orders"));
        request.header("content-type", media).body(body.to_owned())
    };
    let form = "application/x-www-form-urlencoded";
    for (media, body, pointer, detail) in [
        (form, "short=abc", "", ""),
        (form, "short=abcd", "/short", "`/short` must be at most 3 characters long"),
        (form, "long=12345&more=1", "/more", "`/more` must not be present because it is not declared"),
        (form, "", "", "the value must match one of the declared schemas"),
        ("text/plain", "12345", "", ""),
        ("text/plain", "123456", "", "the value must be at most 5 characters long"),
    ] {
        let code = if detail.is_empty() { 204 } else { 422 };
        let expected = (code, pointer.to_owned(), detail.to_owned());
        assert_eq!(send(orders(media, body)).await?, expected, "{media} {body}");
    }

    let part = |(name, value): &(&str, &str)| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    for (parts, pointer, detail) in [
        (&[("stars", "5"), ("stars", "1"), ("title", "ab")][..], "", ""),
        (&[("stars", "5"), ("stars", "6")], "/stars/1", "`/stars/1` must be at most 5"),
        (&[("title", "a")], "/title", "`/title` must be at least 2 characters long"),
        (&[("more", "a")], "/more", "`/more` must not be present because it is not declared"),
    ] {
        let parts: String = parts.iter().chain(&[("photo", "bytes")]).map(part).collect();
        let request = Client::new()
            .put(format!("{base}/photos/a"))
            .header("content-type", "multipart/form-data; boundary=b")
            .body(format!("{parts}--b--\r\n"));
        let code = if detail.is_empty() { 204 } else { 422 };
        assert_eq!(send(request).await?, (code, pointer.to_owned(), detail.to_owned()));
    }
    Ok(())
}

#[tokio::test]
async fn parameters_are_validated() -> Result<(), Box<dyn Error>> {
    let base = serve().await?;
    let body = "--b\r\nContent-Disposition: form-data; name=\"photo\"\r\n\r\nbytes\r\n--b--\r\n";
    for (path, trace, detail) in [
        ("abc?page=100&tag=a&tag=b&size=10", "123e4567-e89b-12d3-a456-426614174000", ""),
        ("abc?size=small", "123E4567-E89B-12D3-A456-426614174000", ""),
        ("abcd", "", "the path parameter `album` is invalid: it must be at most 3 characters long"),
        ("a?page=0", "", "the query parameter `page` is invalid: it must be at least 1"),
        ("a?tag=a&tag=a", "", "the query parameter `tag` is invalid: it must not contain duplicate items"),
        ("a?tag=a&tag=long", "", "the query parameter `tag` is invalid: `/1` must be at most 3 characters long"),
        ("a?size=9", "", "the query parameter `size` is invalid: it must match one of the declared schemas"),
        ("a?size=medium", "", "the query parameter `size` is invalid: it must match one of the declared schemas"),
        ("a", "1-2", "the header parameter `X-Trace` is invalid: it must be a UUID"),
    ] {
        let mut request = Client::new()
            .put(format!("{base}/photos/{path}"))
            .header("content-type", "multipart/form-data; boundary=b")
            .body(body);
        if !trace.is_empty() {
            request = request.header("x-trace", trace);
        }
        let code = if detail.is_empty() { 204 } else { 400 };
        assert_eq!(send(request).await?, (code, String::new(), detail.to_owned()), "{path}");
    }
    Ok(())
}
