//! A line of text.

use super::kept::first_text;
use super::{described_by, flag, tell, write_changes};
use leptos::ev::FocusEvent;
use leptos::prelude::*;

/// A line of text.
#[component]
pub fn TextField(
    /// Its id; the [`FieldRow`] around it has the same.
    #[prop(into)]
    id: String,
    /// Its key in the form.
    #[prop(into)]
    name: String,
    /// What it holds.
    #[prop(optional, into)]
    value: Signal<String>,
    /// text, email, url, search, password, date or datetime-local.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// An example, shown while it is empty.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// Whether it must not be empty.
    #[prop(optional)]
    required: bool,
    /// Longest text in characters.
    #[prop(optional, into)]
    max_length: Option<usize>,
    /// Whether it cannot be changed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Whether it was refused.
    #[prop(optional, into)]
    invalid: Signal<bool>,
    /// Whether the page opens with the focus in it.
    #[prop(optional)]
    autofocus: bool,
    /// Called with each change of the text.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
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
    // These hold secrets as well.
    let is_secret = kind == "password" || autocomplete == "one-time-code";
    let text = if is_secret { value.get_untracked() } else { first_text(&name, value, disabled) };
    view! {
        <input
            class="input"
            node_ref=element
            id=id.clone()
            name=name
            type=kind
            value=text
            autocomplete=autocomplete
            placeholder=placeholder.filter(|text| !text.is_empty())
            required=required
            maxlength=max_length.map(|length| length.to_string())
            disabled=disabled
            aria-invalid=flag(invalid)
            aria-describedby=described_by(&id)
            autofocus=autofocus
            autocapitalize=if matches!(kind, "email" | "url" | "password") { "none" } else { "sentences" }
            spellcheck=if kind == "text" { "true" } else { "false" }
            on:input=move |event| tell(on_input, &event)
            on:change=move |event| tell(on_change, &event)
            on:blur=move |event: FocusEvent| tell(on_blur, &event)
        />
    }
    .into_any()
}
