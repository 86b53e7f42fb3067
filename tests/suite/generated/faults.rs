//! The client against misbehaving servers: its error keeps the status, and no request is repeated.

use std::{io::Write, time::Duration};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use statusquo::{
    Client, Code, DecodeError, FoundResponse, ServiceUnavailableResponse, Status, StatusResponse,
    client::{Error, Redirects, ResponseError},
};
use statusquo_tests::fault_server::{Fault, FaultServer};

const SHORT: Duration = Duration::from_millis(300);

/// Requests a status once, without retries.
async fn request(server: &FaultServer) -> Result<StatusResponse, Error> {
    let client = Client::builder()
        .base_url(&server.url)
        .read_timeout(SHORT)
        .timeout(SHORT * 20)
        .body_limit(10_000);
    client.build()?.get_status(Status::Ok).send().await
}

/// Returns the error of a call, and checks that the server received exactly one request.
async fn call_error(fault: Fault) -> Error {
    let server = FaultServer::serve(vec![fault.clone()]).await.unwrap();
    let error = request(&server).await.expect_err("an error");
    assert_eq!(server.request_count(), 1, "{fault:?}");
    let text = error.to_string();
    let start = format!("getStatus (GET {}/status/200): ", server.url);
    assert!(text.starts_with(&start), "{text}");
    error
}

#[tokio::test]
async fn the_error_of_a_broken_connection_keeps_what_was_received() {
    // The connection ends before the request, after it, or within the response's header.
    for fault in [
        Fault::Close,
        Fault::send(""),
        Fault::send("HTTP/1.1 200 OK\r\ncontent-le"),
        Fault::send("not HTTP\r\n\r\n"),
    ] {
        let error = call_error(fault).await;
        assert_eq!(error.code(), None);
        assert!(!error.is_timeout() && !error.is_connect(), "{error:?}");
        assert!(
            error.to_string().ends_with(": no response was received"),
            "{error}"
        );
        assert!(std::error::Error::source(&error).is_some());
    }
    // The connection ends after the header, or within the content.
    let head = "HTTP/1.1 418 \r\ncontent-length: 10\r\nx-tea: Earl Grey\r\n\r\n";
    for sent in ["", "half"] {
        let error = call_error(Fault::send(&format!("{head}{sent}"))).await;
        assert_eq!(error.code(), Some(Status::ImATeapot.into()));
        assert_eq!(error.body().map(|body| &body[..]), Some(sent.as_bytes()));
        assert_eq!(error.headers().unwrap()["x-tea"], "Earl Grey");
        let end = "response 418 I'm a teapot ended early";
        assert!(error.to_string().ends_with(end), "{error}");
    }
    let chunked = "HTTP/1.1 503 \r\ntransfer-encoding: chunked\r\n\r\n5\r\nab";
    let error = call_error(Fault::send(chunked)).await;
    assert_eq!(error.code(), Some(Status::ServiceUnavailable.into()));
}

#[tokio::test]
async fn a_server_that_stops_sending_is_a_timeout() {
    let error = call_error(Fault::Stall(Vec::new())).await;
    assert!(error.is_timeout() && error.code().is_none(), "{error:?}");
    assert!(
        error
            .to_string()
            .ends_with("no response within the timeout"),
        "{error}"
    );

    let partial = b"HTTP/1.1 500 \r\ncontent-length: 10\r\n\r\nhalf".to_vec();
    let error = call_error(Fault::Stall(partial)).await;
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(error.code(), Some(Status::InternalServerError.into()));
    assert_eq!(error.body().map(|body| &body[..]), Some(&b"half"[..]));
    let end = "response 500 Internal Server Error did not finish within the timeout";
    assert!(error.to_string().ends_with(end), "{error}");
}

