//! Pausing, resuming, removing, and undoing a removal.

use super::{TARGET, load, present};
use crate::access::{self, Access};
use crate::actor::Actor;
use crate::change::{Change, Record};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::{grants, issue_sync, provider_apps};
use domain::events::Topic;
use domain::ids::{InstallationId, IntegrationId};
use domain::integrations::{Installation, Integration, ObjectStatus, may_become};
use domain::jobs::Work;
use domain::roles::Need;
use domain::sign_in::{Auth, RevokeBy};
use domain::slug::OrgSlug;
use domain::time::SECOND;
use domain::{AppError, Outcome};
use providers::connect::CheckError;

/// How long a removal can be undone, in milliseconds.
pub const UNDO_WINDOW: i64 = 10 * SECOND;

/// How often a removal tries to tell the provider before it goes on without: a good quarter of an hour.
pub const REVOKE_TRIES: i64 = 8;

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

/// Deletes an installation whose undo window has passed, after telling the provider that its tokens are no longer used;
/// one that was kept meanwhile is left alone. `attempts` counts earlier tries of this job.
///
/// # Errors
/// When the provider could not be told: the job is tried again, and gives up telling after [`REVOKE_TRIES`].
pub async fn remove_as_job(ctx: &Ctx, id: InstallationId, attempts: i64) -> Outcome<()> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let Some(row) = store::installations::by_id(&mut conn, id).await.or_internal()? else { return Ok(()) };
    let permit = access::system(&mut conn, row.organization_id).await?;
    drop(conn);
    let due = row.removal_due_at.is_some_and(|due| due <= ctx.now());
    let row = match row.status {
        ObjectStatus::DeletionInProgress => row,
        ObjectStatus::PendingDeletion if due => {
            let mut change = Change::begin(ctx, &permit).await?;
            // The row decides, not what was read before: somebody may have kept it a moment ago.
            step(&mut change, &row, ObjectStatus::DeletionInProgress, row.removal_due_at).await?;
            change.commit_unremarked(Topic::Integration, &row.provider).await?;
            Installation { status: ObjectStatus::DeletionInProgress, ..row }
        }
        _ => return Ok(()),
    };
    issue_sync::remove_hook(ctx, &row).await?;
    let told = revoke(ctx, &row).await?;
    if let (Err(error), true) = (&told, attempts < REVOKE_TRIES) {
        if attempts <= 1 {
            let summary = format!("could not revoke the sign-in, and tries again: {error}");
            Change::begin(ctx, &permit).await?.commit(record("integration.revoke.retry", &row, summary)).await?;
        }
        return Err(AppError::provider(error.to_string()));
    }
    let mut change = Change::begin(ctx, &permit).await?;
    // Installed again meanwhile: it stays.
    if store::installations::delete_in_progress(&mut change.conn, id).await.or_internal()? == 0 {
        return Ok(());
    }
    let summary = match told {
        Ok(()) => format!("deleted {} with its credentials", named(&row)),
        Err(error) => format!("deleted {}; its sign-in could not be revoked, revoke it there: {error}", named(&row)),
    };
    change.commit(record("integration.removed", &row, summary)).await
}

/// Tells the provider that the tokens are no longer used, unless another organization uses the same account.
async fn revoke(ctx: &Ctx, row: &Installation) -> Outcome<Result<(), CheckError>> {
    let Some(manifest) = present::manifest_of(row) else { return Ok(Ok(())) };
    let mut conn = ctx.store.read().await.or_internal()?;
    let is_shared = store::installations::others_of(&mut conn, row.integration_id, row.id).await.or_internal()? > 0;
    let is_grant = store::grants::of_installation(&mut conn, row.id).await.or_internal()?.is_some();
    drop(conn);
    let Auth::Oauth2(oauth) = &manifest.auth else { return Ok(Ok(())) };
    if is_shared || !is_grant {
        return Ok(Ok(()));
    }
    // Where the access token itself is what is shown, it has to be one that is still good.
    let fresh = match oauth.revoke_by {
        RevokeBy::Bearer => grants::fresh(ctx, row).await?.ok(),
        RevokeBy::Token => None,
    };
    let mut conn = ctx.store.read().await.or_internal()?;
    let secrets = match fresh {
        Some(secrets) => secrets,
        None => ctx.vault.open_installation(&mut conn, row.organization_id, row.id).await?,
    };
    let reach = provider_apps::reach(ctx, &mut conn, manifest, grants::connection(row), &secrets).await?;
    drop(conn);
    match providers::connect::oauth::revoke(&reach.provider(ctx, manifest), &secrets).await {
        // Gone already, or an app that nobody knows there any more: there is nothing left to revoke.
        Err(CheckError::GrantEnded { .. } | CheckError::AppRefused { .. } | CheckError::TokenRefused { .. }) => {
            Ok(Ok(()))
        }
        told => Ok(told),
    }
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
        issue_sync::wake(&mut change.conn, row.id, now).await?;
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

pub(crate) fn record<'a>(action: &'a str, row: &Installation, summary: String) -> Record<'a> {
    Record {
        action,
        target_kind: TARGET,
        target_id: row.id.to_string(),
        summary,
        event: Some((Topic::Integration, row.provider.clone())),
    }
}
