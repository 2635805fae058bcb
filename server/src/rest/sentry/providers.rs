//! `GET /api/0/organizations/{org}/config/integrations/`.

use super::caller::Entered;
use super::error::Refusal;
use super::params::Params;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::catalogue::Kind;
use domain::integrations::{IntegrationProvider, ObjectStatus};
use domain::roles::Need;
use hub::Ctx;
use providers::catalogue;
use serde::Serialize;

/// The answer's body.
#[derive(Serialize)]
pub struct Providers {
    providers: Vec<IntegrationProvider>,
}

/// The first-party providers by key, each with whether one more can be added.
pub async fn list(
    State(ctx): State<Ctx>,
    Entered(access): Entered,
    params: Params,
) -> Result<Json<Providers>, Refusal> {
    access.permit(&ctx, Need::ORG_READ).await?;
    let key = params.either(["providerKey", "provider_key"]).map(str::to_lowercase);
    let mine = hub::integrations::list(&ctx, &access, None).await?;
    let there = |key: &str| mine.iter().any(|row| row.provider == key && row.status != ObjectStatus::PendingDeletion);
    let first_party = catalogue::all().iter().filter(|manifest| manifest.kind == Kind::FirstParty);
    let asked_for = first_party.filter(|manifest| key.as_ref().is_none_or(|key| manifest.key == *key));
    let providers: Vec<_> = asked_for.map(|manifest| manifest.to_provider(there(&manifest.key))).collect();
    if providers.is_empty() {
        return Err(Refusal::Because(StatusCode::NOT_FOUND, "Providers do not exist".to_owned()));
    }
    Ok(Json(Providers { providers }))
}
