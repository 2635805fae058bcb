//! What the instance administrator sees.

use crate::access;
use crate::actor::Actor;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use domain::Outcome;
use domain::mails::Mail;

/// The newest 200 mails of the outbox.
///
/// # Errors
/// [`domain::Code::NotFound`] for anybody but an instance administrator.
pub async fn outbox(ctx: &Ctx, actor: &Actor) -> Outcome<Vec<Mail>> {
    access::instance_admin(actor)?;
    let mut conn = ctx.store.read().await.or_internal()?;
    store::mails::newest(&mut conn, 200).await.or_internal()
}
