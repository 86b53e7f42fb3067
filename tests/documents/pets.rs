//! The crate of `pets.yaml`, used as a client and as a server.

use std::{
    error::Error,
    sync::{Arc, Mutex},
};

use axum::{Router, middleware::map_response, response::Response as AnyResponse};
use doc_pets::{
    AddPet, AddPetResponse, Client, Code, DeletePet, DeletePetResponse, FindPets, FindPetsResponse,
    GetPet, GetPetOkBody, GetPetResponse, GetPetResponse4xx, GetPetResponseDefault, DecodeError,
    Response, Status, EncodeError,
    client::ResponseError,
    mock::Mock,
    server::{Api, Request, router},
    types::{Kind, NewPet, Pet, Problem},
};
use tokio::net::TcpListener;

type Outcome = Result<(), Box<dyn Error>>;

#[derive(Default)]
struct Shop {
    pets: Mutex<Vec<Pet>>,
}

impl Shop {
    fn pet(&self, id: i64) -> Option<Pet> {
        self.pets.lock().unwrap().iter().find(|pet| pet.id == id).cloned()
    }
}

impl Api for Shop {
    async fn find_pets(&self, request: Request<FindPets>) -> FindPetsResponse {
        let kinds = request.kind.as_deref().unwrap_or_default();
        let mut pets = self.pets.lock().unwrap().clone();
        pets.retain(|pet| kinds.is_empty() || pet.kind.as_ref().is_some_and(|kind| kinds.contains(kind)));
        let x_total_count = i64::try_from(pets.len()).unwrap();
        pets.truncate(request.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX));
        FindPetsResponse::Ok { x_total_count, body: pets }
    }

    async fn add_pet(&self, request: Request<AddPet>) -> AddPetResponse {
        if request.body.name == "Nobody" {
            return AddPetResponse::Default {
                status: doc_pets::AddPetResponseDefault::from_const::<409>(),
                body: Problem::new("there is a nobody"),
            };
        }
        if request.body.name == "Ghost" {
            return AddPetResponse::Default {
                status: doc_pets::AddPetResponseDefault::from_const::<304>(),
                body: Problem::new("content where there can be none"),
            };
        }
        let mut pets = self.pets.lock().unwrap();
        let new = request.into_inner().body;
        let mut pet = Pet::new(i64::try_from(pets.len()).unwrap() + 1, new.name);
        pet.kind = new.kind;
        pets.push(pet.clone());
        AddPetResponse::Created(pet)
    }

    async fn get_pet(&self, request: Request<GetPet>) -> GetPetResponse {
        match (self.pet(request.id), request.id) {
            (Some(_), _) if request.if_none_match.as_deref() == Some("\"1\"") => {
                GetPetResponse::NotModified
            }
            (Some(pet), 2) => GetPetResponse::Ok {
                etag: "\"2\"".to_owned(),
                body: GetPetOkBody::TextCsv(format!("{},{}", pet.id, pet.name)),
            },
            (Some(pet), _) => {
                GetPetResponse::Ok { etag: "\"1\"".to_owned(), body: GetPetOkBody::Json(pet) }
            }
            (None, 418) => GetPetResponse::ClientError {
                status: GetPetResponse4xx::from_const::<418>(),
                body: Problem::new("a teapot is not a pet"),
            },
            (None, 500) => GetPetResponse::Default {
                status: GetPetResponseDefault::from_const::<500>(),
                body: Problem::new("broken"),
            },
            (None, 666) => panic!("a handler may panic"),
            (None, _) => GetPetResponse::NotFound,
        }
    }

    async fn delete_pet(&self, request: Request<DeletePet>) -> DeletePetResponse {
        self.pets.lock().unwrap().retain(|pet| pet.id != request.id);
        DeletePetResponse::NoContent
    }
}

async fn serve(router: Router) -> Result<Client, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Client::new(&format!("http://{}", listener.local_addr()?))?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(client)
}

