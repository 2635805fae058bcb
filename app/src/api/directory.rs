//! The directory.

use super::ApiError;
#[cfg(feature = "ssr")]
use crate::context;
use domain::directory::Directory;
use domain::slug::OrgSlug;
use leptos::prelude::*;

/// Every entry of an organization's directory.
///
/// # Errors
/// Not found for an organization that the user is no member of.
#[server(prefix = "/_api", endpoint = "directory/list")]
pub async fn list_entries(
    /// Whose.
    org: OrgSlug,
) -> Result<Directory, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::directory::list(&ctx, &actor, &org).await?)
}
