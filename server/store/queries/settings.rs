//! Settings of the instance, name to text.

use super::{Conn, query};

/// The value under this name.
#[query]
pub async fn get(conn: &mut Conn, name: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("select value from instance_settings where name = $1", name).fetch_optional(conn).await
}

/// Writes the value under this name.
#[query]
pub async fn put(conn: &mut Conn, name: &str, value: &str) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "insert into instance_settings (name, value) values ($1, $2)
         on conflict (name) do update set value = excluded.value",
        name,
        value
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Writes the value only if the name holds none, and answers whether it did.
#[query]
pub async fn claim(conn: &mut Conn, name: &str, value: &str) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "insert into instance_settings (name, value) values ($1, $2) on conflict (name) do nothing",
        name,
        value
    )
    .execute(conn)
    .await?
    .rows_affected())
}
