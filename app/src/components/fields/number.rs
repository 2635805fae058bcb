//! A whole number.

use super::kept::first_text;
use super::{described_by, flag, tell, write_changes};
use leptos::ev::FocusEvent;
use leptos::prelude::*;

/// A whole number.
#[component]
pub fn NumberField(
    /// Its id; the [`FieldRow`] around it has the same.
    #[prop(into)]
    id: String,
    /// Its key in the form.
    #[prop(into)]
    name: String,
    /// What it holds, as written.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Smallest number.
    #[prop(optional_no_strip, into)]
    min: Option<i64>,
    /// Largest number.
    #[prop(optional_no_strip, into)]
    max: Option<i64>,
    /// Whether it must not be empty.
    #[prop(optional)]
    required: bool,
    /// Whether it cannot be changed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Whether it was refused.
    #[prop(optional, into)]
    invalid: Signal<bool>,
    /// Called with the text when it was changed and left, or Enter was pressed.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
    /// Called with the text when it is left.
    #[prop(optional, into)]
    on_blur: Option<Callback<String>>,
) -> impl IntoView {
    let element = NodeRef::<leptos::html::Input>::new();
    write_changes(value, move |text| {
        if let Some(input) = element.get_untracked().filter(|input| input.value() != text) {
            input.set_value(&text);
        }
    });
    let text = first_text(&name, value, disabled);
    view! {
        <input
            class="input input-number"
            node_ref=element
            id=id.clone()
            name=name
            type="number"
            inputmode="numeric"
            step="1"
            value=text
            min=min.map(|min| min.to_string())
            max=max.map(|max| max.to_string())
            required=required
            disabled=disabled
            aria-invalid=flag(invalid)
            aria-describedby=described_by(&id)
            on:change=move |event| tell(on_change, &event)
            on:blur=move |event: FocusEvent| tell(on_blur, &event)
        />
    }
    .into_any()
}
