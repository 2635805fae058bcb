//! Small pages for where the application does not run: a popup that ends, a sign-in that cannot be gone on with.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

/// The end of a popup: tells the page that opened it which pipeline to read again, then closes. The id is hexadecimal,
/// so it needs no escaping.
pub fn close(pipeline: &str) -> Response {
    let nonce = format!("{:032x}", rand::random::<u128>());
    let script = format!(
        "<script nonce=\"{nonce}\">new BroadcastChannel(\"patchbay-sign-in\").postMessage(\"{pipeline}\");window.close()</script>"
    );
    let body =
        format!("<h1>Done here</h1><p>You can close this window and go on in the one that opened it.</p>{script}");
    let policy = format!("default-src 'none'; script-src 'nonce-{nonce}'; {REST}");
    page(StatusCode::OK, "Done here", &body, &policy)
}

/// A sentence, and the way back. The words are ours; what could be somebody else's is escaped all the same.
pub fn message(status: StatusCode, title: &str, text: &str) -> Response {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let body = format!("<h1>{title}</h1><p>{text}</p><p><a href=\"/\">Go to Patchbay</a></p>");
    page(status, title, &body, &format!("default-src 'none'; {REST}"))
}

const REST: &str = "style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

fn page(status: StatusCode, title: &str, body: &str, policy: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>{title} · Patchbay</title><link rel=\"stylesheet\" \
         href=\"/plain.css\"><link rel=\"icon\" href=\"/favicon.svg\"></head><body><main>{body}</main></body></html>"
    );
    let mut response = (status, Html(html)).into_response();
    let policy = HeaderValue::from_str(policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}
