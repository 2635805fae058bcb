//! The second step: an item that is there, or a new one, and what both forms have in common.

use super::create::NewItem;
use super::existing::ExistingItem;
use super::{LinkParts, Place};
use crate::components::issue_sync::address::{Address, Way};
use crate::components::{Button, ButtonKind};
use crate::text::issue_sync as text;
use leptos::prelude::*;

/// The second step: one of two ways. What was typed on one stays while the other is looked at.
#[component]
pub(super) fn ItemStep(parts: LinkParts) -> impl IntoView {
    view! {
        <ul class="segments link-ways" aria-label=text::WAYS>
            <li>{way_link(parts, Way::Existing, "segment", text::EXISTING)}</li>
            <li>{way_link(parts, Way::New, "segment", text::NEW)}</li>
        </ul>
        <div class="link-way" hidden=move || parts.way.get() != Way::Existing>
            <ExistingItem parts=parts />
        </div>
        <div class="link-way" hidden=move || parts.way.get() != Way::New>
            <NewItem parts=parts />
        </div>
    }
    .into_any()
}

/// Leads to one of the two ways.
pub(super) fn way_link(parts: LinkParts, way: Way, class: &'static str, word: &'static str) -> AnyView {
    let href = parts.place.with_value(|place| {
        let sentry = Some(parts.sentry.get_untracked());
        Address { way, sentry, ..place.address.before_item() }.url(&place.base)
    });
    let take = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        parts.way.set(way);
        parts.need_projects();
    };
    let current = move || (parts.way.get() == way).then_some("true");
    view! { <a class=class href=href aria-current=current on:click=take>{word}</a> }.into_any()
}

/// What both forms send beside their own.
pub(super) fn common(parts: LinkParts) -> impl IntoView {
    move || {
        let Place { org, tracker, .. } = parts.place.get_value();
        let issue = parts.issue.with(|issue| issue.as_ref().map(|issue| issue.key.clone()));
        view! {
            <input type="hidden" name="org" value=org.to_string() />
            <input type="hidden" name="provider" value=tracker.provider.slug />
            <input type="hidden" name="id" value=tracker.id.to_string() />
            <input type="hidden" name="sentry" value=parts.sentry.get().to_string() />
            <input type="hidden" name="issue_id" value=issue />
        }
    }
}

/// The button, and what is said when its work takes longer than a second.
pub(super) fn foot(parts: LinkParts, word: &'static str, busy: Signal<bool>) -> AnyView {
    let tracker = parts.place.with_value(|place| place.tracker.provider.name.clone());
    let working = move || busy.get().then(|| text::working(&tracker));
    view! {
        <footer class="form-foot">
            <Button kind=ButtonKind::Primary submit=true busy=busy>{word}</Button>
            <p class="form-note link-working" role="status">{working}</p>
        </footer>
    }
    .into_any()
}
