//! Audit entries. They are only ever added.

use super::{Conn, query};
use domain::Timestamp;
use domain::audit::{AuditEntry, AuditOutcome};
use domain::ids::{AuditId, OrgId};

/// Adds an entry.
#[query]
#[expect(clippy::too_many_arguments, reason = "one per column")]
pub async fn insert(
    conn: &mut Conn,
    org: Option<OrgId>,
    actor: &str,
    action: &str,
    target_kind: &str,
    target_id: &str,
    summary: &str,
    outcome: AuditOutcome,
    address: Option<&str>,
    request_id: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<AuditId> {
    sqlx::query_scalar!(
        "insert into audit_entries (organization_id, actor, action, target_kind, target_id, summary, outcome, address,
             request_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id as \"id!\"",
        org.map(|org| org.0),
        actor,
        action,
        target_kind,
        target_id,
        summary,
        outcome.as_str(),
        address,
        request_id,
        now.0
    )
    .fetch_one(conn)
    .await
}

/// An organization's entries about one thing, newest first.
#[query]
pub async fn of_target(
    conn: &mut Conn,
    org: OrgId,
    target_kind: &str,
    target_id: &str,
    limit: i64,
) -> sqlx::Result<Vec<AuditEntry>> {
    sqlx::query_as!(
        AuditEntry,
        "select id, organization_id, actor, action, target_kind, target_id, summary, outcome, address, request_id,
             created_at
         from audit_entries
         where organization_id = $1 and target_kind = $2 and target_id = $3 order by id desc limit $4",
        org.0,
        target_kind,
        target_id,
        limit
    )
    .fetch_all(conn)
    .await
}

/// The newest entries of an organization, or of the instance.
#[query]
pub async fn newest(conn: &mut Conn, org: Option<OrgId>, limit: i64) -> sqlx::Result<Vec<AuditEntry>> {
    sqlx::query_as!(
        AuditEntry,
        "select id, organization_id, actor, action, target_kind, target_id, summary, outcome, address, request_id,
             created_at
         from audit_entries
         where organization_id = $1 or (cast($1 as bigint) is null and organization_id is null)
         order by id desc limit $2",
        org.map(|org| org.0),
        limit
    )
    .fetch_all(conn)
    .await
}
