//! The worker: claims a link that is due, goes through its waiting events in order, and puts it back.
//!
//! A claim is a lease with a fence (the link's version), so that of all processes one works on a link, and one that was
//! taken for dead writes nothing any more. An event whose side does not answer stays first in its line: nothing behind
//! it is carried before it, however long that takes.

use super::carry::{Ended, Ends, carry};
use super::{Client, gate, looks};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::grants;
use crate::integrations::present;
use domain::events::Topic;
use domain::ids::LinkId;
use domain::integrations::{Installation, ObjectStatus};
use domain::issue_sync::{EventStatus, IssueLink, SyncEvent};
use domain::jobs::backoff;
use domain::time::MINUTE;
use domain::{Outcome, Timestamp};
use providers::connect::CheckError;
use std::time::Duration;
use store::Conn;
use tokio::task::JoinSet;

/// A worker that has said nothing for so long is taken for dead.
const LEASE: i64 = 3 * MINUTE;
/// How often one says something.
const BEAT: Duration = Duration::from_secs(60);
/// Links worked on at once, in a process.
const AT_ONCE: usize = 8;
/// How often it looks for events that another process took in.
const LOOK: Duration = Duration::from_millis(500);

/// Works until the task is dropped.
pub async fn run(ctx: &Ctx) {
    let mut working = JoinSet::new();
    loop {
        let claimed = match working.len() < AT_ONCE {
            // The cause of a failure is in the log; the next look tries again.
            true => claim(ctx).await.ok().flatten(),
            false => None,
        };
        match claimed {
            Some((link, event)) => {
                let ctx = ctx.clone();
                working.spawn(async move { drop(work_on(&ctx, link, event).await) });
            }
            None => tokio::select! {
                Some(_) = working.join_next() => {}
                () = ctx.sync_wake.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            },
        }
    }
}

/// Works on one link that is due. Answers whether there was one.
///
/// # Errors
/// When the database refuses.
pub async fn run_one(ctx: &Ctx) -> Outcome<bool> {
    match claim(ctx).await? {
        Some((link, event)) => work_on(ctx, link, event).await.map(|()| true),
        None => Ok(false),
    }
}

/// Frees what a process of before held when it was killed. Only for a database that no other process uses.
///
/// # Errors
/// When the database refuses.
pub async fn release_all(ctx: &Ctx) -> Outcome<()> {
    if ctx.store.is_shared() {
        return Ok(());
    }
    let mut conn = ctx.store.write().await.or_internal()?;
    store::issue_links::release_all(&mut conn).await.or_internal()?;
    store::project_information::release_all(&mut conn).await.or_internal()?;
    conn.commit().await.or_internal()
}

/// A claimed link, and its first event, which is begun.
async fn claim(ctx: &Ctx) -> Outcome<Option<(IssueLink, SyncEvent)>> {
    let now = ctx.now();
    // Most of the time nothing waits: look without taking the writer's turn.
    let mut conn = ctx.store.read().await.or_internal()?;
    if !store::issue_links::is_waiting(&mut conn, now).await.or_internal()? {
        return Ok(None);
    }
    drop(conn);
    loop {
        let mut conn = ctx.store.write().await.or_internal()?;
        // The claim takes the row: an event that is being added at this moment is seen here, or wakes the link after this.
        let Some(link) = store::issue_links::claim(&mut conn, now, now.plus(LEASE)).await.or_internal()? else {
            return Ok(None);
        };
        if let Some(event) = store::sync_events::begin_first(&mut conn, link.id).await.or_internal()? {
            conn.commit().await.or_internal()?;
            return Ok(Some((link, event)));
        }
        store::issue_links::release(&mut conn, link.id, link.version, None, 0).await.or_internal()?;
        conn.commit().await.or_internal()?;
    }
}

/// What comes after an event.
enum Next {
    /// The next one, begun already.
    Event(Box<SyncEvent>),
    /// Nothing waits, or it waits for its time, or somebody else took the link over.
    Nothing,
}

async fn work_on(ctx: &Ctx, mut link: IssueLink, mut event: SyncEvent) -> Outcome<()> {
    while let Next::Event(next) = one(ctx, &mut link, &event).await? {
        event = *next;
    }
    ctx.live.wake();
    Ok(())
}

