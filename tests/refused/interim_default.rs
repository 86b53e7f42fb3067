//! `default` with an interim status.

fn main() {
    let _ = statusquo::StatusResponseDefault::of::<150>(); //~ E0080
}
