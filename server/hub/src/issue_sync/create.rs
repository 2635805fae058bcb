//! Creating an item for an issue, by a form that is made of the fields of the tracker's project.

use super::client::with;
use super::links::{issue, tracker, write};
use crate::access;
use crate::actor::Actor;
use crate::ctx::Ctx;
use crate::integrations::split;
use domain::config::ConfigField;
use domain::ids::IntegrationId;
use domain::issue_sync::IssueLink;
use domain::roles::Need;
use domain::slug::OrgSlug;
use domain::{AppError, Outcome};
use providers::connect::CheckError;
use std::collections::BTreeMap;

/// The projects of a tracker: id and name.
///
/// # Errors
/// What the tracker said.
pub async fn projects(ctx: &Ctx, actor: &Actor, slug: &OrgSlug, id: IntegrationId) -> Outcome<Vec<(String, String)>> {
    let access = access::open(ctx, actor, slug).await?;
    access.permit(ctx, Need::ISSUE_LINKS).await?;
    let row = tracker(ctx, &access, id).await?;
    with(ctx, &row, |client| async move { client.tracker(&client.provider())?.projects().await }).await?.map_err(told)
}

/// The kinds of items that a project has: id and name.
///
/// # Errors
/// What the tracker said.
pub async fn item_types(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    id: IntegrationId,
    project: &str,
) -> Outcome<Vec<(String, String)>> {
    let access = access::open(ctx, actor, slug).await?;
    access.permit(ctx, Need::ISSUE_LINKS).await?;
    let row = tracker(ctx, &access, id).await?;
    with(ctx, &row, |client| async move { client.tracker(&client.provider())?.item_types(project).await })
        .await?
        .map_err(told)
}

/// The form of a kind of item.
///
/// # Errors
/// What the tracker said.
pub async fn item_form(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    id: IntegrationId,
    project: &str,
    item_type: &str,
) -> Outcome<Vec<ConfigField>> {
    let access = access::open(ctx, actor, slug).await?;
    access.permit(ctx, Need::ISSUE_LINKS).await?;
    let row = tracker(ctx, &access, id).await?;
    with(ctx, &row, |client| async move { client.tracker(&client.provider())?.item_fields(project, item_type).await })
        .await?
        .map_err(told)
}

/// Creates an item by its form and links it with an issue.
///
/// # Errors
/// Field errors, what the tracker said, or a conflict when the issue is linked already: then nothing is created.
#[expect(clippy::too_many_arguments, reason = "the issue, the form, and who creates where")]
pub async fn create(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    id: IntegrationId,
    sentry: IntegrationId,
    issue_id: &str,
    project: &str,
    item_type: &str,
    values: BTreeMap<String, String>,
) -> Outcome<IssueLink> {
    let access = access::open(ctx, actor, slug).await?;
    access.permit(ctx, Need::ISSUE_LINKS).await?;
    let row = tracker(ctx, &access, id).await?;
    let issue = issue(ctx, &access, sentry, issue_id).await?;
    refuse_linked(ctx, &issue).await?;
    let fields = item_form(ctx, actor, slug, id, project, item_type).await?;
    let (values, _) = split(&fields, &values)?;
    let values = &values;
    let made = with(ctx, &row, |client| async move {
        client.tracker(&client.provider())?.create(project, item_type, values).await
    });
    let item = made.await?.map_err(told)?;
    write(ctx, &access, &row, &issue, &item, "created and linked").await
}

/// An item that is created cannot be taken back: whether the issue is free is asked before.
async fn refuse_linked(
    ctx: &Ctx,
    (sentry, issue): &(domain::integrations::Installation, domain::trackers::Issue),
) -> Outcome<()> {
    use crate::errors::OrInternal;
    let mut conn = ctx.store.read().await.or_internal()?;
    let links = store::issue_links::of_issue(&mut conn, &issue.id).await.or_internal()?;
    match links.iter().any(|link| link.sentry_id == sentry.id) {
        true => Err(AppError::conflict(format!("{} is linked already. Unlink it first.", issue.short_id))
            .with("issue", "This issue is linked already.")),
        false => Ok(()),
    }
}

fn told(error: CheckError) -> AppError {
    AppError::provider(error.to_string())
}
