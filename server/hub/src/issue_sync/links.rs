//! Links: listing, linking, unlinking; [`search`] finds both ends.

mod search;

pub use search::{search_issues, search_items};

use super::client::with;
use super::{SENTRY, gate, is_tracker, looks};
use crate::access::{self, Access};
use crate::actor::Actor;
use crate::change::Change;
use crate::ctx::Ctx;
use crate::errors::{OrInternal, internal};
use crate::integrations::{load, present, record, refuse_resting};
use domain::ids::{IntegrationId, LinkId};
use domain::integrations::{Installation, ObjectStatus};
use domain::issue_sync::{EventStatus, HookView, IssueLink, LinksPage, SyncCard, settings};
use domain::roles::Need;
use domain::slug::OrgSlug;
use domain::trackers::{Issue, Item};
use domain::{AppError, Outcome};

/// Links on a page.
const PAGE: i64 = 50;

/// The links of a tracker.
///
/// # Errors
/// [`domain::Code::NotFound`] when the organization has no such tracker.
pub async fn links(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    provider: &str,
    id: IntegrationId,
    before: Option<LinkId>,
) -> Outcome<LinksPage> {
    let access = access::open(ctx, actor, slug).await?;
    access.permit(ctx, Need::ORG_READ).await?;
    let row = tracker(ctx, &access, id).await?;
    if row.provider != provider {
        return Err(AppError::not_found("This integration"));
    }
    let mut conn = ctx.store.read().await.or_internal()?;
    let from = before.unwrap_or(LinkId(i64::MAX));
    let mut links = store::issue_links::of_installation(&mut conn, row.id, from, PAGE + 1).await.or_internal()?;
    let more = links.len() as i64 > PAGE;
    links.truncate(PAGE as usize);
    let total = store::issue_links::count(&mut conn, row.id).await.or_internal()?;
    let sentries =
        store::installations::of_organization(&mut conn, access.organization.id, Some(SENTRY)).await.or_internal()?;
    Ok(LinksPage {
        next: links.last().filter(|_| more).map(|link| link.id),
        idle: idle(&access, &row, &sentries),
        integration: present::any(&row),
        links,
        total,
        sentries: sentries.iter().filter(|row| row.status == ObjectStatus::Active).map(present::any).collect(),
        refused: refused(&access),
        now: ctx.now(),
    })
}

/// What the configure page says about issue sync.
pub(crate) async fn card(ctx: &Ctx, access: &Access, row: &Installation) -> Outcome<SyncCard> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let sentries =
        store::installations::of_organization(&mut conn, access.organization.id, Some(SENTRY)).await.or_internal()?;
    let hook = store::tracker_hooks::of_installation(&mut conn, row.id).await.or_internal()?;
    Ok(SyncCard {
        links: store::issue_links::count(&mut conn, row.id).await.or_internal()?,
        waiting: store::sync_events::count(&mut conn, row.id, EventStatus::Waiting, None).await.or_internal()?,
        failed: store::sync_events::count(&mut conn, row.id, EventStatus::Failed, None).await.or_internal()?,
        idle: idle(access, row, &sentries),
        hook: hook.map_or_else(HookView::default, |hook| HookView {
            exists: hook.hook_id.is_some(),
            problem: hook.problem,
            checked_at: hook.checked_at,
        }),
    })
}

/// Why nothing is carried, where that is so.
fn idle(access: &Access, row: &Installation, sentries: &[Installation]) -> Option<String> {
    if gate(&access.organization).is_some() {
        return Some(
            "Issue sync is not among the features of this organization. Whoever runs this Patchbay can switch it on."
                .to_owned(),
        );
    }
    if row.status != ObjectStatus::Active {
        return Some(format!("{} is paused. Resume it, and what changed meanwhile is carried.", row.name));
    }
    if sentries.is_empty() {
        return Some("No Sentry is connected yet. Connect one to link its issues.".to_owned());
    }
    if sentries.iter().all(|row| row.status != ObjectStatus::Active) {
        return Some("The connected Sentry is paused. Resume it, and what changed meanwhile is carried.".to_owned());
    }
    let off = settings::ALL.iter().all(|setting| !super::is_on(row, setting));
    off.then(|| "All settings of issue sync are off: links are kept, and nothing is carried.".to_owned())
}

/// Why the viewer may not link, where that is so.
pub(super) fn refused(access: &Access) -> Option<String> {
    (!access.may(Need::ISSUE_LINKS)).then(|| Need::ISSUE_LINKS.refusal())
}

/// Links an issue with an item as both are now; from here on changes are carried. With `comment`, a comment on the item
/// says so.
///
/// # Errors
/// What either side said; [`domain::Code::Conflict`] when either end is linked already, or a side is paused.
#[expect(clippy::too_many_arguments, reason = "the two ends, and who links them where")]
pub async fn link(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    id: IntegrationId,
    sentry: IntegrationId,
    issue_id: &str,
    item_key: &str,
    comment: bool,
) -> Outcome<IssueLink> {
    let access = access::open(ctx, actor, slug).await?;
    access.permit(ctx, Need::ISSUE_LINKS).await?;
    let row = active_tracker(ctx, &access, id).await?;
    let issue = issue(ctx, &access, sentry, issue_id).await?;
    let item = with(ctx, &row, |client| async move { client.tracker(&client.provider())?.item(item_key).await })
        .await?
        .map_err(|error| AppError::field("item", error.to_string()))?
        .what;
    let link = write(ctx, &access, &row, &issue, &item, "linked").await?;
    if comment {
        let text = format!("This is linked with the Sentry issue {}: {}", issue.1.short_id, issue.1.url);
        let (author, mark) = (access.actor.label(), format!("Patchbay link {}", link.id));
        let (item, author, text, mark) = (&item, &author, &text, &mark);
        let said = with(ctx, &row, |client| async move {
            client.tracker(&client.provider())?.add_comment(item, author, text, mark).await
        });
        if let Err(error) = said.await? {
            return Err(AppError::provider(format!(
                "{} is linked with {}, but the comment could not be written: {error}",
                link.issue_name, link.item_name
            )));
        }
    }
    Ok(link)
}

