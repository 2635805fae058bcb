//! The sync log: reading it, and trying again what failed.

use super::links::{refused, tracker};
use crate::access;
use crate::actor::Actor;
use crate::change::Change;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::integrations::{present, record};
use domain::ids::{IntegrationId, SyncEventId};
use domain::issue_sync::{EventStatus, LogFilter, LogPage, SyncEvent};
use domain::roles::Need;
use domain::slug::OrgSlug;
use domain::{AppError, Outcome};

/// Lines on a page.
const PAGE: i64 = 100;
/// Failed lines that are tried again at once, at most.
const MANY: i64 = 1_000;

/// The log of a tracker.
///
/// # Errors
/// [`domain::Code::NotFound`] when the organization has no such tracker.
pub async fn log(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    provider: &str,
    id: IntegrationId,
    filter: LogFilter,
) -> Outcome<LogPage> {
    let access = access::open(ctx, actor, slug).await?;
    access.permit(ctx, Need::ORG_READ).await?;
    let row = tracker(ctx, &access, id).await?;
    if row.provider != provider {
        return Err(AppError::not_found("This integration"));
    }
    let LogFilter { status, link, before } = filter;
    let mut conn = ctx.store.read().await.or_internal()?;
    let from = before.unwrap_or(SyncEventId(i64::MAX));
    let mut lines = store::sync_events::log(&mut conn, row.id, status, link, from, PAGE + 1).await.or_internal()?;
    let more = lines.len() as i64 > PAGE;
    lines.truncate(PAGE as usize);
    let mut counts = Vec::new();
    for status in EventStatus::ALL {
        counts.push((*status, store::sync_events::count(&mut conn, row.id, *status, link).await.or_internal()?));
    }
    let link = match link {
        Some(link) => store::issue_links::by_id(&mut conn, link).await.or_internal()?,
        None => None,
    };
    Ok(LogPage {
        next: lines.last().filter(|_| more).map(|line| line.id),
        integration: present::any(&row),
        lines,
        counts,
        link: link.filter(|link| link.tracker_id == row.id),
        refused: refused(&access),
        now: ctx.now(),
    })
}

/// Tries an event again: one that was given up waits again, one that waits is due now.
///
/// # Errors
/// [`domain::Code::NotFound`] for a line of another tracker, [`domain::Code::Conflict`] for one that ended well.
pub async fn retry(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    id: IntegrationId,
    event: SyncEventId,
) -> Outcome<SyncEvent> {
    let access = access::open(ctx, actor, slug).await?;
    let permit = access.permit(ctx, Need::ISSUE_LINKS).await?;
    let row = tracker(ctx, &access, id).await?;
    let mut change = Change::begin(ctx, &permit).await?;
    let missing = || AppError::not_found("This line of the log");
    let found = store::sync_events::by_id(&mut change.conn, row.id, event).await.or_internal()?.ok_or_else(missing)?;
    let link = match (found.status, found.link_id) {
        (_, None) => {
            return Err(AppError::conflict(format!("{} were unlinked since. Link them again first.", found.subject)));
        }
        (EventStatus::Failed | EventStatus::Waiting, Some(link)) => link,
        _ => return Err(AppError::conflict("This line ended well. There is nothing to try again.")),
    };
    store::sync_events::retry(&mut change.conn, event).await.or_internal()?;
    store::issue_links::hurry(&mut change.conn, link, ctx.now()).await.or_internal()?;
    let now = store::sync_events::by_id(&mut change.conn, row.id, event).await.or_internal()?.ok_or_else(missing)?;
    change
        .commit(record("sync.retry", &row, format!("tried again to carry a change between {}", found.subject)))
        .await?;
    ctx.sync_wake.notify_one();
    Ok(now)
}

/// Tries again everything of a tracker that was given up. Answers how many lines that were.
///
/// # Errors
/// When the actor may not.
pub async fn retry_failed(ctx: &Ctx, actor: &Actor, slug: &OrgSlug, id: IntegrationId) -> Outcome<i64> {
    let access = access::open(ctx, actor, slug).await?;
    let permit = access.permit(ctx, Need::ISSUE_LINKS).await?;
    let row = tracker(ctx, &access, id).await?;
    let mut change = Change::begin(ctx, &permit).await?;
    let (newest, failed) = (SyncEventId(i64::MAX), Some(EventStatus::Failed));
    let lines = store::sync_events::log(&mut change.conn, row.id, failed, None, newest, MANY).await.or_internal()?;
    let mut count = 0;
    for (line, link) in lines.iter().filter_map(|line| Some((line, line.link_id?))) {
        store::sync_events::retry(&mut change.conn, line.id).await.or_internal()?;
        store::issue_links::hurry(&mut change.conn, link, ctx.now()).await.or_internal()?;
        count += 1;
    }
    if count > 0 {
        let summary = format!("tried again {count} changes that could not be carried");
        change.commit(record("sync.retry", &row, summary)).await?;
        ctx.sync_wake.notify_one();
    }
    Ok(count)
}
