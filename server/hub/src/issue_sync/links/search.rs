//! Finding both ends of a link that is to be made.

use super::super::{SENTRY, with};
use super::{active, active_tracker};
use crate::access;
use crate::actor::Actor;
use crate::ctx::Ctx;
use domain::ids::IntegrationId;
use domain::roles::Need;
use domain::slug::OrgSlug;
use domain::trackers::Found;
use domain::{AppError, Outcome};

/// The longest text that is searched for, in characters.
const MAX_QUERY: usize = 200;

/// Issues of a Sentry that fit a text.
///
/// # Errors
/// What Sentry said.
pub async fn search_issues(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    sentry: IntegrationId,
    query: &str,
) -> Outcome<Vec<Found>> {
    let access = access::open(ctx, actor, slug).await?;
    access.permit(ctx, Need::ISSUE_LINKS).await?;
    let row = active(ctx, &access, sentry).await?;
    if row.provider != SENTRY {
        return Err(AppError::not_found("This Sentry"));
    }
    let query = short(query);
    with(ctx, &row, |client| async move { client.sentry(&client.provider()).search(query).await })
        .await?
        .map_err(|error| AppError::provider(error.to_string()))
}

/// Items of a tracker that fit a text.
///
/// # Errors
/// What the tracker said, or that it is paused.
pub async fn search_items(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    id: IntegrationId,
    query: &str,
) -> Outcome<Vec<Found>> {
    let access = access::open(ctx, actor, slug).await?;
    access.permit(ctx, Need::ISSUE_LINKS).await?;
    let row = active_tracker(ctx, &access, id).await?;
    let query = short(query);
    if query.is_empty() {
        return Ok(Vec::new());
    }
    with(ctx, &row, |client| async move { client.tracker(&client.provider())?.search(query).await })
        .await?
        .map_err(|error| AppError::provider(error.to_string()))
}

fn short(query: &str) -> &str {
    let query = query.trim();
    query.char_indices().nth(MAX_QUERY).map_or(query, |(end, _)| &query[..end])
}
