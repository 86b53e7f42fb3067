//! A server that implements one operation and delegates the others to the mock:
//! `cargo run --example server --features mock`.

use std::error::Error;

use statusquo::{
    DeleteStatus, GetStatus, ImATeapotResponse, PatchStatus, PostStatus, PutStatus, Status,
    StatusResponse, TraceStatus,
    mock::Mock,
    server::{Api, Limits, Rejection, Request, router, serve},
};
use tokio::net::TcpListener;

/// A kitchen that handles GET; the mock handles the other methods.
struct Kitchen {
    has_coffee: bool,
}

// The compiler lists missing methods, and rejects a response that the document does not declare.
#[allow(refining_impl_trait)]
impl Api for Kitchen {
    async fn get_status(&self, request: Request<GetStatus>) -> Result<StatusResponse, Rejection> {
        let requested = request.codes.pick(0.0);
        if requested.status() == Some(Status::Ok) && !self.has_coffee {
            return Ok(StatusResponse::ImATeapot(ImATeapotResponse {
                x_more_info: Some("https://www.rfc-editor.org/rfc/rfc2324".to_owned()),
                body: "There is tea.\n".to_owned(),
            }));
        }
        Mock.get_status(request).await
    }

    async fn put_status(&self, request: Request<PutStatus>) -> Result<StatusResponse, Rejection> {
        Mock.put_status(request).await
    }

    async fn post_status(&self, request: Request<PostStatus>) -> Result<StatusResponse, Rejection> {
        Mock.post_status(request).await
    }

    async fn delete_status(
        &self,
        request: Request<DeleteStatus>,
    ) -> Result<StatusResponse, Rejection> {
        Mock.delete_status(request).await
    }

    async fn patch_status(
        &self,
        request: Request<PatchStatus>,
    ) -> Result<StatusResponse, Rejection> {
        Mock.patch_status(request).await
    }

    async fn trace_status(
        &self,
        request: Request<TraceStatus>,
    ) -> Result<StatusResponse, Rejection> {
        Mock.trace_status(request).await
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    println!("http://{}", listener.local_addr()?);
    let kitchen = router(Kitchen { has_coffee: false });
    serve(listener, kitchen, Limits::default()).await?;
    Ok(())
}

#[tokio::test]
async fn the_kitchen_has_tea() -> Result<(), Box<dyn Error>> {
    let kitchen = Kitchen { has_coffee: false };
    let response = kitchen.get_status(GetStatus::new(Status::Ok).into()).await;
    assert!(
        matches!(response, Ok(StatusResponse::ImATeapot(_))),
        "{response:?}"
    );
    let response = kitchen
        .get_status(GetStatus::new(Status::Gone).into())
        .await;
    assert!(matches!(response, Ok(StatusResponse::Gone)), "{response:?}");

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router(kitchen)).await });
    let response = tokio::task::spawn_blocking(move || {
        use std::io::{Read as _, Write as _};

        let mut stream = std::net::TcpStream::connect(address)?;
        stream.write_all(b"GET /status/200 HTTP/1.0\r\n\r\n")?;
        let mut response = String::new();
        stream.read_to_string(&mut response).map(|_| response)
    });
    let response = response.await??;
    assert!(response.starts_with("HTTP/1.0 418"), "{response}");
    assert!(response.ends_with("There is tea.\n"), "{response}");
    Ok(())
}
