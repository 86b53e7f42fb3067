//! `default` with a status that is declared by itself.

fn main() {
    let _ = statusquo::StatusResponseDefault::from_const::<404>(); //~ E0080
}
