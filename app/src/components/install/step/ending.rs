//! The ends of a pipeline, and the moment before.

use super::{Parts, popup};
use crate::components::{Alert, AlertKind, ButtonKind, LinkButton, Skeleton};
use crate::links;
use crate::text::install as text;
use domain::integrations::Integration;
use leptos::prelude::*;

/// The provider's answer is being checked. Asleep the person looks again.
#[component]
pub(super) fn Waiting(
    /// The step.
    parts: Parts,
    /// The provider's name.
    name: String,
) -> impl IntoView {
    let (org, pipeline, provider) = parts.place();
    popup::watch(&pipeline, true, parts.on_look);
    let href = links::install_step(&org, &provider, &pipeline, parts.again);
    view! {
        <p role="status">{text::checking(&name)}</p>
        <Skeleton rows=2 />
        <p class="until-hydrated"><a href=href rel="external">{text::LOOK_AGAIN}</a></p>
    }
    .into_any()
}

/// It is connected, and the way on.
#[component]
pub(super) fn Complete(
    /// The step.
    parts: Parts,
    /// What was installed or connected again.
    integration: Integration,
) -> impl IntoView {
    let href = links::configure(&parts.org.get_value(), &integration.provider.key, integration.id);
    let sentence = text::connected(&integration.provider.name, &integration.name);
    view! {
        <Alert kind=AlertKind::Ok>{sentence}</Alert>
        <footer class="form-foot">
            <LinkButton href=href kind=ButtonKind::Primary>{text::GO_ON}</LinkButton>
        </footer>
    }
    .into_any()
}

/// It cannot go on: why, and the way back to the beginning.
#[component]
pub(super) fn Failed(
    /// The step.
    parts: Parts,
    /// What happened and what to do.
    message: String,
) -> impl IntoView {
    view! {
        <div role="alert"><Alert kind=AlertKind::Bad>{message}</Alert></div>
        <footer class="form-foot">{parts.restart(ButtonKind::Primary)}</footer>
    }
    .into_any()
}
