//! What the instance administrator sees.

use super::ApiError;
#[cfg(feature = "ssr")]
use crate::context;
use domain::mails::Mail;
use leptos::prelude::*;

/// The mail outbox, newest first.
///
/// # Errors
/// When the user does not administer the instance.
#[server(prefix = "/_api", endpoint = "admin/outbox")]
pub async fn outbox() -> Result<Vec<Mail>, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::admin::outbox(&ctx, &actor).await?)
}
