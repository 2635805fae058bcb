//! Integrations: the shared row of an outside account.

use super::{Conn, query};
use domain::Timestamp;
use domain::ids::IntegrationId;
use domain::integrations::Account;

/// Finds or makes the row of an outside account and brings its name, picture and place up to date.
#[query]
pub async fn upsert(conn: &mut Conn, provider: &str, account: &Account, now: Timestamp) -> sqlx::Result<IntegrationId> {
    sqlx::query_scalar!(
        "insert into integrations (provider, external_id, name, icon, domain_name, account_type, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (provider, external_id) do update
         set name = excluded.name, icon = excluded.icon, domain_name = excluded.domain_name,
             account_type = excluded.account_type
         returning id as \"id!\"",
        provider,
        &account.external_id,
        &account.name,
        account.icon.as_deref(),
        account.domain_name.as_deref(),
        account.account_type.as_deref(),
        now.0
    )
    .fetch_one(conn)
    .await
}
