//! Both sides change, and webhooks come twice, late, and in another order.

use super::kind::issue;
use super::world::{Wish, World};
use super::{Kind, Place, on_postgres, with_both};
use domain::issue_sync::EventStatus;
use serde_json::json;

const ADA: &str = "ada@fabrikam.example.com";
const BO: &str = "bo@fabrikam.example.com";
const CHRIS: &str = "chris@fabrikam.example.com";

/// An issue that is open while its item is done already, linked so: either may follow the other.
async fn apart(place: Place) -> Option<World> {
    let world = World::with(place, Wish { links: 0, ..Wish::default() }).await?;
    world.tracker.change(&world.kind.item(1), json!({ "status": world.kind.done() })).await;
    world.link(1).await.unwrap();
    world.settle().await;
    assert_eq!(world.status_writes(1).await, (vec![], vec![]), "linking changes nothing");
    Some(world)
}

/// What is told about both sides waits from now on.
async fn hold(world: &World) {
    world.sentry.order(json!({ "hold_hooks": true })).await;
    world.tracker.order(json!({ "hold_hooks": true })).await;
}

/// It arrives: first what one side told, or what the other did.
async fn release(world: &World, sentry_first: bool) {
    let order = json!({ "release_hooks": "in order" });
    let (first, second) = match sentry_first {
        true => (&world.sentry, &world.tracker),
        false => (&world.tracker, &world.sentry),
    };
    first.order(order.clone()).await;
    second.order(order).await;
    world.settle().await;
}

/// Resolves the issue and opens the item again, in this order or the other one.
async fn contradict(world: &World, issue_first: bool) {
    hold(world).await;
    for is_issue in [issue_first, !issue_first] {
        match is_issue {
            true => drop(world.sentry.change(&issue(1), json!({ "status": "resolved" })).await),
            false => drop(world.tracker.change(&world.kind.item(1), json!({ "status": world.kind.active() })).await),
        }
        world.later(30).await;
    }
}

async fn of_two_changes_the_later_one_wins_in_whatever_order_they_are_told(place: Place) {
    for (issue_first, sentry_first) in [(true, true), (true, false), (false, true), (false, false)] {
        let Some(world) = apart(place.clone()).await else { return };
        contradict(&world, issue_first).await;
        release(&world, sentry_first).await;
        let expected = match issue_first {
            true => ("unresolved", world.kind.active()),
            false => ("resolved", world.kind.done()),
        };
        let (issue, item) = world.states(1).await;
        assert_eq!((issue.as_str(), item.as_str()), expected, "{issue_first} {sentry_first} {:#?}", world.log().await);
        world.end().await;
    }
}

async fn a_clock_that_is_wrong_does_not_decide_who_was_later(place: Place) {
    // What is signed with a time is refused when that is far off; Azure DevOps signs nothing.
    let skew = if place.kind == Kind::Jira { 240_000 } else { 3_600_000 };
    for skew in [skew, -skew] {
        for issue_first in [true, false] {
            let Some(world) = apart(place.clone()).await else { return };
            world.tracker.order(json!({ "clock_skew_ms": skew })).await;
            contradict(&world, issue_first).await;
            release(&world, true).await;
            let expected = match issue_first {
                true => ("unresolved", world.kind.active()),
                false => ("resolved", world.kind.done()),
            };
            let (issue, item) = world.states(1).await;
            assert_eq!((issue.as_str(), item.as_str()), expected, "{skew} {issue_first} {:#?}", world.log().await);
            world.end().await;
        }
    }
}

async fn an_item_that_goes_from_one_open_state_to_another_does_not_take_its_issue_along(place: Place) {
    for sentry_first in [true, false] {
        let Some(world) = World::new(place.clone()).await else { return };
        hold(&world).await;
        world.sentry.change(&issue(1), json!({ "status": "resolved" })).await;
        world.later(30).await;
        world.tracker.change(&world.kind.item(1), json!({ "status": world.kind.active() })).await;
        release(&world, sentry_first).await;
        let both = ("resolved".to_owned(), world.kind.done().to_owned());
        assert_eq!(world.states(1).await, both, "{sentry_first} {:#?}", world.log().await);
        world.end().await;
    }
}

async fn an_issue_that_is_archived_does_not_keep_its_item_from_being_done(place: Place) {
    for sentry_first in [true, false] {
        let Some(world) = World::new(place.clone()).await else { return };
        hold(&world).await;
        world.tracker.change(&world.kind.item(1), json!({ "status": world.kind.done() })).await;
        world.later(30).await;
        world.sentry.change(&issue(1), json!({ "status": "ignored" })).await;
        release(&world, sentry_first).await;
        let both = ("resolved".to_owned(), world.kind.done().to_owned());
        assert_eq!(world.states(1).await, both, "{sentry_first} {:#?}", world.log().await);
        world.end().await;
    }
}

