//! What the address says to show, and the controls that say it. Without JavaScript they are a form and links.

use crate::components::icons::{Icon, Symbol};
use crate::links;
use crate::text::directory as words;
use domain::catalogue::Category;
use domain::directory::{Filter, Segment, Shown};
use domain::slug::OrgSlug;
use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use std::time::Duration;

/// The address waits this long for the next letter, so that typing does not flood the browser's history.
const PAUSE: Duration = Duration::from_millis(250);

/// The filter in the address, and what is typed before the address has it.
#[derive(Clone, Copy)]
pub struct Location {
    /// What to show.
    pub filter: Memo<Filter>,
    /// Typed text; ahead of the address by a moment.
    typed: RwSignal<String>,
    base: StoredValue<String>,
    go: Callback<(String, bool)>,
}

impl Location {
    /// That of this page.
    pub fn of_this_page(org: &OrgSlug) -> Self {
        let query = use_query_map();
        let get = move |key: &str| query.with(|query| query.get(key)).unwrap_or_default();
        let typed = RwSignal::new(untrack(|| get("search")));
        // Back, forward and links bring another text; what we have just written ourselves is older than what is typed.
        let written = StoredValue::new(typed.get_untracked());
        Effect::new(move || {
            let search = get("search");
            if written.get_value() != search {
                written.set_value(search.clone());
                typed.set(search);
            }
        });
        let filter = Memo::new(move |_| Filter {
            search: typed.get(),
            category: get("category").parse().ok(),
            segment: Segment::parse(&get("status")),
        });
        let navigate = use_navigate();
        let go = Callback::new(move |(url, replace): (String, bool)| {
            written.set_value(typed.get_untracked());
            navigate(&url, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
        });
        Self { filter, typed, base: StoredValue::new(links::directory(org)), go }
    }

    /// The address of a filter.
    pub fn url(self, filter: &Filter) -> String {
        let search = filter.search.trim();
        let pairs = [
            ("search", search),
            ("status", filter.segment.as_str()),
            ("category", filter.category.map_or("", Category::as_str)),
        ];
        let query: Vec<String> = pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(key, value)| format!("{key}={}", links::encoded(value)))
            .collect();
        let base = self.base.get_value();
        if query.is_empty() { base } else { format!("{base}?{}", query.join("&")) }
    }

    /// Everything.
    pub fn clear(self) {
        self.typed.set(String::new());
        self.go.run((self.base.get_value(), false));
    }

    /// The address without any filter.
    pub fn bare(self) -> String {
        self.base.get_value()
    }

    fn choose(self, category: Option<Category>) {
        let filter = Filter { category, ..self.filter.get_untracked() };
        self.go.run((self.url(&filter), false));
    }

    fn write(self) {
        self.go.run((self.url(&self.filter.get_untracked()), true));
    }
}

/// The controls above the list.
#[component]
pub fn Filters(
    /// The filter and its address.
    location: Location,
    /// What it leaves.
    shown: Signal<Shown>,
    /// How many entries there are.
    total: Signal<usize>,
) -> impl IntoView {
    let segments = move || shown.with(|shown| shown.segments);
    let count = move || words::shown(shown.with(|shown| shown.entries.len()));
    view! {
        <form class="filters" method="get" action=location.bare() role="search" on:submit=move |event| {
            event.prevent_default();
            location.write();
        }>
            <SearchBox location=location total=total />
            <ul class="segments" aria-label=words::SEGMENTS>
                {Segment::ALL.map(|segment| view! { <SegmentLink location=location segment=segment count=Signal::derive(move || {
                    segments().into_iter().find(|(other, _)| *other == segment).map_or(0, |(_, count)| count)
                }) /> }).collect_view()}
            </ul>
            {move || {
                let word = location.filter.with(|filter| filter.segment.as_str());
                (!word.is_empty()).then(|| view! { <input type="hidden" name="status" value=word /> })
            }}
            <CategorySelect location=location shown=shown />
            <noscript inner_html=format!("<button class=\"button button-plain\">{}</button>", words::APPLY)></noscript>
            <p class="unseen" role="status">{count}</p>
        </form>
    }
    .into_any()
}

