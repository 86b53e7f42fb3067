//! The crate of `bodies.yaml`: echoes content of every kind.

use std::error::Error;

use doc_bodies::{
    Client, File, Media, PostParts, PostPartsResponse, PostUpload, PostUploadResponse, PostBytes, PostBytesResponse, PostForm, PostFormResponse, PostImage,
    PostImageResponse, PostJson, PostJsonResponse, PostNumber, PostNumberResponse, PostOptional,
    PostOptionalResponse, PostSeveral, PostSeveralBody, PostSeveralOkBody, PostSeveralResponse,
    PostText, PostTextResponse, PostVendor, PostVendorResponse, Status,
    server::{Api, Request, router},
    types::{PostPartsBodyForm, PostUploadBodyColour, PostUploadBodyForm, Thing},
};
use tokio::net::TcpListener;

struct Echo;

impl Api for Echo {
    async fn post_json(&self, request: Request<PostJson>) -> PostJsonResponse {
        PostJsonResponse::Ok(request.into_inner().body)
    }

    async fn post_vendor(&self, request: Request<PostVendor>) -> PostVendorResponse {
        PostVendorResponse::Ok(request.into_inner().body)
    }

    async fn post_form(&self, request: Request<PostForm>) -> PostFormResponse {
        PostFormResponse::Ok(request.into_inner().body)
    }

    async fn post_text(&self, request: Request<PostText>) -> PostTextResponse {
        PostTextResponse::Ok(request.into_inner().body)
    }

    async fn post_number(&self, request: Request<PostNumber>) -> PostNumberResponse {
        PostNumberResponse::Ok(request.into_inner().body)
    }

    async fn post_bytes(&self, request: Request<PostBytes>) -> PostBytesResponse {
        PostBytesResponse::Ok(request.into_inner().body)
    }

    async fn post_image(&self, request: Request<PostImage>) -> PostImageResponse {
        PostImageResponse::Ok(request.into_inner().body)
    }

    async fn post_several(&self, request: Request<PostSeveral>) -> PostSeveralResponse {
        PostSeveralResponse::Ok(match request.into_inner().body {
            PostSeveralBody::Json(thing) => PostSeveralOkBody::Json(thing),
            PostSeveralBody::TextPlain(text) => PostSeveralOkBody::TextPlain(text),
            PostSeveralBody::OctetStream(bytes) => PostSeveralOkBody::OctetStream(bytes),
        })
    }

    async fn post_upload(&self, request: Request<PostUpload>) -> PostUploadResponse {
        PostUploadResponse::Ok(format!("{:?}", request.body))
    }

    async fn post_parts(&self, request: Request<PostParts>) -> PostPartsResponse {
        PostPartsResponse::Ok(format!("{:?}", request.body))
    }

    async fn post_optional(&self, request: Request<PostOptional>) -> PostOptionalResponse {
        match request.into_inner().body {
            Some(thing) => PostOptionalResponse::Ok(thing),
            None => PostOptionalResponse::NoContent,
        }
    }
}

async fn serve() -> Result<Client, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Client::new(&format!("http://{}", listener.local_addr()?))?;
    tokio::spawn(async move { axum::serve(listener, router(Echo)).await });
    Ok(client)
}

fn thing() -> Thing {
    let mut thing = Thing::new("a=b&c +ü");
    thing.tags = Some(vec!["x y".to_owned(), "z".to_owned()]);
    thing.size = Some(-1);
    thing
}

#[tokio::test]
async fn content_round_trips() -> Result<(), Box<dyn Error>> {
    let client = serve().await?;
    assert_eq!(client.post_json(thing()).success().await?, thing());
    assert_eq!(client.post_vendor(thing()).success().await?, thing());
    assert_eq!(client.post_form(thing()).success().await?, thing());
    assert_eq!(client.post_form(Thing::new("")).success().await?, Thing::new(""));
    assert_eq!(client.post_text("ein Täßchen").success().await?, "ein Täßchen");
    assert_eq!(client.post_number(-42).success().await?, -42);
    let bytes: Vec<u8> = (0..=255).collect();
    assert_eq!(client.post_bytes(bytes.clone()).success().await?, bytes);
    let image = Media::new("image/png", bytes.clone());
    assert_eq!(client.post_image(image.clone()).success().await?, image);
    Ok(())
}

#[tokio::test]
async fn unknown_form_fields_are_ignored() -> Result<(), Box<dyn Error>> {
    let client = serve().await?;
    let request = reqwest::Client::new().post(format!("{}form", client.base_url()));
    let form = "x=%ff&name=a&x=1&%ff=2&x=&%ff=3";
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
    let response = request.send().await?;
    assert_eq!((response.status().as_u16(), response.text().await?.as_str()), (200, "name=a"));
    Ok(())
}

#[tokio::test]
async fn several_media_types_are_distinguished() -> Result<(), Box<dyn Error>> {
    let client = serve().await?;
    let json = client.post_several(PostSeveralBody::Json(thing())).success().await?;
    assert_eq!(json, PostSeveralOkBody::Json(thing()));
    let text = client.post_several(PostSeveralBody::TextPlain("{}".to_owned())).success().await?;
    assert_eq!(text, PostSeveralOkBody::TextPlain("{}".to_owned()));
    let bytes = client.post_several(PostSeveralBody::OctetStream("{}".into())).success().await?;
    assert_eq!(bytes, PostSeveralOkBody::OctetStream("{}".into()));
    Ok(())
}

