//! Events of links: the queue and the log.

use super::{Conn, query};
use domain::Timestamp;
use domain::ids::{InstallationId, LinkId, SyncEventId};
use domain::issue_sync::{Aspect, EventStatus, IssueLink, Payload, Side, SyncEvent};

/// Adds a waiting event. The link has to be woken in the same transaction.
#[query]
#[expect(clippy::too_many_arguments, reason = "one per column")]
pub async fn insert(
    conn: &mut Conn,
    link: &IssueLink,
    side: Side,
    aspect: Aspect,
    payload: &Payload,
    actor: Option<&str>,
    vendor_at: Option<Timestamp>,
    now: Timestamp,
) -> sqlx::Result<SyncEventId> {
    sqlx::query_scalar!(
        "insert into sync_events (organization_id, tracker_id, link_id, subject, side, aspect, payload, actor,
             vendor_at, status, attempts, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', 0, $10) returning id as \"id!\"",
        link.organization_id.0,
        link.tracker_id.0,
        link.id.0,
        link.subject(),
        side.as_str(),
        aspect.as_str(),
        payload.to_string(),
        actor,
        vendor_at.map(|at| at.0),
        now.0
    )
    .fetch_one(conn)
    .await
}

/// The event with this id.
#[query]
pub async fn by_id(conn: &mut Conn, tracker: InstallationId, id: SyncEventId) -> sqlx::Result<Option<SyncEvent>> {
    sqlx::query_as!(
        SyncEvent,
        "select id, link_id, subject, side, aspect, payload, actor, vendor_at, status, sentence, attempts, created_at,
             finished_at
         from sync_events where tracker_id = $1 and id = $2",
        tracker.0,
        id.0
    )
    .fetch_optional(conn)
    .await
}

/// Begins a try of a link's first waiting event: whoever comes after a crash sees that it was begun.
#[query]
pub async fn begin_first(conn: &mut Conn, link: LinkId) -> sqlx::Result<Option<SyncEvent>> {
    sqlx::query_as!(
        SyncEvent,
        "update sync_events set attempts = attempts + 1
         where id = (select id from sync_events where link_id = $1 and status = 'waiting' order by id limit 1)
         returning id, link_id, subject, side, aspect, payload, actor, vendor_at, status, sentence, attempts, created_at,
             finished_at",
        link.0
    )
    .fetch_optional(conn)
    .await
}

/// When a side last changed, by its own clock, as far as it told.
#[query]
pub async fn newest_at(conn: &mut Conn, link: LinkId, side: Side, aspect: Aspect) -> sqlx::Result<Option<Timestamp>> {
    sqlx::query_scalar!(
        "select vendor_at as \"at?: Timestamp\" from sync_events
         where link_id = $1 and side = $2 and aspect = $3 and vendor_at is not null
         order by vendor_at desc limit 1",
        link.0,
        side.as_str(),
        aspect.as_str()
    )
    .fetch_optional(conn)
    .await
    .map(Option::flatten)
}

/// Writes what became of an event.
#[query]
pub async fn finish(
    conn: &mut Conn,
    id: SyncEventId,
    status: EventStatus,
    sentence: &str,
    now: Timestamp,
) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update sync_events set status = $2, sentence = $3, finished_at = $4 where id = $1",
        id.0,
        status.as_str(),
        sentence,
        now.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Takes an event out of the log.
#[query]
pub async fn delete(conn: &mut Conn, id: SyncEventId) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from sync_events where id = $1", id.0).execute(conn).await?.rows_affected())
}

/// What the events of a link and aspect carry.
#[query]
pub async fn payloads(conn: &mut Conn, link: LinkId, aspect: Aspect) -> sqlx::Result<Vec<Payload>> {
    sqlx::query_scalar!(
        "select payload as \"payload: Payload\" from sync_events where link_id = $1 and aspect = $2 order by id",
        link.0,
        aspect.as_str()
    )
    .fetch_all(conn)
    .await
}

/// What the newest ended event of a link and aspect says.
#[query]
pub async fn newest_sentence(conn: &mut Conn, link: LinkId, aspect: Aspect) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        "select sentence from sync_events where link_id = $1 and aspect = $2 and status <> 'waiting'
         order by id desc limit 1",
        link.0,
        aspect.as_str()
    )
    .fetch_optional(conn)
    .await
    .map(Option::flatten)
}

/// Writes why the last try failed; it goes on waiting.
#[query]
pub async fn explain(conn: &mut Conn, id: SyncEventId, sentence: &str) -> sqlx::Result<u64> {
    Ok(sqlx::query!("update sync_events set sentence = $2 where id = $1 and status = 'waiting'", id.0, sentence)
        .execute(conn)
        .await?
        .rows_affected())
}

/// A failed event waits again.
#[query]
pub async fn retry(conn: &mut Conn, id: SyncEventId) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update sync_events set status = 'waiting', finished_at = null
         where id = $1 and status = 'failed' and link_id is not null",
        id.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Events of a link that still wait, or failed, are given up because it is unlinked.
#[query]
pub async fn give_up(conn: &mut Conn, link: LinkId, sentence: &str, now: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update sync_events set status = 'skipped', sentence = $2, finished_at = $3
         where link_id = $1 and status in ('waiting', 'failed')",
        link.0,
        sentence,
        now.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// A tracker's log, newest first.
#[query]
pub async fn log(
    conn: &mut Conn,
    tracker: InstallationId,
    status: Option<EventStatus>,
    link: Option<LinkId>,
    before: SyncEventId,
    limit: i64,
) -> sqlx::Result<Vec<SyncEvent>> {
    sqlx::query_as!(
        SyncEvent,
        "select id, link_id, subject, side, aspect, payload, actor, vendor_at, status, sentence, attempts, created_at,
             finished_at
         from sync_events
         where tracker_id = $1 and (cast($2 as text) is null or status = $2)
             and (cast($3 as bigint) is null or link_id = $3) and id < $4
         order by id desc limit $5",
        tracker.0,
        status.map(|status| status.as_str()),
        link.map(|link| link.0),
        before.0,
        limit
    )
    .fetch_all(conn)
    .await
}

/// How many lines of a status a tracker's log has, of a link or of all.
#[query]
pub async fn count(
    conn: &mut Conn,
    tracker: InstallationId,
    status: EventStatus,
    link: Option<LinkId>,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "select count(*) as \"count!: i64\" from sync_events
         where tracker_id = $1 and status = $2 and (cast($3 as bigint) is null or link_id = $3)",
        tracker.0,
        status.as_str(),
        link.map(|link| link.0)
    )
    .fetch_one(conn)
    .await
}

/// Forgets what ended before a point in time.
#[query]
pub async fn delete_before(conn: &mut Conn, before: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from sync_events where status <> 'waiting' and created_at < $1", before.0)
        .execute(conn)
        .await?
        .rows_affected())
}
