//! The parts of a tracker: its settings, its links, its log.

use crate::components::{Tab, Tabs};
use crate::links;
use crate::text::issue_sync as text;
use domain::ids::IntegrationId;
use domain::issue_sync::LogFilter;
use domain::slug::OrgSlug;
use leptos::prelude::*;

/// A part of a tracker, each a page of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The configure page.
    Settings,
    /// The links.
    Links,
    /// The log.
    Log,
}

/// The tabs that lead from one part to the others.
#[component]
pub fn SyncTabs(
    /// The organization.
    org: OrgSlug,
    /// The tracker's provider.
    provider: String,
    /// The tracker.
    id: IntegrationId,
    /// Where the person is.
    part: Part,
    /// How many links there are, where that is known.
    total: Signal<Option<i64>>,
) -> impl IntoView {
    let all = [
        (text::SETTINGS, links::configure(&org, &provider, id), Part::Settings),
        (text::LINKS, links::issue_links(&org, &provider, id), Part::Links),
        (text::LOG, links::sync_log(&org, &provider, id, &LogFilter::default()), Part::Log),
    ];
    let tabs = move || {
        let tab = |(label, href, which): &(&'static str, String, Part)| {
            let count = total.get().filter(|_| *which == Part::Links).and_then(|total| total.try_into().ok());
            Tab { label: (*label).to_owned(), href: href.clone(), current: *which == part, count }
        };
        view! { <Tabs items=all.iter().map(tab).collect() label=text::PARTS /> }
    };
    tabs.into_any()
}
