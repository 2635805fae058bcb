//! `GET /api/patchbay/organizations/{org}/integrations/{id}/choices?field=…&query=…`: what a setting can be set to. The
//! settings that it depends on are further parameters; those that are left out are taken as they are stored.

use super::error::Refusal;
use crate::rest::caller;
use axum::Json;
use axum::extract::{Extension, Path, Query, State};
use axum::http::HeaderMap;
use domain::AppError;
use hub::access::{self, OrgRef};
use hub::{Client, Ctx};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The choices, as `{items: [{value, label}], next: null}`.
pub async fn read(
    State(ctx): State<Ctx>,
    Extension(client): Extension<Client>,
    Path((org, id)): Path<(String, String)>,
    Query(mut parameters): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let actor = caller::identify(&ctx, &client, &headers).await?;
    let org = OrgRef::parse(&org).ok_or_else(|| AppError::not_found("This organization"))?;
    let access = access::enter(&ctx, &actor, &org).await.map_err(access::hide)?;
    let id = id.parse().map_err(|_| AppError::not_found("This integration"))?;
    let field = parameters.remove("field").unwrap_or_default();
    let query = parameters.remove("query").unwrap_or_default();
    let found = hub::integrations::choices_in(&ctx, &access, id, &field, &query, &parameters).await?;
    let items: Vec<_> = found.into_iter().map(|(value, label)| json!({"value": value, "label": label})).collect();
    Ok(Json(json!({"items": items, "next": null})))
}
