//! The install page: what the dialog shows, at an address of its own. It works without JavaScript, and a sign-in at a
//! provider leads back here.

use super::detail::{installed, not_here};
use crate::api::ApiError;
use crate::api::install_requests::Ask;
use crate::api::integrations::{Install, configure, detail};
use crate::api::pipelines::{Advance, Cancel, Start, current};
use crate::components::install::flow::{Flow, InstallFlow};
use crate::components::install::form::InstallForm;
use crate::components::request_form::RequestForm;
use crate::components::{Crumbs, DocumentTitle, PageHead, Refusal, Skeleton, Tile, Toaster};
use crate::links;
use crate::text::{detail as text, install as steps, requests};
use domain::AppError;
use domain::catalogue::Kind;
use domain::detail::InstallOption;
use domain::ids::IntegrationId;
use domain::integrations::{IntegrationProvider, IntegrationWithConfig};
use domain::organizations::Organization;
use domain::pipelines::{PipelineId, Preflight, Step, StepBody};
use domain::slug::OrgSlug;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Arrival {
    organization: Organization,
    provider: IntegrationProvider,
    /// Below the title.
    sentence: String,
    option: InstallOption,
    /// The installation to connect again, where it is not one more.
    again: Option<IntegrationId>,
    /// Where the pipeline in the address stands.
    step: Option<Result<Step, AppError>>,
}

/// What the address says.
#[derive(Clone, Debug, Default, PartialEq)]
struct Address {
    org: String,
    provider: String,
    pipeline: Option<String>,
    again: Option<String>,
}

async fn load(address: Address) -> Result<Arrival, ApiError> {
    let nowhere = || AppError::not_found(text::THIS_PAGE);
    let org = OrgSlug::parse(&address.org).map_err(|_| nowhere())?;
    let mut arrival = match address.again {
        Some(id) => connect_again(org.clone(), address.provider, id.parse().map_err(|_| nowhere())?).await?,
        None => {
            let (organization, detail) = detail(org.clone(), Kind::FirstParty, address.provider).await?;
            let (sentence, option, provider) = (detail.tagline, detail.install, detail.provider);
            Arrival { organization, provider, sentence, option, again: None, step: None }
        }
    };
    arrival.step = match address.pipeline.map(|id| PipelineId::parse(&id)) {
        Some(Ok(id)) => Some(current(org, id).await.map_err(AppError::from)),
        Some(Err(problem)) => Some(Err(AppError::invalid(problem))),
        None => None,
    };
    Ok(arrival)
}

/// How an installation is connected again.
async fn connect_again(org: OrgSlug, provider: String, id: IntegrationId) -> Result<Arrival, ApiError> {
    let (organization, configure) = configure(org, provider, id).await?;
    let reason = || InstallOption::Not { reason: text::refusal(&configure.who_can) };
    Ok(Arrival {
        organization,
        option: configure.reconnect.clone().unwrap_or_else(reason),
        provider: configure.provider,
        sentence: configure.integration.integration.name,
        again: Some(id),
        step: None,
    })
}

/// `/settings/{org}/integrations/{provider}/install/`, with `pipeline` or `again` in the query.
#[component]
pub fn InstallPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let address = Memo::new(move |_| {
        let param = |name| params.with(|params| params.get(name).unwrap_or_default());
        // A restart puts another pipeline into the address; the page knows it then.
        let (pipeline, again) = query.with_untracked(|query| (query.get("pipeline"), query.get("again")));
        Address { org: param("org"), provider: param("provider"), pipeline, again }
    });
    let arrival = Resource::new_blocking(move || address.get(), load);
    let retry = Callback::new(move |()| arrival.refetch());
    let page = move || {
        Suspend::new(async move {
            match arrival.await {
                Ok(arrival) => view! { <Entry arrival=arrival /> }.into_any(),
                Err(error) => view! { <Refusal error=error retry=retry /> }.into_any(),
            }
        })
    };
    view! { <Suspense fallback=|| view! { <Skeleton rows=6 /> }>{page}</Suspense> }
}

#[component]
fn Entry(arrival: Arrival) -> impl IntoView {
    let (org, provider) = (&arrival.organization.slug, &arrival.provider);
    let (name, key) = (provider.name.clone(), provider.slug.clone());
    let (title, word) = match (&arrival.option, arrival.again) {
        (InstallOption::Ask { .. }, _) => (requests::title(&name), requests::REQUEST),
        (_, Some(_)) => (steps::again(&name), steps::CONNECT_AGAIN),
        (_, None) => (text::install(&name), text::CONNECT),
    };
    let mut crumbs = vec![
        (text::DIRECTORY.to_owned(), Some(links::directory(org))),
        (name.clone(), Some(links::detail(org, Kind::FirstParty, &key))),
    ];
    crumbs.extend(arrival.again.map(|id| (arrival.sentence.clone(), Some(links::configure(org, &key, id)))));
    crumbs.push((word.to_owned(), None));
    let sentence = arrival.sentence.clone();
    view! {
        <DocumentTitle title=title.clone() />
        <Crumbs items=crumbs />
        <PageHead
            title=title
            picture=move || view! { <Tile key=key.clone() name=name.clone() large=true /> }
            sentence=move || sentence.clone()
        />
        <div class="card narrow">
            <div class="card-body">{body(arrival)}</div>
        </div>
    }
    .into_any()
}

