//! Everything that can go wrong with a call, one after the other and all at once.

use super::kind::issue;
use super::world::{Wish, World, acme};
use super::{Kind, Place, on_postgres, with_both};
use crate::app_support::MEMBER;
use crate::support::Vendor;
use domain::issue_sync::{EventStatus, LogFilter};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a call may take where calls hang.
const SHORT: Duration = Duration::from_secs(3);

async fn whatever_becomes_of_an_answer_a_change_is_carried_once(place: Place) {
    let wish = Wish { links: 14, patience: SHORT, ..Wish::default() };
    let Some(world) = World::with(place, wish).await else { return };
    let kind = world.kind;
    let faults = [
        ("fail", json!({ "status": 500 })),
        ("fail", json!({ "status": 500, "late": true })),
        ("fail", json!({ "status": 429, "headers": { "retry-after": "1" } })),
        ("hang", json!({})),
        ("hang", json!({ "late": true })),
        ("drop", json!({})),
        ("drop", json!({ "late": true })),
        ("truncate", json!({})),
        ("html", json!({})),
        ("html", json!({ "late": true })),
        ("fail", json!({ "status": 401 })),
        ("fail", json!({ "status": 502, "body": "<html>Bad Gateway</html>" })),
    ];
    for (at, (fault, how)) in faults.iter().enumerate() {
        let number = at + 1;
        let order = |call: &str| {
            let mut how = how.clone();
            how["match"] = call.into();
            json!({ *fault: how })
        };
        // On the way there, and on the way back.
        world.tracker.order(order(kind.status_call())).await;
        world.issue(number, json!({ "status": "resolved" })).await;
        world.carry_all().await;
        assert_eq!(world.states(number).await, ("resolved".into(), kind.done().into()), "{fault} {how}");
        assert_eq!(world.status_writes(number).await, (vec![], vec![json!(kind.done())]), "{fault} {how}");
        world.later(30).await;
        world.sentry.order(order("PUT /api/0/organizations/{org}/issues")).await;
        world.item(number, json!({ "status": kind.active() })).await;
        world.carry_all().await;
        assert_eq!(world.states(number).await, ("unresolved".into(), kind.active().into()), "{fault} {how}");
        assert_eq!(world.status_writes(number).await.0, [json!("unresolved")], "{fault} {how}");
        let done = LogFilter { status: Some(EventStatus::Done), ..LogFilter::default() };
        assert_eq!(world.log_of(done).await.len(), 2 * number, "both writes are in the log: {fault} {how}");
        world.tracker.order(json!({ "heal": true })).await;
        world.sentry.order(json!({ "heal": true })).await;
        world.later(30).await;
    }
    world.end().await;
}

async fn tokens_that_ended_are_renewed_once_and_the_change_is_carried(place: Place) {
    let Some(world) = World::with(place, Wish { links: 2, ..Wish::default() }).await else { return };
    world.tracker.order(json!({ "expire": true })).await;
    world.sentry.order(json!({ "expire": true })).await;
    world.issue(1, json!({ "status": "resolved" })).await;
    world.item(2, json!({ "status": world.kind.done() })).await;
    assert_eq!(world.states(1).await, ("resolved".into(), world.kind.done().into()));
    assert_eq!(world.states(2).await, ("resolved".into(), world.kind.done().into()));
    for vendor in [&world.tracker, &world.sentry] {
        assert_eq!(vendor.seen().await["counts"]["refresh"], 1);
    }
    world.end().await;
}

async fn who_is_refused_while_somebody_renews_waits_for_the_new_token(place: Place) {
    let Some(world) = World::with(place, Wish { links: 1, ..Wish::default() }).await else { return };
    let member = world.person(MEMBER).await;
    let (ctx, org) = (&world.app.ctx, acme());
    let search = || hub::issue_sync::search_items(ctx, &member, &org, world.tracker_id, "Item 1");
    let before = world.tracker.api_calls().await;
    world.tracker.order(json!({ "expire": true, "hold_token": true })).await;
    let both_were_refused = async {
        while world.tracker.seen().await["held"] != 1 || world.tracker.api_calls().await < before + 2 {}
        world.tracker.order(json!({ "release": true })).await;
    };
    let (first, second, ()) = tokio::join!(search(), search(), both_were_refused);
    assert!(!first.unwrap().is_empty() && !second.unwrap().is_empty());
    world.end().await;
}

async fn without_a_sign_in_changes_wait_and_say_so_until_it_is_connected_again(place: Place) {
    for of_tracker in [true, false] {
        let Some(world) = World::new(place.clone()).await else { return };
        let (key, vendor, id) = match of_tracker {
            true => (world.kind.key(), &world.tracker, world.tracker_id),
            false => ("sentry", &world.sentry, world.sentry_id),
        };
        vendor.order(json!({ "revoke": true })).await;
        world.issue(1, json!({ "status": "resolved" })).await;
        world.later(600).await;
        world.settle().await;
        let waiting = world.waiting().await;
        assert_eq!(waiting.len(), 1, "{:#?}", world.log().await);
        let why = waiting[0].sentence.as_deref().unwrap();
        assert!(why.contains("Sign in there again") || why.contains("connect"), "{why}");
        let id = id.to_string();
        let form = [("org", "acme"), ("provider", key), ("again", id.as_str())];
        let start = world.app.call("pipelines/start", &form).session(crate::app_support::ADMIN).await;
        assert_eq!(world.sign_in(key, &start).await, id);
        world.settle().await;
        assert_eq!(world.states(1).await, ("resolved".into(), world.kind.done().into()), "{:#?}", world.log().await);
        assert_eq!(world.waiting().await, []);
        world.end().await;
    }
}

