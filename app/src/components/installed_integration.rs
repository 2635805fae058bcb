//! One installation as a row: what it is, how it stands, and what can be done with it.

use crate::api::integrations::{Keep, Pause, Resume};
use crate::components::installation_form::InstallationForm;
use crate::components::remove_dialog::RemoveDialog;
use crate::components::{Button, ButtonSize, LinkButton, StatusMark, Tile};
use crate::links;
use crate::text::detail as text;
use domain::directory::EntryStatus;
use domain::integrations::{Integration, IntegrationProvider, ObjectStatus};
use domain::organizations::Organization;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What a row may do, told once for all its buttons.
#[derive(Clone, Copy)]
struct Row {
    integration: Signal<Integration>,
    organization: StoredValue<Organization>,
    refused: Signal<Option<String>>,
    busy: Signal<bool>,
}

/// A row of the configurations. It reports what the person has decided; the page acts.
#[component]
pub fn InstalledIntegration(
    /// The organization.
    organization: Organization,
    /// The provider.
    provider: IntegrationProvider,
    /// The installation.
    #[prop(into)]
    integration: Signal<Integration>,
    /// Why the user may not pause, resume or remove, where that is so.
    #[prop(optional, into)]
    refused: Signal<Option<String>>,
    /// Whether something is being done to it.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Pause it.
    on_disable: Callback<Integration>,
    /// Use it again, or keep it after all.
    on_enable: Callback<Integration>,
    /// Remove it; the person has confirmed.
    on_remove: Callback<Integration>,
) -> impl IntoView {
    let row = Row { integration, organization: StoredValue::new(organization), refused, busy };
    let status = Memo::new(move |_| integration.with(|it| it.organization_integration_status));
    let report = move |to: Callback<Integration>| Callback::new(move |()| to.run(integration.get_untracked()));
    let (disable, enable, remove) = (report(on_disable), report(on_enable), report(on_remove));
    let actions = move || match status.get() {
        ObjectStatus::Active => view! {
            <Use
                row=row
                on_disable=disable
                on_enable=enable
                on_remove=remove
                paused=false
            />
        }
        .into_any(),
        ObjectStatus::Disabled => view! {
            <Use
                row=row
                on_disable=disable
                on_enable=enable
                on_remove=remove
                paused=true
            />
        }
        .into_any(),
        ObjectStatus::PendingDeletion => view! { <Leaving row=row on_keep=enable /> }.into_any(),
        ObjectStatus::DeletionInProgress => view! { <span class="muted">{text::REMOVING_NOW}</span> }.into_any(),
    };
    let leaving = move || matches!(status.get(), ObjectStatus::PendingDeletion | ObjectStatus::DeletionInProgress);
    view! {
        <li class="installation" class:installation-leaving=leaving>
            <Tile key=provider.key name=provider.name />
            <Words row=row />
            <div class="installation-actions">{actions}</div>
        </li>
    }
    .into_any()
}

/// Name, where it lives, status and reason.
#[component]
fn Words(row: Row) -> impl IntoView {
    let Row { integration, organization, .. } = row;
    let words = move || {
        let Integration { id, name, domain_name, provider, organization_integration_status, patchbay, .. } =
            integration.get();
        let status = EntryStatus::of(organization_integration_status, patchbay.health);
        let href = organization.with_value(|organization| links::configure(&organization.slug, &provider.key, id));
        let reason = patchbay.health_reason.filter(|_| organization_integration_status == ObjectStatus::Active);
        view! {
            <p class="installation-name"><a href=href>{name}</a></p>
            {domain_name.map(|domain| view! { <p class="installation-domain">{domain}</p> })}
            <p class="installation-status"><StatusMark status=status /></p>
            {reason.map(|reason| view! { <p class="installation-reason">{reason}</p> })}
        }
    };
    view! { <div class="installation-words">{words}</div> }.into_any()
}

