//! Running install pipelines.

use super::{Conn, query};
use domain::Timestamp;
use domain::credentials::Ciphertext;
use domain::ids::{DataKeyId, OrgId};
use domain::pipelines::{Pipeline, PipelineId};

/// Begins a pipeline.
#[query]
#[expect(clippy::too_many_arguments, reason = "one per column")]
pub async fn insert(
    conn: &mut Conn,
    id: &PipelineId,
    org: OrgId,
    provider: &str,
    bound_to: &str,
    state_hash: Option<&str>,
    key: DataKeyId,
    ciphertext: &Ciphertext,
    now: Timestamp,
    expires_at: Timestamp,
) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "insert into pipelines (id, organization_id, provider, bound_to, state_hash, key_id, ciphertext, version,
             created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9)",
        id.as_str(),
        org.0,
        provider,
        bound_to,
        state_hash,
        key.0,
        ciphertext.as_str(),
        now.0,
        expires_at.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// A pipeline of this owner in this organization.
#[query]
pub async fn find(conn: &mut Conn, id: &PipelineId, org: OrgId, bound_to: &str) -> sqlx::Result<Option<Pipeline>> {
    sqlx::query_as!(
        Pipeline,
        "select id, organization_id, provider, bound_to, key_id, ciphertext, version, expires_at
         from pipelines where id = $1 and organization_id = $2 and bound_to = $3",
        id.as_str(),
        org.0,
        bound_to
    )
    .fetch_optional(conn)
    .await
}

/// The newest pipeline of this owner in this organization.
#[query]
pub async fn newest(conn: &mut Conn, org: OrgId, bound_to: &str) -> sqlx::Result<Option<Pipeline>> {
    sqlx::query_as!(
        Pipeline,
        "select id, organization_id, provider, bound_to, key_id, ciphertext, version, expires_at
         from pipelines where organization_id = $1 and bound_to = $2 order by created_at desc, id limit 1",
        org.0,
        bound_to
    )
    .fetch_optional(conn)
    .await
}

/// The newest pipeline of this owner at a provider, in whatever organization.
#[query]
pub async fn newest_at(conn: &mut Conn, provider: &str, bound_to: &str) -> sqlx::Result<Option<Pipeline>> {
    sqlx::query_as!(
        Pipeline,
        "select id, organization_id, provider, bound_to, key_id, ciphertext, version, expires_at
         from pipelines where provider = $1 and bound_to = $2 order by created_at desc, id limit 1",
        provider,
        bound_to
    )
    .fetch_optional(conn)
    .await
}

/// The pipeline that waits for the callback with this state, whoever's it is.
#[query]
pub async fn by_state(conn: &mut Conn, state_hash: &str) -> sqlx::Result<Option<Pipeline>> {
    sqlx::query_as!(
        Pipeline,
        "select id, organization_id, provider, bound_to, key_id, ciphertext, version, expires_at
         from pipelines where state_hash = $1",
        state_hash
    )
    .fetch_optional(conn)
    .await
}

/// Writes the next step if nobody else did since `seen_version`. The state of an earlier sign-in is forgotten with it.
#[query]
pub async fn advance(
    conn: &mut Conn,
    id: &PipelineId,
    seen_version: i64,
    state_hash: Option<&str>,
    key: DataKeyId,
    ciphertext: &Ciphertext,
) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update pipelines set state_hash = $3, key_id = $4, ciphertext = $5, version = version + 1
         where id = $1 and version = $2",
        id.as_str(),
        seen_version,
        state_hash,
        key.0,
        ciphertext.as_str()
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Ends a pipeline.
#[query]
pub async fn delete(conn: &mut Conn, id: &PipelineId) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from pipelines where id = $1", id.as_str()).execute(conn).await?.rows_affected())
}

/// Forgets pipelines that ended by themselves.
#[query]
pub async fn delete_ended(conn: &mut Conn, now: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from pipelines where expires_at <= $1", now.0).execute(conn).await?.rows_affected())
}
