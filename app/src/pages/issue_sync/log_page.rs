//! The sync log of a tracker.

use super::{Names, Part, head, names, pager, parse, refused};
use crate::api::ApiError;
use crate::api::issue_sync::{self as api, Retry, RetryFailed, log_of};
use crate::components::form_field::read_form;
use crate::components::issue_sync::lines::{LogPlace, SyncLines};
use crate::components::{
    Button, Clock, DocumentTitle, Empty, ErrorNote, Icon, LinkButton, Refusal, Skeleton, Symbol, Toaster,
};
use crate::links;
use crate::pages::fresh::Fresh;
use crate::text::issue_sync as text;
use domain::AppError;
use domain::events::Topic;
use domain::ids::SyncEventId;
use domain::issue_sync::{EventStatus, LogFilter, LogPage as Page};
use domain::organizations::Organization;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

/// What is shown, and the filter that it was asked for with.
type Shown = (LogFilter, Page);

fn filter_of(query: &ParamsMap) -> LogFilter {
    LogFilter {
        status: query.get("status").and_then(|status| status.parse().ok()),
        link: query.get("link").and_then(|link| link.parse().ok()),
        before: query.get("before").and_then(|line| line.parse().ok()),
    }
}

async fn load(names: Names, filter: LogFilter) -> Result<(Organization, Shown), ApiError> {
    let (org, provider, id) = parse(names)?;
    let (organization, page) = log_of(org, provider, id, filter.clone()).await?;
    Ok((organization, (filter, page)))
}

