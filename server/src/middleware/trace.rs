//! Request ids, one log line per request, and the last resort for panics.

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;
use tracing::Instrument as _;

/// The id of a request: in its span, its answer's `x-request-id`, and the audit entries it writes.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Gives the request an id and logs how it ended. The query is left out: it may hold what somebody searched for.
pub async fn trace(mut request: Request, next: Next) -> Response {
    let id = format!("{:016x}", rand::random::<u64>());
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    let path = masked(request.uri().path());
    let span = tracing::info_span!("request", request.id = id, http.method = %method, http.path = path);
    let begin = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let duration_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    span.in_scope(|| {
        if status >= 500 {
            tracing::warn!(http.status = status, duration_ms, "Answered with a failure");
        } else {
            tracing::debug!(http.status = status, duration_ms, "Answered");
        }
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    // What a person sees belongs to that person; only hashed files say otherwise.
    if !response.headers().contains_key(header::CACHE_CONTROL) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// A path fit for the log: what follows a one-time link's prefix is not.
fn masked(path: &str) -> String {
    for prefix in ["/reset/", "/verify/", "/accept/", "/share/"] {
        if path.starts_with(prefix) {
            return format!("{prefix}…");
        }
    }
    path.to_owned()
}
