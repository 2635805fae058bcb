//! Organizations: what the frame around the pages shows, and where home is.

use super::ApiError;
#[cfg(feature = "ssr")]
use crate::{context, links};
use domain::ids::EventId;
use domain::organizations::OrganizationView;
use domain::path::LocalPath;
#[cfg(feature = "ssr")]
use domain::slug::OrgSlug;
use domain::users::User;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the frame around the pages shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameData {
    /// Who is signed in.
    pub me: User,
    /// Their organizations.
    pub organizations: Vec<OrganizationView>,
    /// The one that the page belongs to, where it belongs to one that they may see.
    pub current: Option<OrganizationView>,
    /// How many integrations need a person.
    pub attention: usize,
    /// The newest event when this was put together: the live stream goes on from there.
    pub newest: EventId,
}

/// The cookie that remembers the last organization.
#[cfg(feature = "ssr")]
const LAST: &str = "patchbay-organization";

/// What the frame shows on a page of this organization. An empty slug is a page of none: there it shows the last one.
///
/// # Errors
/// When nobody is signed in.
#[server(prefix = "/_api", endpoint = "organizations/frame")]
pub async fn frame(
    /// The slug in the address.
    #[server(default)]
    org: String,
) -> Result<FrameData, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    // Before anything else is read: an event that comes meanwhile is heard twice rather than not at all.
    let newest = hub::live::newest(&ctx).await?;
    let me = hub::users::me(&ctx, &actor).await?;
    let organizations = hub::organizations::mine(&ctx, &actor).await?;
    // The page says that an unknown organization is not there; the frame around it stays.
    let current = match OrgSlug::parse(&org) {
        Ok(slug) => hub::organizations::open(&ctx, &actor, &slug).await.ok(),
        Err(_) if org.is_empty() => last_of(&organizations).cloned(),
        Err(_) => None,
    };
    let mut attention = 0;
    if let Some(view) = &current {
        let slug = &view.organization.slug;
        let directory = hub::directory::list(&ctx, &actor, slug).await?;
        attention = directory.entries.iter().filter(|entry| entry.status.needs_attention()).count();
        remember(slug);
    }
    Ok(FrameData { me, organizations, current, attention, newest })
}

/// Where home is: set-up, sign-in or the last organization; nowhere for a person without any.
///
/// # Errors
/// When the store does not answer.
#[server(prefix = "/_api", endpoint = "organizations/home")]
pub async fn home() -> Result<Option<LocalPath>, ApiError> {
    let ctx = context::ctx();
    if hub::setup::state(&ctx).await?.needed {
        return Ok(LocalPath::parse(links::SETUP).ok());
    }
    let actor = match context::actor().await {
        Err(error) if error.code == domain::Code::SignedOut => return Ok(LocalPath::parse(links::LOGIN).ok()),
        actor => actor?,
    };
    let mine = hub::organizations::mine(&ctx, &actor).await?;
    Ok(last_of(&mine).and_then(|view| LocalPath::parse(&links::directory(&view.organization.slug)).ok()))
}

/// The organization this browser was in last, else the first.
#[cfg(feature = "ssr")]
fn last_of(mine: &[OrganizationView]) -> Option<&OrganizationView> {
    let last = context::cookie(LAST);
    let is_last = |view: &&OrganizationView| Some(view.organization.slug.as_str()) == last.as_deref();
    mine.iter().find(is_last).or(mine.first())
}

#[cfg(feature = "ssr")]
fn remember(slug: &OrgSlug) {
    if context::cookie(LAST).as_deref() != Some(slug.as_str()) {
        let end = context::cookie_end();
        context::set_cookie(&format!("{LAST}={slug}; Path=/; Max-Age=31536000; HttpOnly{end}"));
    }
}
