//! The detail page of an entry of any kind, and the install page for browsers without JavaScript.

use crate::api::ApiError;
use crate::api::integrations::{Install, detail};
use crate::components::add_integration::AddIntegration;
use crate::components::detailed_view::{DetailTab, DetailedView};
use crate::components::install_form::InstallForm;
use crate::components::installed_integration::InstalledIntegration;
use crate::components::{
    Button, ButtonKind, Card, Crumbs, DocumentTitle, Empty, ErrorNote, Icon, LinkButton, PageHead, Refusal, Skeleton,
    Symbol, Tile, Toaster,
};
use crate::links;
use crate::pages::acts::{Act, Acts, refused_form};
use crate::pages::fresh::Fresh;
use crate::text::detail as text;
use domain::AppError;
use domain::catalogue::Kind;
use domain::directory::{Detail, InstallOption};
use domain::events::Topic;
use domain::integrations::{Integration, IntegrationWithConfig, ObjectStatus};
use domain::organizations::Organization;
use domain::roles::Need;
use domain::slug::OrgSlug;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_navigate, use_params_map, use_query_map};

/// What the server answers.
type Answer = Result<(Organization, Detail), ApiError>;

async fn load((org, kind, key): (String, Kind, String)) -> Answer {
    match OrgSlug::parse(&org) {
        Ok(org) => detail(org, kind, key).await,
        Err(_) => Err(AppError::not_found(text::THIS_PAGE).into()),
    }
}

/// Loads an entry and shows it, or why it cannot be shown.
fn with_entry(kind: Kind, show: fn(Organization, Detail) -> AnyView) -> AnyView {
    let params = use_params_map();
    let place = Memo::new(move |_| {
        let param = |name| params.with(|params| params.get(name).unwrap_or_default());
        (param("org"), kind, param("provider"))
    });
    let entry = Resource::new_blocking(move || place.get(), load);
    let retry = Callback::new(move |()| entry.refetch());
    let page = move || {
        Suspend::new(async move {
            match entry.await {
                Ok((organization, detail)) => show(organization, detail),
                Err(error) => view! { <Refusal error=error retry=retry /> }.into_any(),
            }
        })
    };
    view! { <Suspense fallback=|| view! { <Skeleton rows=6 /> }>{page}</Suspense> }.into_any()
}

/// The detail page; which of the four kinds it is about is in its address.
#[component]
pub fn DetailPage() -> impl IntoView {
    let here = use_location().pathname.get_untracked();
    let segment = here.split('/').nth(3).unwrap_or_default();
    let kind = Kind::ALL.iter().copied().find(|kind| kind.path() == segment).unwrap_or(Kind::FirstParty);
    with_entry(kind, |organization, detail| view! { <Entry organization=organization first=detail /> }.into_any())
}

#[component]
fn Entry(organization: Organization, first: Detail) -> impl IntoView {
    let (org, kind, provider) = (organization.slug.clone(), first.kind, first.provider.clone());
    let fresh = {
        let (org, key) = (org.clone(), provider.slug.clone());
        Fresh::new(first, Topic::Integration, move || {
            let call = detail(org.clone(), kind, key.clone());
            async move { call.await.map(|(_, detail)| detail) }
        })
    };
    let data = fresh.data;
    let query = use_query_map();
    let tab = Memo::new(move |_| DetailTab::parse(&query.with(|query| query.get("tab").unwrap_or_default())));
    let on_install = installed(org.clone());
    let fields = Memo::new(move |_| data.with(|detail| form_of(detail).0));
    let label = Memo::new(move |_| data.with(|detail| form_of(detail).1));
    let rows = Rows { organization: StoredValue::new(organization.clone()), fresh };
    let refused = refused_form().map(|error| view! { <ErrorNote error=error /> });
    let lost = move || fresh.lost.get().map(|error| view! { <ErrorNote error=error retry=fresh.again() /> });
    view! {
        {refused}
        {lost}
        <AddIntegration
            organization=organization
            provider=provider
            fields=fields
            label=label
            on_install=on_install
            let:open
        >
            <DetailedView
                org=org.clone()
                detail=data
                tab=tab
                install=install_button(org.clone(), data, open)
                configurations=(kind == Kind::FirstParty).then(|| rows.view(install_button(org, data, open)))
            />
        </AddIntegration>
    }
    .into_any()
}

fn form_of(detail: &Detail) -> (Vec<domain::config::ConfigField>, String) {
    match &detail.install {
        InstallOption::Form { fields, label } => (fields.clone(), label.clone()),
        _ => Default::default(),
    }
}

/// After an installation: a toast, and on to its configure page.
fn installed(org: OrgSlug) -> Callback<IntegrationWithConfig> {
    let (toaster, navigate) = (Toaster::get(), use_navigate());
    Callback::new(move |installed: IntegrationWithConfig| {
        let integration = installed.integration;
        toaster.say(text::connected(&integration));
        navigate(&links::configure(&org, &integration.provider.key, integration.id), Default::default());
    })
}

