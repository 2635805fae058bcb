//! The exact log behind the rate limit, for several replicas on one database.

use super::{Conn, query};
use domain::Timestamp;

/// Takes the caller's row, and with it the lock that makes counting and adding one step.
#[query]
pub async fn lock(conn: &mut Conn, caller: &str, now: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "insert into rate_limit_callers (caller, touched_at) values ($1, $2)
         on conflict (caller) do update set touched_at = excluded.touched_at",
        caller,
        now.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Forgets accepted requests that no window holds any more.
#[query]
pub async fn forget(conn: &mut Conn, caller: &str, before: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from rate_limit_log where caller = $1 and accepted_at <= $2", caller, before.0)
        .execute(conn)
        .await?
        .rows_affected())
}

/// The accepted requests of the caller, oldest first.
#[query]
pub async fn accepted(conn: &mut Conn, caller: &str) -> sqlx::Result<Vec<Timestamp>> {
    sqlx::query_scalar!("select accepted_at from rate_limit_log where caller = $1 order by accepted_at, id", caller)
        .fetch_all(conn)
        .await
}

/// Notes an accepted request.
#[query]
pub async fn accept(conn: &mut Conn, caller: &str, now: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!("insert into rate_limit_log (caller, accepted_at) values ($1, $2)", caller, now.0)
        .execute(conn)
        .await?
        .rows_affected())
}

/// Accepts one more request of the caller if fewer than `limit` were accepted in the last `window` milliseconds.
/// Answers the accepted ones, this one included if it was, oldest first.
pub async fn take(
    conn: &mut Conn,
    caller: &str,
    limit: usize,
    window: i64,
    now: Timestamp,
) -> sqlx::Result<(bool, Vec<Timestamp>)> {
    lock(conn, caller, now).await?;
    forget(conn, caller, now.plus(-window)).await?;
    let mut log = accepted(conn, caller).await?;
    let accepted = log.len() < limit;
    if accepted {
        accept(conn, caller, now).await?;
        log.push(now);
    }
    Ok((accepted, log))
}
