//! Pipelines: installing step by step. The rules are in `hub::pipelines`.

use super::ApiError;
#[cfg(feature = "ssr")]
use crate::{context, links};
use domain::ids::IntegrationId;
#[cfg(feature = "ssr")]
use domain::pipelines::StepBody;
use domain::pipelines::{PipelineId, Step};
use domain::slug::OrgSlug;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Begins to install, or to connect an installation again in place. A plain form goes on to the first step.
///
/// # Errors
/// When the user may not, or the provider is not set up here.
#[server(prefix = "/_api", endpoint = "pipelines/start")]
pub async fn start(
    /// The organization.
    org: OrgSlug,
    /// The provider's key.
    provider: String,
    /// The installation to connect again, where there is one.
    #[server(default)]
    again: Option<IntegrationId>,
) -> Result<Step, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    let step = hub::pipelines::start(&ctx, &actor, &org, &provider, again).await?;
    context::form_goes_on(&links::install_step(&org, &provider, &step.pipeline, again));
    Ok(step)
}

/// Where a pipeline stands.
///
/// # Errors
/// Not found for one of somebody else, and for one that has ended.
#[server(prefix = "/_api", endpoint = "pipelines/current")]
pub async fn current(
    /// The organization.
    org: OrgSlug,
    /// The pipeline.
    pipeline: PipelineId,
) -> Result<Step, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::pipelines::current(&ctx, &actor, &org, &pipeline).await?)
}

/// Hands in the answers of a step. A plain form goes on to the next one, or to the configure page after the last.
///
/// # Errors
/// Field errors, or what the other side said; the pipeline then stays where it is.
#[server(prefix = "/_api", endpoint = "pipelines/advance")]
pub async fn advance(
    /// The organization.
    org: OrgSlug,
    /// The pipeline.
    pipeline: PipelineId,
    /// The provider's key.
    provider: String,
    /// What the step's form holds, by field; a box that is not ticked sends nothing.
    #[server(default)]
    values: BTreeMap<String, String>,
) -> Result<Step, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    let step = hub::pipelines::advance(&ctx, &actor, &org, &pipeline, values).await?;
    context::form_goes_on(&page_of(&org, &provider, &step));
    Ok(step)
}

/// Ends a pipeline; nothing is installed. A plain form goes back to the provider's page.
///
/// # Errors
/// When the store does not answer.
#[server(prefix = "/_api", endpoint = "pipelines/cancel")]
pub async fn cancel(
    /// The organization.
    org: OrgSlug,
    /// The pipeline.
    pipeline: PipelineId,
    /// The provider's key.
    provider: String,
) -> Result<(), ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    hub::pipelines::cancel(&ctx, &actor, &org, &pipeline).await?;
    context::form_goes_on(&links::detail(&org, domain::catalogue::Kind::FirstParty, &provider));
    Ok(())
}

/// The page that shows a step.
#[cfg(feature = "ssr")]
fn page_of(org: &OrgSlug, provider: &str, step: &Step) -> String {
    match &step.body {
        StepBody::Complete { integration } => links::configure(org, provider, integration.integration.id),
        _ => links::install_step(org, provider, &step.pipeline, None),
    }
}
