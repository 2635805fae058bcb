//! The lines of the sync log.

use crate::api::issue_sync::Retry;
use crate::components::form_field::read_form;
use crate::components::{Button, ButtonSize, Clock, TimeAgo};
use crate::links;
use crate::text::issue_sync as text;
use domain::ids::{IntegrationId, SyncEventId};
use domain::issue_sync::{Aspect, EventStatus, LogFilter, Side, SyncEvent};
use domain::slug::OrgSlug;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The mark of a line, and its word.
#[component]
pub fn SyncMark(
    /// What became of it.
    status: EventStatus,
) -> impl IntoView {
    let (class, plugged) = match status {
        EventStatus::Waiting => ("mark mark-warn", false),
        EventStatus::Done => ("mark mark-ok", true),
        EventStatus::Skipped => ("mark", false),
        EventStatus::Failed => ("mark mark-bad", true),
    };
    view! {
        <span class=class>
            <svg class="mark-jack" viewBox="0 0 14 14" width="14" height="14" aria-hidden="true" focusable="false">
                <circle class="mark-ring" cx="7" cy="7" r="5.25" />
                {plugged.then(|| view! { <circle class="mark-plug" cx="7" cy="7" r="2" /> })}
            </svg>
            <span class="mark-word">{text::status(status)}</span>
        </span>
    }
    .into_any()
}

/// Whose log it is.
#[derive(Clone)]
pub struct LogPlace {
    /// The organization.
    pub org: OrgSlug,
    /// The provider's key.
    pub key: String,
    /// The provider's name.
    pub name: String,
    /// The tracker's connection.
    pub id: IntegrationId,
}

/// The lines, newest first. One that comes, or becomes something else, tints for a moment.
#[component]
pub fn SyncLines(
    /// Whose log.
    place: LogPlace,
    /// Newest first.
    #[prop(into)]
    lines: Signal<Vec<SyncEvent>>,
    /// Why the viewer may not retry, where that is so.
    #[prop(into)]
    refused: Signal<Option<String>>,
    /// The one that is being tried again.
    #[prop(into)]
    retrying: Signal<Option<SyncEventId>>,
    /// The newest line that came with the page or by turning pages: only newer ones tint.
    #[prop(into)]
    known: Signal<Option<SyncEventId>>,
    /// Tries one again.
    on_retry: Callback<SyncEventId>,
    /// The present.
    clock: Clock,
) -> impl IntoView {
    let place = StoredValue::new(place);
    let row = move |first: SyncEvent| {
        let (key, before) = (first.id, first.clone());
        let line = Memo::new(move |_| {
            let now = lines.with(|lines| lines.iter().find(|line| line.id == key).cloned());
            now.unwrap_or_else(|| before.clone())
        });
        let is_new = known.get_untracked().is_none_or(|known| key > known);
        let tint = tint(line, is_new);
        let status = Memo::new(move |_| line.read().status);
        let again = move || {
            let open = matches!(status.get(), EventStatus::Failed | EventStatus::Waiting);
            open.then(|| retry(&place.get_value(), &line.get_untracked(), refused, retrying, on_retry))
        };
        let at = first.created_at;
        view! {
            <li
                class="sync-line"
                class:row-changed=move || tint.get() == 1
                class:row-changed-again=move || tint.get() == 2
            >
                <p class="sync-at">{move || view! { <TimeAgo at=at now=clock.now() /> }}</p>
                <p class="sync-status">{move || view! { <SyncMark status=status.get() /> }}</p>
                <div class="sync-words">{move || place.with_value(|place| words(place, &line.read()))}</div>
                <div class="sync-action">{again}</div>
            </li>
        }
        .into_any()
    };
    view! {
        <ol class="sync-lines" aria-label=text::LINES>
            <For each=move || lines.get() key=|line| line.id children=row />
        </ol>
    }
    .into_any()
}

/// Changes when the line becomes something else, between two values, so that the tint begins anew; a line that is new
/// begins with the first of them.
fn tint(line: Memo<SyncEvent>, is_new: bool) -> RwSignal<u8> {
    let tint = RwSignal::new(0);
    Effect::new(move |before: Option<(EventStatus, i64)>| {
        let now = line.with(|line| (line.status, line.attempts));
        if before.map_or(is_new, |before| before != now) {
            tint.update(|tint| *tint = if *tint == 1 { 2 } else { 1 });
        }
        now
    });
    tint
}

fn words(place: &LogPlace, line: &SyncEvent) -> AnyView {
    let (from, to) = match (line.aspect, line.side) {
        (Aspect::Catchup, _) | (_, Side::Sentry) => (text::SENTRY, place.name.as_str()),
        (_, Side::Tracker) => (place.name.as_str(), text::SENTRY),
    };
    // A catch-up looks at both sides, whichever made it necessary.
    let (arrow, between) = if line.aspect == Aspect::Catchup { ("↔", text::AND) } else { ("→", text::TO) };
    let subject = match line.link_id {
        Some(link) => {
            let filter = LogFilter { link: Some(link), ..LogFilter::default() };
            let href = links::sync_log(&place.org, &place.key, place.id, &filter);
            view! { <a href=href>{line.subject.clone()}</a> }.into_any()
        }
        None => view! { {line.subject.clone()} " " <span class="chip">{text::UNLINKED}</span> }.into_any(),
    };
    let actor = line.actor.clone().map(|actor| view! { " " {text::BY} " " {actor} });
    let tries = (line.attempts > 1).then(|| view! { " · " {text::tries(line.attempts)} });
    let sentence = line.sentence.clone().map(|sentence| view! { <p class="sync-sentence">{sentence}</p> });
    view! {
        <p class="sync-what">
            <strong>{text::aspect(line.aspect)}</strong> " · " {subject}
        </p>
        {sentence}
        <p class="sync-way">
            {from.to_owned()} " " <span aria-hidden="true">{arrow}</span> <span class="unseen">{between}</span> " "
            {to.to_owned()} {actor} {tries}
        </p>
    }
    .into_any()
}

