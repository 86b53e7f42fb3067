//! A server that does not implement every operation.

struct Service;

impl statusquo::server::Api for Service {} //~ E0046

fn main() {}
