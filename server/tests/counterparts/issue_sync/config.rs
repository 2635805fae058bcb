//! The settings form of a tracker: what it shows, what it takes, and what it says when the tracker cannot be asked.

use super::world::{Wish, World, acme};
use super::{Kind, Place, on_postgres, with_both};
use crate::app_support::{ADMIN, MANAGER, MEMBER};
use hub::Actor;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const OFF: &str = "Your organization does not have access to this feature";
const FIVE: [&str; 5] = [
    "sync_status_forward",
    "sync_forward_assignment",
    "sync_comments",
    "sync_status_reverse",
    "sync_reverse_assignment",
];

fn plain() -> Wish {
    Wish { links: 0, settings: false, ..Wish::default() }
}

/// The tracker as a program reads it.
async fn details(world: &World) -> Value {
    let path = format!("/api/0/organizations/acme/integrations/{}/", world.tracker_id);
    world.app.get(&path).session(MEMBER).await.json()
}

async fn fields(world: &World) -> Vec<Value> {
    details(world).await["configOrganization"].as_array().unwrap().clone()
}

/// Reads everything again, as the button does, and waits until that is over.
async fn read_again(world: &World) {
    let actor = world.person(ADMIN).await;
    let ctx = &world.app.ctx;
    hub::integrations::refresh_projects(ctx, &actor, &acme(), world.tracker_id).await.unwrap();
    while hub::integrations::gathering(ctx, &actor, &acme(), world.tracker_id).await.unwrap().running {
        tokio::task::yield_now().await;
    }
}

fn labels(kind: Kind) -> [String; 5] {
    let name = kind.name();
    [
        format!("Sync Sentry Status to {name}"),
        format!("Sync Sentry Assignment to {name}"),
        format!("Sync Sentry Comments to {name}"),
        format!("Sync {name} Status to Sentry"),
        format!("Sync {name} Assignment to Sentry"),
    ]
}

fn selectors(names: &[&str]) -> Value {
    let choices: Vec<_> = names.iter().map(|name| [name, name]).collect();
    let selector = json!({ "choices": choices, "placeholder": "Select a status" });
    json!({ "on_resolve": selector, "on_unresolve": selector })
}

async fn the_form_has_the_five_fields_of_the_reference(place: Place) {
    let Some(world) = World::with(place, plain()).await else { return };
    let (kind, fields) = (world.kind, fields(&world).await);
    let more = usize::from(kind == Kind::Jira);
    assert_eq!(fields.len(), 5 + more);
    for (at, field) in fields.iter().take(5).enumerate() {
        assert_eq!(
            (field["name"].as_str(), field["label"].as_str()),
            (Some(FIVE[at]), Some(labels(kind)[at].as_str()))
        );
        assert!(!field["help"].as_str().unwrap().is_empty());
    }
    for field in fields.iter().take(5).skip(1) {
        let keys: Vec<_> =
            field.as_object().unwrap().keys().map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect();
        assert_eq!(keys, ["help", "label", "name", "type"], "no `disabled` where nothing is");
        assert_eq!(field["type"], "boolean");
    }
    let mapper = &fields[0];
    let (label, help) = (mapper["label"].clone(), mapper["help"].clone());
    let facts = world.tracker.facts()["projects"].as_array().unwrap().clone();
    let items: Vec<_> = facts.iter().map(|it| json!({ "value": it["id"], "label": it["name"] })).collect();
    let states: &[&str] = match kind {
        Kind::AzureDevOps => &["New", "Active", "Resolved", "Closed"],
        Kind::Jira => &["To Do", "In Progress", "Done"],
    };
    let by_item: Map<_, _> =
        facts.iter().map(|it| (it["id"].as_str().unwrap().to_owned(), selectors(states))).collect();
    let mut expected = json!({
        "name": "sync_status_forward", "type": "choice_mapper", "disabled": false, "label": label, "help": help,
        "addButtonText": format!("Add {} Project", kind.name()),
        "addDropdown": {
            "emptyMessage": "All projects configured",
            "noResultsMessage": format!("Could not find {} project", kind.name()),
            "items": items,
        },
        "columnLabels": { "on_resolve": "When resolved", "on_unresolve": "When unresolved" },
        "mappedColumnLabel": format!("{} Project", kind.name()),
        "formatMessageValue": false,
    });
    match kind {
        Kind::AzureDevOps => {
            expected["mappedSelectors"] = selectors(states);
            expected["perItemSelectors"] = by_item.into();
        }
        Kind::Jira => {
            expected["mappedSelectors"] = by_item.into();
            expected["perItemMapping"] = true.into();
        }
    }
    assert_eq!(*mapper, expected);
    world.end().await;
}

