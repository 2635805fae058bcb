//! Durable jobs.

use super::{Conn, query};
use domain::Timestamp;
use domain::ids::JobId;
use domain::jobs::{Job, Work};

/// Adds a job, or moves the waiting one with the same key to the new time.
#[query]
pub async fn put(
    conn: &mut Conn,
    work: &Work,
    unique_key: Option<&str>,
    run_at: Timestamp,
    now: Timestamp,
) -> sqlx::Result<JobId> {
    sqlx::query_scalar!(
        "insert into jobs (work, unique_key, run_at, attempts, locked_until, created_at)
         values ($1, $2, $3, 0, 0, $4)
         on conflict (unique_key) do update set run_at = excluded.run_at, attempts = 0
         returning id as \"id!\"",
        work.to_string(),
        unique_key,
        run_at.0,
        now.0
    )
    .fetch_one(conn)
    .await
}

/// Claims the job that has waited longest until `locked_until`, after which another worker may take it.
///
/// Two workers may pick the same row; the second sees it locked, gets nothing and asks again.
#[query]
pub async fn claim(conn: &mut Conn, now: Timestamp, locked_until: Timestamp) -> sqlx::Result<Option<Job>> {
    sqlx::query_as!(
        Job,
        "update jobs set locked_until = $2, attempts = attempts + 1
         where locked_until <= $1 and id = (
             select id from jobs where run_at <= $1 and locked_until <= $1 order by run_at, id limit 1)
         returning id, work, attempts",
        now.0,
        locked_until.0
    )
    .fetch_optional(conn)
    .await
}

/// The job is done.
#[query]
pub async fn delete(conn: &mut Conn, id: JobId) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from jobs where id = $1", id.0).execute(conn).await?.rows_affected())
}

/// The job with this key is not wanted any more.
#[query]
pub async fn delete_by_key(conn: &mut Conn, unique_key: &str) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from jobs where unique_key = $1", unique_key).execute(conn).await?.rows_affected())
}

/// The job failed and is tried again later.
#[query]
pub async fn retry(conn: &mut Conn, id: JobId, run_at: Timestamp, error: &str) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update jobs set run_at = $2, locked_until = 0, last_error = $3 where id = $1",
        id.0,
        run_at.0,
        error
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Whether a job could be claimed now.
#[query]
pub async fn is_waiting(conn: &mut Conn, now: Timestamp) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        "select exists (select 1 from jobs where run_at <= $1 and locked_until <= $1) as \"found!: bool\"",
        now.0
    )
    .fetch_one(conn)
    .await
}