/// `/settings/{org}/integrations/{provider}/{id}/sync-log/`.
#[component]
pub fn LogPage() -> impl IntoView {
    let (names, query) = (names(), use_query_map());
    // A filter that changes is followed in place.
    let first = Resource::new_blocking(move || names.get(), move |names| load(names, query.with_untracked(filter_of)));
    let retry = Callback::new(move |()| first.refetch());
    let page = move || {
        Suspend::new(async move {
            match first.await {
                Ok((organization, shown)) => view! { <Listing organization=organization first=shown /> }.into_any(),
                Err(error) => view! { <Refusal error=error retry=retry /> }.into_any(),
            }
        })
    };
    view! { <Suspense fallback=|| view! { <Skeleton rows=9 /> }>{page}</Suspense> }
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Parts {
    fresh: Fresh<Shown>,
    place: StoredValue<LogPlace>,
    /// What the address says; ahead of what is shown by a moment.
    filter: Memo<LogFilter>,
    clock: Clock,
}

impl Parts {
    fn url(self, filter: &LogFilter) -> String {
        self.place.with_value(|place| links::sync_log(&place.org, &place.key, place.id, filter))
    }
}

#[component]
fn Listing(organization: Organization, first: Shown) -> impl IntoView {
    let (org, tracker, query) = (organization.slug, first.1.integration.clone(), use_query_map());
    let (id, key, name) = (tracker.id, tracker.provider.slug.clone(), tracker.provider.name.clone());
    let filter = Memo::new(move |_| query.with(filter_of));
    let clock = Clock::starting(first.1.now);
    let fresh = {
        let (org, key) = (org.clone(), key.clone());
        Fresh::new(first, Topic::Integration, move || {
            let filter = filter.get_untracked();
            let call = log_of(org.clone(), key.clone(), id, filter.clone());
            async move { call.await.map(|(_, page)| (filter, page)) }
        })
    };
    Effect::new(move |was: Option<LogFilter>| {
        let now = filter.get();
        if was.is_some_and(|was| was != now) {
            fresh.look_again();
        }
        now
    });
    let place = LogPlace { org: org.clone(), key, name: name.clone(), id };
    let parts = Parts { fresh, place: StoredValue::new(place), filter, clock };
    let sentence = text::log_sentence(&name, &tracker.name);
    let head = head(
        &org,
        &tracker,
        Part::Log,
        Signal::stored(None),
        move || sentence.clone(),
        move || view! { <RetryAll parts=parts /> },
    );
    let lost = move || fresh.lost.get().map(|error| view! { <ErrorNote error=error retry=fresh.again() /> });
    let refused = refused::<Retry>().or_else(refused::<RetryFailed>);
    view! {
        <DocumentTitle title=format!("{} · {}", text::LOG, tracker.name) />
        {head}
        <div class="sync-page">
            {refused.map(|error| view! { <ErrorNote error=error /> })}
            {lost}
            <Filters parts=parts />
            <Body parts=parts />
        </div>
    }
    .into_any()
}

/// The segments, and the chip of the link.
#[component]
fn Filters(parts: Parts) -> impl IntoView {
    let data = parts.fresh.data;
    let segment = move |status: Option<EventStatus>| {
        let count = move || {
            let fits = |line: &&(EventStatus, i64)| status.is_none_or(|status| line.0 == status);
            data.with(|(_, page)| page.counts.iter().filter(fits).map(|(_, count)| count).sum::<i64>())
        };
        let href = move || parts.url(&LogFilter { status, link: parts.filter.get().link, before: None });
        let current = move || parts.filter.with(|filter| filter.status == status).then_some("true");
        view! {
            <li>
                <a class="segment" href=href aria-current=current>
                    {status.map_or(text::ALL, text::status)} " " <span class="segment-count">{count}</span>
                </a>
            </li>
        }
    };
    let only = Memo::new(move |_| {
        data.with(|(filter, page)| {
            let subject = page.link.as_ref().map(|link| text::only(&link.subject()));
            filter.link.map(|_| subject.unwrap_or_else(|| text::GONE.to_owned()))
        })
    });
    let chip = move || {
        only.get().map(|only| {
            let href = parts.url(&LogFilter { link: None, before: None, ..parts.filter.get() });
            view! {
                <p class="sync-only">
                    {only}
                    <a class="sync-clear" href=href aria-label=text::CLEAR_LINK>
                        <Icon symbol=Symbol::Cross />
                    </a>
                </p>
            }
        })
    };
    view! {
        <div class="filters">
            <ul class="segments sync-segments" aria-label=text::BY_STATUS>
                {segment(None)}
                {EventStatus::ALL.iter().map(|status| segment(Some(*status))).collect_view()}
            </ul>
            {chip}
        </div>
    }
    .into_any()
}

/// The lines, or why there are none.
#[component]
fn Body(parts: Parts) -> impl IntoView {
    let Parts { fresh, place, clock, .. } = parts;
    let (retry, retrying) = retrier(parts);
    let shown = Memo::new(move |_| fresh.data.with(|(filter, _)| filter.clone()));
    let lines = Memo::new(move |_| fresh.data.with(|(_, page)| page.lines.clone()));
    let none = Memo::new(move |_| lines.with(Vec::is_empty));
    let refused = Signal::derive(move || fresh.data.with(|(_, page)| page.refused.clone()));
    let list = move || {
        // Another filter is another list: none of its lines has just come.
        let filter = shown.get();
        let known = lines.with_untracked(|lines| lines.first().map(|line| line.id));
        view! {
            <SyncLines
                place=place.get_value()
                lines=lines
                refused=refused
                retrying=retrying
                known=Signal::stored(known)
                on_retry=retry
                clock=clock
            />
            {move || none.get().then(|| nothing(parts, &filter))}
        }
    };
    let next = Memo::new(move |_| fresh.data.with(|(_, page)| page.next));
    let pages = move || {
        let filter = parts.filter.get();
        let older = next.get().map(|next| parts.url(&LogFilter { before: Some(next), ..filter.clone() }));
        pager(older, filter.before.map(|_| parts.url(&LogFilter { before: None, ..filter })))
    };
    view! {
        {list}
        {pages}
    }
    .into_any()
}

fn nothing(parts: Parts, filter: &LogFilter) -> AnyView {
    let subject = parts.fresh.data.with_untracked(|(_, page)| page.link.as_ref().map(|link| link.subject()));
    if filter.before.is_some() {
        return view! { <Empty sentence=text::NOTHING_OLDER /> }.into_any();
    }
    let (sentence, href, word) = match (filter.status, filter.link) {
        (None, None) => {
            let href = parts.place.with_value(|place| links::issue_links(&place.org, &place.key, place.id));
            (text::NO_LINES.to_owned(), href, text::SEE_LINKS)
        }
        (status, _) => (text::no_lines(status, subject.as_deref()), parts.url(&LogFilter::default()), text::CLEAR),
    };
    view! { <Empty sentence=sentence><LinkButton href=href>{word}</LinkButton></Empty> }.into_any()
}

/// Tries a line again.
fn retrier(parts: Parts) -> (Callback<SyncEventId>, Signal<Option<SyncEventId>>) {
    let (toaster, under_way, fresh) = (Toaster::get(), RwSignal::new(None), parts.fresh);
    let (org, id) = parts.place.with_value(|place| (place.org.clone(), place.id));
    let run = Action::new(move |event: &SyncEventId| {
        let (org, event) = (org.clone(), *event);
        under_way.set(Some(event));
        async move {
            let answer = api::retry(org, id, event).await;
            let _ = under_way.try_set(None);
            match answer {
                Err(error) => toaster.fail(AppError::from(error).message),
                Ok(line) => {
                    toaster.say(text::retried(&line.subject));
                    let put = |(_, page): &mut Shown| {
                        page.lines
                            .iter_mut()
                            .filter(|known| known.id == line.id)
                            .for_each(|known| *known = line.clone());
                    };
                    if fresh.data.try_update(put).is_some() {
                        fresh.look_again();
                    }
                }
            }
        }
    });
    let retry = Callback::new(move |event| {
        if under_way.with_untracked(Option::is_none) {
            run.dispatch(event);
        }
    });
    (retry, under_way.into())
}

/// Tries all that failed again, where something did. Of one link there are too few to ask for it.
#[component]
fn RetryAll(parts: Parts) -> impl IntoView {
    let (toaster, fresh, action) = (Toaster::get(), parts.fresh, ServerAction::<RetryFailed>::new());
    Effect::new(move || match action.value().get() {
        Some(Ok(number)) => {
            toaster.say(text::retried_failed(number));
            fresh.look_again();
        }
        Some(Err(error)) => toaster.fail(AppError::from(error).message),
        None => {}
    });
    let failed = Memo::new(move |_| {
        fresh.data.with(|(filter, page)| {
            let failed = page.counts.iter().find(|(status, _)| *status == EventStatus::Failed);
            failed.map_or(0, |(_, count)| if filter.link.is_none() { *count } else { 0 })
        })
    });
    let refused = Signal::derive(move || fresh.data.with(|(_, page)| page.refused.clone()));
    let busy = Signal::from(action.pending());
    let submit = move |event| {
        if let (Some(all), false) = (read_form::<RetryFailed>(&event), busy.get_untracked()) {
            action.dispatch(all);
        }
    };
    let form = move || {
        let (org, id) = parts.place.with_value(|place| (place.org.to_string(), place.id.to_string()));
        let number = failed.get();
        (number > 0).then(|| {
            view! {
                <form class="button-form" method="post" action=RetryFailed::url() on:submit=submit>
                    <input type="hidden" name="org" value=org />
                    <input type="hidden" name="id" value=id />
                    <Button submit=true busy=busy disabled_reason=refused>{text::retry_failed(number)}</Button>
                </form>
            }
        })
    };
    form.into_any()
}
