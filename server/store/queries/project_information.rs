//! What was gathered about trackers' projects, and how far gathering is.

use super::{Conn, query};
use domain::Timestamp;
use domain::ids::InstallationId;
use domain::trackers::{Gathered, ProjectInformation};

/// What is known of a tracker.
#[query]
pub async fn of_installation(conn: &mut Conn, installation: InstallationId) -> sqlx::Result<Option<Gathered>> {
    sqlx::query_as!(
        Gathered,
        "select content, gathered_at, lease_until, version, done, total, problem, failed_at
         from project_information where installation_id = $1",
        installation.0
    )
    .fetch_optional(conn)
    .await
}

/// Takes the turn to gather until `lease_until`; the version is its fence. None while somebody else is at it.
#[query]
pub async fn begin(
    conn: &mut Conn,
    installation: InstallationId,
    lease_until: Timestamp,
    now: Timestamp,
) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        "insert into project_information (installation_id, lease_until, version, done, total)
         values ($1, $2, 1, 0, 0)
         on conflict (installation_id) do update
         set lease_until = excluded.lease_until, version = project_information.version + 1, done = 0, total = 0
         where project_information.lease_until <= $3
         returning version as \"version!\"",
        installation.0,
        lease_until.0,
        now.0
    )
    .fetch_optional(conn)
    .await
}

/// How far it is.
#[query]
pub async fn progress(
    conn: &mut Conn,
    installation: InstallationId,
    version: i64,
    done: i64,
    total: i64,
    lease_until: Timestamp,
) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update project_information set done = $3, total = $4, lease_until = $5
         where installation_id = $1 and version = $2",
        installation.0,
        version,
        done,
        total,
        lease_until.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Writes what was gathered.
#[query]
pub async fn put(
    conn: &mut Conn,
    installation: InstallationId,
    version: i64,
    content: &ProjectInformation,
    now: Timestamp,
) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update project_information set content = $3, gathered_at = $4, lease_until = 0, problem = null, failed_at = null
         where installation_id = $1 and version = $2",
        installation.0,
        version,
        content.to_string(),
        now.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Writes why nothing was gathered; what was known stays.
#[query]
pub async fn fail(
    conn: &mut Conn,
    installation: InstallationId,
    version: i64,
    problem: &str,
    now: Timestamp,
) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update project_information set problem = $3, failed_at = $4, lease_until = 0
         where installation_id = $1 and version = $2",
        installation.0,
        version,
        problem,
        now.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Ends the turns of a process that is gone. Only for a database that no other process uses.
#[query]
pub async fn release_all(conn: &mut Conn) -> sqlx::Result<u64> {
    Ok(sqlx::query!("update project_information set lease_until = 0, version = version + 1 where lease_until > 0")
        .execute(conn)
        .await?
        .rows_affected())
}
