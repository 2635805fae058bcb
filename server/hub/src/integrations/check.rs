//! Checking whether a connection works: on demand and on a schedule.

use super::{health, load, present, record};
use crate::access;
use crate::access::Permit;
use crate::actor::Actor;
use crate::change::Change;
use crate::connection::Connection;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::grants;
use domain::catalogue::Manifest;
use domain::events::Topic;
use domain::ids::{InstallationId, IntegrationId};
use domain::integrations::{Account, Health, HealthCheck, Installation, Integration, ObjectStatus};
use domain::jobs::Work;
use domain::roles::Need;
use domain::sign_in::Auth;
use domain::slug::OrgSlug;
use domain::time::MINUTE;
use domain::{AppError, Outcome, Timestamp};
use providers::connect::CheckError;
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
    let permit = access::system(&mut conn, row.organization_id).await?;
    drop(conn);
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

/// Between 80 and 120 per cent of a length, so that checks do not all fall on one moment.
fn jittered(ctx: &Ctx, length: i64) -> i64 {
    length * 8 / 10 + jitter(ctx, length * 4 / 10)
}

/// Something between nothing and a length.
pub(crate) fn jitter(ctx: &Ctx, length: i64) -> i64 {
    let [byte] = ctx.random::<1>();
    length * i64::from(byte) / 255
}

/// Checks and writes what was found. What somebody asked for, and every change of health, is audited.
async fn run(ctx: &Ctx, permit: &Permit, row: &Installation, asked: bool) -> Outcome<()> {
    let Some(manifest) = present::manifest_of(row).filter(|manifest| manifest.installable) else { return Ok(()) };
    let begun = ctx.now();
    if !asked && let Some(until) = left_alone_until(ctx, manifest, row).await? {
        let mut conn = ctx.store.write().await.or_internal()?;
        let next = until.plus(jitter(ctx, MINUTE));
        store::installations::postpone_check(&mut conn, row.id, next).await.or_internal()?;
        return conn.commit().await.or_internal();
    }
    let begin = Instant::now();
    let found = look(ctx, row).await?;
    let duration_ms = i64::try_from(begin.elapsed().as_millis()).unwrap_or(i64::MAX);
    // A renewal on the way may have found out already what is wrong, and told it.
    let mut conn = ctx.store.read().await.or_internal()?;
    let Some(row) = &store::installations::by_id(&mut conn, row.id).await.or_internal()? else { return Ok(()) };
    drop(conn);
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
    note_circuit(&mut change, manifest, row, health, now).await?;
    let check = HealthCheck { checked_at: now, health, reason: reason.clone(), duration_ms };
    let next = now.plus(jittered(ctx, CHECK_EVERY));
    let written = health::write(ctx, &mut change, row, &check, begun, Some(next)).await?;
    if let (Ok(account), Health::Healthy, true) = (&found, health, written) {
        store::installations::set_facts(&mut change.conn, row.id, &account.facts).await.or_internal()?;
    }
    if !asked && (!written || (row.health, &row.health_reason) == (health, &reason)) {
        return change.commit_unremarked(Topic::Integration, &row.provider).await;
    }
    let summary = match &reason {
        None => "checked the connection: it works".to_owned(),
        Some(reason) => format!("checked the connection: {reason}"),
    };
    change.commit(record("integration.check", row, summary)).await
}

/// Asks the provider; a token that it refuses although it should be good is renewed once. A few say "not allowed" where
/// they mean that, so that is tried too, but only when it is new.
async fn look(ctx: &Ctx, row: &Installation) -> Outcome<Result<Account, CheckError>> {
    let shown = grants::shown(ctx, &[row]).await?;
    let first = ask(ctx, row).await?;
    let may_be_the_token = match &first {
        Err(CheckError::TokenRefused { .. }) => true,
        Err(CheckError::NotAllowed { .. }) => row.health != Health::NeedsReauth,
        _ => false,
    };
    if !may_be_the_token {
        return Ok(first);
    }
    match grants::refused(ctx, row, &shown).await? {
        Some(Ok(())) => ask(ctx, row).await,
        // Two refusals in a row, the second in words that tell nothing: the first one stands.
        None | Some(Err(CheckError::Refused { .. })) => Ok(first),
        Some(Err(error)) => Ok(Err(error)),
    }
}

async fn ask(ctx: &Ctx, row: &Installation) -> Outcome<Result<Account, CheckError>> {
    let connection = match Connection::open(ctx, row).await? {
        Ok(connection) => connection,
        Err(error) => return Ok(Err(error)),
    };
    let known = present::account(row);
    Ok(providers::connect::health(&connection.provider(), connection.form(), &connection.secrets, &known).await)
}

/// Until when the provider of an installation is left alone, if it is.
async fn left_alone_until(ctx: &Ctx, manifest: &Manifest, row: &Installation) -> Outcome<Option<Timestamp>> {
    if !is_shared(manifest, row) {
        return Ok(None);
    }
    let mut conn = ctx.store.read().await.or_internal()?;
    let circuit = store::circuits::find(&mut conn, &manifest.key).await.or_internal()?;
    Ok(circuit.filter(|circuit| circuit.is_open(ctx.now())).map(|circuit| circuit.open_until))
}

async fn note_circuit(
    change: &mut Change<'_>,
    manifest: &Manifest,
    row: &Installation,
    health: Health,
    now: Timestamp,
) -> Outcome<()> {
    if !is_shared(manifest, row) {
        return Ok(());
    }
    let circuit = store::circuits::find(&mut change.conn, &manifest.key).await.or_internal()?;
    match (health, circuit) {
        (Health::Unreachable, circuit) => {
            let circuit = circuit.unwrap_or_default().failed(now);
            store::circuits::put(&mut change.conn, &manifest.key, circuit).await.or_internal()?;
        }
        (_, Some(_)) => drop(store::circuits::close(&mut change.conn, &manifest.key).await.or_internal()?),
        (_, None) => {}
    }
    Ok(())
}

/// Whether all installations of the provider are at one address: a server of somebody's own says nothing about others.
fn is_shared(manifest: &Manifest, row: &Installation) -> bool {
    !matches!(manifest.auth, Auth::Database { .. }) && !grants::connection(row).contains_key("base_url")
}
