//! A `default` response with a status that has its own declaration.

fn main() {
    let _ = statusquo::StatusResponseDefault::from_const::<404>(); //~ E0080
}
