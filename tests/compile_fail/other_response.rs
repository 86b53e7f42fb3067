//! A handler that returns the response enum of another operation.

use statusquo::{DeleteStatus, GetStatus, HeadStatusResponse, PatchStatus, PostStatus, PutStatus, StatusResponse, TraceStatus};

struct Service;

impl statusquo::server::Api for Service {
    async fn get_status(&self, _: GetStatus) -> HeadStatusResponse { //~ E0271
        HeadStatusResponse::Ok
    }

    async fn put_status(&self, _: PutStatus) -> StatusResponse {
        StatusResponse::Ok
    }

    async fn post_status(&self, _: PostStatus) -> StatusResponse {
        StatusResponse::Ok
    }

    async fn delete_status(&self, _: DeleteStatus) -> StatusResponse {
        StatusResponse::Ok
    }

    async fn patch_status(&self, _: PatchStatus) -> StatusResponse {
        StatusResponse::Ok
    }

    async fn trace_status(&self, _: TraceStatus) -> StatusResponse {
        StatusResponse::Ok
    }
}

fn main() {}
