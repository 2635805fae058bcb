//! `/api/0/organizations/{org}/integrations/{id}/`.

use super::body;
use super::caller::{Entered, Named};
use super::error::Refusal;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use domain::integrations::IntegrationWithConfig;
use domain::roles::Need;
use hub::Ctx;

/// One installation with its settings, whatever its status.
pub async fn read(
    State(ctx): State<Ctx>,
    Entered(access): Entered,
    Named(id): Named,
) -> Result<Json<IntegrationWithConfig>, Refusal> {
    Ok(Json(hub::integrations::get(&ctx, &access, id).await?))
}

/// Saves settings: all that the body names, or none. Unknown names are ignored. The answer has no body.
pub async fn write(
    State(ctx): State<Ctx>,
    Entered(access): Entered,
    id: Result<Named, Refusal>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refusal> {
    // Who may not save learns nothing of what is there, nor what is wrong with the body.
    access.permit(&ctx, Need::INTEGRATIONS_WRITE).await?;
    let Named(id) = id?;
    let values = body::object(&headers, body)?;
    hub::integrations::save_all(&ctx, &access, id, &values).await?;
    Ok(StatusCode::OK)
}

/// Removes. Asked for again while the row is there, it is done already.
pub async fn remove(
    State(ctx): State<Ctx>,
    Entered(access): Entered,
    id: Result<Named, Refusal>,
) -> Result<StatusCode, Refusal> {
    access.permit(&ctx, Need::INTEGRATIONS_REMOVE).await?;
    let Named(id) = id?;
    hub::integrations::remove_in(&ctx, &access, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
