//! A handler that returns the response enum of another operation.

use statusquo::{
    DeleteStatus, GetStatus, HeadStatusResponse, PatchStatus, PostStatus, PutStatus,
    StatusResponse, TraceStatus, server::Request,
};

struct Service;

#[allow(refining_impl_trait)]
impl statusquo::server::Api for Service {
    async fn get_status(&self, _: Request<GetStatus>) -> HeadStatusResponse {
        //~^ E0277 cannot return `HeadStatusResponse`
        HeadStatusResponse::Ok
    }

    async fn put_status(&self, _: Request<PutStatus>) -> StatusResponse {
        StatusResponse::Ok
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
