//! What no webhook told is found by looking.

use super::kind::issue;
use super::world::{Wish, World, acme};
use super::{Place, on_postgres, with_both};
use crate::app_support::ADMIN;
use domain::issue_sync::EventStatus;
use serde_json::json;

const ADA: &str = "ada@fabrikam.example.com";
const BO: &str = "bo@fabrikam.example.com";
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// So many seconds later, the clock is looked at and what comes of it is done.
async fn look(world: &World, after: i64) -> usize {
    world.later(after).await;
    let begun = hub::issue_sync::enqueue_due_looks(&world.app.ctx).await.unwrap();
    world.settle().await;
    begun
}

/// From now on webhooks of both sides are lost.
async fn lose_webhooks(world: &World) {
    for vendor in [&world.sentry, &world.tracker] {
        vendor.order(json!({ "hold_hooks": true })).await;
    }
}

/// The comments on the first item, oldest first.
async fn comments(world: &World) -> Vec<String> {
    let item = world.tracker.item(&world.kind.item(1)).await;
    item.comments.into_iter().map(|comment| comment.text).collect()
}

async fn what_no_webhook_told_is_carried_within_hours(place: Place) {
    let Some(world) = World::with(place, Wish { links: 2, ..Wish::default() }).await else { return };
    world.issue(2, json!({ "assignee": "ada@fabrikam.example.com" })).await;
    assert_eq!(world.holders(2).await.1.as_deref(), Some("ada@fabrikam.example.com"));
    lose_webhooks(&world).await;
    world.item(1, json!({ "status": world.kind.done() })).await;
    // Sentry tells nobody of this at all.
    world.issue(2, json!({ "assignee": null })).await;
    assert_eq!(world.states(1).await.0, "unresolved");
    assert_eq!(look(&world, 5 * HOUR).await, 0, "it is not time yet");
    assert_eq!(look(&world, 2 * HOUR).await, 2);
    assert_eq!(world.states(1).await.0, "resolved");
    assert_eq!(world.holders(2).await, (None, None));
    assert_eq!(look(&world, 0).await, 0, "the next look is hours away");
    world.end().await;
}

async fn comments_that_were_missed_are_repeated_once(place: Place) {
    let Some(world) = World::new(place).await else { return };
    world.issue(1, json!({ "comment": "Told." })).await;
    assert_eq!(look(&world, 0).await, 0);
    lose_webhooks(&world).await;
    for text in ["First.", "Second."] {
        world.issue(1, json!({ "comment": text })).await;
    }
    for _ in 0..2 {
        assert_eq!(look(&world, MINUTE).await, 1, "no hub was there for a minute");
    }
    let there = comments(&world).await;
    assert_eq!(there.len(), 3, "{there:?}");
    for (text, there) in ["Told.", "First.", "Second."].iter().zip(&there) {
        assert!(there.contains(text), "{there}");
    }
    // Their webhooks come after all.
    world.sentry.order(json!({ "release_hooks": "in order" })).await;
    world.settle().await;
    assert_eq!(comments(&world).await.len(), 3);
    world.end().await;
}

async fn comments_of_a_pause_are_repeated_when_it_ends(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let (ctx, actor) = (&world.app.ctx, world.person(ADMIN).await);
    for id in [world.sentry_id, world.tracker_id] {
        hub::integrations::pause(ctx, &actor, &acme(), id).await.unwrap();
        world.later(MINUTE).await;
        world.issue(1, json!({ "comment": "Meanwhile." })).await;
        let before = comments(&world).await.len();
        hub::integrations::resume(ctx, &actor, &acme(), id).await.unwrap();
        world.settle().await;
        assert_eq!(comments(&world).await.len(), before + 1);
    }
    world.end().await;
}

async fn a_look_that_finds_nothing_leaves_no_line_in_the_log(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let before = world.log().await;
    assert_eq!(look(&world, 7 * HOUR).await, 1);
    assert_eq!(world.log().await, before);
    assert_eq!(world.waiting().await, []);
    world.end().await;
}

async fn a_look_that_fails_again_and_again_for_the_same_reason_is_one_line(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let before = world.log().await.len();
    for _ in 0..3 {
        world.tracker.fail("GET", json!({ "status": 404 })).await;
        assert_eq!(look(&world, 7 * HOUR).await, 1);
        assert_eq!(world.newest().await.0, EventStatus::Failed);
    }
    assert_eq!(world.log().await.len(), before + 1);
    world.end().await;
}