/// The install button; in its place why not, and what to do.
fn install_button(org: OrgSlug, detail: RwSignal<Detail>, open: Callback<()>) -> ViewFn {
    let button = move || {
        let (option, key) = detail.with(|detail| (detail.install.clone(), detail.provider.slug.clone()));
        match option {
            InstallOption::Form { label, .. } => {
                let href = links::install(&org, &key);
                view! { <LinkButton href=href kind=ButtonKind::Primary on_click=open>{label}</LinkButton> }.into_any()
            }
            InstallOption::External { install } => view! {
                <LinkButton href=install.url kind=ButtonKind::Primary external=true>{install.button_text}</LinkButton>
                <p class="install-note">{install.notice_text}</p>
            }
            .into_any(),
            InstallOption::Document { url } => view! {
                <LinkButton href=url kind=ButtonKind::Primary external=true>{text::LEARN_MORE}</LinkButton>
            }
            .into_any(),
            InstallOption::Not { reason } => view! {
                <Button kind=ButtonKind::Primary disabled_reason=Some(reason.clone())>{text::INSTALL}</Button>
                <p class="install-note"><Icon symbol=Symbol::Lock />{reason}</p>
            }
            .into_any(),
        }
    };
    ViewFn::from(move || button.clone().into_any())
}

/// The configurations of a first-party provider.
#[derive(Clone, Copy)]
struct Rows {
    organization: StoredValue<Organization>,
    fresh: Fresh<Detail>,
}

impl Rows {
    fn view(self, install: ViewFn) -> ViewFn {
        let data = self.fresh.data;
        let on_done = Callback::new(move |(_, now): (Act, Integration)| {
            let _ = data.try_update(|detail| replace(&mut detail.installations, now));
            self.fresh.look_again();
        });
        let acts = Acts::new(self.organization.with_value(|organization| organization.slug.clone()), on_done);
        ViewFn::from(move || {
            let install = install.clone();
            let empty = move || {
                let install = install.clone();
                let name = data.with(|detail| detail.installations.is_empty().then(|| detail.provider.name.clone()));
                name.map(|name| view! { <Empty sentence=text::nothing_connected(&name)>{install.run()}</Empty> })
            };
            view! {
                <Card title=text::CONFIGURATIONS>
                    {empty}
                    <ul class="installations">
                        <For each=move || data.with(|detail| detail.installations.clone()) key=|it| it.id let:first>
                            {self.row(first, acts)}
                        </For>
                    </ul>
                </Card>
            }
        })
    }

    fn row(self, first: Integration, acts: Acts) -> AnyView {
        let (data, id) = (self.fresh.data, first.id);
        let refused = Signal::derive(move || {
            data.with(|detail| (!detail.can_manage).then(|| Need::INTEGRATIONS_WRITE.refusal()))
        });
        let integration = Signal::derive(move || {
            data.with(|detail| detail.installations.iter().find(|it| it.id == id).cloned())
                .unwrap_or_else(|| first.clone())
        });
        let keep_or_resume = Callback::new(move |it: Integration| match it.organization_integration_status {
            ObjectStatus::PendingDeletion => acts.act(Act::Keep, it.id),
            _ => acts.act(Act::Resume, it.id),
        });
        view! {
            <InstalledIntegration
                organization=self.organization.get_value()
                provider=data.with_untracked(|detail| detail.provider.clone())
                integration=integration
                refused=refused
                busy=acts.busy(id)
                on_disable=Callback::new(move |it: Integration| acts.act(Act::Pause, it.id))
                on_enable=keep_or_resume
                on_remove=Callback::new(move |it: Integration| acts.act(Act::Remove, it.id))
            />
        }
        .into_any()
    }
}

fn replace(installations: &mut [Integration], now: Integration) {
    if let Some(installation) = installations.iter_mut().find(|installation| installation.id == now.id) {
        *installation = now;
    }
}

/// The install page: the same form as in the dialog, at an address of its own.
#[component]
pub fn InstallPage() -> impl IntoView {
    with_entry(Kind::FirstParty, |organization, detail| {
        view! {
            <InstallEntry
                organization=organization
                detail=detail
            />
        }
        .into_any()
    })
}

#[component]
fn InstallEntry(organization: Organization, detail: Detail) -> impl IntoView {
    let org = organization.slug.clone();
    let (name, key) = (detail.provider.name.clone(), detail.provider.slug.clone());
    let title = text::install(&name);
    let crumbs = vec![
        (text::DIRECTORY.to_owned(), Some(links::directory(&org))),
        (name.clone(), Some(links::detail(&org, Kind::FirstParty, &key))),
        (text::CONNECT.to_owned(), None),
    ];
    let action = ServerAction::<Install>::new();
    let on_install = installed(org.clone());
    Effect::new(move || {
        if let Some(Ok(installed)) = action.value().get() {
            on_install.run(installed);
        }
    });
    let tagline = detail.tagline.clone();
    let body = match detail.install.clone() {
        InstallOption::Form { fields, label } => view! {
            <InstallForm organization=organization provider=detail.provider fields=fields label=label action=action />
        }
        .into_any(),
        _ => {
            let nowhere = Callback::new(|()| ());
            let button = install_button(org, RwSignal::new(detail), nowhere);
            view! { <div class="install-instead">{button.run()}</div> }.into_any()
        }
    };
    view! {
        <DocumentTitle title=title.clone() />
        <Crumbs items=crumbs />
        <PageHead
            title=title
            picture=move || view! { <Tile key=key.clone() name=name.clone() large=true /> }
            sentence=move || tagline.clone()
        />
        <div class="card narrow">
            <div class="card-body">{body}</div>
        </div>
    }
    .into_any()
}
