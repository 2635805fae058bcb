//! One frame for the detail pages of the four kinds. Each kind supplies its configurations; the rest is the same.

use crate::components::information_card::{FeatureList, InformationCard};
use crate::components::{Crumbs, DocumentTitle, Empty, PageHead, StatusMark, Tab, Tabs, Tile};
use crate::links;
use crate::text::detail as text;
use domain::detail::Detail;
use domain::slug::OrgSlug;
use leptos::prelude::*;

/// The tabs of a detail page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DetailTab {
    /// What it is.
    #[default]
    Overview,
    /// What is installed.
    Configurations,
    /// What it can do.
    Features,
}

impl DetailTab {
    /// Reads `tab` from the address; an unknown word means the overview.
    pub fn parse(text: &str) -> Self {
        match text {
            "configurations" => Self::Configurations,
            "features" => Self::Features,
            _ => Self::Overview,
        }
    }
}

/// Head, tabs and the chosen tab of an entry of any kind.
#[component]
pub fn DetailedView(
    /// The organization.
    org: OrgSlug,
    /// The entry; a fresh look at the server arrives here.
    #[prop(into)]
    detail: Signal<Detail>,
    /// The chosen tab; one that this kind does not have shows the overview.
    #[prop(into)]
    tab: Signal<DetailTab>,
    /// The install button, or why there is none.
    #[prop(into)]
    install: ViewFn,
    /// What a person should see before the tabs.
    #[prop(optional, into)]
    before: Option<ViewFn>,
    /// What is installed. A kind without configurations supplies none and has no such tab.
    configurations: Option<ViewFn>,
) -> impl IntoView {
    let (name, key, base) = detail.with_untracked(|detail| {
        let key = detail.provider.key.clone();
        (detail.provider.name.clone(), key, links::detail(&org, detail.kind, &detail.provider.slug))
    });
    let crumbs = vec![(text::DIRECTORY.to_owned(), Some(links::directory(&org))), (name.clone(), None)];
    let has = Has { configurations: configurations.is_some() };
    let shown = Memo::new(move |_| match (tab.get(), detail.with(|detail| detail.features.is_empty())) {
        (DetailTab::Configurations, _) if !has.configurations => DetailTab::Overview,
        (DetailTab::Features, true) => DetailTab::Overview,
        (tab, _) => tab,
    });
    let panel = move || match (shown.get(), &configurations) {
        (DetailTab::Configurations, Some(configurations)) => configurations.run(),
        (DetailTab::Features, _) => view! { <Features detail=detail /> }.into_any(),
        _ => (move || view! { <InformationCard detail=detail.get() /> }).into_any(),
    };
    let picture = {
        let name = name.clone();
        move || view! { <Tile key=key.clone() name=name.clone() large=true /> }
    };
    view! {
        <DocumentTitle title=name.clone() />
        <Crumbs items=crumbs />
        <PageHead
            title=name
            picture=picture
            sentence=move || view! { <HeadWords detail=detail /> }
            actions=move || install.run()
        />
        {before.map(|before| view! { <div class="before-tabs">{before.run()}</div> })}
        {move || view! { <Tabs items=has.tabs(&base, shown.get(), &detail.read()) /> }}
        {panel}
    }
    .into_any()
}

/// Which tabs a kind has.
#[derive(Clone, Copy)]
struct Has {
    configurations: bool,
}

impl Has {
    fn tabs(self, base: &str, shown: DetailTab, detail: &Detail) -> Vec<Tab> {
        let tab = |tab: DetailTab, label: &str, query: &str, count: Option<usize>| Tab {
            label: label.to_owned(),
            href: format!("{base}{query}"),
            current: tab == shown,
            count,
        };
        let mut tabs = vec![tab(DetailTab::Overview, text::OVERVIEW, "", None)];
        if self.configurations {
            let count = Some(detail.installations.len()).filter(|count| *count > 0);
            tabs.push(tab(DetailTab::Configurations, text::CONFIGURATIONS, "?tab=configurations", count));
        }
        if !detail.features.is_empty() {
            tabs.push(tab(DetailTab::Features, text::FEATURES, "?tab=features", Some(detail.features.len())));
        }
        tabs
    }
}

/// Status, one line and the categories, below the name.
#[component]
fn HeadWords(
    /// The entry.
    detail: Signal<Detail>,
) -> impl IntoView {
    let status = Memo::new(move |_| detail.with(|detail| detail.status));
    let (tagline, categories) = detail.with_untracked(|detail| (detail.tagline.clone(), detail.categories.clone()));
    let chip = |label: &'static str| view! { <span class="chip">{label}</span> };
    view! {
        <span class="head-status">{move || view! { <StatusMark status=status.get() /> }}</span>
        <span class="head-tagline">{tagline}</span>
        {categories.into_iter().map(|category| chip(category.label())).collect_view()}
    }
    .into_any()
}

/// Everything it can do, alone.
#[component]
fn Features(
    /// The entry.
    detail: Signal<Detail>,
) -> impl IntoView {
    move || {
        let features = detail.with(|detail| detail.features.clone());
        match features.is_empty() {
            true => view! { <Empty sentence=text::NO_FEATURES><span></span></Empty> }.into_any(),
            false => view! { <FeatureList features=features /> }.into_any(),
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fixtures::{detail, html};

    fn rendered(tab: DetailTab, configurations: bool) -> String {
        html(move || {
            let org = OrgSlug::parse("acme").expect("acme is a slug");
            let list = configurations.then(|| ViewFn::from(|| "the list"));
            let (detail, tab) = (Signal::stored(detail()), Signal::stored(tab));
            view! {
                <DetailedView org=org detail=detail tab=tab install=|| "the button" configurations=list />
            }
        })
    }

    #[test]
    fn a_tab_that_this_kind_does_not_have_shows_the_overview() {
        let html = rendered(DetailTab::Configurations, false);
        assert!(html.contains("About it.") && !html.contains("tab=configurations"), "{html}");
        assert!(rendered(DetailTab::Configurations, true).contains("the list"));
        assert_eq!(DetailTab::parse("nonsense"), DetailTab::Overview);
    }

    #[test]
    fn a_locked_feature_says_why() {
        assert!(rendered(DetailTab::Features, true).contains("Locked: It is switched off for this organization."));
    }

    #[test]
    fn only_web_addresses_become_links() {
        let html = rendered(DetailTab::Overview, false);
        assert!(html.contains("https://example.com/source"), "{html}");
        assert!(!html.contains("javascript:"), "{html}");
    }
}
