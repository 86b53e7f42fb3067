//! The client against servers that misbehave: its error keeps the status, and nothing is asked twice.

use std::{io::Write, time::Duration};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use statusquo::{
    Client, Code, DecodeError, Status, StatusResponse,
    client::{Error, Redirects, ResponseError},
};
use statusquo_tests::fault_server::{Fault, FaultServer};

const SHORT: Duration = Duration::from_millis(300);

/// What a client gets that asks a server for a status once.
async fn ask(rude: &FaultServer) -> Result<StatusResponse, Error> {
    let client = Client::builder()
        .base_url(&rude.url)
        .read_timeout(SHORT)
        .timeout(SHORT * 20)
        .body_limit(10_000);
    client.build()?.get_status(Status::Ok).send().await
}

/// The error of a call, of which the server has seen but one request.
async fn fails(act: Fault) -> Error {
    let rude = FaultServer::serve(vec![act.clone()]).await.unwrap();
    let error = ask(&rude).await.expect_err("an error");
    assert_eq!(rude.count(), 1, "{act:?}");
    let text = error.to_string();
    let start = format!("getStatus (GET {}/status/200): ", rude.url);
    assert!(text.starts_with(&start), "{text}");
    error
}

#[tokio::test]
async fn a_connection_that_breaks_is_an_error_with_what_came() {
    // Before the request, after it, and within the header.
    for act in [
        Fault::Hang,
        Fault::say(""),
        Fault::say("HTTP/1.1 200 OK\r\ncontent-le"),
        Fault::say("no HTTP at all\r\n\r\n"),
    ] {
        let error = fails(act).await;
        assert_eq!(error.code(), None);
        assert!(!error.is_timeout() && !error.is_connect(), "{error:?}");
        assert!(
            error.to_string().ends_with(": no response was received"),
            "{error}"
        );
        assert!(std::error::Error::source(&error).is_some());
    }
    // After it, and within the content.
    let lying = "HTTP/1.1 418 \r\ncontent-length: 10\r\nx-tea: Earl Grey\r\n\r\n";
    for sent in ["", "half"] {
        let error = fails(Fault::say(&format!("{lying}{sent}"))).await;
        assert_eq!(error.code(), Some(Status::ImATeapot.into()));
        assert_eq!(error.body().map(|body| &body[..]), Some(sent.as_bytes()));
        assert_eq!(error.headers().unwrap()["x-tea"], "Earl Grey");
        let end = "response 418 I'm a teapot ended early";
        assert!(error.to_string().ends_with(end), "{error}");
    }
    let chunked = "HTTP/1.1 503 \r\ntransfer-encoding: chunked\r\n\r\n5\r\nab";
    let error = fails(Fault::say(chunked)).await;
    assert_eq!(error.code(), Some(Status::ServiceUnavailable.into()));
}

#[tokio::test]
async fn silence_is_a_time_out() {
    let error = fails(Fault::Pause(Vec::new())).await;
    assert!(error.is_timeout() && error.code().is_none(), "{error:?}");
    assert!(
        error
            .to_string()
            .ends_with("no response within the timeout"),
        "{error}"
    );

    let half = b"HTTP/1.1 500 \r\ncontent-length: 10\r\n\r\nhalf".to_vec();
    let error = fails(Fault::Pause(half)).await;
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(error.code(), Some(Status::InternalServerError.into()));
    assert_eq!(error.body().map(|body| &body[..]), Some(&b"half"[..]));
    let end = "response 500 Internal Server Error did not end within the timeout";
    assert!(error.to_string().ends_with(end), "{error}");
}

#[tokio::test]
async fn a_server_that_never_falls_silent_has_an_end_too() {
    // A byte now and then, of which each comes in time.
    let head = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    let rude = FaultServer::serve(vec![Fault::Trickle(head, SHORT / 6)])
        .await
        .unwrap();
    let builder = || Client::builder().base_url(&rude.url).read_timeout(SHORT);
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
async fn what_has_no_end_is_cut_off() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n".to_vec();
    let error = fails(Fault::Forever(head, vec![b'a'; 1000])).await;
    assert_eq!(error.code(), Some(Status::Ok.into()));
    assert_eq!(error.decode_error(), Some(&DecodeError::TooLarge));
    assert_eq!(error.body().map(Bytes::len), Some(10_000));

    let head = b"HTTP/1.1 200 OK\r\n".to_vec();
    let error = fails(Fault::Forever(head, b"x-more: and more\r\n".to_vec())).await;
    assert_eq!(error.code(), None);

    // 10 MB of nothing in 10 KB.
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(&vec![0; 10_000_000]).unwrap();
    let bomb = bomb.finish().unwrap();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
        bomb.len()
    );
    let error = fails(Fault::Say([head.as_bytes(), &bomb].concat())).await;
    assert_eq!(error.decode_error(), Some(&DecodeError::TooLarge));
    assert_eq!(error.body().map(Bytes::len), Some(10_000));
}

