//! Sessions.

use super::{Conn, query};
use domain::Timestamp;
use domain::ids::{SessionId, UserId};
use domain::sessions::Session;

/// Begins a session.
#[query]
pub async fn insert(
    conn: &mut Conn,
    token_hash: &str,
    user: UserId,
    address: Option<&str>,
    user_agent: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<SessionId> {
    sqlx::query_scalar!(
        "insert into sessions (token_hash, user_id, address, user_agent, created_at, last_seen_at)
         values ($1, $2, $3, $4, $5, $5) returning id as \"id!\"",
        token_hash,
        user.0,
        address,
        user_agent,
        now.0
    )
    .fetch_one(conn)
    .await
}

/// The session with this token, live or not.
#[query]
pub async fn by_token_hash(conn: &mut Conn, token_hash: &str) -> sqlx::Result<Option<Session>> {
    sqlx::query_as!(
        Session,
        "select id, user_id, created_at, last_seen_at from sessions where token_hash = $1",
        token_hash
    )
    .fetch_optional(conn)
    .await
}

/// Notes that the session was used.
#[query]
pub async fn touch(conn: &mut Conn, id: SessionId, now: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!("update sessions set last_seen_at = $2 where id = $1", id.0, now.0)
        .execute(conn)
        .await?
        .rows_affected())
}

/// Ends the session with this token.
#[query]
pub async fn delete(conn: &mut Conn, token_hash: &str) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from sessions where token_hash = $1", token_hash).execute(conn).await?.rows_affected())
}

/// Forgets sessions that ended: not seen since `seen_before`, or begun before `begun_before`.
#[query]
pub async fn delete_ended(conn: &mut Conn, seen_before: Timestamp, begun_before: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from sessions where last_seen_at < $1 or created_at < $2", seen_before.0, begun_before.0)
        .execute(conn)
        .await?
        .rows_affected())
}
