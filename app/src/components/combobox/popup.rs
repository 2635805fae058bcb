//! The list of a combobox, and what there is to say about it.

use super::Finder;
use crate::components::search::{Choices, Standing};
use crate::components::{Button, ButtonSize};
use crate::text;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

/// More are not shown at once: nobody reads them, and a list of thousands is slow.
const MOST: usize = 100;

/// What field and list share.
#[derive(Clone, Copy)]
pub(super) struct List {
    pub(super) id: StoredValue<String>,
    pub(super) finder: Option<Finder>,
    pub(super) awake: RwSignal<bool>,
    pub(super) open: RwSignal<bool>,
    pub(super) active: RwSignal<Option<usize>>,
    pub(super) choices: Signal<Choices>,
    pub(super) standing: Signal<Standing>,
}

impl List {
    /// Whether there is something to see: before the first question there is not.
    pub(super) fn shows(self) -> bool {
        self.open.get() && self.standing.with(|it| *it != Standing::Idle)
    }

    /// How many choices can be reached.
    pub(super) fn count(self) -> usize {
        self.choices.with(Vec::len).min(MOST)
    }

    /// The id of the list itself.
    pub(super) fn listed(self) -> String {
        self.id.with_value(|id| format!("{id}-list"))
    }

    /// The id of a choice.
    pub(super) fn option(self, at: usize) -> String {
        self.id.with_value(|id| format!("{id}-option-{at}"))
    }

    /// What is said of the choices.
    fn says(self, nothing: Signal<String>) -> Option<String> {
        let count = self.choices.with(Vec::len);
        match self.standing.get() {
            _ if !self.shows() => None,
            Standing::Asking => Some(text::LOADING_CHOICES.to_owned()),
            Standing::Failed(_) => None,
            _ if count == 0 => Some(nothing.get()),
            _ if count > MOST => Some(text::more_choices(count - MOST)),
            _ => self.finder.map(|finder| (finder.found)(count)),
        }
    }
}

/// The list, and what there is to say about it.
#[component]
pub(super) fn Popup(
    list: List,
    label: Option<String>,
    nothing: Signal<String>,
    pick: Callback<usize>,
    on_retry: Callback<()>,
) -> impl IntoView {
    let List { awake, active, choices, standing, .. } = list;
    let element = NodeRef::<leptos::html::Ul>::new();
    Effect::new(move || {
        if let (Some(at), Some(shown)) = (active.get(), element.get_untracked()) {
            let option = shown.query_selector(&format!("[data-at=\"{at}\"]")).ok().flatten();
            option.and_then(|option| option.dyn_into::<HtmlElement>().ok()).iter().for_each(|it| reveal(&shown, it));
        }
    });
    let shows = move || list.shows();
    let options = move || {
        let all = || choices.get().into_iter().take(MOST).enumerate();
        shows().then(|| all().map(|(at, choice)| option(list, at, choice, pick)).collect_view())
    };
    let failed = move || match standing.get() {
        Standing::Failed(sentence) if shows() => Some(view! {
            <div class="combobox-failed" role="alert">
                <p>{sentence}</p>
                <Button size=ButtonSize::Small on_click=on_retry>{text::TRY_AGAIN}</Button>
            </div>
        }),
        _ => None,
    };
    // A pointer that goes down here must not take the focus away from the field.
    view! {
        <div class="combobox-popup" class:combobox-open=shows on:mousedown=|event| event.prevent_default()>
            <ul
                class="combobox-list"
                class:combobox-awaited=move || standing.with(|it| *it == Standing::Asking)
                node_ref=element
                id=list.listed()
                role=move || awake.get().then_some("listbox")
                aria-label=label.unwrap_or_else(|| text::CHOICES.to_owned())
                hidden=move || !shows() || choices.with(Vec::is_empty)
            >
                {options}
            </ul>
            <p class="combobox-says" role="status">{move || list.says(nothing)}</p>
            {failed}
        </div>
    }
    .into_any()
}

/// A choice; asleep, what was found is a link.
fn option(list: List, at: usize, (value, label): (String, String), pick: Callback<usize>) -> AnyView {
    let List { awake, active, finder, .. } = list;
    let words = finder.map_or_else(|| label.into_any(), |finder| finder.row.run(value.clone()));
    match finder.filter(|_| !awake.get()) {
        Some(finder) => {
            let href = finder.href.run(value);
            view! { <li><a class="combobox-option" href=href rel="external">{words}</a></li> }.into_any()
        }
        None => view! {
            <li
                class="combobox-option"
                role="option"
                id=list.option(at)
                data-at=at.to_string()
                aria-selected=move || if active.get() == Some(at) { "true" } else { "false" }
                on:click=move |_| pick.run(at)
            >
                {words}
            </li>
        }
        .into_any(),
    }
}

/// Scrolls a list, and nothing else, so that one of its options can be seen.
fn reveal(list: &HtmlElement, option: &HtmlElement) {
    let (top, bottom) = (option.offset_top(), option.offset_top() + option.offset_height());
    if top < list.scroll_top() {
        list.set_scroll_top(top);
    } else if bottom > list.scroll_top() + list.client_height() {
        list.set_scroll_top(bottom - list.client_height());
    }
}
