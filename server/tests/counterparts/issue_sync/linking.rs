//! Linking, unlinking, and creating an item for an issue.

use super::kind::issue;
use super::world::{Wish, World, acme};
use super::{Kind, Place, on_postgres, with_both};
use crate::app_support::{ADMIN, MEMBER, RIVAL};
use domain::config::{ConfigField, FieldKind};
use domain::issue_sync::{EventStatus, LogFilter};
use domain::{Code, Outcome};
use hub::{Actor, Client};
use serde_json::json;
use std::collections::BTreeMap;

async fn link(
    world: &World,
    actor: &Actor,
    at: usize,
    item: usize,
    comment: bool,
) -> Outcome<domain::issue_sync::IssueLink> {
    let (ctx, key) = (&world.app.ctx, world.kind.item(item));
    hub::issue_sync::link(ctx, actor, &acme(), world.tracker_id, world.sentry_id, &issue(at), &key, comment).await
}

async fn both_ends_are_linked_once_and_a_comment_says_so(place: Place) {
    let Some(world) = World::with(place, Wish { links: 0, ..Wish::default() }).await else { return };
    let member = world.person(MEMBER).await;
    let made = link(&world, &member, 1, 1, true).await.unwrap();
    assert_eq!((made.issue_name.as_str(), made.item_name), ("API-1", world.kind.item_name(1)));
    assert_eq!((made.created_by.as_str(), made.item_status.as_str()), (MEMBER, world.kind.new_state()));
    let comments = world.tracker.item(&world.kind.item(1)).await.comments;
    assert!(comments.len() == 1 && comments[0].text.contains("API-1"), "{comments:?}");
    for (at, item, field) in [(1, 2, "issue"), (2, 1, "item")] {
        let refused = link(&world, &member, at, item, true).await.unwrap_err();
        assert_eq!(refused.code, Code::Conflict, "{at} {item}");
        assert!(refused.fields.iter().any(|(name, _)| name == field), "{at} {item} {refused:?}");
    }
    assert_eq!(world.links().await.len(), 1);
    assert_eq!(world.tracker.item(&world.kind.item(2)).await.comments, []);
    for (at, item) in [(99, 2), (2, 99)] {
        let refused = link(&world, &member, at, item, false).await.unwrap_err();
        assert!(!refused.fields.is_empty(), "{refused:?}");
    }
    world.end().await;
}

async fn what_changed_between_the_look_and_the_link_is_caught_up(place: Place) {
    let Some(world) = World::with(place, Wish { links: 0, ..Wish::default() }).await else { return };
    world.link(1).await.unwrap();
    world.sentry.change(&issue(1), json!({ "status": "resolved", "silent": true })).await;
    world.settle().await;
    assert_eq!(world.states(1).await, ("resolved".into(), world.kind.done().into()));
    world.end().await;
}

async fn after_unlinking_nothing_is_carried_and_the_log_stays(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let member = world.person(MEMBER).await;
    world.issue(1, json!({ "status": "resolved" })).await;
    let before = world.log().await.len();
    world.later(60).await;
    world.sentry.change(&issue(1), json!({ "status": "unresolved" })).await;
    let made = world.links().await.remove(0);
    let gone = hub::issue_sync::unlink(&world.app.ctx, &member, &acme(), world.tracker_id, made.id).await.unwrap();
    assert_eq!(gone.id, made.id);
    world.settle().await;
    let log = world.log().await;
    assert_eq!((log.len(), log[0].status, log[0].link_id), (before + 1, EventStatus::Skipped, None));
    let name = world.kind.item_name(1);
    assert_eq!(log[0].sentence.as_deref(), Some(format!("Given up: API-1 and {name} were unlinked.").as_str()));
    world.later(60).await;
    world.item(1, json!({ "status": world.kind.active() })).await;
    assert_eq!((world.log().await.len(), world.states(1).await.0.as_str()), (before + 1, "unresolved"));
    // Linking the same again is the way back.
    link(&world, &member, 1, 1, false).await.unwrap();
    world.item(1, json!({ "status": world.kind.done() })).await;
    assert_eq!(world.states(1).await.0, "resolved");
    world.end().await;
}

async fn who_may_link_and_who_may_not(place: Place) {
    let Some(world) = World::with(place, Wish { links: 0, ..Wish::default() }).await else { return };
    let token = async |scopes: &[&str]| {
        let token = world.app.org_token("acme", scopes).await;
        hub::tokens::actor(&world.app.ctx, &Client::default(), &token).await.ok().unwrap()
    };
    let reader = token(&["org:read", "event:read"]).await;
    assert_eq!(link(&world, &reader, 1, 1, false).await.unwrap_err().code, Code::Forbidden);
    let rival = world.person(RIVAL).await;
    assert_eq!(link(&world, &rival, 1, 1, false).await.unwrap_err().code, Code::NotFound);
    // In their own organization the connections of another one are not there.
    let (ctx, theirs) = (&world.app.ctx, "rival".parse().unwrap());
    let (tracker, sentry) = (world.tracker_id, world.sentry_id);
    let refused =
        hub::issue_sync::link(ctx, &rival, &theirs, tracker, sentry, &issue(1), &world.kind.item(1), false).await;
    assert_eq!(refused.unwrap_err().code, Code::NotFound);
    let key = world.kind.key();
    assert_eq!(
        hub::issue_sync::log(ctx, &rival, &theirs, key, tracker, LogFilter::default()).await.unwrap_err().code,
        Code::NotFound
    );
    assert_eq!(
        hub::issue_sync::links(ctx, &rival, &theirs, key, tracker, None).await.unwrap_err().code,
        Code::NotFound
    );
    let writer = token(&["event:write"]).await;
    let made = link(&world, &writer, 1, 1, false).await.unwrap();
    let refused = hub::issue_sync::unlink(ctx, &rival, &theirs, tracker, made.id).await;
    assert_eq!(refused.unwrap_err().code, Code::NotFound);
    assert_eq!(
        hub::issue_sync::unlink(ctx, &reader, &acme(), tracker, made.id).await.unwrap_err().code,
        Code::Forbidden
    );
    assert_eq!(world.links().await.len(), 1);
    world.end().await;
}