async fn of_two_assignees_the_later_one_stays_on_both_sides(place: Place) {
    for (issue_first, sentry_first) in [(true, true), (true, false), (false, true), (false, false)] {
        let Some(world) = World::new(place.clone()).await else { return };
        hold(&world).await;
        for is_issue in [issue_first, !issue_first] {
            match is_issue {
                true => drop(world.sentry.change(&issue(1), json!({ "assignee": ADA })).await),
                false => drop(world.tracker.change(&world.kind.item(1), json!({ "assignee": BO })).await),
            }
            world.later(30).await;
        }
        release(&world, sentry_first).await;
        let last = if issue_first { BO } else { ADA };
        let both = (Some(last.to_owned()), Some(last.to_owned()));
        assert_eq!(world.holders(1).await, both, "{issue_first} {sentry_first} {:#?}", world.log().await);
        let (here, there) = world.assignee_writes(1).await;
        assert_eq!(here.len() + there.len(), 1);
        world.end().await;
    }
}

/// The next write of the other side is done, but its answer is lost.
async fn break_off_the_next_write(world: &World, at_sentry: bool) {
    let (vendor, call) = match at_sentry {
        true => (&world.sentry, "PUT /api/0/organizations/{org}/issues"),
        false => (&world.tracker, world.kind.status_call()),
    };
    vendor.order(json!({ "drop": { "match": call, "late": true } })).await;
}

/// Nothing more is heard of what either side told but did not deliver.
async fn lose_what_waits(world: &World) {
    for vendor in [&world.sentry, &world.tracker] {
        vendor.order(json!({ "release_hooks": "dropped" })).await;
    }
}

async fn what_is_taken_back_after_a_write_without_an_answer_is_taken_back_on_both_sides(place: Place) {
    for (at_sentry, is_told) in [(true, true), (true, false), (false, true), (false, false)] {
        let Some(world) = World::new(place.clone()).await else { return };
        let kind = world.kind;
        let told = if at_sentry { &world.sentry } else { &world.tracker };
        let change = |is_done: bool| match (at_sentry, is_done) {
            (true, true) => json!({ "item": issue(1), "status": "resolved" }),
            (true, false) => json!({ "item": issue(1), "status": "unresolved" }),
            (false, true) => json!({ "item": kind.item(1), "status": kind.done() }),
            (false, false) => json!({ "item": kind.item(1), "status": kind.new_state() }),
        };
        told.order(json!({ "change": change(true) })).await;
        break_off_the_next_write(&world, !at_sentry).await;
        if !is_told {
            hold(&world).await;
        }
        world.settle().await;
        assert_eq!(world.states(1).await, ("resolved".into(), kind.done().into()));
        assert_eq!(world.waiting().await.len(), if is_told { 2 } else { 1 }, "nobody knows that it was written");
        lose_what_waits(&world).await;
        world.later(5).await;
        told.order(json!({ "change": change(false) })).await;
        world.carry_all().await;
        let (issue, item) = world.states(1).await;
        assert_eq!(issue, "unresolved", "{at_sentry} {is_told} {:#?}", world.log().await);
        assert_ne!(item, kind.done(), "{at_sentry} {is_told} {:#?}", world.log().await);
        world.end().await;
    }
}

async fn an_assignee_who_is_taken_back_after_a_write_without_an_answer_is_taken_back_on_both_sides(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let item = world.kind.item(1);
    world.tracker.change(&item, json!({ "assignee": ADA })).await;
    break_off_the_next_write(&world, true).await;
    hold(&world).await;
    world.settle().await;
    assert_eq!(world.holders(1).await, (Some(ADA.to_owned()), Some(ADA.to_owned())));
    lose_what_waits(&world).await;
    world.later(5).await;
    world.tracker.change(&item, json!({ "assignee": null })).await;
    world.carry_all().await;
    assert_eq!(world.holders(1).await, (None, None), "{:#?}", world.log().await);
    world.end().await;
}

async fn of_changes_that_waited_the_latest_one_wins_whichever_is_carried_first(place: Place) {
    let Some(world) = World::new(place).await else { return };
    hold(&world).await;
    for (is_issue, person) in [(true, ADA), (false, BO), (true, CHRIS)] {
        match is_issue {
            true => drop(world.sentry.change(&issue(1), json!({ "assignee": person })).await),
            false => drop(world.tracker.change(&world.kind.item(1), json!({ "assignee": person })).await),
        }
        world.later(30).await;
    }
    release(&world, true).await;
    let both = (Some(CHRIS.to_owned()), Some(CHRIS.to_owned()));
    assert_eq!(world.holders(1).await, both, "{:#?}", world.log().await);
    world.end().await;
}

