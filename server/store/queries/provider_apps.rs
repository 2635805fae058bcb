//! The instance's apps at providers, and the keys their secrets are sealed with.

use super::{Conn, query};
use domain::Timestamp;
use domain::credentials::{Ciphertext, DataKey};
use domain::ids::DataKeyId;
use domain::integrations::StoredConfig;
use domain::provider_apps::{AppSecret, StoredApp};

/// Writes what is no secret.
#[query]
pub async fn put(conn: &mut Conn, provider: &str, config: &StoredConfig, now: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "insert into provider_apps (provider, config, updated_at) values ($1, $2, $3)
         on conflict (provider) do update set config = excluded.config, updated_at = excluded.updated_at",
        provider,
        config.to_string(),
        now.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Every app.
#[query]
pub async fn all(conn: &mut Conn) -> sqlx::Result<Vec<StoredApp>> {
    sqlx::query_as!(StoredApp, "select provider, config, updated_at from provider_apps order by provider")
        .fetch_all(conn)
        .await
}

/// The app of a provider.
#[query]
pub async fn find(conn: &mut Conn, provider: &str) -> sqlx::Result<Option<StoredApp>> {
    sqlx::query_as!(StoredApp, "select provider, config, updated_at from provider_apps where provider = $1", provider)
        .fetch_optional(conn)
        .await
}

/// Forgets an app with its secrets.
#[query]
pub async fn delete(conn: &mut Conn, provider: &str) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from provider_apps where provider = $1", provider).execute(conn).await?.rows_affected())
}

/// Writes a sealed secret over the one with version `version - 1`, or as the first.
#[query]
pub async fn put_secret(
    conn: &mut Conn,
    provider: &str,
    field: &str,
    key: DataKeyId,
    ciphertext: &Ciphertext,
    version: i64,
) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "insert into provider_app_secrets (provider, field, key_id, ciphertext, version) values ($1, $2, $3, $4, $5)
         on conflict (provider, field) do update
         set key_id = excluded.key_id, ciphertext = excluded.ciphertext, version = excluded.version
         where provider_app_secrets.version = excluded.version - 1",
        provider,
        field,
        key.0,
        ciphertext.as_str(),
        version
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// The sealed secrets of an app, by field.
#[query]
pub async fn secrets(conn: &mut Conn, provider: &str) -> sqlx::Result<Vec<AppSecret>> {
    sqlx::query_as!(
        AppSecret,
        "select provider, field, key_id, ciphertext, version
         from provider_app_secrets where provider = $1 order by field",
        provider
    )
    .fetch_all(conn)
    .await
}

/// Adds a data key of the instance.
#[query]
pub async fn insert_key(conn: &mut Conn, wrapped: &Ciphertext, now: Timestamp) -> sqlx::Result<DataKeyId> {
    sqlx::query_scalar!(
        "insert into instance_keys (wrapped, created_at) values ($1, $2) returning id as \"id!\"",
        wrapped.as_str(),
        now.0
    )
    .fetch_one(conn)
    .await
}

/// The instance's newest data key: the one to seal with.
#[query]
pub async fn current_key(conn: &mut Conn) -> sqlx::Result<Option<DataKey>> {
    sqlx::query_as!(DataKey, "select id, wrapped from instance_keys order by id desc limit 1")
        .fetch_optional(conn)
        .await
}

/// The instance's data key with this id: the one to open with.
#[query]
pub async fn key_by_id(conn: &mut Conn, id: DataKeyId) -> sqlx::Result<Option<DataKey>> {
    sqlx::query_as!(DataKey, "select id, wrapped from instance_keys where id = $1", id.0).fetch_optional(conn).await
}
