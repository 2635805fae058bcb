//! The control of a field that is one value, by its kind.

use super::{NumberField, SecretArea, SecretField, SelectField, TextArea, TextField};
use crate::text::configure as text;
use domain::config::{ConfigField, FieldKind, MAX_TEXT};
use leptos::prelude::*;

/// The control of a field that is one value: a line, a number, a secret, a choice. One that asks for its choices is a line
/// here. What is on or off, and what is made of rows, is no matter of this.
#[component]
pub fn ValueControl(
    /// Its id; the [`FieldRow`](super::FieldRow) around it has the same.
    id: String,
    /// Its key in the form.
    name: String,
    /// The field.
    field: ConfigField,
    /// What it holds; of a secret nothing is shown.
    value: Signal<String>,
    /// Whether a secret is stored; an empty field then keeps it.
    stored: Signal<bool>,
    /// Empties a secret when it grows: what was typed has been saved.
    #[prop(optional)]
    emptied: Signal<u32>,
    /// Whether it cannot be changed.
    disabled: Signal<bool>,
    /// Whether it was refused.
    invalid: Signal<bool>,
    /// Called with what is chosen, where something is.
    #[prop(optional, into)]
    on_choose: Option<Callback<String>>,
) -> impl IntoView {
    let ConfigField { kind, placeholder, required, .. } = field;
    let placeholder = placeholder.unwrap_or_default();
    let (input, max_length) = match kind {
        FieldKind::String { max_length } => ("text", max_length),
        FieldKind::Url => ("url", None),
        FieldKind::Email => ("email", None),
        FieldKind::Date => ("date", None),
        FieldKind::DatetimeLocal => ("datetime-local", None),
        _ => ("text", None),
    };
    match kind {
        FieldKind::Select { mut choices, url: None, .. } => {
            if !required && !choices.iter().any(|(value, _)| value.is_empty()) {
                choices.insert(0, (String::new(), text::NONE.to_owned()));
            }
            let on_change = Callback::new(move |chosen| on_choose.iter().for_each(|it| it.run(String::clone(&chosen))));
            view! {
                <SelectField
                    id=id
                    name=name
                    value=value
                    choices=choices
                    required=required
                    disabled=disabled
                    invalid=invalid
                    on_change=on_change
                />
            }
            .into_any()
        }
        FieldKind::Number { min, max } => view! {
            <NumberField
                id=id
                name=name
                value=value
                min=min
                max=max
                required=required
                disabled=disabled
                invalid=invalid
            />
        }
        .into_any(),
        FieldKind::Secret => view! {
            <SecretField
                id=id
                name=name
                stored=stored
                emptied=emptied
                required=required
                disabled=disabled
                invalid=invalid
            />
        }
        .into_any(),
        FieldKind::SecretText => view! {
            <SecretArea
                id=id
                name=name
                stored=stored
                emptied=emptied
                required=required
                disabled=disabled
                invalid=invalid
            />
        }
        .into_any(),
        FieldKind::Textarea => view! {
            <TextArea
                id=id
                name=name
                value=value
                placeholder=placeholder
                required=required
                disabled=disabled
                invalid=invalid
            />
        }
        .into_any(),
        _ => view! {
            <TextField
                id=id
                name=name
                kind=input
                value=value
                max_length=max_length.unwrap_or(MAX_TEXT)
                placeholder=placeholder
                required=required
                disabled=disabled
                invalid=invalid
            />
        }
        .into_any(),
    }
}
