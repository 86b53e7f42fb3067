//! The document `spec/status.yaml`, which is also the catalogue of statuses.

use std::collections::BTreeMap;

use statusquo::Status;
use statusquo_codegen::{
    Options,
    model::{Catalogue, ContentRule, Model, ResponseKey, Retry},
};
use statusquo_tests::{catalogue, own_spec};

fn model() -> Model {
    let (model, warnings) =
        statusquo_codegen::model(&own_spec(), &Catalogue::empty(), &Options::default()).unwrap();
    assert_eq!(warnings, [], "nothing is left out of spec/status.yaml");
    model
}

#[test]
fn the_embedded_catalogue_is_that_of_the_document() {
    assert_eq!(catalogue(), Catalogue::from_model(&model()));
}

#[test]
fn each_code_of_the_document_is_a_variant_of_status() {
    let model = model();
    let codes: Vec<u16> = model.statuses.iter().map(|status| status.code).collect();
    let variants: Vec<u16> = Status::ALL.iter().map(|status| status.code()).collect();
    assert_eq!(codes, variants);
    for (status, variant) in model.statuses.iter().zip(Status::ALL) {
        assert_eq!(status.name.as_str(), variant.name());
        assert_eq!(status.reason, variant.reason());
        assert_eq!(status.description, variant.description());
        assert_eq!(status.origin, variant.origin());
        assert_eq!(status.reference.as_deref(), variant.reference());
        assert_eq!(
            format!("{:?}", status.retry),
            format!("{:?}", variant.retry())
        );
    }
}

/// The codes of the public "HTTP Status Codes" document (npm package `@readme/oas-examples`), which misspells
/// 521 as 512.
const PUBLIC: [u16; 89] = [
    100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 207, 208, 218, 226, 300, 301, 302, 303,
    304, 305, 306, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413,
    414, 415, 416, 417, 418, 419, 420, 421, 422, 423, 424, 425, 426, 428, 429, 430, 431, 440, 444,
    449, 450, 451, 494, 495, 496, 497, 498, 499, 500, 501, 502, 503, 504, 505, 506, 507, 508, 509,
    510, 511, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530, 598,
];

/// The codes of the IANA registry, except the temporary registration of 104.
const REGISTERED: [u16; 63] = [
    100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304,
    305, 306, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414,
    415, 416, 417, 418, 421, 422, 423, 424, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504,
    505, 506, 507, 508, 510, 511,
];

#[test]
fn every_code_in_use_is_declared() {
    for code in PUBLIC
        .into_iter()
        .chain(REGISTERED)
        .chain([104, 460, 463, 464, 561, 562, 599])
    {
        assert!(Status::from_code(code).is_some(), "{code}");
    }
    for status in Status::ALL {
        let is_registered = status.origin() == ["iana"];
        assert_eq!(
            is_registered,
            REGISTERED.contains(&status.code()) || status.code() == 104,
            "{status}: the origin of exactly the codes in `REGISTERED` is `iana`"
        );
        assert!(!status.origin().is_empty(), "{status}");
        assert!(!is_registered || status.reference().is_some(), "{status}");
    }
}

/// The phrases of the `http` crate differ in three places: one lacks its hyphen, and two precede RFC 9110.
#[test]
fn reason_phrases_equal_those_of_the_registry() {
    for status in Status::ALL {
        let theirs = http::StatusCode::from(*status).canonical_reason();
        match (status.code(), theirs) {
            (203, Some(theirs)) => assert_eq!(theirs, "Non Authoritative Information"),
            (413, Some(theirs)) => assert_eq!(theirs, "Payload Too Large"),
            (422, Some(theirs)) => assert_eq!(theirs, "Unprocessable Entity"),
            (_, Some(theirs)) => assert_eq!(status.reason(), theirs),
            (_, None) => {}
        }
    }
}

