//! Text that is written and never shown again.

use super::{described_by, flag, tell};
use crate::text;
use leptos::ev::FocusEvent;
use leptos::prelude::*;

/// Text that is written and never shown again.
#[component]
pub fn SecretField(
    /// Its id; the [`FieldRow`] around it has the same.
    #[prop(into)]
    id: String,
    /// Its key in the form.
    #[prop(into)]
    name: String,
    /// Whether something is stored; an empty field then keeps it.
    #[prop(optional, into)]
    stored: Signal<bool>,
    /// `new-password`, `current-password`, or `off` for what is not a password of this person.
    #[prop(default = "off")]
    autocomplete: &'static str,
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
    let shown = RwSignal::new(false);
    view! {
        <div class="secret">
            <input
                class="input"
                id=id.clone()
                name=name
                type=move || if shown.get() { "text" } else { "password" }
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck="false"
                placeholder=move || stored.get().then_some(text::SECRET_STORED)
                required=move || required && !stored.get()
                disabled=disabled
                aria-invalid=flag(invalid)
                aria-describedby=described_by(&id)
                on:change=move |event| tell(on_change, &event)
                on:blur=move |event: FocusEvent| tell(on_blur, &event)
            />
            <button
                type="button"
                class="secret-show needs-script"
                aria-pressed=move || if shown.get() { "true" } else { "false" }
                aria-controls=id.clone()
                on:click=move |_| shown.update(|shown| *shown = !*shown)
            >
                {move || if shown.get() { text::HIDE } else { text::SHOW }}
            </button>
        </div>
    }
    .into_any()
}
