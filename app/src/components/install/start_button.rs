//! The button that begins a pipeline, or begins it anew.

use crate::api::pipelines::Start;
use crate::components::form_field::read_form;
use crate::components::{Button, ButtonKind, ButtonSize};
use domain::ids::IntegrationId;
use domain::slug::OrgSlug;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The button that begins a pipeline: a form of its own. Awake it reports instead of posting.
#[component]
pub fn StartButton(
    /// The organization.
    org: OrgSlug,
    /// The provider's key.
    provider: String,
    /// The installation to connect again, where there is one.
    again: Option<IntegrationId>,
    /// The word on it.
    label: &'static str,
    /// What it is for.
    #[prop(optional)]
    kind: ButtonKind,
    /// How high it is.
    #[prop(optional)]
    size: ButtonSize,
    /// Whether an answer is awaited.
    #[prop(into)]
    busy: Signal<bool>,
    /// Called instead of posting when the page is awake.
    on_submit: Callback<()>,
) -> impl IntoView {
    let submit = move |event| {
        if read_form::<Start>(&event).is_some() {
            on_submit.run(());
        }
    };
    view! {
        <form class="button-form" method="post" action=Start::url() on:submit=submit>
            <input type="hidden" name="org" value=org.to_string() />
            <input type="hidden" name="provider" value=provider />
            {again.map(|id| view! { <input type="hidden" name="again" value=id.to_string() /> })}
            <Button submit=true kind=kind size=size busy=busy>{label}</Button>
        </form>
    }
    .into_any()
}
