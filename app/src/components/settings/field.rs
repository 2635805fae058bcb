//! One setting: its control, and what it says about itself while it is saved.

use crate::api::integrations::SaveSetting;
use crate::components::fields::{KeepTyped, SavedMark};
use crate::components::settings::contest::Contest;
use crate::components::settings::control::{Around, SettingControl};
use crate::components::settings::state::{SettingState, Standing};
use crate::components::{Button, ButtonSize, Clock, FieldRow, Icon, Symbol};
use crate::text::configure as text;
use domain::config::{ConfigField, FieldKind};
use domain::ids::IntegrationId;
use domain::slug::OrgSlug;
use leptos::ev::{Event, FocusEvent, SubmitEvent};
use leptos::form::FromFormData;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, Node};
use server_fn::ServerFn;

/// A setting that saves as it is left. Asleep it is a form of its own with a button.
#[component]
pub fn SettingField(
    /// The organization.
    org: OrgSlug,
    /// The installation.
    id: IntegrationId,
    /// The field.
    field: ConfigField,
    /// What it holds and says.
    state: RwSignal<SettingState>,
    /// Whether a secret is stored.
    #[prop(into)]
    is_set: Signal<bool>,
    /// Whether the user may not change anything here.
    locked: Signal<bool>,
    /// What it knows of the page around it.
    around: Around,
    /// The present.
    clock: Clock,
    /// Saves; told whether the user insists, as Enter does.
    on_save: Callback<bool>,
) -> impl IntoView {
    let form = NodeRef::<leptos::html::Form>::new();
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    empty_when_done(form, state, field.is_secret());
    let at_once = saves_at_once(&field);
    let refused = around.refusal(locked);
    let unreadable = unreadable(form, state, &field);
    let write = move |text: String| state.update(|state| state.typed(text));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        match SaveSetting::from_event(&event) {
            Ok(sent) if !at_once => write(sent.value),
            _ => {}
        }
        if !unreadable() {
            on_save.run(true);
        }
    };
    let leave = move |event: FocusEvent| {
        if at_once || stays(form, &event) {
            return;
        }
        if is_control(&event) {
            write(event_target_value(&event));
        }
        if !unreadable() {
            on_save.run(false);
        }
    };
    let input = move |event: Event| {
        if !at_once && is_control(&event) {
            write(event_target_value(&event));
        }
    };
    // Every setting of the page goes to the same function.
    let same = vec![("id".to_owned(), id.to_string()), ("field".to_owned(), field.name.clone())];
    view! {
        <form
            class="setting"
            node_ref=form
            method="post"
            action=SaveSetting::url()
            novalidate=move || awake.get()
            on:submit=submit
            on:input=input
            on:focusout=leave
        >
            <input type="hidden" name="org" value=org.to_string() />
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="field" value=field.name.clone() />
            <input type="hidden" name="seen" value=move || state.with(|state| state.stored.to_string()) />
            <KeepTyped form=SaveSetting::PATH same=same>
                <Row
                    field=field
                    state=state
                    is_set=is_set
                    around=around
                    refused=refused
                    clock=clock
                    on_save=on_save
                />
            </KeepTyped>
            <Contest field=around.field state=state on_save=on_save />
        </form>
    }
    .into_any()
}

/// Label, help, control, and what there is to say.
#[component]
fn Row(
    /// The field.
    field: ConfigField,
    /// What it holds and says.
    state: RwSignal<SettingState>,
    /// Whether a secret is stored.
    is_set: Signal<bool>,
    /// What it knows of the page around it.
    around: Around,
    /// Why it cannot be changed, where that is so.
    refused: Signal<Option<String>>,
    /// The present.
    clock: Clock,
    /// Saves.
    on_save: Callback<bool>,
) -> impl IntoView {
    let control_id = format!("setting-{}", field.name);
    let error = Signal::derive(move || match state.with(|state| state.standing.clone()) {
        Standing::Refused(sentence) => Some(sentence),
        _ => None,
    });
    let group = field.has_rows();
    let may_be_empty =
        !field.required && !group && !matches!(field.kind, FieldKind::Boolean | FieldKind::Select { .. });
    let beside = matches!(field.kind, FieldKind::Boolean);
    let (label, help) = (field.label.clone(), field.help.clone());
    // That the person may only look is said once, above all settings.
    let reason = Signal::derive(move || refused.get().filter(|_| around.field.with(ConfigField::is_disabled)));
    let says = ViewFn::from(move || view! { <Says state=state clock=clock reason=reason /> });
    view! {
        <FieldRow
            id=control_id.clone()
            label=label
            help=help.unwrap_or_default()
            error=error
            may_be_empty=may_be_empty
            beside=beside
            group=group
            state=says
        >
            <SettingControl
                control_id=control_id
                field=field
                state=state
                is_set=is_set
                around=around
                refused=refused
                on_save=on_save
            />
            <Sleeping refused=refused />
            <Again state=state refused=refused on_save=on_save />
        </FieldRow>
    }
    .into_any()
}