#[component]
fn SearchBox(location: Location, total: Signal<usize>) -> impl IntoView {
    let input = NodeRef::<leptos::html::Input>::new();
    focus_by_slash(input);
    let pending = StoredValue::new(None::<leptos::leptos_dom::helpers::TimeoutHandle>);
    on_cleanup(move || pending.try_update_value(Option::take).flatten().iter().for_each(|timer| timer.clear()));
    let typed = move |event| {
        location.typed.set(event_target_value(&event));
        let timer = set_timeout_with_handle(move || location.write(), PAUSE).ok();
        pending
            .try_update_value(|pending| std::mem::replace(pending, timer))
            .flatten()
            .iter()
            .for_each(|timer| timer.clear());
    };
    // The text changes from outside by links and by going back.
    Effect::new(move |before: Option<()>| {
        let text = location.typed.get();
        if let (Some(()), Some(input)) = (before, input.get_untracked().filter(|input| input.value() != text)) {
            input.set_value(&text);
        }
    });
    let keys = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowDown" => {
            event.prevent_default();
            super::rows::focus_first();
        }
        "Escape" => {
            event.prevent_default();
            location.typed.set(String::new());
            location.write();
        }
        _ => {}
    };
    view! {
        <div class="search">
            <Icon symbol=Symbol::Search />
            <input
                class="search-input"
                node_ref=input
                type="search"
                name="search"
                aria-label=words::SEARCH
                aria-keyshortcuts=words::SEARCH_KEY
                placeholder=move || words::placeholder(total.get())
                value=location.typed.get_untracked()
                autocomplete="off"
                spellcheck="false"
                enterkeyhint="search"
                on:input=typed
                on:keydown=keys
            />
            <kbd class="search-key" aria-hidden="true">{words::SEARCH_KEY}</kbd>
        </div>
    }
    .into_any()
}

#[component]
fn SegmentLink(location: Location, segment: Segment, count: Signal<usize>) -> impl IntoView {
    let href = move || location.url(&Filter { segment, ..location.filter.get() });
    let current = move || location.filter.with(|filter| filter.segment == segment).then_some("true");
    view! {
        <li>
            <a class="segment" href=href aria-current=current>
                {segment.label()} " " <span class="segment-count">{count}</span>
            </a>
        </li>
    }
    .into_any()
}

#[component]
fn CategorySelect(location: Location, shown: Signal<Shown>) -> impl IntoView {
    let option = move |category: Category| {
        let count = move || {
            let found = shown
                .with(|shown| shown.categories.iter().find(|(other, _)| *other == category).map(|(_, count)| *count));
            format!("{} ({})", category.label(), found.unwrap_or_default())
        };
        let selected = move || location.filter.with(|filter| filter.category == Some(category));
        view! { <option value=category.as_str() selected=selected>{count}</option> }
    };
    let offered =
        move || shown.with(|shown| shown.categories.iter().map(|(category, _)| *category).collect::<Vec<_>>());
    let chosen = move || location.filter.with(|filter| filter.category.map_or("", Category::as_str));
    view! {
        <select
            class="select category"
            name="category"
            aria-label=words::CATEGORY
            prop:value=chosen
            on:change=move |event| location.choose(event_target_value(&event).parse().ok())
        >
            <option value="">{words::ANY_CATEGORY}</option>
            <For each=offered key=|category| *category let:category>{option(category)}</For>
        </select>
    }
    .into_any()
}

/// `/` focuses the search, except where somebody is writing.
fn focus_by_slash(input: NodeRef<leptos::html::Input>) {
    Effect::new(move || {
        let keys = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
            let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
            if event.key() == "/" && !modified && !is_writing() {
                event.prevent_default();
                input.get_untracked().iter().for_each(|input| {
                    // Focusing what is on the page cannot fail.
                    let _ = input.focus();
                    input.select();
                });
            }
        });
        on_cleanup(move || keys.remove());
    });
}

fn is_writing() -> bool {
    let focused = document().active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    focused.is_some_and(|element| {
        element.is_content_editable() || matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
    }) || document().query_selector("dialog[open]").ok().flatten().is_some()
}
