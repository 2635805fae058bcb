//! The rows of the directory.

use crate::components::{ButtonSize, Icon, LinkButton, StatusMark, Symbol, Tile};
use crate::links;
use crate::live::Live;
use crate::pages::layout::Layout;
use crate::text::directory as words;
use crate::text::requests::badge;
use domain::catalogue::Category;
use domain::directory::{DirectoryEntry, EntryAction, EntryStatus};
use domain::events::{Event, Topic};
use domain::slug::OrgSlug;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};

use super::filters::Location;

/// The list. Arrow keys move between its rows, Enter opens one.
#[component]
pub fn Rows(
    /// Whose directory.
    org: OrgSlug,
    /// In order.
    entries: Signal<Vec<DirectoryEntry>>,
) -> impl IntoView {
    let org = StoredValue::new(org);
    let changed = changed_by_others();
    let row = move |first: DirectoryEntry| {
        let key = first.key.clone();
        let before = first.clone();
        // The row of an entry that is filtered out lives on for a moment; it keeps what it showed.
        let entry = Memo::new(move |_| {
            entries
                .with(|entries| entries.iter().find(|entry| entry.key == key).cloned())
                .unwrap_or_else(|| before.clone())
        });
        view! { <Row org=org.get_value() first=first entry=entry changed=changed /> }
    };
    view! {
        <ul class="rows" aria-label=words::LIST on:keydown=move_focus>
            <For each=move || entries.get() key=|entry| (entry.kind, entry.key.clone()) children=row />
        </ul>
    }
    .into_any()
}

/// The last change by somebody else. Two changes in a row are two values, so that the tint begins anew.
fn changed_by_others() -> Memo<Option<Event>> {
    let (live, layout) = (Live::get(), Layout::get());
    Memo::new(move |_| {
        let event = live.last.get().filter(|event| event.topic == Topic::Integration)?;
        (layout.my_name().as_deref() != Some(event.actor.as_str())).then_some(event)
    })
}

#[component]
fn Row(
    org: OrgSlug,
    first: DirectoryEntry,
    entry: Memo<DirectoryEntry>,
    changed: Memo<Option<Event>>,
) -> impl IntoView {
    let DirectoryEntry { key, name, tagline, kind, categories, .. } = first;
    let href = links::detail(&org, kind, &key);
    let status = Memo::new(move |_| entry.with(|entry| entry.status));
    let configurations = Memo::new(move |_| entry.with(|entry| entry.configurations));
    let requests = Memo::new(move |_| entry.with(|entry| entry.requests));
    let subject = key.clone();
    let by = Memo::new(move |_| changed.get().filter(|event| event.subject == subject));
    let tint = move |parity: i64| by.with(|event| event.as_ref().is_some_and(|event| event.id.0 % 2 == parity));
    view! {
        <li
            class="row"
            class:row-broken=move || status.get().needs_attention()
            class:row-changed=move || tint(0)
            class:row-changed-again=move || tint(1)
        >
            <Tile key=key name=name.clone() />
            <div class="row-words">
                <a class="row-link" href=href.clone()>{name.clone()}</a>
                {move || (requests.get() > 0).then(|| view! {
                    " "
                    <span class="chip chip-warn">{badge(requests.get())}</span>
                })}
                <p class="row-tagline">{tagline}</p>
            </div>
            <div class="row-status">{move || view! { <StatusMark status=status.get() /> }}</div>
            <p class="row-count">{move || words::configurations(configurations.get())}</p>
            <Categories categories=categories />
            <div class="row-action">{move || entry.with(|entry| action(&org, &href, entry))}</div>
            {move || entry.with(alert)}
            {move || by.get().map(|event| view! { <p class="row-actor" role="status">{words::changed_by(&event.actor)}</p> })}
        </li>
    }
    .into_any()
}

#[component]
fn Categories(categories: Vec<Category>) -> impl IntoView {
    let chip = |category: Category| view! { <li class="chip">{category.label()}</li> };
    view! { <ul class="row-categories">{categories.into_iter().map(chip).collect_view()}</ul> }.into_any()
}

fn action(org: &OrgSlug, detail: &str, entry: &DirectoryEntry) -> AnyView {
    let word = entry.action.label();
    let href = match entry.action {
        EntryAction::Review => entry.cure.clone().unwrap_or_else(|| links::configurations(org, &entry.key)),
        EntryAction::Configure => links::configurations(org, &entry.key),
        EntryAction::Install => links::install(org, &entry.key),
        EntryAction::View => detail.to_owned(),
    };
    view! { <LinkButton href=href size=ButtonSize::Small label=format!("{word} {}", entry.name)>{word}</LinkButton> }
        .into_any()
}

fn alert(entry: &DirectoryEntry) -> Option<AnyView> {
    let alert = entry.alert.as_deref()?;
    let sentence = entry.cure.as_ref().map_or(alert, |_| words::reason(alert, words::cure(entry.status))).to_owned();
    let cure = entry.cure.clone().map(|href| view! { <a class="row-cure" href=href>{words::cure(entry.status)}</a> });
    let class = if entry.status == EntryStatus::Unreachable { "row-alert row-alert-bad" } else { "row-alert" };
    Some(view! { <p class=class>{sentence} " " {cure}</p> }.into_any())
}

/// What was searched and not found, and the ways on.
#[component]
pub fn NothingFound(
    /// The filter that left nothing.
    location: Location,
) -> impl IntoView {
    let sentence = move || {
        location.filter.with(|filter| {
            let segment = if filter.segment.as_str().is_empty() { "" } else { filter.segment.label() };
            words::nothing(&filter.search, filter.category.map(Category::label), segment)
        })
    };
    let clear = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        location.clear();
    };
    view! {
        <div class="empty">
            <Icon symbol=Symbol::Search />
            <p class="empty-sentence" role="status">{sentence}</p>
            <p class="empty-actions"><a class="button button-plain" href=location.bare() on:click=clear>{words::CLEAR}</a></p>
            <p class="empty-more">{words::MISSING}</p>
        </div>
    }
    .into_any()
}

fn move_focus(event: KeyboardEvent) {
    let row = document().active_element().and_then(|element| element.closest(".row").ok().flatten());
    let Some(row) = row else { return };
    let target = match event.key().as_str() {
        "ArrowDown" => row.next_element_sibling(),
        "ArrowUp" => row.previous_element_sibling(),
        "Home" => row.parent_element().and_then(|list| list.first_element_child()),
        "End" => row.parent_element().and_then(|list| list.last_element_child()),
        _ => return,
    };
    event.prevent_default();
    match target {
        Some(row) => focus_link(&row),
        None if event.key() == "ArrowUp" => focus(document().query_selector(".search-input").ok().flatten()),
        None => {}
    }
}

/// Focuses the first row.
pub fn focus_first() {
    document().query_selector(".row").ok().flatten().iter().for_each(focus_link);
}

fn focus_link(row: &Element) {
    focus(row.query_selector(".row-link").ok().flatten());
}

fn focus(element: Option<Element>) {
    // Focusing what is on the page cannot fail.
    element.and_then(|element| element.dyn_into::<HtmlElement>().ok()).iter().for_each(|element| drop(element.focus()));
}