/// Pages that show the link look again.
async fn tell(conn: &mut Conn, link: &IssueLink, provider: &str, now: Timestamp) -> Outcome<()> {
    let org = link.organization_id;
    store::events::insert(conn, org, Topic::Integration, provider, "Issue sync", now).await.or_internal().map(drop)
}

/// One event.
async fn one(ctx: &Ctx, link: &mut IssueLink, event: &SyncEvent) -> Outcome<Next> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let sentry = store::installations::by_id(&mut conn, link.sentry_id).await.or_internal()?;
    let tracker = store::installations::by_id(&mut conn, link.tracker_id).await.or_internal()?;
    let organization = store::organizations::by_id(&mut conn, link.organization_id).await.or_internal()?;
    drop(conn);
    // Rows that are gone took the link along.
    let (Some(sentry), Some(tracker), Some(organization)) = (sentry, tracker, organization) else {
        return Ok(Next::Nothing);
    };
    let key = tracker.provider.as_str();
    if [&sentry, &tracker].iter().any(|row| row.status != ObjectStatus::Active) {
        park(ctx, link, event, key).await?;
        return Ok(Next::Nothing);
    }
    if gate(&organization).is_some() {
        let ended = Ended::skipped("Not carried: issue sync is not among the features of this organization.");
        return finish(ctx, link, event, ended, key).await;
    }
    let (id, version) = (link.id, link.version);
    let attempted = tokio::select! {
        attempted = attempt(ctx, link, &sentry, &tracker, event) => attempted?,
        lost = hold_on(ctx, id, version) => return lost.map(|()| Next::Nothing),
    };
    match attempted {
        Ok(ended) => {
            link.failures = 0;
            finish(ctx, link, event, ended, key).await
        }
        Err(error) if waits_for_better_times(&error) => put_back(ctx, link, event, &error, key).await,
        Err(error) => {
            link.failures = 0;
            finish(ctx, link, event, Ended::failed(error.to_string()), key).await
        }
    }
}

/// Carries an event. A token that is refused although it should be good is renewed once, on either side.
async fn attempt(
    ctx: &Ctx,
    link: &mut IssueLink,
    sentry: &Installation,
    tracker: &Installation,
    event: &SyncEvent,
) -> Outcome<Result<Ended, CheckError>> {
    let mut sides = vec![sentry, tracker];
    loop {
        let shown = grants::shown(ctx, &[sentry, tracker]).await?;
        let tried = try_once(ctx, link, sentry, tracker, event).await?;
        let Err(CheckError::TokenRefused { provider }) = &tried else { return Ok(tried) };
        let is_refused = |row: &&Installation| present::manifest_of(row).is_some_and(|it| it.name == *provider);
        let Some(refused) = sides.iter().position(is_refused) else { return Ok(tried) };
        match grants::refused(ctx, sides.swap_remove(refused), &shown).await? {
            Some(Ok(())) => {}
            Some(Err(error)) => return Ok(Err(error)),
            None => return Ok(tried),
        }
    }
}

async fn try_once(
    ctx: &Ctx,
    link: &mut IssueLink,
    sentry: &Installation,
    tracker: &Installation,
    event: &SyncEvent,
) -> Outcome<Result<Ended, CheckError>> {
    let sentry = match Client::open(ctx, sentry).await? {
        Ok(client) => client,
        Err(error) => return Ok(Err(error)),
    };
    let name = present::manifest_of(tracker).map_or(tracker.provider.as_str(), |manifest| manifest.name.as_str());
    let tracker = match Client::open(ctx, tracker).await? {
        Ok(client) => client,
        Err(error) => return Ok(Err(error)),
    };
    carry(&Ends { ctx, sentry: &sentry, tracker: &tracker, name }, link, event).await
}

/// Whether trying again later may help: the side did not answer, or somebody has to sign in there again.
fn waits_for_better_times(error: &CheckError) -> bool {
    error.is_transient()
        || matches!(
            error,
            CheckError::GrantEnded { .. }
                | CheckError::GrantOver { .. }
                | CheckError::AppRefused { .. }
                | CheckError::Missing { .. }
        )
}

