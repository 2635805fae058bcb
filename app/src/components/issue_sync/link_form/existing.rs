//! Links an item that is there.

use super::item::{common, foot};
use super::{LinkParts, Place, Question};
use crate::api::ApiError;
use crate::api::issue_sync::Link;
use crate::components::fields::KeepTyped;
use crate::components::form_field::read_form;
use crate::components::issue_sync::address::Address;
use crate::components::issue_sync::link_search::{LinkChosen, LinkSearch, Search, focus_part};
use crate::components::{Checkbox, ErrorNote, FieldRow};
use crate::text::issue_sync as text;
use domain::trackers::Found;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

const ITEM: Search = Search {
    id: "link-item",
    label: text::FIND_ITEM,
    help: text::FIND_ITEM_HELP,
    key: "item_query",
    choose: |address, item| Address { item, ..address },
};

/// Finds an item, then links it.
#[component]
pub(super) fn ExistingItem(parts: LinkParts) -> impl IntoView {
    let chosen = Memo::new(move |_| parts.item.with(Option::is_some));
    let part = NodeRef::<Div>::new();
    Effect::new(move |before: Option<bool>| {
        let now = chosen.get();
        if before.is_some_and(|before| before != now) {
            focus_part(part, if now { "[type=submit]" } else { ".search-input" });
        }
        now
    });
    let body = move || match parts.item.get() {
        Some(item) => view! { <Confirm parts=parts item=item /> }.into_any(),
        None => find(parts),
    };
    view! { <div class="link-part" node_ref=part>{body}</div> }.into_any()
}

/// The address up to this choice.
fn before(parts: LinkParts) -> (String, Address) {
    let Place { base, address, .. } = parts.place.get_value();
    let issue = parts.issue.with_untracked(|issue| issue.as_ref().map(|issue| issue.key.clone()));
    let address = address.before_item();
    let (sentry, issue) = (Some(parts.sentry.get_untracked()), issue.unwrap_or_default());
    (base, Address { sentry, issue, ..address })
}

fn find(parts: LinkParts) -> AnyView {
    let (base, address) = before(parts);
    let look = Callback::new(move |query: String| match query.trim().is_empty() {
        true => parts.items.clear(),
        false => parts.ask.run(Question::Items(query)),
    });
    let choose = Callback::new(move |item| {
        parts.link.clear();
        parts.item.set(Some(item));
    });
    view! {
        <LinkSearch
            search=ITEM
            base=base
            address=address
            typed=parts.item_query
            answer=parts.items
            on_query=look
            on_choose=choose
            which=None
        />
    }
    .into_any()
}

#[component]
fn Confirm(parts: LinkParts, item: Found) -> impl IntoView {
    let (base, address) = before(parts);
    let (action, key) = (parts.link, item.key.clone());
    let busy = Signal::from(action.pending());
    let submit = move |event| {
        if let (Some(link), false) = (read_form::<Link>(&event), busy.get_untracked()) {
            action.dispatch(link);
        }
    };
    let refused = move || match action.value().get() {
        Some(Err(ApiError(error))) => Some(view! { <ErrorNote error=error /> }),
        _ => None,
    };
    let change = Callback::new(move |()| {
        action.clear();
        parts.item.set(None);
    });
    view! {
        <LinkChosen found=item href=address.url(&base) on_change=change />
        <form class="install-form" method="post" action=Link::url() on:submit=submit>
            {common(parts)}
            <input type="hidden" name="item_key" value=key />
            {refused}
            <KeepTyped form=Link::PATH>
                <FieldRow id="link-comment" label=text::COMMENT help=text::COMMENT_HELP beside=true>
                    <Checkbox id="link-comment" name="comment" />
                </FieldRow>
            </KeepTyped>
            {foot(parts, text::LINK, busy)}
        </form>
    }
    .into_any()
}
