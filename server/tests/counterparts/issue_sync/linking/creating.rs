//! Creating an item for an issue.

use crate::app_support::{ADMIN, MEMBER};
use crate::issue_sync::kind::issue;
use crate::issue_sync::world::{Wish, World, acme};
use crate::issue_sync::{Kind, Place, with_both};
use domain::config::{ConfigField, FieldKind};
use domain::{Code, Outcome};
use serde_json::json;

/// A member creates an item for an issue, in a project, of a type.
pub(super) async fn create(
    world: &World,
    at: usize,
    (project, kind): (&str, &str),
    values: &[(&str, &str)],
) -> Outcome<domain::issue_sync::IssueLink> {
    let (ctx, member, tracker, at) = (&world.app.ctx, world.person(MEMBER).await, world.tracker_id, issue(at));
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    hub::issue_sync::create(ctx, &member, &acme(), tracker, world.sentry_id, &at, project, kind, values).await
}

/// The form of a type in the second project, with the project and the type.
pub(super) async fn form_of(world: &World, kind: &str) -> (String, String, Vec<ConfigField>) {
    let (ctx, member, tracker) = (&world.app.ctx, world.person(MEMBER).await, world.tracker_id);
    let project = world.tracker.project(1).to_owned();
    let types = hub::issue_sync::item_types(ctx, &member, &acme(), tracker, &project).await.unwrap();
    let (id, _) = types.into_iter().find(|(_, name)| name == kind).unwrap();
    let form = hub::issue_sync::item_form(ctx, &member, &acme(), tracker, &project, &id).await.unwrap();
    (project, id, form)
}

