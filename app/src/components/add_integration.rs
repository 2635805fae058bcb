//! The installing of one more account: a dialog with the form.

use crate::api::integrations::Install;
use crate::components::Dialog;
use crate::components::install_form::InstallForm;
use crate::text::detail as text;
use domain::config::ConfigField;
use domain::integrations::{IntegrationProvider, IntegrationWithConfig};
use domain::organizations::Organization;
use leptos::prelude::*;

/// Gives its children a callback that opens the install form, and reports what was installed.
#[component]
pub fn AddIntegration<F, V>(
    /// The organization.
    organization: Organization,
    /// The provider.
    provider: IntegrationProvider,
    /// The form's fields.
    #[prop(into)]
    fields: Signal<Vec<ConfigField>>,
    /// The word on the form's button.
    #[prop(into)]
    label: Signal<String>,
    /// Called with what was installed.
    on_install: Callback<IntegrationWithConfig>,
    /// Receive the callback that opens the form.
    children: F,
) -> impl IntoView
where
    F: FnOnce(Callback<()>) -> V,
    V: IntoView + 'static,
{
    let open = RwSignal::new(false);
    let action = ServerAction::<Install>::new();
    Effect::new(move || {
        if let Some(Ok(installed)) = action.value().get() {
            open.set(false);
            on_install.run(installed);
        }
    });
    let title = text::install(&provider.name);
    let about = StoredValue::new((organization, provider));
    let form = move || {
        let (organization, provider) = about.get_value();
        // What the form asks for is settled when it opens; nothing that is typed is lost to a fresh look.
        let (fields, label) = (fields.get_untracked(), label.get_untracked());
        view! { <InstallForm organization=organization provider=provider fields=fields label=label action=action /> }
    };
    let opener = Callback::new(move |()| {
        // A refusal of an earlier attempt is not shown over empty fields.
        action.clear();
        open.set(true);
    });
    view! {
        {children(opener).into_any()}
        <Dialog open=open title=title>{form()}</Dialog>
    }
    .into_any()
}
