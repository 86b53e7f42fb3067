//! A response with a status that the document does not declare.

fn main() {
    let _ = statusquo::StatusResponse::Status299; //~ E0599
}
