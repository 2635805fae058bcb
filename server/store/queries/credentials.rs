//! Sealed secrets and the data keys they are sealed with.

use super::{Conn, query};
use domain::Timestamp;
use domain::credentials::{Ciphertext, Credential, DataKey, FirstCredential};
use domain::ids::{CredentialId, DataKeyId, InstallationId, OrgId};

/// Adds a data key.
#[query]
pub async fn insert_key(conn: &mut Conn, org: OrgId, wrapped: &Ciphertext, now: Timestamp) -> sqlx::Result<DataKeyId> {
    sqlx::query_scalar!(
        "insert into data_keys (organization_id, wrapped, created_at) values ($1, $2, $3) returning id as \"id!\"",
        org.0,
        wrapped.as_str(),
        now.0
    )
    .fetch_one(conn)
    .await
}

/// The newest data key of an organization: the one to seal with.
#[query]
pub async fn current_key(conn: &mut Conn, org: OrgId) -> sqlx::Result<Option<DataKey>> {
    sqlx::query_as!(
        DataKey,
        "select id, wrapped from data_keys where organization_id = $1 order by id desc limit 1",
        org.0
    )
    .fetch_optional(conn)
    .await
}

/// The data key with this id: the one to open with.
#[query]
pub async fn key_by_id(conn: &mut Conn, org: OrgId, id: DataKeyId) -> sqlx::Result<Option<DataKey>> {
    sqlx::query_as!(DataKey, "select id, wrapped from data_keys where organization_id = $1 and id = $2", org.0, id.0)
        .fetch_optional(conn)
        .await
}

/// Writes a sealed secret over the one with version `version - 1`, or as the first; touches nothing when somebody else
/// wrote in between.
#[query]
pub async fn put(
    conn: &mut Conn,
    installation: InstallationId,
    field: &str,
    key: DataKeyId,
    ciphertext: &Ciphertext,
    version: i64,
    now: Timestamp,
) -> sqlx::Result<Option<CredentialId>> {
    sqlx::query_scalar!(
        "insert into credentials (installation_id, field, key_id, ciphertext, version, updated_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (installation_id, field) do update
         set key_id = excluded.key_id, ciphertext = excluded.ciphertext, version = excluded.version,
             updated_at = excluded.updated_at
         where credentials.version = excluded.version - 1
         returning id as \"id!\"",
        installation.0,
        field,
        key.0,
        ciphertext.as_str(),
        version,
        now.0
    )
    .fetch_optional(conn)
    .await
}

/// The sealed secrets of an installation by id: the first one is the connection's own.
#[query]
pub async fn of_installation(conn: &mut Conn, installation: InstallationId) -> sqlx::Result<Vec<Credential>> {
    sqlx::query_as!(
        Credential,
        "select id, installation_id, field, key_id, ciphertext, version, updated_at
         from credentials where installation_id = $1 order by id",
        installation.0
    )
    .fetch_all(conn)
    .await
}

/// For each installation of an organization that has a secret, the id of its first one.
#[query]
pub async fn first_ids(conn: &mut Conn, org: OrgId) -> sqlx::Result<Vec<FirstCredential>> {
    sqlx::query_as!(
        FirstCredential,
        "select c.installation_id as \"installation_id!\", min(c.id) as \"credential!: CredentialId\"
         from credentials c join organization_integrations oi on oi.id = c.installation_id
         where oi.organization_id = $1 group by c.installation_id",
        org.0
    )
    .fetch_all(conn)
    .await
}

/// Forgets a secret of an installation.
#[query]
pub async fn delete(conn: &mut Conn, installation: InstallationId, field: &str) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from credentials where installation_id = $1 and field = $2", installation.0, field)
        .execute(conn)
        .await?
        .rows_affected())
}
