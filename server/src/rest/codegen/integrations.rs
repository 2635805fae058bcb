//! `GET /v1/organizations/{org_id}/integrations`.

use super::error::{Refusal, add_limits};
use crate::rest::caller;
use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use domain::ids::OrgId;
use hub::access::{self, NoAccess, OrgRef};
use hub::{Client, Ctx, rate_limits, status};
use serde::Serialize;
use serde_json::{Map, Value};

/// The answer's body.
#[derive(Debug, Serialize)]
struct OrganizationIntegrationsResponse {
    organization_id: i64,
    organization_name: String,
    integrations: Vec<IntegrationStatus>,
    total_active_integrations: usize,
}

/// One row of the body.
#[derive(Debug, Serialize)]
struct IntegrationStatus {
    integration_type: String,
    active: bool,
    token_id: Option<i64>,
    installation_id: Option<i64>,
    metadata: Option<Map<String, Value>>,
}

/// All integration statuses of an organization. The checks come in this order: 401, 422, 429, 403.
pub async fn list(
    State(ctx): State<Ctx>,
    Extension(client): Extension<Client>,
    Path(org_id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let actor = caller::identify(&ctx, &client, &headers).await.map_err(Refusal::Caller)?;
    let org = integer(&org_id).ok_or(Refusal::NotAnInteger { name: "org_id" })?;
    let standing = rate_limits::status_api(&ctx, &actor.caller()).await.map_err(Refusal::Failed)?;
    if !standing.accepted {
        return Err(Refusal::TooMany(standing));
    }
    let access = access::enter(&ctx, &actor, &OrgRef::Id(OrgId(org))).await.map_err(|error| match error {
        NoAccess::Unknown | NoAccess::Foreign => Refusal::NoAccess,
        NoAccess::Failed(error) => Refusal::Failed(error),
    })?;
    let rows = status::list(&ctx, &access).await.map_err(|error| match error.code {
        domain::Code::Forbidden => Refusal::NoAccess,
        _ => Refusal::Failed(error),
    })?;
    let total_active_integrations = rows.iter().filter(|row| row.active).count();
    let integrations = rows.into_iter().map(|row| IntegrationStatus {
        integration_type: row.integration_type,
        active: row.active,
        token_id: row.token_id,
        installation_id: row.installation_id,
        metadata: row.metadata,
    });
    let body = OrganizationIntegrationsResponse {
        organization_id: org,
        organization_name: access.organization.name.clone(),
        integrations: integrations.collect(),
        total_active_integrations,
    };
    let mut response = Json(body).into_response();
    add_limits(response.headers_mut(), standing);
    Ok(response)
}

/// Reads an integer as pydantic does: an optional sign, digits, surrounding spaces.
fn integer(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}
