//! A `match` that does not cover every response.

use statusquo::HeadStatusResponse;

fn main() {
    let response = HeadStatusResponse::Ok;
    match response {
        //~^ E0004
        HeadStatusResponse::Ok => {}
        HeadStatusResponse::NotFound => {}
    }
}