async fn a_write_that_was_refused_for_now_is_not_taken_for_what_a_person_does_there_later(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let kind = world.kind;
    world.tracker.fail(kind.status_call(), json!({ "status": 429, "headers": { "retry-after": "1" } })).await;
    world.issue(1, json!({ "status": "resolved" })).await;
    assert_eq!(world.waiting().await.len(), 1);
    for (at_sentry, change) in [
        (true, json!({ "item": issue(1), "status": "unresolved" })),
        (false, json!({ "item": kind.item(1), "status": kind.done() })),
    ] {
        world.later(5).await;
        if at_sentry { &world.sentry } else { &world.tracker }.order(json!({ "change": change })).await;
    }
    world.carry_all().await;
    assert_eq!(world.states(1).await, ("resolved".into(), kind.done().into()), "{:#?}", world.log().await);
    world.end().await;
}

async fn what_is_delivered_twice_is_taken_once(place: Place) {
    let Some(world) = World::new(place).await else { return };
    world.issue(1, json!({ "status": "resolved" })).await;
    world.item(1, json!({ "assignee": ADA })).await;
    let before = world.log().await.len();
    let again = |item: String| json!({ "deliver": { "item": item, "which": [0, -1], "times": 3 } });
    world.sentry.order(again(issue(1))).await;
    world.tracker.order(again(world.kind.item(1))).await;
    world.settle().await;
    assert_eq!(world.log().await.len(), before);
    world.end().await;
}

async fn an_old_delivery_that_looks_new_changes_nothing(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let kind = world.kind;
    for status in ["resolved", "unresolved"] {
        world.issue(1, json!({ "status": status })).await;
        world.later(20).await;
    }
    for status in [kind.done(), kind.new_state()] {
        world.item(1, json!({ "status": status })).await;
        world.later(20).await;
    }
    let (states, writes) = (world.states(1).await, world.status_writes(1).await);
    let before = world.log().await.len();
    world.sentry.order(json!({ "deliver": { "item": issue(1), "which": [0], "fresh": true } })).await;
    world.tracker.order(json!({ "deliver": { "item": kind.item(1), "which": [0], "fresh": true } })).await;
    world.settle().await;
    assert_eq!(world.log().await.len(), before + 2, "both were taken");
    assert!(world.log().await.iter().take(2).all(|line| line.status == EventStatus::Skipped));
    assert_eq!((world.states(1).await, world.status_writes(1).await), (states, writes));
    world.end().await;
}

async fn in_whatever_order_deliveries_come_both_sides_agree_in_the_end(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let kind = world.kind;
    hold(&world).await;
    for status in ["resolved", "unresolved", "resolved"] {
        world.sentry.change(&issue(1), json!({ "status": status })).await;
        world.later(5).await;
    }
    world.sentry.order(json!({ "release_hooks": "reversed" })).await;
    world.tracker.order(json!({ "release_hooks": "reversed" })).await;
    world.settle().await;
    assert_eq!(world.states(1).await, ("resolved".into(), kind.done().into()));
    assert_eq!(
        world.status_writes(1).await,
        (vec![], vec![json!(kind.done())]),
        "what is not true any more is not written"
    );
    hold(&world).await;
    for status in [kind.new_state(), kind.done(), kind.active()] {
        world.tracker.change(&kind.item(1), json!({ "status": status })).await;
        world.later(5).await;
    }
    world.tracker.order(json!({ "release_hooks": "reversed" })).await;
    world.sentry.order(json!({ "release_hooks": "reversed" })).await;
    world.settle().await;
    assert_eq!(world.states(1).await, ("unresolved".into(), kind.active().into()));
    assert_eq!(world.status_writes(1).await.0, [json!("unresolved")]);
    world.end().await;
}

with_both!(
    of_two_changes_the_later_one_wins_in_whatever_order_they_are_told,
    a_clock_that_is_wrong_does_not_decide_who_was_later,
    an_item_that_goes_from_one_open_state_to_another_does_not_take_its_issue_along,
    an_issue_that_is_archived_does_not_keep_its_item_from_being_done,
    of_two_assignees_the_later_one_stays_on_both_sides,
    what_is_taken_back_after_a_write_without_an_answer_is_taken_back_on_both_sides,
    an_assignee_who_is_taken_back_after_a_write_without_an_answer_is_taken_back_on_both_sides,
    of_changes_that_waited_the_latest_one_wins_whichever_is_carried_first,
    a_write_that_was_refused_for_now_is_not_taken_for_what_a_person_does_there_later,
    what_is_delivered_twice_is_taken_once,
    an_old_delivery_that_looks_new_changes_nothing,
    in_whatever_order_deliveries_come_both_sides_agree_in_the_end,
);

on_postgres!(of_two_assignees_the_later_one_stays_on_both_sides, what_is_delivered_twice_is_taken_once);
