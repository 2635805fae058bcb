//! The first calls of every client: what is this, and who am I.

use super::caller::Caller;
use super::error::Refusal;
use crate::rest::caller::NoCaller;
use axum::Json;
use domain::users::User;
use hub::Actor;
use serde_json::{Value, json};

/// `GET /api/0/`: answers without a login too; a login that does not work is refused.
pub async fn index(caller: Result<Caller, Refusal>) -> Result<Json<Value>, Refusal> {
    let actor = match caller {
        Ok(Caller(actor)) => Some(actor),
        Err(Refusal::Caller(NoCaller::Nobody)) => None,
        Err(refusal) => return Err(refusal),
    };
    let scopes = actor.as_ref().and_then(Actor::cap);
    Ok(Json(json!({
        "version": "0",
        "auth": scopes.map(|scopes| json!({ "scopes": scopes })),
        "user": actor.as_ref().and_then(Actor::user).map(show),
    })))
}

/// `GET /api/0/auth/`: the person who asks.
pub async fn me(Caller(actor): Caller) -> Result<Json<Value>, Refusal> {
    let user = actor.user().ok_or_else(|| Refusal::bad("This token acts for an organization, not for a person."))?;
    Ok(Json(show(user)))
}

fn show(user: &User) -> Value {
    json!({
        "id": user.id,
        "name": user.name,
        "username": user.email,
        "email": user.email,
        "avatarUrl": null,
        "avatar": { "avatarType": "letter_avatar", "avatarUuid": null, "avatarUrl": null },
        "isActive": true,
        "isManaged": false,
        "isStaff": user.is_instance_admin,
        "isSuperuser": user.is_instance_admin,
        "has2fa": false,
        "dateJoined": user.created_at.to_rfc3339(),
    })
}