async fn the_states_of_all_projects_are_there_in_the_order_they_were_first_seen(place: Place) {
    let mut wish = plain();
    wish.tracker = match place.kind {
        Kind::AzureDevOps => json!({ "projects": 150, "states": 6, "only": { "3": "Issue", "149": "Task" } }),
        Kind::Jira => json!({ "projects": 150 }),
    };
    let Some(world) = World::with(place, wish).await else { return };
    let fields = fields(&world).await;
    let mapper = &fields[0];
    assert_eq!(mapper["addDropdown"]["items"].as_array().unwrap().len(), 150);
    if world.kind == Kind::AzureDevOps {
        let choices = mapper["mappedSelectors"]["on_resolve"]["choices"].as_array().unwrap();
        let names: Vec<_> = choices.iter().map(|choice| choice[0].as_str().unwrap()).collect();
        // The last state is called differently in each project.
        let head = ["New", "Active", "Resolved", "Closed", "Stage 1", "Stage 2 of project 1", "Stage 2 of project 2"];
        assert_eq!(names[..7], head);
        assert_eq!(names.len(), 5 + 150, "of the last project, too, which has only tasks");
        let last = world.tracker.project(149);
        let own = &mapper["perItemSelectors"][last]["on_resolve"]["choices"];
        assert_eq!(own.as_array().unwrap().last().unwrap()[0], "Stage 2 of project 150");
    }
    let seen = world.tracker.seen().await;
    assert!(seen["max_in_flight"].as_u64().unwrap() <= 8, "{seen}");
    world.end().await;
}

async fn a_project_that_cannot_be_read_is_named_and_the_others_are_there(place: Place) {
    let Some(world) = World::with(place, plain()).await else { return };
    let project = world.tracker.project(1).to_owned();
    let path = match world.kind {
        Kind::AzureDevOps => format!("GET /fabrikam/{project}/_apis/wit/workitemtypes"),
        Kind::Jira => format!("GET /ex/jira/{}/rest/api/3/project/{project}/statuses", world.tracker.fact("cloud_id")),
    };
    world.tracker.fail(&path, json!({ "status": 500, "times": 1_000 })).await;
    let fields_then = fields(&world).await;
    assert_eq!((&fields_then[0]["disabled"], fields_then.len()), (&json!(false), fields(&world).await.len()));
    let actor = world.person(ADMIN).await;
    let view = hub::integrations::gathering(&world.app.ctx, &actor, &acme(), world.tracker_id).await.unwrap();
    assert_eq!(view.partial.len(), 1, "{view:?}");
    let (name, reason) = &view.partial[0];
    assert_eq!(Some(name.as_str()), world.tracker.facts()["projects"][1]["name"].as_str());
    assert!(reason.contains(world.kind.name()), "{reason}");
    world.tracker.order(json!({ "heal": true })).await;
    read_again(&world).await;
    let view = hub::integrations::gathering(&world.app.ctx, &actor, &acme(), world.tracker_id).await.unwrap();
    assert_eq!(view.partial, []);
    world.end().await;
}

async fn a_tracker_that_cannot_be_asked_locks_the_mapping_only_and_says_what_to_do(place: Place) {
    let Some(world) = World::with(place, plain()).await else { return };
    world.tracker.order(json!({ "fail_api": 1_000 })).await;
    let found = fields(&world).await;
    assert_eq!(found[0]["disabled"], true);
    let reason = found[0]["disabledReason"].as_str().unwrap();
    assert!(reason.contains(world.kind.name()) && reason.contains("Read them again"), "{reason}");
    assert!(found.iter().skip(1).all(|field| field.get("disabled").is_none()));
    assert_eq!(details(&world).await["status"], "active");
    world.tracker.order(json!({ "fail_api": 0, "revoke": true })).await;
    let id = world.tracker_id.to_string();
    world.app.call("integrations/check", &[("org", "acme"), ("id", &id)]).session(ADMIN).await;
    let found = fields(&world).await;
    let reason = found[0]["disabledReason"].as_str().unwrap_or_else(|| panic!("{}", found[0]));
    assert!(reason.contains("Connect it again"), "{reason}");
    world.end().await;
}

