//! A response with the content of another status.

use statusquo::{StatusResponse, types::Acceptable};

fn main() {
    let body = Acceptable::new(Vec::new(), "message");
    let _ = StatusResponse::BadRequest(body); //~ E0308
}
