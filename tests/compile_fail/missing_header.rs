//! An answer without a header field that it must have.

fn main() {
    let _ = statusquo::StatusResponse::Unauthorized {}; //~ E0063
}
