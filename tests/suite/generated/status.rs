//! The guarantees of `Status`, `Code` and `StatusChoice`, tested with every number.

use std::collections::{BTreeSet, HashSet};

use statusquo::{Class, Code, InvalidCodeError, Retry, Status, StatusChoice};

#[test]
fn a_status_takes_two_bytes() {
    assert_eq!(size_of::<Status>(), 2);
    assert_eq!(size_of::<Option<Status>>(), 2);
    assert_eq!(size_of::<Code>(), 2);
    assert_eq!(size_of::<Option<Code>>(), 2);
}

#[test]
fn exactly_the_declared_codes_are_statuses() {
    let codes: BTreeSet<u16> = Status::ALL.iter().map(|status| status.code()).collect();
    assert_eq!(codes.len(), Status::ALL.len(), "each code is declared once");
    assert!(Status::ALL.is_sorted());
    for code in 0..=u16::MAX {
        let status = Status::from_code(code);
        assert_eq!(status.is_some(), codes.contains(&code), "{code}");
        assert_eq!(status.map(Status::code), codes.get(&code).copied());
        assert_eq!(Status::try_from(code).ok(), status);
        assert_eq!(
            Code::new(code).is_some(),
            (100..=999).contains(&code),
            "{code}"
        );
        assert_eq!(Code::new(code).and_then(Code::status), status);
        assert_eq!(
            Code::new(code).map(Code::get),
            (100..=999).contains(&code).then_some(code)
        );
        assert_eq!(code.to_string().parse::<Status>().ok(), status, "{code}");
        assert_eq!(
            code.to_string().parse::<Code>().ok(),
            Code::new(code),
            "{code}"
        );
    }
}

#[test]
fn the_predicates_follow_the_ranges_of_the_rfc() {
    for status in Status::ALL {
        let code = status.code();
        assert_eq!(status.is_informational(), (100..200).contains(&code));
        assert_eq!(status.is_success(), (200..300).contains(&code));
        assert_eq!(status.is_redirection(), (300..400).contains(&code));
        assert_eq!(status.is_client_error(), (400..500).contains(&code));
        assert_eq!(status.is_server_error(), (500..600).contains(&code));
        assert_eq!(status.is_error(), (400..600).contains(&code));
        assert_eq!(Some(status.class()), Class::from_code(code));
        assert_eq!(Code::from(*status).class(), Some(status.class()));
        assert_eq!(Code::from(*status), *status);
        assert_eq!(Code::from(*status), code);
    }
    for code in (100..1000).filter_map(Code::new) {
        assert_eq!(code.is_success(), (200..300).contains(&code.get()));
        assert_eq!(code.is_error(), (400..600).contains(&code.get()));
        assert_eq!(code.class().is_none(), code.get() > 599);
    }
    assert_eq!(Class::ALL.len(), 5);
}

#[test]
fn a_status_is_parsed_from_its_code_name_or_phrase() {
    for status in Status::ALL {
        let (name, reason) = (status.name(), status.reason());
        for text in [
            name.to_owned(),
            name.to_lowercase(),
            name.to_uppercase(),
            status.to_string(),
        ] {
            assert_eq!(text.parse(), Ok(*status), "{text}");
        }
        // 401 and 561 have the same phrase, which is parsed as 401.
        let first = Status::ALL.iter().find(|status| status.reason() == reason);
        for text in [
            reason.to_owned(),
            reason.to_lowercase(),
            reason.to_uppercase(),
        ] {
            assert_eq!(text.parse().ok(), first.copied(), "{text}");
        }
        assert_eq!(format!("{name:?}"), format!("\"{status:?}\""));
        assert_eq!(status.to_string(), format!("{} {reason}", status.code()));
    }
    for text in [
        "",
        " ",
        "40",
        "4040",
        "404 ",
        " 404",
        "404 Found",
        "0404",
        "+404",
        "Nothing",
        "４０４",
    ] {
        assert!(text.parse::<Status>().is_err(), "{text:?}");
    }
    assert_eq!("I'M A TEAPOT".parse(), Ok(Status::ImATeapot));
    assert_eq!("404 not found".parse(), Ok(Status::NotFound));
}

#[test]
fn a_status_is_displayed_with_padding() {
    assert_eq!(format!("{:<14}|", Status::NotFound), "404 Not Found |");
    assert_eq!(format!("{:>14}|", Status::NotFound), " 404 Not Found|");
    assert_eq!(format!("{:-^16}|", Status::NotFound), "-404 Not Found--|");
    assert_eq!(format!("{:3}|", Status::NotFound), "404 Not Found|");
}

#[test]
fn statuses_and_codes_work_in_constants() {
    const FOUND: Option<Status> = Status::from_code(404);
    const SUMMARY: &str = Status::NotFound.summary();
    const CODE: Option<Code> = Code::new(299);
    const ERROR: bool = Status::NotFound.is_error();
    const FACTS: (u16, &str, &str, &str, Class, &[&str], Option<&str>, Retry) = {
        let status = Status::TooManyRequests;
        (
            status.code(),
            status.name(),
            status.reason(),
            status.description(),
            status.class(),
            status.origin(),
            status.reference(),
            status.retry(),
        )
    };
    assert_eq!(FOUND, Some(Status::NotFound));
    assert!(Status::NotFound.description().starts_with(SUMMARY));
    assert!(!SUMMARY.contains('\n'));
    assert_eq!(CODE.map(Code::get), Some(299));
    assert_eq!(FACTS.7, Retry::After);
    assert_eq!(ERROR, Status::NotFound.is_client_error());
}

