//! The crate of `tags.yaml`: a trait and a router for each tag.

use axum::{
    Router,
    body::Body,
    http::{self, StatusCode, header},
};
use doc_tags::{
    BuyPet, BuyPetResponse, FindPets, FindPetsResponse, GetPet, GetPetResponse, YoungestPet, YoungestPetResponse,
    mock::Mock,
    server::{ApiRouter, Request, RouterExt as _, axum2, pet_store, pets, router, security2, shop, store, r#type, untagged, 動物},
};
use tower::ServiceExt;

struct Pets;

impl pets::Api for Pets {
    async fn find_pets(&self, _: Request<FindPets>) -> FindPetsResponse {
        FindPetsResponse::Ok(vec!["Kitty".to_owned()])
    }

    async fn get_pet(&self, request: Request<GetPet>) -> GetPetResponse {
        if request.name == "Kitty" { GetPetResponse::Ok } else { GetPetResponse::NotFound }
    }
}

struct Till;

impl store::Api for Till {
    async fn buy_pet(&self, _: Request<BuyPet>) -> BuyPetResponse {
        BuyPetResponse::PaymentRequired
    }

    async fn youngest_pet(&self, _: Request<YoungestPet>) -> YoungestPetResponse {
        YoungestPetResponse::NoContent
    }
}

/// Returns the status code, the header field `Allow` and the content.
async fn ask(router: Router, method: &str, path: &str) -> (u16, String, String) {
    let request = http::Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    let allow = response.headers().get(header::ALLOW).map(|allow| allow.to_str().unwrap().to_owned());
    let code = response.status().as_u16();
    let content = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (code, allow.unwrap_or_default(), String::from_utf8(content.to_vec()).unwrap())
}

#[tokio::test]
async fn a_mock_is_replaced_tag_by_tag() {
    let router: Router = pets::router(Pets).merge(store::router(Mock)).into();
    assert_eq!(ask(router.clone(), "GET", "/pets").await.2, r#"["Kitty"]"#);
    assert_eq!(ask(router.clone(), "POST", "/pets").await.0, 201);
    assert_eq!(ask(router.clone(), "GET", "/pets/Tom").await.0, 404);
    // Operations of other tags are not served.
    let (code, _, problem) = ask(router.clone(), "GET", "/health").await;
    assert_eq!((code, problem.contains("there is no such path")), (404, true));
    let other: Router = store::router(Till).merge(pets::router(Mock)).into();
    assert_eq!(ask(other.clone(), "GET", "/pets").await.2, r#"["Tom"]"#);
    assert_eq!(ask(other, "POST", "/pets").await.0, 402);
}

#[tokio::test]
async fn merged_routers_share_a_route_table() {
    for router in [
        pets::router(Pets).merge(store::router(Till)),
        store::router(Till).merge(pets::router(Pets)),
    ] {
        let router = Router::from(router);
        // A literal path of one router takes precedence over a template of the other.
        assert_eq!(ask(router.clone(), "GET", "/pets/youngest").await.0, 204);
        assert_eq!(ask(router.clone(), "GET", "/pets/Kitty").await.0, 200);
        let allow = "GET, HEAD, OPTIONS, POST".to_owned();
        assert_eq!(ask(router.clone(), "OPTIONS", "/pets").await, (204, allow.clone(), String::new()));
        let (code, allowed, _) = ask(router.clone(), "DELETE", "/pets").await;
        assert_eq!((code, allowed), (405, allow));
        // The method of GET handles HEAD, whatever its tag.
        assert_eq!(ask(router.clone(), "HEAD", "/pets").await, (200, String::new(), String::new()));
    }
}

#[tokio::test]
async fn the_first_of_two_merged_routers_handles_a_shared_operation() {
    let router = store::router(Till).merge(store::router(Mock));
    assert_eq!(ask(router.into(), "POST", "/pets").await.0, 402);
    let router = store::router(Mock).merge(store::router(Till));
    assert_eq!(ask(router.into(), "POST", "/pets").await.0, 201);
}

#[tokio::test]
async fn all_tags_together_are_the_whole_api() {
    let parts = [
        axum2::router(Mock),
        pet_store::router(Mock),
        pets::router(Mock),
        security2::router(Mock),
        shop::router(Mock),
        store::router(Mock),
        r#type::router(Mock),
        untagged::router(Mock),
        動物::router(Mock),
    ];
    let parts = parts.into_iter().reduce(ApiRouter::merge).unwrap();
    assert!(format!("{parts:?}").contains("\"animals\""));
    let (whole, parts) = (router(Mock), Router::from(parts));
    for path in ["/pets", "/pets/youngest", "/types", "/shop", "/pet-store", "/axum", "/security?key=a", "/health", "/%E5%8B%95%E7%89%A9"] {
        let response = ask(parts.clone(), "GET", path).await;
        assert!((200..300).contains(&response.0), "{path} {}", response.0);
        assert_eq!(response, ask(whole.clone(), "GET", path).await, "{path}");
    }
}

#[tokio::test]
async fn the_router_of_a_tag_becomes_an_axum_router() {
    let own = Router::new().route("/own", axum::routing::get(|| async { "mine" }));
    let router = own.merge(untagged::router(Mock));
    assert_eq!(ask(router.clone(), "GET", "/own").await.2, "mine");
    assert_eq!(ask(router, "GET", "/health").await.0, 204);
    let router = pets::router(Pets).on_reject(|_, _| axum::response::IntoResponse::into_response(StatusCode::IM_A_TEAPOT));
    assert_eq!(ask(router, "GET", "/nowhere").await.0, 418);
}
