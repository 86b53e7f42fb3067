//! The crate of `parameters.yaml`: the server decodes what the client encodes.

use std::{error::Error, sync::mpsc::{Sender, channel}};

use doc_parameters::{
    AllActions, AllActionsResponse, Choice, ChoiceResponse, Client, Code, Either, EitherResponse, Elsewhere, ElsewhereResponse, FileRequest, FileResponse,
    GetCompareByLeftByRight, GetCompareByLeftByRightResponse, Label, LabelResponse, Matrix,
    ListActions, ListActionsResponse, ListDeepActions, ListDeepActionsResponse,
    MatrixResponse, Query, QueryResponse, Simple, SimpleResponse, SomeActions, SomeActionsResponse, Status,
    mock::Mock,
    server::{Api, Request, router},
    types::{EitherLevel, EitherListItem, EitherSize, EitherSizeText, Mixed, Object},
};
use tokio::net::TcpListener;

/// Records the requests.
struct Recorder(Sender<String>);

macro_rules! record {
    ($($method:ident: $request:ty => $response:ty,)*) => {
        impl Api for Recorder {
            $(async fn $method(&self, request: Request<$request>) -> $response {
                self.0.send(format!("{:?}", *request)).unwrap();
                <$response>::NoContent
            })*

            async fn choice(&self, request: Request<Choice>) -> ChoiceResponse {
                Mock.choice(request).await
            }
        }
    };
}

record! {
    simple: Simple => SimpleResponse,
    label: Label => LabelResponse,
    matrix: Matrix => MatrixResponse,
    query: Query => QueryResponse,
    elsewhere: Elsewhere => ElsewhereResponse,
    either: Either => EitherResponse,
    file: FileRequest => FileResponse,
    list_actions: ListActions => ListActionsResponse,
    list_deep_actions: ListDeepActions => ListDeepActionsResponse,
    all_actions: AllActions => AllActionsResponse,
    some_actions: SomeActions => SomeActionsResponse,
    get_compare_by_left_by_right: GetCompareByLeftByRight => GetCompareByLeftByRightResponse,
}

async fn serve(router: axum::Router) -> Result<Client, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Client::new(&format!("http://{}/base/", listener.local_addr()?))?;
    let router = axum::Router::new().nest("/base", router);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(client)
}

/// Texts with characters that are special in URLs, header fields or cookies.
const HOSTILE: [&str; 12] =
    ["plain", "a b", "a+b", "100%", "a/b", "a,b", "a.b;c=d", "a&b=c", "ü€😀", "..a", "'\"<>", "%2F"];

fn object(a: &str, b: Option<i64>) -> Object {
    let mut object = Object::new(a);
    object.b = b;
    object
}

/// Members of several types, some of them undeclared.
fn mixed() -> Mixed {
    let mut mixed = Mixed::new();
    mixed.flag = Some(true);
    mixed.others.insert("n".to_owned(), 7);
    mixed
}

#[tokio::test]
async fn parameters_round_trip() -> Result<(), Box<dyn Error>> {
    let (sender, received) = channel();
    let client = serve(router(Recorder(sender))).await?;
    for text in HOSTILE {
        let list = || vec![text.to_owned(), "second".to_owned()];

        let request = Simple::new(text, list(), object(text, Some(-5)));
        client.call(request.clone()).success().await?;
        assert_eq!(received.recv()?, format!("{request:?}"));

        let request = Label::new(-3, list(), object(text, Some(4)));
        client.call(request.clone()).success().await?;
        assert_eq!(received.recv()?, format!("{request:?}"));

        let request = Matrix::new(true, list(), object(text, Some(7)));
        client.call(request.clone()).success().await?;
        assert_eq!(received.recv()?, format!("{request:?}"));

        let request = Query::new(text)
            .number(1.5)
            .text(-5)
            .xml(text)
            .form(list())
            .commas(list())
            .pipes(list())
            .deep(object(text, Some(1)))
            .spread(object(text, None))
            .json(object(text, Some(i64::MAX)));
        client.call(request.clone()).success().await?;
        assert_eq!(received.recv()?, format!("{request:?}"));

        let request = GetCompareByLeftByRight::new(text, "right");
        client.call(request.clone()).success().await?;
        assert_eq!(received.recv()?, format!("{request:?}"));

        let request = FileRequest::new(text);
        client.call(request.clone()).success().await?;
        assert_eq!(received.recv()?, format!("{request:?}"));

        if text.is_ascii() && !text.contains(',') {
            let request = Elsewhere::new(text).x_list(vec![1, -2]).session(text)
                .x_object(object(text, Some(6))).x_json(object(text, None)).x_mixed(mixed());
            client.call(request.clone()).success().await?;
            assert_eq!(received.recv()?, format!("{request:?}"));
        }
    }
    let request = Query::new("").blanks(vec!["a".to_owned(), "b".to_owned()]);
    client.call(request.clone()).success().await?;
    assert_eq!(received.recv()?, format!("{request:?}"));
    Ok(())
}