#[tokio::test]
async fn a_slow_trickle_of_bytes_ends_with_the_timeout() {
    // Each byte arrives within the read timeout.
    let head = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    let server = FaultServer::serve(vec![Fault::Trickle(head, SHORT / 6)])
        .await
        .unwrap();
    let builder = || Client::builder().base_url(&server.url).read_timeout(SHORT);
    for client in [
        builder().timeout(SHORT * 3).build().unwrap(),
        builder().timeout(None).build().unwrap(),
    ] {
        let call = client.get_status(Status::Ok).with_timeout(SHORT * 2);
        let error = call.send().await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        assert_eq!(error.code(), Some(Status::Ok.into()));
        assert!(error.body().unwrap().len() > 3, "{error:?}");
    }
}

#[tokio::test]
async fn an_endless_response_is_cut_off() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n".to_vec();
    let error = call_error(Fault::Repeat(head, vec![b'a'; 1000])).await;
    assert_eq!(error.code(), Some(Status::Ok.into()));
    assert_eq!(error.decode_error(), Some(&DecodeError::TooLarge));
    assert_eq!(error.body().map(Bytes::len), Some(10_000));

    let head = b"HTTP/1.1 200 OK\r\n".to_vec();
    let error = call_error(Fault::Repeat(head, b"x-more: and more\r\n".to_vec())).await;
    assert_eq!(error.code(), None);

    // 10 MB of zeros in 10 KB.
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(&vec![0; 10_000_000]).unwrap();
    let bomb = bomb.finish().unwrap();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
        bomb.len()
    );
    let error = call_error(Fault::Send([head.as_bytes(), &bomb].concat())).await;
    assert_eq!(error.decode_error(), Some(&DecodeError::TooLarge));
    assert_eq!(error.body().map(Bytes::len), Some(10_000));
}

#[tokio::test]
async fn unusual_but_valid_responses_are_accepted() {
    for (text, expected) in [
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n\
             HTTP/1.1 204 No Content\r\n\r\n",
            StatusResponse::NoContent,
        ),
        ("HTTP/1.0 404 Not Found\r\n\r\n", StatusResponse::NotFound),
        // Without a length, the content ends with the connection.
        ("HTTP/1.1 200 OK\r\n\r\nsome text", StatusResponse::Ok),
        // More content than `Content-Length` states.
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nsome text",
            StatusResponse::Ok,
        ),
        // Bytes that are not ASCII, in a field that is not declared.
        (
            "HTTP/1.1 200 OK\r\nx-odd: \u{e9}\r\n\r\n",
            StatusResponse::Ok,
        ),
    ] {
        let server = FaultServer::serve(vec![Fault::send(text)]).await.unwrap();
        assert_eq!(request(&server).await.unwrap(), expected, "{text}");
        assert_eq!(server.request_count(), 1);
    }
    for code in [499, 999] {
        let server = FaultServer::serve(vec![Fault::status(code, "")])
            .await
            .unwrap();
        assert_eq!(request(&server).await.unwrap().code().get(), code);
    }
}

#[tokio::test]
async fn the_error_of_an_invalid_response_keeps_its_status() {
    let broken = "HTTP/1.1 406 \r\ncontent-type: application/json\r\n\r\n{\"accept\": [";
    let error = call_error(Fault::send(broken)).await;
    assert_eq!(error.code(), Some(Status::NotAcceptable.into()));
    assert!(
        matches!(error.decode_error(), Some(DecodeError::Body(_))),
        "{error:?}"
    );
    assert!(error.body().unwrap().starts_with(b"{\"accept\""));
    let meaning = Status::NotAcceptable.summary();
    assert!(
        error
            .to_string()
            .ends_with(&format!("the status means: {meaning}")),
        "{error}"
    );

    let bytes = b"HTTP/1.1 429 \r\nretry-after: \xff\xfe\r\ncontent-length: 0\r\n\r\n".to_vec();
    let error = call_error(Fault::Send(bytes)).await;
    assert_eq!(error.code(), Some(Status::TooManyRequests.into()));
    assert!(
        matches!(
            error.decode_error(),
            Some(DecodeError::Header {
                name: "Retry-After",
                ..
            })
        ),
        "{error:?}"
    );
    assert_eq!(error.retry_after(), None);
}

