use super::*;
use crate::components::fixtures::{field, html, integration};
use domain::catalogue::ScopeText;
use domain::config::FieldKind;
use domain::integrations::{Health, IntegrationWithConfig, ObjectStatus};
use domain::pipelines::{Choice, Guide};
use serde_json::json;

fn step(index: u32, total: u32, body: StepBody) -> Step {
    Step {
        pipeline: PipelineId::parse(&"a".repeat(32)).expect("32 hexadecimal digits are an id"),
        provider: "linear".into(),
        provider_name: "Linear".into(),
        name: "a_step".into(),
        index,
        total,
        title: "What comes now".into(),
        body,
    }
}

fn rendered(step: Step, error: Option<AppError>) -> String {
    html(move || {
        let org = OrgSlug::parse("acme").expect("acme is a slug");
        let (nothing, answer) = (Callback::new(|()| ()), Callback::new(|_: Advance| ()));
        view! {
            <InstallStep
                org=org
                again=Some(IntegrationId(7))
                step=Signal::stored(step)
                error=Signal::stored(error)
                busy=false
                on_answer=answer
                on_look=nothing
                on_restart=nothing
                on_cancel=nothing
            />
        }
    })
}

fn form() -> StepBody {
    let secret =
        domain::config::ConfigField { default: Some(json!("hunter2")), ..field("client_secret", FieldKind::Secret) };
    StepBody::Form {
        guide: vec![Guide {
            text: "Make an app there.".into(),
            copy: Some("https://hub.example.com/extensions/gitlab/setup/".into()),
            link: Some(Link { title: "Open it".into(), url: "javascript:alert(1)".into() }),
        }],
        fields: vec![field("base_url", FieldKind::Url), secret],
        values: [("base_url".to_owned(), "https://git.acme.test".to_owned())].into(),
        label: "Continue".into(),
    }
}

fn authorize(problem: Option<&str>) -> StepBody {
    StepBody::Authorize {
        url: "https://linear.example/oauth?state=this-tab".into(),
        popup_url: "https://linear.example/oauth?state=popup".into(),
        scopes: vec![ScopeText { name: "read".into(), text: "Read issues".into() }],
        problem: problem.map(str::to_owned),
    }
}

fn choose(multiple: bool, count: usize) -> StepBody {
    let choice = |number: usize| Choice {
        value: format!("w{number}"),
        name: format!("Workspace {number}"),
        detail: Some("workspace.example".into()),
        icon: Some(if number == 0 { "/icons/linear.svg" } else { "https://elsewhere.example/a.png" }.into()),
        disabled: (number == 1).then(|| "You are no admin there.".into()),
    };
    StepBody::Choose {
        field: "account".into(),
        options: (0..count).map(choice).collect(),
        multiple,
        hint: Some("Nothing fits?".into()),
        link: Some(Link { title: "Make one".into(), url: "https://linear.example/new".into() }),
        label: "Connect".into(),
    }
}

#[test]
fn a_form_posts_to_its_pipeline_and_shows_what_was_typed_but_no_secret() {
    let html = rendered(step(0, 2, form()), None);
    assert!(html.contains("action=\"/_api/pipelines/advance\"") && html.contains(&"a".repeat(32)), "{html}");
    assert!(html.contains("values[base_url]") && html.contains("https://git.acme.test"), "{html}");
    assert!(!html.contains("hunter2"), "{html}");
    assert!(html.contains("https://hub.example.com/extensions/gitlab/setup/"), "{html}");
    assert!(!html.contains("javascript:"), "only web addresses are links: {html}");
}

#[test]
fn every_step_survives_the_way_to_the_browser() {
    let integration = IntegrationWithConfig {
        integration: integration(ObjectStatus::Active, Health::Healthy),
        config_organization: vec![field("port", FieldKind::Number { min: Some(1), max: None })],
        config_data: Some(domain::config::ConfigData::new()),
    };
    let complete = StepBody::Complete { integration: Box::new(integration) };
    let failed = StepBody::Failed { message: "No.".into() };
    for body in [form(), authorize(None), StepBody::Waiting, choose(true, 2), complete, failed] {
        let step = step(1, 2, body);
        let wire = serde_json::to_string(&step).expect("a step is JSON");
        assert_eq!(serde_json::from_str::<Step>(&wire).expect("what was written can be read"), step);
    }
}