#[tokio::test]
async fn paths_may_differ_in_their_query() -> Result<(), Box<dyn Error>> {
    let (sender, received) = channel();
    let client = serve(router(Recorder(sender))).await?;
    client.list_actions().success().await?;
    assert_eq!(received.recv()?, format!("{:?}", ListActions::new()));
    client.list_deep_actions().word("x").success().await?;
    assert_eq!(received.recv()?, format!("{:?}", ListDeepActions::new().word("x")));
    // Fragments are not sent, so they cannot distinguish requests.
    client.some_actions().success().await?;
    assert_eq!(received.recv()?, format!("{:?}", AllActions::new()));
    let base = client.base_url().trim_end_matches('/').to_owned();
    let status = reqwest::get(format!("{base}/actions?deep=a%20b&other=1&action=list")).await?.status();
    assert_eq!((status.as_u16(), received.recv()?), (204, format!("{:?}", ListDeepActions::new())));
    Ok(())
}

#[tokio::test]
async fn styles_follow_openapi() -> Result<(), Box<dyn Error>> {
    // The table of section 4.7.12.3 of the specification, with the values of this document.
    let (sender, received) = channel();
    let client = serve(router(Recorder(sender))).await?;
    let list = vec!["blue".to_owned(), "black".to_owned()];
    let expected = format!("{:?}", Simple::new("5", list.clone(), object("x", Some(1))));
    for path in ["/simple/5/blue,black/a=x,b=1", "/simple/5/blue%2Cblack/a=x,b=1"] {
        let url = format!("{}{path}", client.base_url().trim_end_matches('/'));
        let status = reqwest::get(url).await?.status();
        assert_eq!(status.as_u16(), 204);
        let got = received.recv()?;
        // An encoded comma is part of a value.
        assert_eq!(got == expected, !path.contains("%2C"), "{got}");
    }
    for (path, expected) in [
        ("/label/.5/.blue.black/.a.x.b.1", format!("{:?}", Label::new(5, list.clone(), object("x", Some(1))))),
        (
            "/matrix/;word=true/;list=blue,black/;a=x;b=1",
            format!("{:?}", Matrix::new(true, list.clone(), object("x", Some(1)))),
        ),
        (
            "/query?word=a+b&form=blue&form=black&blanks=blue%20black&pipes=blue|black&deep[a]=x&deep[b]=1&a=x",
            format!(
                "{:?}",
                Query::new("a b")
                    .form(list.clone())
                    .blanks(list.clone())
                    .pipes(list.clone())
                    .deep(object("x", Some(1)))
                    .spread(object("x", None))
            ),
        ),
    ] {
        let url = format!("{}{path}", client.base_url().trim_end_matches('/'));
        assert_eq!(reqwest::get(url).await?.status().as_u16(), 204, "{path}");
        assert_eq!(received.recv()?, expected);
    }
    Ok(())
}

