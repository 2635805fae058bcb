use super::create::first_value;
use super::*;
use crate::components::fixtures::{field, html, integration};
use domain::AppError;
use domain::config::FieldKind;
use domain::integrations::{Health, ObjectStatus};
use leptos_router::location::RequestUrl;

const HOSTILE: &str = "</textarea><script>alert(1)</script>";

fn found(key: &str, title: &str) -> Found {
    Found { key: key.into(), name: "API-1".into(), title: title.into(), status: "unresolved".into(), url: None }
}

fn sentry(id: i64) -> Integration {
    let mut sentry = integration(ObjectStatus::Active, Health::Healthy);
    sentry.id = IntegrationId(id);
    sentry.name = format!("acme-{id}");
    sentry.domain_name = Some("acme.sentry.io".into());
    sentry
}

fn tracker() -> Integration {
    let mut tracker = integration(ObjectStatus::Active, Health::Healthy);
    tracker.provider.slug = "vsts".into();
    tracker.provider.name = "Azure DevOps".into();
    tracker
}

/// The form with these Sentry connections, after `fill` has put into it what was chosen.
fn rendered(sentries: Vec<Integration>, address: Address, fill: impl FnOnce(LinkParts)) -> String {
    html(move || {
        provide_context(RequestUrl::new("/links/"));
        let (place, sentry) = (
            Place {
                org: OrgSlug::parse("acme").expect("acme is a slug"),
                tracker: tracker(),
                base: "/links/".into(),
                address: address.clone(),
                sentries: sentries.clone(),
            },
            sentries.first().map_or(IntegrationId(0), |sentry| sentry.id),
        );
        let parts = LinkParts {
            place: StoredValue::new(place),
            sentry: RwSignal::new(sentry),
            issue_query: RwSignal::new(address.issue_query),
            issues: Answer::new(None),
            issue: RwSignal::new(None),
            way: RwSignal::new(address.way),
            item_query: RwSignal::new(String::new()),
            items: Answer::new(None),
            item: RwSignal::new(None),
            projects: Answer::new(None),
            project: RwSignal::new(address.project),
            types: Answer::new(None),
            item_type: RwSignal::new(address.item_type),
            fields: Answer::new(None),
            link: ServerAction::new(),
            create: ServerAction::new(),
            ask: Callback::new(|_| ()),
        };
        fill(parts);
        view! { <LinkForm parts=parts on_close=Callback::new(|()| ()) takes_focus=false /> }
    })
}

fn chosen() -> Address {
    Address { open: true, issue_query: "api".into(), issue: "12".into(), ..Address::default() }
}

#[test]
fn the_item_waits_for_the_issue() {
    let html = rendered(vec![sentry(7)], Address::default(), |_| ());
    assert!(html.contains(text::ISSUE_FIRST) && !html.contains("/_api/issue-sync/link"), "{html}");
    assert!(html.contains("type=\"hidden\" name=\"sentry\" value=\"7\""), "one Sentry is no question: {html}");
}

#[test]
fn with_several_sentries_one_is_chosen_in_the_same_form() {
    let html = rendered(vec![sentry(7), sentry(8)], Address::default(), |_| ());
    assert!(html.contains("<select") && html.contains(">acme-8<"), "{html}");
    assert!(!html.contains("type=\"hidden\" name=\"sentry\""), "the choice is sent once: {html}");
}

#[test]
fn a_plain_form_links_what_was_chosen() {
    let html = rendered(vec![sentry(7)], chosen(), |parts| {
        parts.issue.set(Some(found("12", "Checkout fails")));
        parts.item.set(Some(found("42", HOSTILE)));
    });
    for part in [
        "action=\"/_api/issue-sync/link\"",
        "name=\"provider\" value=\"vsts\"",
        "name=\"issue_id\" value=\"12\"",
        "name=\"item_key\" value=\"42\"",
        "name=\"comment\"",
        "href=\"/links/?form=link&amp;sentry=7&amp;issue_query=api&amp;issue=12\"",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("<script"), "{html}");
}

