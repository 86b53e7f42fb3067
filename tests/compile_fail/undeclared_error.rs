//! An error that creates a status which an operation does not declare, with the value that it has.

use statusquo::{
    DeleteStatus, GetStatus, PatchStatus, PostStatus, PutStatus, StatusResponse, TraceStatus,
    server::{Declares, HandlerError, InternalError, Request},
    types::Acceptable,
};

struct AppError;

impl<R: Declares<404, Acceptable>> HandlerError<R> for AppError {
    fn into_response(self) -> Result<R, InternalError> {
        Ok(Declares::<404, _>::respond_with(Acceptable::new(
            "text",
            Vec::new(),
        )))
    }
}

struct Service;

#[allow(refining_impl_trait)]
impl statusquo::server::Api for Service {
    async fn get_status(&self, _: Request<GetStatus>) -> Result<StatusResponse, AppError> {
        //~^ E0277 does not declare the status 404 with `Acceptable`
        Err(AppError)
    }

    async fn put_status(&self, _: Request<PutStatus>) -> Result<StatusResponse, String> {
        //~^ E0277 `String` cannot be converted to a response in `StatusResponse`
        Err("no".to_owned())
    }

    async fn post_status(&self, _: Request<PostStatus>) -> StatusResponse {
        StatusResponse::Ok
    }

    async fn delete_status(&self, _: Request<DeleteStatus>) -> StatusResponse {
        StatusResponse::Ok
    }

    async fn patch_status(&self, _: Request<PatchStatus>) -> StatusResponse {
        StatusResponse::Ok
    }

    async fn trace_status(&self, _: Request<TraceStatus>) -> StatusResponse {
        StatusResponse::Ok
    }
}

fn main() {}
