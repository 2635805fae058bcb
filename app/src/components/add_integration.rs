//! The installing of one more account, or of one again: a dialog with the form, or with the steps of a pipeline.

use crate::api::integrations::Install;
use crate::components::Dialog;
use crate::components::install::flow::{Flow, InstallFlow};
use crate::components::install::form::InstallForm;
use crate::text::{detail as text, install as steps};
use domain::detail::InstallOption;
use domain::ids::IntegrationId;
use domain::integrations::{IntegrationProvider, IntegrationWithConfig};
use domain::organizations::Organization;
use leptos::prelude::*;

/// Gives its children a callback that opens the dialog, and reports what was installed. Closing the dialog ends a
/// pipeline that has begun.
#[component]
pub fn AddIntegration<F, V>(
    /// The organization.
    organization: Organization,
    /// The provider.
    provider: IntegrationProvider,
    /// How it is installed: a form or a pipeline. Of anything else the dialog shows nothing.
    #[prop(into)]
    option: Signal<InstallOption>,
    /// The installation to connect again in place, where it is not one more.
    #[prop(optional)]
    again: Option<IntegrationId>,
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
    let finish = Callback::new(move |installed: IntegrationWithConfig| {
        open.set(false);
        on_install.run(installed);
    });
    Effect::new(move || {
        if let Some(Ok(installed)) = action.value().get() {
            finish.run(installed);
        }
    });
    let flow = Flow::new(organization.slug.clone(), provider.key.clone(), again, finish);
    Effect::new(move |before: Option<bool>| {
        let is_open = open.get();
        if before == Some(true) && !is_open {
            flow.leave();
        }
        is_open
    });
    let title = if again.is_some() { steps::again(&provider.name) } else { text::install(&provider.name) };
    let about = StoredValue::new((organization, provider));
    let close = Callback::new(move |()| open.set(false));
    // What is asked for is settled when it opens; nothing that is typed is lost to a fresh look.
    let content = move || match option.get_untracked() {
        InstallOption::Form { fields, label } => {
            let (organization, provider) = about.get_value();
            view! {
                <InstallForm
                    organization=organization
                    provider=provider
                    fields=fields
                    label=label
                    again=again
                    action=action
                />
            }
            .into_any()
        }
        InstallOption::Pipeline { preflight, .. } => {
            view! { <InstallFlow flow=flow preflight=preflight on_cancel=close /> }.into_any()
        }
        _ => ().into_any(),
    };
    let opener = Callback::new(move |()| {
        // A refusal of an earlier attempt is not shown over empty fields.
        action.clear();
        let begins = option.with_untracked(|option| match option {
            InstallOption::Pipeline { preflight, .. } => preflight.problem.is_none(),
            _ => false,
        });
        if begins {
            flow.start();
        }
        open.set(true);
    });
    view! {
        {children(opener).into_any()}
        <Dialog open=open title=title>{content()}</Dialog>
    }
    .into_any()
}
