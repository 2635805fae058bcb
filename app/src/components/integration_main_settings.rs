//! The settings of one installation. They save as they are left, each by itself, with an undo.

use crate::api::integrations::{SaveSetting, save_setting};
use crate::components::setting_field::SettingField;
use crate::components::setting_state::{SettingState, form_text};
use crate::components::{Alert, AlertKind, Card, Clock, ErrorNote, Toaster};
use crate::text::configure as text;
use domain::AppError;
use domain::config::{ConfigData, ConfigField, Saved};
use domain::ids::IntegrationId;
use domain::integrations::IntegrationWithConfig;
use domain::organizations::Organization;
use domain::slug::OrgSlug;
use leptos::prelude::*;

/// The settings form of an installation, made from its `configOrganization`.
#[component]
pub fn IntegrationMainSettings(
    /// The organization.
    organization: Organization,
    /// The installation; a fresh look at the server arrives here.
    #[prop(into)]
    integration: Signal<IntegrationWithConfig>,
    /// The names of the secret fields that hold something.
    #[prop(into)]
    secrets_set: Signal<Vec<String>>,
    /// Why the user may change nothing here, where that is so.
    #[prop(into)]
    read_only: Signal<Option<String>>,
    /// Who else made the last change, where somebody did.
    #[prop(into)]
    changed_by: Signal<Option<String>>,
    /// The present.
    clock: Clock,
    /// Called when a setting was saved.
    on_update: Callback<()>,
) -> impl IntoView {
    let (id, fields, title) = integration.with_untracked(|integration| {
        let aspects = &integration.integration.provider.aspects;
        let title =
            aspects.configure_integration.as_ref().map_or(text::SETTINGS, |aspect| aspect.title.as_str()).to_owned();
        (integration.integration.id, integration.config_organization.clone(), title)
    });
    // What a plain form was refused with comes back in the address.
    let refused = ServerAction::<SaveSetting>::new().value().get_untracked().and_then(Result::err).map(AppError::from);
    let stray = refused.clone().filter(|error| !fields.iter().any(|field| error.fields.contains_key(&field.name)));
    let locked = Signal::derive(move || read_only.with(Option::is_some));
    let empty = fields.is_empty();
    let setting = |field: ConfigField| {
        let org = organization.slug.clone();
        let state = follow(integration, &field, refused.as_ref(), changed_by);
        let on_save = saver(org.clone(), id, &field, state, clock, on_update);
        let name = field.name.clone();
        let is_set = Signal::derive(move || secrets_set.with(|set| set.contains(&name)));
        view! {
            <SettingField
                org=org
                id=id
                field=field
                state=state
                is_set=is_set
                locked=locked
                clock=clock
                on_save=on_save
            />
        }
    };
    let settings = fields.into_iter().map(setting).collect_view();
    let aside = move || {
        move || match (empty, locked.get()) {
            (true, _) => None,
            (false, true) => Some(text::LOCKED),
            (false, false) => Some(text::SAVES_AS_YOU_GO),
        }
    };
    let why_not = move || read_only.get().map(|reason| view! { <Alert kind=AlertKind::Info>{reason}</Alert> });
    view! {
        <Card title=title aside=aside>
            {why_not}
            {stray.map(|error| view! { <ErrorNote error=error /> })}
            {empty.then(|| view! { <p class="muted">{text::NO_SETTINGS}</p> })}
            <div class="settings">{settings}</div>
        </Card>
    }
    .into_any()
}

/// The state of one setting. It follows what the server shows, except while it is being edited.
fn follow(
    integration: Signal<IntegrationWithConfig>,
    field: &ConfigField,
    refused: Option<&AppError>,
    changed_by: Signal<Option<String>>,
) -> RwSignal<SettingState> {
    let shown = {
        let field = field.clone();
        Memo::new(move |_| {
            let shown = |data: Option<&ConfigData>| field.shown(data.unwrap_or(&ConfigData::new()));
            integration.with(|integration| shown(integration.config_data.as_ref()))
        })
    };
    let mut state = SettingState::new(shown.get_untracked());
    if let Some(error) = refused.filter(|error| error.fields.contains_key(&field.name)) {
        state.refused(&field.name, error);
    }
    let state = RwSignal::new(state);
    Effect::new(move |before: Option<()>| {
        let shown = shown.get();
        if before.is_some() {
            let sentence = text::changed_meanwhile(changed_by.get_untracked().as_deref());
            state.update(|state| state.arrives(shown, &sentence));
        }
    });
    state
}

/// Saves what a setting holds, says so, and offers the undo.
fn saver(
    org: OrgSlug,
    id: IntegrationId,
    field: &ConfigField,
    state: RwSignal<SettingState>,
    clock: Clock,
    on_update: Callback<()>,
) -> Callback<bool> {
    let toaster = Toaster::get();
    let (name, secret) = (field.name.clone(), field.is_secret());
    let save = Action::new(move |(value, seen): &(String, String)| {
        let (org, name, mut value, mut seen) = (org.clone(), name.clone(), value.clone(), seen.clone());
        async move {
            loop {
                match save_setting(org.clone(), id, name.clone(), value, seen).await {
                    Err(error) => {
                        let _ = state.try_update(|state| state.refused(&name, &error.into()));
                        return;
                    }
                    Ok(saved) => {
                        say(toaster, &org, id, &saved, secret, state);
                        let more = state.try_update(|state| {
                            let again = state.saved(saved.value, clock.exact());
                            again.then(|| state.begins(true)).flatten()
                        });
                        on_update.try_run(());
                        match more.flatten() {
                            Some(next) => (value, seen) = next,
                            None => return,
                        }
                    }
                }
            }
        }
    });
    Callback::new(move |insists: bool| {
        if let Some(next) = state.try_update(|state| state.begins(insists)).flatten() {
            save.dispatch(next);
        }
    })
}

/// Says what was saved. A secret has no undo: nobody here knows the old one.
fn say(toaster: Toaster, org: &OrgSlug, id: IntegrationId, saved: &Saved, secret: bool, state: RwSignal<SettingState>) {
    if secret {
        return toaster.say(saved.sentence.clone());
    }
    let (org, name) = (org.clone(), saved.field.clone());
    let (previous, seen) = (saved.previous.clone(), saved.value.to_string());
    // The page may be gone when the undo is chosen; then only the toast tells how it went.
    let undo = toaster.lasting(|| {
        Callback::new(move |()| {
            let call = save_setting(org.clone(), id, name.clone(), form_text(&previous), seen.clone());
            leptos::task::spawn_local(async move {
                match call.await {
                    Ok(undone) => {
                        let _ = state.try_update(|state| *state = SettingState::new(undone.value));
                        toaster.say(text::restored(&undone.sentence));
                    }
                    Err(error) => toaster.fail(AppError::from(error).message),
                }
            });
        })
    });
    toaster.undo(saved.sentence.clone(), undo);
}
