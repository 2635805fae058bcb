//! The directory: what can be connected, what is, and what is broken, searched as you type.

mod filters;
mod rows;

use crate::api::ApiError;
use crate::api::directory::list_entries;
use crate::components::{DocumentTitle, Icon, PageHead, Refusal, Skeleton, Symbol};
use crate::links;
use crate::live::Live;
use crate::text::directory as words;
use crate::text::requests::waiting;
use domain::catalogue::Kind;
use domain::directory::{Directory, DirectoryEntry, EntryStatus, filter};
use domain::events::Topic;
use domain::slug::OrgSlug;
use domain::{AppError, Outcome};
use filters::{Filters, Location};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use rows::{NothingFound, Rows};

/// `/settings/{org}/integrations/`.
#[component]
pub fn DirectoryPage() -> impl IntoView {
    let params = use_params_map();
    let org = Memo::new(move |_| parse(params.with(|params| params.get("org"))));
    let first = Resource::new_blocking(move || org.get(), load);
    let page = move || {
        let org = org.get();
        Suspend::new(async move {
            match (org, first.await) {
                (Ok(org), Ok(directory)) => view! { <Listing org=org first=directory /> }.into_any(),
                (Err(error), _) => view! { <Refusal error=error /> }.into_any(),
                (_, Err(error)) => {
                    view! { <Refusal error=error retry=Callback::new(move |()| first.refetch()) /> }.into_any()
                }
            }
        })
    };
    view! {
        <DocumentTitle title=words::TITLE />
        <Suspense fallback=|| view! { <Skeleton rows=9 /> }>{page}</Suspense>
    }
}

fn parse(slug: Option<String>) -> Outcome<OrgSlug> {
    slug.and_then(|slug| OrgSlug::parse(&slug).ok()).ok_or_else(|| AppError::not_found("This organization"))
}

async fn load(org: Outcome<OrgSlug>) -> Result<Directory, ApiError> {
    list_entries(org?).await
}

/// The page once it has its entries; changes by others replace them in place, so that focus and scrolling stay.
#[component]
fn Listing(org: OrgSlug, first: Directory) -> impl IntoView {
    let entries = RwSignal::new(first.entries);
    keep_fresh(org.clone(), entries);
    let location = Location::of_this_page(&org);
    let shown = Memo::new(move |_| entries.with(|entries| filter(entries, &location.filter.get())));
    let found = Memo::new(move |_| shown.with(|shown| shown.entries.clone()));
    let none = Memo::new(move |_| found.with(Vec::is_empty));
    view! {
        <PageHead title=words::TITLE sentence=move || sentence(entries) />
        {requests(org.clone(), entries)}
        <Filters location=location shown=shown.into() total=Signal::derive(move || entries.with(Vec::len)) />
        <Show when=move || !none.get() fallback=move || view! { <NothingFound location=location /> }>
            <Rows org=org.clone() entries=found.into() />
        </Show>
    }
    .into_any()
}

/// Requests that wait for this person's decision, with the ways to them.
fn requests(org: OrgSlug, entries: RwSignal<Vec<DirectoryEntry>>) -> impl IntoView {
    let asked = Memo::new(move |_| {
        let asked = |entry: &&DirectoryEntry| entry.requests > 0;
        let name = |entry: &DirectoryEntry| (entry.name.clone(), entry.kind, entry.key.clone(), entry.requests);
        entries.with(|entries| entries.iter().filter(asked).map(name).collect::<Vec<_>>())
    });
    move || {
        let asked = asked.get();
        let count: u32 = asked.iter().map(|(.., count)| count).sum();
        let link = |(name, kind, key, _): (String, Kind, String, u32)| {
            view! { <li><a href=links::detail(&org, kind, &key)>{name}</a></li> }
        };
        (count > 0).then(|| {
            view! {
                <div class="requests-line">
                    <Icon symbol=Symbol::Info />
                    <p>{waiting(count)}</p>
                    <ul>{asked.into_iter().map(link).collect_view()}</ul>
                </div>
            }
        })
    }
}

fn sentence(entries: RwSignal<Vec<DirectoryEntry>>) -> impl IntoView {
    move || {
        entries.with(|entries| {
            let count = |holds: fn(EntryStatus) -> bool| entries.iter().filter(|entry| holds(entry.status)).count();
            words::sentence(
                count(|status| matches!(status, EntryStatus::Connected | EntryStatus::Unchecked)),
                count(|status| status == EntryStatus::Paused),
                count(EntryStatus::needs_attention),
            )
        })
    }
}

/// Loads the entries anew when somebody changed one; a failed load keeps what is shown.
fn keep_fresh(org: OrgSlug, entries: RwSignal<Vec<DirectoryEntry>>) {
    let again = Action::new(move |(): &()| list_entries(org.clone()));
    Live::get().on_change(Topic::Integration, move || {
        again.dispatch(());
    });
    Effect::new(move || {
        if let Some(Ok(fresh)) = again.value().get() {
            entries.set(fresh.entries);
        }
    });
}
