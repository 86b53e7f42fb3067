//! `/status/{codes}` over a socket, beside what httpbin does.

use std::{collections::BTreeMap, net::SocketAddr};

use axum::{body::Body, http::Request};
use statusquo::{Client, Code, Response, Status, StatusResponse, mock::Mock, server::router};
use statusquo_tests::http1::{self, get, send, serve};
use tower::ServiceExt as _;

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"];

async fn start() -> SocketAddr {
    serve(router(Mock)).await.unwrap()
}

async fn status(address: SocketAddr, method: &str, codes: &str) -> http1::Response {
    get(address, method, &format!("/status/{codes}")).await
}

#[tokio::test]
async fn every_code_is_answered_whatever_the_method() {
    let address = start().await;
    for method in METHODS {
        for code in 200..1000_u16 {
            // The codes that nobody knows are all alike.
            if Status::from_code(code).is_none() && code % 37 > 0 {
                continue;
            }
            let answer = status(address, method, &code.to_string()).await;
            assert_eq!(answer.code, code, "{method}");
            let reason = Status::from_code(code).map_or("", Status::reason);
            assert_eq!(answer.reason, reason, "{method} {code}");
            let content = matches!(code, 400 | 402 | 406 | 418);
            assert_eq!(
                answer.body.is_empty(),
                !content || method == "HEAD",
                "{method} {code}"
            );
            assert_eq!(
                answer.header("content-type").is_some(),
                content,
                "{method} {code}"
            );
        }
    }
}

#[tokio::test]
async fn interim_codes_and_what_is_no_code_are_bad_requests() {
    let address = start().await;
    for method in METHODS {
        for codes in [
            "100",
            "101",
            "102",
            "103",
            "104",
            "150",
            "0",
            "99",
            "1000",
            "-1",
            "99999999999",
            "abc",
            "200.5",
            "4!9",
            ",",
            "200,",
            "200,,500",
            "200,402,foo",
            "200:,500",
            "200:abc,500",
            "200:1:2,500:1",
            "200:0,500:0",
            "200:-1,500:2",
            "200:nan,500",
            "200:inf",
            "200:1e400",
            "2_0_0",
            "%EF%BC%92%EF%BC%90%EF%BC%90",
            "%2B200",
            "%FF",
        ] {
            let answer = status(address, method, codes).await;
            assert_eq!(answer.code, 400, "{method} {codes}");
            assert_eq!(
                answer.header("content-type"),
                Some("application/problem+json")
            );
            if method != "HEAD" {
                let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
                assert_eq!(problem["status"], 400);
                assert_eq!(problem["title"], "Bad Request");
            }
        }
    }
}

#[tokio::test]
async fn the_headers_are_those_of_the_table() {
    let address = start().await;
    for (code, header, value) in [
        (300, "location", "/redirect/1"),
        (301, "location", "/redirect/1"),
        (302, "location", "/redirect/1"),
        (303, "location", "/redirect/1"),
        (305, "location", "/redirect/1"),
        (307, "location", "/redirect/1"),
        (308, "location", "/redirect/1"),
        (401, "www-authenticate", "Basic realm=\"Fake Realm\""),
        (402, "x-more-info", "http://vimeo.com/22053820"),
        (
            405,
            "allow",
            "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, TRACE",
        ),
        (406, "content-type", "application/json"),
        (407, "proxy-authenticate", "Basic realm=\"Fake Realm\""),
        (416, "content-range", "bytes */1024"),
        (418, "x-more-info", "http://tools.ietf.org/html/rfc2324"),
        (426, "upgrade", "HTTP/2.0"),
        (429, "retry-after", "60"),
        (503, "retry-after", "60"),
    ] {
        for method in METHODS {
            let answer = status(address, method, &code.to_string()).await;
            assert_eq!(answer.header(header), Some(value), "{method} {code}");
        }
    }
    let teapot = status(address, "GET", "418").await;
    assert!(teapot.body.starts_with("I'm a teapot"));
    let acceptable: serde_json::Value =
        serde_json::from_str(&status(address, "GET", "406").await.body).unwrap();
    assert!(
        acceptable["accept"]
            .as_array()
            .unwrap()
            .contains(&"image/png".into())
    );
}

#[tokio::test]
async fn lists_pick_by_weight() {
    let address = start().await;
    for (codes, possible) in [
        ("200:0,500:1", vec![500]),
        ("200:1", vec![200]),
        ("200,%20500", vec![200, 500]),
        ("200%2C500", vec![200, 500]),
        ("200%3A0%2C500", vec![500]),
        ("200:0.7,429:0.2,503:0.1", vec![200, 429, 503]),
        ("777:1,777:1", vec![777]),
    ] {
        for _ in 0..20 {
            let answer = status(address, "GET", codes).await;
            assert!(possible.contains(&answer.code), "{codes}: {}", answer.code);
        }
    }
}

