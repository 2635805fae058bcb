//! The order of what is carried, while a side does not answer, refuses, or is paused.

use super::kind::issue;
use super::world::{Wish, World, acme};
use super::{Place, on_postgres, with_both};
use crate::app_support::ADMIN;
use domain::issue_sync::{Aspect, EventStatus};
use serde_json::json;

const ADA: &str = "ada@fabrikam.example.com";

async fn while_the_tracker_is_down_what_happens_waits_and_is_carried_in_order_afterwards(place: Place) {
    let Some(world) = World::with(place, Wish { links: 2, ..Wish::default() }).await else { return };
    let kind = world.kind;
    let before = world.tracker.items().await;
    world.tracker.fail("", json!({ "status": 503, "times": 1_000_000 })).await;
    world.issue(1, json!({ "comment": "first" })).await;
    world.later(10).await;
    world.issue(1, json!({ "assignee": ADA })).await;
    world.later(10).await;
    world.issue(1, json!({ "comment": "second" })).await;
    world.later(10).await;
    world.issue(1, json!({ "status": "resolved" })).await;
    for _ in 0..3 {
        world.later(3_600).await;
        world.settle().await;
    }
    let waiting = world.waiting().await;
    assert_eq!(waiting.len(), 4, "{:#?}", world.log().await);
    let why = waiting.last().unwrap().sentence.as_deref().unwrap();
    assert!(why.contains(kind.name()), "{why}");
    assert!(waiting.last().unwrap().attempts > 2);
    assert!(waiting.iter().rev().skip(1).all(|line| line.attempts == 0), "only the first is tried");
    assert_eq!(world.tracker.items().await, before);
    world.tracker.order(json!({ "heal": true })).await;
    world.carry_all().await;
    let carried: Vec<_> = world.log().await.into_iter().filter(|line| line.status == EventStatus::Done).collect();
    let order: Vec<_> = carried.iter().rev().map(|line| line.aspect).collect();
    assert_eq!(order, [Aspect::Comment, Aspect::Assignee, Aspect::Comment, Aspect::Status]);
    assert!(carried.windows(2).all(|two| two[0].finished_at >= two[1].finished_at));
    let item = world.tracker.item(&kind.item(1)).await;
    assert_eq!((item.status.as_str(), item.assignee.as_deref()), (kind.done(), Some(ADA)));
    let texts: Vec<_> = item.comments.iter().map(|comment| comment.text.contains("first")).collect();
    assert_eq!(texts, [true, false]);
    world.end().await;
}

async fn a_link_that_waits_does_not_hold_up_another_one(place: Place) {
    let Some(world) = World::with(place, Wish { links: 2, ..Wish::default() }).await else { return };
    let kind = world.kind;
    let path = match kind {
        super::Kind::AzureDevOps => "GET /fabrikam/_apis/wit/workitems/1".to_owned(),
        super::Kind::Jira => format!("GET /ex/jira/{}/rest/api/3/issue/30001", world.tracker.fact("cloud_id")),
    };
    world.tracker.fail(&path, json!({ "status": 502, "times": 1_000_000 })).await;
    world.issue(1, json!({ "status": "resolved" })).await;
    world.issue(2, json!({ "status": "resolved" })).await;
    assert_eq!(world.states(1).await, ("resolved".into(), kind.new_state().into()));
    assert_eq!(world.states(2).await, ("resolved".into(), kind.done().into()));
    world.tracker.order(json!({ "heal": true })).await;
    world.carry_all().await;
    assert_eq!(world.states(1).await, ("resolved".into(), kind.done().into()));
    world.end().await;
}

