//! The apps that Patchbay is at providers, for instance administrators: the list, and a page for each.

use crate::api::ApiError;
use crate::api::provider_apps::{Done, ForgetApp, SaveApp, TestApp, provider_apps};
use crate::components::form_field::read_form;
use crate::components::provider_app_form::{Addresses, ProviderAppForm, Standing, StandingChip};
use crate::components::{
    Alert, AlertKind, Button, ButtonKind, ButtonSize, Card, Crumbs, DocumentTitle, Empty, ErrorNote, LinkButton,
    PageHead, Refusal, Skeleton, Tile, Toaster,
};
use crate::links;
use crate::text::provider_apps as text;
use domain::AppError;
use domain::provider_apps::{AppTest, ProviderApp};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::{use_params_map, use_query_map};

/// `/admin/providers/`.
#[component]
pub fn ProvidersPage() -> impl IntoView {
    let apps = Resource::new_blocking(|| (), |()| provider_apps());
    let page = move || {
        Suspend::new(async move {
            match apps.await {
                Ok(apps) => view! { <List apps=apps /> }.into_any(),
                Err(error) => {
                    view! { <Refusal error=error retry=Callback::new(move |()| apps.refetch()) /> }.into_any()
                }
            }
        })
    };
    view! {
        <DocumentTitle title=text::TITLE />
        <Suspense fallback=|| view! { <Skeleton rows=6 /> }>{page}</Suspense>
    }
}

#[component]
fn List(apps: Vec<ProviderApp>) -> impl IntoView {
    let list = match apps.is_empty() {
        true => view! { <Empty sentence=text::EMPTY /> }.into_any(),
        false => view! { <ul class="apps">{apps.into_iter().map(row).collect_view()}</ul> }.into_any(),
    };
    view! {
        <PageHead title=text::TITLE sentence=|| text::SENTENCE />
        {list}
    }
    .into_any()
}

fn row(app: ProviderApp) -> AnyView {
    let (standing, href) = (Standing::of(&app), links::provider_app(&app.provider));
    let word = if standing == Standing::NotSetUp { text::SET_UP } else { text::CHANGE };
    let changed = app.updated_at.map(|at| {
        view! { " · " {text::CHANGED} " " <time datetime=at.to_rfc3339()>{at.to_words()}</time> }
    });
    view! {
        <li class="app">
            <Tile key=app.provider name=app.name.clone() />
            <div class="app-words">
                <p class="app-name">{app.name.clone()}</p>
                <p class="app-detail">{app.sign_in} {changed}</p>
            </div>
            <StandingChip standing=standing />
            <LinkButton href=href size=ButtonSize::Small label=format!("{word} {}", app.name)>{word}</LinkButton>
        </li>
    }
    .into_any()
}

async fn load(provider: String) -> Result<ProviderApp, ApiError> {
    let apps = provider_apps().await?;
    let app = apps.into_iter().find(|app| app.provider == provider);
    app.ok_or_else(|| AppError::not_found(text::THIS_PROVIDER).into())
}

/// `/admin/providers/{provider}/`.
#[component]
pub fn ProviderPage() -> impl IntoView {
    let params = use_params_map();
    let provider = Memo::new(move |_| params.with(|params| params.get("provider").unwrap_or_default()));
    let app = Resource::new_blocking(move || provider.get(), load);
    let page = move || {
        Suspend::new(async move {
            match app.await {
                Ok(app) => view! { <Provider first=app /> }.into_any(),
                Err(error) => view! { <Refusal error=error retry=Callback::new(move |()| app.refetch()) /> }.into_any(),
            }
        })
    };
    view! { <Suspense fallback=|| view! { <Skeleton rows=6 /> }>{page}</Suspense> }
}

