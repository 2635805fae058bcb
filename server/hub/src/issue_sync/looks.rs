//! Looks at both sides of a link that no webhook asked for: when it is made, after a pause or a new sign-in, when its
//! tracker's hook was made anew, and every few hours by the clock. Webhooks get lost, Sentry sends none of its own a second time, and some changes nobody tells.

use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::integrations::jitter;
use domain::catalogue::Manifest;
use domain::ids::{InstallationId, LinkId};
use domain::issue_sync::{Aspect, IssueLink, Payload, Side};
use domain::time::{HOUR, SECOND};
use domain::{Outcome, Timestamp};
use store::Conn;

/// How many links are read at once.
const PAGE: i64 = 500;
/// How long after a look the next one by the clock is due, in milliseconds.
const LOOK_EVERY: i64 = 6 * HOUR;
/// How many looks by the clock begin at once, so that they do not use up what a vendor allows.
const AT_ONCE: i64 = 50;
/// The setting that tells when a hub last looked at the clock.
const ALIVE_AT: &str = "issue_sync.alive_at";
/// How often that is written.
const ALIVE_EVERY: i64 = 10 * SECOND;
/// How long no hub may have looked at the clock before all links are looked at: what was told meanwhile is lost.
const LONGEST_SILENCE: i64 = 30 * SECOND;

/// When a link that is looked at now is looked at next.
pub(super) fn next(ctx: &Ctx) -> Timestamp {
    ctx.now().plus(LOOK_EVERY * 9 / 10 + jitter(ctx, LOOK_EVERY / 5))
}

/// Puts a look behind what already waits on a link. The link has to be woken in the same transaction.
pub(super) async fn put(conn: &mut Conn, link: &IssueLink, by_the_clock: bool, now: Timestamp) -> Outcome<()> {
    let payload = Payload { by_the_clock, ..Payload::default() };
    store::sync_events::insert(conn, link, Side::Tracker, Aspect::Catchup, &payload, None, None, now)
        .await
        .or_internal()
        .map(drop)
}

/// Begins the looks that are due by the clock; all of them after a time in which no hub was there to be told anything.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue_due(ctx: &Ctx) -> Outcome<usize> {
    note_alive(ctx).await?;
    let now = ctx.now();
    let mut conn = ctx.store.read().await.or_internal()?;
    let due = store::issue_links::to_look_at(&mut conn, now, AT_ONCE).await.or_internal()?;
    drop(conn);
    if due.is_empty() {
        return Ok(0);
    }
    let mut conn = ctx.store.write().await.or_internal()?;
    let mut begun = 0;
    for link in &due {
        if store::issue_links::put_off_look(&mut conn, link.id, now, next(ctx)).await.or_internal()? == 0 {
            continue;
        }
        put(&mut conn, link, true, now).await?;
        store::issue_links::wake(&mut conn, link.id, now).await.or_internal()?;
        begun += 1;
    }
    conn.commit().await.or_internal()?;
    ctx.sync_wake.notify_one();
    Ok(begun)
}

async fn note_alive(ctx: &Ctx) -> Outcome<()> {
    let now = ctx.now();
    let mut conn = ctx.store.read().await.or_internal()?;
    let known = store::settings::get(&mut conn, ALIVE_AT).await.or_internal()?;
    drop(conn);
    let known = known.and_then(|at| at.parse::<i64>().ok());
    let silence = known.map(|at| now.0 - at);
    if silence.is_some_and(|silence| (0..ALIVE_EVERY).contains(&silence)) {
        return Ok(());
    }
    let mut conn = ctx.store.write().await.or_internal()?;
    if silence.is_some_and(|silence| silence > LONGEST_SILENCE) {
        let links = store::issue_links::look_at_all(&mut conn, None, now).await.or_internal()?;
        tracing::info!(links, "No hub was running for a while: every link is looked at");
    }
    store::settings::put(&mut conn, ALIVE_AT, &now.0.to_string()).await.or_internal()?;
    conn.commit().await.or_internal()
}

/// Puts a look behind what already waits on each link of a connection, in the transaction that makes it active again.
pub(crate) async fn wake(conn: &mut Conn, installation: InstallationId, now: Timestamp) -> Outcome<()> {
    let mut before = LinkId(i64::MAX);
    loop {
        let links = store::issue_links::of_installation(conn, installation, before, PAGE).await.or_internal()?;
        for link in &links {
            put(conn, link, false, now).await?;
            store::issue_links::hurry(conn, link.id, now).await.or_internal()?;
        }
        match links.last() {
            Some(last) if links.len() as i64 == PAGE => before = last.id,
            _ => return Ok(()),
        }
    }
}

/// A connection was made, or made again: its hook is looked at, and its links catch up.
pub(crate) async fn connected(
    conn: &mut Conn,
    installation: InstallationId,
    manifest: &Manifest,
    now: Timestamp,
) -> Outcome<()> {
    if super::is_tracker(manifest) {
        super::hooks::enqueue(conn, installation, now).await?;
    }
    if super::is_tracker(manifest) || manifest.key == super::SENTRY {
        wake(conn, installation, now).await?;
    }
    Ok(())
}