/// A Bug needs a severity that is chosen from a list.
fn with_form(kind: Kind) -> Wish {
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
    let (project, _) = projects[1].clone();
    assert_eq!(project, world.tracker.project(1));
    let types = hub::issue_sync::item_types(ctx, &member, &acme(), tracker, &project).await.unwrap();
    let (bug, _) = types.into_iter().find(|(_, name)| name == "Bug").unwrap();
    let form = hub::issue_sync::item_form(ctx, &member, &acme(), tracker, &project, &bug).await.unwrap();
    assert_eq!((form[0].name.as_str(), form[1].name.as_str(), form.len()), ("title", "description", 3), "{form:#?}");
    let ConfigField { name, label, required, kind: FieldKind::Select { choices, .. }, .. } = &form[2] else {
        panic!("{form:#?}");
    };
    assert_eq!((label.as_str(), *required, choices.len()), ("Severity", true, 2));
    let values = |severity: &str, title: &str| {
        let all = [("title", title), ("description", "It <b>broke</b>"), (name.as_str(), severity)];
        all.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect::<BTreeMap<_, _>>()
    };
    let create = async |at: usize, values| {
        let (sentry, at) = (world.sentry_id, issue(at));
        hub::issue_sync::create(ctx, &member, &acme(), tracker, sentry, &at, &project, &bug, values).await
    };
    let before = world.tracker.items().await.len();
    let refused = create(1, values(&choices[0].0, "")).await.unwrap_err();
    assert!(refused.fields.iter().any(|(name, _)| name == "title"), "{refused:?}");
    let refused = create(1, values("made up", "It broke")).await.unwrap_err();
    assert!(refused.fields.iter().any(|(found, _)| found == name), "{refused:?}");
    assert_eq!(world.tracker.items().await.len(), before);
    let made = create(1, values(&choices[1].0, "It broke")).await.unwrap();
    let item = world.tracker.item(&made.item_key).await;
    assert_eq!((item.title.as_str(), item.project.as_str()), ("It broke", project.as_str()));
    let refused = create(1, values(&choices[1].0, "Once more")).await.unwrap_err();
    assert_eq!(refused.code, Code::Conflict);
    assert_eq!(world.tracker.items().await.len(), before + 1, "an issue that is linked gets no second item");
    world.settle().await;
    world.issue(1, json!({ "status": "resolved" })).await;
    assert_eq!(world.tracker.item(&made.item_key).await.status, world.kind.done());
    world.end().await;
}

async fn issues_and_items_are_found_by_their_names_and_by_words(place: Place) {
    let wish = Wish { links: 0, ..Wish::default() };
    let Some(world) = World::with(place, wish).await else { return };
    let (ctx, member) = (&world.app.ctx, world.person(MEMBER).await);
    let name = world.kind.item_name(2);
    for query in [name.as_str(), "Item 2"] {
        let found = hub::issue_sync::search_items(ctx, &member, &acme(), world.tracker_id, query).await.unwrap();
        assert!(found.iter().any(|item| item.key == world.kind.item(2)), "{query}: {found:?}");
    }
    let found = hub::issue_sync::search_issues(ctx, &member, &acme(), world.sentry_id, "API-2").await.unwrap();
    assert_eq!(found.iter().map(|issue| issue.key.as_str()).collect::<Vec<_>>(), [issue(2)]);
    let none = hub::issue_sync::search_items(ctx, &member, &acme(), world.tracker_id, "  ").await.unwrap();
    assert_eq!(none, []);
    let actor = world.person(ADMIN).await;
    let wrong = hub::issue_sync::search_issues(ctx, &actor, &acme(), world.tracker_id, "x").await;
    assert_eq!(wrong.unwrap_err().code, Code::NotFound);
    world.end().await;
}

with_both!(
    both_ends_are_linked_once_and_a_comment_says_so,
    what_changed_between_the_look_and_the_link_is_caught_up,
    after_unlinking_nothing_is_carried_and_the_log_stays,
    who_may_link_and_who_may_not,
    an_item_is_created_by_the_form_of_its_type_and_linked,
    issues_and_items_are_found_by_their_names_and_by_words,
);

on_postgres!(both_ends_are_linked_once_and_a_comment_says_so, after_unlinking_nothing_is_carried_and_the_log_stays);
