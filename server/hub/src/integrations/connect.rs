//! Writing a connection that was just proven: a new installation, or the existing one of the same outside account.

use super::check::CHECK_EVERY;
use super::organization_config::fields_of;
use super::present::{self, CONNECTION};
use super::{TARGET, lifecycle};
use crate::access::{Access, Permit};
use crate::change::{Change, Record};
use crate::ctx::Ctx;
use crate::errors::{OrInternal, internal};
use crate::vault::Place;
use crate::{grants, issue_sync};
use domain::catalogue::Manifest;
use domain::config::ConfigData;
use domain::events::Topic;
use domain::ids::{InstallationId, IntegrationId, OrgId};
use domain::install_requests::RequestStatus;
use domain::integrations::{
    Account, Health, HealthCheck, Installation, IntegrationWithConfig, ObjectStatus, StoredConfig,
};
use domain::{AppError, Outcome};
use providers::connect::Secrets;
use providers::connect::oauth::Tokens;
use serde_json::Value;

/// A connection that the provider just vouched for.
pub(crate) struct Proven<'a> {
    /// Whose it is.
    pub account: &'a Account,
    /// What the form asked for, secrets apart.
    pub form: ConfigData,
    /// The form's secrets.
    pub secrets: Secrets,
    /// What a sign-in gave.
    pub tokens: Option<&'a Tokens>,
    /// How long the provider took to vouch for it, in milliseconds.
    pub duration_ms: i64,
    /// The installation that is to be connected again, where one was named.
    pub again: Option<IntegrationId>,
}

/// Installs, or brings the existing installation of the same outside account up to date (which also ends a pause or a
/// removal and keeps its settings).
///
/// # Errors
/// When only one is allowed, when it is another account than the one to connect again, when somebody else was faster.
pub(crate) async fn connect(
    ctx: &Ctx,
    access: &Access,
    permit: &Permit,
    manifest: &Manifest,
    proven: Proven<'_>,
) -> Outcome<IntegrationWithConfig> {
    let Proven { account, form, secrets, tokens, duration_ms, again } = proven;
    let org = access.organization.id;
    let now = ctx.now();
    let mut change = Change::begin(ctx, permit).await?;
    let integration = store::integrations::upsert(&mut change.conn, &manifest.key, account, now).await.or_internal()?;
    if again.is_some_and(|again| again != integration) {
        return Err(AppError::conflict(format!(
            "You signed in to {}, which is another account than this integration's. Sign in with the right one, or add \
             {} as a configuration of its own.",
            account.name, account.name
        )));
    }
    let existing = store::installations::of_integration(&mut change.conn, org, integration).await.or_internal()?;
    let others =
        store::installations::of_organization(&mut change.conn, org, Some(&manifest.key)).await.or_internal()?;
    let only_one_allowed = !manifest.multiple && existing.is_none();
    if only_one_allowed && others.iter().any(|other| other.status != ObjectStatus::PendingDeletion) {
        return Err(AppError::conflict(format!("An organization can connect only one {}.", manifest.name)));
    }
    let is_new = existing.is_none();
    let id = match existing {
        Some(existing) => revive(&mut change, existing, form, account).await?,
        None => insert(ctx, &mut change, access, integration, form, account).await?,
    };
    seal_all(ctx, &mut change, org, id, &secrets).await?;
    if let Some(tokens) = tokens {
        grants::store_new(ctx, &mut change, (org, id), manifest, tokens).await?;
    }
    let check = HealthCheck { checked_at: now, health: Health::Healthy, reason: None, duration_ms };
    store::health::insert(&mut change.conn, id, &check).await.or_internal()?;
    store::installations::set_health(
        &mut change.conn,
        id,
        Health::Healthy,
        None,
        now,
        Some(now.plus(CHECK_EVERY)),
        now,
    )
    .await
    .or_internal()?;
    approve_requests(ctx, &mut change, access, &manifest.key).await?;
    issue_sync::connected(&mut change.conn, id, manifest, now).await?;
    let verb = if is_new { "installed" } else { "connected again" };
    change
        .commit(Record {
            action: if is_new { "integration.add" } else { "integration.reconnect" },
            target_kind: TARGET,
            target_id: id.to_string(),
            summary: format!("{verb} {} ({})", manifest.name, account.name),
            event: Some((Topic::Integration, manifest.key.clone())),
        })
        .await?;
    let mut conn = ctx.store.read().await.or_internal()?;
    let row = store::installations::by_id(&mut conn, id).await.or_internal()?;
    row.map(|row| present::with_config(&row, fields_of(&row))).ok_or_else(|| AppError::not_found("This integration"))
}

