//! The furniture of a page: its title in the browser, its head, crumbs, cards and tabs.

use crate::text;
use leptos::prelude::*;
use leptos_meta::Title;

/// The title in the browser: what the page is about, then the product.
#[component]
pub fn DocumentTitle(
    /// What the page is about.
    #[prop(into)]
    title: String,
) -> impl IntoView {
    view! { <Title text=text::document_title(&title) /> }
}

/// The head of a page: its only `h1`, one sentence that tells the state, and the actions.
#[component]
pub fn PageHead(
    /// The title.
    #[prop(into)]
    title: String,
    /// A picture before the title.
    #[prop(optional, into)]
    picture: Option<ViewFn>,
    /// One sentence that tells the state.
    #[prop(optional, into)]
    sentence: Option<ViewFn>,
    /// The actions at the right.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
) -> impl IntoView {
    view! {
        <header class="page-head">
            {picture.map(|picture| view! { <div class="page-picture">{picture.run()}</div> })}
            <div class="page-words">
                <h1 class="page-title">{title}</h1>
                {sentence.map(|sentence| view! { <p class="page-sentence">{sentence.run()}</p> })}
            </div>
            {actions.map(|actions| view! { <div class="page-actions">{actions.run()}</div> })}
        </header>
    }
    .into_any()
}

/// Where the page is, from the top; the last item is the page itself.
#[component]
pub fn Crumbs(
    /// Label and address; the page itself has none.
    items: Vec<(String, Option<String>)>,
) -> impl IntoView {
    let item = |(label, href): (String, Option<String>)| match href {
        Some(href) => view! { <li><a href=href>{label}</a></li> }.into_any(),
        None => view! { <li><span aria-current="page">{label}</span></li> }.into_any(),
    };
    view! {
        <nav class="crumbs" aria-label=text::CRUMBS>
            <ol>{items.into_iter().map(item).collect_view()}</ol>
        </nav>
    }
    .into_any()
}

/// A part of a page with a title of its own.
#[component]
pub fn Card(
    /// The title.
    #[prop(into)]
    title: String,
    /// What stands at the right of the title.
    #[prop(optional, into)]
    aside: Option<ViewFn>,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let label = title.clone();
    view! {
        <section class="card" aria-label=label>
            <header class="card-head">
                <h2 class="card-title">{title}</h2>
                {aside.map(|aside| view! { <div class="card-aside">{aside.run()}</div> })}
            </header>
            <div class="card-body">{children()}</div>
        </section>
    }
    .into_any()
}

/// One tab: a link, because each has an address.
#[derive(Clone, Debug, PartialEq)]
pub struct Tab {
    /// The word.
    pub label: String,
    /// Its address.
    pub href: String,
    /// Whether it is shown now.
    pub current: bool,
    /// How many are behind it.
    pub count: Option<usize>,
}

/// The tabs of a page.
#[component]
pub fn Tabs(
    /// In order.
    items: Vec<Tab>,
    /// What they choose between, for those who cannot see it.
    #[prop(into, default = text::TABS.to_owned())]
    label: String,
) -> impl IntoView {
    let tab = |tab: Tab| {
        view! {
            <li>
                <a class="tab" href=tab.href aria-current=tab.current.then_some("page")>
                    {tab.label}
                    {tab.count.map(|count| view! { <span class="tab-count">{count}</span> })}
                </a>
            </li>
        }
    };
    view! {
        <nav class="tabs" aria-label=label>
            <ul>{items.into_iter().map(tab).collect_view()}</ul>
        </nav>
    }
    .into_any()
}
