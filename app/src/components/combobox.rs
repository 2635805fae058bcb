//! A text field with a list of what fits: the combobox pattern with a list box. The focus stays in the field.

use crate::components::combobox_keys::{Act, act};
use crate::components::search::{Choices, Standing};
use crate::components::{Button, ButtonSize};
use crate::text;
use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlElement, Node};

/// More are not shown at once: nobody reads them, and a list of thousands is slow.
const MOST: usize = 100;

/// A text field with a list. Asleep it is a text field that holds the value itself.
#[component]
pub fn Combobox(
    /// Its id.
    #[prop(into)]
    id: String,
    /// Its key in the form of a page without scripts.
    #[prop(optional, into)]
    name: Option<String>,
    /// The chosen value.
    #[prop(optional, into)]
    value: Signal<String>,
    /// What the chosen value is called.
    #[prop(optional, into)]
    shown: Signal<String>,
    /// What it is called where nothing around it says so.
    #[prop(optional, into)]
    label: Option<String>,
    /// Shown while it is empty.
    #[prop(optional, into)]
    placeholder: Signal<String>,
    /// The ids of what describes it.
    #[prop(optional, into)]
    described_by: Option<String>,
    /// What can be chosen now.
    #[prop(into)]
    choices: Signal<Choices>,
    /// How the search stands.
    #[prop(into)]
    standing: Signal<Standing>,
    /// What it says when there is nothing to choose.
    #[prop(into)]
    nothing: Signal<String>,
    /// Why it cannot be used, where that is so; it stays reachable.
    #[prop(optional, into)]
    refused: Signal<Option<String>>,
    /// Whether what it holds was refused.
    #[prop(optional, into)]
    invalid: Signal<bool>,
    /// Called with what was typed, and with nothing when the list opens.
    on_query: Callback<String>,
    /// Called when the person asks once more after a failure.
    on_retry: Callback<()>,
    /// Called with the chosen value.
    on_pick: Callback<String>,
) -> impl IntoView {
    let list = List { id, open: RwSignal::new(false), active: RwSignal::new(None), choices, standing };
    let (open, active) = (list.open, list.active);
    let typed = RwSignal::new(None::<String>);
    let (element, around) = (NodeRef::<leptos::html::Input>::new(), NodeRef::<leptos::html::Div>::new());
    // Asleep it holds the value, awake its label; what was typed before is not touched.
    Effect::new(move |before: Option<()>| {
        let text = typed.get().unwrap_or_else(|| shown.get());
        if let Some(input) = element.get_untracked()
            && (before.is_some() || input.value() == value.get_untracked())
            && input.value() != text
        {
            input.set_value(&text);
        }
    });
    let close = move || {
        open.set(false);
        active.set(None);
        typed.set(None);
    };
    let show = move || {
        if refused.with_untracked(Option::is_none) && !open.get_untracked() {
            open.set(true);
            on_query.run(String::new());
            element.get_untracked().iter().for_each(|input| input.select());
        }
    };
    let pick = Callback::new(move |at: usize| {
        if let Some((value, _)) = choices.with_untracked(|choices| choices.get(at).cloned()) {
            close();
            on_pick.run(value);
        }
    });
    let key = move |event: KeyboardEvent| {
        let (count, awaited) =
            (choices.with_untracked(Vec::len).min(MOST), standing.with_untracked(|it| *it == Standing::Asking));
        match act(&event.key(), open.get_untracked(), active.get_untracked(), count, awaited) {
            Act::Leave => return,
            Act::Open => show(),
            Act::Move(at) => active.set(Some(at)),
            Act::Pick(at) => pick.run(at),
            // A dialog around it stays open.
            Act::Close => {
                event.stop_propagation();
                close();
            }
            Act::Swallow => {}
        }
        event.prevent_default();
    };
    let input = move |event| {
        if refused.with_untracked(Option::is_none) {
            let text = event_target_value(&event);
            open.set(true);
            active.set((!text.is_empty()).then_some(0));
            typed.set(Some(text.clone()));
            on_query.run(text);
        }
    };
    let leave = move |event: FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        if !around.get_untracked().is_some_and(|around| around.contains(to.as_ref())) {
            close();
        }
    };
    let (field, listed) = (list.id.clone(), format!("{}-list", list.id));
    let list_label = label.clone();
    let at = list.clone();
    let pointed = move || {
        (open.get() && choices.with(|it| active.get().is_some_and(|at| at < it.len())))
            .then(|| at.option(active.get().unwrap_or_default()))
    };
    view! {
        <div class="combobox" node_ref=around data-reason=move || refused.get() on:focusout=leave>
            <input
                class="input combobox-input"
                node_ref=element
                id=field
                name=name
                type="text"
                role="combobox"
                value=value.get_untracked()
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                placeholder=move || Some(placeholder.get()).filter(|text| !text.is_empty())
                readonly=move || refused.with(Option::is_some)
                aria-label=label
                aria-autocomplete="list"
                aria-expanded=move || if open.get() { "true" } else { "false" }
                aria-controls=listed
                aria-activedescendant=pointed
                aria-disabled=move || refused.with(Option::is_some).then_some("true")
                aria-description=move || refused.get()
                aria-describedby=described_by
                aria-invalid=move || invalid.get().then_some("true")
                on:input=input
                on:click=move |_| show()
                on:keydown=key
            />
            <Popup list=list label=list_label nothing=nothing pick=pick on_retry=on_retry />
        </div>
    }
    .into_any()
}

