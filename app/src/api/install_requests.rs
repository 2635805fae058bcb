//! Requests to install an integration. The rules are in `hub::install_requests`.

use super::ApiError;
#[cfg(feature = "ssr")]
use crate::{context, links};
use domain::ids::InstallRequestId;
use domain::install_requests::InstallRequest;
use domain::slug::OrgSlug;
use leptos::prelude::*;

/// Asks those who may install for a provider. A plain form goes on to the provider's page.
///
/// # Errors
/// When the user has asked already, or may install it.
#[server(prefix = "/_api", endpoint = "requests/ask")]
pub async fn ask(
    /// The organization.
    org: OrgSlug,
    /// The provider's key.
    provider: String,
    /// Why, in their words; may be empty.
    #[server(default)]
    message: String,
) -> Result<InstallRequest, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    let request = hub::install_requests::ask(&ctx, &actor, &org, &provider, &message).await?;
    context::form_goes_on(&links::detail(&org, domain::catalogue::Kind::FirstParty, &provider));
    Ok(request)
}

/// Agrees to a request, or declines it.
///
/// # Errors
/// When somebody else decided first, or the user may not.
#[server(prefix = "/_api", endpoint = "requests/decide")]
pub async fn decide(
    /// The organization.
    org: OrgSlug,
    /// The request.
    id: InstallRequestId,
    /// Yes or no.
    approve: bool,
) -> Result<InstallRequest, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::install_requests::decide(&ctx, &actor, &org, id, approve).await?)
}
