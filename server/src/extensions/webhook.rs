//! `POST /extensions/{provider}/webhook/`: what providers tell by themselves.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use domain::Code;
use hub::Ctx;

/// Takes a webhook whose signature fits. A wrong signature is 401 and audited; anything that is not understood is
/// accepted, so that the provider does not send it again.
pub async fn receive(
    State(ctx): State<Ctx>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    match hub::webhooks::receive(&ctx, &provider, &headers, &body).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(error) if error.code == Code::SignedOut => StatusCode::UNAUTHORIZED,
        Err(error) => StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
