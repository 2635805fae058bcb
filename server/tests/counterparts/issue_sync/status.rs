//! The status, from either side to the other.

use super::kind::issue;
use super::world::Wish;
use super::{Place, World, on_postgres, with_both};
use domain::issue_sync::EventStatus;
use serde_json::json;

async fn resolving_an_issue_brings_its_item_into_the_state_that_is_chosen_for_its_project(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let kind = world.kind;
    world.issue(1, json!({ "status": "resolved" })).await;
    assert_eq!(world.states(1).await, ("resolved".into(), kind.done().into()));
    world.later(60).await;
    world.issue(1, json!({ "status": "unresolved" })).await;
    assert_eq!(world.states(1).await, ("unresolved".into(), kind.active().into()));
    let log = world.log().await;
    let done: Vec<_> = log.iter().filter(|line| line.status == EventStatus::Done).collect();
    let name = kind.item_name(1);
    let sentences: Vec<_> = done.iter().rev().map(|line| line.sentence.as_deref().unwrap()).collect();
    assert_eq!(
        sentences,
        [
            format!("Set {name} from “{}” to “{}”: API-1 was resolved.", kind.new_state(), kind.done()),
            format!("Set {name} from “{}” to “{}”: API-1 is unresolved again.", kind.done(), kind.active()),
        ]
    );
    assert_eq!(world.status_writes(1).await, (vec![], vec![json!(kind.done()), json!(kind.active())]));
    world.end().await;
}

async fn an_issue_that_is_only_archived_changes_no_item(place: Place) {
    let Some(world) = World::new(place).await else { return };
    world.issue(1, json!({ "status": "ignored" })).await;
    let expected = "Not carried: API-1 was archived or taken out of it.".to_owned();
    assert_eq!(world.newest().await, (EventStatus::Skipped, expected));
    world.later(60).await;
    world.issue(1, json!({ "status": "unresolved" })).await;
    assert_eq!(world.newest().await.0, EventStatus::Skipped);
    world.later(60).await;
    world.issue(1, json!({ "status": "ignored" })).await;
    world.later(60).await;
    world.issue(1, json!({ "status": "resolved" })).await;
    assert_eq!(world.states(1).await, ("resolved".into(), world.kind.done().into()));
    assert_eq!(world.status_writes(1).await.1.len(), 1);
    world.end().await;
}

async fn without_a_mapping_for_its_project_an_item_is_left_alone_and_the_log_says_why(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let other = world.tracker.project(1).to_owned();
    assert_eq!(world.save(&json!({ "sync_status_forward": { other: world.kind.mapping() } })).await.status, 200);
    world.issue(1, json!({ "status": "resolved" })).await;
    let name = world.kind.item_name(1);
    let expected = format!("Not carried: no statuses are chosen for the project of {name} in the settings.");
    assert_eq!(world.newest().await, (EventStatus::Skipped, expected));
    assert_eq!(world.save(&json!({ "sync_status_forward": {} })).await.status, 200);
    world.later(60).await;
    world.issue(1, json!({ "status": "unresolved" })).await;
    let expected = format!("Not carried: no project of {} has statuses chosen.", world.kind.name());
    assert_eq!(world.newest().await, (EventStatus::Skipped, expected));
    assert_eq!(world.status_writes(1).await, (vec![], vec![]));
    world.end().await;
}

async fn an_item_that_is_there_already_is_not_written(place: Place) {
    let Some(world) = World::new(place).await else { return };
    world.tracker.change(&world.kind.item(1), json!({ "status": world.kind.done(), "silent": true })).await;
    world.later(60).await;
    world.issue(1, json!({ "status": "resolved" })).await;
    let name = world.kind.item_name(1);
    let expected = format!("{name} is “{}” already; API-1 was resolved.", world.kind.done());
    assert_eq!(world.newest().await, (EventStatus::Done, expected));
    assert_eq!(world.status_writes(1).await, (vec![], vec![]));
    world.end().await;
}

async fn an_item_that_is_done_resolves_its_issue_and_one_that_is_opened_again_unresolves_it(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let kind = world.kind;
    world.item(1, json!({ "status": kind.active() })).await;
    let (status, sentence) = world.newest().await;
    assert_eq!(status, EventStatus::Skipped);
    assert!(sentence.ends_with("which are both open states."), "{sentence}");
    world.later(60).await;
    world.item(1, json!({ "status": kind.done() })).await;
    assert_eq!(world.states(1).await, ("resolved".into(), kind.done().into()));
    world.later(60).await;
    world.item(1, json!({ "status": kind.new_state() })).await;
    assert_eq!(world.states(1).await, ("unresolved".into(), kind.new_state().into()));
    let writes = vec![json!("resolved"), json!("unresolved")];
    assert_eq!(world.status_writes(1).await, (writes, vec![]));
    world.end().await;
}

async fn our_own_write_comes_back_and_is_not_carried_back(place: Place) {
    let Some(world) = World::with(place, Wish { links: 2, ..Wish::default() }).await else { return };
    let kind = world.kind;
    world.sentry.change(&issue(1), json!({ "status": "resolved" })).await;
    world.tracker.change(&kind.item(2), json!({ "status": kind.done() })).await;
    world.settle().await;
    world.later(3_600).await;
    world.carry_all().await;
    assert_eq!(world.status_writes(1).await, (vec![], vec![json!(kind.done())]));
    assert_eq!(world.status_writes(2).await, (vec![json!("resolved")], vec![]));
    let echoes = world.log().await.into_iter().filter(|line| {
        let sentence = line.sentence.as_deref().unwrap_or_default();
        line.status == EventStatus::Skipped && sentence.contains("It was written from here, or carried before.")
    });
    assert_eq!(echoes.count(), 2, "{:#?}", world.log().await);
    world.end().await;
}

with_both!(
    resolving_an_issue_brings_its_item_into_the_state_that_is_chosen_for_its_project,
    an_issue_that_is_only_archived_changes_no_item,
    without_a_mapping_for_its_project_an_item_is_left_alone_and_the_log_says_why,
    an_item_that_is_there_already_is_not_written,
    an_item_that_is_done_resolves_its_issue_and_one_that_is_opened_again_unresolves_it,
    our_own_write_comes_back_and_is_not_carried_back,
);

on_postgres!(
    resolving_an_issue_brings_its_item_into_the_state_that_is_chosen_for_its_project,
    our_own_write_comes_back_and_is_not_carried_back,
);
