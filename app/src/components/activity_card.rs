//! What happened to an installation, and who did it.

use crate::components::{Card, Clock, TimeAgo};
use crate::text::configure as text;
use domain::audit::{AuditEntry, AuditOutcome};
use leptos::prelude::*;

/// The audit entries of one installation, newest first.
#[component]
pub fn ActivityCard(
    /// Newest first.
    #[prop(into)]
    entries: Signal<Vec<AuditEntry>>,
    /// The present.
    clock: Clock,
) -> impl IntoView {
    let empty = move || entries.with(Vec::is_empty).then(|| view! { <p class="muted">{text::NO_ACTIVITY}</p> });
    view! {
        <Card title=text::ACTIVITY>
            {empty}
            <ol class="activity">
                <For each=move || entries.get() key=|entry| entry.id let:entry>
                    {line(entry, clock)}
                </For>
            </ol>
        </Card>
    }
    .into_any()
}

fn line(entry: AuditEntry, clock: Clock) -> AnyView {
    let denied = (entry.outcome == AuditOutcome::Denied).then(|| {
        view! {
            <span
                class="activity-denied"
            >
                {text::DENIED}
            </span>
        }
    });
    let at = entry.created_at;
    view! {
        <li class="activity-line">
            <span class="activity-words">
                <strong>{entry.actor}</strong> " " {entry.summary} {denied}
            </span>
            {move || view! { <TimeAgo at=at now=clock.now() short=true /> }}
        </li>
    }
    .into_any()
}
