//! The correct version of what the other programs do wrong.

use statusquo::{Status, StatusResponse, StatusResponseDefault};

fn main() {
    let response = StatusResponse::Default {
        status: StatusResponseDefault::from_const::<299>(),
    };
    match response {
        StatusResponse::Default { status } => assert_eq!(status.code().get(), 299),
        other => panic!("{}", other.code()),
    }
    match Status::Ok {
        Status::Ok => {}
        other => panic!("{other}"),
    }
}
