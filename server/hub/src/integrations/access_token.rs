//! Short-lived access tokens of connections, for the organization's own services.

use super::{load, present, record};
use crate::access::Access;
use crate::change::Change;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::{grants, pipelines, provider_apps};
use domain::grants::ACCESS_TOKEN;
use domain::ids::IntegrationId;
use domain::integrations::ObjectStatus;
use domain::roles::Need;
use domain::sign_in::Auth;
use domain::{AppError, Outcome, Timestamp};
use secrecy::SecretString;

/// What a service calls the provider with. Never stored, never logged.
pub enum AccessToken {
    /// A bearer token.
    Bearer {
        /// The token.
        token: SecretString,
        /// When it ends, where it does.
        expires_at: Option<Timestamp>,
        /// What it may do, where the provider says it.
        scopes: Option<Vec<String>>,
    },
    /// Temporary keys of AWS.
    Aws(providers::connect::aws::Keys),
}

/// A token that is good now, renewed first where it must be. Each read is audited.
///
/// # Errors
/// Without the scope `integration:credentials`; when the integration is paused, needs a person to sign in again, or has
/// no short-lived token to give.
pub async fn access_token(ctx: &Ctx, access: &Access, id: IntegrationId) -> Outcome<AccessToken> {
    let permit = access.permit(ctx, Need::CREDENTIALS).await?;
    let mut conn = ctx.store.read().await.or_internal()?;
    let row = load(&mut conn, access, id).await?;
    drop(conn);
    if row.status != ObjectStatus::Active {
        return Err(AppError::conflict("This integration is paused or being removed. It gives out no tokens."));
    }
    let manifest = present::manifest_of(&row).ok_or_else(|| AppError::not_found("This integration"))?;
    let token = match &manifest.auth {
        Auth::Oauth2(_) | Auth::GithubApp { .. } => {
            let secrets = grants::fresh(ctx, &row).await?.map_err(|error| AppError::conflict(error.to_string()))?;
            let token = secrets.get(ACCESS_TOKEN).cloned();
            let token = token.ok_or_else(|| AppError::conflict("There is no stored token. Connect it again."))?;
            let mut conn = ctx.store.read().await.or_internal()?;
            let grant = store::grants::of_installation(&mut conn, row.id).await.or_internal()?;
            AccessToken::Bearer {
                token,
                expires_at: grant.as_ref().and_then(|grant| grant.expires_at),
                scopes: grant.and_then(|grant| grant.granted_scopes).map(|scopes| scopes.0),
            }
        }
        Auth::AwsRole { .. } => {
            let mut conn = ctx.store.read().await.or_internal()?;
            let reach = provider_apps::of_instance(ctx, &mut conn, manifest).await?;
            drop(conn);
            let keys = pipelines::aws_keys(&reach.provider(ctx, manifest), grants::connection(&row)).await;
            AccessToken::Aws(keys.map_err(|error| AppError::provider(error.to_string()))?)
        }
        _ => {
            return Err(AppError::conflict(format!(
                "{} is connected by a key of its own, which never leaves Patchbay. It has no short-lived token.",
                manifest.name
            )));
        }
    };
    let summary = "read an access token".to_owned();
    Change::begin(ctx, &permit).await?.commit(record("integration.token.read", &row, summary)).await?;
    Ok(token)
}
