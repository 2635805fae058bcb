//! Durable jobs: claimed one at a time, done, or put back with a longer wait.

use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::{grants, integrations, issue_sync, mail};
use domain::Outcome;
use domain::ids::{InstallationId, MailId};
use domain::jobs::{Job, MAX_ATTEMPTS, Work, backoff};
use domain::time::{DAY, HOUR, MINUTE};

/// A worker that has not finished after this long is taken for dead, in milliseconds.
const LEASE: i64 = 5 * MINUTE;

/// Does one waiting job. Answers whether there was one.
///
/// # Errors
/// When the database refuses; a job that fails is no error but is put back.
pub async fn run_one(ctx: &Ctx) -> Outcome<bool> {
    let now = ctx.now();
    // Most of the time nothing waits: look without taking the writer's turn.
    let mut conn = ctx.store.read().await.or_internal()?;
    if !store::jobs::is_waiting(&mut conn, now).await.or_internal()? {
        return Ok(false);
    }
    drop(conn);
    let mut conn = ctx.store.write().await.or_internal()?;
    let job = store::jobs::claim(&mut conn, now, now.plus(LEASE)).await.or_internal()?;
    conn.commit().await.or_internal()?;
    let Some(job) = job else { return Ok(false) };
    let done = perform(ctx, &job).await;
    let mut conn = ctx.store.write().await.or_internal()?;
    match done {
        Ok(()) => drop(store::jobs::delete(&mut conn, job.id).await.or_internal()?),
        Err(error) if job.attempts >= MAX_ATTEMPTS => {
            tracing::error!(job.id = %job.id, job.work = ?job.work, error, "A job was given up; a person has to look at it");
            store::jobs::retry(&mut conn, job.id, ctx.now().plus(365 * DAY), &error).await.or_internal()?;
        }
        Err(error) => {
            tracing::warn!(job.id = %job.id, job.work = ?job.work, job.attempts, error, "A job failed and is tried again");
            store::jobs::retry(&mut conn, job.id, ctx.now().plus(backoff(job.attempts)), &error).await.or_internal()?;
        }
    }
    conn.commit().await.or_internal()?;
    Ok(true)
}

/// Forgets what nobody needs any more; run now and then.
///
/// # Errors
/// When the database refuses.
pub async fn tidy(ctx: &Ctx) -> Outcome<()> {
    let now = ctx.now();
    crate::sessions::forget_ended(ctx).await?;
    let mut conn = ctx.store.write().await.or_internal()?;
    store::pipelines::delete_ended(&mut conn, now).await.or_internal()?;
    store::events::delete_before(&mut conn, now.plus(-DAY)).await.or_internal()?;
    store::health::delete_before(&mut conn, now.plus(-91 * DAY)).await.or_internal()?;
    store::webhook_deliveries::delete_before(&mut conn, now.plus(-DAY - HOUR)).await.or_internal()?;
    store::sync_events::delete_before(&mut conn, now.plus(-91 * DAY)).await.or_internal()?;
    conn.commit().await.or_internal()
}

async fn perform(ctx: &Ctx, job: &Job) -> Result<(), String> {
    match &job.work {
        Work::RemoveInstallation { installation } => {
            let id = InstallationId(*installation);
            integrations::remove_as_job(ctx, id, job.attempts).await.map_err(|error| error.message)
        }
        Work::CheckHealth { installation } => {
            integrations::check_as_job(ctx, InstallationId(*installation)).await.map_err(|error| error.message)
        }
        Work::RefreshGrant { installation } => {
            grants::refresh_as_job(ctx, InstallationId(*installation)).await.map_err(|error| error.message)
        }
        Work::ForgetSecrets { installation } => {
            integrations::forget_as_job(ctx, InstallationId(*installation)).await.map_err(|error| error.message)
        }
        Work::TendHook { installation } => {
            issue_sync::tend_hook(ctx, InstallationId(*installation)).await.map_err(|error| error.message)
        }
        Work::SendMail { mail } => mail::send(ctx, MailId(*mail)).await,
    }
}
