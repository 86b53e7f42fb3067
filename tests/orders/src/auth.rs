//! A layer that requires a bearer token, and passes the user of the token on to the handlers.

use axum::{
    Json, Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// The user of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User(pub String);

/// Adds the layer to a router.
pub fn protected(router: Router) -> Router {
    router.layer(from_fn(async |mut request: Request, next: Next| {
        let token = request.headers().get(header::AUTHORIZATION);
        let token = token.and_then(|value| value.to_str().ok());
        match token
            .and_then(|value| value.strip_prefix("Bearer "))
            .and_then(user)
        {
            Some(user) => {
                request.extensions_mut().insert(user);
                next.run(request).await
            }
            None => unauthorized(),
        }
    }))
}

/// Returns the user of a token. A real service would verify a signature here.
fn user(token: &str) -> Option<User> {
    let name = token.strip_prefix("token-of-")?;
    Some(User(name.to_owned()))
}

fn unauthorized() -> Response {
    let problem = json!({"title": "Unauthorized", "status": 401, "detail": "the token is missing or unknown"});
    let mut response = (StatusCode::UNAUTHORIZED, Json(problem)).into_response();
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_static("application/problem+json");
    headers.insert(header::CONTENT_TYPE, media_type);
    let challenge = HeaderValue::from_static("Bearer");
    headers.insert(header::WWW_AUTHENTICATE, challenge);
    response
}
