//! Issue sync of one tracker: the page of its links, and the page of its log.

mod links_page;
mod log_page;
mod panel;
mod start;
mod unlink;

pub use links_page::LinksPage;
pub use log_page::LogPage;

use crate::api::ApiError;
use crate::components::issue_sync::tabs::{Part, SyncTabs};
use crate::components::{Crumbs, PageHead, Tile};
use crate::links;
use crate::text::{detail as words, issue_sync as text};
use domain::AppError;
use domain::catalogue::Kind;
use domain::ids::IntegrationId;
use domain::integrations::Integration;
use domain::slug::OrgSlug;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

/// Organization, provider and connection, as the address names them.
type Names = (String, String, String);

fn names() -> Memo<Names> {
    let params = use_params_map();
    Memo::new(move |_| {
        let param = |name| params.with(|params| params.get(name).unwrap_or_default());
        (param("org"), param("provider"), param("id"))
    })
}

fn parse((org, provider, id): Names) -> Result<(OrgSlug, String, IntegrationId), ApiError> {
    match (OrgSlug::parse(&org), id.parse()) {
        (Ok(org), Ok(id)) => Ok((org, provider, id)),
        _ => Err(AppError::not_found(text::THIS_PAGE).into()),
    }
}

/// Crumbs, head and tabs.
fn head(
    org: &OrgSlug,
    tracker: &Integration,
    part: Part,
    total: Signal<Option<i64>>,
    sentence: impl Into<ViewFn>,
    actions: impl Into<ViewFn>,
) -> AnyView {
    let (key, name, id) = (tracker.provider.slug.clone(), tracker.provider.name.clone(), tracker.id);
    let title = if part == Part::Links { text::LINKS } else { text::LOG };
    let crumbs = vec![
        (words::DIRECTORY.to_owned(), Some(links::directory(org))),
        (name.clone(), Some(links::detail(org, Kind::FirstParty, &key))),
        (tracker.name.clone(), Some(links::configure(org, &key, id))),
        (title.to_owned(), None),
    ];
    let tabs = view! { <SyncTabs org=org.clone() provider=key.clone() id=id part=part total=total /> };
    let (sentence, actions): (ViewFn, ViewFn) = (sentence.into(), actions.into());
    view! {
        <Crumbs items=crumbs />
        <PageHead
            title=title
            picture=move || view! { <Tile key=key.clone() name=name.clone() large=true /> }
            sentence=sentence
            actions=actions
        />
        {tabs}
    }
    .into_any()
}

/// Older lines, and back to the newest.
fn pager(older: Option<String>, newest: Option<String>) -> AnyView {
    let some = older.is_some() || newest.is_some();
    let newest = newest.map(|href| view! { <a class="button button-plain" href=href>{text::NEWEST}</a> });
    let older = older.map(|href| view! { <a class="button button-plain" href=href>{text::OLDER}</a> });
    some.then(|| view! { <p class="pager">{newest} {older}</p> }).into_any()
}

/// What a plain form was refused with: it came back in the address.
fn refused<F>() -> Option<AppError>
where
    F: ServerFn<Error = ApiError> + Clone + Send + Sync + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    ServerAction::<F>::new().value().get_untracked()?.err().map(AppError::from)
}