#[tokio::test]
async fn multipart_forms_round_trip() -> Result<(), Box<dyn Error>> {
    let client = serve().await?;
    // Parts may contain the boundary.
    let bytes = b"--statusquo-0000000000000000\r\n\x00\xff".to_vec();
    let mut form = PostUploadBodyForm::new("a \"name\"\r\nü", vec![1, -2], bytes.clone());
    form.attachments = Some(vec![
        File::new("a").with_file_name("a \"b\"\r\n.txt").with_content_type("text/plain"),
        File::new("").with_file_name("empty"),
    ]);
    form.flag = Some(false);
    form.thing = Some(thing());
    form.things = Some(vec![thing(), Thing::new("b")]);
    form.letter = Some(File::new("dear"));
    form.colour = Some(PostUploadBodyColour::Blue);
    let got = client.post_upload(form.clone()).success().await?;
    // Defaults may be stated explicitly.
    form.picture = File::new(bytes).with_file_name("picture").with_content_type("image/png");
    form.letter = Some(File::new("dear").with_file_name("letter").with_content_type("application/pdf"));
    if let Some([first, second]) = form.attachments.as_deref_mut() {
        first.file_name = Some("a %22b%22%0D%0A.txt".to_owned());
        second.content_type = Some("application/octet-stream".to_owned());
    }
    assert_eq!(got, format!("{form:?}"));

    let got = client.post_parts().success().await?;
    assert_eq!(got, "None");
    let mut parts = PostPartsBodyForm::new();
    parts.others.push(("any".to_owned(), File::new("x").with_file_name("y").with_content_type("z/z")));
    let got = client.post_parts().body(parts.clone()).success().await?;
    assert_eq!(got, format!("{:?}", Some(parts)));
    let mut parts = PostPartsBodyForm::new();
    parts.others.push(("any".to_owned(), File::new("x").with_content_type("a\nb")));
    let error = client.post_parts().body(parts).send().await.unwrap_err();
    assert!(error.to_string().contains("`Content-Type`"), "{error}");
    Ok(())
}

#[tokio::test]
async fn invalid_forms_are_rejected() -> Result<(), Box<dyn Error>> {
    let client = serve().await?;
    let part = |head: &str, text: &str| {
        format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n")
    };
    let name = part("name=\"name\"", "n");
    let picture = part("name=\"picture\"; filename=\"p\"", "p");
    let number = |text: &str| part("name=\"numbers\"", text);
    let form = "multipart/form-data; boundary=x";
    let no_parts = "malformed `multipart/form-data`";
    for (media, body, status, detail) in [
        (form, format!("{name}{picture}{}--x--", number("1")), 200, ""),
        (form, format!("{picture}{}--x--", number("1")), 422, "the part `name` is missing"),
        (form, format!("{name}{picture}--x--"), 422, "the part `numbers` is missing"),
        (
            form,
            format!("{name}{picture}{}--x--", number("one")),
            422,
            "the part `numbers` is invalid: `one` is not a 64-bit integer",
        ),
        (
            form,
            format!("{name}{name}{picture}{}--x--", number("1")),
            422,
            "the part `name` is invalid: it occurs more than once",
        ),
        ("multipart/form-data; boundary=y", name.clone(), 400, no_parts),
        ("multipart/form-data", name.clone(), 400, no_parts),
        (
            "multipart/mixed; boundary=x",
            name.clone(),
            415,
            "content type `multipart/mixed; boundary=x` is not supported; send `multipart/form-data`",
        ),
    ] {
        let request = reqwest::Client::new().post(format!("{}upload", client.base_url()));
        let response = request.header("content-type", media).body(body.clone()).send().await?;
        assert_eq!(response.status().as_u16(), status, "{body}");
        if status != 200 {
            let problem: serde_json::Value = serde_json::from_slice(&response.bytes().await?)?;
            assert_eq!(problem["detail"], detail);
        }
    }
    Ok(())
}

#[tokio::test]
async fn optional_content_may_be_absent() -> Result<(), Box<dyn Error>> {
    let client = serve().await?;
    assert_eq!(client.post_optional().send().await?, PostOptionalResponse::NoContent);
    let response = client.post_optional().body(thing()).send().await?;
    assert_eq!(response, PostOptionalResponse::Ok(thing()));
    Ok(())
}

#[tokio::test]
async fn invalid_content_is_rejected() -> Result<(), Box<dyn Error>> {
    let client = serve().await?;
    let http = reqwest::Client::new();
    for (path, media, body, status) in [
        ("number", "text/plain", "one", Status::UnprocessableContent),
        ("form", "application/x-www-form-urlencoded", "size=1", Status::UnprocessableContent),
        ("form", "application/x-www-form-urlencoded", "name=a&size=x", Status::UnprocessableContent),
        ("image", "text/plain", "x", Status::UnsupportedMediaType),
        ("vendor", "application/json", "{\"name\": \"other JSON\"}", Status::UnsupportedMediaType),
        ("vendor", "Application/Vnd.Thing+JSON;Version=\"2\"", "{\"name\": \"a\"}", Status::Ok),
        ("json", "application/json; charset=utf-8", "{\"name\": \"a\"}", Status::Ok),
        ("several", "image/png", "x", Status::UnsupportedMediaType),
    ] {
        let request = http.post(format!("{}{path}", client.base_url())).header("content-type", media);
        let response = request.body(body).send().await?;
        assert_eq!(response.status().as_u16(), status.code(), "{path} {media} {body}");
    }
    // Without a media type, the only declared one is assumed; with several, the content is rejected.
    for (path, status) in [("json", Status::Ok), ("several", Status::UnsupportedMediaType)] {
        let request = http.post(format!("{}{path}", client.base_url())).body("{\"name\": \"a\"}");
        assert_eq!(request.send().await?.status().as_u16(), status.code(), "{path}");
    }
    Ok(())
}