/// A text on the wire has no type, so it gets the first type that accepts it.
#[tokio::test]
async fn a_value_of_several_types_round_trips() -> Result<(), Box<dyn Error>> {
    use EitherListItem::{Boolean, Number, Text};

    let (sender, received) = channel();
    let client = serve(router(Recorder(sender))).await?;
    let list = || vec![Boolean(true), Number(-1.5), Text("1x".to_owned()), Text("null".to_owned())];
    for request in [
        Either::new(EitherSize::Integer(5)).level(EitherLevel::Value1),
        Either::new(EitherSize::Text(EitherSizeText::Small)).level(EitherLevel::True),
        Either::new(EitherSize::Text(EitherSizeText::Large)).level(EitherLevel::Low).list(list()),
    ] {
        client.call(request.clone()).success().await?;
        assert_eq!(received.recv()?, format!("{request:?}"));
    }
    Ok(())
}

#[tokio::test]
async fn a_value_that_cannot_be_encoded_is_an_error() -> Result<(), Box<dyn Error>> {
    let (sender, _received) = channel();
    let client = serve(router(Recorder(sender))).await?;
    for text in ["", ".", ".."] {
        let error = client.file(text).send().await.unwrap_err();
        assert_eq!(error.code(), None);
        assert!(error.to_string().contains("cannot be empty, `.` or `..`"), "{error}");
    }
    let error = client.elsewhere("line\nbreak").send().await.unwrap_err();
    assert!(error.to_string().contains("the header `X-Word`"), "{error}");
    let list = |text: &str| vec![text.to_owned()];
    for (call, why) in [
        (client.query("a").pipes(list("a|b")).send().await.unwrap_err(), "`pipes` contains `|`"),
        (client.query("a").blanks(list("a b")).send().await.unwrap_err(), "`blanks` contains ` `"),
    ] {
        assert!(call.to_string().contains(why), "{call}");
    }
    let object = client.elsewhere("a").x_object(object("a,b", None)).send().await.unwrap_err();
    assert!(object.to_string().contains("`X-Object` contains `,`"), "{object}");
    let blank = client.elsewhere("a ").send().await.unwrap_err();
    assert!(blank.to_string().contains("starts or ends with whitespace"), "{blank}");
    Ok(())
}

#[tokio::test]
async fn invalid_parameters_are_named() -> Result<(), Box<dyn Error>> {
    let (sender, _received) = channel();
    let client = serve(router(Recorder(sender))).await?;
    let base = client.base_url().trim_end_matches('/').to_owned();
    for (path, detail) in [
        ("/query", "the query parameter `word` is missing"),
        ("/elsewhere", "the header parameter `X-Word` is missing"),
        ("/query?word=a&number=x", "the query parameter `number` is invalid: `x` is not a number"),
        ("/query?word=a&deep[b]=1", "the query parameter `deep` is invalid: the property `a` is missing"),
        ("/query?word=a&json={", "the query parameter `json` is invalid: malformed JSON at line 1 column 1"),
        ("/query?word=a&word=b", "the query parameter `word` is invalid: it occurs more than once"),
        ("/query?word=a&commas=a&commas=b", "the query parameter `commas` is invalid: it occurs more than once"),
        ("/query?word=%FF", "the query parameter `word` is invalid: it is not valid UTF-8"),
        ("/label/5/.a/.a", "the path parameter `object` is invalid: a property has no value"),
        ("/simple/5/a/a", "the path parameter `object` is invalid: a property has no value"),
        ("/choice?status=9999", "the query parameter `status` is invalid: `9999` is not a status code from 100 to 999"),
    ] {
        let response = reqwest::get(format!("{base}{path}")).await?;
        assert_eq!(response.status().as_u16(), 400);
        let problem: serde_json::Value = serde_json::from_slice(&response.bytes().await?)?;
        assert_eq!(problem["detail"], detail);
    }
    Ok(())
}

#[tokio::test]
async fn an_optional_status_choice_may_be_absent() -> Result<(), Box<dyn Error>> {
    let client = serve(router(Mock)).await?;
    assert_eq!(client.choice().await?.code(), Status::Ok);
    assert_eq!(client.choice().status(Status::NotFound).await?, ChoiceResponse::NotFound);
    // The document declares neither that status nor 400.
    let error = client.choice().status(Code::new(503).unwrap()).send().await.unwrap_err();
    assert_eq!(error.code().map(Code::get), Some(500));
    Ok(())
}
