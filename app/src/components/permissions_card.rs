//! What was asked for and what was granted, and for how long.

use crate::components::{Alert, AlertKind, Card, Clock, TimeAgo};
use crate::text::{self, permissions as words};
use domain::Timestamp;
use domain::grants::{GrantView, Permission, PermissionState, WARN_BEFORE};
use leptos::prelude::*;

/// The permissions of a grant side by side, when it is renewed and when it ends; the button that connects again.
#[component]
pub fn PermissionsCard(
    /// The provider's name.
    provider: String,
    /// The grant.
    #[prop(into)]
    grant: Signal<GrantView>,
    /// The present.
    clock: Clock,
    /// The button that connects again.
    #[prop(into)]
    connect: ViewFn,
) -> impl IntoView {
    let aside = move || move || grant.with(share);
    let not_told = words::not_told(&provider);
    let told = Memo::new(move |_| grant.with(|grant| (grant.is_told, grant.permissions.clone())));
    let list = move || {
        let (is_told, permissions) = told.get();
        let none = permissions.is_empty().then(|| view! { <p class="muted">{words::NONE}</p> });
        let note = (!is_told && none.is_none()).then(|| view! { <p class="muted">{not_told.clone()}</p> });
        let rows = permissions.into_iter().map(|permission| row(permission, is_told)).collect_view();
        view! { {none} <ul class="grants">{rows}</ul> {note} }
    };
    view! {
        <Card title=words::TITLE aside=aside>
            <div class="permissions-card">
                {move || grant.with(|grant| grant.problem.clone()).map(|problem| view! {
                    <Alert kind=AlertKind::Warn>{problem}</Alert>
                })}
                {move || advice(&grant.read(), clock.now()).map(|advice| view! { <p class="grant-advice">{advice}</p> })}
                {list}
                <dl class="facts">{move || times(&grant.read(), clock.now())}</dl>
                <div class="card-actions">{connect.run()}</div>
            </div>
        </Card>
    }
    .into_any()
}

fn row(Permission { scope, state }: Permission, is_told: bool) -> AnyView {
    let tone = match state {
        PermissionState::Granted if is_told => "chip chip-ok",
        PermissionState::Granted | PermissionState::Extra => "chip",
        PermissionState::Missing | PermissionState::New => "chip chip-warn",
    };
    // What nobody asks for any more has no words of ours.
    let words_of_scope = (!scope.text.is_empty()).then(|| view! { <span>{scope.text}</span> " " });
    view! {
        <li class="grant">
            <p class="grant-words">{words_of_scope}<code class="permission-name">{scope.name}</code></p>
            <span class=tone>{words::state(state, is_told)}</span>
        </li>
    }
    .into_any()
}

/// How many of what is asked for were granted; nothing where the provider does not tell.
fn share(grant: &GrantView) -> Option<String> {
    let count = |state| grant.permissions.iter().filter(|permission| permission.state == state).count();
    let (granted, extra) = (count(PermissionState::Granted), count(PermissionState::Extra));
    let asked = grant.permissions.len() - extra;
    (grant.is_told && asked > 0).then(|| words::granted(granted, asked))
}

/// What to do, where something is to be done.
fn advice(grant: &GrantView, now: Timestamp) -> Option<&'static str> {
    let lacks = |permission: &Permission| matches!(permission.state, PermissionState::Missing | PermissionState::New);
    if grant.refresh_expires_at.is_some_and(|end| end < now.plus(WARN_BEFORE)) {
        Some(words::ENDS_SOON)
    } else {
        grant.permissions.iter().any(lacks).then_some(words::OUT_OF_DATE)
    }
}

