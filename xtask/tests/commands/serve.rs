//! Tests of `cargo xtask serve`.

use std::{
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
};

use crate::{workspace, xtask};

fn send(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

/// Starts a server and returns the URL that it prints.
fn start(spec: &str) -> (Child, String) {
    let mut server = xtask(
        &workspace(),
        &["serve", "--spec", spec, "--addr", "localhost:0"],
    )
    .stdout(Stdio::piped())
    .spawn()
    .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let url = lines.next().unwrap().unwrap();
    (server, url)
}

#[cfg(unix)]
#[test]
#[ignore = "compiles a server; `.ci/run` includes it"]
fn a_document_is_served_until_a_signal_stops_it() {
    for (spec, signal) in [
        ("spec/status.yaml", "-TERM"),
        ("tests/fixtures/pets.yaml", "-INT"),
    ] {
        let (mut server, url) = start(spec);
        let address = url.strip_prefix("http://").unwrap();
        if spec.starts_with("spec") {
            check_status(address);
        } else {
            // The base path of the document's first server.
            let (address, path) = address.split_once('/').unwrap();
            assert_eq!(path, "v1");
            let pets = send(address, "GET /v1/pets HTTP/1.0\r\n\r\n");
            assert!(
                pets.starts_with("HTTP/1.0 200 OK\r\n") && pets.contains("Kitty"),
                "{pets}"
            );
        }
        let kill = Command::new("kill")
            .args([signal, &server.id().to_string()])
            .status()
            .unwrap();
        assert!(kill.success());
        assert_eq!(
            server.wait().unwrap().code(),
            Some(0),
            "{signal} ends it with success"
        );
    }
}

/// Cargo confuses packages with the same name and version in a shared target folder.
#[test]
#[ignore = "compiles a server; `.ci/run` includes it"]
fn documents_with_the_same_title_are_served_separately() {
    let folder = crate::empty_folder("serve-alike");
    for name in ["one", "other"] {
        let path = folder.join(format!("{name}.yaml"));
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: Alike, version: 9.9.9}}\npaths:\n  /{name}:\n    \
             get: {{responses: {{'204': {{description: Here.}}}}}}\n"
        );
        fs::write(&path, text).unwrap();
        let (mut server, url) = start(path.to_str().unwrap());
        let address = url.strip_prefix("http://").unwrap();
        let response = send(address, &format!("GET /{name} HTTP/1.0\r\n\r\n"));
        let _ = server.kill();
        let _ = server.wait();
        assert!(
            response.starts_with("HTTP/1.0 204 No Content\r\n"),
            "{response}"
        );
    }
}

fn check_status(address: &str) {
    let teapot = send(address, "GET /status/418 HTTP/1.0\r\n\r\n").to_lowercase();
    assert!(
        teapot.starts_with("http/1.0 418 i'm a teapot\r\n"),
        "{teapot}"
    );
    assert!(
        teapot.contains("\r\naccess-control-allow-origin: *\r\n"),
        "{teapot}"
    );
    assert!(
        teapot.contains("\r\naccess-control-allow-credentials: true\r\n"),
        "{teapot}"
    );
    let preflight = "OPTIONS /status/200 HTTP/1.0\r\norigin: http://page.test\r\n\
                     access-control-request-headers: x-a\r\n\r\n";
    let response = send(address, preflight).to_lowercase();
    let allow = "delete, get, head, options, patch, post, put, trace";
    for line in [
        format!("allow: {allow}"),
        format!("access-control-allow-methods: {allow}"),
        "access-control-allow-origin: http://page.test".to_owned(),
        "access-control-allow-headers: x-a".to_owned(),
        "access-control-max-age: 3600".to_owned(),
    ] {
        assert!(
            response.contains(&format!("\r\n{line}\r\n")),
            "{line}: {response}"
        );
    }
    let missing = send(address, "GET /nowhere HTTP/1.0\r\n\r\n").to_lowercase();
    assert!(
        missing.starts_with("http/1.0 404 not found\r\n")
            && missing.contains("access-control-allow-origin: *"),
        "{missing}"
    );
    for (path, media, text) in [
        ("/", "text/html; charset=utf-8", "<title>API</title>"),
        (
            "/openapi.json",
            "application/json",
            "\"openapi\": \"3.0.3\"",
        ),
        (
            "/openapi.yaml",
            "application/yaml",
            "# Every HTTP status code in use",
        ),
    ] {
        let response = send(address, &format!("GET {path} HTTP/1.0\r\n\r\n"));
        assert!(
            response.starts_with("HTTP/1.0 200 OK\r\n") && response.contains(text),
            "{response}"
        );
        assert!(
            response.contains(&format!("content-type: {media}\r\n")),
            "{response}"
        );
    }
}

