//! Codes get registered: a match on `Status` has to be ready for it.

use statusquo::Status;

fn main() {
    let status = Status::Ok;
    match status { //~ E0004
        Status::Ok => {}
        Status::NotFound => {}
    }
}
