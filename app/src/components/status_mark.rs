//! The status mark: a jack, filled when something is plugged in, coloured by health, always with its word.

use crate::text;
use domain::directory::EntryStatus;
use domain::integrations::Health;
use leptos::prelude::*;

/// What one entry of the directory says about itself.
#[component]
pub fn StatusMark(
    /// The entry's status.
    status: EntryStatus,
) -> impl IntoView {
    let (tone, plugged) = match status {
        EntryStatus::NeedsSignIn => ("warn", true),
        EntryStatus::Unreachable => ("bad", true),
        EntryStatus::Connected => ("ok", true),
        EntryStatus::Unchecked => ("none", true),
        EntryStatus::Paused | EntryStatus::Removing | EntryStatus::NotInstalled | EntryStatus::LearnMore => {
            ("none", false)
        }
    };
    mark(tone, plugged, status.label())
}

/// Whether a connection works.
#[component]
pub fn HealthMark(
    /// The connection's health.
    health: Health,
) -> impl IntoView {
    let (tone, plugged) = match health {
        Health::Healthy => ("ok", true),
        Health::Unreachable => ("bad", true),
        Health::NeedsReauth => ("warn", true),
        Health::RemovedAtProvider => ("bad", false),
        Health::Unknown => ("none", true),
    };
    mark(tone, plugged, text::health(health))
}

fn mark(tone: &'static str, plugged: bool, word: &'static str) -> AnyView {
    view! {
        <span class=format!("mark mark-{tone}")>
            <svg class="mark-jack" viewBox="0 0 14 14" width="14" height="14" aria-hidden="true" focusable="false">
                <circle class="mark-ring" cx="7" cy="7" r="5.25" />
                {plugged.then(|| view! { <circle class="mark-plug" cx="7" cy="7" r="2" /> })}
            </svg>
            <span class="mark-word">{word}</span>
        </span>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn colour_never_speaks_alone() {
        for status in EntryStatus::ALL {
            let html = view! { <StatusMark status=*status /> }.to_html();
            assert!(html.contains(&format!(">{}<", status.label())), "{html}");
            assert!(html.contains("aria-hidden=\"true\""), "{html}");
        }
        for health in Health::ALL {
            let html = view! { <HealthMark health=*health /> }.to_html();
            assert!(html.contains(&format!(">{}<", text::health(*health))), "{html}");
        }
    }

    #[test]
    fn only_what_is_plugged_in_is_filled() {
        let filled = |status| view! { <StatusMark status=status /> }.to_html().contains("mark-plug");
        assert!(filled(EntryStatus::Connected));
        assert!(filled(EntryStatus::NeedsSignIn));
        assert!(!filled(EntryStatus::Paused));
        assert!(!filled(EntryStatus::NotInstalled));
    }
}
