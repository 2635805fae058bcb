//! The form that links, with what it asks of the server.

use super::start::Start;
use crate::api::issue_sync::{Create, Link, item_form, item_types, projects, search_issues, search_items};
use crate::components::issue_sync::answer::Answer;
use crate::components::issue_sync::link_form::{LinkForm, LinkParts, Place, Question};
use crate::links;
use domain::ids::IntegrationId;
use domain::integrations::Integration;
use domain::issue_sync::IssueLink;
use domain::slug::OrgSlug;
use leptos::prelude::*;

/// The form. It lives until it is closed; no fresh look at the links touches it.
#[component]
pub(super) fn Panel(
    /// The organization.
    org: OrgSlug,
    /// The tracker's connection.
    tracker: Integration,
    /// The Sentry connections.
    sentries: Vec<Integration>,
    /// What it begins with.
    start: Start,
    /// Whether it was opened just now.
    takes_focus: bool,
    /// Called with the new link.
    on_linked: Callback<IssueLink>,
    /// Called when it is to be closed.
    on_close: Callback<()>,
) -> impl IntoView {
    let Some(sentry) = start.address.sentry.or_else(|| sentries.first().map(|sentry| sentry.id)) else {
        return ().into_any();
    };
    let base = links::issue_links(&org, &tracker.provider.slug, tracker.id);
    let place = Place { org, tracker, sentries, base, address: start.address.clone() };
    let parts = parts(place, sentry, start);
    let (link, create) = (parts.link, parts.create);
    Effect::new(move || {
        let made = link.value().get().or_else(|| create.value().get());
        if let Some(Ok(made)) = made {
            on_linked.run(made);
        }
    });
    view! { <LinkForm parts=parts on_close=on_close takes_focus=takes_focus /> }.into_any()
}

fn parts(place: Place, sentry: IntegrationId, start: Start) -> LinkParts {
    let (org, tracker) = (place.org.clone(), place.tracker.id);
    let (issue, item) = (start.issue(), start.item());
    let Start { address, issues, items, projects: first_projects, types: first_types, fields: first_fields } = start;
    let (issues, items) = (Answer::new(issues), Answer::new(items));
    let (all, types, fields) = (Answer::new(first_projects), Answer::new(first_types), Answer::new(first_fields));
    let ask = Action::new(move |question: &Question| {
        let (org, question) = (org.clone(), question.clone());
        async move {
            match question {
                Question::Issues(sentry, query) => issues.keep(search_issues(org, sentry, query)).await,
                Question::Items(query) => items.keep(search_items(org, tracker, query)).await,
                Question::Projects => all.keep(projects(org, tracker)).await,
                Question::Types(project) => types.keep(item_types(org, tracker, project)).await,
                Question::Fields(project, kind) => fields.keep(item_form(org, tracker, project, kind)).await,
            }
        }
    });
    LinkParts {
        place: StoredValue::new(place),
        sentry: RwSignal::new(sentry),
        issue_query: RwSignal::new(address.issue_query),
        issues,
        issue: RwSignal::new(issue),
        way: RwSignal::new(address.way),
        item_query: RwSignal::new(address.item_query),
        items,
        item: RwSignal::new(item),
        projects: all,
        project: RwSignal::new(address.project),
        types,
        item_type: RwSignal::new(address.item_type),
        fields,
        link: ServerAction::<Link>::new(),
        create: ServerAction::<Create>::new(),
        ask: Callback::new(move |question| {
            ask.dispatch(question);
        }),
    }
}