/// A Bug needs a severity that is chosen from a list.
pub(super) fn with_form(kind: Kind) -> Wish {
    let required = match kind {
        Kind::AzureDevOps => json!({ "Bug": [{ "referenceName": "Microsoft.VSTS.Common.Severity", "name": "Severity",
            "type": "string", "allowedValues": ["1 - Critical", "2 - High"] }] }),
        Kind::Jira => json!({ "Bug": [{ "fieldId": "customfield_10050", "name": "Severity",
            "schema": { "type": "option", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:select", "customId": 10050 },
            "allowedValues": [{ "id": "1", "value": "Critical" }, { "id": "2", "value": "High" }] }] }),
    };
    Wish { links: 0, tracker: json!({ "required": required }), ..Wish::default() }
}

async fn an_item_is_created_by_the_form_of_its_type_and_linked(place: Place) {
    let Some(world) = World::with(place.clone(), with_form(place.kind)).await else { return };
    let (ctx, member, tracker) = (&world.app.ctx, world.person(MEMBER).await, world.tracker_id);
    let projects = hub::issue_sync::projects(ctx, &member, &acme(), tracker).await.unwrap();
    let (project, bug, form) = form_of(&world, "Bug").await;
    assert_eq!(project, projects[1].0);
    assert_eq!((form[0].name.as_str(), form[1].name.as_str(), form.len()), ("title", "description", 3), "{form:#?}");
    let ConfigField { name, label, required, kind: FieldKind::Select { choices, .. }, .. } = &form[2] else {
        panic!("{form:#?}");
    };
    assert_eq!((label.as_str(), *required, choices.len()), ("Severity", true, 2));
    let create = async |severity: &str, title: &str| {
        let values = [("title", title), ("description", "It <b>broke</b>"), (name.as_str(), severity)];
        create(&world, 1, (&project, &bug), &values).await
    };
    let before = world.tracker.items().await.len();
    let refused = create(&choices[0].0, "").await.unwrap_err();
    assert!(refused.fields.iter().any(|(name, _)| name == "title"), "{refused:?}");
    let refused = create("made up", "It broke").await.unwrap_err();
    assert!(refused.fields.iter().any(|(found, _)| found == name), "{refused:?}");
    assert_eq!(world.tracker.items().await.len(), before);
    let made = create(&choices[1].0, "It broke").await.unwrap();
    let item = world.tracker.item(&made.item_key).await;
    assert_eq!((item.title.as_str(), item.project.as_str()), ("It broke", project.as_str()));
    let refused = create(&choices[1].0, "Once more").await.unwrap_err();
    assert_eq!(refused.code, Code::Conflict);
    assert_eq!(world.tracker.items().await.len(), before + 1, "an issue that is linked gets no second item");
    world.settle().await;
    world.issue(1, json!({ "status": "resolved" })).await;
    assert_eq!(world.tracker.item(&made.item_key).await.status, world.kind.done());
    world.end().await;
}

/// A Task needs a person and a time, and at Jira a day, too. Two people have one address.
fn with_people_and_dates(kind: Kind) -> Wish {
    let custom = |kind: &str| format!("com.atlassian.jira.plugin.system.customfieldtypes:{kind}");
    let required = match kind {
        Kind::AzureDevOps => json!({ "Task": [
            { "referenceName": "Custom.Owner", "name": "Owner", "type": "identity" },
            { "referenceName": "Custom.Start", "name": "Start", "type": "dateTime" },
        ] }),
        Kind::Jira => json!({ "Task": [
            { "fieldId": "customfield_10060", "name": "Owner",
                "schema": { "type": "user", "custom": custom("userpicker"), "customId": 10060 } },
            { "fieldId": "customfield_10061", "name": "Start",
                "schema": { "type": "datetime", "custom": custom("datetime"), "customId": 10061 } },
            { "fieldId": "duedate", "name": "Due date", "schema": { "type": "date", "system": "duedate" } },
        ] }),
    };
    let twin = |name: &str| json!({ "name": name, "email": "twin@fabrikam.example.com" });
    let users = json!([{ "name": "Jamal Hartnett" }, { "name": "Ada Moss" }, twin("Bo Twin"), twin("Bea Twin")]);
    Wish { links: 0, tracker: json!({ "required": required, "users": users }), ..Wish::default() }
}

async fn people_and_dates_are_written_as_the_tracker_takes_them(place: Place) {
    let Some(world) = World::with(place.clone(), with_people_and_dates(place.kind)).await else { return };
    let (project, task, form) = form_of(&world, "Task").await;
    let further: Vec<_> = form[2..].iter().map(|field| (field.label.as_str(), field.required, &field.kind)).collect();
    let mut expected = vec![("Owner", true, &FieldKind::Email), ("Start", true, &FieldKind::DatetimeLocal)];
    expected.extend((place.kind == Kind::Jira).then_some(("Due date", true, &FieldKind::Date)));
    assert_eq!(further, expected);
    let create = async |owner: &str, start: &str| {
        let names = form[2..].iter().map(|field| field.name.as_str());
        let values: Vec<_> = names.zip([owner, start, "2026-11-30"]).chain([("title", "It broke")]).collect();
        create(&world, 1, (&project, &task), &values).await
    };
    let before = world.tracker.items().await.len();
    let (owner, start) = (form[2].name.as_str(), form[3].name.as_str());
    for (person, time, field, why) in [
        ("nobody@fabrikam.example.com", "2026-11-30T16:45", owner, "Nobody has this address in"),
        ("twin@fabrikam.example.com", "2026-11-30T16:45", owner, "More than one person has this address in"),
        ("Ada Moss", "2026-11-30T16:45", owner, "Write a whole e-mail address"),
        ("ada@fabrikam.example.com", "tomorrow", start, "Start must be a date and a time"),
        ("ada@fabrikam.example.com", "", start, "Start is needed."),
    ] {
        let refused = create(person, time).await.unwrap_err();
        let told = refused.fields.get(field).map(String::as_str).unwrap_or_default();
        assert!(told.starts_with(why), "{person} {time}: {refused:?}");
    }
    assert_eq!(world.tracker.items().await.len(), before);
    let made = create("Ada@Fabrikam.example.com", "2026-11-30T16:45").await.unwrap();
    let mut written = Vec::new();
    for field in &form[2..] {
        written.extend(world.tracker.writes(&made.item_key, &field.name).await);
    }
    let ada = world.tracker.facts()["users"][1]["id"].clone();
    let expected = match place.kind {
        Kind::AzureDevOps => vec![json!("ada@fabrikam.example.com"), json!("2026-11-30T16:45:00Z")],
        Kind::Jira => {
            vec![json!({ "accountId": ada }), json!("2026-11-30T16:45:00.000+0000"), json!("2026-11-30")]
        }
    };
    assert_eq!(written, expected);
    world.end().await;
}

async fn a_type_that_needs_what_no_form_can_hold_says_so_before_anything_is_sent(place: Place) {
    let required = match place.kind {
        Kind::AzureDevOps => json!([{ "referenceName": "Custom.Part", "name": "Part", "type": "treePath" }]),
        Kind::Jira => {
            json!([{ "fieldId": "customfield_10070", "name": "Part", "schema": { "type": "array", "items": "string" } }])
        }
    };
    let wish = Wish { links: 0, tracker: json!({ "required": { "Bug": required } }), ..Wish::default() };
    let Some(world) = World::with(place.clone(), wish).await else { return };
    let (project, bug, form) = form_of(&world, "Bug").await;
    let told = form[2].disabled_reason.clone().unwrap_or_default();
    assert!(told.contains("“Part”") && told.contains(place.kind.name()), "{form:#?}");
    let calls = world.tracker.calls("P").await;
    let values = [("title", "It broke"), (form[2].name.as_str(), "x")];
    let refused = create(&world, 1, (&project, &bug), &values).await.unwrap_err();
    assert_eq!(refused.fields.get(&form[2].name), Some(&told));
    assert_eq!(world.tracker.calls("P").await, calls);
    world.end().await;
}

async fn the_projects_of_a_new_item_are_read_from_what_was_gathered_within_the_hour(place: Place) {
    let wish = Wish { links: 0, ..Wish::default() };
    let Some(world) = World::with(place, wish).await else { return };
    let (ctx, member, tracker) = (&world.app.ctx, world.person(MEMBER).await, world.tracker_id);
    let admin = world.person(ADMIN).await;
    hub::integrations::refresh_projects(ctx, &admin, &acme(), tracker).await.unwrap();
    while hub::integrations::gathering(ctx, &admin, &acme(), tracker).await.unwrap().running {
        tokio::task::yield_now().await;
    }
    let before = world.tracker.api_calls().await;
    let stored = hub::issue_sync::projects(ctx, &member, &acme(), tracker).await.unwrap();
    assert_eq!((stored[1].0.as_str(), world.tracker.api_calls().await), (world.tracker.project(1), before));
    world.later(3_601).await;
    let live = hub::issue_sync::projects(ctx, &member, &acme(), tracker).await.unwrap();
    assert!(live == stored && world.tracker.api_calls().await > before, "{live:?}");
    world.end().await;
}

with_both!(
    an_item_is_created_by_the_form_of_its_type_and_linked,
    people_and_dates_are_written_as_the_tracker_takes_them,
    a_type_that_needs_what_no_form_can_hold_says_so_before_anything_is_sent,
    the_projects_of_a_new_item_are_read_from_what_was_gathered_within_the_hour,
);