async fn a_tracker_that_is_paused_or_being_removed_is_asked_nothing_and_shows_what_is_known(place: Place) {
    let Some(world) = World::with(place, plain()).await else { return };
    let (ctx, actor, id) = (&world.app.ctx, world.person(ADMIN).await, world.tracker_id);
    let before = world.tracker.api_calls().await;
    let reason = async || fields(&world).await[0]["disabledReason"].clone();
    hub::integrations::remove(ctx, &actor, &acme(), id).await.unwrap();
    assert_eq!(reason().await, "It is being removed. Keep it to read its projects.");
    hub::integrations::keep(ctx, &actor, &acme(), id).await.unwrap();
    hub::integrations::pause(ctx, &actor, &acme(), id).await.unwrap();
    assert_eq!(reason().await, "It is paused. Resume it to read its projects.");
    let project = world.tracker.project(0);
    let choices = async || {
        let field = "sync_status_forward";
        hub::integrations::item_choices(ctx, &actor, &acme(), id, field, project).await
    };
    let name = if world.kind == Kind::Jira { "Fabrikam" } else { "fabrikam" };
    assert_eq!(choices().await.unwrap_err().message, format!("{name} is paused. Resume it, then try again."));
    assert_eq!(world.tracker.api_calls().await, before);
    hub::integrations::resume(ctx, &actor, &acme(), id).await.unwrap();
    let known = fields(&world).await;
    assert_eq!(known[0]["disabled"], false);
    hub::integrations::pause(ctx, &actor, &acme(), id).await.unwrap();
    world.later(3_601).await;
    let before = world.tracker.api_calls().await;
    assert_eq!(fields(&world).await, known);
    hub::integrations::configure(ctx, &actor, &acme(), world.kind.key(), id).await.unwrap();
    let view = hub::integrations::gathering(ctx, &actor, &acme(), id).await.unwrap();
    assert!(!view.running && choices().await.is_ok(), "{view:?}");
    assert_eq!(world.tracker.api_calls().await, before);
    world.end().await;
}

