//! Checking whether a connection works: on demand and on a schedule.

use super::present::{self, CONNECTION};
use super::{TARGET, load};
use crate::access;
use crate::access::Permit;
use crate::actor::Actor;
use crate::change::{Change, Record};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use domain::catalogue::Manifest;
use domain::config::ConfigData;
use domain::events::Topic;
use domain::ids::{InstallationId, IntegrationId};
use domain::integrations::{Account, Health, HealthCheck, Installation, Integration, ObjectStatus};
use domain::jobs::Work;
use domain::roles::Need;
use domain::slug::OrgSlug;
use domain::time::MINUTE;
use domain::{AppError, Outcome};
use providers::connect::{CheckError, Secrets};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Instant;

/// How long after a check the next one is due, in milliseconds; the scheduler adds jitter.
pub const CHECK_EVERY: i64 = 15 * MINUTE;

/// Checks an installation now.
///
/// # Errors
/// When the actor may not, or the installation is paused. A connection that does not work is no error: the answer
/// says so.
pub async fn check(ctx: &Ctx, actor: &Actor, slug: &OrgSlug, id: IntegrationId) -> Outcome<Integration> {
    let access = access::open(ctx, actor, slug).await?;
    let permit = access.permit(ctx, Need::INTEGRATIONS_WRITE).await?;
    let mut conn = ctx.store.read().await.or_internal()?;
    let row = load(&mut conn, &access, id).await?;
    drop(conn);
    if row.status != ObjectStatus::Active {
        return Err(AppError::conflict("A paused integration is not checked. Resume it first."));
    }
    if !present::manifest_of(&row).is_some_and(|manifest| manifest.installable) {
        return Err(AppError::conflict(
            "Checking this provider is not built yet in this version. Its status stays as it is.",
        ));
    }
    run(ctx, &permit, &row, true).await?;
    let mut conn = ctx.store.read().await.or_internal()?;
    Ok(present::any(&load(&mut conn, &access, id).await?))
}

/// Checks an installation as a job; one that is gone or paused meanwhile is left alone.
///
/// # Errors
/// When the database refuses; the job is tried again.
pub async fn check_as_job(ctx: &Ctx, id: InstallationId) -> Outcome<()> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let row = store::installations::by_id(&mut conn, id).await.or_internal()?;
    let Some(row) = row.filter(|row| row.status == ObjectStatus::Active) else { return Ok(()) };
    let organization = store::organizations::by_id(&mut conn, row.organization_id).await.or_internal()?;
    drop(conn);
    let permit = Permit::trusted(&Actor::system(), organization)?;
    run(ctx, &permit, &row, false).await
}

/// Puts a job into the queue for each installation whose check is due.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue_due(ctx: &Ctx) -> Outcome<usize> {
    let now = ctx.now();
    let mut conn = ctx.store.read().await.or_internal()?;
    let due = store::installations::due_for_check(&mut conn, now, 100).await.or_internal()?;
    drop(conn);
    if due.is_empty() {
        return Ok(0);
    }
    let mut conn = ctx.store.write().await.or_internal()?;
    for id in &due {
        let key = format!("check:{id}");
        let work = Work::CheckHealth { installation: id.0 };
        store::jobs::put(&mut conn, &work, Some(&key), now, now).await.or_internal()?;
        store::installations::postpone_check(&mut conn, *id, now.plus(jittered(ctx, CHECK_EVERY)))
            .await
            .or_internal()?;
    }
    conn.commit().await.or_internal()?;
    Ok(due.len())
}

/// Asks the provider whether a credential works and whose it is; answers also how long it took, in milliseconds.
pub(super) async fn probe(
    ctx: &Ctx,
    manifest: &Manifest,
    connection: &ConfigData,
    secrets: &Secrets,
) -> (Result<Account, CheckError>, i64) {
    let endpoint = ctx.settings.endpoints.get(&manifest.key).map(String::as_str);
    let begin = Instant::now();
    let account = providers::connect::check(&ctx.outbound, manifest, endpoint, connection, secrets).await;
    (account, i64::try_from(begin.elapsed().as_millis()).unwrap_or(i64::MAX))
}

/// Between 80 and 120 per cent of a length, so that checks do not all fall on one moment.
fn jittered(ctx: &Ctx, length: i64) -> i64 {
    let [byte] = ctx.random::<1>();
    length * 8 / 10 + length * 4 / 10 * i64::from(byte) / 255
}

/// Checks and writes what was found. What somebody asked for, and every change of health, is audited.
async fn run(ctx: &Ctx, permit: &Permit, row: &Installation, asked: bool) -> Outcome<()> {
    let Some(manifest) = present::manifest_of(row).filter(|manifest| manifest.installable) else { return Ok(()) };
    let secrets = secrets_of(ctx, row).await?;
    let empty = ConfigData::new();
    let connection = row.config.0.get(CONNECTION).and_then(Value::as_object).unwrap_or(&empty);
    let (found, duration_ms) = probe(ctx, manifest, connection, &secrets).await;
    let (health, reason) = match &found {
        Ok(account) if account.external_id != row.external_id => (
            Health::NeedsReauth,
            Some(format!("The stored credential now belongs to another account ({}).", account.name)),
        ),
        Ok(_) => (Health::Healthy, None),
        Err(CheckError::Missing { .. }) => {
            (Health::NeedsReauth, Some("There is no stored credential. Connect it again.".to_owned()))
        }
        Err(error) => (error.health(), Some(error.to_string())),
    };
    let now = ctx.now();
    let mut change = Change::begin(ctx, permit).await?;
    let check = HealthCheck { checked_at: now, health, reason: reason.clone(), duration_ms };
    let next = now.plus(jittered(ctx, CHECK_EVERY));
    store::health::insert(&mut change.conn, row.id, &check).await.or_internal()?;
    store::installations::set_health(&mut change.conn, row.id, health, reason.as_deref(), now, Some(next))
        .await
        .or_internal()?;
    if let (Ok(account), Health::Healthy) = (&found, health) {
        store::installations::set_facts(&mut change.conn, row.id, &account.facts).await.or_internal()?;
    }
    if !asked && (row.health, &row.health_reason) == (health, &reason) {
        return change.commit_unremarked(Topic::Integration, &row.provider).await;
    }
    change
        .commit(Record {
            action: "integration.check",
            target_kind: TARGET,
            target_id: row.id.to_string(),
            summary: match &reason {
                None => "checked the connection: it works".to_owned(),
                Some(reason) => format!("checked the connection: {reason}"),
            },
            event: Some((Topic::Integration, row.provider.clone())),
        })
        .await
}

/// The opened secrets of an installation.
async fn secrets_of(ctx: &Ctx, row: &Installation) -> Outcome<Secrets> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let mut secrets = BTreeMap::new();
    for credential in store::credentials::of_installation(&mut conn, row.id).await.or_internal()? {
        let secret = ctx.vault.open(&mut conn, row.organization_id, &credential).await?;
        secrets.insert(credential.field, secret);
    }
    Ok(Secrets(secrets))
}
