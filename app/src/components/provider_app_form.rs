//! The app that Patchbay is at a provider: the addresses to enter there, and the form with what the provider gave.

use crate::api::ApiError;
use crate::api::provider_apps::SaveApp;
use crate::components::fields::KeepTyped;
use crate::components::form_field::{FormField, belongs_on_top, focus_refused, read_form};
use crate::components::settings::state::form_text;
use crate::components::{Alert, AlertKind, Button, ButtonKind, CopyField, ErrorNote};
use crate::text::provider_apps as text;
use domain::config::ConfigField;
use domain::provider_apps::ProviderApp;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// How far a set-up is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Everything that is needed is there.
    Ready,
    /// Nothing is there.
    NotSetUp,
    /// Something is missing.
    Incomplete,
}

impl Standing {
    /// That of an app.
    pub fn of(app: &ProviderApp) -> Self {
        let has_value = app.values.values().any(|value| !form_text(value).is_empty());
        match (app.complete, has_value || !app.secrets_set.is_empty()) {
            (true, _) => Self::Ready,
            (false, false) => Self::NotSetUp,
            (false, true) => Self::Incomplete,
        }
    }
}

/// The word of a standing, in its colour.
#[component]
pub fn StandingChip(
    /// How far it is.
    standing: Standing,
) -> impl IntoView {
    let (class, word) = match standing {
        Standing::Ready => ("chip chip-ok", text::READY),
        Standing::NotSetUp => ("chip", text::NOT_SET_UP),
        Standing::Incomplete => ("chip chip-warn", text::INCOMPLETE),
    };
    view! { <span class=class>{word}</span> }.into_any()
}

/// The addresses to enter at the provider, each to copy.
#[component]
pub fn Addresses(
    /// Label and address.
    addresses: Vec<(String, String)>,
) -> impl IntoView {
    let address = |(label, value): (String, String)| view! { <CopyField label=label value=value /> };
    addresses.into_iter().map(address).collect_view().into_any()
}

/// The form. A secret is written, never shown: an empty field keeps what is stored.
#[component]
pub fn ProviderAppForm(
    /// The app; what a save answers arrives here.
    #[prop(into)]
    app: Signal<ProviderApp>,
    /// Saves; its refusal is shown here.
    action: ServerAction<SaveApp>,
    /// Grows when what was typed has been saved.
    #[prop(into)]
    emptied: Signal<u32>,
) -> impl IntoView {
    let form = NodeRef::<leptos::html::Form>::new();
    let error = Signal::from(Memo::new(move |_| match action.value().get() {
        Some(Err(ApiError(error))) => Some(error),
        _ => None,
    }));
    focus_refused(form, error);
    let (key, fields) = app.with_untracked(|app| (app.provider.clone(), app.fields.clone()));
    let same = vec![("provider".to_owned(), key.clone())];
    let names: Vec<_> = fields.iter().map(|field| field.name.clone()).collect();
    let fixed = app.with_untracked(|app| app.endpoint_fixed.clone());
    let fixed = fixed.map(|address| view! { <Alert kind=AlertKind::Info>{text::endpoint_fixed(&address)}</Alert> });
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    let busy = Signal::from(action.pending());
    let submit = move |event| {
        if let (Some(save), false) = (read_form::<SaveApp>(&event), busy.get_untracked()) {
            action.dispatch(save);
        }
    };
    view! {
        <form
            class="install-form"
            node_ref=form
            method="post"
            action=SaveApp::url()
            novalidate=move || awake.get()
            on:submit=submit
        >
            <input type="hidden" name="provider" value=key />
            {move || error.get().filter(|error| belongs_on_top(error, &names)).map(|error| view! {
                <ErrorNote
                    error=error
                />
            })}
            {fixed}
            <KeepTyped form=SaveApp::PATH same=same>
                {fields.into_iter().map(|field| one(field, app, error, emptied)).collect_view()}
            </KeepTyped>
            <footer class="form-foot">
                <Button kind=ButtonKind::Primary submit=true busy=busy>{text::SAVE}</Button>
                <p class="form-note">{text::SECRETS}</p>
            </footer>
        </form>
    }
    .into_any()
}

fn one(
    field: ConfigField,
    app: Signal<ProviderApp>,
    error: Signal<Option<domain::AppError>>,
    emptied: Signal<u32>,
) -> AnyView {
    let (name, other) = (field.name.clone(), field.name.clone());
    let shown = field.clone();
    let value = Memo::new(move |_| {
        app.with(|app| if shown.is_secret() { String::new() } else { form_text(&shown.shown(&app.values)) })
    });
    let stored = Signal::derive(move || app.with(|app| app.secrets_set.contains(&name)));
    let is_set = {
        let is_secret = field.is_secret();
        move || {
            (is_secret && app.with(|app| app.secrets_set.contains(&other)))
                .then(|| view! { <p class="secret-set">{text::SET}</p> })
        }
    };
    view! {
        <div class="app-field">
            <FormField prefix="app" field=field value=value error=error stored=stored emptied=emptied />
            {is_set}
        </div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fixtures::{field, html};
    use domain::config::{ConfigData, FieldKind};
    use serde_json::json;

    fn app() -> ProviderApp {
        let values = json!({"client_id": "cid-1", "client_secret": "hunter2", "private_key": "-----BEGIN KEY-----"});
        ProviderApp {
            provider: "linear".into(),
            name: "Linear".into(),
            sign_in: "Sign in at the provider (OAuth 2)".into(),
            fields: vec![
                field("client_id", FieldKind::String { max_length: None }),
                field("client_secret", FieldKind::Secret),
                field("private_key", FieldKind::SecretText),
            ],
            values: values.as_object().cloned().unwrap_or_default(),
            secrets_set: vec!["client_secret".into(), "private_key".into()],
            complete: true,
            addresses: vec![("Callback URL".into(), "https://hub.example.com/extensions/linear/setup/".into())],
            documentation_url: "https://example.com/docs".into(),
            endpoint_fixed: Some("http://127.0.0.1:4000".into()),
            updated_at: None,
        }
    }

    #[test]
    fn a_secret_is_never_rendered_even_if_it_were_among_the_values() {
        let html = html(|| {
            let action = ServerAction::<SaveApp>::new();
            view! { <ProviderAppForm app=Signal::stored(app()) action=action emptied=0 /> }
        });
        assert!(!html.contains("hunter2") && !html.contains("BEGIN KEY"), "{html}");
        assert!(html.contains("value=\"cid-1\""), "what is no secret is shown: {html}");
        assert_eq!(html.matches("secret-set").count(), 2, "{html}");
        assert!(html.contains("http://127.0.0.1:4000"), "{html}");
    }

    #[test]
    fn the_plain_form_posts_every_field_under_values() {
        let html = html(|| {
            let action = ServerAction::<SaveApp>::new();
            view! { <ProviderAppForm app=Signal::stored(app()) action=action emptied=0 /> }
        });
        for part in ["/_api/admin/providers/save", "values[client_id]", "values[client_secret]", "values[private_key]"]
        {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn a_set_up_is_ready_incomplete_or_not_there() {
        let empty = ProviderApp { values: ConfigData::new(), secrets_set: Vec::new(), complete: false, ..app() };
        assert_eq!(Standing::of(&app()), Standing::Ready);
        assert_eq!(Standing::of(&empty), Standing::NotSetUp);
        assert_eq!(Standing::of(&ProviderApp { complete: false, ..app() }), Standing::Incomplete);
    }
}
