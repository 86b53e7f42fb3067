//! The crate of `serving.yaml`: limits, context, rejections, routes and the mock of a server.

use std::{future::IntoFuture as _, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, http::StatusCode, response::IntoResponse};
use doc_serving::{
    Echo, EchoResponse, FileRequest, FileResponse, GetMade, GetMadeResponse, Latest, LatestResponse, PutMade, PutMadeResponse, Wait, WaitResponse, Who, WhoResponse,
    mock::{Mock, as_declared},
    server::{Api, Limits, Request, RouterExt as _, router, serve},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, oneshot},
};

const SHORT: Duration = Duration::from_millis(100);

/// Waits until it is notified.
#[derive(Clone, Default)]
struct Service {
    asked: Arc<Notify>,
    enough: Arc<Notify>,
}

impl Api for Service {
    async fn wait(&self, _: Request<Wait>) -> WaitResponse {
        self.asked.notify_one();
        self.enough.notified().await;
        WaitResponse::NoContent
    }

    async fn file(&self, request: Request<FileRequest>) -> FileResponse {
        FileResponse::Ok(request.into_inner().name)
    }

    async fn latest(&self, _: Request<Latest>) -> LatestResponse {
        LatestResponse::Ok("the latest".to_owned())
    }

    async fn get_made(&self, request: Request<GetMade>) -> GetMadeResponse {
        Mock.get_made(request).await
    }

    async fn put_made(&self, _: Request<PutMade>) -> PutMadeResponse {
        PutMadeResponse::NoContent
    }

    async fn who(&self, request: Request<Who>) -> WhoResponse {
        let remote = request.remote_addr().map(|remote| remote.ip().to_string());
        let name = request.headers().get("x-name").and_then(|name| name.to_str().ok());
        let layer: Option<&&str> = request.extensions().get();
        WhoResponse::Ok(format!("{} {} {remote:?} {name:?} {layer:?}", request.method(), request.uri()))
    }

    async fn echo(&self, request: Request<Echo>) -> EchoResponse {
        EchoResponse::Ok(request.into_inner().body)
    }

}

/// Serves with modified limits and returns the address.
async fn start(router: Router, change: impl FnOnce(&mut Limits)) -> io::Result<SocketAddr> {
    let mut limits = Limits::default();
    change(&mut limits);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { serve(listener, router, limits).await });
    Ok(address)
}

/// Sends bytes, and reads until the server closes the connection.
async fn say(address: SocketAddr, text: impl AsRef<[u8]>) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(text.as_ref()).await?;
    let mut response = String::new();
    stream.read_to_string(&mut response).await?;
    Ok(response)
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
}

fn post(length: usize, body: &str) -> String {
    format!("POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// Returns the status code of a response after checking that it has problem details.
fn problem(response: &str) -> u16 {
    let (head, body) = response.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{response:?}"));
    let problem: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{response:?}"));
    let code = problem["status"].as_u64().and_then(|code| u16::try_from(code).ok()).unwrap();
    assert!(head.starts_with(&format!("HTTP/1.1 {code} ")), "{response}");
    assert!(head.contains("content-type: application/problem+json"), "{response}");
    let status = doc_serving::Status::from_code(code).unwrap();
    assert_eq!(problem["title"], status.reason());
    assert_eq!(problem["type"].as_str(), status.reference());
    code
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::test]
async fn content_is_limited_in_size_and_time() -> Outcome {
    let address = start(router(Service::default()), |limits| limits.body_size = 10).await?;
    assert!(say(address, post(10, "0123456789")).await?.starts_with("HTTP/1.1 200 OK\r\n"));
    assert_eq!(problem(&say(address, post(11, "01234567890")).await?), 413);
    // The server does not wait for content that is too large.
    assert_eq!(problem(&say(address, post(1 << 40, "")).await?), 413);

    let address = start(router(Service::default()), |limits| limits.body_time = Some(SHORT)).await?;
    let response = say(address, post(10, "half")).await?;
    assert_eq!(problem(&response), 408);
    assert!(response.contains("connection: close\r\n"), "{response}");

    // The limit also holds without `serve`.
    let limits = Limits::default();
    let mut small = limits.clone();
    small.body_size = 3;
    for (router, code) in [
        (router(Service::default()), 200),
        (router(Service::default()).with_limits(&small), 413),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, router).await });
        let response = say(address, post(4, "four")).await?;
        assert!(response.starts_with(&format!("HTTP/1.1 {code} ")), "{response}");
    }
    assert_eq!(limits.body_size, 2 * 1024 * 1024);
    Ok(())
}

