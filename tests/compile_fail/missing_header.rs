//! A response without a required header field.

fn main() {
    let _ = statusquo::StatusResponse::Unauthorized {}; //~ E0063
}
