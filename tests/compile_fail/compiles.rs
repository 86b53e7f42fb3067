//! What the others are refused for, done right.

use statusquo::{Status, StatusResponse, StatusResponseDefault};

fn main() {
    let answer = StatusResponse::Default { status: StatusResponseDefault::from_const::<299>() };
    match answer {
        StatusResponse::Default { status } => assert_eq!(status.code().get(), 299),
        other => panic!("{}", other.code()),
    }
    match Status::Ok {
        Status::Ok => {}
        other => panic!("{other}"),
    }
}