/// Unlinks. The log stays; what still waited is given up. Linking the same again undoes it.
///
/// # Errors
/// [`domain::Code::NotFound`] when the tracker has no such link.
pub async fn unlink(ctx: &Ctx, actor: &Actor, slug: &OrgSlug, id: IntegrationId, link: LinkId) -> Outcome<IssueLink> {
    let access = access::open(ctx, actor, slug).await?;
    let permit = access.permit(ctx, Need::ISSUE_LINKS).await?;
    let mut conn = ctx.store.read().await.or_internal()?;
    let row = load(&mut conn, &access, id).await?;
    drop(conn);
    let mut change = Change::begin(ctx, &permit).await?;
    let found = store::issue_links::by_id(&mut change.conn, link).await.or_internal()?;
    let found = found.filter(|found| found.tracker_id == row.id).ok_or_else(|| AppError::not_found("This link"))?;
    // The link's row first, then its events: in the order of the worker, so that neither waits for the other for ever.
    if store::issue_links::wake(&mut change.conn, link, ctx.now()).await.or_internal()? == 0 {
        return Err(AppError::not_found("This link"));
    }
    let sentence = format!("Given up: {} were unlinked.", found.subject());
    store::sync_events::give_up(&mut change.conn, link, &sentence, ctx.now()).await.or_internal()?;
    store::issue_links::delete(&mut change.conn, link).await.or_internal()?;
    change.commit(record("issue_link.remove", &row, format!("unlinked {}", found.subject()))).await?;
    Ok(found)
}

/// An issue, with the Sentry connection it is of.
pub(super) async fn issue(
    ctx: &Ctx,
    access: &Access,
    sentry: IntegrationId,
    issue_id: &str,
) -> Outcome<(Installation, Issue)> {
    let row = active(ctx, access, sentry).await?;
    if row.provider != SENTRY {
        return Err(AppError::field("sentry", "This is no Sentry."));
    }
    let found = with(ctx, &row, |client| async move { client.sentry(&client.provider()).issue(issue_id).await })
        .await?
        .map_err(|error| AppError::field("issue", error.to_string()))?;
    Ok((row, found.what))
}

/// Writes a link.
pub(super) async fn write(
    ctx: &Ctx,
    access: &Access,
    row: &Installation,
    (sentry, issue): &(Installation, Issue),
    item: &Item,
    verb: &str,
) -> Outcome<IssueLink> {
    let permit = access.permit(ctx, Need::ISSUE_LINKS).await?;
    let mut change = Change::begin(ctx, &permit).await?;
    let by = access.actor.label();
    let written = store::issue_links::insert(
        &mut change.conn,
        row.organization_id,
        sentry.id,
        issue,
        row.id,
        item,
        &by,
        looks::next(ctx),
        ctx.now(),
    );
    let id = written.await.map_err(|error| match store::unique_violation(&error).as_deref() {
        Some("issue_links_sentry_id_issue_id") => {
            AppError::conflict(format!("{} is linked already. Unlink it first.", issue.short_id))
                .with("issue", "This issue is linked already.")
        }
        Some(_) => AppError::conflict(format!("{} is linked already. Unlink it first.", item.name))
            .with("item", "This item is linked already."),
        None => internal(&error),
    })?;
    let link = store::issue_links::by_id(&mut change.conn, id).await.or_internal()?;
    let link = link.ok_or_else(|| AppError::not_found("This link"))?;
    // What changed between the look at both sides and this moment told nobody.
    looks::put(&mut change.conn, &link, false, ctx.now()).await?;
    store::issue_links::wake(&mut change.conn, id, ctx.now()).await.or_internal()?;
    change.commit(record("issue_link.add", row, format!("{verb} {}", link.subject()))).await?;
    ctx.sync_wake.notify_one();
    Ok(link)
}

/// The organization's tracker, in whatever status.
pub(super) async fn tracker(ctx: &Ctx, access: &Access, id: IntegrationId) -> Outcome<Installation> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let row = load(&mut conn, access, id).await?;
    match present::manifest_of(&row).is_some_and(is_tracker) {
        true => Ok(row),
        false => Err(AppError::not_found("This tracker")),
    }
}

/// [`tracker`], which is asked something: not while it is paused or being removed.
pub(super) async fn active_tracker(ctx: &Ctx, access: &Access, id: IntegrationId) -> Outcome<Installation> {
    let row = tracker(ctx, access, id).await?;
    refuse_resting(&row).map(|()| row)
}

async fn active(ctx: &Ctx, access: &Access, id: IntegrationId) -> Outcome<Installation> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let row = load(&mut conn, access, id).await?;
    refuse_resting(&row).map(|()| row)
}