/// Sends the form while the page is asleep. A browser sends no control that is disabled, which would save a locked
/// setting as empty: so this is disabled by the browser's own means as well, and Enter sends nothing either.
#[component]
fn Sleeping(
    /// Why the setting cannot be changed, where that is so.
    refused: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <span class="until-hydrated">
            <button
                class="button button-plain button-small"
                type="submit"
                disabled=move || refused.with(Option::is_some)
                aria-description=move || refused.get()
            >
                {text::SAVE}
            </button>
        </span>
    }
    .into_any()
}

/// Sends once more what was refused.
#[component]
fn Again(
    /// What the setting holds and says.
    state: RwSignal<SettingState>,
    /// Why it cannot be changed, where that is so.
    refused: Signal<Option<String>>,
    /// Saves.
    on_save: Callback<bool>,
) -> impl IntoView {
    let can = Memo::new(move |_| state.with(SettingState::can_try_again));
    let again = Callback::new(move |()| on_save.run(true));
    let button = move || {
        can.get().then(|| {
            view! {
                <Button size=ButtonSize::Small disabled_reason=refused on_click=again>{crate::text::TRY_AGAIN}</Button>
            }
        })
    };
    view! { {button} }.into_any()
}

/// Saving, saved and when, or why the field is locked.
#[component]
fn Says(
    /// What it says.
    state: RwSignal<SettingState>,
    /// The present.
    clock: Clock,
    /// Why the field is locked, where it is.
    reason: Signal<Option<String>>,
) -> impl IntoView {
    let standing = Memo::new(move |_| state.with(|state| state.standing.clone()));
    let says = move || match standing.get() {
        Standing::Saving => view! { <span class="saving">{text::SAVING}</span> }.into_any(),
        Standing::Saved(at) => (move || view! { <SavedMark words=text::saved(at, clock.now()) /> }).into_any(),
        _ => ().into_any(),
    };
    let locked =
        move || reason.get().map(|reason| view! { <span class="locked"><Icon symbol=Symbol::Lock />{reason}</span> });
    view! { {locked} {says} }.into_any()
}

/// Switches and choices are saved when they are made, and rows save themselves; everything else when it is left.
fn saves_at_once(field: &ConfigField) -> bool {
    field.has_rows() || matches!(field.kind, FieldKind::Boolean | FieldKind::Select { .. })
}

/// Whether the event is about the control, not about a button beside it.
fn is_control(event: &Event) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    element.and_then(|element| element.get_attribute("name")).as_deref() == Some("value")
}

/// Whether the focus only moves within the setting, as to the button that shows what is typed.
fn stays(form: NodeRef<leptos::html::Form>, event: &FocusEvent) -> bool {
    let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
    to.is_some_and(|to| form.get_untracked().is_some_and(|form| form.contains(Some(&to))))
}

/// A number field reports what it cannot read as empty, which must not be saved as such. Refuses it and says so.
fn unreadable(
    form: NodeRef<leptos::html::Form>,
    state: RwSignal<SettingState>,
    field: &ConfigField,
) -> impl Fn() -> bool + Copy + 'static {
    let sentence = StoredValue::new(match field.kind {
        FieldKind::Number { min, max } => Some(text::whole_number(&field.label, min, max)),
        _ => None,
    });
    move || {
        let Some(sentence) = sentence.get_value() else { return false };
        let wrong = form.get_untracked().is_some_and(|form| !form.check_validity());
        if wrong {
            state.update(|state| state.unreadable(sentence));
        }
        wrong
    }
}

/// A secret leaves the page when it is saved, or another one is taken in its place.
fn empty_when_done(form: NodeRef<leptos::html::Form>, state: RwSignal<SettingState>, secret: bool) {
    if secret {
        Effect::new(move |was_typed: Option<bool>| {
            let is_typed = state.with(SettingState::is_dirty);
            if was_typed == Some(true)
                && !is_typed
                && let Some(form) = form.get_untracked()
            {
                form.reset();
            }
            is_typed
        });
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests;