#[test]
fn a_new_item_begins_with_the_title_and_the_address_of_its_issue() {
    let address = Address { project: "p".into(), item_type: "Bug".into(), way: Way::New, ..chosen() };
    let html = rendered(vec![sentry(7)], address, |parts| {
        let url = Some("https://acme.sentry.io/issues/12/".to_owned());
        parts.issue.set(Some(Found { url, ..found("12", HOSTILE) }));
        let choices = |id: &str| Some(Ok(vec![(id.to_owned(), "\"><img onerror>".to_owned())]));
        parts.projects.value.set(choices("p"));
        parts.types.value.set(choices("Bug"));
        let title = field("title", FieldKind::String { max_length: Some(255) });
        parts.fields.value.set(Some(Ok(vec![title, field("description", FieldKind::Textarea)])));
    });
    assert!(html.contains("name=\"values[title]\"") && html.contains("name=\"values[description]\""), "{html}");
    assert!(html.contains("https://acme.sentry.io/issues/12/"), "{html}");
    assert!(
        html.contains("name=\"kind[project]\" value=\"p\"") && html.contains("name=\"kind[item_type]\" value=\"Bug\""),
        "{html}"
    );
    assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
}

fn with_fields(fields: Vec<ConfigField>) -> String {
    let address = Address { project: "p".into(), item_type: "Bug".into(), way: Way::New, ..chosen() };
    rendered(vec![sentry(7)], address, |parts| {
        parts.issue.set(Some(found("12", "Checkout fails")));
        parts.fields.value.set(Some(Ok(fields)));
    })
}

#[test]
fn people_and_dates_are_asked_for_with_the_inputs_of_the_browser() {
    let html = with_fields(vec![
        ConfigField { required: true, ..field("Custom.Owner", FieldKind::Email) },
        ConfigField { required: true, ..field("duedate", FieldKind::Date) },
        ConfigField { required: true, ..field("Custom.Start", FieldKind::DatetimeLocal) },
    ]);
    for (name, kind) in [("Custom.Owner", "email"), ("duedate", "date"), ("Custom.Start", "datetime-local")] {
        let input = format!("name=\"values[{name}]\" type=\"{kind}\"");
        assert!(html.contains(&input), "{input}: {html}");
    }
    assert!(html.contains("action=\"/_api/issue-sync/create\""), "{html}");
}

#[test]
fn a_type_that_needs_what_no_form_can_hold_says_so_and_leads_to_the_other_way() {
    let mut sprint = field("customfield_1", FieldKind::String { max_length: None });
    sprint.disable(format!("“Sprint” cannot be filled in here. {HOSTILE}"));
    let html = with_fields(vec![field("title", FieldKind::String { max_length: Some(255) }), sprint]);
    assert!(html.contains("“Sprint” cannot be filled in here.") && !html.contains("<script"), "{html}");
    let (_, after) = html.split_once("“Sprint”").unwrap_or_default();
    assert!(after.contains("issue=12\"") && after.contains(text::EXISTING), "{html}");
    assert!(!html.contains("/_api/issue-sync/create"), "what would be refused cannot be sent: {html}");
}

#[test]
fn a_list_that_could_not_be_read_says_why_and_can_be_asked_for_again() {
    let address = Address { way: Way::New, ..chosen() };
    let html = rendered(vec![sentry(7)], address, |parts| {
        parts.issue.set(Some(found("12", "Checkout fails")));
        parts.projects.value.set(Some(Err(AppError::provider("Azure DevOps is down."))));
    });
    assert!(html.contains("Azure DevOps is down.") && html.contains("Try again"), "{html}");
}

#[test]
fn a_new_item_begins_with_the_issue_and_its_address() {
    let mut issue = found("12", "Checkout fails");
    let description = |issue: &Found| first_value(&field("description", FieldKind::Textarea), Some(issue));
    assert_eq!(description(&issue), "Sentry issue API-1: Checkout fails");
    issue.url = Some("https://sentry.acme.test/issues/12/".into());
    assert_eq!(description(&issue), "Sentry issue API-1: Checkout fails\nhttps://sentry.acme.test/issues/12/");
}
