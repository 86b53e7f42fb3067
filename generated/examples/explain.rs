//! Explains a status code: `cargo run --example explain -- 404`.

use std::{env, process::ExitCode};

use statusquo::Status;

fn main() -> ExitCode {
    let text = env::args().nth(1).unwrap_or_else(|| "404".to_owned());
    match text.parse::<Status>() {
        Ok(status) => {
            println!("{}", explain(status));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{text}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Describes a status in three lines.
fn explain(status: Status) -> String {
    format!("{status}\n{}\n{}", status.summary(), status.advice())
}

#[test]
fn a_status_is_explained() {
    use statusquo::{Class, Code, Retry};

    assert_eq!(Status::NotFound.code(), 404);
    assert_eq!(Status::NotFound.to_string(), "404 Not Found");
    assert_eq!("not found".parse(), Ok(Status::NotFound));
    assert_eq!(Status::TooManyRequests.retry(), Retry::After);
    assert_eq!(Status::TooManyRequests.class(), Class::ClientError);
    assert_eq!("404".parse(), Ok(Status::NotFound));
    assert!(Status::try_from(299).is_err());
    // An unknown code has no `Status`, but still a class.
    assert_eq!(Code::new(299).and_then(Code::status), None);
    assert_eq!(Code::new(299).and_then(Code::class), Some(Class::Success));
    assert!(
        explain(Status::NotFound).starts_with("404 Not Found\nThe server cannot find the resource")
    );
}