/// Writes what became of an event together with what is known now, and begins the next.
async fn finish(ctx: &Ctx, link: &IssueLink, event: &SyncEvent, ended: Ended, provider: &str) -> Outcome<Next> {
    let now = ctx.now();
    let mut conn = ctx.store.write().await.or_internal()?;
    if !hold(&mut conn, link, now).await? {
        return Ok(Next::Nothing);
    }
    store::issue_links::set_known(&mut conn, link).await.or_internal()?;
    match is_no_news(&mut conn, event, &ended, link).await? {
        true => store::sync_events::delete(&mut conn, event.id).await,
        false => store::sync_events::finish(&mut conn, event.id, ended.status, &ended.sentence, now).await,
    }
    .or_internal()?;
    if ended.look_again {
        looks::put(&mut conn, link, event.payload.by_the_clock, now).await?;
    }
    let next = store::sync_events::begin_first(&mut conn, link.id).await.or_internal()?;
    if next.is_none() {
        store::issue_links::release(&mut conn, link.id, link.version, None, 0).await.or_internal()?;
        tell(&mut conn, link, provider, now).await?;
    }
    conn.commit().await.or_internal()?;
    Ok(next.map_or(Next::Nothing, |event| Next::Event(Box::new(event))))
}

/// Whether a look by the clock found nothing that the log does not say already.
async fn is_no_news(conn: &mut Conn, event: &SyncEvent, ended: &Ended, link: &IssueLink) -> Outcome<bool> {
    Ok(event.payload.by_the_clock
        && match ended.status {
            EventStatus::Skipped => true,
            EventStatus::Failed => {
                let said = store::sync_events::newest_sentence(conn, link.id, event.aspect).await.or_internal()?;
                said.as_deref() == Some(&ended.sentence)
            }
            _ => false,
        })
}

/// The event stays first and is tried again later.
async fn put_back(ctx: &Ctx, link: &IssueLink, event: &SyncEvent, error: &CheckError, provider: &str) -> Outcome<Next> {
    let now = ctx.now();
    let mut conn = ctx.store.write().await.or_internal()?;
    if hold(&mut conn, link, now).await? {
        store::sync_events::explain(&mut conn, event.id, &error.to_string()).await.or_internal()?;
        let due = now.plus(backoff(link.failures));
        store::issue_links::release(&mut conn, link.id, link.version, Some(due), link.failures + 1)
            .await
            .or_internal()?;
        tell(&mut conn, link, provider, now).await?;
        conn.commit().await.or_internal()?;
    }
    Ok(Next::Nothing)
}

/// One of the connections is paused or being removed: the events wait until it is resumed.
async fn park(ctx: &Ctx, link: &IssueLink, event: &SyncEvent, provider: &str) -> Outcome<()> {
    let mut conn = ctx.store.write().await.or_internal()?;
    let now = ctx.now();
    if hold(&mut conn, link, now).await? {
        let sentence = "Waits until the paused connection is resumed.";
        store::sync_events::explain(&mut conn, event.id, sentence).await.or_internal()?;
        store::issue_links::release(&mut conn, link.id, link.version, None, 0).await.or_internal()?;
        tell(&mut conn, link, provider, now).await?;
        conn.commit().await.or_internal()?;
    }
    Ok(())
}

/// Extends the claim for as long as a try takes, however slow the sides are; ends when somebody else took the link over.
async fn hold_on(ctx: &Ctx, id: LinkId, version: i64) -> Outcome<()> {
    loop {
        tokio::time::sleep(BEAT).await;
        let mut conn = ctx.store.write().await.or_internal()?;
        let until = ctx.now().plus(LEASE);
        if store::issue_links::extend(&mut conn, id, version, until).await.or_internal()? == 0 {
            return Ok(());
        }
        conn.commit().await.or_internal()?;
    }
}

/// Whether the claim still holds. Whoever adds an event to the link waits from here on until the transaction ends.
async fn hold(conn: &mut Conn, link: &IssueLink, now: Timestamp) -> Outcome<bool> {
    let held = store::issue_links::extend(conn, link.id, link.version, now.plus(LEASE)).await.or_internal()?;
    if held == 0 {
        tracing::warn!(link.id = %link.id, "A link was taken over by another worker; what this one found is dropped");
    }
    Ok(held > 0)
}