#[component]
fn Provider(first: ProviderApp) -> impl IntoView {
    let (name, key, sign_in) = (first.name.clone(), first.provider.clone(), first.sign_in.clone());
    let (addresses, documentation) = (first.addresses.clone(), first.documentation_url.clone());
    let crumbs = vec![(text::TITLE.to_owned(), Some(links::PROVIDER_APPS.to_owned())), (name.clone(), None)];
    let (app, emptied, query) = (RwSignal::new(first), RwSignal::new(0_u32), use_query_map());
    let done = query.with_untracked(|query| query.get("done")).and_then(|done| Done::parse(&done));
    let (save, test) = (ServerAction::<SaveApp>::new(), ServerAction::<TestApp>::new());
    let tell = {
        let toaster = Toaster::get();
        move |now: ProviderApp, sentence: String| {
            toaster.say(sentence);
            emptied.update(|emptied| *emptied += 1);
            app.set(now);
            // What was found of the set-up before says nothing of this one.
            test.clear();
        }
    };
    Effect::new(move || {
        if let Some(Ok(now)) = save.value().get() {
            let sentence = text::saved(&now.name);
            tell(now, sentence);
        }
    });
    let standing = move || (move || view! { <StandingChip standing=app.with(Standing::of) /> }).into_any();
    let note = done.filter(|done| *done != Done::Works).map(|done| {
        view! { <Alert kind=AlertKind::Ok>{text::done(done)}</Alert> }
    });
    let enter = (!addresses.is_empty()).then(|| {
        view! { <Card title=text::ADDRESSES><div class="addresses"><Addresses addresses=addresses /></div></Card> }
    });
    let stored = Memo::new(move |_| app.with(|app| app.updated_at.is_some()));
    let on_forget = Callback::new(move |now: ProviderApp| {
        let sentence = text::forgotten(&now.name);
        tell(now, sentence);
    });
    let (forget_key, forget_name, picture) = (key.clone(), name.clone(), (key.clone(), name.clone()));
    view! {
        <DocumentTitle title=name.clone() />
        <Crumbs items=crumbs />
        <PageHead
            title=name
            picture=move || view! { <Tile key=picture.0.clone() name=picture.1.clone() large=true /> }
            sentence=move || sign_in.clone()
            actions=standing
        />
        {note}
        <div class="columns-main narrow">
            <p class="app-documentation">{documentation_link(documentation)}</p>
            {enter}
            <Card title=text::CREDENTIALS>
                <ProviderAppForm app=app action=save emptied=emptied />
            </Card>
            <Test provider=key action=test worked=done == Some(Done::Works) />
            {move || stored.get().then(|| view! {
                <Forget provider=forget_key.clone() name=forget_name.clone() on_done=on_forget />
            })}
        </div>
    }
    .into_any()
}

/// Only web addresses are links.
fn documentation_link(url: String) -> Option<AnyView> {
    let web = url.starts_with("https://") || url.starts_with("http://");
    web.then(|| view! { <a href=url target="_blank" rel="noreferrer">{text::DOCUMENTATION}</a> }.into_any())
}

/// Asks the provider whether it takes what is saved.
#[component]
fn Test(provider: String, action: ServerAction<TestApp>, worked: bool) -> impl IntoView {
    let busy = Signal::from(action.pending());
    let submit = move |event| {
        if let (Some(test), false) = (read_form::<TestApp>(&event), busy.get_untracked()) {
            action.dispatch(test);
        }
    };
    let found = move || match (busy.get(), action.value().get()) {
        (true, _) => text::TESTING.into_any(),
        (false, Some(Ok(AppTest { works, message }))) => {
            let kind = if works { AlertKind::Ok } else { AlertKind::Bad };
            view! { <Alert kind=kind>{message}</Alert> }.into_any()
        }
        (false, Some(Err(error))) => view! { <ErrorNote error=error /> }.into_any(),
        (false, None) if worked => view! { <Alert kind=AlertKind::Ok>{text::done(Done::Works)}</Alert> }.into_any(),
        (false, None) => ().into_any(),
    };
    view! {
        <Card title=text::TEST_TITLE>
            <form class="install-form" method="post" action=TestApp::url() on:submit=submit>
                <input type="hidden" name="provider" value=provider />
                <p class="muted">{text::TEST_HELP}</p>
                <div role="status">{found}</div>
                <footer class="form-foot">
                    <Button submit=true busy=busy>{text::TEST}</Button>
                </footer>
            </form>
        </Card>
    }
    .into_any()
}

/// Deletes the stored credentials, after a question that needs no script.
#[component]
fn Forget(provider: String, name: String, on_done: Callback<ProviderApp>) -> impl IntoView {
    let (action, details) = (ServerAction::<ForgetApp>::new(), NodeRef::<leptos::html::Details>::new());
    Effect::new(move || {
        if let Some(Ok(now)) = action.value().get() {
            details.get_untracked().iter().for_each(|details| details.set_open(false));
            on_done.run(now);
        }
    });
    let busy = Signal::from(action.pending());
    let submit = move |event| {
        if let (Some(forget), false) = (read_form::<ForgetApp>(&event), busy.get_untracked()) {
            action.dispatch(forget);
        }
    };
    let refused = move || match action.value().get() {
        Some(Err(error)) => Some(view! { <ErrorNote error=error /> }),
        _ => None,
    };
    view! {
        <Card title=text::FORGET_TITLE>
            {refused}
            <details class="more" node_ref=details>
                <summary>{text::FORGET_ASK}</summary>
                <form class="install-form" method="post" action=ForgetApp::url() on:submit=submit>
                    <input type="hidden" name="provider" value=provider />
                    <p>{text::forget_help(&name)}</p>
                    <footer class="form-foot">
                        <Button kind=ButtonKind::Danger submit=true busy=busy>{text::FORGET}</Button>
                    </footer>
                </form>
            </details>
        </Card>
    }
    .into_any()
}
