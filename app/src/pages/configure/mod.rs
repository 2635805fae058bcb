//! The configure page of one installation. [`removal`] is the page that removes it without JavaScript.

mod gathering;
mod head;
mod removal;

pub use removal::RemovePage;

use crate::api::ApiError;
use crate::api::integrations::configure;
use crate::components::access_card::AccessCard;
use crate::components::activity_card::ActivityCard;
use crate::components::add_integration::AddIntegration;
use crate::components::health_card::HealthCard;
use crate::components::integration_main_settings::IntegrationMainSettings;
use crate::components::issue_sync::card::SyncCard;
use crate::components::issue_sync::tabs::{Part, SyncTabs};
use crate::components::permissions_card::PermissionsCard;
use crate::components::{
    Button, ButtonSize, Clock, Crumbs, DocumentTitle, ErrorNote, LinkButton, PageHead, Refusal, Skeleton, Tile, Toaster,
};
use crate::links;
use crate::live::Live;
use crate::pages::acts::{Act, Acts, refused_form};
use crate::pages::fresh::Fresh;
use crate::pages::layout::Layout;
use crate::text::{detail as words, install as steps};
use domain::AppError;
use domain::catalogue::Kind;
use domain::detail::{Configure, InstallOption};
use domain::events::Topic;
use domain::ids::IntegrationId;
use domain::integrations::{Integration, IntegrationWithConfig, ObjectStatus};
use domain::organizations::Organization;
use domain::slug::OrgSlug;
use gathering::Projects;
use head::{Cure, HeadActions, Leaving};
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};

async fn load((org, provider, id): (String, String, String)) -> Result<(Organization, Configure), ApiError> {
    match (OrgSlug::parse(&org), id.parse()) {
        (Ok(org), Ok(id)) => configure(org, provider, id).await,
        _ => Err(AppError::not_found(words::THIS_PAGE).into()),
    }
}

/// Loads an installation and shows it, or why it cannot be shown.
fn with_installation(show: fn(Organization, Configure) -> AnyView) -> AnyView {
    let params = use_params_map();
    let place = Memo::new(move |_| {
        let param = |name| params.with(|params| params.get(name).unwrap_or_default());
        (param("org"), param("provider"), param("id"))
    });
    let installation = Resource::new_blocking(move || place.get(), load);
    let retry = Callback::new(move |()| installation.refetch());
    let page = move || {
        Suspend::new(async move {
            match installation.await {
                Ok((organization, first)) => show(organization, first),
                Err(error) => view! { <Refusal error=error retry=retry /> }.into_any(),
            }
        })
    };
    view! { <Suspense fallback=|| view! { <Skeleton rows=6 /> }>{page}</Suspense> }.into_any()
}

