//! `POST /api/patchbay/organizations/{org}/integrations/{id}/access-token`: a short-lived token of a connection.

use super::error::Refusal;
use crate::rest::caller;
use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use domain::AppError;
use hub::access::{self, OrgRef};
use hub::integrations::AccessToken;
use hub::{Client, Ctx};
use secrecy::ExposeSecret as _;
use serde_json::json;

/// Gives a token that is good now. It is the one place where a secret leaves Patchbay.
pub async fn read(
    State(ctx): State<Ctx>,
    Extension(client): Extension<Client>,
    Path((org, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let actor = caller::identify(&ctx, &client, &headers).await?;
    let org = OrgRef::parse(&org).ok_or_else(|| AppError::not_found("This organization"))?;
    let access = access::enter(&ctx, &actor, &org).await.map_err(access::hide)?;
    let id = id.parse().map_err(|_| AppError::not_found("This integration"))?;
    let body = match hub::integrations::access_token(&ctx, &access, id).await? {
        AccessToken::Bearer { token, expires_at, scopes } => json!({
            "accessToken": token.expose_secret(),
            "tokenType": "Bearer",
            "expiresAt": expires_at.map(domain::Timestamp::to_rfc3339),
            "scopes": scopes,
        }),
        AccessToken::Aws(keys) => json!({
            "tokenType": "AWS4-HMAC-SHA256",
            "accessKeyId": keys.access_key_id,
            "secretAccessKey": keys.secret_access_key.expose_secret(),
            "sessionToken": keys.session_token.expose_secret(),
            "expiresAt": keys.expires_at.to_rfc3339(),
        }),
    };
    let no_store = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((no_store, Json(body)).into_response())
}
