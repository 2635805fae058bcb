//! How far the projects of a tracker are read: what a mapper offers comes from there.

use crate::api::integrations::RefreshProjects;
use crate::components::installation_form::InstallationForm;
use crate::components::{Alert, AlertKind, Button, ButtonSize, Clock};
use crate::text::configure as text;
use domain::ids::IntegrationId;
use domain::issue_sync::Gathering;
use domain::slug::OrgSlug;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What is read, when it was read, what could not be read, and the button that reads it again.
#[component]
pub fn GatheringLine(
    /// The organization.
    org: OrgSlug,
    /// The installation.
    id: IntegrationId,
    /// The tracker.
    #[prop(into)]
    provider: String,
    /// The address of this page, where scripts do not look again by themselves.
    #[prop(into)]
    here: String,
    /// How far it is.
    #[prop(into)]
    gathering: Signal<Gathering>,
    /// Whether reading is about to begin.
    #[prop(into)]
    busy: Signal<bool>,
    /// Why this person may not read again, where that is so.
    #[prop(into)]
    refused: Signal<Option<String>>,
    /// The present.
    clock: Clock,
    /// Reads again.
    on_refresh: Callback<()>,
) -> impl IntoView {
    let provider = StoredValue::new(provider);
    let running = Memo::new(move |_| gathering.with(|it| it.running));
    let problem = Memo::new(move |_| gathering.with(|it| it.problem.clone()).filter(|_| !running.get()));
    let partial = Memo::new(move |_| gathering.with(|it| it.partial.clone()));
    let at = Memo::new(move |_| gathering.with(|it| it.gathered_at));
    let word = move || if at.get().is_some() { text::READ_AGAIN } else { text::READ_NOW };
    let again = StoredValue::new(org);
    let button = move || {
        view! {
            <InstallationForm action=RefreshProjects::url() org=again.get_value() id=id on_submit=on_refresh>
                <Button submit=true size=ButtonSize::Small busy=busy disabled_reason=refused>{word}</Button>
            </InstallationForm>
        }
    };
    let idle = move || provider.with_value(|provider| text::gathered(provider, at.get(), clock.now()));
    let line = move || match (running.get(), problem.get()) {
        (true, _) => progress(provider, here.clone(), gathering),
        (false, Some(problem)) => {
            view! { <Alert kind=AlertKind::Warn><p>{problem}</p><p class="muted">{idle}</p>{button()}</Alert> }
                .into_any()
        }
        (false, None) => view! { <p class="gathering-idle"><span>{idle}</span></p>{button()} }.into_any(),
    };
    let left_out = move || {
        let list = partial.get();
        (!list.is_empty()).then(|| {
            let count = text::partial(list.len());
            let project = |(name, reason): (String, String)| view! { <li><b>{name}</b>": "{reason}</li> };
            let projects = list.into_iter().map(project).collect_view();
            view! { <details class="more"><summary>{count}</summary><ul class="gathering-partial">{projects}</ul></details> }
        })
    };
    view! {
        <div class="gathering">
            <div class="gathering-line" role="status">{line}</div>
            {left_out}
        </div>
    }
    .into_any()
}

/// A bar and its words. Only the bar is told to those who listen: a sentence for each project would never end.
fn progress(provider: StoredValue<String>, here: String, gathering: Signal<Gathering>) -> AnyView {
    let words = move || provider.with_value(|provider| gathering.with(|it| text::gathering(provider, it)));
    let total = move || gathering.with(|it| (it.total > 0).then(|| it.total.to_string()));
    let done = move || gathering.with(|it| (it.total > 0).then(|| it.done.to_string()));
    view! {
        <div class="gathering-running">
            <progress class="progress" max=total value=done aria-label=words></progress>
            <span aria-hidden="true">{words}</span>
            <a class="until-hydrated" href=here>{text::SEE_HOW_FAR}</a>
        </div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fixtures::html;
    use domain::Timestamp;

    fn rendered(gathering: Gathering) -> String {
        html(move || {
            let (org, on_refresh) = (OrgSlug::parse("acme").expect("acme is a slug"), Callback::new(|()| ()));
            view! {
                <GatheringLine
                    org=org
                    id=IntegrationId(7)
                    provider="Azure DevOps"
                    here="/here/"
                    gathering=Signal::stored(gathering)
                    busy=Signal::stored(false)
                    refused=Signal::stored(None::<String>)
                    clock=Clock::starting(Timestamp(300_000))
                    on_refresh=on_refresh
                />
            }
        })
    }

    #[test]
    fn while_projects_are_read_it_says_how_far_and_leads_to_a_look() {
        let html = rendered(Gathering { running: true, done: 57, total: 200, ..Gathering::default() });
        assert!(html.contains("Reading projects of Azure DevOps: 57 of 200"), "{html}");
        assert!(html.contains("max=\"200\"") && html.contains("value=\"57\""), "{html}");
        assert!(html.contains("href=\"/here/\"") && !html.contains("<button"), "{html}");
    }

    #[test]
    fn before_the_number_is_known_the_bar_has_no_end() {
        let html = rendered(Gathering { running: true, ..Gathering::default() });
        assert!(html.contains("Asking Azure DevOps for its projects") && !html.contains("max="), "{html}");
    }

    #[test]
    fn it_says_when_projects_were_read_and_which_could_not_be() {
        let gathering = Gathering {
            gathered_at: Some(Timestamp(0)),
            partial: vec![("<b>Shop</b>".into(), "Azure DevOps refused it.".into())],
            ..Gathering::default()
        };
        let html = rendered(gathering);
        assert!(html.contains("Projects of Azure DevOps read 5 min ago."), "{html}");
        assert!(html.contains("action=\"/_api/integrations/refresh-projects\""), "{html}");
        assert!(html.contains("1 project could not be read") && html.contains("Azure DevOps refused it."), "{html}");
        assert!(!html.contains("<b>Shop"), "{html}");
    }

    #[test]
    fn a_failure_says_why_and_offers_to_try_again() {
        let problem = Some("Azure DevOps did not answer.".to_owned());
        let html = rendered(Gathering { problem, ..Gathering::default() });
        assert!(html.contains("Azure DevOps did not answer.") && html.contains(text::READ_NOW), "{html}");
    }
}
