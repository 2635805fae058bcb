//! The control of a setting, by the kind of its field.

use crate::components::setting_state::{SettingState, Standing};
use crate::components::{NumberField, SecretArea, SecretField, SelectField, Switch, TextArea, TextField};
use crate::text::configure as text;
use domain::config::{ConfigField, FieldKind, MAX_TEXT};
use leptos::prelude::*;

/// The control for the field's kind. Its key in the form is `value`.
#[component]
pub fn SettingControl(
    /// The id of the control.
    control_id: String,
    /// The field.
    field: ConfigField,
    /// What it holds.
    state: RwSignal<SettingState>,
    /// Whether a secret is stored.
    is_set: Signal<bool>,
    /// Whether the user may not change anything here.
    locked: Signal<bool>,
    /// Saves.
    on_save: Callback<bool>,
) -> impl IntoView {
    let ConfigField { kind, placeholder, required, disabled, .. } = field;
    let value = Memo::new(move |_| state.with(|state| state.draft.clone()));
    let disabled = Signal::derive(move || disabled || locked.get());
    let invalid = Signal::derive(move || state.with(|state| matches!(state.standing, Standing::Refused(_))));
    let choose = Callback::new(move |text: String| {
        state.update(|state| state.typed(text));
        on_save.run(true);
    });
    let id = control_id;
    match kind {
        FieldKind::Boolean => {
            let on = Memo::new(move |_| value.with(|value| value == "true"));
            let flip = Callback::new(move |on: bool| choose.run(if on { "true".to_owned() } else { String::new() }));
            view! { <Switch id=id name="value" value=on disabled=disabled on_change=flip /> }.into_any()
        }
        FieldKind::Select { mut choices } => {
            if !required && !choices.iter().any(|(value, _)| value.is_empty()) {
                choices.insert(0, (String::new(), text::NONE.to_owned()));
            }
            view! {
                <SelectField
                    id=id
                    name="value"
                    value=value
                    choices=choices
                    disabled=disabled
                    invalid=invalid
                    on_change=choose
                />
            }
            .into_any()
        }
        FieldKind::Number { min, max } => view! {
            <NumberField
                id=id
                name="value"
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
                name="value"
                stored=is_set
                required=required
                disabled=disabled
                invalid=invalid
            />
        }
        .into_any(),
        FieldKind::SecretText => view! {
            <SecretArea
                id=id
                name="value"
                stored=is_set
                required=required
                disabled=disabled
                invalid=invalid
            />
        }
        .into_any(),
        FieldKind::Textarea => view! {
            <TextArea
                id=id
                name="value"
                value=value
                placeholder=placeholder.unwrap_or_default()
                required=required
                disabled=disabled
                invalid=invalid
            />
        }
        .into_any(),
        FieldKind::String { .. } | FieldKind::Url | FieldKind::Email => {
            let (input, max_length) = match kind {
                FieldKind::String { max_length } => ("text", max_length),
                FieldKind::Url => ("url", None),
                _ => ("email", None),
            };
            view! {
                <TextField
                    id=id
                    name="value"
                    kind=input
                    value=value
                    max_length=max_length.unwrap_or(MAX_TEXT)
                    placeholder=placeholder.unwrap_or_default()
                    required=required
                    disabled=disabled
                    invalid=invalid
                />
            }
            .into_any()
        }
    }
}