#[tokio::test]
async fn headers_are_limited_in_size_and_time() -> Outcome {
    let address = start(router(Service::default()), |limits| {
        limits.header_size = 10_000;
        limits.header_time = Some(SHORT);
    })
    .await?;
    let long = |count: usize| {
        let text = "a".repeat(count);
        format!("GET /who HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-long: {text}\r\n\r\n")
    };
    assert!(say(address, long(9_000)).await?.starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(say(address, long(20_000)).await?.starts_with("HTTP/1.1 431 "));
    // An incomplete header, and no request at all.
    for begun in ["GET /who HTTP/1.1\r\nhost", "GET /who HTTP/1.1\r\nhost: x\r\n\r\n"] {
        let response = say(address, begun).await?;
        let is_complete = begun.ends_with("\r\n\r\n");
        assert_eq!(response.starts_with("HTTP/1.1 200 OK\r\n"), is_complete, "{response}");
    }
    Ok(())
}

#[tokio::test]
async fn responses_are_limited_in_time() -> Outcome {
    let address = start(router(Service::default()), |limits| limits.request_time = Some(SHORT)).await?;
    let response = say(address, get("/wait")).await?;
    assert_eq!(problem(&response), 503);
    assert!(response.contains("\r\nretry-after: "), "{response}");
    assert!(say(address, get("/who")).await?.starts_with("HTTP/1.1 200 OK\r\n"));
    Ok(())
}

#[tokio::test]
async fn connections_are_limited_in_number() -> Outcome {
    let service = Service::default();
    let address = start(router(service.clone()), |limits| limits.connections = 1).await?;
    let first = tokio::spawn(say(address, get("/wait")));
    service.asked.notified().await;
    let mut second = tokio::spawn(say(address, get("/who")));
    assert!(tokio::time::timeout(SHORT, &mut second).await.is_err());
    service.enough.notify_one();
    assert!(first.await??.starts_with("HTTP/1.1 204 "));
    assert!(second.await??.starts_with("HTTP/1.1 200 OK\r\n"));
    Ok(())
}

#[tokio::test]
async fn a_graceful_shutdown_completes_running_requests() -> Outcome {
    for patient in [true, false] {
        let service = Service::default();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let mut limits = Limits::default();
        limits.grace = Some(if patient { SHORT * 100 } else { SHORT });
        let server = serve(listener, router(service.clone()), limits).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        let server = tokio::spawn(async move { server.await });
        // One idle connection, and one with a running request.
        let mut idle = TcpStream::connect(address).await?;
        idle.write_all(b"GET /who HTTP/1.1\r\nhost: x\r\n\r\n").await?;
        let mut start = [0; 15];
        idle.read_exact(&mut start).await?;
        let busy = tokio::spawn(say(address, get("/wait")));
        service.asked.notified().await;
        stop.send(()).map_err(|()| "it has ended")?;
        let mut rest = Vec::new();
        idle.read_to_end(&mut rest).await?;
        if patient {
            service.enough.notify_one();
            assert!(busy.await??.starts_with("HTTP/1.1 204 "));
            server.await??;
        } else {
            server.await??;
            // The system decides between an end of file and a reset.
            assert!(busy.await?.unwrap_or_default().is_empty());
        }
        assert!(TcpStream::connect(address).await.is_err());
    }
    Ok(())
}

#[tokio::test]
async fn a_method_receives_the_head_of_its_request() -> Outcome {
    let router = router(Service::default()).layer(axum::Extension("a layer"));
    let address = start(router.clone(), |_| {}).await?;
    let request = "GET /who?a=b HTTP/1.1\r\nhost: x\r\nx-name: Tom\r\nconnection: close\r\n\r\n";
    let response = say(address, request).await?;
    let expected = "GET /who?a=b Some(\"127.0.0.1\") Some(\"Tom\") Some(\"a layer\")";
    assert!(response.ends_with(expected), "{response}");
    // The request of HEAD has the method HEAD.
    let head = say(address, request.replace("GET", "HEAD")).await?;
    assert!(head.contains(&format!("content-length: {}\r\n", expected.len() + 1)), "{head}");

    // Without a socket there is no peer address.
    let request = axum::http::Request::get("/who").body(axum::body::Body::empty())?;
    let response = tower::ServiceExt::oneshot(router, request).await?;
    let body = axum::body::to_bytes(response.into_body(), 1000).await?;
    assert_eq!(body, "GET /who None None Some(\"a layer\")");
    Ok(())
}

#[tokio::test]
async fn accept_is_respected() -> Outcome {
    let address = start(router(Service::default()), |_| {}).await?;
    let ask = |accept: &str| get("/who").replace("host:", &format!("accept: {accept}\r\nhost:"));
    for accept in [
        "*/*",
        "text/*",
        "Text/Plain;charset=utf-8",
        "application/json, text/plain;q=0.1",
        "text/html, */*;q=0.1",
        "",
        "nonsense",
    ] {
        assert!(say(address, ask(accept)).await?.starts_with("HTTP/1.1 200 OK\r\n"), "{accept}");
    }
    for accept in [
        "application/json",
        "*/*, text/plain;q=0",
        "text/plain;q=0, text/*",
        "text/*;q=0, */*",
        "text/html\r\naccept: image/*",
    ] {
        let response = say(address, ask(accept)).await?;
        assert_eq!(problem(&response), 406, "{accept}");
        assert!(response.contains("accept `text/plain`"), "{response}");
    }
    // A response without content is always acceptable.
    let head = get("/wait").replace("GET", "OPTIONS").replace("host:", "accept: image/png\r\nhost:");
    assert!(say(address, head).await?.starts_with("HTTP/1.1 204 "));
    Ok(())
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_disconnected() -> Outcome {
    let (ended, wait) = oneshot::channel();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let mut limits = Limits::default();
    limits.write_time = Some(SHORT);
    limits.body_size = usize::MAX;
    limits.grace = None;
    let server = serve(listener, router(Service::default()), limits).with_graceful_shutdown(async {
        let _ = wait.await;
    });
    let server = tokio::spawn(server.into_future());
    // More than the buffers in between can hold.
    let much = "a".repeat(32 << 20);
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(post(much.len(), &much).as_bytes()).await?;
    let mut start = [0; 15];
    stream.read_exact(&mut start).await?;
    assert_eq!(&start, b"HTTP/1.1 200 OK");
    // Without a time limit, the server would wait for this client.
    let _ = ended.send(());
    tokio::time::timeout(SHORT * 100, server).await???;
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert!(rest.len() < much.len(), "{}", rest.len());
    Ok(())
}

#[tokio::test]
async fn on_reject_replaces_rejections() -> Outcome {
    let router = router(Service::default()).on_reject(|rejection, usual| {
        if rejection.code().get() == 404 {
            return usual;
        }
        let parameter = rejection.invalid_parameter();
        (StatusCode::IM_A_TEAPOT, format!("{} {parameter:?} {}", rejection.code(), rejection.detail())).into_response()
    });
    let address = start(router, |limits| limits.request_time = Some(SHORT)).await?;
    assert_eq!(problem(&say(address, get("/nowhere")).await?), 404);
    let response = say(address, post(4, "four").replace("/echo", "/echo?number=x")).await?;
    assert!(response.starts_with("HTTP/1.1 418 I'm a teapot\r\n"), "{response}");
    let end = "400 Bad Request Some((\"query\", \"number\")) the query parameter `number` is invalid: `x` is not a 64-bit integer";
    assert!(response.ends_with(end), "{response}");
    assert!(say(address, get("/who")).await?.starts_with("HTTP/1.1 200 OK\r\n"));
    let late = say(address, get("/wait")).await?;
    assert!(late.ends_with("503 Service Unavailable None the server took too long to respond"), "{late}");
    Ok(())
}

#[tokio::test]
async fn values_of_the_mock_are_valid() -> Outcome {
    let address = start(router(Mock), |_| {}).await?;
    let response = say(address, get("/made")).await?;
    let (head, made) = response.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    let put = |made: &str| {
        format!(
            "PUT /made HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{made}",
            made.len()
        )
    };
    // The server validates the value.
    let taken = say(address, put(made)).await?;
    assert!(taken.starts_with("HTTP/1.1 204 No Content\r\n"), "{made} {taken}");
    assert!(!made.contains("secret") && made.contains("\"id\""), "{made}");
    let refused = say(address, put(&made.replace("\"even\":6", "\"even\":5"))).await?;
    assert_eq!(problem(&refused), 422);
    Ok(())
}

#[tokio::test]
async fn the_mock_rejects_as_the_document_declares() -> Outcome {
    let address = start(router(Mock).on_reject(as_declared), |_| {}).await?;
    let put = |media: &str, body: &str| {
        let length = body.len();
        format!("PUT /made HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: {media}\r\ncontent-length: {length}\r\n\r\n{body}")
    };
    let response = say(address, put("application/json", "{}")).await?;
    assert!(response.starts_with("HTTP/1.1 422 Unprocessable Content\r\n"), "{response}");
    assert!(response.contains("content-type: application/json\r\n") && response.contains("x-try: again\r\n"), "{response}");
    assert!(response.ends_with("\"not so\""), "{response}");
    // The document declares no content for it, so any is allowed.
    let response = say(address, put("text/plain", "{}")).await?;
    assert_eq!(problem(&response), 415);
    assert!(response.contains("accept: application/json\r\n") && response.contains("x-try: otherwise\r\n"), "{response}");
    assert_eq!(problem(&say(address, get("/nowhere")).await?), 404);
    Ok(())
}

#[tokio::test]
async fn the_mock_never_returns_an_undeclared_response() -> Outcome {
    let address = start(router(Mock), |_| {}).await?;
    let ask = |prefer: &str| get("/who").replace("host:", &format!("prefer: {prefer}\r\nhost:"));
    assert!(say(address, ask("code=200")).await?.starts_with("HTTP/1.1 200 OK\r\n"));
    let response = say(address, ask("code=200:9,503:1")).await?;
    assert_eq!(problem(&response), 400);
    assert!(response.contains("this operation does not return 503; use one of 200"), "{response}");
    Ok(())
}

#[tokio::test]
async fn paths_match_as_the_document_declares_them() -> Outcome {
    let address = start(router(Service::default()), |_| {}).await?;
    for (path, found) in [
        ("/files/a", Some("a")),
        ("/files/a?b=c", Some("a")),
        ("/files/a%2Fb%20c", Some("a/b c")),
        ("/%66iles/%61", Some("a")),
        ("/files/...", Some("...")),
        // A percent sign that encodes nothing is literal.
        ("/files/%zz", Some("%zz")),
        // Literals take precedence over parameters.
        ("/files/latest", Some("the latest")),
        ("/files/%6Catest", Some("the latest")),
        ("/files/Latest", Some("Latest")),
        ("/files", None),
        ("/files/", None),
        ("/files/a/", None),
        ("/files//a", None),
        ("//files/a", None),
        ("/Files/a", None),
        ("/files/.", None),
        ("/files/..", None),
        ("/files/%2e%2E", None),
        ("/files/../who", None),
        ("/files/./a", None),
    ] {
        let response = say(address, get(path)).await?;
        match found {
            Some(text) => assert!(response.ends_with(&format!("\r\n\r\n{text}")), "{path}: {response}"),
            None => assert_eq!(problem(&response), 404, "{path}"),
        }
    }
    assert_eq!(problem(&say(address, get("/files/%FF")).await?), 400);
    Ok(())
}

#[tokio::test]
async fn a_router_is_nested_under_the_path_of_the_first_server() -> Outcome {
    assert_eq!(doc_serving::server::BASE_PATH, "/api/v1");
    let address = start(router(Service::default()).at_base_path(), |_| {}).await?;
    assert!(say(address, get("/api/v1/files/a")).await?.ends_with("\r\n\r\na"));
    for path in ["/files/a", "/api/v1", "/api/v1/", "/api/v1x/files/a", "/"] {
        assert_eq!(problem(&say(address, get(path)).await?), 404, "{path}");
    }
    let url = format!("http://{address}{}", doc_serving::server::BASE_PATH);
    let client = doc_serving::Client::new(&url)?;
    assert_eq!(client.file("a/b").success().await?, "a/b");
    Ok(())
}

/// Valid requests, to be corrupted.
const SOUND: &[&str] = &[
    "GET /who HTTP/1.1\r\nhost: x\r\naccept: text/plain\r\n\r\n",
    "GET /files/a%20b HTTP/1.1\r\nhost: x\r\nprefer: code=200\r\n\r\n",
    "HEAD /files/latest HTTP/1.0\r\n\r\n",
    "OPTIONS /wait HTTP/1.1\r\nhost: x\r\norigin: y\r\n\r\n",
    "POST /echo?number=7 HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nabcde",
    "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "POST /echo HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-type: text/plain\r\ncontent-length: 1\r\n\r\na",
];

/// Returns a request with some of its bytes changed, removed, repeated or moved.
fn corrupted(dice: &mut fastrand::Rng) -> Vec<u8> {
    let sound = SOUND[dice.usize(..SOUND.len())];
    let mut bytes = sound.as_bytes().to_vec();
    for _ in 0..dice.usize(..6) {
        if bytes.is_empty() {
            break;
        }
        let at = dice.usize(..bytes.len());
        let end = (at + dice.usize(1..20)).min(bytes.len());
        match dice.u8(..6) {
            0 => bytes[at] = dice.u8(..),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            3 => bytes.insert(at, *dice.choice(b"\r\n%/:;=,\0\xff ").unwrap()),
            4 => bytes.truncate(at),
            _ => {
                let other = SOUND[dice.usize(..SOUND.len())].as_bytes();
                let from = dice.usize(..other.len());
                bytes.splice(at..end, other[from..].iter().copied());
            }
        }
    }
    bytes
}

/// The statuses that `matrix --built-in` lists for this document, declared and built-in.
const LISTED: &[u16] = &[200, 204, 400, 404, 405, 406, 408, 413, 415, 422, 431, 503];

#[tokio::test]
async fn every_request_gets_a_response_or_a_closed_connection() -> Outcome {
    let service = Service::default();
    let address = start(router(service.clone()), |limits| {
        limits.header_time = Some(SHORT);
        limits.body_time = Some(SHORT);
        limits.request_time = Some(SHORT);
    })
    .await?;
    let seed = fastrand::u64(..);
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut count = 0;
    for _ in 0..40 {
        let requests: Vec<_> = (0..50).map(|_| corrupted(&mut dice)).collect();
        let talks = requests.into_iter().map(|request| {
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await?;
                // The server may have closed the connection already.
                let _ = stream.write_all(&request).await;
                let _ = stream.shutdown().await;
                let mut response = Vec::new();
                let _ = stream.read_to_end(&mut response).await;
                Ok::<_, io::Error>((request, response))
            })
        });
        let talks: Vec<_> = talks.collect();
        for talk in talks {
            let talk = tokio::time::timeout(SHORT * 100, talk).await;
            let (request, response) = talk.unwrap_or_else(|_| panic!("it hangs; seed {seed}"))??;
            let expected = || format!("seed {seed}\n{}\n{}", request.escape_ascii(), response.escape_ascii());
            if response.is_empty() {
                continue;
            }
            let text = String::from_utf8_lossy(&response);
            let final_one = text.strip_prefix("HTTP/1.1 100 Continue\r\n\r\n").unwrap_or(&text);
            if final_one.is_empty() {
                continue;
            }
            let code = final_one.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)?.parse().ok());
            assert!(code.is_some_and(|code| LISTED.contains(&code)), "{}", expected());
            count += 1;
        }
    }
    assert!(count > 500, "{count}");
    // The server still works.
    assert!(say(address, get("/who")).await?.starts_with("HTTP/1.1 200 OK\r\n"));
    Ok(())
}
