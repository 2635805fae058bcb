//! Circuit breakers of providers.

use super::{Conn, query};
use domain::circuits::Circuit;

/// How a provider did lately.
#[query]
pub async fn find(conn: &mut Conn, provider: &str) -> sqlx::Result<Option<Circuit>> {
    sqlx::query_as!(Circuit, "select failures, open_until from circuits where provider = $1", provider)
        .fetch_optional(conn)
        .await
}

/// Writes how a provider did.
#[query]
pub async fn put(conn: &mut Conn, provider: &str, circuit: Circuit) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "insert into circuits (provider, failures, open_until) values ($1, $2, $3)
         on conflict (provider) do update set failures = excluded.failures, open_until = excluded.open_until",
        provider,
        circuit.failures,
        circuit.open_until.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// The provider answered.
#[query]
pub async fn close(conn: &mut Conn, provider: &str) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from circuits where provider = $1", provider).execute(conn).await?.rows_affected())
}
