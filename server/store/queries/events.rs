//! Events of the live stream.

use super::{Conn, query};
use domain::Timestamp;
use domain::events::{Event, Topic};
use domain::ids::{EventId, OrgId};

/// Adds an event, in the transaction of the change it tells of.
#[query]
pub async fn insert(
    conn: &mut Conn,
    org: OrgId,
    topic: Topic,
    subject: &str,
    actor: &str,
    now: Timestamp,
) -> sqlx::Result<EventId> {
    sqlx::query_scalar!(
        "insert into events (organization_id, topic, subject, actor, created_at)
         values ($1, $2, $3, $4, $5) returning id as \"id!\"",
        org.0,
        topic.as_str(),
        subject,
        actor,
        now.0
    )
    .fetch_one(conn)
    .await
}

/// Events of every organization after the given one, oldest first.
#[query]
pub async fn after(conn: &mut Conn, last: EventId, limit: i64) -> sqlx::Result<Vec<Event>> {
    sqlx::query_as!(
        Event,
        "select id, organization_id, topic, subject, actor from events where id > $1 order by id limit $2",
        last.0,
        limit
    )
    .fetch_all(conn)
    .await
}

/// The newest event's id, or 0.
#[query]
pub async fn newest(conn: &mut Conn) -> sqlx::Result<i64> {
    sqlx::query_scalar!("select cast(coalesce(max(id), 0) as bigint) as \"id!: i64\" from events").fetch_one(conn).await
}

/// Forgets events that no browser will ask for again.
#[query]
pub async fn delete_before(conn: &mut Conn, before: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from events where created_at < $1", before.0).execute(conn).await?.rows_affected())
}