/// The configure page.
#[component]
pub fn ConfigurePage() -> impl IntoView {
    with_installation(|organization, first| view! { <Installation organization=organization first=first /> }.into_any())
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Parts {
    data: RwSignal<Configure>,
    integration: Signal<Integration>,
    refused: Signal<Option<String>>,
    acts: Acts,
    /// Looks at the server again.
    again: Callback<()>,
    org: StoredValue<OrgSlug>,
    id: IntegrationId,
    /// Opens the dialog that connects it again.
    open: Callback<()>,
}

#[component]
fn Installation(organization: Organization, first: Configure) -> impl IntoView {
    let (org, key, id) = (organization.slug.clone(), first.provider.key.clone(), first.integration.integration.id);
    let (clock, name, provider) =
        (Clock::starting(first.now), first.integration.integration.name.clone(), first.provider.name.clone());
    let crumbs = vec![
        (words::DIRECTORY.to_owned(), Some(links::directory(&org))),
        (provider.clone(), Some(links::detail(&org, Kind::FirstParty, &key))),
        (name.clone(), None),
    ];
    let fresh = {
        let (org, key) = (org.clone(), key.clone());
        Fresh::new(first, Topic::Integration, move || {
            let call = configure(org.clone(), key.clone(), id);
            async move { call.await.map(|(_, configure)| configure) }
        })
    };
    let refused = refused_form().map(|error| view! { <ErrorNote error=error /> });
    let lost = move || fresh.lost.get().map(|error| view! { <ErrorNote error=error retry=fresh.again() /> });
    let (title, whose) = (format!("{name} · {provider}"), organization.clone());
    let option = Memo::new(move |_| fresh.data.with(how_again));
    view! {
        <DocumentTitle title=title />
        <Crumbs items=crumbs />
        <AddIntegration
            organization=whose
            provider=fresh.data.with_untracked(|data| data.provider.clone())
            option=option
            again=id
            on_install=connected_again(fresh)
            let:open
        >
            {page(parts(fresh, org, id, open), organization, Named { name, provider, key }, clock, refused, lost)}
        </AddIntegration>
    }
    .into_any()
}

/// What the head of the page names.
struct Named {
    name: String,
    provider: String,
    key: String,
}

fn page(
    parts: Parts,
    organization: Organization,
    Named { name, provider, key }: Named,
    clock: Clock,
    refused: impl IntoView + 'static,
    lost: impl IntoView + 'static,
) -> AnyView {
    view! {
        <PageHead
            title=name
            picture=move || view! { <Tile key=key.clone() name=provider.clone() large=true /> }
            sentence=move || move || sentence(&parts.integration.read())
            actions=move || view! { <HeadActions parts=parts /> }
        />
        <SyncParts parts=parts />
        {refused}
        {lost}
        <Leaving parts=parts />
        <Cure parts=parts />
        <div class="columns columns-configure">
            <div class="columns-main">
                <Settings organization=organization parts=parts clock=clock />
            </div>
            <div class="columns-side">
                <Side parts=parts clock=clock />
            </div>
        </div>
    }
    .into_any()
}

/// Of a tracker: the way to its links and its log.
#[component]
fn SyncParts(parts: Parts) -> impl IntoView {
    let Parts { data, org, id, .. } = parts;
    let is_tracker = Memo::new(move |_| data.with(|data| data.sync.is_some()));
    let total = Signal::derive(move || data.with(|data| data.sync.as_ref().map(|sync| sync.links)));
    let tabs = move || {
        let provider = data.with_untracked(|data| data.provider.slug.clone());
        is_tracker.get().then(|| {
            view! { <SyncTabs org=org.get_value() provider=provider id=id part=Part::Settings total=total /> }
        })
    };
    tabs.into_any()
}

/// How it is connected again; where the viewer may not, the dialog has nothing to show and no button opens it.
fn how_again(data: &Configure) -> InstallOption {
    data.reconnect.clone().unwrap_or_else(|| InstallOption::Not { reason: words::refusal(&data.who_can) })
}

fn connected_again(fresh: Fresh<Configure>) -> Callback<IntegrationWithConfig> {
    let toaster = Toaster::get();
    Callback::new(move |installed: IntegrationWithConfig| {
        toaster.say(steps::connected_again(&installed.integration.name));
        fresh.look_again();
    })
}

/// The button that connects it again, or why this person cannot.
fn connect_again(parts: Parts) -> AnyView {
    let Parts { data, org, id, open, .. } = parts;
    let refusal = Memo::new(move |_| {
        data.with(|data| match &data.reconnect {
            Some(InstallOption::Form { .. } | InstallOption::Pipeline { .. }) => None,
            Some(InstallOption::Not { reason }) => Some(reason.clone()),
            _ => Some(words::refusal(&data.who_can)),
        })
    });
    let href = data.with_untracked(|data| links::install_again(&org.get_value(), &data.provider.slug, id));
    let button = move || match refusal.get() {
        None => view! {
            <LinkButton href=href.clone() size=ButtonSize::Small on_click=open>{steps::CONNECT_AGAIN}</LinkButton>
        }
        .into_any(),
        reason => {
            view! { <Button size=ButtonSize::Small disabled_reason=reason>{steps::CONNECT_AGAIN}</Button> }.into_any()
        }
    };
    button.into_any()
}

fn parts(fresh: Fresh<Configure>, org: OrgSlug, id: IntegrationId, open: Callback<()>) -> Parts {
    let (data, navigate, home) = (fresh.data, use_navigate(), org.clone());
    let integration = Memo::new(move |_| data.with(|data| data.integration.integration.clone())).into();
    let refused = Signal::derive(move || data.with(|data| (!data.can_manage).then(|| words::refusal(&data.who_can))));
    let on_done = Callback::new(move |(act, now): (Act, Integration)| {
        let configurations = links::configurations(&home, &now.provider.key);
        let _ = data.try_update(|data| data.integration.integration = now);
        match act {
            Act::Remove => navigate(&configurations, Default::default()),
            _ => fresh.look_again(),
        }
    });
    let (acts, again) = (Acts::new(org.clone(), on_done), fresh.again());
    Parts { data, integration, refused, acts, again, org: StoredValue::new(org), id, open }
}

/// Which provider it is of, and where the account lives.
fn sentence(integration: &Integration) -> String {
    let domain = integration.domain_name.as_deref().filter(|domain| *domain != integration.name);
    std::iter::once(integration.provider.name.as_str()).chain(domain).collect::<Vec<_>>().join(" · ")
}

/// The settings form, with what the page knows of others' changes.
#[component]
fn Settings(organization: Organization, parts: Parts, clock: Clock) -> impl IntoView {
    let data = parts.data;
    let (live, layout) = (Live::get(), Layout::get());
    let changed_by = Signal::derive(move || {
        let actor = live.last.with(|event| event.as_ref().map(|event| event.actor.clone()));
        actor.filter(|actor| Some(actor) != layout.my_name().as_ref())
    });
    let read_only = Signal::derive(move || {
        let leaving = parts.integration.with(|it| it.organization_integration_status == ObjectStatus::PendingDeletion);
        parts.refused.get().or_else(|| leaving.then(|| words::REMOVING.to_owned()))
    });
    let query = use_query_map();
    let next = Signal::derive(move || query.with(|query| query.get("next")));
    let is_tracker = Memo::new(move |_| data.with(|data| data.gathering.is_some()));
    let projects = move || move || is_tracker.get().then(|| view! { <Projects parts=parts clock=clock /> });
    view! {
        <IntegrationMainSettings
            organization=organization
            integration=Signal::derive(move || data.with(|data| data.integration.clone()))
            secrets_set=Signal::derive(move || data.with(|data| data.secrets_set.clone()))
            read_only=read_only
            changed_by=changed_by
            next=next
            above_rows=ViewFn::from(projects)
            clock=clock
            on_update=parts.again
        />
    }
    .into_any()
}

/// Health, access, permissions and activity.
#[component]
fn Side(parts: Parts, clock: Clock) -> impl IntoView {
    let data = parts.data;
    let grant = Memo::new(move |_| data.with(|data| data.grant.clone()));
    let has_grant = Memo::new(move |_| grant.with(Option::is_some));
    let permissions = move || {
        // The card stays while its grant changes; a grant that is gone takes it along.
        let first = has_grant.get().then(|| grant.get_untracked()).flatten()?;
        let grant = Signal::derive(move || grant.get().unwrap_or_else(|| first.clone()));
        let provider = data.with_untracked(|data| data.provider.name.clone());
        Some(view! {
            <PermissionsCard provider=provider grant=grant clock=clock connect=move || connect_again(parts) />
        })
    };
    view! {
        <HealthCard
            integration=parts.integration
            days=Signal::derive(move || data.with(|data| data.days.clone()))
            checks=Signal::derive(move || data.with(|data| data.checks.clone()))
            checking=parts.acts.doing(Act::Check)
            cure=move || connect_again(parts)
            clock=clock
        />
        <SyncCard data=data org=parts.org.get_value() clock=clock />
        <AccessCard integration=parts.integration has_grant=has_grant clock=clock />
        {permissions}
        <ActivityCard entries=Signal::derive(move || data.with(|data| data.activity.clone())) clock=clock />
    }
    .into_any()
}