#[test]
fn statuses_are_serialized_as_numbers() {
    for status in Status::ALL {
        let number = serde_json::json!(status.code());
        assert_eq!(serde_json::to_value(status).unwrap(), number);
        for accepted in [
            number,
            status.code().to_string().into(),
            status.name().into(),
            status.to_string().into(),
        ] {
            assert_eq!(
                serde_json::from_value::<Status>(accepted.clone()).unwrap(),
                *status,
                "{accepted}"
            );
        }
    }
    for invalid in ["299", "-404", "404.5", "\"\"", "null", "[404]", "70000"] {
        assert!(
            serde_json::from_str::<Status>(invalid).is_err(),
            "{invalid}"
        );
    }
    assert_eq!(serde_json::from_str::<Code>("299").unwrap(), 299);
    assert_eq!(serde_json::from_str::<Code>("\"299\"").unwrap(), 299);
    assert_eq!(serde_json::to_string(&Code::new(299)).unwrap(), "299");
    for invalid in ["99", "1000", "\"2999\"", "-200", "{}"] {
        assert!(serde_json::from_str::<Code>(invalid).is_err(), "{invalid}");
    }
}

#[test]
fn codes_convert_to_and_from_those_of_http() {
    for code in 100..1000 {
        let theirs = http::StatusCode::from_u16(code).unwrap();
        let ours = Code::from(theirs);
        assert_eq!(ours, code);
        assert_eq!(http::StatusCode::from(ours), theirs);
        assert_eq!(Status::try_from(theirs).ok(), Status::from_code(code));
        if let Some(status) = Status::from_code(code) {
            assert_eq!(http::StatusCode::from(status), theirs);
        }
    }
}

#[test]
fn statuses_and_codes_implement_the_common_traits() {
    let hashed: HashSet<Status> = Status::ALL.iter().copied().collect();
    assert_eq!(hashed.len(), Status::ALL.len());
    assert!(Status::Ok < Status::NotFound);
    assert!(Code::from(Status::Ok) < Code::from(Status::NotFound));
    assert_eq!(format!("{:?}", Status::NotFound), "NotFound");
    assert_eq!(
        format!("{:?}", Code::from(Status::NotFound)),
        "404 Not Found"
    );
    assert_eq!(
        Code::try_from(99).unwrap_err().to_string(),
        "invalid status code: expected a number from 100 to 999"
    );
    let _: InvalidCodeError = Code::try_from(1000).unwrap_err();
}

#[test]
fn choices_are_parsed_and_displayed() {
    for (text, displayed) in [
        ("404", "404"),
        ("200,500", "200,500"),
        ("200:3,500:1", "200:3,500"),
        ("200:1", "200"),
        ("200:0.5,500:0.50", "200:0.5,500:0.5"),
        ("200:0,500:1", "200:0,500"),
        (" 200 : 2 , 500 ", "200:2,500"),
        ("999,100", "999,100"),
        ("200,200", "200,200"),
        ("200:1e3", "200:1000"),
    ] {
        let choice: StatusChoice = text.parse().unwrap();
        assert_eq!(choice.to_string(), displayed, "{text}");
        assert_eq!(displayed.parse(), Ok(choice.clone()));
        let json = serde_json::to_value(&choice).unwrap();
        assert_eq!(json, displayed);
        assert_eq!(
            serde_json::from_value::<StatusChoice>(json).unwrap(),
            choice
        );
    }
    for invalid in [
        "",
        ",",
        "200,",
        "200,,500",
        "200,402,foo",
        "abc",
        "200.5",
        "200:",
        "200:,500",
        "200:abc,500",
        "200:1:2,500:1",
        "200:0",
        "200:0,500:0",
        "200:-1",
        "200:nan",
        "200:inf",
        "200:1e400",
        "0",
        "99",
        "1000",
        "-1",
        "99999999999",
        "2_0_0",
        "２００",
        "+200",
        "4!9",
        "200:1e308,500:1e308",
    ] {
        assert!(invalid.parse::<StatusChoice>().is_err(), "{invalid:?}");
    }
    assert_eq!(StatusChoice::from(Status::NotFound).to_string(), "404");
    assert!(StatusChoice::new([]).is_err());
    assert!(StatusChoice::new([(Code::from(Status::Ok), f64::NAN)]).is_err());
}

#[test]
fn a_choice_picks_by_weight() {
    let choice: StatusChoice = "200:3,500:1,404:0,200:4".parse().unwrap();
    let mut counts = [0; 1000];
    for step in 0..8000_u16 {
        let code = choice.pick((f64::from(step) + 0.5) / 8000.0);
        counts[usize::from(code.get())] += 1;
    }
    assert_eq!((counts[200], counts[500], counts[404]), (7000, 1000, 0));
    // A number outside of the range picks the first or the last code with a weight, NaN the last one.
    assert_eq!(choice.pick(-1.0), Status::Ok);
    assert_eq!(choice.pick(2.0), Status::Ok);
    assert_eq!(choice.pick(f64::NAN), Status::Ok);
}
