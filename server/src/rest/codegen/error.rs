//! Codegen's error bodies: `{message, status_code}`, and the list form of pydantic for 422.

use crate::rest::caller::NoCaller;
use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::AppError;
use hub::rate_limits::{STATUS_LIMIT, Standing};
use serde_json::json;

/// A refusal on this wire.
#[derive(Debug)]
pub enum Refusal {
    /// 401.
    Caller(NoCaller),
    /// 403, for a foreign and an unknown organization alike.
    NoAccess,
    /// 422: a path parameter is not the integer it should be.
    NotAnInteger {
        /// Which parameter.
        name: &'static str,
    },
    /// 429.
    TooMany(Standing),
    /// Anything else.
    Failed(AppError),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Caller(NoCaller::Failed(error)) | Self::Failed(error) => body(error.code.status(), &error.message),
            Self::Caller(_) => body(401, "A valid token is needed. Send it as Authorization: Bearer TOKEN."),
            Self::NoAccess => body(403, "You do not have access to this organization."),
            Self::NotAnInteger { name } => {
                let detail = json!({
                    "type": "int_parsing",
                    "loc": ["path", name],
                    "msg": "Input should be a valid integer, unable to parse string as an integer",
                });
                (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "detail": [detail] }))).into_response()
            }
            Self::TooMany(standing) => {
                let seconds = if standing.reset == 1 { "second" } else { "seconds" };
                let text = format!(
                    "Rate limit exceeded: {STATUS_LIMIT} requests per 30 seconds. Wait {} {seconds}.",
                    standing.reset
                );
                let mut response = body(429, &text);
                add_limits(response.headers_mut(), standing);
                response
            }
        }
    }
}

/// The rate-limit headers of every answer that counted.
pub fn add_limits(headers: &mut HeaderMap, standing: Standing) {
    headers.insert("ratelimit-limit", STATUS_LIMIT.into());
    headers.insert("ratelimit-remaining", standing.remaining.into());
    headers.insert("ratelimit-reset", standing.reset.into());
    if !standing.accepted {
        headers.insert("retry-after", standing.reset.into());
    }
}

fn body(status: u16, message: &str) -> Response {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (code, Json(json!({ "message": message, "status_code": status }))).into_response()
}
