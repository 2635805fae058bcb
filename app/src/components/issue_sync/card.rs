//! What the configure page of a tracker says of issue sync.

use crate::components::{Alert, AlertKind, Card, Clock, TimeAgo};
use crate::links;
use crate::text::issue_sync as text;
use domain::detail::Configure;
use domain::issue_sync::{EventStatus, HookView, LogFilter, SyncCard as Sync};
use domain::slug::OrgSlug;
use leptos::prelude::*;

/// How many links there are, what waits and what failed, why nothing is carried, and whether the tracker tells of
/// changes. Of a connection that is no tracker it shows nothing.
#[component]
pub fn SyncCard(
    /// What the page shows.
    data: RwSignal<Configure>,
    /// The organization.
    org: OrgSlug,
    /// The present.
    clock: Clock,
) -> impl IntoView {
    let (key, id, account) = data.with_untracked(|data| {
        let integration = &data.integration.integration;
        (data.provider.slug.clone(), integration.id, integration.name.clone())
    });
    let sync = Memo::new(move |_| data.with(|data| data.sync.clone()));
    let place = StoredValue::new((org, key, account));
    let body = move || {
        let (org, key, account) = place.get_value();
        sync.get().map(|sync| {
            let log = |status| links::sync_log(&org, &key, id, &LogFilter { status, ..LogFilter::default() });
            let addresses = Addresses {
                links: links::issue_links(&org, &key, id),
                failed: log(Some(EventStatus::Failed)),
                waiting: log(Some(EventStatus::Waiting)),
            };
            card(sync, addresses, &account, clock)
        })
    };
    body.into_any()
}

/// Where the numbers lead.
struct Addresses {
    links: String,
    failed: String,
    waiting: String,
}

fn card(sync: Sync, to: Addresses, account: &str, clock: Clock) -> AnyView {
    let number = |number: i64, href: String, class: &'static str| match number {
        0 => view! { <span>"0"</span> }.into_any(),
        _ => view! { <a class=class href=href>{number}</a> }.into_any(),
    };
    let idle = sync.idle.map(|idle| view! { <Alert kind=AlertKind::Warn>{idle}</Alert> });
    let hook = hook(sync.hook, account, clock);
    view! {
        <Card title=text::CARD>
            <div class="sync-card">
                {idle}
                <dl class="facts">
                    <div><dt>{text::CARD_LINKS}</dt><dd>{number(sync.links, to.links, "")}</dd></div>
                    <div><dt>{text::CARD_WAITING}</dt><dd>{number(sync.waiting, to.waiting, "")}</dd></div>
                    <div><dt>{text::CARD_FAILED}</dt><dd>{number(sync.failed, to.failed, "sync-failed")}</dd></div>
                </dl>
                {hook}
            </div>
        </Card>
    }
    .into_any()
}

fn hook(hook: HookView, account: &str, clock: Clock) -> AnyView {
    let looked = hook.checked_at.map(|at| {
        view! { " " {text::LOOKED} " " {move || view! { <TimeAgo at=at now=clock.now() /> }} "." }
    });
    let said = if hook.exists { text::tells(account) } else { text::tells_not(account) };
    match (hook.problem, hook.exists) {
        (Some(problem), _) => view! { <p class="sync-hook-problem">{problem} {looked}</p> }.into_any(),
        (None, true) => view! { <p class="muted">{said} {looked}</p> }.into_any(),
        (None, false) => view! { <p class="muted">{said}</p> }.into_any(),
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fixtures::html;
    use domain::Timestamp;

    fn rendered(sync: Sync) -> String {
        let addresses = Addresses { links: "/links/".into(), failed: "/failed/".into(), waiting: "/w/".into() };
        html(move || card(sync, addresses, "fabrikam", Clock::starting(Timestamp(0))))
    }

    #[test]
    fn what_failed_leads_to_the_log_and_what_did_not_leads_nowhere() {
        let html = rendered(Sync { links: 128, failed: 2, ..Sync::default() });
        assert!(html.contains(">128<") && html.contains("sync-failed") && html.contains("/failed/"), "{html}");
        assert!(!rendered(Sync::default()).contains("/failed/"));
    }

    #[test]
    fn the_hook_says_whether_it_works_and_why_not() {
        let works = HookView { exists: true, problem: None, checked_at: Some(Timestamp(0)) };
        let html = rendered(Sync { hook: works.clone(), ..Sync::default() });
        assert!(html.contains("fabrikam tells Patchbay about changes.") && html.contains("just now"), "{html}");
        let problem = Some("fabrikam refused the webhook. Connect it again.".to_owned());
        let html = rendered(Sync { hook: HookView { problem, ..works }, ..Sync::default() });
        assert!(html.contains("refused the webhook") && !html.contains("tells Patchbay"), "{html}");
    }

    #[test]
    fn why_nothing_is_carried_is_said() {
        let idle = Some("Issue sync is switched off <b>here</b>.".to_owned());
        let html = rendered(Sync { idle, ..Sync::default() });
        assert!(html.contains("switched off &lt;b&gt;here"), "{html}");
    }
}