async fn insert(
    ctx: &Ctx,
    change: &mut Change<'_>,
    access: &Access,
    integration: IntegrationId,
    form: ConfigData,
    account: &Account,
) -> Outcome<InstallationId> {
    let mut config = ConfigData::new();
    config.insert(CONNECTION.to_owned(), Value::Object(form));
    let (org, by) = (access.organization.id, access.actor.user_id());
    let config = StoredConfig(config);
    store::installations::insert(&mut change.conn, org, integration, &config, &account.facts, by, ctx.now())
        .await
        .map_err(|error| match store::unique_violation(&error) {
            Some(_) => AppError::conflict(format!("Somebody connected {} just now. Reload the page.", account.name)),
            None => internal(&error),
        })
}

/// What was asked for is there now.
async fn approve_requests(ctx: &Ctx, change: &mut Change<'_>, access: &Access, provider: &str) -> Outcome<()> {
    let waiting = store::install_requests::pending(&mut change.conn, access.organization.id).await.or_internal()?;
    for request in waiting.iter().filter(|request| request.provider == provider) {
        let by = access.actor.label();
        store::install_requests::decide(&mut change.conn, request.id, RequestStatus::Approved, &by, ctx.now())
            .await
            .or_internal()?;
    }
    Ok(())
}

/// Makes an installation that is there already active again, with the new connection and its old settings.
async fn revive(
    change: &mut Change<'_>,
    existing: Installation,
    connection: ConfigData,
    account: &Account,
) -> Outcome<InstallationId> {
    let id = existing.id;
    let mut config = existing.config;
    config.0.insert(CONNECTION.to_owned(), Value::Object(connection));
    let written =
        store::installations::set_config(&mut change.conn, id, &config, existing.config_version).await.or_internal()?;
    let moved = store::installations::set_status(&mut change.conn, id, existing.status, ObjectStatus::Active, None)
        .await
        .or_internal()?;
    if written == 0 || moved == 0 {
        return Err(AppError::conflict("Somebody changed this integration just now. Reload the page and try again."));
    }
    store::installations::set_facts(&mut change.conn, id, &account.facts).await.or_internal()?;
    store::jobs::delete_by_key(&mut change.conn, &lifecycle::removal_key(id)).await.or_internal()?;
    Ok(id)
}

/// Seals each secret of an installation, over what was there.
pub(crate) async fn seal_all(
    ctx: &Ctx,
    change: &mut Change<'_>,
    org: OrgId,
    id: InstallationId,
    secrets: &Secrets,
) -> Outcome<()> {
    let stored = store::credentials::of_installation(&mut change.conn, id).await.or_internal()?;
    for (field, secret) in &secrets.0 {
        let version = stored.iter().find(|old| old.field == *field).map_or(1, |old| old.version + 1);
        let place = Place::Installation { org, installation: id, field, version };
        let (key, sealed) = ctx.vault.seal(ctx, &mut change.conn, place, secret).await?;
        store::credentials::put(&mut change.conn, id, field, key, &sealed, version, ctx.now())
            .await
            .or_internal()?
            .ok_or_else(|| {
                AppError::conflict("Somebody replaced this secret just now. Reload the page and try again.")
            })?;
    }
    Ok(())
}