#[derive(Clone)]
struct List {
    id: String,
    open: RwSignal<bool>,
    active: RwSignal<Option<usize>>,
    choices: Signal<Choices>,
    standing: Signal<Standing>,
}

impl List {
    fn option(&self, at: usize) -> String {
        format!("{}-option-{at}", self.id)
    }
}

/// The list, and what there is to say about it.
#[component]
fn Popup(
    list: List,
    label: Option<String>,
    nothing: Signal<String>,
    pick: Callback<usize>,
    on_retry: Callback<()>,
) -> impl IntoView {
    let List { open, active, choices, standing, .. } = list;
    let (element, id) = (NodeRef::<leptos::html::Ul>::new(), format!("{}-list", list.id));
    Effect::new(move || {
        if let (Some(at), Some(list)) = (active.get(), element.get_untracked()) {
            let option = list.query_selector(&format!("[data-at=\"{at}\"]")).ok().flatten();
            option.and_then(|option| option.dyn_into::<HtmlElement>().ok()).iter().for_each(|it| reveal(&list, it));
        }
    });
    let options = move || {
        let option = |(at, (_, label)): (usize, (String, String))| {
            view! {
                <li
                    class="combobox-option"
                    role="option"
                    id=list.option(at)
                    data-at=at.to_string()
                    aria-selected=move || if active.get() == Some(at) { "true" } else { "false" }
                    on:click=move |_| pick.run(at)
                >
                    {label}
                </li>
            }
        };
        open.get().then(|| choices.get().into_iter().take(MOST).enumerate().map(option).collect_view())
    };
    let says = move || {
        let count = choices.with(Vec::len);
        match standing.get() {
            _ if !open.get() => None,
            Standing::Asking => Some(text::LOADING_CHOICES.to_owned()),
            Standing::Failed(_) => None,
            _ if count == 0 => Some(nothing.get()),
            _ if count > MOST => Some(text::more_choices(count - MOST)),
            _ => None,
        }
    };
    let failed = move || match standing.get() {
        Standing::Failed(sentence) if open.get() => Some(view! {
            <div class="combobox-failed" role="alert">
                <p>{sentence}</p>
                <Button size=ButtonSize::Small on_click=on_retry>{text::TRY_AGAIN}</Button>
            </div>
        }),
        _ => None,
    };
    // A pointer that goes down here must not take the focus away from the field.
    view! {
        <div class="combobox-popup" class:combobox-closed=move || !open.get() on:mousedown=|event| event.prevent_default()>
            <ul
                class="combobox-list"
                class:combobox-awaited=move || standing.with(|it| *it == Standing::Asking)
                node_ref=element
                id=id
                role="listbox"
                aria-label=label.unwrap_or_else(|| text::CHOICES.to_owned())
            >
                {options}
            </ul>
            <p class="combobox-says" role="status">{says}</p>
            {failed}
        </div>
    }
    .into_any()
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
