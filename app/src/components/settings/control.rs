//! The control of a setting, by the kind of its field.

use crate::components::search::Source;
use crate::components::settings::async_select::{AsyncSelect, Depends};
use crate::components::settings::rows::{MapperControl, PairsControl, TableControl};
use crate::components::settings::state::{SettingState, Standing};
use crate::components::{Switch, ValueControl};
use crate::text::configure as text;
use domain::config::{ConfigField, FieldKind};
use leptos::prelude::*;

/// What a setting knows of the page around it.
#[derive(Clone, Copy)]
pub struct Around {
    /// The field as the page was told last: what can be chosen and whether it can be changed may change meanwhile.
    pub field: Signal<ConfigField>,
    /// Where choices come from.
    pub source: Source,
    /// The fields that its choices depend on.
    pub depends: Signal<Depends>,
    /// Where the person came from, as the address of the page says.
    pub next: Signal<Option<String>>,
}

impl Around {
    /// Why the field cannot be changed, where that is so.
    pub fn refusal(self, locked: Signal<bool>) -> Signal<Option<String>> {
        Signal::derive(move || {
            let why = |field: &ConfigField| {
                let said = field.disabled_reason.clone().unwrap_or_else(|| text::not_now(&field.label));
                field.is_disabled().then_some(said)
            };
            self.field.with(why).or_else(|| locked.get().then(|| text::READ_ONLY.to_owned()))
        })
    }
}

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
    /// What it knows of the page around it.
    around: Around,
    /// Why it cannot be changed, where that is so.
    refused: Signal<Option<String>>,
    /// Saves.
    on_save: Callback<bool>,
) -> impl IntoView {
    let Around { source, depends, next, .. } = around;
    let whole = field.clone();
    let ConfigField { name, kind, placeholder, required, .. } = field;
    let value = Memo::new(move |_| state.with(|state| state.draft.clone()));
    let disabled = Signal::derive(move || refused.with(Option::is_some));
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
        FieldKind::ChoiceMapper(_) => view! {
            <MapperControl
                control_id=id
                field=around.field
                state=state
                refused=refused
                source=source
                on_save=on_save
            />
        }
        .into_any(),
        FieldKind::Table(_) => {
            view! { <TableControl control_id=id field=whole state=state refused=refused on_save=on_save /> }.into_any()
        }
        FieldKind::ProjectMapper(_) => view! {
            <PairsControl
                control_id=id
                field=around.field
                state=state
                refused=refused
                source=source
                next=next
                on_save=on_save
            />
        }
        .into_any(),
        FieldKind::Select { choices, url: Some(_), .. } => view! {
            <AsyncSelect
                id=id
                name="value"
                field=name
                value=value
                known=choices
                required=required
                placeholder=Signal::stored(placeholder.unwrap_or_default())
                source=source
                depends=depends
                refused=refused
                invalid=invalid
                on_change=choose
            />
        }
        .into_any(),
        _ => view! {
            <ValueControl
                id=id
                name="value".to_owned()
                field=whole
                value=value.into()
                stored=is_set
                disabled=disabled
                invalid=invalid
                on_choose=choose
            />
        }
        .into_any(),
    }
}
