//! What is known before a pipeline begins.

use crate::components::{Alert, AlertKind, ButtonSize, CopyField, LinkButton};
use crate::links;
use crate::text::install as text;
use domain::pipelines::Preflight;
use leptos::prelude::*;

/// Why it cannot begin and who can change that; what the person needs over there.
#[component]
pub fn PreflightNotes(
    /// The provider's key.
    provider: String,
    /// What is known.
    preflight: Preflight,
) -> impl IntoView {
    let Preflight { problem, can_fix, callback_url, needs } = preflight;
    let cure = (can_fix && problem.is_some()).then(|| {
        let href = links::provider_app(&provider);
        view! { <LinkButton href=href size=ButtonSize::Small>{text::SET_UP}</LinkButton> }
    });
    let problem = problem.map(|problem| {
        view! { <Alert kind=AlertKind::Warn><p>{problem}</p>{cure}</Alert> }
    });
    let callback_url = callback_url.filter(|_| can_fix).map(|url| {
        view! {
            <div class="preflight-callback">
                <CopyField label=text::CALLBACK_URL value=url />
                <p class="field-help">{text::CALLBACK_HELP}</p>
            </div>
        }
    });
    let needs = (!needs.is_empty()).then(|| {
        view! {
            <section class="needs">
                <h2 class="needs-title">{text::NEEDS}</h2>
                <ul class="bullets">{needs.into_iter().map(|need| view! { <li>{need}</li> }).collect_view()}</ul>
            </section>
        }
    });
    view! { {problem} {callback_url} {needs} }.into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::components::fixtures::html;

    fn rendered(can_fix: bool) -> String {
        let preflight = Preflight {
            problem: Some("Linear is not set up on this server. Ask whoever runs it.".into()),
            can_fix,
            callback_url: Some("https://hub.example.com/extensions/linear/setup/".into()),
            needs: vec!["You must be an admin of the Linear workspace.".into()],
        };
        html(move || view! { <PreflightNotes provider="linear".to_owned() preflight=preflight /> })
    }

    #[test]
    fn who_can_set_the_app_up_gets_the_way_there_and_the_address_to_enter() {
        let html = rendered(true);
        assert!(html.contains("/admin/providers/linear/"), "{html}");
        assert!(html.contains("https://hub.example.com/extensions/linear/setup/"), "{html}");
    }

    #[test]
    fn who_cannot_is_told_the_problem_and_what_is_needed_only() {
        let html = rendered(false);
        assert!(html.contains("Ask whoever runs it.") && html.contains("You must be an admin"), "{html}");
        assert!(!html.contains("/admin/") && !html.contains("/extensions/"), "{html}");
    }
}
