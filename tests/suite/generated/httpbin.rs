//! `/status/{codes}` over a socket, compared with httpbin's behavior.

use std::{collections::BTreeMap, net::SocketAddr};

use axum::{body::Body, http::Request};
use statusquo::{Client, Code, Response, Status, StatusResponse, mock::Mock, server::router};
use statusquo_tests::http1::{self, request, send, serve};
use tower::ServiceExt as _;

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"];

async fn start() -> SocketAddr {
    serve(router(Mock)).await.unwrap()
}

async fn status(address: SocketAddr, method: &str, codes: &str) -> http1::Response {
    request(address, method, &format!("/status/{codes}")).await
}

#[tokio::test]
async fn every_final_code_is_returned_for_every_method() {
    let address = start().await;
    for method in METHODS {
        for code in 200..1000_u16 {
            // Unknown codes are all handled alike, so a sample of them is enough.
            if Status::from_code(code).is_none() && code % 37 > 0 {
                continue;
            }
            let response = status(address, method, &code.to_string()).await;
            assert_eq!(response.code, code, "{method}");
            let reason = Status::from_code(code).map_or("", Status::reason);
            assert_eq!(response.reason, reason, "{method} {code}");
            let has_content = matches!(code, 400 | 402 | 406 | 418);
            assert_eq!(
                response.body.is_empty(),
                !has_content || method == "HEAD",
                "{method} {code}"
            );
            assert_eq!(
                response.header("content-type").is_some(),
                has_content,
                "{method} {code}"
            );
        }
    }
}

#[tokio::test]
async fn interim_codes_and_invalid_codes_are_bad_requests() {
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
            let response = status(address, method, codes).await;
            assert_eq!(response.code, 400, "{method} {codes}");
            assert_eq!(
                response.header("content-type"),
                Some("application/problem+json")
            );
            if method != "HEAD" {
                let problem: serde_json::Value = serde_json::from_str(&response.body).unwrap();
                assert_eq!(problem["status"], 400);
                assert_eq!(problem["title"], "Bad Request");
            }
        }
    }
}

#[tokio::test]
async fn statuses_have_their_header_fields() {
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
            let response = status(address, method, &code.to_string()).await;
            assert_eq!(response.header(header), Some(value), "{method} {code}");
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
async fn a_list_returns_one_of_its_codes() {
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
            let response = status(address, "GET", codes).await;
            assert!(
                possible.contains(&response.code),
                "{codes}: {}",
                response.code
            );
        }
    }
}

/// Returns Pearson's chi-square of the returned codes against the distribution that the weights define.
async fn chi_square(codes: &str, weights: &[(u16, f64)]) -> f64 {
    const DRAWS: u32 = 20_000;
    let router = router(Mock::seeded(7));
    let mut drawn = BTreeMap::<u16, u32>::new();
    for _ in 0..DRAWS {
        let request = Request::get(format!("/status/{codes}"));
        let request = request.body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        *drawn.entry(response.status().as_u16()).or_default() += 1;
    }
    assert!(
        drawn
            .keys()
            .all(|code| weights.iter().any(|(listed, _)| listed == code)),
        "{drawn:?}"
    );
    let total: f64 = weights.iter().map(|(_, weight)| weight).sum();
    let parts = weights.iter().map(|(code, weight)| {
        let expected = f64::from(DRAWS) * weight / total;
        let actual = drawn.get(code).copied().map_or(0.0, f64::from);
        (actual - expected).powi(2) / expected
    });
    parts.sum()
}

#[tokio::test]
async fn a_list_is_sampled_by_its_weights() {
    // A limit is exceeded with a probability of 1 in 1,000 for its degrees of freedom; the seed is fixed.
    for (codes, weights, limit) in [
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
        let distance = chi_square(codes, weights).await;
        assert!(distance < limit, "{codes}: {distance}");
        // The test must fail for wrong weights.
        let wrong_weights = weights
            .iter()
            .map(|(code, weight)| (*code, weight * weight));
        let wrong_weights: Vec<_> = wrong_weights.collect();
        if weights.iter().any(|(_, weight)| *weight > 1.0) {
            assert!(chi_square(codes, &wrong_weights).await > limit, "{codes}");
        }
    }
}

#[tokio::test]
async fn undeclared_paths_and_methods_get_404_and_405() {
    let address = start().await;
    for path in [
        "/",
        "/status",
        "/status/",
        "/status/200/foo",
        "//status/200",
        "/STATUS/200",
    ] {
        let response = request(address, "GET", path).await;
        assert_eq!(
            (response.code, response.header("content-type")),
            (404, Some("application/problem+json")),
            "{path}"
        );
    }
    let allow = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, TRACE";
    for method in ["CONNECT", "PROPFIND", "BREW"] {
        let response = request(address, method, "/status/200").await;
        assert_eq!(
            (response.code, response.header("allow")),
            (405, Some(allow)),
            "{method}"
        );
    }
    let response = request(address, "OPTIONS", "/status/200").await;
    assert_eq!(
        (response.code, response.header("allow")),
        (204, Some(allow))
    );
    // A target with a host, an encoded path or a query reaches the same operation.
    for target in [
        "http://test/status/204",
        "/%73tatus/204",
        "/status/20%34",
        "/status/204?a=b",
    ] {
        assert_eq!(request(address, "GET", target).await.code, 204, "{target}");
    }
}

#[tokio::test]
async fn undeclared_request_content_is_ignored() {
    let address = start().await;
    let request = "POST /status/201 HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\
                   content-type: application/json\r\ncontent-length: 8\r\n\r\nnot JSON";
    assert_eq!(send(address, request).await.code, 201);
}

/// Each declared status is decoded as its variant.
#[tokio::test]
async fn the_client_decodes_what_the_server_encodes() {
    let address = start().await;
    let client = Client::new(&format!("http://{address}")).unwrap();
    for code in (200..1000).filter_map(Code::new) {
        if code.status().is_none() && code.get() % 7 > 0 {
            continue;
        }
        let response = client.get_status(code).send().await.unwrap();
        assert_eq!(response.code(), code);
        let name = code.status().map_or("Default", Status::name);
        assert!(format!("{response:?}").starts_with(name), "{response:?}");
        let head = client.head_status(code).send().await.unwrap();
        assert_eq!(head.code(), code);
        for same_status in [
            client.put_status(code).send().await,
            client.post_status(code).send().await,
            client.delete_status(code).send().await,
            client.patch_status(code).send().await,
            client.trace_status(code).send().await,
        ] {
            assert_eq!(
                same_status.unwrap(),
                response,
                "all methods share one response enum"
            );
        }
        let success = client.get_status(code).success().await;
        assert_eq!(success.is_ok(), code.is_success(), "{code}");
    }
    // The server rejects an interim status because it is not a final response.
    let response = client.get_status(Status::Continue).send().await.unwrap();
    assert!(matches!(response, StatusResponse::BadRequest(problem) if problem.status == 400));
    assert_eq!(StatusResponse::KEYS.len(), Status::ALL.len() - 5 + 1);
}
