//! Health checks: what each run found.

use super::{Conn, query};
use domain::Timestamp;
use domain::ids::InstallationId;
use domain::integrations::HealthCheck;

/// Notes a run.
#[query]
pub async fn insert(conn: &mut Conn, installation: InstallationId, check: &HealthCheck) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "insert into health_checks (installation_id, health, reason, duration_ms, checked_at)
         values ($1, $2, $3, $4, $5)",
        installation.0,
        check.health.as_str(),
        check.reason.as_deref(),
        check.duration_ms,
        check.checked_at.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// The runs since a point in time, newest first.
#[query]
pub async fn since(conn: &mut Conn, installation: InstallationId, from: Timestamp) -> sqlx::Result<Vec<HealthCheck>> {
    sqlx::query_as!(
        HealthCheck,
        "select checked_at, health, reason, duration_ms from health_checks
         where installation_id = $1 and checked_at >= $2 order by checked_at desc, id desc",
        installation.0,
        from.0
    )
    .fetch_all(conn)
    .await
}

/// Forgets runs older than a point in time.
#[query]
pub async fn delete_before(conn: &mut Conn, before: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from health_checks where checked_at < $1", before.0).execute(conn).await?.rows_affected())
}
