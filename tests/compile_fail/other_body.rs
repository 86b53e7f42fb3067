//! A response with the content of another status.

use statusquo::{StatusResponse, types::Acceptable};

fn main() {
    let body = Acceptable::new("message", Vec::new());
    let _ = StatusResponse::BadRequest(body); //~ E0308
}
