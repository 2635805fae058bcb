//! Writing what became of a connection, and telling those who can act.

use super::present;
use super::record;
use crate::change::Change;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::mail;
use domain::Outcome;
use domain::integrations::{Health, HealthCheck, Installation};
use domain::roles::Need;

/// The grant of an installation is gone: writes it and tells those who can act.
pub(crate) async fn broke(
    ctx: &Ctx,
    mut change: Change<'_>,
    row: &Installation,
    health: Health,
    reason: &str,
) -> Outcome<()> {
    let now = ctx.now();
    let check = HealthCheck { checked_at: now, health, reason: Some(reason.to_owned()), duration_ms: 0 };
    write(ctx, &mut change, row, &check, now, row.next_check_at).await?;
    change.commit(record("integration.broke", row, format!("noticed that it broke: {reason}"))).await
}

/// Writes a check, unless something newer is known; a connection that breaks is told by mail to those who can act.
/// Answers whether it was written.
pub(super) async fn write(
    ctx: &Ctx,
    change: &mut Change<'_>,
    row: &Installation,
    check: &HealthCheck,
    begun: domain::Timestamp,
    next: Option<domain::Timestamp>,
) -> Outcome<bool> {
    let reason = check.reason.as_deref();
    let at = check.checked_at;
    let written = store::installations::set_health(&mut change.conn, row.id, check.health, reason, at, next, begun)
        .await
        .or_internal()?;
    if written == 0 {
        return Ok(false);
    }
    store::health::insert(&mut change.conn, row.id, check).await.or_internal()?;
    let is_broken = |health| matches!(health, Health::NeedsReauth | Health::RemovedAtProvider);
    if is_broken(check.health) && !is_broken(row.health) {
        tell_those_who_can_act(ctx, change, row, reason.unwrap_or("it no longer works")).await?;
    }
    Ok(true)
}

/// Writes a mail about an installation to each member who may connect it again.
pub(crate) async fn tell_those_who_can_act(
    ctx: &Ctx,
    change: &mut Change<'_>,
    row: &Installation,
    what: &str,
) -> Outcome<()> {
    let organization = store::organizations::by_id(&mut change.conn, row.organization_id).await.or_internal()?;
    let Some(organization) = organization else { return Ok(()) };
    let provider = present::manifest_of(row).map_or(row.provider.as_str(), |manifest| manifest.name.as_str());
    let path = format!("/settings/{}/integrations/{}/{}/", organization.slug, row.provider, row.integration_id);
    let link = ctx.settings.public_url.join(&path).or_internal()?;
    let subject = format!("{provider} ({}) needs you", row.name);
    let body = format!(
        "The connection of {} to {provider} ({}) needs somebody to act: {what}\n\nOpen it here:\n{link}\n\nYou get \
         this mail because you may manage the integrations of {}.\n",
        organization.name, row.name, organization.name
    );
    for member in store::members::of_organization(&mut change.conn, row.organization_id).await.or_internal()? {
        if member.role.scopes().has_any(Need::INTEGRATIONS_WRITE.any) {
            mail::write(ctx, &mut change.conn, member.email.as_str(), &subject, &body).await?;
        }
    }
    Ok(())
}
