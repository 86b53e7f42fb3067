//! A response with an interim status, which is not a final response.

fn main() {
    let _ = statusquo::StatusResponse::Continue; //~ E0599
}