#[test]
fn descriptions_are_suitable_as_documentation() {
    for status in Status::ALL {
        let text = status.description();
        let summary = status.summary();
        assert!(
            summary.ends_with('.') && summary.len() <= 100,
            "{status}: {summary}"
        );
        assert!(
            text[summary.len()..].starts_with("\n\n"),
            "{status}: the summary must be followed by a blank line and more text"
        );
        for line in text.lines() {
            assert!(
                line.len() <= 100 && line.trim_end() == line,
                "{status}: {line}"
            );
        }
        assert!(
            text.ends_with('.') || text.ends_with('"') || text.ends_with(')'),
            "{status}: {text}"
        );
        assert_eq!(text.matches('`').count() % 2, 0, "{status}");
        for origin in status.origin().iter().filter(|origin| **origin != "iana") {
            // The vendor of `aws-elb` is AWS.
            let vendor = origin.split('-').next().unwrap();
            assert!(
                text.to_lowercase().contains(vendor),
                "the description of {status} must mention its origin, `{vendor}`"
            );
        }
    }
}

/// The requirements on responses in RFC 9110, sections 6.4 and 15, as far as the catalogue covers them.
#[test]
fn content_and_header_rules_equal_those_of_the_rfcs() {
    let model = model();
    let catalogue = Catalogue::from_model(&model);
    // The codes that anyone may add have the rules that the document gives them.
    let is_known = |status: &&statusquo_codegen::model::Status| {
        PUBLIC.contains(&status.code) || REGISTERED.contains(&status.code)
    };
    for status in catalogue.iter().filter(is_known) {
        let is_forbidden = matches!(status.code, 100..=199 | 204 | 205 | 304);
        assert_eq!(
            status.content == ContentRule::Forbidden,
            is_forbidden,
            "{}",
            status.code
        );
    }
    let required: BTreeMap<u16, Vec<String>> = catalogue
        .iter()
        .filter(|status| REGISTERED.contains(&status.code) && !status.requires.is_empty())
        .map(|status| (status.code, status.requires.clone()))
        .collect();
    let expected = [
        (101, "Upgrade"),
        (226, "IM"),
        (401, "WWW-Authenticate"),
        (405, "Allow"),
        (407, "Proxy-Authenticate"),
        (426, "Upgrade"),
    ];
    assert_eq!(
        required,
        expected
            .map(|(code, name)| (code, vec![name.to_owned()]))
            .into()
    );
    // The document declares the header fields that its statuses require.
    let variants = model
        .response_enums
        .iter()
        .flat_map(|response_enum| &response_enum.variants);
    for variant in variants {
        let ResponseKey::Exact(code) = variant.key else {
            continue;
        };
        for name in required.get(&code).into_iter().flatten() {
            let mut headers = variant.headers.iter();
            let declared = headers.find(|header| header.wire == *name);
            assert!(
                declared.is_some_and(|header| header.required),
                "{code} {name}"
            );
        }
    }
    let retried_after: Vec<u16> = catalogue
        .iter()
        .filter(|status| PUBLIC.contains(&status.code) && status.retry == Retry::After)
        .map(|status| status.code)
        .collect();
    assert_eq!(retried_after, [420, 429, 503]);
    assert!(
        catalogue
            .iter()
            .filter(is_known)
            .all(|status| status.retry == Retry::Never || status.code >= 400)
    );
}

#[test]
fn all_methods_except_head_share_one_response_enum() {
    let model = model();
    let names: Vec<_> = model
        .response_enums
        .iter()
        .map(|response_enum| response_enum.name.as_str())
        .collect();
    assert_eq!(names, ["StatusResponse", "HeadStatusResponse"]);
    let methods: Vec<_> = model
        .operations
        .iter()
        .map(|operation| operation.method.as_str())
        .collect();
    assert_eq!(
        methods,
        ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "TRACE"]
    );
    assert!(
        model
            .operations
            .iter()
            .all(|operation| operation.interim_keys.len() == 5)
    );
}
