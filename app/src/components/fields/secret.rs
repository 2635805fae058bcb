//! Text that is written and never shown again: one line, or several.

use super::{described_by, flag, tell, write_changes};
use crate::text;
use leptos::ev::{FocusEvent, MouseEvent};
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
    /// Empties it when it grows: what was typed has been saved.
    #[prop(optional, into)]
    emptied: Signal<u32>,
    /// Called with the text when it is left.
    #[prop(optional, into)]
    on_blur: Option<Callback<String>>,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    let element = NodeRef::<leptos::html::Input>::new();
    write_changes(emptied, move |_| element.get_untracked().iter().for_each(|input| input.set_value("")));
    view! {
        <div class="secret">
            <input
                class="input"
                node_ref=element
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
            {show_button(shown, id)}
        </div>
    }
    .into_any()
}

/// Several lines of a secret, such as a private key: masked until the person asks to see what they write.
#[component]
pub fn SecretArea(
    /// Its id; the [`FieldRow`] around it has the same.
    #[prop(into)]
    id: String,
    /// Its key in the form.
    #[prop(into)]
    name: String,
    /// Whether something is stored; an empty field then keeps it.
    #[prop(optional, into)]
    stored: Signal<bool>,
    /// Whether it must not be empty.
    #[prop(optional)]
    required: bool,
    /// Whether it cannot be changed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Whether it was refused.
    #[prop(optional, into)]
    invalid: Signal<bool>,
    /// Empties it when it grows: what was typed has been saved.
    #[prop(optional, into)]
    emptied: Signal<u32>,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    let element = NodeRef::<leptos::html::Textarea>::new();
    write_changes(emptied, move |_| element.get_untracked().iter().for_each(|area| area.set_value("")));
    // It has no content, so nothing of it has to be escaped.
    view! {
        <div class="secret secret-lines">
            <textarea
                class="input input-area"
                class:masked=move || !shown.get()
                node_ref=element
                id=id.clone()
                name=name
                rows="4"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                placeholder=move || stored.get().then_some(text::SECRET_STORED)
                required=move || required && !stored.get()
                disabled=disabled
                aria-invalid=flag(invalid)
                aria-describedby=described_by(&id)
            ></textarea>
            {show_button(shown, id)}
        </div>
    }
    .into_any()
}

/// A pointer leaves the focus where it is: the text is not left by being looked at.
fn show_button(shown: RwSignal<bool>, id: String) -> AnyView {
    view! {
        <button
            type="button"
            class="secret-show needs-script"
            aria-pressed=move || if shown.get() { "true" } else { "false" }
            aria-controls=id
            on:mousedown=|event: MouseEvent| event.prevent_default()
            on:click=move |_| shown.update(|shown| *shown = !*shown)
        >
            {move || if shown.get() { text::HIDE } else { text::SHOW }}
        </button>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fixtures::html;

    #[test]
    fn several_lines_of_a_secret_are_masked_and_empty() {
        let html = html(|| view! { <SecretArea id="key" name="values[private_key]" stored=true required=true /> });
        assert!(html.contains("masked") && html.contains(text::SECRET_STORED), "{html}");
        assert!(html.contains("></textarea>"), "{html}");
        assert!(!html.contains(" required"), "what is stored need not be written again: {html}");
    }
}