fn retry(
    place: &LogPlace,
    line: &SyncEvent,
    refused: Signal<Option<String>>,
    retrying: Signal<Option<SyncEventId>>,
    on_retry: Callback<SyncEventId>,
) -> AnyView {
    let (id, gone) = (line.id, line.link_id.is_none());
    let reason = Signal::derive(move || refused.get().or_else(|| gone.then(|| text::LINK_FIRST.to_owned())));
    let submit = move |event| {
        if read_form::<Retry>(&event).is_some() {
            on_retry.run(id);
        }
    };
    view! {
        <form class="button-form" method="post" action=Retry::url() on:submit=submit>
            <input type="hidden" name="org" value=place.org.to_string() />
            <input type="hidden" name="id" value=place.id.to_string() />
            <input type="hidden" name="event" value=id.to_string() />
            <Button
                submit=true
                size=ButtonSize::Small
                label=text::retry_label(line.aspect, &line.subject)
                busy=Signal::derive(move || retrying.get() == Some(id))
                disabled_reason=reason
            >
                {text::RETRY}
            </Button>
        </form>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fixtures::html;
    use crate::components::issue_sync::fixtures::line;
    use domain::Timestamp;

    fn rendered(lines: Vec<SyncEvent>, refused: Option<String>) -> String {
        html(move || {
            let org = OrgSlug::parse("acme").expect("acme is a slug");
            let place = LogPlace { org, key: "vsts".into(), name: "Azure DevOps".into(), id: IntegrationId(7) };
            let (clock, retry) = (Clock::starting(Timestamp(60_000)), Callback::new(|_: SyncEventId| ()));
            view! {
                <SyncLines
                    place=place
                    lines=Signal::stored(lines)
                    refused=Signal::stored(refused)
                    retrying=Signal::stored(None)
                    known=Signal::stored(None)
                    on_retry=retry
                    clock=clock
                />
            }
        })
    }

    #[test]
    fn a_line_says_what_was_carried_from_where_to_where_and_what_became_of_it() {
        let mut failed = line(5, EventStatus::Failed);
        failed.attempts = 4;
        let html = rendered(vec![failed], None);
        for part in [">Failed<", ">Status<", "API-1 and #42", "Azure DevOps", "Grace", "It was resolved.", "4 tries"] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(html.contains("sync-log/?link=3") && html.contains("<time"), "{html}");
        assert!(html.contains("title=\"1 Jan 1970, 00:00 UTC\"") && html.contains("1 min ago"), "{html}");
    }

    #[test]
    fn a_catch_up_looks_both_ways() {
        for side in [Side::Sentry, Side::Tracker] {
            let html = rendered(vec![SyncEvent { side, aspect: Aspect::Catchup, ..line(5, EventStatus::Done) }], None);
            let way = html.split("sync-way").nth(1).unwrap_or_default();
            assert!(
                way.contains("↔") && way.contains(">and<") && !way.contains("→") && !way.contains(">to<"),
                "{html}"
            );
        }
        let way = rendered(vec![line(5, EventStatus::Done)], None);
        assert!(way.contains("→") && way.contains(">to<") && !way.contains("↔"), "{way}");
    }

    #[test]
    fn only_what_failed_or_waits_can_be_tried_again() {
        let offers = |status| rendered(vec![line(5, status)], None).contains("/_api/issue-sync/retry");
        assert!(offers(EventStatus::Failed) && offers(EventStatus::Waiting));
        assert!(!offers(EventStatus::Done) && !offers(EventStatus::Skipped));
        let html = rendered(vec![line(5, EventStatus::Failed)], Some("A manager can.".into()));
        assert!(html.contains("aria-disabled=\"true\"") && html.contains("A manager can."), "{html}");
    }

    #[test]
    fn colour_never_speaks_alone() {
        for status in EventStatus::ALL {
            let html = html(|| view! { <SyncMark status=*status /> });
            assert!(html.contains(&format!(">{}<", text::status(*status))), "{html}");
        }
    }

    #[test]
    fn hostile_words_stay_text_and_a_link_that_is_gone_is_none() {
        let mut hostile = line(6, EventStatus::Failed);
        hostile.link_id = None;
        hostile.subject = "</textarea><script>alert(1)</script>".into();
        hostile.actor = Some("\"><img onerror>".into());
        let html = rendered(vec![hostile], None);
        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("?link="), "{html}");
        assert!(html.contains(text::UNLINKED) && html.contains(text::LINK_FIRST), "{html}");
    }
}
