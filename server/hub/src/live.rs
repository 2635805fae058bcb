//! The live stream: events from the database to every open page.
//!
//! Events are rows, written with the change they tell of. One task per process reads new rows and broadcasts them: at
//! once when this process wrote them, within half a second when another replica or the command line did.

use crate::access::{self, Access};
use crate::actor::Actor;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use domain::Outcome;
use domain::events::Event;
use domain::ids::EventId;
use domain::roles::Need;
use domain::slug::OrgSlug;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::{Notify, broadcast, watch};

/// How long another process's change may go unseen.
const POLL: Duration = Duration::from_millis(500);
/// How far back each look goes: two transactions may commit in the other order than their ids.
const OVERLAP: i64 = 100;
/// How many events are read at once.
const BATCH: i64 = 1_000;

/// The broadcaster of a process.
pub struct Live {
    sender: broadcast::Sender<Event>,
    written: Notify,
    closed: watch::Sender<bool>,
}

impl Default for Live {
    fn default() -> Self {
        Self { sender: broadcast::channel(1_024).0, written: Notify::new(), closed: watch::channel(false).0 }
    }
}

impl Live {
    /// This process wrote an event.
    pub fn wake(&self) {
        self.written.notify_one();
    }

    /// The server stops: every open stream ends, and its browser connects again elsewhere or later.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }
}

/// Reads and broadcasts events until the task is dropped.
///
/// # Errors
/// When the database cannot be read at the start.
pub async fn run(ctx: &Ctx) -> Outcome<()> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let mut last = store::events::newest(&mut conn).await.or_internal()?;
    let mut seen: BTreeSet<i64> = store::events::after(&mut conn, EventId(last - OVERLAP), BATCH)
        .await
        .or_internal()?
        .iter()
        .map(|e| e.id.0)
        .collect();
    drop(conn);
    loop {
        let _ = tokio::time::timeout(POLL, ctx.live.written.notified()).await;
        let Ok(mut conn) = ctx.store.read().await.or_internal() else { continue };
        let Ok(events) = store::events::after(&mut conn, EventId(last - OVERLAP), BATCH).await.or_internal() else {
            continue;
        };
        drop(conn);
        for event in events.into_iter().filter(|event| seen.insert(event.id.0)) {
            last = last.max(event.id.0);
            // Nobody listening is no error.
            let _ = ctx.live.sender.send(event);
        }
        seen = seen.split_off(&(last - OVERLAP));
    }
}

/// The newest event so far: a page that was made now has missed nothing before it.
///
/// # Errors
/// When the database cannot be read.
pub async fn newest(ctx: &Ctx) -> Outcome<EventId> {
    let mut conn = ctx.store.read().await.or_internal()?;
    store::events::newest(&mut conn).await.or_internal().map(EventId)
}

/// One page's stream.
pub struct Subscription {
    access: Access,
    receiver: broadcast::Receiver<Event>,
    closed: watch::Receiver<bool>,
    missed: std::vec::IntoIter<Event>,
}

/// Begins a stream of an organization's events, after the last one the page saw if it says so.
///
/// # Errors
/// When the actor may not enter the organization.
pub async fn subscribe(ctx: &Ctx, actor: &Actor, slug: &OrgSlug, last: Option<EventId>) -> Outcome<Subscription> {
    let access = access::open(ctx, actor, slug).await?;
    access.permit(ctx, Need::ORG_READ).await?;
    // Listen first, then read what was missed: nothing falls in between.
    let receiver = ctx.live.sender.subscribe();
    let mut conn = ctx.store.read().await.or_internal()?;
    let missed = match last {
        Some(last) => store::events::after(&mut conn, last, BATCH).await.or_internal()?,
        None => Vec::new(),
    };
    let org = access.organization.id;
    let missed: Vec<_> = missed.into_iter().filter(|event| event.organization_id == org).collect();
    Ok(Subscription { access, receiver, closed: ctx.live.closed.subscribe(), missed: missed.into_iter() })
}

impl Subscription {
    /// The next event; none when the stream has ended: the server stops, the actor may not see it any more, or the page
    /// fell too far behind and should connect again.
    pub async fn next(&mut self, ctx: &Ctx) -> Option<Event> {
        if let Some(event) = self.missed.next() {
            return Some(event);
        }
        loop {
            let event = tokio::select! {
                event = self.receiver.recv() => event.ok()?,
                _ = self.closed.wait_for(|closed| *closed) => return None,
            };
            if event.organization_id != self.access.organization.id {
                continue;
            }
            // Whoever was removed a moment ago learns nothing of what came after.
            access::open(ctx, &self.access.actor, &self.access.organization.slug).await.ok()?;
            return Some(event);
        }
    }
}
