//! The detail page of an entry of any kind.

use crate::api::ApiError;
use crate::api::install_requests::{Decide, decide};
use crate::api::integrations::detail;
use crate::components::add_integration::AddIntegration;
use crate::components::detailed_view::{DetailTab, DetailedView};
use crate::components::installed_integration::InstalledIntegration;
use crate::components::request_form::RequestInstallation;
use crate::components::requests_card::RequestsCard;
use crate::components::{
    Button, ButtonKind, Card, Empty, ErrorNote, Icon, LinkButton, Refusal, Skeleton, Symbol, Toaster,
};
use crate::links;
use crate::pages::acts::{Act, Acts, refused_form};
use crate::pages::fresh::Fresh;
use crate::text::{detail as text, requests};
use domain::AppError;
use domain::catalogue::Kind;
use domain::detail::{Detail, InstallOption};
use domain::events::Topic;
use domain::install_requests::InstallRequest;
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

/// The detail page; which of the four kinds it is about is in its address.
#[component]
pub fn DetailPage() -> impl IntoView {
    let here = use_location().pathname.get_untracked();
    let segment = here.split('/').nth(3).unwrap_or_default();
    let kind = Kind::ALL.iter().copied().find(|kind| kind.path() == segment).unwrap_or(Kind::FirstParty);
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
                Ok((organization, first)) => view! { <Entry organization=organization first=first /> }.into_any(),
                Err(error) => view! { <Refusal error=error retry=retry /> }.into_any(),
            }
        })
    };
    view! { <Suspense fallback=|| view! { <Skeleton rows=6 /> }>{page}</Suspense> }
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
    let option = Memo::new(move |_| data.with(|detail| detail.install.clone()));
    let buttons = Buttons { org: StoredValue::new(org.clone()), option, fresh };
    let rows = Rows { organization: StoredValue::new(organization.clone()), fresh };
    let refused = refused_form().or_else(refused_decision).map(|error| view! { <ErrorNote error=error /> });
    let lost = move || fresh.lost.get().map(|error| view! { <ErrorNote error=error retry=fresh.again() /> });
    view! {
        {refused}
        {lost}
        <AddIntegration
            organization=organization
            provider=provider
            option=option
            on_install=installed(org.clone())
            let:open
        >
            <DetailedView
                org=org.clone()
                detail=data
                tab=tab
                install=buttons.view(open)
                before=waiting(org, fresh, option, open)
                configurations=(kind == Kind::FirstParty).then(|| rows.view(buttons.view(open)))
            />
        </AddIntegration>
    }
    .into_any()
}

/// The requests that wait for this person's decision.
fn waiting(org: OrgSlug, fresh: Fresh<Detail>, option: Memo<InstallOption>, open: Callback<()>) -> ViewFn {
    let toaster = Toaster::get();
    let slug = org.clone();
    let decline = Action::new(move |request: &InstallRequest| {
        let call = decide(slug.clone(), request.id, false);
        async move {
            match call.await {
                Ok(request) => toaster.say(requests::said_no(&request.user_name)),
                Err(error) => toaster.fail(AppError::from(error).message),
            }
            fresh.look_again();
        }
    });
    let waiting = Memo::new(move |_| fresh.data.with(|detail| detail.requests.clone()));
    let busy: Signal<bool> = decline.pending().into();
    let opens = Signal::derive(move || {
        option.with(|option| matches!(option, InstallOption::Form { .. } | InstallOption::Pipeline { .. }))
    });
    ViewFn::from(move || {
        let on_decline = Callback::new(move |request: InstallRequest| {
            if !busy.get_untracked() {
                decline.dispatch(request);
            }
        });
        view! {
            <RequestsCard
                org=org.clone()
                requests=waiting
                can_install=opens
                busy=busy
                on_install=open
                on_decline=on_decline
            />
        }
    })
}

/// What a plain form that decides was refused with.
fn refused_decision() -> Option<AppError> {
    ServerAction::<Decide>::new().value().get_untracked()?.err().map(AppError::from)
}

/// After an installation: a toast, and on to its configure page.
pub(super) fn installed(org: OrgSlug) -> Callback<IntegrationWithConfig> {
    let (toaster, navigate) = (Toaster::get(), use_navigate());
    Callback::new(move |installed: IntegrationWithConfig| {
        let integration = installed.integration;
        toaster.say(text::connected(&integration));
        navigate(&links::configure(&org, &integration.provider.key, integration.id), Default::default());
    })
}

/// The install button; in its place why not, and what to do.
#[derive(Clone, Copy)]
struct Buttons {
    org: StoredValue<OrgSlug>,
    option: Memo<InstallOption>,
    fresh: Fresh<Detail>,
}

impl Buttons {
    fn view(self, open: Callback<()>) -> ViewFn {
        // The option alone is followed: another change of the page closes no dialog that a button has opened.
        ViewFn::from(move || (move || self.button(open)).into_any())
    }

    fn button(self, open: Callback<()>) -> AnyView {
        let org = self.org.get_value();
        match self.option.get() {
            InstallOption::Form { label, .. } | InstallOption::Pipeline { label, .. } => {
                let key = self.fresh.data.with_untracked(|detail| detail.provider.slug.clone());
                let href = links::install(&org, &key);
                view! { <LinkButton href=href kind=ButtonKind::Primary on_click=open>{label}</LinkButton> }.into_any()
            }
            InstallOption::Ask { reason } => self.request(org, reason),
            other => not_here(other),
        }
    }

    fn request(self, org: OrgSlug, reason: String) -> AnyView {
        let (toaster, fresh) = (Toaster::get(), self.fresh);
        let provider = fresh.data.with_untracked(|detail| detail.provider.clone());
        let name = provider.name.clone();
        let on_sent = Callback::new(move |request: InstallRequest| {
            toaster.say(requests::sent(&name));
            let _ = fresh.data.try_update(|detail| detail.my_request = Some(request));
            fresh.look_again();
        });
        let mine = Memo::new(move |_| fresh.data.with(|detail| detail.my_request.clone()));
        view! { <RequestInstallation org=org provider=provider reason=reason mine=mine on_sent=on_sent /> }.into_any()
    }
}

/// What stands in place of an install button, where nothing is installed from here.
pub(super) fn not_here(option: InstallOption) -> AnyView {
    match option {
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
        InstallOption::Form { .. } | InstallOption::Pipeline { .. } | InstallOption::Ask { .. } => ().into_any(),
    }
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
