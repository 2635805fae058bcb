//! What providers tell by themselves. Only after the signature is checked is anything read.

use crate::access::{self, Permit};
use crate::change::Change;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::integrations::{self, record};
use crate::issue_sync;
use crate::provider_apps;
use domain::ids::InstallationId;
use domain::integrations::{Health, Installation};
use domain::sign_in::Auth;
use domain::{AppError, Outcome};
use http::HeaderMap;
use providers::catalogue;
use serde_json::Value;

/// The field of the app that signs its webhooks.
const SECRET: &str = "webhook_secret";

/// Takes a webhook of a provider; with an installation, one that is meant for that connection alone.
///
/// # Errors
/// [`domain::Code::NotFound`] where no webhook is expected, [`domain::Code::SignedOut`] when the signature does not fit.
pub async fn receive(
    ctx: &Ctx,
    provider: &str,
    own: Option<InstallationId>,
    headers: &HeaderMap,
    body: &[u8],
) -> Outcome<()> {
    match (provider, own) {
        (issue_sync::SENTRY, own) => issue_sync::inbound::sentry(ctx, own, headers, body).await,
        ("jira", None) => issue_sync::inbound::jira_cloud(ctx, headers, body).await,
        (_, None) => of_app(ctx, provider, headers, body).await,
        _ => Err(AppError::not_found("This webhook")),
    }
}

/// Takes a webhook of the instance's app at GitHub.
async fn of_app(ctx: &Ctx, provider: &str, headers: &HeaderMap, body: &[u8]) -> Outcome<()> {
    let manifest = catalogue::find(provider).filter(|manifest| matches!(manifest.auth, Auth::GithubApp { .. }));
    let nothing = || AppError::not_found("This webhook");
    let manifest = manifest.ok_or_else(nothing)?;
    let webhook = manifest.webhook.as_ref().ok_or_else(nothing)?;
    let mut conn = ctx.store.read().await.or_internal()?;
    let reach = provider_apps::of_instance(ctx, &mut conn, manifest).await?;
    drop(conn);
    let secret = reach.app.secrets.get(SECRET).ok_or_else(nothing)?;
    if !providers::webhooks::is_genuine(webhook, secret, headers, body, ctx.now()) {
        // Anybody can send these: the log has them, not a row each.
        tracing::warn!(provider.key = provider, "Refused a webhook whose signature does not fit");
        return Err(AppError::signed_out());
    }
    let event = headers.get("x-github-event").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Ok(json) = serde_json::from_slice::<Value>(body) else { return Ok(()) };
    let action = json.get("action").and_then(Value::as_str).unwrap_or_default();
    let installation = json.pointer("/installation/id").and_then(Value::as_i64);
    match (event, installation) {
        ("installation", Some(id)) => installation_changed(ctx, provider, &id.to_string(), action).await,
        _ => Ok(()),
    }
}

/// Somebody suspended, resumed or removed the app at GitHub.
async fn installation_changed(ctx: &Ctx, provider: &str, external_id: &str, action: &str) -> Outcome<()> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let rows = store::installations::of_account(&mut conn, provider, external_id).await.or_internal()?;
    drop(conn);
    for row in rows {
        let mut conn = ctx.store.read().await.or_internal()?;
        let permit = access::system(&mut conn, row.organization_id).await?;
        drop(conn);
        match action {
            "suspend" => {
                broke(ctx, &permit, &row, "It was suspended at GitHub. Somebody has to take that back there.").await?
            }
            "deleted" => {
                broke(
                    ctx,
                    &permit,
                    &row,
                    "The app was uninstalled at GitHub. Install it there again, or remove it here.",
                )
                .await?
            }
            "unsuspend" | "new_permissions_accepted" => look_again(ctx, &permit, &row).await?,
            _ => {}
        }
    }
    Ok(())
}

async fn broke(ctx: &Ctx, permit: &Permit, row: &Installation, reason: &str) -> Outcome<()> {
    let change = Change::begin(ctx, permit).await?;
    integrations::broke(ctx, change, row, Health::RemovedAtProvider, reason).await
}

/// The next check is due now.
async fn look_again(ctx: &Ctx, permit: &Permit, row: &Installation) -> Outcome<()> {
    let mut change = Change::begin(ctx, permit).await?;
    store::installations::postpone_check(&mut change.conn, row.id, ctx.now()).await.or_internal()?;
    change.commit(record("integration.webhook", row, "heard that it works again there".to_owned())).await
}
