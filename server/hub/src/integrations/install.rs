//! Installing by a form: the credential is checked at the provider before anything is saved.

use super::check::{self, CHECK_EVERY};
use super::present::{self, CONNECTION};
use super::{TARGET, lifecycle};
use crate::access;
use crate::actor::Actor;
use crate::change::{Change, Record};
use crate::ctx::Ctx;
use crate::errors::{OrInternal, internal};
use crate::vault::Place;
use domain::catalogue::Manifest;
use domain::config::{ConfigData, check_all};
use domain::events::Topic;
use domain::ids::InstallationId;
use domain::integrations::{
    Account, Health, HealthCheck, Installation, IntegrationWithConfig, ObjectStatus, StoredConfig,
};
use domain::roles::Need;
use domain::slug::OrgSlug;
use domain::{AppError, Outcome};
use providers::catalogue;
use providers::connect::Secrets;
use serde_json::Value;
use std::collections::BTreeMap;

/// Installs a provider from its install form, or brings the existing installation of the same outside account up to
/// date (which also ends a pause or a removal and keeps its settings).
///
/// # Errors
/// Field errors for the form; what the provider answered; nothing is saved then.
pub async fn install(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    provider: &str,
    values: BTreeMap<String, String>,
) -> Outcome<IntegrationWithConfig> {
    let access = access::open(ctx, actor, slug).await?;
    let permit = access.permit(ctx, Need::INTEGRATIONS_WRITE).await?;
    let manifest = catalogue::find(provider).ok_or_else(|| AppError::not_found("This integration"))?;
    let (plain, secrets) = read_form(manifest, &values)?;
    let (account, duration_ms) = check::probe(ctx, manifest, &plain, &secrets).await;
    let account = account.map_err(|error| error.to_app_error())?;

    let org = access.organization.id;
    let now = ctx.now();
    let mut change = Change::begin(ctx, &permit).await?;
    let integration =
        store::integrations::upsert(&mut change.conn, &manifest.key, &account, now).await.or_internal()?;
    let existing = store::installations::of_integration(&mut change.conn, org, integration).await.or_internal()?;
    let others =
        store::installations::of_organization(&mut change.conn, org, Some(&manifest.key)).await.or_internal()?;
    let only_one_allowed = !manifest.multiple && existing.is_none();
    if only_one_allowed && others.iter().any(|other| other.status != ObjectStatus::PendingDeletion) {
        return Err(AppError::conflict(format!("An organization can connect only one {}.", manifest.name)));
    }
    let is_new = existing.is_none();
    let id = match existing {
        Some(existing) => revive(&mut change, existing, plain, &account).await?,
        None => {
            let mut config = ConfigData::new();
            config.insert(CONNECTION.to_owned(), Value::Object(plain));
            let config = StoredConfig(config);
            store::installations::insert(
                &mut change.conn,
                org,
                integration,
                &config,
                &account.facts,
                actor.user_id(),
                now,
            )
            .await
            .map_err(|error| match store::unique_violation(&error) {
                Some(_) => {
                    AppError::conflict(format!("Somebody connected {} just now. Reload the page.", account.name))
                }
                None => internal(&error),
            })?
        }
    };
    seal_all(ctx, &mut change, org, id, &secrets).await?;
    let check = HealthCheck { checked_at: now, health: Health::Healthy, reason: None, duration_ms };
    store::health::insert(&mut change.conn, id, &check).await.or_internal()?;
    store::installations::set_health(&mut change.conn, id, Health::Healthy, None, now, Some(now.plus(CHECK_EVERY)))
        .await
        .or_internal()?;
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
    row.map(|row| present::with_config(&row)).ok_or_else(|| AppError::not_found("This integration"))
}

fn read_form(manifest: &Manifest, values: &BTreeMap<String, String>) -> Outcome<(ConfigData, Secrets)> {
    let fields = manifest.auth.form().filter(|_| manifest.installable).ok_or_else(|| {
        AppError::invalid(format!(
            "Signing in to {} is not built yet, so it cannot be installed in this version.",
            manifest.name
        ))
    })?;
    let unknown = values.keys().filter(|name| !fields.iter().any(|field| field.name == **name));
    let mut data: ConfigData = unknown.map(|name| (name.clone(), Value::Null)).collect();
    for field in fields {
        let text = values.get(&field.name).map(String::as_str);
        data.insert(field.name.clone(), field.from_form(text));
    }
    let mut plain = check_all(fields, &data)?;
    let mut secrets = BTreeMap::new();
    for field in fields.iter().filter(|field| field.is_secret()) {
        if let Some(Value::String(secret)) = plain.remove(&field.name)
            && !secret.is_empty()
        {
            secrets.insert(field.name.clone(), secret.into());
        }
    }
    Ok((plain, Secrets(secrets)))
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
pub(super) async fn seal_all(
    ctx: &Ctx,
    change: &mut Change<'_>,
    org: domain::ids::OrgId,
    id: InstallationId,
    secrets: &Secrets,
) -> Outcome<()> {
    let stored = store::credentials::of_installation(&mut change.conn, id).await.or_internal()?;
    for (field, secret) in &secrets.0 {
        let version = stored.iter().find(|old| old.field == *field).map_or(1, |old| old.version + 1);
        let place = Place { installation: id, field, version };
        let (key, sealed) = ctx.vault.seal(ctx, &mut change.conn, org, place, secret).await?;
        store::credentials::put(&mut change.conn, id, field, key, &sealed, version, ctx.now())
            .await
            .or_internal()?
            .ok_or_else(|| {
                AppError::conflict("Somebody replaced this secret just now. Reload the page and try again.")
            })?;
    }
    Ok(())
}
