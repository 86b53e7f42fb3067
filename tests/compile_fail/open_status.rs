//! A `match` on `Status` without a wildcard arm; new status codes may be registered at any time.

use statusquo::Status;

fn main() {
    let status = Status::Ok;
    match status {
        //~^ E0004
        Status::Ok => {}
        Status::NotFound => {}
    }
}
