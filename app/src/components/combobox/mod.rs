//! A text field with a list of what fits: the combobox pattern with a list box. The focus stays in the field.

mod keys;
mod popup;

use crate::components::fields::typed as kept;
use crate::components::search::{Choices, Standing};
use crate::components::{Icon, Symbol};
use keys::{Act, act};
use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Node;
use popup::{List, Popup};

/// What makes a search of it: the words stay in the field, and what was found stands below in the page. Asleep it is a
/// field of a form, and what was found are links.
#[derive(Clone, Copy)]
pub struct Finder {
    /// How a choice looks, by its value.
    pub row: Callback<String, AnyView>,
    /// Where a choice leads while the page is asleep.
    pub href: Callback<String, String>,
    /// What it says of so many choices.
    pub found: fn(usize) -> String,
}

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
    /// What makes a search of it, where it is one.
    #[prop(optional)]
    finder: Option<Finder>,
    /// Called with what was typed, and with nothing when a list opens that is not a search.
    on_query: Callback<String>,
    /// Called when the person asks once more, or does not want to wait.
    on_retry: Callback<()>,
    /// Called with the chosen value.
    on_pick: Callback<String>,
    /// What stands beside a search.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let finds = finder.is_some();
    let (awake, open, active) = (RwSignal::new(false), RwSignal::new(finds), RwSignal::new(None));
    let list = List { id: StoredValue::new(id.clone()), finder, awake, open, active, choices, standing };
    Effect::new(move || awake.set(true));
    if finds {
        begin_anew(list);
    }
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
            if !finds {
                on_query.run(String::new());
                element.get_untracked().iter().for_each(|input| input.select());
            }
        }
    };
    let pick = Callback::new(move |at: usize| {
        if let Some((value, _)) = choices.with_untracked(|choices| choices.get(at).cloned()) {
            close();
            on_pick.run(value);
        }
    });
    let key = move |event: KeyboardEvent| {
        let (shows, count) = untrack(|| (list.shows(), list.count()));
        let awaited = standing.with_untracked(|it| *it == Standing::Asking);
        match act(&event.key(), shows, active.get_untracked(), count, awaited) {
            Act::Leave => return,
            Act::Open => show(),
            Act::Move(at) => active.set(Some(at)),
            Act::Pick(at) => pick.run(at),
            Act::Ask => on_retry.run(()),
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
            active.set((!finds && !text.is_empty()).then_some(0));
            typed.set(Some(text.clone()));
            on_query.run(text);
        }
    };
    let leave = move |event: FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        if !finds && !around.get_untracked().is_some_and(|around| around.contains(to.as_ref())) {
            close();
        }
    };
    let list_label = label.clone();
    let expanded = move || list.shows() && list.count() > 0;
    let pointed = move || active.get().filter(|at| expanded() && *at < list.count()).map(|at| list.option(at));
    let sent = name.as_deref().and_then(kept).filter(|_| refused.with_untracked(Option::is_none));
    let field = view! {
        <input
            class=if finds { "search-input" } else { "input combobox-input" }
            node_ref=element
            id=id
            name=name
            type=if finds { "search" } else { "text" }
            role=move || awake.get().then_some("combobox")
            value=sent.unwrap_or_else(|| value.get_untracked())
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            enterkeyhint=finds.then_some("search")
            maxlength=finds.then_some("200")
            placeholder=move || Some(placeholder.get()).filter(|text| !text.is_empty())
            readonly=move || refused.with(Option::is_some)
            aria-label=label
            aria-autocomplete=move || awake.get().then_some("list")
            aria-expanded=move || awake.get().then(|| if expanded() { "true" } else { "false" })
            aria-controls=move || awake.get().then(|| list.listed())
            aria-activedescendant=pointed
            aria-disabled=move || refused.with(Option::is_some).then_some("true")
            aria-description=move || refused.get()
            aria-describedby=described_by
            aria-invalid=move || invalid.get().then_some("true")
            on:input=input
            on:click=move |_| show()
            on:keydown=key
        />
    };
    let field = match finds {
        true => view! { <div class="search"><Icon symbol=Symbol::Search />{field}</div> }.into_any(),
        false => field.into_any(),
    };
    view! {
        <div
            class=if finds { "combobox combobox-finder" } else { "combobox" }
            node_ref=around
            data-reason=move || refused.get()
            on:focusout=leave
        >
            {field}
            {children.map(|children| children())}
            <Popup list=list label=list_label nothing=nothing pick=pick on_retry=on_retry />
        </div>
    }
    .into_any()
}

/// What was found anew is looked at from its top, also where the list was closed.
fn begin_anew(List { open, active, choices, standing, .. }: List) {
    Effect::new(move || {
        choices.track();
        active.set(None);
    });
    Effect::new(move || {
        if standing.with(|it| *it == Standing::Asking) {
            open.set(true);
        }
    });
}

#[cfg(all(test, feature = "ssr"))]
mod tests;
