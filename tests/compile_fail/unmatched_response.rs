//! A match that forgets an answer.

use statusquo::HeadStatusResponse;

fn main() {
    let answer = HeadStatusResponse::Ok;
    match answer { //~ E0004
        HeadStatusResponse::Ok => {}
        HeadStatusResponse::NotFound => {}
    }
}
