//! Users.

use super::{Conn, query};
use domain::Timestamp;
use domain::email::Email;
use domain::ids::UserId;
use domain::users::User;

/// Adds a user. Violates `users_email` when the address is taken.
#[query]
pub async fn insert(
    conn: &mut Conn,
    email: &Email,
    name: &str,
    password_hash: Option<&str>,
    is_instance_admin: bool,
    now: Timestamp,
) -> sqlx::Result<UserId> {
    sqlx::query_scalar!(
        "insert into users (email, name, password_hash, is_instance_admin, created_at)
         values ($1, $2, $3, $4, $5) returning id as \"id!\"",
        email.as_str(),
        name,
        password_hash,
        is_instance_admin,
        now.0
    )
    .fetch_one(conn)
    .await
}

/// The user with this id.
#[query]
pub async fn by_id(conn: &mut Conn, id: UserId) -> sqlx::Result<Option<User>> {
    sqlx::query_as!(User, "select id, email, name, is_instance_admin, created_at from users where id = $1", id.0)
        .fetch_optional(conn)
        .await
}

/// The user with this address.
#[query]
pub async fn by_email(conn: &mut Conn, email: &Email) -> sqlx::Result<Option<User>> {
    sqlx::query_as!(
        User,
        "select id, email, name, is_instance_admin, created_at from users where email = $1",
        email.as_str()
    )
    .fetch_optional(conn)
    .await
}

/// The hash of the user's password, when the user has one.
#[query]
pub async fn password_hash(conn: &mut Conn, id: UserId) -> sqlx::Result<Option<String>> {
    Ok(sqlx::query_scalar!("select password_hash from users where id = $1", id.0).fetch_optional(conn).await?.flatten())
}

/// How many users there are.
#[query]
pub async fn count(conn: &mut Conn) -> sqlx::Result<i64> {
    sqlx::query_scalar!("select count(*) as \"n!\" from users").fetch_one(conn).await
}
