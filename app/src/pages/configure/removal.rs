//! The removal page: the question of the removal dialog at an address of its own.

use super::with_installation;
use crate::api::integrations::Remove;
use crate::components::installation_form::InstallationForm;
use crate::components::remove_dialog::RemovalWords;
use crate::components::{Button, ButtonKind, Crumbs, DocumentTitle, ErrorNote, LinkButton, PageHead};
use crate::links;
use crate::pages::acts::{Act, Acts, refused_form};
use crate::text::{configure as text, detail as words};
use domain::catalogue::Kind;
use domain::detail::Configure;
use domain::organizations::Organization;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_navigate;

/// The removal page: what goes with it, and the question.
#[component]
pub fn RemovePage() -> impl IntoView {
    with_installation(|organization, first| view! { <Removal organization=organization first=first /> }.into_any())
}

#[component]
fn Removal(organization: Organization, first: Configure) -> impl IntoView {
    let org = organization.slug;
    let Configure { integration, removal, can_manage, who_can, provider, .. } = first;
    let integration = integration.integration;
    let (id, key, name) = (integration.id, provider.slug, integration.name.clone());
    let (title, back) = (words::remove_title(&name), links::configure(&org, &key, id));
    let crumbs = vec![
        (words::DIRECTORY.to_owned(), Some(links::directory(&org))),
        (provider.name, Some(links::detail(&org, Kind::FirstParty, &key))),
        (name, Some(back.clone())),
        (words::REMOVE.to_owned(), None),
    ];
    let (navigate, after) = (use_navigate(), links::configurations(&org, &key));
    let acts = Acts::new(
        org.clone(),
        Callback::new(move |(act, _)| {
            if act == Act::Remove {
                navigate(&after, Default::default());
            }
        }),
    );
    let refused = refused_form().map(|error| view! { <ErrorNote error=error /> });
    view! {
        <DocumentTitle title=title.clone() />
        <Crumbs items=crumbs />
        <PageHead title=title />
        {refused}
        <div class="card narrow">
            <div class="card-body">
                <RemovalWords integration=Signal::stored(integration) removal=Signal::stored(removal) />
                <footer class="form-foot">
                    <InstallationForm
                        action=Remove::url()
                        org=org
                        id=id
                        on_submit=Callback::new(move |()| acts.act(Act::Remove, id))
                    >
                        <Button
                            kind=ButtonKind::Danger
                            submit=true
                            busy=acts.doing(Act::Remove)
                            disabled_reason=(!can_manage).then(|| words::refusal(&who_can))
                        >
                            {words::REMOVE}
                        </Button>
                    </InstallationForm>
                    <LinkButton href=back kind=ButtonKind::Quiet>{text::BACK}</LinkButton>
                </footer>
            </div>
        </div>
    }
    .into_any()
}
