//! Issue sync: the links of a tracker and its log. The rules are in `hub::issue_sync`.

use super::ApiError;
#[cfg(feature = "ssr")]
use crate::{context, links};
use domain::config::ConfigField;
use domain::ids::{IntegrationId, LinkId, SyncEventId};
use domain::issue_sync::{IssueLink, LinksPage, LogFilter, LogPage, SyncEvent};
use domain::organizations::Organization;
use domain::slug::OrgSlug;
use domain::trackers::Found;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The links of a tracker, and in which organization they are.
///
/// # Errors
/// Not found for a connection that is no tracker of this organization.
#[server(prefix = "/_api", endpoint = "issue-sync/links")]
pub async fn links_of(
    /// The organization.
    org: OrgSlug,
    /// The provider's key.
    provider: String,
    /// The tracker's connection.
    id: IntegrationId,
    /// Only those that are older than this one.
    #[server(default)]
    before: Option<LinkId>,
) -> Result<(Organization, LinksPage), ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    let organization = hub::organizations::open(&ctx, &actor, &org).await?.organization;
    Ok((organization, hub::issue_sync::links(&ctx, &actor, &org, &provider, id, before).await?))
}

/// Looks for issues in Sentry.
///
/// # Errors
/// What Sentry said.
#[server(prefix = "/_api", endpoint = "issue-sync/issues")]
pub async fn search_issues(
    /// The organization.
    org: OrgSlug,
    /// The Sentry connection.
    sentry: IntegrationId,
    /// What is looked for.
    #[server(default)]
    query: String,
) -> Result<Vec<Found>, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::issue_sync::search_issues(&ctx, &actor, &org, sentry, &query).await?)
}

/// Looks for items in a tracker.
///
/// # Errors
/// What the tracker said.
#[server(prefix = "/_api", endpoint = "issue-sync/items")]
pub async fn search_items(
    /// The organization.
    org: OrgSlug,
    /// The tracker's connection.
    id: IntegrationId,
    /// What is looked for.
    #[server(default)]
    query: String,
) -> Result<Vec<Found>, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::issue_sync::search_items(&ctx, &actor, &org, id, &query).await?)
}

/// Links an issue with an item that is there. A plain form goes on to the links, where the new one is marked.
///
/// # Errors
/// When one of the two is linked already, is not there, or the user may not.
#[server(prefix = "/_api", endpoint = "issue-sync/link")]
pub async fn link(
    /// The organization.
    org: OrgSlug,
    /// The provider's key.
    provider: String,
    /// The tracker's connection.
    id: IntegrationId,
    /// The Sentry connection.
    sentry: IntegrationId,
    /// Sentry's id of the issue.
    issue_id: String,
    /// The tracker's id of the item.
    item_key: String,
    /// Whether a comment on the item tells of it; a box that is not ticked sends nothing.
    #[server(default)]
    comment: bool,
) -> Result<IssueLink, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    let link = hub::issue_sync::link(&ctx, &actor, &org, id, sentry, &issue_id, &item_key, comment).await?;
    context::form_goes_on(&links::issue_links_added(&org, &provider, id, link.id));
    Ok(link)
}

/// Takes a link away; the issue and the item stay. A plain form goes back to where it stood.
///
/// # Errors
/// When it is gone, or the user may not.
#[server(prefix = "/_api", endpoint = "issue-sync/unlink")]
pub async fn unlink(
    /// The organization.
    org: OrgSlug,
    /// The tracker's connection.
    id: IntegrationId,
    /// The link.
    link: LinkId,
) -> Result<IssueLink, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::issue_sync::unlink(&ctx, &actor, &org, id, link).await?)
}

/// The tracker's projects that items can be created in: id and name.
///
/// # Errors
/// What the tracker said.
#[server(prefix = "/_api", endpoint = "issue-sync/projects")]
pub async fn projects(
    /// The organization.
    org: OrgSlug,
    /// The tracker's connection.
    id: IntegrationId,
) -> Result<Vec<(String, String)>, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::issue_sync::projects(&ctx, &actor, &org, id).await?)
}

