//! Hooks that trackers keep for us.

use super::{Conn, query};
use domain::Timestamp;
use domain::ids::InstallationId;
use domain::trackers::StoredHook;

/// The hook of a connection.
#[query]
pub async fn of_installation(conn: &mut Conn, installation: InstallationId) -> sqlx::Result<Option<StoredHook>> {
    sqlx::query_as!(
        StoredHook,
        "select hook_id, problem, expires_at, checked_at, next_check_at from tracker_hooks where installation_id = $1",
        installation.0
    )
    .fetch_optional(conn)
    .await
}

/// Writes what is known of a hook.
#[query]
pub async fn put(conn: &mut Conn, installation: InstallationId, hook: &StoredHook) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "insert into tracker_hooks (installation_id, hook_id, problem, expires_at, checked_at, next_check_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (installation_id) do update
         set hook_id = excluded.hook_id, problem = excluded.problem, expires_at = excluded.expires_at,
             checked_at = excluded.checked_at, next_check_at = excluded.next_check_at",
        installation.0,
        hook.hook_id.as_deref(),
        hook.problem.as_deref(),
        hook.expires_at.map(|at| at.0),
        hook.checked_at.map(|at| at.0),
        hook.next_check_at.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// The connections of a provider whose hook has this id. Ids of different accounts may be the same.
#[query]
pub async fn of_hook(conn: &mut Conn, provider: &str, hook_id: &str) -> sqlx::Result<Vec<InstallationId>> {
    sqlx::query_scalar!(
        "select h.installation_id from tracker_hooks h
         join organization_integrations oi on oi.id = h.installation_id
         join integrations i on i.id = oi.integration_id
         where h.hook_id = $2 and i.provider = $1 order by h.installation_id",
        provider,
        hook_id
    )
    .fetch_all(conn)
    .await
}

/// The hooks that are to be looked at, of active connections.
#[query]
pub async fn due(conn: &mut Conn, now: Timestamp, limit: i64) -> sqlx::Result<Vec<InstallationId>> {
    sqlx::query_scalar!(
        "select h.installation_id from tracker_hooks h
         join organization_integrations oi on oi.id = h.installation_id
         where h.next_check_at <= $1 and oi.status = 'active' order by h.next_check_at limit $2",
        now.0,
        limit
    )
    .fetch_all(conn)
    .await
}

/// The next look comes then.
#[query]
pub async fn postpone(conn: &mut Conn, installation: InstallationId, until: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!("update tracker_hooks set next_check_at = $2 where installation_id = $1", installation.0, until.0)
        .execute(conn)
        .await?
        .rows_affected())
}