/// Pearson's chi-square of what is drawn, against weights: how far it is from what they would give.
async fn chi_square(codes: &str, weights: &[(u16, f64)]) -> f64 {
    const DRAWS: u32 = 20_000;
    let router = router(Mock::seeded(7));
    let mut drawn = BTreeMap::<u16, u32>::new();
    for _ in 0..DRAWS {
        let request = Request::get(format!("/status/{codes}"));
        let request = request.body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        *drawn.entry(answer.status().as_u16()).or_default() += 1;
    }
    assert!(
        drawn
            .keys()
            .all(|code| weights.iter().any(|(known, _)| known == code)),
        "{drawn:?}"
    );
    let total: f64 = weights.iter().map(|(_, weight)| weight).sum();
    let parts = weights.iter().map(|(code, weight)| {
        let expected = f64::from(DRAWS) * weight / total;
        let found = drawn.get(code).copied().map_or(0.0, f64::from);
        (found - expected).powi(2) / expected
    });
    parts.sum()
}

#[tokio::test]
async fn a_list_is_drawn_from_by_its_weights() {
    // The odds of more than this are 1 in 1,000 for so many degrees of freedom; the seed is always the same.
    for (codes, weights, most) in [
        ("200,500", &[(200, 1.0), (500, 1.0)][..], 10.83),
        ("200:3,500:1", &[(200, 3.0), (500, 1.0)], 10.83),
        (
            "200:0.7,429:0.2,503:0.1",
            &[(200, 0.7), (429, 0.2), (503, 0.1)],
            13.82,
        ),
        // Duplicates add up.
        ("200,500,200,200", &[(200, 3.0), (500, 1.0)], 10.83),
    ] {
        let found = chi_square(codes, weights).await;
        assert!(found < most, "{codes}: {found}");
        // It is no test that nothing fails.
        let turned = weights
            .iter()
            .map(|(code, weight)| (*code, weight * weight));
        let turned: Vec<_> = turned.collect();
        if weights.iter().any(|(_, weight)| *weight > 1.0) {
            assert!(chi_square(codes, &turned).await > most, "{codes}");
        }
    }
}

#[tokio::test]
async fn other_paths_and_methods_are_answered_by_the_server() {
    let address = start().await;
    for path in [
        "/",
        "/status",
        "/status/",
        "/status/200/foo",
        "//status/200",
        "/STATUS/200",
    ] {
        let answer = get(address, "GET", path).await;
        assert_eq!(
            (answer.code, answer.header("content-type")),
            (404, Some("application/problem+json")),
            "{path}"
        );
    }
    let allow = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, TRACE";
    for method in ["CONNECT", "PROPFIND", "BREW"] {
        let answer = get(address, method, "/status/200").await;
        assert_eq!(
            (answer.code, answer.header("allow")),
            (405, Some(allow)),
            "{method}"
        );
    }
    let answer = get(address, "OPTIONS", "/status/200").await;
    assert_eq!((answer.code, answer.header("allow")), (204, Some(allow)));
    // A host in the target, and an encoded path, lead to the same place.
    for target in [
        "http://test/status/204",
        "/%73tatus/204",
        "/status/20%34",
        "/status/204?a=b",
    ] {
        assert_eq!(get(address, "GET", target).await.code, 204, "{target}");
    }
}

#[tokio::test]
async fn content_that_nobody_asked_for_is_ignored() {
    let address = start().await;
    let request = "POST /status/201 HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\
                   content-type: application/json\r\ncontent-length: 8\r\n\r\nnot JSON";
    assert_eq!(send(address, request).await.code, 201);
}

/// The same through the client: each declared answer comes out as its variant, and says what it is.
#[tokio::test]
async fn the_client_decodes_what_the_server_encodes() {
    let address = start().await;
    let client = Client::new(&format!("http://{address}")).unwrap();
    for code in (200..1000).filter_map(Code::new) {
        if code.status().is_none() && code.get() % 7 > 0 {
            continue;
        }
        let answer = client.get_status(code).send().await.unwrap();
        assert_eq!(answer.code(), code);
        let name = code.status().map_or("Default", Status::name);
        assert!(format!("{answer:?}").starts_with(name), "{answer:?}");
        let head = client.head_status(code).send().await.unwrap();
        assert_eq!(head.code(), code);
        for other in [
            client.put_status(code).send().await,
            client.post_status(code).send().await,
            client.delete_status(code).send().await,
            client.patch_status(code).send().await,
            client.trace_status(code).send().await,
        ] {
            assert_eq!(other.unwrap(), answer, "one set for all methods");
        }
        let success = client.get_status(code).success().await;
        assert_eq!(success.is_ok(), code.is_success(), "{code}");
    }
    // An interim status is no answer: the server says so.
    let answer = client.get_status(Status::Continue).send().await.unwrap();
    assert!(matches!(answer, StatusResponse::BadRequest(problem) if problem.status == 400));
    assert_eq!(StatusResponse::KEYS.len(), Status::ALL.len() - 5 + 1);
}
