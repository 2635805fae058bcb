//! The links of a tracker.

use super::panel::Panel;
use super::start::{Start, start};
use super::unlink::unlinker;
use super::{Names, Part, head, names, pager, parse, refused};
use crate::api::ApiError;
use crate::api::issue_sync::{Unlink, links_of};
use crate::components::form_field::focus_in;
use crate::components::issue_sync::address::Address;
use crate::components::issue_sync::link_rows::LinkRows;
use crate::components::{
    Alert, AlertKind, Button, ButtonKind, Clock, DocumentTitle, Empty, ErrorNote, LinkButton, Refusal, Skeleton,
    Toaster,
};
use crate::links;
use crate::pages::fresh::Fresh;
use crate::text::issue_sync as text;
use domain::catalogue::Kind;
use domain::events::Topic;
use domain::ids::{IntegrationId, LinkId};
use domain::issue_sync::{IssueLink, LinksPage as Page};
use domain::organizations::Organization;
use domain::slug::OrgSlug;
use leptos::html::Ul;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use serde::{Deserialize, Serialize};

/// What the page is loaded with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Arrival {
    organization: Organization,
    page: Page,
    start: Start,
    added: Option<LinkId>,
}

async fn load(
    names: Names,
    before: Option<LinkId>,
    added: Option<LinkId>,
    address: Address,
) -> Result<Arrival, ApiError> {
    let (org, provider, id) = parse(names)?;
    let (organization, page) = links_of(org.clone(), provider, id, before).await?;
    // Who may not link has no form that could need anything.
    let start = match page.refused {
        None => start(&org, id, &page.sentries, address).await,
        Some(_) => Start::default(),
    };
    Ok(Arrival { organization, page, start, added })
}