/// Configure, pause or resume, remove.
#[component]
fn Use(
    row: Row,
    on_disable: Callback<()>,
    on_enable: Callback<()>,
    on_remove: Callback<()>,
    paused: bool,
) -> impl IntoView {
    let Row { integration, organization, refused, busy } = row;
    let (id, name, key) = integration.with_untracked(|it| (it.id, it.name.clone(), it.provider.key.clone()));
    let org = organization.with_value(|organization| organization.slug.clone());
    let (word, action, submit) = match paused {
        true => (text::RESUME, Resume::url(), on_enable),
        false => (text::PAUSE, Pause::url(), on_disable),
    };
    let asking = RwSignal::new(false);
    let ask = Callback::new(move |()| asking.set(true));
    let label = |word: &str| text::about(word, &name);
    let (remove, configure) = (links::remove(&org, &key, id), links::configure(&org, &key, id));
    let (remove_label, configure_label, word_label) = (label(text::REMOVE_ASK), label(text::CONFIGURE), label(word));
    let remove = move || match refused.get() {
        None => view! {
            <LinkButton
                href=remove.clone()
                size=ButtonSize::Small
                label=remove_label.clone()
                on_click=ask
            >
                {text::REMOVE_ASK}
            </LinkButton>
        }
        .into_any(),
        Some(_) => view! {
            <Button
                size=ButtonSize::Small
                label=remove_label.clone()
                disabled_reason=refused
            >
                {text::REMOVE_ASK}
            </Button>
        }
        .into_any(),
    };
    view! {
        <LinkButton href=configure size=ButtonSize::Small label=configure_label>{text::CONFIGURE}</LinkButton>
        <InstallationForm action=action org=org id=id on_submit=submit>
            <Button
                submit=true
                size=ButtonSize::Small
                label=word_label
                busy=busy
                disabled_reason=refused
            >
                {word}
            </Button>
        </InstallationForm>
        {remove}
        <RemoveDialog open=asking integration=integration removal=Signal::stored(Vec::new()) on_confirm=on_remove />
    }
    .into_any()
}

/// Being removed, and how to keep it.
#[component]
fn Leaving(row: Row, on_keep: Callback<()>) -> impl IntoView {
    let Row { integration, organization, refused, busy } = row;
    let (id, name) = integration.with_untracked(|it| (it.id, it.name.clone()));
    let org = organization.with_value(|organization| organization.slug.clone());
    view! {
        <span class="muted">{text::REMOVING}</span>
        <InstallationForm action=Keep::url() org=org id=id on_submit=on_keep>
            <Button
                submit=true
                size=ButtonSize::Small
                label=text::about(text::KEEP, &name)
                busy=busy
                disabled_reason=refused
            >
                {text::KEEP}
            </Button>
        </InstallationForm>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fixtures::{html, integration, organization, provider};
    use domain::integrations::Health;

    fn rendered(status: ObjectStatus, health: Health, refused: Option<&'static str>) -> String {
        html(move || {
            let nothing = Callback::new(|_| ());
            let (refused, integration) = (refused.map(str::to_owned), Signal::stored(integration(status, health)));
            view! {
                <InstalledIntegration
                    organization=organization()
                    provider=provider()
                    integration=integration
                    refused=Signal::stored(refused)
                    on_disable=nothing
                    on_enable=nothing
                    on_remove=nothing
                />
            }
        })
    }

    #[test]
    fn a_broken_row_says_why() {
        let html = rendered(ObjectStatus::Active, Health::NeedsReauth, None);
        assert!(html.contains("Needs sign-in") && html.contains("The database refused the password."), "{html}");
        assert!(html.contains("/settings/acme/integrations/postgres/7/remove/"), "{html}");
    }

    #[test]
    fn a_row_that_is_being_removed_can_be_kept() {
        let html = rendered(ObjectStatus::PendingDeletion, Health::Healthy, None);
        assert!(html.contains("/_api/integrations/keep") && html.contains("Keep it"), "{html}");
        assert!(!html.contains("/_api/integrations/pause"), "{html}");
    }

    #[test]
    fn who_may_not_sees_the_controls_and_the_reason() {
        let html = rendered(ObjectStatus::Active, Health::Healthy, Some("Ask an owner."));
        assert_eq!(html.matches("aria-description=\"Ask an owner.\"").count(), 2, "{html}");
        assert!(!html.contains("/remove/"), "{html}");
    }
}
