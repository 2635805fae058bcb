//! Whether a connection works, now and over the last ninety days.

use crate::components::{Clock, StatusMark, TimeAgo};
use crate::text::configure as text;
use domain::Timestamp;
use domain::detail::HealthDay;
use domain::directory::EntryStatus;
use domain::integrations::{HealthCheck, Integration, ObjectStatus};
use leptos::prelude::*;

/// Status, reason, the last and the next check, ninety bars and the last checks.
#[component]
pub fn HealthCard(
    /// The installation.
    #[prop(into)]
    integration: Signal<Integration>,
    /// Oldest first, one bar each.
    #[prop(into)]
    days: Signal<Vec<HealthDay>>,
    /// The last checks, newest first.
    #[prop(into)]
    checks: Signal<Vec<HealthCheck>>,
    /// Whether a check is under way.
    #[prop(into)]
    checking: Signal<bool>,
    /// The way out, where a person has to act.
    #[prop(optional, into)]
    cure: Option<ViewFn>,
    /// The present.
    clock: Clock,
) -> impl IntoView {
    let aside = move || match (checking.get(), integration.with(|integration| integration.patchbay.checked_at)) {
        (true, _) => text::CHECKING.into_any(),
        (false, Some(at)) => view! { {text::CHECKED} " " <TimeAgo at=at now=clock.now() /> }.into_any(),
        (false, None) => text::NEVER_CHECKED.into_any(),
    };
    let status = Memo::new(move |_| {
        integration.with(|it| EntryStatus::of(it.organization_integration_status, it.patchbay.health))
    });
    let needed = Memo::new(move |_| status.get() == EntryStatus::NeedsSignIn);
    let cure = move || {
        let cure = cure.clone().filter(|_| needed.get())?;
        Some(view! { <div class="card-actions">{cure.run()}</div> })
    };
    view! {
        <section class="card" aria-label=text::HEALTH aria-busy=move || checking.get().then_some("true")>
            <header class="card-head">
                <h2 class="card-title" aria-live="polite">{move || view! { <StatusMark status=status.get() /> }}</h2>
                <div class="card-aside">{aside}</div>
            </header>
            <div class="card-body health">
                {move || integration.with(reason).map(|reason| view! { <p class="health-reason">{reason}</p> })}
                {cure}
                <Strip days=days />
                <p class="health-next">{move || next(&integration.get(), clock.now())}</p>
                <DayTable days=days />
                <CheckTable checks=checks clock=clock />
            </div>
        </section>
    }
    .into_any()
}

/// What is wrong, unless a person has to act: then the page's head says it, with the cure. Of an installation that is
/// not in use, that it is not checked.
fn reason(integration: &Integration) -> Option<String> {
    match integration.organization_integration_status {
        ObjectStatus::Active if integration.patchbay.health.needs_a_person() => None,
        ObjectStatus::Active => integration.patchbay.health_reason.clone(),
        _ => Some(text::NOT_CHECKED_NOW.to_owned()),
    }
}

fn next(integration: &Integration, now: Timestamp) -> Option<String> {
    let active = integration.organization_integration_status == ObjectStatus::Active;
    integration.patchbay.next_check_at.filter(|_| active).map(|at| text::next_check(at, now))
}

/// Ninety bars: each is coloured, and says its day and its counts to a pointer. The table below says the same.
#[component]
fn Strip(
    /// Oldest first.
    days: Signal<Vec<HealthDay>>,
) -> impl IntoView {
    let bars = move || {
        let bar = |(index, day): (usize, HealthDay)| {
            let class = match (day.healthy, day.broken) {
                (0, 0) => "bar",
                (_, 0) => "bar bar-ok",
                (0, _) => "bar bar-bad",
                _ => "bar bar-warn",
            };
            let height = if day.healthy + day.broken == 0 { 8 } else { 30 };
            view! {
                <rect class=class x=index * 3 y=30 - height width="2" height=height>
                    <title>{text::day(&day)}</title>
                </rect>
            }
        };
        days.get().into_iter().enumerate().map(bar).collect_view()
    };
    let width = move || days.with(|days| format!("0 0 {} 30", days.len() * 3));
    let share = move || days.with(|days| text::share(days));
    view! {
        <svg
            class="strip"
            viewBox=width
            preserveAspectRatio="none"
            role="img"
            aria-label=move || days.with(|days| text::strip(days))
        >
            {bars}
        </svg>
        <p class="strip-words">
            <span>{move || days.with(|days| text::days_ago(days.len()))}</span>
            <span>{share}</span>
            <span>{text::TODAY}</span>
        </p>
    }
    .into_any()
}

/// The bars as a table: the days with checks, newest first.
#[component]
fn DayTable(
    /// Oldest first.
    days: Signal<Vec<HealthDay>>,
) -> impl IntoView {
    let rows = move || {
        let row = |day: HealthDay| {
            view! { <tr><th scope="row">{text::date(day.day)}</th><td>{day.healthy}</td><td>{day.broken}</td></tr> }
        };
        let checked = |day: &HealthDay| day.healthy + day.broken > 0;
        days.get().into_iter().rev().filter(checked).map(row).collect_view()
    };
    view! {
        <details class="more">
            <summary>{text::DAYS_AS_TABLE}</summary>
            <div class="table-scroll">
                <table class="table">
                    <thead>
                        <tr><th scope="col">{text::DAY}</th><th scope="col">{text::WORKED}</th><th scope="col">{text::FAILED}</th></tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

/// The last checks, each with its time, result and length.
#[component]
fn CheckTable(
    /// Newest first.
    checks: Signal<Vec<HealthCheck>>,
    /// The present.
    clock: Clock,
) -> impl IntoView {
    let row = move |check: HealthCheck| {
        let at = check.checked_at;
        view! {
            <li class="check">
                <span class="check-result">{text::result(check.health)}</span>
                <span class="check-length">{text::length(check.duration_ms)}</span>
                {move || view! { <TimeAgo at=at now=clock.now() short=true /> }}
                {check.reason.map(|reason| view! { <span class="check-reason">{reason}</span> })}
            </li>
        }
        .into_any()
    };
    let empty = move || checks.with(Vec::is_empty).then(|| view! { <p class="muted">{text::NO_CHECKS}</p> });
    view! {
        <details class="more">
            <summary>{text::LAST_CHECKS}</summary>
            {empty}
            <ol class="checks">
                <For each=move || checks.get() key=|check| check.checked_at let:check>{row(check)}</For>
            </ol>
        </details>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fixtures::{html, integration};
    use domain::integrations::Health;

    #[test]
    fn ninety_bars_say_their_days_and_a_table_says_the_same() {
        let check = |health| HealthCheck { checked_at: Timestamp(0), health, reason: None, duration_ms: 12 };
        let checks = vec![check(Health::Healthy), check(Health::Unreachable)];
        let html = html(move || {
            let integration = Signal::stored(integration(ObjectStatus::Active, Health::Healthy));
            let days = Signal::stored(HealthDay::strip(&checks, Timestamp(0), 90));
            let clock = Clock::starting(Timestamp(0));
            view! {
                <HealthCard
                    integration=integration
                    days=days
                    checks=Signal::stored(checks)
                    checking=Signal::stored(false)
                    clock=clock
                />
            }
        });
        assert_eq!(html.matches("<rect").count(), 90);
        assert!(html.contains("1 Jan 1970: 1 of 2 checks failed"), "{html}");
        assert!(html.contains("50.0 %"), "{html}");
        assert!(!html.contains("style="), "{html}");
    }
}
