//! Integrations: what the detail and configure pages ask the server. The rules are in `hub::integrations`.

mod settings;

pub use settings::{SaveSetting, field_choices, item_choices, save_setting};

use super::ApiError;
#[cfg(feature = "ssr")]
use crate::{context, links};
use domain::catalogue::Kind;
use domain::detail;
use domain::ids::IntegrationId;
use domain::integrations::{Integration, IntegrationWithConfig};
use domain::issue_sync;
use domain::organizations::Organization;
use domain::slug::OrgSlug;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// What the detail page of an entry shows, and in which organization it is.
///
/// # Errors
/// Not found for an unknown key, and for a key of another kind.
#[server(prefix = "/_api", endpoint = "integrations/detail")]
pub async fn detail(
    /// The organization.
    org: OrgSlug,
    /// Which of the four kinds.
    kind: Kind,
    /// The provider's key.
    key: String,
) -> Result<(Organization, detail::Detail), ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    let organization = hub::organizations::open(&ctx, &actor, &org).await?.organization;
    Ok((organization, hub::directory::detail(&ctx, &actor, &org, kind, &key).await?))
}

/// What the configure page shows, and in which organization it is.
///
/// # Errors
/// Not found for an installation that is not this provider's, or not this organization's.
#[server(prefix = "/_api", endpoint = "integrations/configure")]
pub async fn configure(
    /// The organization.
    org: OrgSlug,
    /// The provider's key.
    provider: String,
    /// The installation.
    id: IntegrationId,
) -> Result<(Organization, detail::Configure), ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    let organization = hub::organizations::open(&ctx, &actor, &org).await?.organization;
    Ok((organization, hub::integrations::configure(&ctx, &actor, &org, &provider, id).await?))
}

/// Checks the form and the connection, then installs, or connects an installation again. A plain form goes on to the
/// configure page.
///
/// # Errors
/// Field errors, or what the other side said.
#[server(prefix = "/_api", endpoint = "integrations/install")]
pub async fn install(
    /// The organization.
    org: OrgSlug,
    /// The provider's key.
    provider: String,
    /// What the form holds, by field; a box that is not ticked sends nothing.
    #[server(default)]
    values: BTreeMap<String, String>,
    /// The installation to connect again, where it is not one more.
    #[server(default)]
    again: Option<IntegrationId>,
) -> Result<IntegrationWithConfig, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    let installed = hub::integrations::install(&ctx, &actor, &org, &provider, values, again).await?;
    context::form_goes_on(&links::configure(&org, &provider, installed.integration.id));
    Ok(installed)
}

/// Begins to read the tracker's projects anew.
///
/// # Errors
/// When the provider is no tracker, or the user may not.
#[server(prefix = "/_api", endpoint = "integrations/refresh-projects")]
pub async fn refresh_projects(
    /// The organization.
    org: OrgSlug,
    /// The installation.
    id: IntegrationId,
) -> Result<issue_sync::Gathering, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::integrations::refresh_projects(&ctx, &actor, &org, id).await?)
}

/// How far reading the tracker's projects has come.
///
/// # Errors
/// When the provider is no tracker.
#[server(prefix = "/_api", endpoint = "integrations/gathering")]
pub async fn gathering(
    /// The organization.
    org: OrgSlug,
    /// The installation.
    id: IntegrationId,
) -> Result<issue_sync::Gathering, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::integrations::gathering(&ctx, &actor, &org, id).await?)
}

/// Stops using the connection; everything is kept.
///
/// # Errors
/// When it is being removed, or the user may not.
#[server(prefix = "/_api", endpoint = "integrations/pause")]
pub async fn pause(
    /// The organization.
    org: OrgSlug,
    /// The installation.
    id: IntegrationId,
) -> Result<Integration, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::integrations::pause(&ctx, &actor, &org, id).await?)
}

/// Uses the connection again.
///
/// # Errors
/// When it is being removed, or the user may not.
#[server(prefix = "/_api", endpoint = "integrations/resume")]
pub async fn resume(
    /// The organization.
    org: OrgSlug,
    /// The installation.
    id: IntegrationId,
) -> Result<Integration, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::integrations::resume(&ctx, &actor, &org, id).await?)
}

/// Asks for removal. A plain form goes on to the provider's configurations, where it can be kept after all.
///
/// # Errors
/// When it is being removed already, or the user may not.
#[server(prefix = "/_api", endpoint = "integrations/remove")]
pub async fn remove(
    /// The organization.
    org: OrgSlug,
    /// The installation.
    id: IntegrationId,
) -> Result<Integration, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    let removed = hub::integrations::remove(&ctx, &actor, &org, id).await?;
    context::form_goes_on(&links::configurations(&org, &removed.provider.key));
    Ok(removed)
}

/// Takes the removal back.
///
/// # Errors
/// When the removal has begun, or the user may not.
#[server(prefix = "/_api", endpoint = "integrations/keep")]
pub async fn keep(
    /// The organization.
    org: OrgSlug,
    /// The installation.
    id: IntegrationId,
) -> Result<Integration, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::integrations::keep(&ctx, &actor, &org, id).await?)
}

/// Checks the connection now.
///
/// # Errors
/// When it is paused or being removed, or the user may not.
#[server(prefix = "/_api", endpoint = "integrations/check")]
pub async fn check_now(
    /// The organization.
    org: OrgSlug,
    /// The installation.
    id: IntegrationId,
) -> Result<Integration, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::integrations::check(&ctx, &actor, &org, id).await?)
}
