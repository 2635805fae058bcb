//! Renewals that take long.

use super::kind::issue;
use super::world::{World, acme};
use super::{Place, on_postgres, with_both};
use crate::app_support::MEMBER;
use domain::Timestamp;
use serde_json::json;
use std::time::Duration;

/// How long a test waits for what happens by itself.
const PATIENCE: Duration = Duration::from_secs(30);
/// Less than a lease, in seconds; twice as much is more.
const A_WHILE: i64 = 25;

impl World {
    /// Until when somebody renews the tracker's grant.
    async fn leased_until(&self) -> Timestamp {
        let mut conn = self.app.ctx.store.read().await.unwrap();
        let row = store::installations::of_integration(&mut conn, crate::app_support::ACME, self.tracker_id).await;
        let grant = store::grants::of_installation(&mut conn, row.unwrap().unwrap().id).await;
        grant.unwrap().unwrap().lease_until
    }
}

async fn however_long_a_renewal_waits_nobody_else_begins_one(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let member = world.person(MEMBER).await;
    world.tracker.order(json!({ "expire": true, "hold_token": true })).await;
    let org = acme();
    let search = hub::issue_sync::search_items(&world.app.ctx, &member, &org, world.tracker_id, "Item 1");
    let meanwhile = async {
        while world.tracker.seen().await["held"] != 1 {}
        for _ in 0..2 {
            let before = world.leased_until().await;
            world.later(A_WHILE).await;
            let kept = async { while world.leased_until().await == before {} };
            tokio::time::timeout(PATIENCE, kept).await.expect("the lease is kept");
            assert!(world.leased_until().await > world.app.ctx.now());
        }
        world.tracker.order(json!({ "release": true })).await;
    };
    let (found, ()) = tokio::join!(search, meanwhile);
    assert!(!found.unwrap().is_empty());
    assert_eq!(world.leased_until().await, Timestamp(0), "it is over, and was written");
    world.end().await;
}

async fn a_worker_whose_older_token_is_refused_late_leaves_the_newer_one_alone(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let member = world.person(MEMBER).await;
    world.tracker.order(json!({ "hold": { "match": world.kind.status_call() } })).await;
    world.sentry.change(&issue(1), json!({ "status": "resolved" })).await;
    let meanwhile = async {
        while world.tracker.seen().await["waiting"] != 1 {}
        world.tracker.order(json!({ "expire": true })).await;
        hub::issue_sync::search_items(&world.app.ctx, &member, &acme(), world.tracker_id, "Item 1").await.unwrap();
        world.tracker.order(json!({ "let_go": true })).await;
    };
    tokio::join!(world.settle(), meanwhile);
    assert_eq!(world.states(1).await, ("resolved".into(), world.kind.done().into()));
    assert_eq!(world.tracker.seen().await["counts"]["refresh"], 1);
    world.end().await;
}

with_both!(
    however_long_a_renewal_waits_nobody_else_begins_one,
    a_worker_whose_older_token_is_refused_late_leaves_the_newer_one_alone,
);

on_postgres!(however_long_a_renewal_waits_nobody_else_begins_one);
