//! What Codegen's client asks before anything else: who am I, and where.

use super::error::Refusal;
use crate::rest::caller;
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use domain::roles::Need;
use hub::{Client, Ctx};
use serde_json::{Value, json};

/// `GET /v1/users/me`: the person behind the token; a token of an organization has none and is shown as itself.
pub async fn me(
    State(ctx): State<Ctx>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let actor = caller::identify(&ctx, &client, &headers).await.map_err(Refusal::Caller)?;
    let user = actor.user();
    Ok(Json(json!({
        "id": user.map_or(0, |user| user.id.0),
        "email": user.map(|user| user.email.as_str()),
        "github_user_id": "",
        "github_username": "",
        "avatar_url": null,
        "full_name": user.map_or_else(|| actor.label(), |user| user.name.clone()),
    })))
}

/// `GET /v1/organizations`: the organizations the caller may enter, all on one page.
pub async fn organizations(
    State(ctx): State<Ctx>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let actor = caller::identify(&ctx, &client, &headers).await.map_err(Refusal::Caller)?;
    let mine = hub::organizations::mine(&ctx, &actor).await.map_err(Refusal::Failed)?;
    let items: Vec<_> = mine
        .iter()
        .filter(|view| view.scopes.has_any(Need::ORG_READ.any))
        .map(|view| {
            json!({
                "id": view.organization.id.0,
                "name": view.organization.name,
                "settings": { "enable_pr_creation": false, "enable_rules_detection": false },
            })
        })
        .collect();
    let total = items.len();
    Ok(Json(json!({ "items": items, "total": total, "page": 1, "size": total.max(1), "pages": 1 })))
}
