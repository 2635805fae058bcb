//! Requests that no route takes.

use super::error::Refusal;
use axum::Json;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

/// A path that matches nothing: an empty 404. Without its trailing slash, the answer says so.
pub async fn no_route(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    if path.ends_with('/') {
        return StatusCode::NOT_FOUND.into_response();
    }
    let info = format!("Route not found, did you forget a trailing slash? try: {path}/");
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/json") {
        (StatusCode::NOT_FOUND, Json(json!({ "info": info }))).into_response()
    } else {
        (StatusCode::NOT_FOUND, info).into_response()
    }
}

/// A method that a route does not take; axum adds `Allow`.
pub async fn wrong_method(method: Method) -> Refusal {
    Refusal::Method(method)
}
