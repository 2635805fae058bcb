//! A form around one button that does something to an installation.

use domain::ids::IntegrationId;
use domain::slug::OrgSlug;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Posts the organization and the installation to a server function. Awake it reports instead of posting.
#[component]
pub fn InstallationForm(
    /// The address of the server function.
    action: &'static str,
    /// The organization.
    org: OrgSlug,
    /// The installation.
    id: IntegrationId,
    /// Called instead of posting when the page is awake.
    on_submit: Callback<()>,
    /// The button.
    children: Children,
) -> impl IntoView {
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        on_submit.run(());
    };
    view! {
        <form class="button-form" method="post" action=action on:submit=submit>
            <input type="hidden" name="org" value=org.to_string() />
            <input type="hidden" name="id" value=id.to_string() />
            {children()}
        </form>
    }
    .into_any()
}
