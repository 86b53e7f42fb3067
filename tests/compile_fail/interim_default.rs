//! A `default` response with an interim status.

fn main() {
    let _ = statusquo::StatusResponseDefault::from_const::<150>(); //~ E0080
}
