//! The line about a tracker's projects: while they are read, the server is asked how far it is.

use super::Parts;
use crate::api::ApiError;
use crate::api::integrations::{gathering, refresh_projects};
use crate::components::issue_sync::gathering::GatheringLine;
use crate::components::{Clock, Toaster};
use crate::links;
use domain::AppError;
use domain::issue_sync::Gathering;
use leptos::prelude::*;
use std::time::Duration;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(400);
/// After a look that failed.
const LONG_PAUSE: Duration = Duration::from_secs(2);

/// How far the projects of the page's tracker are read.
#[component]
pub(super) fn Projects(
    /// The page.
    parts: Parts,
    /// The present.
    clock: Clock,
) -> impl IntoView {
    let Parts { data, refused, again, org, id, .. } = parts;
    let (provider, here) = data.with_untracked(|data| {
        (data.provider.name.clone(), links::configure(&org.get_value(), &data.provider.key, id))
    });
    let (toaster, now) = (Toaster::get(), RwSignal::new(Gathering::default()));
    let told = Memo::new(move |_| data.with(|data| data.gathering.clone()).unwrap_or_default());
    now.set(told.get_untracked());
    let look = Action::new(move |(): &()| {
        let call = gathering(org.get_value(), id);
        async move { look_again(call.await, now, again) }
    });
    let refresh = Action::new(move |(): &()| {
        let call = refresh_projects(org.get_value(), id);
        async move {
            match call.await {
                Ok(begun) => drop(now.try_set(begun)),
                Err(error) => toaster.fail(AppError::from(error).message),
            }
        }
    });
    // What the page was told anew counts, unless a look is newer: while projects are read, the looks are.
    Effect::new(move |before: Option<()>| {
        let told = told.get();
        if before.is_some() && (told.running || !now.with_untracked(|now| now.running)) {
            now.set(told);
        }
    });
    let running = Memo::new(move |_| now.with(|now| now.running));
    let failed = Memo::new(move |_| look.value().with(|value| *value == Some(false)));
    Effect::new(move || {
        look.version().track();
        if running.get() && !look.pending().get() {
            let pause = if failed.get_untracked() { LONG_PAUSE } else { PAUSE };
            let timer = set_timeout_with_handle(move || drop(look.dispatch(())), pause);
            on_cleanup(move || timer.iter().for_each(|timer| timer.clear()));
        }
    });
    let on_refresh = Callback::new(move |()| {
        refresh.dispatch(());
    });
    view! {
        <GatheringLine
            org=org.get_value()
            id=id
            provider=provider
            here=here
            gathering=now
            busy=refresh.pending()
            refused=refused
            clock=clock
            on_refresh=on_refresh
        />
    }
    .into_any()
}

/// Shows what a look found; at the end of the reading the page looks for what is new. False when the look failed.
fn look_again(found: Result<Gathering, ApiError>, now: RwSignal<Gathering>, again: Callback<()>) -> bool {
    let Ok(found) = found else { return false };
    let ended = !found.running;
    let _ = now.try_set(found);
    if ended {
        again.try_run(());
    }
    true
}