#[tokio::test]
async fn an_answer_may_come_in_odd_ways() {
    for (text, expected) in [
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n\
             HTTP/1.1 204 No Content\r\n\r\n",
            StatusResponse::NoContent,
        ),
        ("HTTP/1.0 404 Not Found\r\n\r\n", StatusResponse::NotFound),
        // Until the connection ends, without a length.
        ("HTTP/1.1 200 OK\r\n\r\nsome text", StatusResponse::Ok),
        // More than it says.
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nsome text",
            StatusResponse::Ok,
        ),
        // Bytes that are no text, where nobody looks.
        (
            "HTTP/1.1 200 OK\r\nx-odd: \u{e9}\r\n\r\n",
            StatusResponse::Ok,
        ),
    ] {
        let rude = FaultServer::serve(vec![Fault::say(text)]).await.unwrap();
        assert_eq!(ask(&rude).await.unwrap(), expected, "{text}");
        assert_eq!(rude.count(), 1);
    }
    for code in [499, 999] {
        let rude = FaultServer::serve(vec![Fault::status(code, "")])
            .await
            .unwrap();
        assert_eq!(ask(&rude).await.unwrap().code().get(), code);
    }
}

#[tokio::test]
async fn what_is_not_as_declared_keeps_its_status() {
    let broken = "HTTP/1.1 406 \r\ncontent-type: application/json\r\n\r\n{\"accept\": [";
    let error = fails(Fault::say(broken)).await;
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
    let error = fails(Fault::Say(bytes)).await;
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
async fn a_loop_of_redirects_ends() {
    let rude = FaultServer::serve(vec![Fault::status(302, "location: /status/302\r\n")])
        .await
        .unwrap();
    let client = Client::builder()
        .base_url(&rude.url)
        .redirects(Redirects::All)
        .build()
        .unwrap();
    let error = client.get_status(Status::Found).send().await.unwrap_err();
    assert_eq!(error.code(), Some(Status::Found.into()));
    assert_eq!(error.decode_error(), Some(&DecodeError::TooManyRedirects));
    assert_eq!(rude.count(), 11);

    // What a redirect says beside where it leads is nobody's business.
    let broken = "HTTP/1.1 302 \r\nlocation: /there\r\ncontent-length: 9\r\n\r\nhalf";
    let rude = FaultServer::serve(vec![Fault::say(broken), Fault::status(204, "")])
        .await
        .unwrap();
    let client = Client::builder()
        .base_url(&rude.url)
        .redirects(Redirects::All);
    let full = client
        .build()
        .unwrap()
        .get_status(Status::Found)
        .send_full()
        .await
        .unwrap();
    assert_eq!(full.url(), format!("{}/there", rude.url));

    // What the document declares is an answer, if nothing else is said.
    let rude = FaultServer::serve(vec![Fault::status(302, "location: /elsewhere\r\n")])
        .await
        .unwrap();
    let location = Some("/elsewhere".to_owned());
    assert_eq!(
        ask(&rude).await.unwrap(),
        StatusResponse::Found { location }
    );
    assert_eq!(rude.count(), 1);
}

#[tokio::test]
async fn a_call_that_is_dropped_leaves_nothing_behind() {
    let head = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    for act in [
        Fault::Pause(Vec::new()),
        Fault::Forever(head, vec![b'a'; 100]),
    ] {
        let rude = FaultServer::serve(vec![act]).await.unwrap();
        let client = Client::builder()
            .base_url(&rude.url)
            .body_limit(usize::MAX)
            .build()
            .unwrap();
        {
            let call = client.get_status(Status::Ok).send();
            let given_up = tokio::time::timeout(SHORT, call).await;
            assert!(given_up.is_err());
        }
        rude.closed().await;
        assert_eq!(rude.count(), 1);
    }
}

#[tokio::test]
async fn the_failure_of_a_success_holds_what_came() {
    let busy = "HTTP/1.1 503 \r\nretry-after: 7\r\nx-queue: 12\r\ncontent-length: 4\r\n\r\nbusy";
    let rude = FaultServer::serve(vec![Fault::say(busy)]).await.unwrap();
    let client = Client::builder().base_url(&rude.url).build().unwrap();
    let failure = client
        .get_status(Status::ServiceUnavailable)
        .success()
        .await
        .unwrap_err();
    assert!(matches!(
        &failure,
        ResponseError::Declared(
            StatusResponse::ServiceUnavailable {
                retry_after: Some(_)
            },
            _
        )
    ));
    let error = Error::from(failure);
    assert_eq!(error.code(), Some(Status::ServiceUnavailable.into()));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(error.headers().unwrap()["x-queue"], "12");
    assert_eq!(error.body().map(|body| &body[..]), Some(&b"busy"[..]));
    assert_eq!(
        error.to_string(),
        format!(
            "getStatus (GET {}/status/503): the response was 503 Service Unavailable: {}",
            rude.url,
            Status::ServiceUnavailable.summary()
        )
    );
}

#[test]
fn an_error_is_a_pointer_that_goes_anywhere() {
    fn goes_anywhere<T: Send + Sync + std::error::Error + 'static>() {}
    goes_anywhere::<Error>();
    goes_anywhere::<ResponseError<StatusResponse>>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    assert_eq!(size_of::<Option<Error>>(), size_of::<usize>());
    assert_eq!(Code::new(999).unwrap().status(), None);
}
