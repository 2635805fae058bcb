//! The form that installs a provider. The same form stands in the dialog and on the install page.

use crate::api::ApiError;
use crate::api::integrations::Install;
use crate::components::fields::KeepTyped;
use crate::components::form_field::{FormField, belongs_on_top, focus_refused, read_form};
use crate::components::settings::state::form_text;
use crate::components::{Button, ButtonKind, ErrorNote};
use crate::text::detail as text;
use domain::config::ConfigField;
use domain::ids::IntegrationId;
use domain::integrations::IntegrationProvider;
use domain::organizations::Organization;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

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
    /// The installation to connect again, where it is not one more.
    #[prop(optional_no_strip)]
    again: Option<IntegrationId>,
    /// Installs; its answer is shown here.
    action: ServerAction<Install>,
) -> impl IntoView {
    let form = NodeRef::<leptos::html::Form>::new();
    let error = Signal::from(Memo::new(move |_| match action.value().get() {
        Some(Err(ApiError(error))) => Some(error),
        _ => None,
    }));
    let submit = move |event: SubmitEvent| {
        if let (Some(install), false) = (read_form::<Install>(&event), action.pending().get_untracked()) {
            action.dispatch(install);
        }
    };
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    focus_refused(form, error);
    let same = vec![("provider".to_owned(), provider.key.clone())];
    let names: Vec<_> = fields.iter().map(|field| field.name.clone()).collect();
    let busy = Signal::from(action.pending());
    let field = move |field: ConfigField| {
        let value = field.default.as_ref().map(form_text).unwrap_or_default();
        view! { <FormField prefix="install" field=field value=Signal::stored(value) error=error /> }
    };
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
            {again.map(|id| view! { <input type="hidden" name="again" value=id.to_string() /> })}
            {move || error.get().filter(|error| belongs_on_top(error, &names)).map(|error| view! {
                <ErrorNote
                    error=error
                />
            })}
            {empty}
            <KeepTyped form=Install::PATH same=same>{fields.into_iter().map(field).collect_view()}</KeepTyped>
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

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fixtures::{field, html, organization, provider};
    use domain::AppError;
    use domain::config::FieldKind;
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
