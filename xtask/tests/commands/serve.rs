//! `serve`: the program that a user starts, asks and stops.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Command, Stdio},
};

use crate::{workspace, xtask};

fn ask(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[cfg(unix)]
#[test]
fn a_document_is_served_until_it_is_told_to_stop() {
    for (spec, signal) in [
        ("spec/status.yaml", "-TERM"),
        ("tests/documents/pets.yaml", "-INT"),
    ] {
        let mut server = xtask(
            &workspace(),
            &["serve", "--spec", spec, "--addr", "localhost:0"],
        )
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let url = lines.next().unwrap().unwrap();
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
    let missing = ask(address, "GET / HTTP/1.0\r\n\r\n").to_lowercase();
    assert!(
        missing.contains("access-control-allow-origin: *"),
        "{missing}"
    );
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
