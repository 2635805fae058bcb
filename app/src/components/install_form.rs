//! The form that installs a provider. The same form stands in the dialog and on the install page.

use crate::api::ApiError;
use crate::api::integrations::Install;
use crate::components::{
    Button, ButtonKind, Checkbox, ErrorNote, FieldRow, NumberField, SecretField, SelectField, TextArea, TextField,
};
use crate::text::detail as text;
use domain::AppError;
use domain::config::{ConfigField, FieldKind};
use domain::integrations::IntegrationProvider;
use domain::organizations::Organization;
use leptos::ev::SubmitEvent;
use leptos::form::FromFormData;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use serde_json::Value;

/// The provider's fields and the button. What was typed stays until it is accepted.
#[component]
pub fn InstallForm(
    /// The organization.
    organization: Organization,
    /// The provider.
    provider: IntegrationProvider,
    /// The form's fields.
    fields: Vec<ConfigField>,
    /// The word on the button.
    label: String,
    /// Installs; its answer is shown here.
    action: ServerAction<Install>,
) -> impl IntoView {
    let form = NodeRef::<leptos::html::Form>::new();
    let error = Memo::new(move |_| match action.value().get() {
        Some(Err(ApiError(error))) => Some(error),
        _ => None,
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let (false, Ok(install)) = (action.pending().get_untracked(), Install::from_event(&event)) {
            action.dispatch(install);
        }
    };
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    focus_refused(form, error);
    let names: Vec<_> = fields.iter().map(|field| field.name.clone()).collect();
    let busy = Signal::from(action.pending());
    let empty = fields.is_empty().then(|| view! { <p class="muted">{text::NO_FIELDS}</p> });
    view! {
        <form
            class="install-form"
            node_ref=form
            method="post"
            action=Install::url()
            novalidate=move || awake.get()
            on:submit=submit
        >
            <input type="hidden" name="org" value=organization.slug.to_string() />
            <input type="hidden" name="provider" value=provider.key />
            {move || error.get().filter(|error| belongs_on_top(error, &names)).map(|error| view! {
                <ErrorNote
                    error=error
                />
            })}
            {empty}
            {fields.into_iter().map(|field| install_field(field, error)).collect_view()}
            <footer class="form-foot">
                <Button kind=ButtonKind::Primary submit=true busy=busy>{label}</Button>
                <p class="form-note" role="status">
                    {move || if busy.get() { text::CHECKING } else { text::CHECKED_FIRST }}
                </p>
            </footer>
        </form>
    }
    .into_any()
}

/// One field is refused beside itself; anything else is said on top too.
fn belongs_on_top(error: &AppError, names: &[String]) -> bool {
    error.fields.len() != 1 || !error.fields.keys().all(|name| names.contains(name))
}

fn install_field(field: ConfigField, error: Memo<Option<AppError>>) -> AnyView {
    let id = format!("install-{}", field.name);
    let name = format!("values[{}]", field.name);
    let key = field.name.clone();
    let refused = Signal::derive(move || error.with(|error| error.as_ref()?.fields.get(&key).cloned()));
    let invalid = Signal::derive(move || refused.with(Option::is_some));
    let value = field.default.as_ref().map(crate::components::setting_state::form_text).unwrap_or_default();
    let value = Signal::stored(value);
    let placeholder = field.placeholder.clone().unwrap_or_default();
    let required = field.required;
    let row = id.clone();
    let control = match field.kind.clone() {
        FieldKind::Boolean => {
            let on = Signal::stored(field.default == Some(Value::Bool(true)));
            view! { <Checkbox id=id name=name value=on /> }.into_any()
        }
        FieldKind::Select { choices } => view! {
            <SelectField
                id=id
                name=name
                value=value
                choices=choices
                required=required
                invalid=invalid
            />
        }
        .into_any(),
        FieldKind::Number { min, max } => view! {
            <NumberField
                id=id
                name=name
                value=value
                min=min
                max=max
                required=required
                invalid=invalid
            />
        }
        .into_any(),
        FieldKind::Secret => view! { <SecretField id=id name=name required=required invalid=invalid /> }.into_any(),
        FieldKind::Textarea => view! {
            <TextArea
                id=id
                name=name
                value=value
                placeholder=placeholder
                required=required
                invalid=invalid
            />
        }
        .into_any(),
        FieldKind::String { .. } | FieldKind::Url | FieldKind::Email => {
            let kind = match field.kind {
                FieldKind::Url => "url",
                FieldKind::Email => "email",
                _ => "text",
            };
            view! {
                <TextField
                    id=id
                    name=name
                    kind=kind
                    value=value
                    placeholder=placeholder
                    required=required
                    invalid=invalid
                />
            }
            .into_any()
        }
    };
    let may_be_empty = !required && !matches!(field.kind, FieldKind::Boolean | FieldKind::Select { .. });
    let beside = matches!(field.kind, FieldKind::Boolean);
    view! {
        <FieldRow
            id=row
            label=field.label
            help=field.help.unwrap_or_default()
            error=refused
            may_be_empty=may_be_empty
            beside=beside
        >
            {control}
        </FieldRow>
    }
    .into_any()
}

/// After a refusal the focus goes to the first field that was refused.
fn focus_refused(form: NodeRef<leptos::html::Form>, error: Memo<Option<AppError>>) {
    Effect::new(move |before: Option<()>| {
        let refused = error.with(|error| error.as_ref().is_some_and(|error| !error.fields.is_empty()));
        if before.is_some()
            && refused
            && let Some(form) = form.get_untracked()
        {
            // The fields learn of the refusal in the same turn; they are marked in the next.
            request_animation_frame(move || {
                let first = form.query_selector("[aria-invalid=true]").ok().flatten();
                if let Some(field) = first.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
                    let _ = field.focus();
                }
            });
        }
    });
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fixtures::{field, html, organization, provider};
    use serde_json::json;

    #[test]
    fn the_plain_form_posts_every_field_under_values() {
        let secret = ConfigField { default: Some(json!("hunter2")), ..field("password", FieldKind::Secret) };
        let fields = vec![field("host", FieldKind::String { max_length: None }), secret];
        let html = html(move || {
            let action = ServerAction::<Install>::new();
            let (organization, provider, label) = (organization(), provider(), "Connect".to_owned());
            view! {
                <InstallForm
                    organization=organization
                    provider=provider
                    fields=fields
                    label=label
                    action=action
                />
            }
        });
        assert!(html.contains("action=\"/_api/integrations/install\""), "{html}");
        assert!(html.contains("name=\"values[host]\""), "{html}");
        assert!(html.contains("name=\"values[password]\""), "{html}");
        assert!(!html.contains("hunter2"), "a secret is never rendered: {html}");
    }

    #[test]
    fn one_refused_field_is_told_beside_itself_only() {
        let names = ["host".to_owned()];
        assert!(!belongs_on_top(&AppError::field("host", "No such host."), &names));
        assert!(belongs_on_top(&AppError::field("prot", "There is no such field."), &names));
        assert!(belongs_on_top(&AppError::provider("It is down."), &names));
    }
}
