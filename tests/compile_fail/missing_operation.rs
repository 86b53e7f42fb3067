//! A server that lacks an operation.

struct Service;

impl statusquo::server::Api for Service {} //~ E0046

fn main() {}
