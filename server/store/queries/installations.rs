//! Installations: an organization's own row for an outside account, always read together with the shared one.

use super::{Conn, query};
use domain::Timestamp;
use domain::ids::{InstallationId, IntegrationId, OrgId, UserId};
use domain::integrations::{Facts, Health, Installation, ObjectStatus, StoredConfig};

/// Adds an installation. Violates `organization_integrations_organization_id_integration_id` when it is there.
#[query]
pub async fn insert(
    conn: &mut Conn,
    org: OrgId,
    integration: IntegrationId,
    config: &StoredConfig,
    facts: &Facts,
    installed_by: Option<UserId>,
    now: Timestamp,
) -> sqlx::Result<InstallationId> {
    sqlx::query_scalar!(
        "insert into organization_integrations (organization_id, integration_id, status, config, config_version,
             health, facts, installed_by, created_at)
         values ($1, $2, 'active', $3, 1, 'unknown', $4, $5, $6) returning id as \"id!\"",
        org.0,
        integration.0,
        config.to_string(),
        facts.to_string(),
        installed_by.map(|user| user.0),
        now.0
    )
    .fetch_one(conn)
    .await
}

/// An organization's installations by name, of one provider or of all.
#[query]
pub async fn of_organization(conn: &mut Conn, org: OrgId, provider: Option<&str>) -> sqlx::Result<Vec<Installation>> {
    sqlx::query_as!(
        Installation,
        "select oi.id, oi.organization_id, oi.integration_id, i.provider, i.external_id, i.name, i.icon, i.domain_name,
             i.account_type, oi.status, oi.config, oi.config_version, oi.health, oi.health_reason, oi.checked_at,
             oi.healthy_at, oi.next_check_at, oi.facts, oi.installed_by, oi.removal_due_at, oi.removed_from,
             oi.created_at, g.requested_scopes as \"requested_scopes?\", g.granted_scopes
         from organization_integrations oi join integrations i on i.id = oi.integration_id
         left join grants g on g.installation_id = oi.id
         where oi.organization_id = $1 and (cast($2 as text) is null or i.provider = $2)
         order by lower(i.name), oi.id",
        org.0,
        provider
    )
    .fetch_all(conn)
    .await
}

/// An organization's installation of this integration.
#[query]
pub async fn of_integration(
    conn: &mut Conn,
    org: OrgId,
    integration: IntegrationId,
) -> sqlx::Result<Option<Installation>> {
    sqlx::query_as!(
        Installation,
        "select oi.id, oi.organization_id, oi.integration_id, i.provider, i.external_id, i.name, i.icon, i.domain_name,
             i.account_type, oi.status, oi.config, oi.config_version, oi.health, oi.health_reason, oi.checked_at,
             oi.healthy_at, oi.next_check_at, oi.facts, oi.installed_by, oi.removal_due_at, oi.removed_from,
             oi.created_at, g.requested_scopes as \"requested_scopes?\", g.granted_scopes
         from organization_integrations oi join integrations i on i.id = oi.integration_id
         left join grants g on g.installation_id = oi.id
         where oi.organization_id = $1 and oi.integration_id = $2",
        org.0,
        integration.0
    )
    .fetch_optional(conn)
    .await
}

/// The installation with this id, for jobs.
#[query]
pub async fn by_id(conn: &mut Conn, id: InstallationId) -> sqlx::Result<Option<Installation>> {
    sqlx::query_as!(
        Installation,
        "select oi.id, oi.organization_id, oi.integration_id, i.provider, i.external_id, i.name, i.icon, i.domain_name,
             i.account_type, oi.status, oi.config, oi.config_version, oi.health, oi.health_reason, oi.checked_at,
             oi.healthy_at, oi.next_check_at, oi.facts, oi.installed_by, oi.removal_due_at, oi.removed_from,
             oi.created_at, g.requested_scopes as \"requested_scopes?\", g.granted_scopes
         from organization_integrations oi join integrations i on i.id = oi.integration_id
         left join grants g on g.installation_id = oi.id
         where oi.id = $1",
        id.0
    )
    .fetch_optional(conn)
    .await
}