async fn without_the_feature_every_field_is_locked_and_nothing_is_taken(place: Place) {
    let Some(world) = World::with(place, plain()).await else { return };
    hub::operator::set_feature(&world.app.ctx, "acme", "issue-sync", false).await.unwrap();
    for field in fields(&world).await {
        assert_eq!((&field["disabled"], &field["disabledReason"]), (&json!(true), &json!(OFF)), "{field}");
    }
    let before = details(&world).await["configData"].clone();
    for name in FIVE {
        let value = if name == FIVE[0] { json!({}) } else { json!(true) };
        let answer = world.save(&json!({ name: value })).await;
        assert_eq!(answer.line(), format!(r#"403 {{"detail":"{OFF}"}}"#), "{name}");
    }
    assert_eq!(details(&world).await["configData"], before);
    hub::operator::set_feature(&world.app.ctx, "acme", "issue-sync", true).await.unwrap();
    assert_eq!(world.save(&json!({ "sync_comments": true })).await.line(), "200 ");
    world.end().await;
}

async fn what_is_sent_is_stored_as_a_whole_or_not_at_all(place: Place) {
    let Some(world) = World::with(place, plain()).await else { return };
    let (one, two) = (world.tracker.project(0).to_owned(), world.tracker.project(1).to_owned());
    let (mapping, good) = (world.kind.mapping(), world.kind.done());
    let stored = async || details(&world).await["configData"]["sync_status_forward"].clone();
    let both = json!({ "sync_status_forward": { &one: mapping, &two: mapping }, "sync_comments": true, "nonsense": 1 });
    assert_eq!(world.save(&both).await.line(), "200 ");
    let data = details(&world).await["configData"].clone();
    assert_eq!((&data["sync_status_forward"], &data["sync_comments"]), (&both["sync_status_forward"], &json!(true)));
    assert!(data.get("nonsense").is_none());
    for wrong in [
        json!({ &one: { "on_resolve": good } }),
        json!({ &one: { "on_resolve": good, "on_unresolve": null } }),
        json!({ &one: { "on_resolve": good, "on_unresolve": "" } }),
        json!({ &one: mapping, &two: { "on_unresolve": good } }),
        json!({ &one: "Closed" }),
        json!("all"),
        json!([1]),
        json!(true),
    ] {
        let answer = world.save(&json!({ "sync_status_forward": wrong, "sync_comments": false })).await;
        assert_eq!(answer.status, 400, "{wrong} {}", answer.line());
        assert!(answer.text().contains("Resolve and unresolve status are required."), "{wrong} {}", answer.line());
    }
    assert_eq!(details(&world).await["configData"], data, "nothing of a wrong body is stored");
    assert_eq!(world.save(&json!({ "sync_status_forward": { &one: null } })).await.line(), "200 ");
    assert_eq!(stored().await, json!({ &two: mapping }));
    assert_eq!(world.save(&json!({ "sync_status_forward": { &one: mapping } })).await.line(), "200 ");
    assert_eq!(stored().await, json!({ &one: mapping }), "without a null it is the whole mapping");
    assert_eq!(world.save(&json!({ "sync_status_forward": {} })).await.line(), "200 ");
    assert_eq!(stored().await, json!({}));
    let answer = world.save(&json!({ "sync_comments": "yes" })).await;
    assert_eq!(answer.status, 400, "{}", answer.line());
    world.end().await;
}

async fn save(world: &World, who: &Actor, value: &Value, seen: &Value) -> domain::Outcome<()> {
    let (ctx, text) = (&world.app.ctx, value.to_string());
    let field = "sync_status_forward";
    hub::integrations::save(ctx, who, &acme(), world.tracker_id, field, Some(&text), None, &seen.to_string())
        .await
        .map(drop)
}

async fn two_people_who_map_different_projects_both_keep_theirs(place: Place) {
    let Some(world) = World::with(place, plain()).await else { return };
    let (one, two) = (world.tracker.project(0).to_owned(), world.tracker.project(1).to_owned());
    let (first, second) = (world.person(ADMIN).await, world.person(MANAGER).await);
    let mapping = world.kind.mapping();
    let other = json!({ "on_resolve": world.kind.active(), "on_unresolve": world.kind.new_state() });
    save(&world, &first, &json!({ &one: mapping }), &json!({})).await.unwrap();
    save(&world, &second, &json!({ &two: mapping }), &json!({})).await.unwrap();
    let both = json!({ &one: mapping, &two: mapping });
    assert_eq!(details(&world).await["configData"]["sync_status_forward"], both);
    // Now both change the same one.
    save(&world, &first, &json!({ &one: other, &two: mapping }), &both).await.unwrap();
    let third = json!({ "on_resolve": world.kind.done(), "on_unresolve": world.kind.new_state() });
    let refused = save(&world, &second, &json!({ &one: third, &two: mapping }), &both).await.unwrap_err();
    assert_eq!(refused.code, domain::Code::Conflict);
    assert!(refused.message.starts_with("admin@acme.test changed Sync Sentry Status to"), "{}", refused.message);
    assert_eq!(details(&world).await["configData"]["sync_status_forward"][&one], other);
    world.end().await;
}

with_both!(
    the_form_has_the_five_fields_of_the_reference,
    the_states_of_all_projects_are_there_in_the_order_they_were_first_seen,
    a_project_that_cannot_be_read_is_named_and_the_others_are_there,
    a_tracker_that_cannot_be_asked_locks_the_mapping_only_and_says_what_to_do,
    a_tracker_that_is_paused_or_being_removed_is_asked_nothing_and_shows_what_is_known,
    without_the_feature_every_field_is_locked_and_nothing_is_taken,
    what_is_sent_is_stored_as_a_whole_or_not_at_all,
    two_people_who_map_different_projects_both_keep_theirs,
);

on_postgres!(two_people_who_map_different_projects_both_keep_theirs, what_is_sent_is_stored_as_a_whole_or_not_at_all);