fn times(grant: &GrantView, now: Timestamp) -> AnyView {
    let renews = match grant.expires_at {
        Some(at) if at > now => fact(if grant.renews { words::RENEWS } else { words::ACCESS_ENDS }, ahead(at, now)),
        Some(at) => fact(words::ENDED, view! { <TimeAgo at=at now=now /> }.into_any()),
        None => fact(words::RENEWS, words::NEVER_ENDS.into_any()),
    };
    let refreshed_at = grant.refreshed_at;
    view! {
        {renews}
        {fact(words::RENEWED, view! { <TimeAgo at=refreshed_at now=now /> }.into_any())}
        {grant.refresh_expires_at.map(|at| fact(words::ENDS, ahead(at, now)))}
    }
    .into_any()
}

fn ahead(at: Timestamp, now: Timestamp) -> AnyView {
    view! { <time class="time" datetime=at.to_rfc3339() title=at.to_words()>{text::ahead(at, now)}</time> }.into_any()
}

fn fact(label: &'static str, value: AnyView) -> AnyView {
    view! { <div><dt>{label}</dt><dd>{value}</dd></div> }.into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fixtures::html;
    use domain::catalogue::ScopeText;
    use domain::time::{DAY, MINUTE};

    fn permission(name: &str, text: &str, state: PermissionState) -> Permission {
        Permission { scope: ScopeText { name: name.into(), text: text.into() }, state }
    }

    fn grant() -> GrantView {
        GrantView {
            permissions: vec![
                permission("read", "Read issues", PermissionState::Granted),
                permission("write", "Change issues", PermissionState::Missing),
                permission("admin", "Manage webhooks", PermissionState::New),
                permission("old", "", PermissionState::Extra),
            ],
            is_told: true,
            expires_at: Some(Timestamp(43 * MINUTE)),
            renews: true,
            refresh_expires_at: Some(Timestamp(30 * DAY)),
            refreshed_at: Timestamp(0),
            problem: None,
        }
    }

    fn rendered(grant: GrantView) -> String {
        html(move || {
            let (grant, clock) = (Signal::stored(grant), Clock::starting(Timestamp(0)));
            view! { <PermissionsCard provider="Linear".to_owned() grant=grant clock=clock connect=|| "the button" /> }
        })
    }

    #[test]
    fn each_permission_says_how_it_stands() {
        let html = rendered(grant());
        for word in ["Granted", "Not granted", "New since you last signed in", "No longer asked for"] {
            assert!(html.contains(&format!(">{word}<")), "{word}: {html}");
        }
        assert!(html.contains("1 of 3") && html.contains(words::OUT_OF_DATE) && html.contains("the button"), "{html}");
        assert!(html.contains("in 43 min") && html.contains("in 30 d"), "{html}");
    }

    #[test]
    fn a_provider_that_does_not_tell_what_it_granted_is_not_said_to_have_granted() {
        let permissions = vec![permission("read", "Read issues", PermissionState::Granted)];
        let html = rendered(GrantView { permissions, is_told: false, ..grant() });
        assert!(html.contains("Linear does not tell what it granted"), "{html}");
        assert!(html.contains(">Asked for<") && !html.contains(">Granted<") && !html.contains("1 of 1"), "{html}");
    }

    #[test]
    fn a_sign_in_that_ends_soon_and_a_failed_renewal_are_told() {
        let problem = Some("Linear did not answer. It is tried again in 2 min.".to_owned());
        let html = rendered(GrantView { refresh_expires_at: Some(Timestamp(3 * DAY)), problem, ..grant() });
        assert!(html.contains(words::ENDS_SOON) && html.contains("Linear did not answer."), "{html}");
    }

    #[test]
    fn a_token_that_nothing_renews_is_said_to_end() {
        let html = rendered(GrantView { renews: false, ..grant() });
        assert!(html.contains(words::ACCESS_ENDS) && !html.contains(words::RENEWS), "{html}");
    }

    #[test]
    fn a_token_that_does_not_end_is_not_said_to_be_renewed() {
        let html = rendered(GrantView { expires_at: None, refresh_expires_at: None, ..grant() });
        assert!(html.contains(words::NEVER_ENDS) && !html.contains(words::ENDS), "{html}");
    }
}