/// Every organization's installation of an outside account.
#[query]
pub async fn of_account(conn: &mut Conn, provider: &str, external_id: &str) -> sqlx::Result<Vec<Installation>> {
    sqlx::query_as!(
        Installation,
        "select oi.id, oi.organization_id, oi.integration_id, i.provider, i.external_id, i.name, i.icon, i.domain_name,
             i.account_type, oi.status, oi.config, oi.config_version, oi.health, oi.health_reason, oi.checked_at,
             oi.healthy_at, oi.next_check_at, oi.facts, oi.installed_by, oi.removal_due_at, oi.removed_from,
             oi.created_at, g.requested_scopes as \"requested_scopes?\", g.granted_scopes
         from organization_integrations oi join integrations i on i.id = oi.integration_id
         left join grants g on g.installation_id = oi.id
         where i.provider = $1 and i.external_id = $2 order by oi.id",
        provider,
        external_id
    )
    .fetch_all(conn)
    .await
}

/// Moves from one status to another; touches nothing when somebody else moved it first. A removal remembers where it
/// came from, so that undoing it leads back there.
#[query]
pub async fn set_status(
    conn: &mut Conn,
    id: InstallationId,
    from: ObjectStatus,
    to: ObjectStatus,
    removal_due_at: Option<Timestamp>,
) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update organization_integrations
         set status = $3, removal_due_at = $4, removed_from = case when $3 = 'pending_deletion' then $2 end
         where id = $1 and status = $2",
        id.0,
        from.as_str(),
        to.as_str(),
        removal_due_at.map(|due| due.0)
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Replaces the settings if nobody else did since `seen_version`.
#[query]
pub async fn set_config(
    conn: &mut Conn,
    id: InstallationId,
    config: &StoredConfig,
    seen_version: i64,
) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update organization_integrations set config = $2, config_version = config_version + 1
         where id = $1 and config_version = $3",
        id.0,
        config.to_string(),
        seen_version
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Writes what a check that began at `begun` found, unless something newer is known; without a next one it is checked
/// on demand only.
#[query]
pub async fn set_health(
    conn: &mut Conn,
    id: InstallationId,
    health: Health,
    reason: Option<&str>,
    checked_at: Timestamp,
    next_check_at: Option<Timestamp>,
    begun: Timestamp,
) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update organization_integrations
         set health = $2, health_reason = $3, checked_at = $4, next_check_at = $5,
             healthy_at = case when $2 = 'healthy' then $4 else healthy_at end
         where id = $1 and (checked_at is null or checked_at <= $6)",
        id.0,
        health.as_str(),
        reason,
        checked_at.0,
        next_check_at.map(|next| next.0),
        begun.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Writes what the provider told about the account.
#[query]
pub async fn set_facts(conn: &mut Conn, id: InstallationId, facts: &Facts) -> sqlx::Result<u64> {
    Ok(sqlx::query!("update organization_integrations set facts = $2 where id = $1", id.0, facts.to_string())
        .execute(conn)
        .await?
        .rows_affected())
}

/// Deletes an installation that is being removed; its credentials and checks go with it.
#[query]
pub async fn delete_in_progress(conn: &mut Conn, id: InstallationId) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from organization_integrations where id = $1 and status = 'deletion_in_progress'", id.0)
        .execute(conn)
        .await?
        .rows_affected())
}

/// How many other installations of an outside account there are, in any organization.
#[query]
pub async fn others_of(conn: &mut Conn, integration: IntegrationId, but: InstallationId) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "select count(*) as \"count!: i64\" from organization_integrations
         where integration_id = $1 and id <> $2 and status in ('active', 'disabled')",
        integration.0,
        but.0
    )
    .fetch_one(conn)
    .await
}

/// Active installations whose next check is due, oldest first.
#[query]
pub async fn due_for_check(conn: &mut Conn, now: Timestamp, limit: i64) -> sqlx::Result<Vec<InstallationId>> {
    sqlx::query_scalar!(
        "select id from organization_integrations
         where status = 'active' and next_check_at <= $1 order by next_check_at limit $2",
        now.0,
        limit
    )
    .fetch_all(conn)
    .await
}

/// Puts off the next check, so that two schedulers do not both start it.
#[query]
pub async fn postpone_check(conn: &mut Conn, id: InstallationId, until: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!("update organization_integrations set next_check_at = $2 where id = $1", id.0, until.0)
        .execute(conn)
        .await?
        .rows_affected())
}