#[tokio::test]
async fn redirects_are_limited_and_only_followed_if_enabled() {
    let server = FaultServer::serve(vec![Fault::status(302, "location: /status/302\r\n")])
        .await
        .unwrap();
    let client = Client::builder()
        .base_url(&server.url)
        .redirects(Redirects::All)
        .build()
        .unwrap();
    let error = client.get_status(Status::Found).send().await.unwrap_err();
    assert_eq!(error.code(), Some(Status::Found.into()));
    assert_eq!(error.decode_error(), Some(&DecodeError::TooManyRedirects));
    assert_eq!(server.request_count(), 11);

    // The content of a redirect is ignored, even if it is incomplete.
    let broken = "HTTP/1.1 302 \r\nlocation: /there\r\ncontent-length: 9\r\n\r\nhalf";
    let server = FaultServer::serve(vec![Fault::send(broken), Fault::status(204, "")])
        .await
        .unwrap();
    let client = Client::builder()
        .base_url(&server.url)
        .redirects(Redirects::All);
    let full = client
        .build()
        .unwrap()
        .get_status(Status::Found)
        .send_full()
        .await
        .unwrap();
    assert_eq!(full.url(), format!("{}/there", server.url));

    // By default a declared redirect is the response of the call.
    let server = FaultServer::serve(vec![Fault::status(302, "location: /elsewhere\r\n")])
        .await
        .unwrap();
    let location = Some("/elsewhere".to_owned());
    assert_eq!(
        request(&server).await.unwrap(),
        StatusResponse::Found(FoundResponse { location })
    );
    assert_eq!(server.request_count(), 1);
}

#[tokio::test]
async fn dropping_a_call_closes_its_connection() {
    let head = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    for fault in [
        Fault::Stall(Vec::new()),
        Fault::Repeat(head, vec![b'a'; 100]),
    ] {
        let server = FaultServer::serve(vec![fault]).await.unwrap();
        let client = Client::builder()
            .base_url(&server.url)
            .body_limit(usize::MAX)
            .build()
            .unwrap();
        {
            let call = client.get_status(Status::Ok).send();
            let outcome = tokio::time::timeout(SHORT, call).await;
            assert!(
                outcome.is_err(),
                "the call is still running when it is dropped"
            );
        }
        server.client_closed().await;
        assert_eq!(server.request_count(), 1);
    }
}

#[tokio::test]
async fn the_error_of_success_keeps_the_response() {
    let busy = "HTTP/1.1 503 \r\nretry-after: 7\r\nx-queue: 12\r\ncontent-length: 4\r\n\r\nbusy";
    let server = FaultServer::serve(vec![Fault::send(busy)]).await.unwrap();
    let client = Client::builder().base_url(&server.url).build().unwrap();
    let response_error = client
        .get_status(Status::ServiceUnavailable)
        .success()
        .await
        .unwrap_err();
    assert!(matches!(
        &response_error,
        ResponseError::Declared(
            StatusResponse::ServiceUnavailable(ServiceUnavailableResponse {
                retry_after: Some(_)
            }),
            _
        )
    ));
    let error = Error::from(response_error);
    assert_eq!(error.code(), Some(Status::ServiceUnavailable.into()));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(error.headers().unwrap()["x-queue"], "12");
    assert_eq!(error.body().map(|body| &body[..]), Some(&b"busy"[..]));
    assert_eq!(
        error.to_string(),
        format!(
            "getStatus (GET {}/status/503): the response was 503 Service Unavailable: {}",
            server.url,
            Status::ServiceUnavailable.summary()
        )
    );
}

#[test]
fn an_error_is_one_pointer_and_can_be_sent_between_threads() {
    fn is_portable<T: Send + Sync + std::error::Error + 'static>() {}
    is_portable::<Error>();
    is_portable::<ResponseError<StatusResponse>>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    assert_eq!(size_of::<Option<Error>>(), size_of::<usize>());
    assert_eq!(Code::new(999).unwrap().status(), None);
}
