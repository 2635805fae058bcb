//! Home: leads on, or says honestly that there is nowhere to lead to.

use crate::api::organizations::home;
use crate::components::frame::SignOut;
use crate::components::{DocumentTitle, PageHead, Refusal, Skeleton};
use crate::pages::panel::Panel;
use crate::text::home as words;
use leptos::prelude::*;
use leptos_router::components::Redirect;

/// `/`.
#[component]
pub fn HomePage() -> impl IntoView {
    let destination = Resource::new_blocking(|| (), |()| home());
    let page = move || {
        Suspend::new(async move {
            match destination.await {
                Ok(Some(path)) => view! { <Redirect path=path /> }.into_any(),
                Ok(None) => view! { <Nowhere /> }.into_any(),
                Err(error) => {
                    view! { <Refusal error=error retry=Callback::new(move |()| destination.refetch()) /> }.into_any()
                }
            }
        })
    };
    view! {
        <Panel>
            <Suspense fallback=|| view! { <Skeleton rows=3 /> }>{page}</Suspense>
        </Panel>
    }
}

#[component]
fn Nowhere() -> impl IntoView {
    view! {
        <DocumentTitle title=words::TITLE />
        <PageHead title=words::TITLE sentence=|| words::SENTENCE />
        <SignOut />
    }
    .into_any()
}
