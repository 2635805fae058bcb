//! The JSON object of a request.

use super::error::Refusal;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use domain::config::ConfigData;
use serde_json::Value;

/// Reads a body. An empty one is an empty object, as for Sentry.
///
/// # Errors
/// 400 for what is no JSON object, 413 for too much, 415 for another kind of content.
pub fn object(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<ConfigData, Refusal> {
    let body = body.map_err(|cause| match cause.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::Because(cause.status(), "The body is larger than 1 MiB.".to_owned()),
        _ => Refusal::bad("The body did not arrive whole."),
    })?;
    if body.is_empty() {
        return Ok(ConfigData::new());
    }
    let kind = headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    if let Some(kind) = kind.filter(|kind| !is_json(kind)) {
        let shown: String = kind.chars().take(100).collect();
        let text = format!("Unsupported media type \"{shown}\" in request.");
        return Err(Refusal::Because(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
    }
    match serde_json::from_slice(&body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Refusal::bad("The body must be a JSON object of settings.")),
        Err(error) => Err(Refusal::bad(format!("JSON parse error - {error}"))),
    }
}

fn is_json(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind.ends_with("+json")
}