async fn after_a_time_without_a_hub_every_link_is_looked_at(place: Place) {
    let Some(world) = World::new(place).await else { return };
    assert_eq!(look(&world, 0).await, 0);
    assert_eq!(look(&world, 20).await, 0, "a hub was there all the time");
    lose_webhooks(&world).await;
    world.issue(1, json!({ "status": "resolved" })).await;
    assert_ne!(world.states(1).await.1, world.kind.done());
    assert_eq!(look(&world, 10 * MINUTE).await, 1);
    assert_eq!(world.states(1).await.1, world.kind.done());
    world.end().await;
}

async fn of_two_changes_the_look_carries_the_later_one(place: Place) {
    for issue_first in [true, false] {
        let Some(world) = World::new(place.clone()).await else { return };
        // Both are told, behind a look that is under way already.
        world.tracker.fail(world.kind.item_call(), json!({ "status": 503 })).await;
        assert_eq!(look(&world, 7 * HOUR).await, 1);
        for is_issue in [issue_first, !issue_first] {
            match is_issue {
                true => drop(world.sentry.change(&issue(1), json!({ "assignee": ADA })).await),
                false => drop(world.tracker.change(&world.kind.item(1), json!({ "assignee": BO })).await),
            }
            world.later(5).await;
        }
        world.carry_all().await;
        let last = Some(if issue_first { BO } else { ADA }.to_owned());
        assert_eq!(world.holders(1).await, (last.clone(), last), "{:#?}", world.log().await);
        world.end().await;
    }
}

async fn after_the_organization_was_renamed_at_sentry_its_webhooks_are_taken_again(place: Place) {
    let Some(world) = World::new(place).await else { return };
    world.sentry.order(json!({ "rename": "another-jurisdiction" })).await;
    assert_eq!(look(&world, 7 * HOUR).await, 1);
    world.issue(1, json!({ "status": "resolved" })).await;
    assert_eq!(world.states(1).await.1, world.kind.done());
    assert!(world.links().await[0].issue_url.starts_with("https://another-jurisdiction.sentry.io/"));
    world.end().await;
}

async fn what_a_look_wrote_is_known_although_the_rest_of_it_is_refused(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let kind = world.kind;
    lose_webhooks(&world).await;
    world.issue(1, json!({ "status": "resolved", "assignee": ADA })).await;
    world.tracker.fail(kind.assignee_call(), json!({ "status": 403, "times": 2 })).await;
    assert_eq!(look(&world, 7 * HOUR).await, 1);
    assert_eq!((world.states(1).await.1.as_str(), world.holders(1).await.1), (kind.done(), None));
    let log = world.log().await;
    let line = |at: usize| (log[at].status, log[at].sentence.clone().unwrap());
    assert!(line(0).0 == EventStatus::Failed && line(1).0 == EventStatus::Done, "{log:#?}");
    assert!(line(1).1.contains("was resolved"), "{log:#?}");
    // Only what the link knows tells that this is a change.
    world.issue(1, json!({ "status": "unresolved" })).await;
    look(&world, 7 * HOUR).await;
    assert_ne!(world.states(1).await.1, kind.done(), "{:#?}", world.log().await);
    world.end().await;
}

async fn a_paused_connection_is_not_looked_at(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let actor = world.person(ADMIN).await;
    hub::integrations::pause(&world.app.ctx, &actor, &acme(), world.tracker_id).await.unwrap();
    assert_eq!(look(&world, 7 * HOUR).await, 0);
    world.end().await;
}

with_both!(
    what_no_webhook_told_is_carried_within_hours,
    comments_that_were_missed_are_repeated_once,
    comments_of_a_pause_are_repeated_when_it_ends,
    a_look_that_finds_nothing_leaves_no_line_in_the_log,
    a_look_that_fails_again_and_again_for_the_same_reason_is_one_line,
    after_a_time_without_a_hub_every_link_is_looked_at,
    of_two_changes_the_look_carries_the_later_one,
    after_the_organization_was_renamed_at_sentry_its_webhooks_are_taken_again,
    what_a_look_wrote_is_known_although_the_rest_of_it_is_refused,
    a_paused_connection_is_not_looked_at,
);
on_postgres!(what_no_webhook_told_is_carried_within_hours, after_a_time_without_a_hub_every_link_is_looked_at);