fn body(arrival: Arrival) -> AnyView {
    let Arrival { organization, provider, option, step, .. } = arrival.clone();
    match (option, step) {
        (InstallOption::Form { fields, label }, None) => {
            let (action, on_install) = (ServerAction::<Install>::new(), goes_on(&arrival));
            Effect::new(move || {
                if let Some(Ok(installed)) = action.value().get() {
                    on_install.run(installed);
                }
            });
            view! {
                <InstallForm
                    organization=organization
                    provider=provider
                    fields=fields
                    label=label
                    again=arrival.again
                    action=action
                />
            }
            .into_any()
        }
        (InstallOption::Pipeline { preflight, .. }, _) => {
            view! { <Pipeline arrival=arrival preflight=preflight /> }.into_any()
        }
        (_, Some(_)) => {
            let preflight = Preflight { problem: None, can_fix: false, callback_url: None, needs: Vec::new() };
            view! { <Pipeline arrival=arrival preflight=preflight /> }.into_any()
        }
        (InstallOption::Ask { reason }, None) => {
            view! { <Request org=organization.slug provider=provider reason=reason /> }.into_any()
        }
        (other, None) => view! { <div class="install-instead">{not_here(other)}</div> }.into_any(),
    }
}

/// The pipeline in the address, or the button that begins one.
#[component]
fn Pipeline(arrival: Arrival, preflight: Preflight) -> impl IntoView {
    let (on_install, again) = (goes_on(&arrival), arrival.again);
    let (org, key) = (arrival.organization.slug, arrival.provider.key);
    let flow = Flow::new(org.clone(), key.clone(), again, on_install);
    let begun = arrival.step.as_ref().and_then(|step| step.as_ref().ok()).map(|step| step.pipeline.clone());
    match arrival.step {
        Some(Ok(step)) => {
            if let StepBody::Complete { integration } = &step.body {
                let integration = integration.clone();
                // Whoever comes back to a finished pipeline is sent where it has led to.
                Effect::new(move || on_install.run((*integration).clone()));
            }
            flow.step.set(Some(step));
        }
        Some(Err(error)) => flow.error.set(Some(error)),
        None => {}
    }
    if let Some(error) = refused() {
        flow.error.set(Some(error));
    }
    follow(flow, org.clone(), key.clone(), again, begun);
    let navigate = use_navigate();
    let on_cancel = Callback::new(move |()| {
        flow.leave();
        let back = match again {
            Some(id) => links::configure(&org, &key, id),
            None => links::detail(&org, Kind::FirstParty, &key),
        };
        navigate(&back, Default::default());
    });
    view! { <InstallFlow flow=flow preflight=preflight on_cancel=on_cancel /> }.into_any()
}

/// The address names the pipeline that is shown, so that a reload finds it.
fn follow(flow: Flow, org: OrgSlug, key: String, again: Option<IntegrationId>, begun: Option<PipelineId>) {
    let shown = Memo::new(move |_| flow.step.with(|step| step.as_ref().map(|step| step.pipeline.clone())));
    let navigate = use_navigate();
    Effect::new(move |before: Option<Option<PipelineId>>| {
        let known = before.unwrap_or_else(|| begun.clone());
        let now = shown.get();
        if let Some(id) = now.as_ref().filter(|_| now != known) {
            let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
            navigate(&links::install_step(&org, &key, id, again), options);
        }
        now.or(known)
    });
}

/// After an installation: a toast, and on to its configure page.
fn goes_on(arrival: &Arrival) -> Callback<IntegrationWithConfig> {
    let org = arrival.organization.slug.clone();
    if arrival.again.is_none() {
        return installed(org);
    }
    let (toaster, navigate) = (Toaster::get(), use_navigate());
    Callback::new(move |installed: IntegrationWithConfig| {
        let integration = installed.integration;
        toaster.say(steps::connected_again(&integration.name));
        navigate(&links::configure(&org, &integration.provider.key, integration.id), Default::default());
    })
}

/// What a plain form of this page was refused with: it came back in the address.
fn refused() -> Option<AppError> {
    fn of<F>() -> Option<AppError>
    where
        F: ServerFn<Error = ApiError> + Clone + Send + Sync + 'static,
        F::Output: Clone + Send + Sync + 'static,
    {
        ServerAction::<F>::new().value().get_untracked()?.err().map(AppError::from)
    }
    of::<Advance>().or_else(of::<Start>).or_else(of::<Cancel>)
}

/// Asks those who may install.
#[component]
fn Request(org: OrgSlug, provider: IntegrationProvider, reason: String) -> impl IntoView {
    let (action, toaster, navigate) = (ServerAction::<Ask>::new(), Toaster::get(), use_navigate());
    let (back, name) = (links::detail(&org, Kind::FirstParty, &provider.slug), provider.name.clone());
    Effect::new(move || {
        if let Some(Ok(_)) = action.value().get() {
            toaster.say(requests::sent(&name));
            navigate(&back, Default::default());
        }
    });
    view! { <RequestForm org=org provider=provider reason=reason action=action /> }.into_any()
}
