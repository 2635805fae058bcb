//! API tokens.

use super::{Conn, query};
use domain::Timestamp;
use domain::ids::{OrgId, TokenId, UserId};
use domain::roles::Scopes;
use domain::tokens::Token;

/// Adds a token of an organization or of a user.
#[query]
#[expect(clippy::too_many_arguments, reason = "one per column")]
pub async fn insert(
    conn: &mut Conn,
    org: Option<OrgId>,
    user: Option<UserId>,
    name: &str,
    token_hash: &str,
    hint: &str,
    scopes: &Scopes,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> sqlx::Result<TokenId> {
    sqlx::query_scalar!(
        "insert into tokens (organization_id, user_id, name, token_hash, hint, scopes, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) returning id as \"id!\"",
        org.map(|org| org.0),
        user.map(|user| user.0),
        name,
        token_hash,
        hint,
        scopes.to_string(),
        now.0,
        expires_at.map(|at| at.0)
    )
    .fetch_one(conn)
    .await
}

/// The token with this secret, expired or not.
#[query]
pub async fn by_hash(conn: &mut Conn, token_hash: &str) -> sqlx::Result<Option<Token>> {
    sqlx::query_as!(
        Token,
        "select id, organization_id, user_id, name, hint, scopes, created_at, expires_at, last_used_at
         from tokens where token_hash = $1",
        token_hash
    )
    .fetch_optional(conn)
    .await
}

/// Notes that the token was used.
#[query]
pub async fn touch(conn: &mut Conn, id: TokenId, now: Timestamp) -> sqlx::Result<u64> {
    Ok(sqlx::query!("update tokens set last_used_at = $2 where id = $1", id.0, now.0)
        .execute(conn)
        .await?
        .rows_affected())
}