#[test]
fn steps_are_counted_only_where_there_are_several() {
    assert!(rendered(step(1, 3, authorize(None)), None).contains("Step 2 of 3"));
    let html = rendered(step(0, 1, authorize(None)), None);
    assert!(!html.contains("Step 1") && !html.contains("step-mark"), "{html}");
}

#[test]
fn after_the_first_step_one_can_start_over_without_javascript() {
    assert!(!rendered(step(0, 2, form()), None).contains(text::START_OVER));
    let html = rendered(step(1, 2, authorize(None)), None);
    assert!(html.contains("/_api/pipelines/start") && html.contains(text::START_OVER), "{html}");
    assert!(html.contains("name=\"again\""), "the installation that is connected again is not forgotten: {html}");
}

#[test]
fn a_sign_in_is_a_plain_link_of_this_tab_until_the_page_is_awake() {
    let html = rendered(step(0, 1, authorize(Some("Linear said no."))), None);
    assert!(html.contains("href=\"https://linear.example/oauth?state=this-tab\""), "{html}");
    assert!(!html.contains("state=popup"), "{html}");
    assert!(html.contains("Read issues") && html.contains("Linear said no."), "{html}");
    assert!(html.contains("/_api/pipelines/cancel"), "{html}");
}

#[test]
fn one_of_several_is_a_radio_and_several_are_boxes() {
    let html = rendered(step(1, 2, choose(false, 3)), None);
    assert_eq!(html.matches("type=\"radio\"").count(), 3, "{html}");
    assert!(html.contains("name=\"values[account]\"") && html.contains("You are no admin there."), "{html}");
    assert!(html.contains("/icons/linear.svg") && !html.contains("elsewhere.example"), "{html}");
    let html = rendered(step(1, 2, choose(true, 3)), None);
    assert!(html.contains("name=\"values[account:w2]\"") && html.contains("type=\"checkbox\""), "{html}");
}

#[test]
fn where_there_is_nothing_to_choose_the_hint_and_the_button_stay() {
    let html = rendered(step(1, 2, choose(false, 0)), None);
    assert!(html.contains("Nothing fits?") && html.contains("https://linear.example/new"), "{html}");
    assert!(html.contains("Connect") && !html.contains("<fieldset"), "{html}");
}

#[test]
fn a_sign_in_that_is_being_checked_can_be_looked_at_again_without_javascript() {
    let html = rendered(step(0, 1, StepBody::Waiting), None);
    assert!(html.contains(&text::checking("Linear")), "{html}");
    assert!(
        html.contains(&format!("/settings/acme/integrations/linear/install/?pipeline={}&amp;again=7", "a".repeat(32))),
        "{html}"
    );
}

#[test]
fn the_end_leads_on_and_a_failure_leads_back() {
    let integration = IntegrationWithConfig {
        integration: integration(ObjectStatus::Active, Health::Healthy),
        config_organization: Vec::new(),
        config_data: None,
    };
    let html = rendered(step(1, 2, StepBody::Complete { integration: Box::new(integration) }), None);
    assert!(html.contains("/settings/acme/integrations/postgres/7/") && !html.contains(text::START_OVER), "{html}");
    let html = rendered(step(1, 2, StepBody::Failed { message: "It is another account.".into() }), None);
    assert!(html.contains("It is another account."), "{html}");
    assert_eq!(html.matches(text::START_OVER).count(), 1, "{html}");
}

#[test]
fn a_refused_field_is_told_beside_itself_and_anything_else_on_top_with_a_way_back() {
    let html = rendered(step(0, 2, form()), Some(AppError::field("base_url", "No such host.")));
    assert_eq!(html.matches("No such host.").count(), 1, "{html}");
    assert!(!html.contains(text::START_OVER), "{html}");
    let html = rendered(step(0, 2, form()), Some(AppError::not_found("This sign-in")));
    assert!(html.contains("This sign-in was not found.") && html.contains(text::START_OVER), "{html}");
    let html = rendered(step(1, 2, choose(true, 2)), Some(AppError::field("account", "Choose at least one.")));
    assert_eq!(html.matches("Choose at least one.").count(), 1, "{html}");
}
