//! Choices: one of several, on or off.

use super::kept::{ticked, typed};
use super::{described_by, flag, tell, write_changes};
use leptos::prelude::*;

/// One of several values.
#[component]
pub fn SelectField(
    /// Its id; the [`FieldRow`] around it has the same.
    #[prop(into)]
    id: String,
    /// Its key in the form.
    #[prop(into)]
    name: String,
    /// The chosen value.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Value and label.
    choices: Vec<(String, String)>,
    /// Whether it must not be empty.
    #[prop(optional)]
    required: bool,
    /// Whether it cannot be changed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Whether it was refused.
    #[prop(optional, into)]
    invalid: Signal<bool>,
    /// Called with the chosen value.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
) -> impl IntoView {
    let element = NodeRef::<leptos::html::Select>::new();
    write_changes(value, move |text| {
        if let Some(select) = element.get_untracked().filter(|select| select.value() != text) {
            select.set_value(&text);
        }
    });
    let kept = typed(&name).filter(|kept| choices.iter().any(|(value, _)| value == kept));
    let chosen = kept.filter(|_| !disabled.get_untracked()).unwrap_or_else(|| value.get_untracked());
    let option = |(value, label): (String, String)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{label}</option> }
    };
    view! {
        <select
            class="select"
            node_ref=element
            id=id.clone()
            name=name
            required=required
            disabled=disabled
            aria-invalid=flag(invalid)
            aria-describedby=described_by(&id)
            on:change=move |event| tell(on_change, &event)
        >
            {choices.into_iter().map(option).collect_view()}
        </select>
    }
    .into_any()
}

/// On or off, at once.
#[component]
pub fn Switch(
    /// Its id; the [`FieldRow`] around it has the same.
    #[prop(into)]
    id: String,
    /// Its key in the form; it sends `true` when it is on and nothing when it is off.
    #[prop(into)]
    name: String,
    /// Whether it is on.
    #[prop(optional, into)]
    value: Signal<bool>,
    /// Whether it cannot be changed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Called with the new state.
    #[prop(optional, into)]
    on_change: Option<Callback<bool>>,
) -> impl IntoView {
    tick_box("switch", Some("switch"), id, name, value, disabled, on_change)
}

/// Chosen or not.
#[component]
pub fn Checkbox(
    /// Its id; the [`FieldRow`] around it has the same.
    #[prop(into)]
    id: String,
    /// Its key in the form; it sends `true` when it is chosen and nothing when it is not.
    #[prop(into)]
    name: String,
    /// Whether it is chosen.
    #[prop(optional, into)]
    value: Signal<bool>,
    /// Whether it cannot be changed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Called with the new state.
    #[prop(optional, into)]
    on_change: Option<Callback<bool>>,
) -> impl IntoView {
    tick_box("checkbox", None, id, name, value, disabled, on_change)
}

fn tick_box(
    class: &'static str,
    role: Option<&'static str>,
    id: String,
    name: String,
    value: Signal<bool>,
    disabled: Signal<bool>,
    on_change: Option<Callback<bool>>,
) -> AnyView {
    let element = NodeRef::<leptos::html::Input>::new();
    write_changes(value, move |on| {
        if let Some(input) = element.get_untracked() {
            input.set_checked(on);
        }
    });
    let kept = ticked(&name).filter(|_| !disabled.get_untracked());
    view! {
        <input
            class=class
            node_ref=element
            id=id.clone()
            name=name
            type="checkbox"
            role=role
            value="true"
            checked=kept.unwrap_or_else(|| value.get_untracked())
            disabled=disabled
            aria-describedby=described_by(&id)
            on:change=move |event| {
                if let Some(on_change) = on_change {
                    on_change.run(event_target_checked(&event));
                }
            }
        />
    }
    .into_any()
}