/// `/settings/{org}/integrations/{provider}/{id}/links/`.
#[component]
pub fn LinksPage() -> impl IntoView {
    let (names, query) = (names(), use_query_map());
    let arrival = Resource::new_blocking(
        move || names.get(),
        move |names| {
            // What the address says later is followed in place; nothing that is typed may be lost.
            let get = |key: &str| query.with_untracked(|query| query.get(key));
            let id = |key| get(key).and_then(|id| id.parse().ok());
            load(names, id("before"), id("added"), Address::read(get))
        },
    );
    let retry = Callback::new(move |()| arrival.refetch());
    let page = move || {
        Suspend::new(async move {
            match arrival.await {
                Ok(arrival) => view! { <Listing arrival=arrival /> }.into_any(),
                Err(error) => view! { <Refusal error=error retry=retry /> }.into_any(),
            }
        })
    };
    view! { <Suspense fallback=|| view! { <Skeleton rows=6 /> }>{page}</Suspense> }
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct Parts {
    pub(super) fresh: Fresh<Page>,
    pub(super) org: StoredValue<OrgSlug>,
    pub(super) key: StoredValue<String>,
    pub(super) id: IntegrationId,
    /// Whether the form is open.
    open: RwSignal<bool>,
    /// The link that was just made.
    added: RwSignal<Option<LinkId>>,
    /// Where the list begins, when it does not begin with the newest.
    before: Memo<Option<LinkId>>,
    list: NodeRef<Ul>,
    clock: Clock,
}

impl Parts {
    fn base(self) -> String {
        links::issue_links(&self.org.get_value(), &self.key.get_value(), self.id)
    }

    /// Shows a new link on top, at once.
    pub(super) fn show(self, link: IssueLink) {
        self.added.set(Some(link.id));
        let on_top = self.before.get_untracked().is_none();
        self.fresh.data.update(|page| {
            if on_top && page.links.iter().all(|known| known.id != link.id) {
                page.links.insert(0, link);
                page.total += 1;
            }
        });
        self.fresh.look_again();
    }
}

#[component]
fn Listing(arrival: Arrival) -> impl IntoView {
    let Arrival { organization, page, start, added } = arrival;
    let (tracker, query, org) = (page.integration.clone(), use_query_map(), organization.slug);
    let before = Memo::new(move |_| query.with(|query| query.get("before")).and_then(|id| id.parse().ok()));
    let open = RwSignal::new(start.address.open && page.refused.is_none() && !page.sentries.is_empty());
    let (key, id, clock) = (tracker.provider.slug.clone(), tracker.id, Clock::starting(page.now));
    let fresh = {
        let (org, key) = (org.clone(), key.clone());
        Fresh::new(page, Topic::Integration, move || {
            let call = links_of(org.clone(), key.clone(), id, before.get_untracked());
            async move { call.await.map(|(_, page)| page) }
        })
    };
    Effect::new(move |was: Option<Option<LinkId>>| {
        let now = before.get();
        if was.is_some_and(|was| was != now) {
            fresh.look_again();
        }
        now
    });
    let (place, key) = (StoredValue::new(org.clone()), StoredValue::new(key));
    let list = NodeRef::new();
    let parts = Parts { fresh, org: place, key, id, open, added: RwSignal::new(added), before, list, clock };
    let total = Memo::new(move |_| fresh.data.with(|page| page.total));
    let account = tracker.name.clone();
    let sentence = move || {
        let account = account.clone();
        move || text::links_sentence(total.get(), &account)
    };
    let lost = move || fresh.lost.get().map(|error| view! { <ErrorNote error=error retry=fresh.again() /> });
    let head =
        head(&org, &tracker, Part::Links, Signal::derive(move || Some(total.get())), sentence, move || opener(parts));
    view! {
        <DocumentTitle title=format!("{} · {}", text::LINKS, tracker.name) />
        {head}
        <div class="sync-page">
            {refused::<Unlink>().map(|error| view! { <ErrorNote error=error /> })}
            {lost}
            {idle(parts)}
            {form(parts, start)}
            <Body parts=parts />
        </div>
    }
    .into_any()
}

/// The button that opens the form, or why it cannot.
fn opener(parts: Parts) -> impl IntoView {
    let Parts { fresh, open, .. } = parts;
    let refused = Memo::new(move |_| {
        fresh.data.with(|page| {
            let none = page.sentries.is_empty().then(|| text::NO_SENTRY.to_owned());
            page.refused.clone().or(none)
        })
    });
    let click = Callback::new(move |()| open.set(true));
    move || match (refused.get(), open.get()) {
        (reason @ Some(_), _) => view! {
            <Button kind=ButtonKind::Primary disabled_reason=reason>{text::LINK_AN_ISSUE}</Button>
        }
        .into_any(),
        (None, false) => {
            let href = Address::default().url(&parts.base());
            view! {
                <LinkButton href=href kind=ButtonKind::Primary on_click=click>{text::LINK_AN_ISSUE}</LinkButton>
            }
            .into_any()
        }
        // The form has the only button of the page then.
        (None, true) => ().into_any(),
    }
}

/// Why nothing is carried, and what to do.
fn idle(parts: Parts) -> impl IntoView {
    let why =
        Memo::new(move |_| parts.fresh.data.with(|page| page.idle.clone().map(|why| (why, page.sentries.is_empty()))));
    move || {
        why.get().map(|(why, no_sentry)| {
            let (org, key) = (parts.org.get_value(), parts.key.get_value());
            let (href, word) = match no_sentry {
                true => (links::detail(&org, Kind::FirstParty, "sentry"), text::SEE_SENTRY),
                false => (links::configure(&org, &key, parts.id), text::OPEN_SETTINGS),
            };
            view! { <Alert kind=AlertKind::Warn><p>{why} " " <a href=href>{word}</a></p></Alert> }
        })
    }
}

/// The form, while it is open. What the address asked for is there the first time only.
fn form(parts: Parts, start: Start) -> impl IntoView {
    let (toaster, navigate, start) = (Toaster::get(), use_navigate(), StoredValue::new(Some(start)));
    let leave = {
        let navigate = navigate.clone();
        move || {
            parts.open.set(false);
            // The address no longer says that it is open, so that a reload does not open it.
            navigate(&parts.base(), NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
        }
    };
    let close = Callback::new({
        let leave = leave.clone();
        move |()| {
            leave();
            focus_soon(".page-actions :is(a, button)".to_owned());
        }
    });
    let linked = Callback::new(move |link: IssueLink| {
        toaster.say(text::linked(&link));
        let row = format!("#link-{} :is(a, button)", link.id);
        leave();
        parts.show(link);
        focus_soon(row);
    });
    move || {
        parts.open.get().then(|| {
            let first = start.try_update_value(Option::take).flatten();
            let (opened, page) = (first.is_none(), parts.fresh.data.get_untracked());
            // The first one was either asked for by the address, or is opened by the button later.
            let first = first.filter(|first| first.address.open);
            let takes_focus = opened || first.is_none();
            view! {
                <Panel
                    org=parts.org.get_value()
                    tracker=page.integration
                    sentries=page.sentries
                    start=first.unwrap_or_default()
                    takes_focus=takes_focus
                    on_linked=linked
                    on_close=close
                />
            }
        })
    }
}

pub(super) fn focus_soon(selector: String) {
    request_animation_frame(move || {
        document().body().iter().for_each(|body| focus_in(body, &selector));
    });
}

/// The list, or that there is none.
#[component]
fn Body(parts: Parts) -> impl IntoView {
    let Parts { fresh, org, key, id, added, list, clock, before, .. } = parts;
    let (unlink, unlinking) = unlinker(parts);
    let links = Memo::new(move |_| fresh.data.with(|page| page.links.clone()));
    let refused = Signal::derive(move || fresh.data.with(|page| page.refused.clone()));
    let none = Memo::new(move |_| links.with(Vec::is_empty));
    let body = move || match (none.get(), before.get().is_some()) {
        (true, true) => view! { <Empty sentence=text::NOTHING_OLDER /> }.into_any(),
        (true, false) => empty(parts),
        (false, _) => view! {
            <LinkRows
                org=org.get_value()
                provider=key.get_value()
                id=id
                links=links
                added=added
                refused=refused
                unlinking=unlinking
                on_unlink=unlink
                clock=clock
                element=list
            />
        }
        .into_any(),
    };
    let next = Memo::new(move |_| fresh.data.with(|page| page.next));
    let pages = move || {
        let older = next.get().map(|next| format!("{}?before={next}", parts.base()));
        pager(older, before.get().map(|_| parts.base()))
    };
    view! {
        {body}
        {pages}
    }
    .into_any()
}

fn empty(parts: Parts) -> AnyView {
    let org = parts.org.get_value();
    let action = move || {
        let no_sentry = parts.fresh.data.with(|page| page.sentries.is_empty());
        let sentry = links::detail(&org, Kind::FirstParty, "sentry");
        match no_sentry {
            true => view! { <LinkButton href=sentry>{text::SEE_SENTRY}</LinkButton> }.into_any(),
            false => ().into_any(),
        }
    };
    view! { <Empty sentence=text::NO_LINKS>{action}</Empty> }.into_any()
}
