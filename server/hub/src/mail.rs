//! Mails: written in the transaction of what they tell of, sent by a job.

use crate::ctx::Ctx;
use crate::errors::OrInternal;
use domain::Outcome;
use domain::ids::MailId;
use domain::jobs::Work;
use domain::mails::MailStatus;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use secrecy::ExposeSecret as _;
use store::Conn;

/// Puts a mail into the outbox; a job sends it once the transaction is committed. Without a mail server it is kept
/// for the instance administrator.
///
/// # Errors
/// When the database refuses.
pub async fn write(ctx: &Ctx, conn: &mut Conn, to: &str, subject: &str, body: &str) -> Outcome<MailId> {
    let now = ctx.now();
    let status = if ctx.settings.smtp.is_some() { MailStatus::Queued } else { MailStatus::Kept };
    let id = store::mails::insert(conn, to, subject, body, status, now).await.or_internal()?;
    if status == MailStatus::Queued {
        let key = format!("mail:{id}");
        store::jobs::put(conn, &Work::SendMail { mail: id.0 }, Some(&key), now, now).await.or_internal()?;
    }
    Ok(id)
}

/// Sends a mail of the outbox. A mail that was sent already is left alone.
///
/// # Errors
/// Why the mail server did not take it; the job is tried again.
pub(crate) async fn send(ctx: &Ctx, id: MailId) -> Result<(), String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let mut conn = ctx.store.read().await.map_err(|error| text(&error))?;
    let mail = store::mails::by_id(&mut conn, id).await.map_err(|error| text(&error))?;
    drop(conn);
    let Some(mail) = mail.filter(|mail| mail.status == MailStatus::Queued) else { return Ok(()) };
    let Some(smtp) = &ctx.settings.smtp else { return mark(ctx, id, MailStatus::Kept, None).await };
    let message = smtp.from.parse().ok().zip(mail.recipient.parse().ok()).and_then(|(from, to)| {
        // The id makes a second delivery of the same mail recognisable.
        let host = ctx.settings.public_url.host_str().unwrap_or("localhost");
        let builder = Message::builder().from(from).to(to).subject(&mail.subject);
        builder.message_id(Some(format!("<patchbay-{id}@{host}>"))).body(mail.body.clone()).ok()
    });
    let Some(message) = message else {
        return mark(ctx, id, MailStatus::Failed, Some("The sender's or the recipient's address is not one.")).await;
    };
    let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp.url.expose_secret());
    // The address holds the password: of the error only the kind is told.
    let transport = transport.map_err(|_| "The mail server's address in the configuration is not one.".to_owned())?;
    match transport.build().send(message).await {
        Ok(_) => mark(ctx, id, MailStatus::Sent, None).await,
        Err(error) if error.is_permanent() => mark(ctx, id, MailStatus::Failed, Some(&error.to_string())).await,
        Err(error) => Err(format!("The mail server did not take the mail: {error}")),
    }
}

async fn mark(ctx: &Ctx, id: MailId, status: MailStatus, error: Option<&str>) -> Result<(), String> {
    let text = |error: store::Error| error.to_string();
    let mut conn = ctx.store.write().await.map_err(text)?;
    store::mails::set_status(&mut conn, id, status, error).await.map_err(text)?;
    conn.commit().await.map_err(text)
}
