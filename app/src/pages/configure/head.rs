//! The head of the configure page: what can be done to the installation, and what a person has to know or do first.

use super::Parts;
use crate::api::integrations::{CheckNow, Keep, Pause, Resume};
use crate::components::installation_form::InstallationForm;
use crate::components::remove_dialog::RemoveDialog;
use crate::components::{Alert, AlertKind, Button, ButtonKind, ButtonSize, LinkButton};
use crate::links;
use crate::pages::acts::Act;
use crate::text::{configure as text, detail as words};
use domain::integrations::ObjectStatus;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Check now, pause or resume, remove.
#[component]
pub(super) fn HeadActions(
    /// The page.
    parts: Parts,
) -> impl IntoView {
    let Parts { data, integration, refused, acts, org, id, .. } = parts;
    let status = Memo::new(move |_| integration.with(|it| it.organization_integration_status));
    let asking = RwSignal::new(false);
    let ask = Callback::new(move |()| asking.set(true));
    let act = move |act: Act| Callback::new(move |()| acts.act(act, id));
    let removal = Signal::derive(move || data.with(|data| data.removal.clone()));
    let not_now = Signal::derive(move || {
        refused.get().or_else(|| (status.get() != ObjectStatus::Active).then(|| text::NOT_CHECKED_NOW.to_owned()))
    });
    let use_or_not = move || {
        let (word, action, what) = match status.get() {
            ObjectStatus::Active => (words::PAUSE, Pause::url(), Act::Pause),
            ObjectStatus::Disabled => (words::RESUME, Resume::url(), Act::Resume),
            _ => return ().into_any(),
        };
        view! {
            <InstallationForm action=action org=org.get_value() id=id on_submit=act(what)>
                <Button submit=true busy=acts.doing(what) disabled_reason=refused>{word}</Button>
            </InstallationForm>
        }
        .into_any()
    };
    let remove = move || {
        let href = links::remove(&org.get_value(), &integration.with(|it| it.provider.key.clone()), id);
        match (status.get(), refused.with(Option::is_some)) {
            (ObjectStatus::PendingDeletion | ObjectStatus::DeletionInProgress, _) => ().into_any(),
            (_, true) => view! {
                <Button
                    kind=ButtonKind::Danger
                    disabled_reason=refused
                >
                    {words::REMOVE_ASK}
                </Button>
            }
            .into_any(),
            _ => view! {
                <LinkButton
                    href=href
                    kind=ButtonKind::Danger
                    on_click=ask
                >
                    {words::REMOVE_ASK}
                </LinkButton>
            }
            .into_any(),
        }
    };
    view! {
        <InstallationForm action=CheckNow::url() org=org.get_value() id=id on_submit=act(Act::Check)>
            <Button submit=true busy=acts.doing(Act::Check) disabled_reason=not_now>{text::CHECK_NOW}</Button>
        </InstallationForm>
        {use_or_not}
        {remove}
        <RemoveDialog open=asking integration=integration removal=removal on_confirm=act(Act::Remove) />
    }
    .into_any()
}

/// Says that it is being removed, and how to keep it.
#[component]
pub(super) fn Leaving(
    /// The page.
    parts: Parts,
) -> impl IntoView {
    let Parts { integration, refused, acts, org, id, .. } = parts;
    let status = Memo::new(move |_| integration.with(|it| it.organization_integration_status));
    let keep = Callback::new(move |()| acts.act(Act::Keep, id));
    let note = move || match status.get() {
        ObjectStatus::PendingDeletion => view! {
            <Alert kind=AlertKind::Warn>
                <p>{words::REMOVING}</p>
                <InstallationForm action=Keep::url() org=org.get_value() id=id on_submit=keep>
                    <Button
                        submit=true
                        size=ButtonSize::Small
                        busy=acts.doing(Act::Keep)
                        disabled_reason=refused
                    >
                        {words::KEEP}
                    </Button>
                </InstallationForm>
            </Alert>
        }
        .into_any(),
        ObjectStatus::DeletionInProgress => view! {
            <Alert
                kind=AlertKind::Warn
            >
                {words::REMOVING_NOW}
            </Alert>
        }
        .into_any(),
        ObjectStatus::Active | ObjectStatus::Disabled => ().into_any(),
    };
    note.into_any()
}

/// Where a person has to sign in again: the reason and the way there.
#[component]
pub(super) fn Cure(
    /// The page.
    parts: Parts,
) -> impl IntoView {
    let integration = parts.integration;
    let needed = Memo::new(move |_| {
        integration.with(|it| {
            let broken =
                it.organization_integration_status == ObjectStatus::Active && it.patchbay.health.needs_a_person();
            broken.then(|| it.patchbay.health_reason.clone()).flatten()
        })
    });
    let note = move || {
        needed.get().map(|reason| {
            view! { <Alert kind=AlertKind::Warn><p>{reason}</p>{super::connect_again(parts)}</Alert> }
        })
    };
    note.into_any()
}
