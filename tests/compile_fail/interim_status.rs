//! An interim status is no answer.

fn main() {
    let _ = statusquo::StatusResponse::Continue; //~ E0599
}