/// Returns the command of an installed browser with a headless mode.
fn browser() -> Option<&'static str> {
    let commands = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    commands.into_iter().find(|name| {
        let version = Command::new(name).arg("--version").output();
        version.is_ok_and(|output| output.status.success())
    })
}

/// Forwards a request to the server, or serves the page of this test, so that both have the same origin.
fn forward(mut client: TcpStream, address: &str) -> io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte)? > 0 {
        head.extend(byte);
    }
    let head = String::from_utf8_lossy(&head);
    if head.starts_with("GET /test ") {
        let page = include_str!("page.html");
        let length = page.len();
        return write!(
            client,
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{page}"
        );
    }
    let mut server = TcpStream::connect(address)?;
    // Forwards one request per connection; the requests of this test have no content.
    let head = head.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let head = head.replace("\r\nConnection: keep-alive", "");
    server.write_all(head.as_bytes())?;
    io::copy(&mut server, &mut client)?;
    client.shutdown(Shutdown::Both)
}

#[test]
#[ignore = "compiles a server; `.ci/run` includes it"]
fn the_page_works_in_a_browser() {
    let Some(browser) = browser() else {
        eprintln!("skipped: no browser is installed");
        return;
    };
    let (mut server, url) = start("spec/status.yaml");
    let address = url.strip_prefix("http://").unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own_address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming() {
            let address = address.clone();
            // Browsers also open connections that they do not use.
            thread::spawn(move || client.and_then(|client| forward(client, &address)));
        }
    });
    let mut backgrounds = Vec::new();
    for scheme in ["1", "0"] {
        let output = Command::new(browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
            .arg("--virtual-time-budget=30000")
            .arg(format!("--blink-settings=preferredColorScheme={scheme}"))
            .arg(format!("http://{own_address}/test"))
            .output()
            .unwrap();
        let page = String::from_utf8_lossy(&output.stdout).into_owned();
        let results = page
            .split_once("<pre>")
            .and_then(|(_, rest)| rest.split_once("</pre>"));
        let results = results.map_or(page.as_str(), |(results, _)| results);
        let result = |name: &str| {
            let value = results
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            value.unwrap_or_else(|| panic!("{name}: {results}"))
        };
        backgrounds.push(result("background").to_owned());
        assert_eq!(result("title"), "Statusquo");
        assert_eq!(result("operations"), "7");
        let catalogue = fs::read_to_string(workspace().join("codegen/catalogue.json")).unwrap();
        let statuses: serde_json::Value = serde_json::from_str(&catalogue).unwrap();
        let count = statuses.as_array().unwrap().len().to_string();
        assert_eq!(result("statuses"), count);
        assert_eq!(
            result("matches"),
            "418 I'm a teapotThe server is a teapot, and will not brew coffee."
        );
        assert_eq!(result("no results"), "1");
        assert!(
            result("teapot").starts_with("418 I'm a teapot"),
            "{results}"
        );
        assert!(result("teapot").contains("no good at coffee"), "{results}");
        assert!(result("redirect").contains("A redirect."), "{results}");
        assert_eq!(result("problem details"), "true");
        assert_eq!(
            result("curl"),
            format!("curl --include --path-as-is http://{own_address}/status/x")
        );
        assert_eq!(result("missing parameter"), "true");
        let trace = format!(
            "true curl --include --path-as-is --request TRACE http://{own_address}/status/200"
        );
        assert_eq!(result("trace"), trace);
        assert_eq!(result("status"), "true");
        assert_eq!(result("scrolls sideways"), "false");
    }
    let _ = server.kill();
    let _ = server.wait();
    assert_ne!(backgrounds[0], backgrounds[1], "light and dark");
}

#[test]
fn an_unavailable_address_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    for address in [taken.as_str(), "nowhere"] {
        let error = TcpListener::bind(address).unwrap_err();
        let output = crate::run(&workspace(), &["serve", "--addr", address]);
        assert_eq!(output.code, Some(2));
        assert_eq!(
            output.messages,
            format!(
                "error: cannot listen on {address}: {error}; choose another address with `--addr HOST:PORT`\n"
            )
        );
    }
}
