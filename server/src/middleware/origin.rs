//! The guard against forged requests: a browser's unsafe request must come from our own pages.

use crate::router::App;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// Refuses an unsafe request unless `Sec-Fetch-Site` says same-origin, or, from a browser that does not send it,
/// `Origin` is our public address. Requests with an `Authorization` header and provider callbacks never read the
/// cookie and pass.
pub async fn same_origin(State(app): State<App>, request: Request, next: Next) -> Response {
    let unsafe_method = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let headers = request.headers();
    let never_reads_cookie =
        headers.contains_key(header::AUTHORIZATION) || request.uri().path().starts_with("/extensions/");
    if unsafe_method && !never_reads_cookie {
        let own = match headers.get("sec-fetch-site") {
            Some(site) => site == "same-origin",
            None => headers.get(header::ORIGIN).is_some_and(|origin| {
                origin.as_bytes() == app.ctx.settings.public_url.origin().ascii_serialization().as_bytes()
            }),
        };
        if !own {
            let text = "This request did not come from a page of this Patchbay. Open the page again and repeat it; \
                        a program sends an Authorization header instead of a cookie.\n";
            return (StatusCode::FORBIDDEN, text).into_response();
        }
    }
    next.run(request).await
}
