//! Pausing, resuming, removing, and undoing a removal.

use super::{TARGET, load, present};
use crate::access::{self, Access, Permit};
use crate::actor::Actor;
use crate::change::{Change, Record};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use domain::events::Topic;
use domain::ids::{InstallationId, IntegrationId};
use domain::integrations::{Installation, Integration, ObjectStatus, may_become};
use domain::jobs::Work;
use domain::roles::Need;
use domain::slug::OrgSlug;
use domain::time::SECOND;
use domain::{AppError, Outcome};

/// How long a removal can be undone, in milliseconds.
pub const UNDO_WINDOW: i64 = 10 * SECOND;

/// Pauses: checks stop; settings and credentials stay.
///
/// # Errors
/// When the actor may not, or it is being removed.
pub async fn pause(ctx: &Ctx, actor: &Actor, slug: &OrgSlug, id: IntegrationId) -> Outcome<Integration> {
    let access = access::open(ctx, actor, slug).await?;
    to(ctx, &access, id, Need::INTEGRATIONS_WRITE, ObjectStatus::Disabled).await
}

/// Resumes a paused integration.
///
/// # Errors
/// When the actor may not, or it is being removed.
pub async fn resume(ctx: &Ctx, actor: &Actor, slug: &OrgSlug, id: IntegrationId) -> Outcome<Integration> {
    let access = access::open(ctx, actor, slug).await?;
    to(ctx, &access, id, Need::INTEGRATIONS_WRITE, ObjectStatus::Active).await
}

/// Removes: can be undone for [`UNDO_WINDOW`], then a job deletes it.
///
/// # Errors
/// When the actor may not.
pub async fn remove(ctx: &Ctx, actor: &Actor, slug: &OrgSlug, id: IntegrationId) -> Outcome<Integration> {
    let access = access::open(ctx, actor, slug).await?;
    remove_in(ctx, &access, id).await
}

/// [`remove`] in an organization that was entered already.
///
/// # Errors
/// As [`remove`].
pub async fn remove_in(ctx: &Ctx, access: &Access, id: IntegrationId) -> Outcome<Integration> {
    to(ctx, access, id, Need::INTEGRATIONS_REMOVE, ObjectStatus::PendingDeletion).await
}

/// Undoes a removal: back to active or paused, as it was.
///
/// # Errors
/// When the actor may not, or the removal has happened.
pub async fn keep(ctx: &Ctx, actor: &Actor, slug: &OrgSlug, id: IntegrationId) -> Outcome<Integration> {
    let access = access::open(ctx, actor, slug).await?;
    let permit = access.permit(ctx, Need::INTEGRATIONS_REMOVE).await?;
    let mut change = Change::begin(ctx, &permit).await?;
    let row = load(&mut change.conn, &access, id).await?;
    let back = match row.status {
        ObjectStatus::PendingDeletion => row.removed_from.unwrap_or(ObjectStatus::Active),
        _ => return Ok(present::any(&row)),
    };
    step(&mut change, &row, back, None).await?;
    store::jobs::delete_by_key(&mut change.conn, &removal_key(row.id)).await.or_internal()?;
    change.commit(record("integration.keep", &row, format!("kept {} after all", named(&row)))).await?;
    reload(ctx, &access, id).await
}

/// Deletes an installation whose undo window has passed; one that was kept meanwhile is left alone.
///
/// # Errors
/// When the database refuses; the job is tried again.
pub async fn remove_as_job(ctx: &Ctx, id: InstallationId) -> Outcome<()> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let Some(row) = store::installations::by_id(&mut conn, id).await.or_internal()? else { return Ok(()) };
    let organization = store::organizations::by_id(&mut conn, row.organization_id).await.or_internal()?;
    drop(conn);
    let permit = Permit::trusted(&Actor::system(), organization)?;
    let mut change = Change::begin(ctx, &permit).await?;
    let due = row.removal_due_at.is_some_and(|due| due <= ctx.now());
    if row.status != ObjectStatus::PendingDeletion || !due {
        return Ok(());
    }
    // The row decides, not what was read before the transaction: somebody may have kept it a moment ago.
    step(&mut change, &row, ObjectStatus::DeletionInProgress, row.removal_due_at).await?;
    store::installations::delete(&mut change.conn, id).await.or_internal()?;
    change.commit(record("integration.removed", &row, format!("deleted {} with its credentials", named(&row)))).await
}

/// The key of the removal job, of which there is at most one per installation.
pub(super) fn removal_key(id: InstallationId) -> String {
    format!("remove:{id}")
}

async fn to(ctx: &Ctx, access: &Access, id: IntegrationId, need: Need, status: ObjectStatus) -> Outcome<Integration> {
    let permit = access.permit(ctx, need).await?;
    let mut change = Change::begin(ctx, &permit).await?;
    let row = load(&mut change.conn, access, id).await?;
    if row.status == status
        || (status == ObjectStatus::PendingDeletion && row.status == ObjectStatus::DeletionInProgress)
    {
        // Asked for twice: done once.
        return Ok(present::any(&row));
    }
    if row.status == ObjectStatus::PendingDeletion {
        return Err(AppError::conflict("It is being removed. Keep it first."));
    }
    let removing = status == ObjectStatus::PendingDeletion;
    let now = ctx.now();
    let due = removing.then(|| now.plus(UNDO_WINDOW));
    step(&mut change, &row, status, due).await?;
    if let Some(due) = due {
        let work = Work::RemoveInstallation { installation: row.id.0 };
        store::jobs::put(&mut change.conn, &work, Some(&removal_key(row.id)), due, now).await.or_internal()?;
    }
    if status == ObjectStatus::Active {
        store::installations::postpone_check(&mut change.conn, row.id, now).await.or_internal()?;
    }
    let (action, verb) = match status {
        ObjectStatus::Disabled => ("integration.disable", "paused"),
        ObjectStatus::Active => ("integration.enable", "resumed"),
        _ => ("integration.remove", "removed"),
    };
    change.commit(record(action, &row, format!("{verb} {}", named(&row)))).await?;
    reload(ctx, access, id).await
}

async fn step(
    change: &mut Change<'_>,
    row: &Installation,
    status: ObjectStatus,
    due: Option<domain::Timestamp>,
) -> Outcome<()> {
    may_become(row.status, status).map_err(AppError::conflict)?;
    match store::installations::set_status(&mut change.conn, row.id, row.status, status, due).await.or_internal()? {
        0 => Err(AppError::conflict("Somebody changed this integration just now. Reload the page and try again.")),
        _ => Ok(()),
    }
}

async fn reload(ctx: &Ctx, access: &Access, id: IntegrationId) -> Outcome<Integration> {
    let mut conn = ctx.store.read().await.or_internal()?;
    Ok(present::any(&load(&mut conn, access, id).await?))
}

fn named(row: &Installation) -> String {
    let provider = present::manifest_of(row).map_or(row.provider.as_str(), |manifest| manifest.name.as_str());
    format!("{provider} ({})", row.name)
}

fn record<'a>(action: &'a str, row: &Installation, summary: String) -> Record<'a> {
    Record {
        action,
        target_kind: TARGET,
        target_id: row.id.to_string(),
        summary,
        event: Some((Topic::Integration, row.provider.clone())),
    }
}