#[tokio::test]
async fn a_client_calls_a_server() -> Outcome {
    let client = serve(router(Shop::default())).await?;
    let mut new = NewPet::new("Tom");
    new.kind = Some(Kind::Cat);
    let tom = client.add_pet(new).success().await?;
    assert_eq!((tom.id, tom.name.as_str(), &tom.kind), (1, "Tom", &Some(Kind::Cat)));
    // A server rejects an undeclared value, which a newer server may declare.
    let mut new = NewPet::new("Rex");
    new.kind = Some("dragon".into());
    let refused = client.add_pet(new).await?;
    assert!(matches!(refused, AddPetResponse::Default { status, .. } if status.code().get() == 422));
    client.add_pet(NewPet::new("Rex")).success().await?;

    match client.get_pet(1).send().await? {
        GetPetResponse::Ok { etag, body } => {
            assert_eq!(etag, "\"1\"");
            assert_eq!(body, GetPetOkBody::Json(tom.clone()));
        }
        other => panic!("{other:?}"),
    }
    let csv = client.get_pet(2).success().await?;
    assert_eq!(csv, GetPetOkBody::TextCsv("2,Rex".to_owned()));
    let same = client.get_pet(1).if_none_match("\"1\"").send().await?;
    assert_eq!(same, GetPetResponse::NotModified);
    assert_eq!(client.get_pet(7).await?, GetPetResponse::NotFound);

    let cats = client.find_pets().kind(vec![Kind::Cat]).limit(5).send().await?;
    assert_eq!(cats, FindPetsResponse::Ok { x_total_count: 1, body: vec![tom] });
    let all = client.find_pets().limit(1).send().await?;
    assert!(matches!(all, FindPetsResponse::Ok { x_total_count: 2, ref body } if body.len() == 1));
    Ok(())
}

#[tokio::test]
async fn a_declared_error_is_returned_with_its_status() -> Outcome {
    let client = serve(router(Shop::default())).await?;
    for (id, code, variant) in [(418, 418, "ClientError"), (500, 500, "Default"), (7, 404, "NotFound")] {
        let failure = client.get_pet(id).success().await.unwrap_err();
        assert_eq!(failure.code().map(Code::get), Some(code));
        assert!(format!("{failure:?}").contains(variant), "{failure:?}");
        let error: doc_pets::client::Error = failure.into();
        assert_eq!(error.code().map(Code::get), Some(code));
    }
    match client.add_pet(NewPet::new("Nobody")).success().await {
        Err(ResponseError::Declared(response, _)) => assert_eq!(response.code(), Status::Conflict),
        other => panic!("{other:?}"),
    }
    Ok(())
}

#[tokio::test]
async fn a_2xx_of_default_with_other_content_is_an_error() -> Outcome {
    // The content of `default` differs from that of the success, so `default` is an error.
    let created = Router::new().fallback(|| async {
        let headers = [("content-type", "application/problem+json")];
        (axum::http::StatusCode::CREATED, headers, r#"{"title": "odd"}"#)
    });
    let client = serve(created).await?;
    let url = format!("{}pets", client.base_url());
    let response = client.find_pets().send().await?;
    assert!(matches!(response, FindPetsResponse::Default { status, .. } if status.code() == Status::Created));
    let failure = client.find_pets().success().await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        format!(
            "findPets (GET {url}): the response was 201 Created, which the document does not declare as a \
             success; the server reports: odd"
        )
    );
    Ok(())
}

#[tokio::test]
async fn an_undeclared_response_is_an_error_that_keeps_it() -> Outcome {
    // A panic becomes 500 with problem details, which is what `default` declares.
    let client = serve(router(Shop::default())).await?;
    let response = client.get_pet(666).send().await?;
    assert!(matches!(response, GetPetResponse::Default { ref body, .. } if body.status == Some(500)));

    let teapot = Router::new().fallback(|| async { (axum::http::StatusCode::OK, "no JSON") });
    let client = serve(teapot).await?;
    let base = client.base_url();
    let error = client.get_pet(1).send().await.unwrap_err();
    assert_eq!(error.code().map(Code::get), Some(200));
    assert_eq!(error.decode_error(), Some(&DecodeError::MissingHeader("ETag")));
    assert_eq!(error.body().map(|body| &body[..]), Some(&b"no JSON"[..]));
    assert_eq!(
        error.to_string(),
        format!("getPet (GET {base}pets/1): the response was 200 OK: the header `ETag` is missing")
    );

    // Undeclared JSON media types are decoded as JSON, but problem details are not.
    let json = r#"{"id": 1, "name": "Tom", "detail": "no\npet"}"#;
    for (media, fits) in [("application/vnd.pet+json", true), ("application/problem+json", false)] {
        let odd = Router::new()
            .fallback(move || async move { ([("etag", "\"1\""), ("content-type", media)], json) });
        let client = serve(odd).await?;
        let base = client.base_url();
        let response = client.get_pet(1).success().await;
        assert_eq!(response.is_ok(), fits, "{response:?}");
        if let Err(failure) = response {
            assert_eq!(
                failure.to_string(),
                format!(
                    "getPet (GET {base}pets/1): the response was 200 OK: the media type \
                     `application/problem+json` is not declared for this status; the server reports: no\\npet"
                )
            );
        }
    }

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    drop(listener);
    let error = Client::new(&format!("http://{address}"))?.get_pet(1).send().await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert_eq!(error.code(), None);
    Ok(())
}

