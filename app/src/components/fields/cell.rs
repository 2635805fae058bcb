//! Controls in rows: a line of text, a choice.

use super::kept::{first_text, typed};
use super::{flag, tell, write_changes};
use leptos::prelude::*;

/// A line of text in a row. A secret is written and never shown.
#[component]
pub fn CellInput(
    /// Its id; the label in the row names it.
    #[prop(into)]
    id: String,
    /// Its key in the form.
    #[prop(into)]
    name: String,
    /// What it holds.
    #[prop(into)]
    value: Signal<String>,
    /// Whether it is a secret.
    #[prop(optional)]
    secret: bool,
    /// Shown while it is empty.
    #[prop(optional, into)]
    placeholder: Signal<String>,
    /// Longest text in characters.
    max_length: usize,
    /// Whether it cannot be changed.
    #[prop(into)]
    disabled: Signal<bool>,
    /// Whether it was refused.
    #[prop(optional, into)]
    invalid: Signal<bool>,
    /// Called with each change.
    on_input: Callback<String>,
) -> impl IntoView {
    let element = NodeRef::<leptos::html::Input>::new();
    write_changes(value, move |text| {
        if let Some(input) = element.get_untracked().filter(|input| input.value() != text) {
            input.set_value(&text);
        }
    });
    let text = if secret { value.get_untracked() } else { first_text(&name, value, disabled) };
    view! {
        <input
            class="input"
            node_ref=element
            id=id
            name=name
            type=if secret { "password" } else { "text" }
            value=text
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            placeholder=move || Some(placeholder.get()).filter(|text| !text.is_empty())
            maxlength=max_length.to_string()
            disabled=disabled
            aria-invalid=flag(invalid)
            on:input=move |event| tell(Some(on_input), &event)
        />
    }
    .into_any()
}

/// A choice in a row whose choices may come later.
#[component]
pub fn CellSelect(
    /// Its id; the label in the row names it.
    #[prop(into)]
    id: String,
    /// Its key in the form.
    #[prop(into)]
    name: String,
    /// What is chosen; empty while nothing is.
    #[prop(into)]
    value: Signal<String>,
    /// Value and label.
    #[prop(into)]
    choices: Signal<Vec<(String, String)>>,
    /// Shown while nothing is chosen.
    #[prop(into)]
    placeholder: String,
    /// Whether it cannot be changed.
    #[prop(into)]
    disabled: Signal<bool>,
    /// Called with the chosen value.
    on_change: Callback<String>,
) -> impl IntoView {
    let element = NodeRef::<leptos::html::Select>::new();
    write_changes(value, move |text| {
        if let Some(select) = element.get_untracked().filter(|select| select.value() != text) {
            select.set_value(&text);
        }
    });
    let kept = typed(&name);
    let options = move || {
        let chosen = kept.clone().unwrap_or_else(|| value.get_untracked());
        let option = |(value, label): (String, String)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{label}</option> }
        };
        let open = view! { <option value="" selected=chosen.is_empty()>{placeholder.clone()}</option> };
        (open, choices.get().into_iter().map(option).collect_view()).into_any()
    };
    view! {
        <select
            class="select"
            node_ref=element
            id=id
            name=name
            disabled=disabled
            on:change=move |event| tell(Some(on_change), &event)
        >
            {options}
        </select>
    }
    .into_any()
}
