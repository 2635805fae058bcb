//! Taking a link away, with a way back.

use super::links_page::Parts;
use crate::api::issue_sync as api;
use crate::components::Toaster;
use crate::components::form_field::focus_in;
use crate::text::issue_sync as text;
use domain::AppError;
use domain::ids::LinkId;
use domain::integrations::Integration;
use domain::issue_sync::{IssueLink, LinksPage as Page};
use domain::slug::OrgSlug;
use leptos::prelude::*;

/// Unlinks, and offers to link again.
pub(super) fn unlinker(parts: Parts) -> (Callback<IssueLink>, Signal<Option<LinkId>>) {
    let (toaster, under_way, data) = (Toaster::get(), RwSignal::new(None), parts.fresh.data);
    let (org, key, id) = (parts.org.get_value(), parts.key.get_value(), parts.id);
    let run = Action::new(move |link: &IssueLink| {
        let (org, key, link) = (org.clone(), key.clone(), link.clone());
        under_way.set(Some(link.id));
        async move {
            let answer = api::unlink(org.clone(), id, link.id).await;
            let _ = under_way.try_set(None);
            match answer {
                Err(error) => toaster.fail(AppError::from(error).message),
                Ok(_) => {
                    say_unlinked(toaster, parts, org, key, &link);
                    // Where the page is gone, there is nothing to focus.
                    if let Some(at) = data.try_update(|page| take(page, link.id)) {
                        focus_link(format!(".link-row:nth-child({}) :is(a, button)", at.unwrap_or_default() + 1));
                    }
                }
            }
        }
    });
    let unlink = Callback::new(move |link| {
        if under_way.with_untracked(Option::is_none) {
            run.dispatch(link);
        }
    });
    (unlink, under_way.into())
}

/// Takes a link out of the list, and says where it was.
fn take(page: &mut Page, id: LinkId) -> Option<usize> {
    let at = page.links.iter().position(|link| link.id == id)?;
    page.links.remove(at);
    page.total -= 1;
    // The last row has none below it that could take its place.
    Some(at.min(page.links.len().saturating_sub(1)))
}

/// Says it with an undo that works after the page is gone; without the Sentry it was of, it cannot be linked again.
fn say_unlinked(toaster: Toaster, parts: Parts, org: OrgSlug, key: String, link: &IssueLink) {
    let sentry = parts.fresh.data.try_with_untracked(|page| {
        let its = |sentry: &&Integration| sentry.patchbay.installation_id == link.sentry_id;
        page.sentries.iter().find(its).map(|sentry| sentry.id)
    });
    let Some(sentry) = sentry.flatten() else { return toaster.say(text::unlinked(link)) };
    let (id, issue, item) = (parts.id, link.issue_id.clone(), link.item_key.clone());
    let alive = Callback::new(move |link: IssueLink| {
        let row = format!("#link-{} :is(a, button)", link.id);
        parts.show(link);
        // The undo went with its toast; who is somewhere else by now stays there.
        if document().active_element().is_none_or(|focused| focused.tag_name() == "BODY") {
            focus_link(row);
        }
    });
    let again = move |()| {
        let call = api::link(org.clone(), key.clone(), id, sentry, issue.clone(), item.clone(), false);
        leptos::task::spawn_local(async move {
            match call.await {
                Ok(link) => {
                    toaster.say(text::linked(&link));
                    alive.try_run(link);
                }
                Err(error) => toaster.fail(AppError::from(error).message),
            }
        });
    };
    toaster.undo(text::unlinked(link), toaster.lasting(|| Callback::new(again)));
}

/// Focuses a link, or where another is made, or the form for it, whichever is on the page when it has followed.
fn focus_link(row: String) {
    const OTHERWISE: [&str; 2] =
        [".page-actions :is(a, button)", ".sync-page :is(input:not([type=hidden]), select, a, button)"];
    request_animation_frame(move || {
        let is_there = |place: &&str| document().query_selector(place).ok().flatten().is_some();
        let place = [row.as_str()].into_iter().chain(OTHERWISE).find(is_there);
        if let (Some(place), Some(body)) = (place, document().body()) {
            focus_in(&body, place);
        }
    });
}