/// Numbers that look random, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        // Xorshift: all it has to do is to be different each time.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// Something goes wrong with a few of the next calls.
    fn fault(&mut self) -> Value {
        let (times, late) = (1 + self.below(3), self.below(2) == 0);
        match self.below(7) {
            0 => json!({ "fail": { "status": 500, "times": times, "late": late } }),
            1 => json!({ "fail": { "status": 503, "times": times } }),
            2 => json!({ "drop": { "times": times, "late": late } }),
            3 => json!({ "truncate": { "times": times } }),
            4 => json!({ "html": { "times": 1, "late": late } }),
            5 => json!({ "hang": { "times": 1, "late": late } }),
            _ => json!({ "expire": true }),
        }
    }
}

const PEOPLE: [&str; 3] = ["ada@fabrikam.example.com", "bo@fabrikam.example.com", "chris@fabrikam.example.com"];
const LINKS: usize = 30;
const ROUNDS: usize = 12;

/// What somebody does at Sentry, or at the tracker.
fn change(dice: &mut Dice, kind: Kind, at_sentry: bool, number: usize, said: &mut BTreeMap<usize, usize>) -> Value {
    let mut change = match (dice.below(4), at_sentry) {
        (0, _) => json!({ "assignee": dice.of(&PEOPLE) }),
        (1, true) => {
            let count = said.entry(number).or_default();
            *count += 1;
            json!({ "comment": format!("word {count} on {number}.") })
        }
        (_, true) => json!({ "status": dice.of(&["resolved", "unresolved", "ignored"]) }),
        (_, false) => json!({ "status": dice.of(&[kind.new_state(), kind.active(), kind.done()]) }),
    };
    change["item"] = if at_sentry { issue(number) } else { kind.item(number) }.into();
    change
}

fn twice_in_a_row(writes: &[Value]) -> bool {
    writes.windows(2).any(|two| two[0] == two[1])
}

async fn healed(vendors: [&Vendor; 2]) {
    for vendor in vendors {
        vendor.order(json!({ "heal": true })).await;
    }
}

async fn after_many_faults_both_sides_of_all_links_agree(place: Place) {
    let wish = Wish { links: LINKS, patience: SHORT, ..Wish::default() };
    let Some(world) = World::with(place, wish).await else { return };
    let kind = world.kind;
    let mut dice = Dice(0x005e_ed0f_fa17);
    let mut said = BTreeMap::new();
    for _ in 0..ROUNDS {
        for vendor in [&world.sentry, &world.tracker] {
            let fault = dice.fault();
            vendor.order(fault).await;
        }
        for _ in 0..10 {
            let number = 1 + dice.below(LINKS);
            // Of the first ten links only the issue changes, of the next ten only the item.
            let at_sentry = number <= 10 || (number > 20 && dice.below(2) == 0);
            let order = json!({ "change": change(&mut dice, kind, at_sentry, number, &mut said) });
            if at_sentry { &world.sentry } else { &world.tracker }.order(order).await;
            world.later(3).await;
        }
        world.settle().await;
    }
    healed([&world.sentry, &world.tracker]).await;
    world.carry_all().await;
    for number in 1..=LINKS {
        let told = || format!("link {number}");
        let ((status, state), (one, other)) = (world.states(number).await, world.holders(number).await);
        assert_eq!(status == "resolved", state == kind.done(), "{} {status} {state}", told());
        assert_eq!(one, other, "{}", told());
        let comments = world.tracker.item(&kind.item(number)).await.comments;
        let expected = said.get(&number).copied().unwrap_or(0);
        for word in 1..=expected {
            let text = format!("word {word} on {number}.");
            let found = comments.iter().filter(|comment| comment.text.contains(&text)).count();
            assert_eq!(found, 1, "{} {text}", told());
        }
        assert_eq!(comments.len(), expected, "{}", told());
        let ((here, there), holders) = (world.status_writes(number).await, world.assignee_writes(number).await);
        match number {
            1..=10 => assert!(here.is_empty() && !twice_in_a_row(&there) && !twice_in_a_row(&holders.1), "{there:?}"),
            11..=20 => assert!(there.is_empty() && !twice_in_a_row(&here) && !twice_in_a_row(&holders.0), "{here:?}"),
            _ => {}
        }
    }
    assert_eq!(world.waiting().await, []);
    world.end().await;
}

with_both!(
    whatever_becomes_of_an_answer_a_change_is_carried_once,
    tokens_that_ended_are_renewed_once_and_the_change_is_carried,
    who_is_refused_while_somebody_renews_waits_for_the_new_token,
    without_a_sign_in_changes_wait_and_say_so_until_it_is_connected_again,
    after_many_faults_both_sides_of_all_links_agree,
);

on_postgres!(after_many_faults_both_sides_of_all_links_agree);
