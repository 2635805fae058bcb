//! A field of a form that is sent as a whole, by its kind. Its key in the form is `values[name]`.

use crate::components::{Checkbox, FieldRow, ValueControl};
use domain::AppError;
use domain::config::{ConfigField, FieldKind};
use leptos::form::FromFormData;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

/// Label, help, control and error of one field. A secret never shows what is stored.
#[component]
pub fn FormField(
    /// Before the field's name in the id, so that two forms of a page differ.
    prefix: &'static str,
    /// The field.
    field: ConfigField,
    /// What it holds; of a secret nothing is shown.
    #[prop(optional, into)]
    value: Signal<String>,
    /// The refusal of the form, where it was refused.
    #[prop(into)]
    error: Signal<Option<AppError>>,
    /// Whether a secret is stored; an empty field then keeps it.
    #[prop(optional, into)]
    stored: Signal<bool>,
    /// Empties a secret when it grows: what was typed has been saved.
    #[prop(optional, into)]
    emptied: Signal<u32>,
) -> impl IntoView {
    let id = format!("{prefix}-{}", field.name);
    let name = format!("values[{}]", field.name);
    let key = field.name.clone();
    let refused = Signal::derive(move || error.with(|error| error.as_ref()?.fields.get(&key).cloned()));
    let invalid = Signal::derive(move || refused.with(Option::is_some));
    let (row, required, disabled) = (id.clone(), field.required, Signal::stored(field.is_disabled()));
    let control = match field.kind {
        FieldKind::Boolean => {
            let on = Memo::new(move |_| value.with(|value| matches!(value.as_str(), "true" | "on")));
            view! { <Checkbox id=id name=name value=on disabled=disabled /> }.into_any()
        }
        // Rows are set after the form was sent, on a page of their own.
        FieldKind::ChoiceMapper(_) | FieldKind::Table(_) | FieldKind::ProjectMapper(_) => return ().into_any(),
        _ => view! {
            <ValueControl
                id=id
                name=name
                field=field.clone()
                value=value
                stored=stored
                emptied=emptied
                disabled=disabled
                invalid=invalid
            />
        }
        .into_any(),
    };
    let may_be_empty = !required && !matches!(field.kind, FieldKind::Boolean | FieldKind::Select { .. });
    let beside = matches!(field.kind, FieldKind::Boolean);
    let help = if field.is_disabled() { field.disabled_reason.or(field.help) } else { field.help };
    view! {
        <FieldRow
            id=row
            label=field.label
            help=help.unwrap_or_default()
            error=refused
            may_be_empty=may_be_empty
            beside=beside
        >
            {control}
        </FieldRow>
    }
    .into_any()
}

/// Whether a refusal has something to say that is not beside a field.
pub fn belongs_on_top(error: &AppError, names: &[String]) -> bool {
    error.fields.len() != 1 || !error.fields.keys().all(|name| names.contains(name))
}

/// Reads a sent form, and keeps the browser from sending it.
pub fn read_form<T: FromFormData>(event: &leptos::ev::SubmitEvent) -> Option<T> {
    event.prevent_default();
    T::from_event(event).ok()
}

/// After a refusal the focus goes to the first field that was refused.
pub fn focus_refused(form: NodeRef<leptos::html::Form>, error: Signal<Option<AppError>>) {
    Effect::new(move |before: Option<()>| {
        let refused = error.with(|error| error.as_ref().is_some_and(|error| !error.fields.is_empty()));
        if before.is_some()
            && refused
            && let Some(form) = form.get_untracked()
        {
            // The fields learn of the refusal in the same turn; they are marked in the next.
            request_animation_frame(move || focus_in(&form, "[aria-invalid=true]"));
        }
    });
}

/// Focuses the first thing in an element that fits a selector.
pub fn focus_in(element: &leptos::web_sys::Element, selector: &str) {
    let first = element.query_selector(selector).ok().flatten();
    if let Some(target) = first.and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
        // Focusing what is on the page cannot fail.
        let _ = target.focus();
    }
}
