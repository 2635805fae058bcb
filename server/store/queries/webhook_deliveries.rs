//! Deliveries of webhooks that were taken.

use super::{Conn, query};
use domain::Timestamp;

/// Notes a delivery. Touches nothing when it was taken before.
#[query]
pub async fn insert(conn: &mut Conn, source: &str, delivery_id: &str, now: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "insert into webhook_deliveries (source, delivery_id, received_at) values ($1, $2, $3)
         on conflict (source, delivery_id) do nothing",
        source,
        delivery_id,
        now.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Forgets deliveries that nobody sends again.
#[query]
pub async fn delete_before(conn: &mut Conn, before: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from webhook_deliveries where received_at < $1", before.0)
        .execute(conn)
        .await?
        .rows_affected())
}
