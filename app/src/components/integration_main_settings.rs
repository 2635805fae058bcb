//! The settings of one installation. They save as they are left, each by itself, with an undo.

use crate::api::integrations::{SaveSetting, field_choices, item_choices, save_setting};
use crate::components::search::Source;
use crate::components::settings::async_select::Depends;
use crate::components::settings::control::Around;
use crate::components::settings::field::SettingField;
use crate::components::settings::state::{SettingState, form_text};
use crate::components::{Alert, AlertKind, Card, Clock, ErrorNote, Toaster};
use crate::text::configure as text;
use domain::AppError;
use domain::config::{ConfigData, ConfigField, FieldKind, Saved};
use domain::ids::IntegrationId;
use domain::integrations::IntegrationWithConfig;
use domain::organizations::Organization;
use domain::slug::OrgSlug;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// The settings form of an installation, made from its `configOrganization`.
#[component]
pub fn IntegrationMainSettings(
    /// The organization.
    organization: Organization,
    /// The installation; a fresh look at the server arrives here.
    #[prop(into)]
    integration: Signal<IntegrationWithConfig>,
    /// The secrets that are stored, by their fields' names, and how often each was written.
    #[prop(into)]
    secrets_set: Signal<BTreeMap<String, i64>>,
    /// Why the user may change nothing here, where that is so.
    #[prop(into)]
    read_only: Signal<Option<String>>,
    /// Who else made the last change, where somebody did.
    #[prop(into)]
    changed_by: Signal<Option<String>>,
    /// Where the person came from, as the address of the page says.
    #[prop(optional, into)]
    next: Signal<Option<String>>,
    /// What stands above the first field with rows: how far what it offers was read.
    #[prop(optional, into)]
    above_rows: Option<ViewFn>,
    /// The present.
    clock: Clock,
    /// Called when a setting was saved.
    on_update: Callback<()>,
) -> impl IntoView {
    let (id, title) = integration.with_untracked(|integration| {
        let aspect = &integration.integration.provider.aspects.configure_integration;
        (integration.integration.id, aspect.as_ref().map_or(text::SETTINGS, |aspect| aspect.title.as_str()).to_owned())
    });
    // What a plain form was refused with comes back in the address.
    let refused = ServerAction::<SaveSetting>::new().value().get_untracked().and_then(Result::err).map(AppError::from);
    let stray = refused.clone().filter(|error| {
        let of = |field: &ConfigField| error.fields.contains_key(&field.name);
        !integration.with_untracked(|integration| integration.config_organization.iter().any(of))
    });
    let locked = Signal::derive(move || read_only.with(Option::is_some));
    let page = StoredValue::new(Page {
        org: organization.slug,
        id,
        integration,
        secrets_set,
        locked,
        changed_by,
        next,
        clock,
        on_update,
        refused,
    });
    let above_rows = StoredValue::new(above_rows);
    // Built anew only when it has other fields; what a field offers is followed without that.
    let shape = Memo::new(move |_| {
        let outline = |field: &ConfigField| (field.name.clone(), std::mem::discriminant(&field.kind));
        integration.with(|integration| integration.config_organization.iter().map(outline).collect::<Vec<_>>())
    });
    let empty = move || shape.with(Vec::is_empty);
    let settings = move || {
        // Read, not only tracked: a memo that nobody has read yet would seem to change when somebody does.
        let _ = shape.get();
        let fields = integration.with_untracked(|integration| integration.config_organization.clone());
        let first = fields.iter().position(|field| matches!(field.kind, FieldKind::ChoiceMapper(_)));
        let states = states(page, &fields);
        let setting = |(at, field): (usize, ConfigField)| {
            let above = (first == Some(at)).then(|| above_rows.with_value(|it| it.as_ref().map(ViewFn::run)));
            view! { {above} {setting(page, field, &states)} }.into_any()
        };
        fields.into_iter().enumerate().map(setting).collect_view()
    };
    let aside = move || {
        move || match (empty(), locked.get()) {
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
            {move || empty().then(|| view! { <p class="muted">{text::NO_SETTINGS}</p> })}
            <div class="settings">{settings}</div>
        </Card>
    }
    .into_any()
}

/// What all settings of an installation share.
#[derive(Clone)]
struct Page {
    org: OrgSlug,
    id: IntegrationId,
    integration: Signal<IntegrationWithConfig>,
    secrets_set: Signal<BTreeMap<String, i64>>,
    locked: Signal<bool>,
    changed_by: Signal<Option<String>>,
    next: Signal<Option<String>>,
    clock: Clock,
    on_update: Callback<()>,
    refused: Option<AppError>,
}

/// The fields with their states, by name.
type States = BTreeMap<String, (String, RwSignal<SettingState>)>;

fn states(page: StoredValue<Page>, fields: &[ConfigField]) -> States {
    let page = page.get_value();
    let state = |field: &ConfigField| (field.name.clone(), (field.label.clone(), follow(&page, field)));
    fields.iter().map(state).collect()
}

fn setting(page: StoredValue<Page>, field: ConfigField, states: &States) -> AnyView {
    let Page { org, id, integration, secrets_set, locked, next, clock, on_update, .. } = page.get_value();
    let Some((_, state)) = states.get(&field.name).cloned() else { return ().into_any() };
    let on_save = saver(org.clone(), id, &field, state, clock, on_update);
    let (name, before) = (field.name.clone(), field.clone());
    let now = Memo::new(move |_| {
        let fresh = |integration: &IntegrationWithConfig| {
            integration.config_organization.iter().find(|field| field.name == before.name).cloned()
        };
        integration.with(fresh).unwrap_or_else(|| before.clone())
    });
    let depends = depends(&field, states);
    let around = Around { field: now.into(), source: source(org.clone(), id), depends, next };
    let is_set = Signal::derive(move || secrets_set.with(|set| set.contains_key(&name)));
    view! {
        <SettingField
            org=org
            id=id
            field=field
            state=state
            is_set=is_set
            locked=locked
            around=around
            clock=clock
            on_save=on_save
        />
    }
    .into_any()
}

/// Asks the server for choices.
fn source(org: OrgSlug, id: IntegrationId) -> Source {
    let whose = org.clone();
    Source {
        choices: Callback::new(move |(field, query, depends)| {
            let call = field_choices(org.clone(), id, field, query, depends);
            Box::pin(async move { call.await.map_err(AppError::from) }) as _
        }),
        item_choices: Callback::new(move |(field, item)| {
            let call = item_choices(whose.clone(), id, field, item);
            Box::pin(async move { call.await.map_err(AppError::from) }) as _
        }),
    }
}

/// The fields that the choices of a field depend on, as they are stored.
fn depends(field: &ConfigField, states: &States) -> Signal<Depends> {
    let FieldKind::Select { depends_on, .. } = &field.kind else { return Signal::stored(Depends::default()) };
    let known = |name: &String| states.get(name).map(|(label, state)| (name.clone(), label.clone(), *state));
    let fields: Vec<_> = depends_on.iter().filter_map(known).collect();
    Signal::derive(move || {
        let mut depends = Depends::default();
        for (name, label, state) in &fields {
            match state.with(|state| form_text(&state.stored)) {
                stored if stored.is_empty() => depends.missing.push(label.clone()),
                stored => drop(depends.values.insert(name.clone(), stored)),
            }
        }
        depends
    })
}

/// The state of one setting. It follows what the server shows, except while it is being edited.
fn follow(page: &Page, field: &ConfigField) -> RwSignal<SettingState> {
    let Page { integration, secrets_set, changed_by, .. } = *page;
    let shown = {
        let field = field.clone();
        Memo::new(move |_| {
            if field.is_secret() {
                return secrets_set.with(|set| set.get(&field.name).copied().into());
            }
            let shown = |data: Option<&ConfigData>| field.shown(data.unwrap_or(&ConfigData::new()));
            integration.with(|integration| shown(integration.config_data.as_ref()))
        })
    };
    let mut state = SettingState::of(field, shown.get_untracked());
    if let Some(error) = page.refused.as_ref().filter(|error| error.fields.contains_key(&field.name)) {
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
    let name = field.name.clone();
    let save = Action::new(move |(value, seen): &(String, String)| {
        let (org, name, mut value, mut seen) = (org.clone(), name.clone(), value.clone(), seen.clone());
        async move {
            loop {
                match save_setting(org.clone(), id, name.clone(), value, BTreeMap::new(), seen).await {
                    Err(error) => {
                        let _ = state.try_update(|state| state.refused(&name, &error.into()));
                        return;
                    }
                    Ok(saved) => {
                        say(toaster, &org, id, &saved, state);
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

/// Says what was saved. A secret that was replaced has no undo: nobody here knows the old one.
fn say(toaster: Toaster, org: &OrgSlug, id: IntegrationId, saved: &Saved, state: RwSignal<SettingState>) {
    if !saved.can_be_undone() {
        return toaster.say(saved.sentence.clone());
    }
    let (org, name) = (org.clone(), saved.field.clone());
    let (previous, seen) = (saved.previous.clone(), saved.value.to_string());
    // The page may be gone when the undo is chosen; then only the toast tells how it went.
    let undo = toaster.lasting(|| {
        Callback::new(move |()| {
            let call = save_setting(org.clone(), id, name.clone(), form_text(&previous), BTreeMap::new(), seen.clone());
            leptos::task::spawn_local(async move {
                match call.await {
                    Ok(undone) => {
                        let _ = state.try_update(|state| state.follows(undone.value));
                        toaster.say(text::restored(&undone.sentence));
                    }
                    Err(error) => toaster.fail(AppError::from(error).message),
                }
            });
        })
    });
    toaster.undo(saved.sentence.clone(), undo);
}
