//! The crate of `calls.yaml`: conditions, redirects, streamed content, servers and credentials of the client.

use std::{
    error::Error,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use axum::{
    Router,
    body::Bytes,
    extract::Request,
    response::{IntoResponse, Response},
};
use doc_calls::{
    Client, GetFileResponse, GetThumbnailResponse, ResponseKey, DecodeError, Operation as _, Response as _, Status,
    client::{ClientBuilder, ResponseError, HttpDate, Redirects, RetryPolicy, Server, http_builder, reqwest},
    requests::GetFile,
    types::Missing,
};
use http_body_util::Full;
use tokio::net::TcpListener;

type Outcome = Result<(), Box<dyn Error>>;

/// The requests that a server has received: method, path with query, header fields, content.
type Asked = Arc<Mutex<Vec<(String, String, axum::http::HeaderMap, Bytes)>>>;

/// Serves the responses of a function and records the requests. Returns the URL.
async fn serve<F>(response: F) -> std::io::Result<(String, Asked)>
where
    F: Fn(usize, &axum::http::request::Parts) -> Response + Clone + Send + Sync + 'static,
{
    let asked = Asked::default();
    let log = Arc::clone(&asked);
    let router = Router::new().fallback(move |request: Request| {
        let (log, response) = (Arc::clone(&log), response.clone());
        async move {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            let number = {
                let mut log = log.lock().unwrap();
                let (method, target) = (parts.method.to_string(), parts.uri.to_string());
                log.push((method, target, parts.headers.clone(), body));
                log.len()
            };
            response(number, &parts)
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok((url, asked))
}

fn status(code: u16) -> Response {
    axum::http::StatusCode::from_u16(code).unwrap().into_response()
}

fn builder(url: &str) -> ClientBuilder {
    Client::builder().base_url(url).key("the key").token("the token")
}

#[tokio::test]
async fn a_conditional_request_returns_new_content_or_304() -> Outcome {
    let (url, _) = serve(|_, parts| {
        let same = |name: &str, value: &str| parts.headers.get(name).is_some_and(|found| found == value);
        if same("if-none-match", "\"v1\"") || same("if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT") {
            return status(304);
        }
        let is_file = parts.uri.path().starts_with("/files/");
        let media = if is_file { "application/octet-stream" } else { "image/png" };
        ([("etag", "\"v1\""), ("content-type", media)], "new").into_response()
    })
    .await?;
    let client = builder(&url).build()?;
    let GetFileResponse::Ok { etag: Some(etag), body } = client.get_file("a").await? else {
        panic!("no file");
    };
    assert_eq!(body, "new");
    let again = client.get_file("a").if_none_match(&etag).await?;
    assert_eq!(again, GetFileResponse::NotModified);
    let other = client.get_file("a").if_none_match("\"v0\"").await?;
    assert_eq!(other.code(), Status::Ok);

    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    for date in [HttpDate::from(date), "Sun, 06 Nov 1994 08:49:37 GMT".into()] {
        let again = client.get_file("a").if_modified_since(date).await?;
        assert_eq!(again, GetFileResponse::NotModified);
    }
    let far = HttpDate::from(SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 50));
    assert_eq!(far.as_str(), "Fri, 31 Dec 9999 23:59:59 GMT");

    // A range that contains 304 declares it, too; a parameter of the same name takes precedence.
    let picture = client.get_thumbnail().if_none_match("x").with_timeout_in_query("1").if_modified_since("then");
    let picture = picture.send_full().await?;
    assert!(picture.url().contains("if_none_match=x&with_timeout=1"), "{}", picture.url());
    Ok(())
}

#[tokio::test]
async fn bytes_are_streamed() -> Outcome {
    let (url, _) = serve(|_, parts| match parts.uri.path() {
        "/files/big" => {
            let headers = [("content-type", "application/octet-stream"), ("x-disk", "7")];
            (headers, vec![b'a'; 100_000]).into_response()
        }
        "/files/none" => ([("content-type", "application/json")], "{\"name\": \"none\"}").into_response().with(404),
        "/files/broken" => ([("content-type", "application/json")], "{\"name\": ").into_response().with(404),
        "/files/login" => ([("content-type", "text/html")], "<form>").into_response(),
        "/files/later" => status(202),
        _ => status(410),
    })
    .await?;
    // The limit applies to content in memory only.
    let client = builder(&url).body_limit(1000).build()?;
    let error = client.get_file("big").await.unwrap_err();
    assert_eq!(error.decode_error(), Some(&DecodeError::TooLarge));
    let mut file = client.get_file("big").send_streaming().await?;
    assert_eq!((file.code(), &file.headers()["x-disk"]), (Status::Ok.into(), &"7".parse()?));
    let mut count = 0;
    while let Some(chunk) = file.chunk().await? {
        count += chunk.len();
    }
    assert_eq!(count, 100_000);
    let file = client.get_file("big").send_streaming().await?.into_inner();
    assert_eq!(file.headers()["x-disk"], "7");
    assert_eq!(file.bytes().await?.len(), 100_000);

    // Bytes of another media type are an error.
    let failure = client.get_file("login").send_streaming().await.unwrap_err();
    assert!(matches!(failure.error().decode_error(), Some(DecodeError::ContentType(Some(_)))), "{failure:?}");
    let failure = client.get_file("later").send_streaming().await.unwrap_err();
    assert!(matches!(failure, ResponseError::Declared(GetFileResponse::Accepted, _)), "{failure:?}");
    let end = ": the response was 202 Accepted, which has no binary content to stream";
    assert!(failure.to_string().ends_with(end), "{failure}");

    // Other responses than a success are read completely.
    match client.get_file("none").send_streaming().await {
        Err(ResponseError::Declared(GetFileResponse::NotFound(missing), error)) => {
            assert_eq!(missing, Missing::new("none"));
            assert_eq!(error.code(), Some(Status::NotFound.into()));
        }
        other => panic!("{other:?}"),
    }
    for (name, code) in [("broken", Status::NotFound), ("gone", Status::Gone)] {
        for failure in [
            client.get_file(name).send_streaming().await.err().map(|failure| failure.code()),
            client.get_file(name).success().await.err().map(|failure| failure.code()),
        ] {
            assert_eq!(failure, Some(Some(code.into())), "{name}");
        }
    }
    Ok(())
}

/// Changes the status code of a response.
trait With {
    fn with(self, code: u16) -> Self;
}

impl With for Response {
    fn with(mut self, code: u16) -> Self {
        *self.status_mut() = axum::http::StatusCode::from_u16(code).unwrap();
        self
    }
}

#[tokio::test]
async fn content_can_replace_that_of_the_request() -> Outcome {
    let (url, asked) = serve(|number, _| status(if number % 2 == 1 { 503 } else { 201 })).await?;
    let policy = RetryPolicy::new().sleeper(|_| async {});
    let client = builder(&url).retry(policy).build()?;

    // Bytes can be sent again on a retry.
    client.put_file("a", Bytes::new()).with_content("twice").success().await?;
    let contents = |from: usize| -> Vec<Bytes> {
        asked.lock().unwrap()[from..].iter().map(|(_, _, _, content)| content.clone()).collect()
    };
    assert_eq!(contents(0), ["twice", "twice"]);

    // A stream cannot.
    let once = reqwest::Body::wrap(Full::new(Bytes::from("once")));
    let error = client.put_file("a", Bytes::new()).with_content(once).send().await.unwrap_err();
    assert_eq!(error.code(), Some(Status::ServiceUnavailable.into()));
    assert_eq!(contents(2), ["once"]);
    assert_eq!(asked.lock().unwrap()[2].2["content-type"], "application/octet-stream");
    Ok(())
}

#[tokio::test]
async fn a_redirect_sends_no_credentials_to_another_origin() -> Outcome {
    let file = || ([("content-type", "application/octet-stream")], "there").into_response();
    let (other, elsewhere) = serve(move |_, _| file()).await?;
    let to = other.clone();
    let (url, here) = serve(move |_, parts| {
        let location = match parts.uri.path() {
            "/files/far" => format!("{}/there?t=theirs", to.replace("http://", "http://tom:secret@")),
            "/files/near" => "/near?a=b".to_owned(),
            "/near" => return file(),
            _ => "nowhere:at all".to_owned(),
        };
        ([("location", location)], ()).into_response().with(307)
    })
    .await?;
    let client = builder(&url).header("authorization", "Bearer x").header("x-session-id", "x");
    let client = client.header("x-plain", "x").build()?;

    let near = client.get_file("near").with_header("Cookie", "a=b").send_full().await?;
    assert_eq!(near.url(), format!("{url}/near?a=b"));
    assert_eq!(near.response.code(), Status::Ok);
    let (_, target, headers, _) = here.lock().unwrap()[1].clone();
    assert_eq!(target, "/near?a=b");
    for name in ["x-key", "authorization", "x-session-id", "cookie", "x-plain"] {
        assert!(headers.contains_key(name), "{name}");
    }

    let far = client.get_file("far").with_header("Cookie", "a=b").send_full().await?;
    assert_eq!(far.url(), format!("{other}/there?t=theirs"));
    let (_, _, headers, _) = elsewhere.lock().unwrap()[0].clone();
    for name in ["x-key", "authorization", "x-session-id", "cookie"] {
        assert!(!headers.contains_key(name), "{name}");
    }
    assert!(headers.contains_key("x-plain") && headers.contains_key("user-agent"));

    // Not even a header field of a security scheme that was set by hand.
    let by_hand = Client::builder().base_url(&url).header("X-Key", "k").build()?;
    by_hand.get_file("far").with_header("X-Auth-Key", "k").success().await?;
    let (_, _, headers, _) = elsewhere.lock().unwrap().last().cloned().unwrap();
    assert!(!headers.contains_key("x-key") && !headers.contains_key("x-auth-key"));
    let before = elsewhere.lock().unwrap().len();

    // A redirect without a valid URL, or one that is not followed, is a response.
    let error = client.get_file("nowhere").await.unwrap_err();
    assert_eq!(error.decode_error(), Some(&DecodeError::UndeclaredStatus));
    assert_eq!(error.code(), Some(Status::TemporaryRedirect.into()));
    let client = builder(&url).redirects(Redirects::None).build()?;
    let error = client.get_file("far").await.unwrap_err();
    assert_eq!(error.code(), Some(Status::TemporaryRedirect.into()));
    assert_eq!(elsewhere.lock().unwrap().len(), before);
    Ok(())
}

#[tokio::test]
async fn a_redirect_keeps_method_and_content_as_its_status_requires() -> Outcome {
    let (url, asked) = serve(|_, parts| match parts.uri.path() {
        "/orders" => {
            let code = parts.headers["x-code"].to_str().unwrap().parse().unwrap();
            ([("location", "/moved")], ()).into_response().with(code)
        }
        _ => status(201),
    })
    .await?;
    let client = builder(&url).build()?;
    for (code, method, content) in [
        (301, "GET", ""),
        (302, "GET", ""),
        (303, "GET", ""),
        (307, "POST", "{}"),
        (308, "POST", "{}"),
    ] {
        let order = client.add_order(Default::default()).with_header("x-code", code.to_string());
        order.success().await?;
        let (found, target, headers, body) = asked.lock().unwrap().last().cloned().unwrap();
        assert_eq!((found.as_str(), target.as_str()), (method, "/moved"), "{code}");
        assert_eq!(body, content, "{code}");
        assert_eq!(headers.contains_key("content-type"), !content.is_empty(), "{code}");
    }
    // A declared redirect is a response: here all of 3XX, but not through `default`.
    let (url, _) = serve(|_, _| ([("location", "/elsewhere")], ()).into_response().with(302)).await?;
    let client = builder(&url).build()?;
    let response = client.get_thumbnail().await?;
    assert!(matches!(response, GetThumbnailResponse::Redirection { status } if status.code() == Status::Found));
    assert!(matches!(GetThumbnailResponse::KEYS, [_, ResponseKey::Range(3), ResponseKey::Default]));
    Ok(())
}

#[tokio::test]
async fn an_error_contains_the_url_without_secrets() -> Outcome {
    let (url, _) = serve(|_, _| status(410)).await?;
    let client = builder(&url).build()?;
    let error = client.get_file("a b").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "getFile (GET {url}/files/a%20b?t=REDACTED): the response was 410 Gone: the document does not \
             declare this status; the status means: {}",
            Status::Gone.summary()
        )
    );
    assert!(!format!("{error:?} {client:?}").contains("the token"), "{client:?}");
    assert_eq!(error.url().map(|url| url.query()), Some(Some("t=REDACTED")));
    let (url, _) = serve(|_, _| status(304)).await?;
    let full = builder(&url).build()?.get_file("a").send_full().await?;
    assert!(full.url().contains("the%20token") && !format!("{full:?}").contains("token"), "{full:?}");
    assert_eq!((GetFile::ID, GetFile::PATH), ("getFile", "/files/{name}"));

    let error = client.get_file("a").with_header("x", "a\nb").await.unwrap_err();
    assert!(error.to_string().contains("cannot be sent: the header `x` contains a character"), "{error}");
    let error = client.get_file("a").with_header("x y", "a").await.unwrap_err();
    assert!(error.to_string().contains("`x y` is not a valid header name"), "{error}");
    Ok(())
}

#[tokio::test]
async fn header_fields_of_the_call_take_precedence() -> Outcome {
    let (url, asked) = serve(|_, _| status(201)).await?;
    let client = builder(&url).header("x-a", "client").header("x-b", "client").build()?;
    let order = || client.add_order(Default::default());
    order().success().await?;
    order().with_header("X-A", "call").with_header("user-agent", "me").success().await?;
    let seen = |number: usize, name: &str| -> String {
        asked.lock().unwrap()[number].2[name].to_str().unwrap().to_owned()
    };
    assert_eq!((seen(0, "x-a"), seen(0, "x-b")), ("client".into(), "client".into()));
    assert_eq!((seen(1, "x-a"), seen(1, "x-b")), ("call".into(), "client".into()));
    assert_eq!((seen(0, "user-agent"), seen(1, "user-agent")), ("doc-calls/1.0.0".into(), "me".into()));

    // A custom `reqwest::Client` behaves the same.
    let http = http_builder()?.user_agent("own").build()?;
    let client = builder(&url).http_client(http).header("x-a", "client").build()?;
    client.add_order(Default::default()).with_timeout(None).success().await?;
    assert_eq!((seen(2, "x-a"), seen(2, "user-agent")), ("client".into(), "own".into()));
    Ok(())
}

#[test]
fn the_servers_are_those_of_the_document() -> Outcome {
    let client = Client::builder().build()?;
    assert_eq!(client.base_url(), "https://eu.files.example:8443/v1");
    let server = Server::ALL[0].clone().with_variable("region", "us").with_variable("port", "443").with_variable("version", "v7");
    assert_eq!(server.url()?, "https://us.files.example:443/v7");
    assert_eq!(server.description(), "Production.");
    let odd = Server::ALL[0].clone().with_variable("version", "{region}/a");
    assert_eq!(odd.url()?, "https://eu.files.example:8443/{region}/a");
    assert_eq!(Client::builder().server(server).build()?.base_url(), "https://us.files.example/v7");
    for (builder, why) in [
        (
            Client::builder().server(Server::ALL[0].clone().with_variable("region", "mars")),
            "the server variable `region` cannot be `mars`; the document allows `eu`, `us`",
        ),
        (
            Client::builder().server(Server::ALL[0].clone().with_variable("planet", "mars")),
            "the server `https://{region}.files.example:{port}/{version}` has no variable `planet`; it has \
             `port`, `region`, `version`",
        ),
        (
            Client::builder().server(Server::ALL[1].clone()),
            "the server `/v2` is relative to the location of the document; set `base_url`",
        ),
        (Client::builder().header("x y", "z"), "`x y` is not a valid header name"),
        (
            Client::builder().http_client(Default::default()).connect_timeout(Duration::from_secs(1)),
            "`connect_timeout` cannot be combined with `http_client`; configure that client instead",
        ),
        (
            Client::builder().http_client(Default::default()).redirects(Redirects::All),
            "`redirects` cannot be combined with `http_client`; configure that client instead",
        ),
        (
            Client::builder().server(Server::ALL[0].clone().with_variable("port", "443@mars")),
            "the server variable `port` cannot be `443@mars`: it is part of the host",
        ),
    ] {
        assert_eq!(builder.build().unwrap_err().to_string(), why);
    }
    Ok(())
}
