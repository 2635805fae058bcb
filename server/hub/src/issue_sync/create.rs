//! Creating an item for an issue, by a form that is made of the fields of the tracker's project.

use super::client::with;
use super::gather::fresh_projects;
use super::links::{active_tracker, issue, write};
use crate::access;
use crate::actor::Actor;
use crate::ctx::Ctx;
use crate::integrations::split;
use domain::config::{ConfigData, ConfigField, FieldKind};
use domain::error::Fields;
use domain::ids::IntegrationId;
use domain::integrations::Installation;
use domain::issue_sync::IssueLink;
use domain::roles::Need;
use domain::slug::OrgSlug;
use domain::{AppError, Outcome};
use providers::connect::CheckError;
use providers::trackers::Tracker;
use serde_json::Value;
use std::collections::BTreeMap;

/// The projects of a tracker: id and name, as they were gathered within the last hour, else as they are now.
///
/// # Errors
/// What the tracker said, or that it is paused.
pub async fn projects(ctx: &Ctx, actor: &Actor, slug: &OrgSlug, id: IntegrationId) -> Outcome<Vec<(String, String)>> {
    let access = access::open(ctx, actor, slug).await?;
    access.permit(ctx, Need::ISSUE_LINKS).await?;
    let row = active_tracker(ctx, &access, id).await?;
    if let Some(projects) = fresh_projects(ctx, &row).await? {
        return Ok(projects);
    }
    with(ctx, &row, |client| async move { client.tracker(&client.provider())?.projects().await }).await?.map_err(told)
}

/// The kinds of items that a project has: id and name.
///
/// # Errors
/// What the tracker said, or that it is paused.
pub async fn item_types(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    id: IntegrationId,
    project: &str,
) -> Outcome<Vec<(String, String)>> {
    let access = access::open(ctx, actor, slug).await?;
    access.permit(ctx, Need::ISSUE_LINKS).await?;
    let row = active_tracker(ctx, &access, id).await?;
    with(ctx, &row, |client| async move { client.tracker(&client.provider())?.item_types(project).await })
        .await?
        .map_err(told)
}

/// The form of a kind of item.
///
/// # Errors
/// What the tracker said, or that it is paused.
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
    let row = active_tracker(ctx, &access, id).await?;
    with(ctx, &row, |client| async move { client.tracker(&client.provider())?.item_fields(project, item_type).await })
        .await?
        .map_err(told)
}

/// Creates an item by its form and links it with an issue.
///
/// # Errors
/// Field errors, what the tracker said, or a conflict when the issue is linked already or a side is paused: then nothing
/// is created.
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
    let row = active_tracker(ctx, &access, id).await?;
    let issue = issue(ctx, &access, sentry, issue_id).await?;
    refuse_linked(ctx, &issue).await?;
    let fields = item_form(ctx, actor, slug, id, project, item_type).await?;
    let (values, _) = split(&fields, &values)?;
    let (fields, values) = (&fields, &values);
    let made = with(ctx, &row, |client| async move {
        let provider = client.provider();
        let tracker = client.tracker(&provider)?;
        match written(&tracker, &provider.manifest.name, fields, values).await? {
            Ok(values) => tracker.create(project, item_type, &values).await.map(Ok),
            Err(refused) => Ok(Err(refused)),
        }
    });
    let item = made.await?.map_err(told)??;
    write(ctx, &access, &row, &issue, &item, "created and linked").await
}

/// The values as the tracker takes them: people by its own name for them, times with their zone.
async fn written(
    tracker: &Tracker<'_>,
    name: &str,
    fields: &[ConfigField],
    values: &ConfigData,
) -> Result<Outcome<ConfigData>, CheckError> {
    let (mut written, mut errors) = (values.clone(), Fields::default());
    for field in fields {
        let given = values.get(&field.name).and_then(Value::as_str).filter(|given| !given.is_empty());
        let value = match (&field.kind, given) {
            (FieldKind::Email, Some(email)) => one_person(name, tracker.people(email).await?),
            (FieldKind::DatetimeLocal, Some(minute)) => Ok(tracker.moment(minute)),
            _ => continue,
        };
        if let Some(value) = errors.take(&field.name, value) {
            written.insert(field.name.clone(), value.into());
        }
    }
    Ok(errors.finish().map(|()| written))
}

fn one_person(tracker: &str, mut found: Vec<String>) -> Result<String, String> {
    match (found.pop(), found.is_empty()) {
        (Some(person), true) => Ok(person),
        (Some(_), false) => Err(format!(
            "More than one person has this address in {tracker}. Create the item in {tracker}, then link it."
        )),
        (None, _) => Err(format!(
            "Nobody has this address in {tracker}, or {tracker} does not show it. Write another address, or create the \
             item in {tracker}, then link it."
        )),
    }
}

/// An item that is created cannot be taken back: whether the issue is free is asked before.
async fn refuse_linked(ctx: &Ctx, (sentry, issue): &(Installation, domain::trackers::Issue)) -> Outcome<()> {
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
