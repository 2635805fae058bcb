//! The one step of a key or a database connection.

use super::oauth::finish;
use super::state::Running;
use crate::access::{Access, Permit};
use crate::ctx::Ctx;
use crate::integrations;
use domain::{AppError, Outcome};
use std::collections::BTreeMap;
use std::time::Instant;

/// Takes the form, asks the provider whose it is, and connects. What is refused is told beside its field, and the form
/// can be sent again.
pub(super) async fn take(
    ctx: &Ctx,
    access: &Access,
    permit: &Permit,
    running: &mut Running,
    values: &BTreeMap<String, String>,
) -> Outcome<()> {
    let (form, secrets) = integrations::split(running.manifest.auth.fields(), values)?;
    let secrets_in_state = secrets.clone();
    running.state.form = form;
    running.state.secrets = secrets_in_state.0.into_iter().map(super::state::exposed).collect();
    let reach = running.reach(ctx).await?;
    let begin = Instant::now();
    let provider = reach.provider(ctx, running.manifest);
    let accounts = providers::connect::accounts(&provider, &running.state.form, &secrets, None).await;
    let accounts = accounts.map_err(|error| error.to_app_error())?;
    let account = accounts.first().ok_or_else(|| AppError::not_found("The account"))?;
    let duration_ms = i64::try_from(begin.elapsed().as_millis()).unwrap_or(i64::MAX);
    finish(ctx, access, permit, running, account, None, duration_ms).await
}
