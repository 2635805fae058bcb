//! Requests to install an integration.

use super::{Conn, query};
use domain::Timestamp;
use domain::ids::{InstallRequestId, OrgId, UserId};
use domain::install_requests::{InstallRequest, RequestStatus};

/// Asks, or asks again after it was declined. A request that still waits keeps its place and takes the new message.
#[query]
pub async fn put(
    conn: &mut Conn,
    org: OrgId,
    provider: &str,
    user: UserId,
    message: &str,
    now: Timestamp,
) -> sqlx::Result<InstallRequestId> {
    sqlx::query_scalar!(
        "insert into install_requests (organization_id, provider, user_id, message, status, created_at)
         values ($1, $2, $3, $4, 'pending', $5)
         on conflict (organization_id, provider, user_id) do update
         set message = excluded.message,
             created_at = case when install_requests.status = 'pending' then install_requests.created_at
                 else excluded.created_at end,
             status = 'pending', decided_by = null, decided_at = null
         returning id as \"id!\"",
        org.0,
        provider,
        user.0,
        message,
        now.0
    )
    .fetch_one(conn)
    .await
}

/// The organization's requests that wait, oldest first.
#[query]
pub async fn pending(conn: &mut Conn, org: OrgId) -> sqlx::Result<Vec<InstallRequest>> {
    sqlx::query_as!(
        InstallRequest,
        "select r.id, r.organization_id, r.provider, r.user_id, u.name as user_name, r.message, r.status, r.created_at,
             r.decided_by, r.decided_at
         from install_requests r join users u on u.id = r.user_id
         where r.organization_id = $1 and r.status = 'pending' order by r.created_at, r.id",
        org.0
    )
    .fetch_all(conn)
    .await
}

/// The request of a person for a provider.
#[query]
pub async fn of_user(
    conn: &mut Conn,
    org: OrgId,
    provider: &str,
    user: UserId,
) -> sqlx::Result<Option<InstallRequest>> {
    sqlx::query_as!(
        InstallRequest,
        "select r.id, r.organization_id, r.provider, r.user_id, u.name as user_name, r.message, r.status, r.created_at,
             r.decided_by, r.decided_at
         from install_requests r join users u on u.id = r.user_id
         where r.organization_id = $1 and r.provider = $2 and r.user_id = $3",
        org.0,
        provider,
        user.0
    )
    .fetch_optional(conn)
    .await
}

/// The organization's request with this id.
#[query]
pub async fn by_id(conn: &mut Conn, org: OrgId, id: InstallRequestId) -> sqlx::Result<Option<InstallRequest>> {
    sqlx::query_as!(
        InstallRequest,
        "select r.id, r.organization_id, r.provider, r.user_id, u.name as user_name, r.message, r.status, r.created_at,
             r.decided_by, r.decided_at
         from install_requests r join users u on u.id = r.user_id
         where r.organization_id = $1 and r.id = $2",
        org.0,
        id.0
    )
    .fetch_optional(conn)
    .await
}

/// Decides about a request that waits; touches nothing when somebody else did.
#[query]
pub async fn decide(
    conn: &mut Conn,
    id: InstallRequestId,
    status: RequestStatus,
    by: &str,
    now: Timestamp,
) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update install_requests set status = $2, decided_by = $3, decided_at = $4
         where id = $1 and status = 'pending'",
        id.0,
        status.as_str(),
        by,
        now.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}