#[tokio::test]
async fn the_server_rejects_invalid_requests() -> Outcome {
    let client = serve(router(Shop::default())).await?;
    let http = reqwest::Client::new();
    let url = |path: &str| format!("{}{path}", client.base_url().trim_end_matches('/'));
    let cases = [
        (http.get(url("/pets/one")), 400, "the path parameter `id` is invalid: `one` is not a 64-bit integer"),
        (http.get(url("/pets?limit=x")), 400, "the query parameter `limit` is invalid: `x` is not a 32-bit integer"),
        (http.get(url("/pots")), 404, "there is no such path"),
        (http.put(url("/pets")), 405, "the path has no operation for this method"),
        (http.post(url("/pets")), 400, "the request has no content"),
        (
            http.post(url("/pets")).header("content-type", "text/csv").body("Tom"),
            415,
            "content type `text/csv` is not supported; send `application/json`",
        ),
        (
            http.post(url("/pets")).header("content-type", "application/json").body("{"),
            400,
            "malformed JSON at line 1 column 1",
        ),
        (
            http.post(url("/pets")).header("content-type", "application/json").body("{}"),
            422,
            "the value must have the property `name`",
        ),
        (
            http.post(url("/pets")).header("content-type", "application/json").body(r#"{"name": 1}"#),
            422,
            "`/name` is a number, which does not match its schema",
        ),
        (
            http.post(url("/pets"))
                .header("content-type", "application/json")
                .body(vec![b' '; doc_pets::server::Limits::default().body_size + 1]),
            413,
            "the content exceeds 2097152 bytes",
        ),
    ];
    for (request, code, detail) in cases {
        let response = request.send().await?;
        let headers = response.headers().clone();
        assert_eq!(response.status().as_u16(), code, "{detail}");
        assert_eq!(headers["content-type"], "application/problem+json");
        let problem: serde_json::Value = serde_json::from_slice(&response.bytes().await?)?;
        assert_eq!(problem["detail"], detail);
        assert_eq!(problem["status"], code);
        assert_eq!(problem["title"], Status::try_from(code)?.reason());
        if code == 405 {
            assert_eq!(headers["allow"], "GET, HEAD, OPTIONS, POST");
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_reason_of_an_encoding_error_is_not_sent() -> Outcome {
    let log = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&log);
    let logged = router(Shop::default()).layer(map_response(move |response: AnyResponse| {
        let why = response.extensions().get::<EncodeError>().map(ToString::to_string);
        lines.lock().unwrap().extend(why);
        std::future::ready(response)
    }));
    let client = serve(logged).await?;
    let response = client.add_pet(NewPet::new("Ghost")).send().await?;
    assert_eq!(response.code(), Status::InternalServerError);
    assert!(!format!("{response:?}").contains("304"), "{response:?}");
    assert_eq!(*log.lock().unwrap(), ["a response with 304 Not Modified cannot have content"]);
    Ok(())
}

#[test]
fn invalid_base_urls_are_errors() {
    for url in ["http://example.com", "https://example.com/v1", "http://example.com/v1/"] {
        assert!(Client::new(url).is_ok(), "{url}");
    }
    for (url, why) in [
        ("example.com", "relative URL without a base"),
        ("mailto:pets@example.com", "does not start with `http://` or `https://`"),
        ("ftp://example.com", "does not start with `http://` or `https://`"),
        ("http://example.com?key=secret", "a query or a fragment"),
        ("http://example.com#top", "a query or a fragment"),
        ("http://tom:secret@example.com", "a username or a password"),
    ] {
        let error = Client::new(url).unwrap_err().to_string();
        assert!(error.starts_with("invalid base URL: ") && error.contains(why), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn the_mock_returns_the_examples() -> Outcome {
    let client = serve(router(Mock)).await?;
    match client.find_pets().send().await? {
        FindPetsResponse::Ok { x_total_count: 2, body } => {
            assert_eq!(body.iter().map(|pet| pet.name.as_str()).collect::<Vec<_>>(), ["Kitty", "Tom"]);
        }
        other => panic!("{other:?}"),
    }
    // Without an example, one is created from the schema.
    assert!(matches!(client.get_pet(1).success().await?, GetPetOkBody::Json(_)));
    Ok(())
}

#[tokio::test]
async fn the_mock_returns_the_preferred_status() -> Outcome {
    let client = serve(router(Mock)).await?;
    let prefer = |what: &str| client.get_pet(1).with_header("Prefer", what);
    for (what, code) in [
        ("code=200", 200),
        ("code=304", 304),
        ("code=404", 404),
        ("Code = 404 , delay=0", 404),
        // Through a range and through `default`.
        ("code=429", 429),
        ("code=503", 503),
        ("code=200:0,503:1", 503),
        ("code=\"200:0,503:1\"", 503),
        ("respond-async, code=404, code=200", 404),
        ("respond-async", 200),
    ] {
        assert_eq!(prefer(what).send().await?.code().get(), code, "{what}");
    }
    for (what, why) in [
        ("code=teapot", "`Prefer: code=teapot` is invalid: "),
        ("code=100", "this operation does not return 100; use one of 200, 304, 404, 4XX, default"),
        ("delay=soon", "`Prefer: delay=soon` is invalid: it is not a number of seconds"),
        ("delay=-1", "`Prefer: delay=-1` is invalid: it is not a number of seconds"),
    ] {
        let response = prefer(what).send_full().await?;
        let problem: serde_json::Value = serde_json::from_slice(response.body())?;
        assert_eq!(response.code(), Status::BadRequest, "{what}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.starts_with(why)), "{problem}");
    }
    let late = prefer("delay=60").with_timeout(std::time::Duration::from_millis(50));
    assert!(late.send().await.unwrap_err().is_timeout());

    // Equal seeds pick equal statuses.
    let mut picks = Vec::new();
    for seed in [7, 7, 8] {
        let client = serve(router(Mock::seeded(seed))).await?;
        let mut picked = Vec::new();
        for _ in 0..64 {
            let call = client.get_pet(1).with_header("Prefer", "code=200,503");
            picked.push(call.send().await?.code().get());
        }
        assert!(picked.contains(&200) && picked.contains(&503));
        picks.push(picked);
    }
    assert_eq!(picks[0], picks[1]);
    assert_ne!(picks[0], picks[2]);
    Ok(())
}

/// Returns the index of the key of `getPet` that a status code matches according to OpenAPI.
fn oracle(code: u16) -> Option<usize> {
    match code {
        200 => Some(0),
        304 => Some(1),
        404 => Some(2),
        400..=499 => Some(3),
        200..=999 => Some(4),
        _ => None,
    }
}

#[test]
fn each_status_code_has_its_variant() {
    for code in 0..=u16::MAX {
        let expected = oracle(code);
        assert_eq!(doc_pets::match_response_key(GetPetResponse::KEYS, code), expected, "{code}");
        assert_eq!(GetPetResponse4xx::new(code).is_some(), expected == Some(3), "{code}");
        assert_eq!(GetPetResponseDefault::new(code).is_some(), expected == Some(4), "{code}");
    }
    assert_eq!(GetPetResponse4xx::from_const::<499>().code().get(), 499);
    assert!(GetPetResponse4xx::try_from(Status::NotFound).is_err());
    assert_eq!(size_of::<Option<GetPetResponse4xx>>(), 2);
}