async fn a_change_that_is_refused_fails_lets_others_pass_and_can_be_tried_again(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let kind = world.kind;
    let body = json!({ "message": "No such thing.", "errorMessages": ["No such thing."] });
    world.tracker.fail(kind.status_call(), json!({ "status": 400, "body": body })).await;
    world
        .sentry
        .order(json!({ "change": [
        { "item": issue(1), "status": "resolved" },
        { "item": issue(1), "comment": "and a word" },
    ] }))
        .await;
    world.settle().await;
    let log = world.log().await;
    let (comment, refused) = (&log[0], &log[1]);
    // What the vendor says to its own status call is not what it says to the comment behind it.
    assert_eq!((refused.aspect, refused.status), (Aspect::Status, EventStatus::Failed), "{log:#?}");
    assert!(refused.sentence.as_deref().unwrap().contains("No such thing"), "{refused:?}");
    assert_eq!((comment.aspect, comment.status), (Aspect::Comment, EventStatus::Done), "{comment:?}");
    let actor = world.person(ADMIN).await;
    let again = hub::issue_sync::retry(&world.app.ctx, &actor, &acme(), world.tracker_id, refused.id).await.unwrap();
    assert_eq!(again.status, EventStatus::Waiting);
    world.settle().await;
    assert_eq!(world.states(1).await, ("resolved".into(), kind.done().into()));
    let nothing = hub::issue_sync::retry(&world.app.ctx, &actor, &acme(), world.tracker_id, refused.id).await;
    assert_eq!(nothing.unwrap_err().code, domain::Code::Conflict);
    world.end().await;
}

async fn while_the_states_cannot_be_read_an_issue_is_left_as_it_is(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let kind = world.kind;
    world.tracker.change(&kind.item(1), json!({ "status": kind.done() })).await;
    world.settle().await;
    assert_eq!(world.states(1).await.0, "resolved");
    world.later(60).await;
    world.tracker.fail(kind.states_call(), json!({ "status": 500, "times": 1_000_000 })).await;
    world.tracker.fail(kind.item_call(), json!({ "status": 500, "times": 3 })).await;
    world.item(1, json!({ "status": kind.active() })).await;
    assert_eq!(world.sentry.item(&issue(1)).await.status, "resolved");
    assert_eq!(world.waiting().await.len(), 1);
    world.tracker.order(json!({ "heal": true })).await;
    world.carry_all().await;
    assert_eq!(world.states(1).await, ("unresolved".into(), kind.active().into()));
    assert_eq!(world.status_writes(1).await.0, [json!("resolved"), json!("unresolved")]);
    world.end().await;
}

async fn pause(world: &World, is_tracker: bool) {
    let (actor, ctx) = (world.person(ADMIN).await, &world.app.ctx);
    let id = if is_tracker { world.tracker_id } else { world.sentry_id };
    hub::integrations::pause(ctx, &actor, &acme(), id).await.unwrap();
}

async fn resume(world: &World, is_tracker: bool) {
    let (actor, ctx) = (world.person(ADMIN).await, &world.app.ctx);
    let id = if is_tracker { world.tracker_id } else { world.sentry_id };
    hub::integrations::resume(ctx, &actor, &acme(), id).await.unwrap();
    world.settle().await;
}

async fn what_changed_while_a_connection_was_paused_is_carried_when_it_is_resumed(place: Place) {
    for pauses_tracker in [true, false] {
        let Some(world) = World::with(place.clone(), Wish { links: 3, ..Wish::default() }).await else { return };
        let kind = world.kind;
        pause(&world, pauses_tracker).await;
        world.issue(1, json!({ "status": "resolved" })).await;
        world.item(2, json!({ "status": kind.done(), "assignee": ADA })).await;
        assert_eq!(world.states(1).await, ("resolved".into(), kind.new_state().into()));
        assert_eq!(world.states(2).await, ("unresolved".into(), kind.done().into()));
        let writes = world.sentry.calls("PUT").await;
        world.later(60).await;
        resume(&world, pauses_tracker).await;
        assert_eq!(world.states(1).await, ("resolved".into(), kind.done().into()));
        assert_eq!(world.states(2).await, ("resolved".into(), kind.done().into()));
        assert_eq!(world.holders(2).await.0.as_deref(), Some(ADA));
        assert_eq!(writes, 0);
        assert_eq!(world.status_writes(3).await, (vec![], vec![]), "what did not change is left alone");
        world.end().await;
    }
}

with_both!(
    while_the_tracker_is_down_what_happens_waits_and_is_carried_in_order_afterwards,
    a_link_that_waits_does_not_hold_up_another_one,
    a_change_that_is_refused_fails_lets_others_pass_and_can_be_tried_again,
    while_the_states_cannot_be_read_an_issue_is_left_as_it_is,
    what_changed_while_a_connection_was_paused_is_carried_when_it_is_resumed,
);

on_postgres!(
    while_the_tracker_is_down_what_happens_waits_and_is_carried_in_order_afterwards,
    what_changed_while_a_connection_was_paused_is_carried_when_it_is_resumed,
);
