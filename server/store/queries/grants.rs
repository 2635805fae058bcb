//! Grants: how long what a provider gave is good, and who is renewing it.

use super::{Conn, query};
use domain::Timestamp;
use domain::grants::{Grant, ScopeList};
use domain::ids::InstallationId;

/// Writes a grant that a person just gave, over whatever there was; a renewal under way finds another version.
#[query]
#[expect(clippy::too_many_arguments, reason = "one per column")]
pub async fn put(
    conn: &mut Conn,
    installation: InstallationId,
    requested: &ScopeList,
    granted: Option<&ScopeList>,
    expires_at: Option<Timestamp>,
    refresh_expires_at: Option<Timestamp>,
    refresh_at: Option<Timestamp>,
    now: Timestamp,
) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "insert into grants (installation_id, version, requested_scopes, granted_scopes, expires_at,
             refresh_expires_at, refresh_at, failures, refreshed_at, lease_until, warned)
         values ($1, 1, $2, $3, $4, $5, $6, 0, $7, 0, false)
         on conflict (installation_id) do update
         set version = grants.version + 1, requested_scopes = excluded.requested_scopes,
             granted_scopes = excluded.granted_scopes, expires_at = excluded.expires_at,
             refresh_expires_at = excluded.refresh_expires_at, refresh_at = excluded.refresh_at, failures = 0,
             problem = null, refreshed_at = excluded.refreshed_at, lease_until = 0, warned = false",
        installation.0,
        requested.to_string(),
        granted.map(|scopes| scopes.to_string()),
        expires_at.map(|at| at.0),
        refresh_expires_at.map(|at| at.0),
        refresh_at.map(|at| at.0),
        now.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// The grant of an installation.
#[query]
pub async fn of_installation(conn: &mut Conn, installation: InstallationId) -> sqlx::Result<Option<Grant>> {
    sqlx::query_as!(
        Grant,
        "select installation_id, version, requested_scopes, granted_scopes, expires_at, refresh_expires_at, refresh_at,
             failures, problem, refreshed_at, lease_until, warned
         from grants where installation_id = $1",
        installation.0
    )
    .fetch_optional(conn)
    .await
}

/// Takes the lease of renewing a grant until `until`, if nobody else holds it and nobody wrote since `seen_version`.
/// Answers the new version, which is the fence.
#[query]
pub async fn lease(
    conn: &mut Conn,
    installation: InstallationId,
    seen_version: i64,
    now: Timestamp,
    until: Timestamp,
) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        "update grants set lease_until = $4, version = version + 1
         where installation_id = $1 and version = $2 and lease_until <= $3 returning version",
        installation.0,
        seen_version,
        now.0,
        until.0
    )
    .fetch_optional(conn)
    .await
}

/// Writes a renewal, if the fence still holds; ends the lease. Without granted scopes the known ones stay.
#[query]
#[expect(clippy::too_many_arguments, reason = "one per column")]
pub async fn renewed(
    conn: &mut Conn,
    installation: InstallationId,
    fence: i64,
    granted: Option<&ScopeList>,
    expires_at: Option<Timestamp>,
    refresh_expires_at: Option<Timestamp>,
    refresh_at: Option<Timestamp>,
    now: Timestamp,
) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update grants
         set version = version + 1, granted_scopes = coalesce($3, granted_scopes), expires_at = $4,
             refresh_expires_at = $5, refresh_at = $6, failures = 0, problem = null, refreshed_at = $7,
             lease_until = 0, warned = false
         where installation_id = $1 and version = $2",
        installation.0,
        fence,
        granted.map(|scopes| scopes.to_string()),
        expires_at.map(|at| at.0),
        refresh_expires_at.map(|at| at.0),
        refresh_at.map(|at| at.0),
        now.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Notes a renewal that failed, if the fence still holds; ends the lease. Without a next time it is not tried again.
#[query]
pub async fn failed(
    conn: &mut Conn,
    installation: InstallationId,
    fence: i64,
    problem: &str,
    refresh_at: Option<Timestamp>,
) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update grants
         set version = version + 1, failures = failures + 1, problem = $3, refresh_at = $4, lease_until = 0
         where installation_id = $1 and version = $2",
        installation.0,
        fence,
        problem,
        refresh_at.map(|at| at.0)
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Grants to renew by now, whether in use or paused, oldest first.
#[query]
pub async fn due(conn: &mut Conn, now: Timestamp, limit: i64) -> sqlx::Result<Vec<InstallationId>> {
    sqlx::query_scalar!(
        "select g.installation_id from grants g join organization_integrations oi on oi.id = g.installation_id
         where g.refresh_at <= $1 and g.lease_until <= $1 and oi.status in ('active', 'disabled')
         order by g.refresh_at limit $2",
        now.0,
        limit
    )
    .fetch_all(conn)
    .await
}

/// Grants that end before `before` and whose people were not told.
#[query]
pub async fn ending(conn: &mut Conn, before: Timestamp, limit: i64) -> sqlx::Result<Vec<InstallationId>> {
    sqlx::query_scalar!(
        "select g.installation_id from grants g join organization_integrations oi on oi.id = g.installation_id
         where g.refresh_expires_at <= $1 and g.warned = false and oi.status in ('active', 'disabled')
         order by g.refresh_expires_at limit $2",
        before.0,
        limit
    )
    .fetch_all(conn)
    .await
}

/// Notes that the people were told; answers whether nobody else did.
#[query]
pub async fn warned(conn: &mut Conn, installation: InstallationId) -> sqlx::Result<u64> {
    Ok(sqlx::query!("update grants set warned = true where installation_id = $1 and warned = false", installation.0)
        .execute(conn)
        .await?
        .rows_affected())
}
