//! `POST /extensions/{provider}/webhook/[{installation}/]`: what providers tell by themselves.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use domain::ids::InstallationId;
use domain::{Code, Outcome};
use hub::Ctx;

/// Takes a webhook of the instance's app. A wrong signature is 401; anything that is not understood is accepted, so that
/// the provider does not send it again.
pub async fn receive(
    State(ctx): State<Ctx>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    status(hub::webhooks::receive(&ctx, &provider, None, &headers, &body).await)
}

/// Takes a webhook that is meant for one connection.
pub async fn receive_for(
    State(ctx): State<Ctx>,
    Path((provider, installation)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let Ok(installation) = installation.parse::<InstallationId>() else { return StatusCode::NOT_FOUND };
    status(hub::webhooks::receive(&ctx, &provider, Some(installation), &headers, &body).await)
}

fn status(outcome: Outcome<()>) -> StatusCode {
    match outcome {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(error) if error.code == Code::SignedOut => StatusCode::UNAUTHORIZED,
        Err(error) => StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
