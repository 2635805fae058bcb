//! The mail outbox.

use super::{Conn, query};
use domain::Timestamp;
use domain::ids::MailId;
use domain::mails::{Mail, MailStatus};

/// Adds a mail.
#[query]
pub async fn insert(
    conn: &mut Conn,
    recipient: &str,
    subject: &str,
    body: &str,
    status: MailStatus,
    now: Timestamp,
) -> sqlx::Result<MailId> {
    sqlx::query_scalar!(
        "insert into mails (recipient, subject, body, status, created_at) values ($1, $2, $3, $4, $5) returning id as \"id!\"",
        recipient,
        subject,
        body,
        status.as_str(),
        now.0
    )
    .fetch_one(conn)
    .await
}

/// The mail with this id.
#[query]
pub async fn by_id(conn: &mut Conn, id: MailId) -> sqlx::Result<Option<Mail>> {
    sqlx::query_as!(
        Mail,
        "select id, recipient, subject, body, status, error, created_at from mails where id = $1",
        id.0
    )
    .fetch_optional(conn)
    .await
}

/// The newest mails.
#[query]
pub async fn newest(conn: &mut Conn, limit: i64) -> sqlx::Result<Vec<Mail>> {
    sqlx::query_as!(
        Mail,
        "select id, recipient, subject, body, status, error, created_at from mails order by id desc limit $1",
        limit
    )
    .fetch_all(conn)
    .await
}

/// Moves a mail on.
#[query]
pub async fn set_status(conn: &mut Conn, id: MailId, status: MailStatus, error: Option<&str>) -> sqlx::Result<u64> {
    Ok(sqlx::query!("update mails set status = $2, error = $3 where id = $1", id.0, status.as_str(), error)
        .execute(conn)
        .await?
        .rows_affected())
}