/// The types that an item of a project can have: id and name.
///
/// # Errors
/// What the tracker said.
#[server(prefix = "/_api", endpoint = "issue-sync/types")]
pub async fn item_types(
    /// The organization.
    org: OrgSlug,
    /// The tracker's connection.
    id: IntegrationId,
    /// The project.
    project: String,
) -> Result<Vec<(String, String)>, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::issue_sync::item_types(&ctx, &actor, &org, id, &project).await?)
}

/// The form of a new item.
///
/// # Errors
/// What the tracker said.
#[server(prefix = "/_api", endpoint = "issue-sync/form")]
pub async fn item_form(
    /// The organization.
    org: OrgSlug,
    /// The tracker's connection.
    id: IntegrationId,
    /// The project.
    project: String,
    /// The type.
    item_type: String,
) -> Result<Vec<ConfigField>, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::issue_sync::item_form(&ctx, &actor, &org, id, &project, &item_type).await?)
}

/// Where an item is created, and as what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemKind {
    /// The project.
    pub project: String,
    /// The type.
    pub item_type: String,
}

/// Creates an item and links an issue with it. A plain form goes on to the links, where the new one is marked.
///
/// # Errors
/// Field errors, or what the tracker said.
#[server(prefix = "/_api", endpoint = "issue-sync/create")]
pub async fn create(
    /// The organization.
    org: OrgSlug,
    /// The provider's key.
    provider: String,
    /// The tracker's connection.
    id: IntegrationId,
    /// The Sentry connection.
    sentry: IntegrationId,
    /// Sentry's id of the issue.
    issue_id: String,
    /// Where it is created, and as what.
    kind: ItemKind,
    /// What the form holds, by field; a box that is not ticked sends nothing.
    #[server(default)]
    values: BTreeMap<String, String>,
) -> Result<IssueLink, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    let ItemKind { project, item_type } = kind;
    let made = hub::issue_sync::create(&ctx, &actor, &org, id, sentry, &issue_id, &project, &item_type, values).await?;
    context::form_goes_on(&links::issue_links_added(&org, &provider, id, made.id));
    Ok(made)
}

/// The sync log of a tracker, and in which organization it is.
///
/// # Errors
/// Not found for a connection that is no tracker of this organization.
#[server(prefix = "/_api", endpoint = "issue-sync/log")]
pub async fn log_of(
    /// The organization.
    org: OrgSlug,
    /// The provider's key.
    provider: String,
    /// The tracker's connection.
    id: IntegrationId,
    /// What it is narrowed to.
    #[server(default)]
    filter: LogFilter,
) -> Result<(Organization, LogPage), ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    let organization = hub::organizations::open(&ctx, &actor, &org).await?.organization;
    Ok((organization, hub::issue_sync::log(&ctx, &actor, &org, &provider, id, filter).await?))
}

/// Tries a line again, now. A plain form goes back to where it stood.
///
/// # Errors
/// When it is done meanwhile, or the user may not.
#[server(prefix = "/_api", endpoint = "issue-sync/retry")]
pub async fn retry(
    /// The organization.
    org: OrgSlug,
    /// The tracker's connection.
    id: IntegrationId,
    /// The line.
    event: SyncEventId,
) -> Result<SyncEvent, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::issue_sync::retry(&ctx, &actor, &org, id, event).await?)
}

/// Tries everything that failed again, and says how many lines that were. A plain form goes back to where it stood.
///
/// # Errors
/// When the user may not.
#[server(prefix = "/_api", endpoint = "issue-sync/retry-failed")]
pub async fn retry_failed(
    /// The organization.
    org: OrgSlug,
    /// The tracker's connection.
    id: IntegrationId,
) -> Result<i64, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::issue_sync::retry_failed(&ctx, &actor, &org, id).await?)
}
