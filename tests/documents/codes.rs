//! The crate of `codes.yaml`, whose operations declare one status each.

use std::error::Error;

use doc_codes::{
    Client, Code, GetStatus200Response, GetStatus204Response, GetStatus218Response,
    GetStatus299Response, GetStatus301Response, GetStatus304Response, GetStatus404Response,
    GetStatus451Response, GetStatus512Response, DecodeError, Status,
    client::ResponseError,
    mock::Mock,
    server::router,
};
use tokio::net::TcpListener;

async fn serve(router: axum::Router) -> Result<Client, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Client::new(&format!("http://{}", listener.local_addr()?))?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(client)
}

#[tokio::test]
async fn each_operation_returns_its_status() -> Result<(), Box<dyn Error>> {
    let client = serve(router(Mock)).await?;
    // Each of these enums has one variant, so a single pattern is exhaustive.
    let GetStatus200Response::Ok = client.get_status_200().send().await?;
    let GetStatus204Response::NoContent = client.get_status_204().send().await?;
    let GetStatus218Response::ThisIsFine = client.get_status_218().send().await?;
    let GetStatus299Response::Status299 = client.get_status_299().send().await?;
    let GetStatus301Response::MovedPermanently = client.get_status_301().send().await?;
    let GetStatus304Response::NotModified = client.get_status_304().send().await?;
    let GetStatus404Response::NotFound = client.get_status_404().send().await?;
    let GetStatus451Response::UnavailableForLegalReasons = client.get_status_451().send().await?;
    let GetStatus512Response::WebServerIsDown = client.get_status_512().send().await?;
    // An interim status is not a final response; the final one is taken as `default`.
    assert_eq!(client.get_status_100().send().await?.code(), Status::Ok);
    assert_eq!(client.get_status_101().send().await?.code(), Status::Ok);

    client.get_status_200().success().await?;
    client.get_status_299().success().await?;
    for failure in [
        client.get_status_301().success().await.map_err(|failure| failure.code()),
        client.get_status_404().success().await.map_err(|failure| failure.code()),
        client.get_status_512().success().await.map_err(|failure| failure.code()),
    ] {
        assert!(failure.is_err(), "no success is 3xx, 4xx or 5xx");
    }
    Ok(())
}

#[tokio::test]
async fn an_undeclared_status_is_an_error_that_keeps_it() -> Result<(), Box<dyn Error>> {
    let other = axum::Router::new()
        .fallback(|| async { (axum::http::StatusCode::from_u16(777).unwrap(), "odd") });
    let client = serve(other).await?;
    let Err(ResponseError::Error(error)) = client.get_status_200().success().await else {
        panic!("777 is not declared");
    };
    assert_eq!(error.code().map(Code::get), Some(777));
    assert_eq!(error.decode_error(), Some(&DecodeError::UndeclaredStatus));
    assert_eq!(error.body().map(|body| &body[..]), Some(&b"odd"[..]));
    Ok(())
}

#[test]
fn an_unknown_code_is_a_status_of_this_document() {
    assert_eq!(Status::Status299.code(), 299);
    assert_eq!(Status::Status299.to_string(), "299");
    assert_eq!(Status::Status299.reason(), "");
    assert_eq!(Status::Status299.origin(), [""; 0]);
    assert_eq!(Status::try_from(299), Ok(Status::Status299));
    // All other statuses come from the catalogue.
    assert_eq!(Status::ThisIsFine.origin(), ["apache"]);
}
