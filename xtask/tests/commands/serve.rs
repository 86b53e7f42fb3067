//! `serve`: the program that a user starts, asks and stops.

use std::{
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
};

use crate::{workspace, xtask};

fn ask(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Starts a server; gives the URL that it prints.
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
fn a_document_is_served_until_it_is_told_to_stop() {
    for (spec, signal) in [
        ("spec/status.yaml", "-TERM"),
        ("tests/documents/pets.yaml", "-INT"),
    ] {
        let (mut server, url) = start(spec);
        let address = url.strip_prefix("http://").unwrap();
        if spec.starts_with("spec") {
            status(address);
        } else {
            // Where the clients of the document's server look for it.
            let (address, path) = address.split_once('/').unwrap();
            assert_eq!(path, "v1");
            let pets = ask(address, "GET /v1/pets HTTP/1.0\r\n\r\n");
            assert!(
                pets.starts_with("HTTP/1.0 200 OK\r\n") && pets.contains("Kitty"),
                "{pets}"
            );
        }
        let told = Command::new("kill")
            .args([signal, &server.id().to_string()])
            .status()
            .unwrap();
        assert!(told.success());
        assert_eq!(
            server.wait().unwrap().code(),
            Some(0),
            "{signal} ends it well"
        );
    }
}

/// Two packages of one name and version are one for cargo, wherever they are.
#[test]
fn each_document_is_served_by_itself() {
    let folder = crate::empty("serve-alike");
    for name in ["one", "other"] {
        let path = folder.join(format!("{name}.yaml"));
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: Alike, version: 9.9.9}}\npaths:\n  /{name}:\n    \
             get: {{responses: {{'204': {{description: Here.}}}}}}\n"
        );
        fs::write(&path, text).unwrap();
        let (mut server, url) = start(path.to_str().unwrap());
        let address = url.strip_prefix("http://").unwrap();
        let answer = ask(address, &format!("GET /{name} HTTP/1.0\r\n\r\n"));
        let _ = server.kill();
        let _ = server.wait();
        assert!(
            answer.starts_with("HTTP/1.0 204 No Content\r\n"),
            "{answer}"
        );
    }
}

fn status(address: &str) {
    let teapot = ask(address, "GET /status/418 HTTP/1.0\r\n\r\n").to_lowercase();
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
    let answer = ask(address, preflight).to_lowercase();
    let allow = "delete, get, head, options, patch, post, put, trace";
    for line in [
        format!("allow: {allow}"),
        format!("access-control-allow-methods: {allow}"),
        "access-control-allow-origin: http://page.test".to_owned(),
        "access-control-allow-headers: x-a".to_owned(),
        "access-control-max-age: 3600".to_owned(),
    ] {
        assert!(
            answer.contains(&format!("\r\n{line}\r\n")),
            "{line}: {answer}"
        );
    }
    let missing = ask(address, "GET /nowhere HTTP/1.0\r\n\r\n").to_lowercase();
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
        let answer = ask(address, &format!("GET {path} HTTP/1.0\r\n\r\n"));
        assert!(
            answer.starts_with("HTTP/1.0 200 OK\r\n") && answer.contains(text),
            "{answer}"
        );
        assert!(
            answer.contains(&format!("content-type: {media}\r\n")),
            "{answer}"
        );
    }
}

/// The command of a browser that can be driven without a screen.
fn browser() -> Option<&'static str> {
    let all = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    all.into_iter().find(|name| {
        let version = Command::new(name).arg("--version").output();
        version.is_ok_and(|output| output.status.success())
    })
}

/// Hands a connection on to a server, but for the page of this test, which is of the same origin then.
fn hand_on(mut client: TcpStream, address: &str) -> io::Result<()> {
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
    // One request each; the ones of this test have no content.
    let head = head.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let head = head.replace("\r\nConnection: keep-alive", "");
    server.write_all(head.as_bytes())?;
    io::copy(&mut server, &mut client)?;
    client.shutdown(Shutdown::Both)
}

#[test]
fn the_page_can_be_used() {
    let Some(browser) = browser() else {
        eprintln!("not tested: there is no browser here");
        return;
    };
    let (mut server, url) = start("spec/status.yaml");
    let address = url.strip_prefix("http://").unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming() {
            let address = address.clone();
            // A browser opens connections that it does not use.
            thread::spawn(move || client.and_then(|client| hand_on(client, &address)));
        }
    });
    let mut backgrounds = Vec::new();
    for scheme in ["1", "0"] {
        let output = Command::new(browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
            .arg("--virtual-time-budget=30000")
            .arg(format!("--blink-settings=preferredColorScheme={scheme}"))
            .arg(format!("http://{own}/test"))
            .output()
            .unwrap();
        let page = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = page
            .split_once("<pre>")
            .and_then(|(_, rest)| rest.split_once("</pre>"));
        let said = said.map_or(page.as_str(), |(said, _)| said);
        let of = |name: &str| {
            let found = said
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            found.unwrap_or_else(|| panic!("{name}: {said}"))
        };
        backgrounds.push(of("background").to_owned());
        assert_eq!(of("title"), "Statusquo");
        assert_eq!(of("operations"), "7");
        assert_eq!(of("statuses"), "97");
        assert_eq!(
            of("found"),
            "418 I'm a teapotThe server is a teapot, and will not brew coffee."
        );
        assert_eq!(of("nothing"), "1");
        assert!(of("teapot").starts_with("418 I'm a teapot"), "{said}");
        assert!(of("teapot").contains("no good at coffee"), "{said}");
        assert!(of("redirect").contains("A redirect."), "{said}");
        assert_eq!(of("wrong"), "true");
        assert_eq!(
            of("curl"),
            format!("curl --include --path-as-is http://{own}/status/x")
        );
        assert_eq!(of("missing"), "true");
        let trace =
            format!("true curl --include --path-as-is --request TRACE http://{own}/status/200");
        assert_eq!(of("trace"), trace);
        assert_eq!(of("status"), "true");
        assert_eq!(of("too wide"), "false");
    }
    let _ = server.kill();
    let _ = server.wait();
    assert_ne!(backgrounds[0], backgrounds[1], "light and dark");
}

#[test]
fn an_address_that_cannot_be_had_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    for address in [taken.as_str(), "nowhere"] {
        let why = TcpListener::bind(address).unwrap_err();
        let done = crate::run(&workspace(), &["serve", "--addr", address]);
        assert_eq!(done.code, Some(2));
        assert_eq!(
            done.messages,
            format!("error: cannot serve on {address}: {why}; choose where: `--addr HOST:PORT`\n")
        );
    }
}
