//! The hooks by which trackers tell of changes: made, looked at, replaced, renewed, taken away; and what is refused.

use super::kind::issue;
use super::world::{Wish, World, acme};
use super::{Kind, Place, with_both};
use crate::app_support::ADMIN;
use crate::support::{Reply, Request};
use domain::issue_sync::HookView;
use domain::time::{DAY, HOUR, SECOND};
use serde_json::{Value, json};

/// The look at hooks that is due, as the schedule does it.
async fn tend(world: &World, after: i64) {
    world.later(after / SECOND).await;
    hub::issue_sync::enqueue_due_hooks(&world.app.ctx).await.unwrap();
    world.app.work().await;
}

/// What the configure page says about the hook.
async fn shown(world: &World) -> HookView {
    let actor = world.person(ADMIN).await;
    let (ctx, key) = (&world.app.ctx, world.kind.key());
    let page = hub::integrations::configure(ctx, &actor, &acme(), key, world.tracker_id).await.unwrap();
    page.sync.unwrap().hook
}

async fn ids(world: &World) -> Vec<Value> {
    world.tracker.hooks().await.iter().map(|hook| hook["id"].clone()).collect()
}

async fn a_hook_is_made_when_a_tracker_is_connected_and_stays(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let hooks = world.tracker.hooks().await;
    assert_eq!(hooks.len(), 1, "{hooks:?}");
    let url = hooks[0]["url"].as_str().unwrap();
    let path = url.strip_prefix(&world.url).unwrap();
    match world.kind {
        Kind::AzureDevOps => assert_eq!(path, "/extensions/vsts/issue-updated/"),
        Kind::Jira => assert!(path.starts_with("/extensions/jira/webhook/"), "{path}"),
    }
    let view = shown(&world).await;
    assert!(view.exists && view.problem.is_none() && view.checked_at.is_some(), "{view:?}");
    let before = ids(&world).await;
    for _ in 0..3 {
        tend(&world, 7 * HOUR).await;
    }
    assert_eq!(ids(&world).await, before, "one that lives is left alone");
    world.end().await;
}

async fn a_hook_that_the_tracker_dropped_is_replaced(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let before = ids(&world).await;
    // So that there is something which was sent for the hook that is dropped.
    world.item(1, json!({ "assignee": "ada@fabrikam.example.com" })).await;
    match world.kind {
        Kind::AzureDevOps => world.tracker.order(json!({ "hook_status": { "status": "disabledBySystem" } })).await,
        Kind::Jira => world.tracker.order(json!({ "expire_hooks": true })).await,
    };
    tend(&world, 7 * HOUR).await;
    let after = ids(&world).await;
    let fresh: Vec<_> = after.iter().filter(|id| !before.contains(id)).collect();
    assert_eq!(fresh.len(), 1, "{before:?} {after:?}");
    if world.kind == Kind::AzureDevOps {
        let old = json!({ "deliver": { "item": "1", "which": [0], "fresh": true } });
        let refused = world.tracker.order(old).await;
        assert_eq!(refused, json!([{ "status": 401, "text": "" }]), "the secret of the old one is not good any more");
    }
    world.item(1, json!({ "status": world.kind.done() })).await;
    assert_eq!(world.states(1).await.0, "resolved");
    world.end().await;
}

async fn a_hook_that_ends_by_itself_is_renewed_before(place: Place) {
    if place.kind != Kind::Jira {
        return;
    }
    let Some(world) = World::new(place).await else { return };
    let before = ids(&world).await;
    let ends = async || world.tracker.hooks().await[0]["expires"].as_i64().unwrap();
    let first = ends().await;
    // The hub is off for a while, and back some days before the end.
    tend(&world, 25 * DAY).await;
    assert_eq!((ids(&world).await, world.tracker.calls("PUT").await), (before, 1));
    assert!(ends().await > first + 20 * DAY);
    world.item(1, json!({ "status": world.kind.done() })).await;
    assert_eq!(world.states(1).await.0, "resolved");
    world.end().await;
}

async fn the_hook_goes_with_its_connection(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let actor = world.person(ADMIN).await;
    hub::integrations::remove(&world.app.ctx, &actor, &acme(), world.tracker_id).await.unwrap();
    assert_eq!(world.tracker.hooks().await.len(), 1, "while it can be undone it stays");
    world.later(60).await;
    world.app.work().await;
    assert_eq!(world.tracker.hooks().await, Vec::<Value>::new());
    world.end().await;
}

async fn where_nobody_may_make_hooks_the_page_says_so_and_it_is_tried_again(place: Place) {
    let wish = Wish { links: 0, ..Wish::default() };
    let Some(world) = World::with(place, wish).await else { return };
    // Connected again by somebody who may not, after the first hook was lost.
    match world.kind {
        Kind::AzureDevOps => world.tracker.order(json!({ "hook_status": { "status": "disabledBySystem" } })).await,
        Kind::Jira => world.tracker.order(json!({ "expire_hooks": true })).await,
    };
    world.tracker.fail(world.kind.hook_call(), json!({ "status": 403 })).await;
    tend(&world, 7 * HOUR).await;
    let view = shown(&world).await;
    let problem = view.problem.as_deref().unwrap_or_default();
    assert!(!view.exists && problem.contains("does not let Patchbay create the hook"), "{view:?}");
    assert!(problem.contains("administers the account"), "{problem}");
    tend(&world, HOUR).await;
    let view = shown(&world).await;
    assert!(view.exists && view.problem.is_none(), "{view:?}");
    world.end().await;
}

async fn a_hook_that_was_made_without_our_hearing_of_it_is_taken_away(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let order = match world.kind {
        Kind::AzureDevOps => json!({ "hook_status": { "status": "disabledBySystem" } }),
        Kind::Jira => json!({ "expire_hooks": true }),
    };
    world.tracker.order(order).await;
    world.tracker.fail(world.kind.hook_call(), json!({ "status": 500, "late": true })).await;
    tend(&world, 7 * HOUR).await;
    let unheard_of = ids(&world).await;
    assert_eq!((unheard_of.len(), shown(&world).await.exists), (1, false));
    tend(&world, HOUR).await;
    let after = ids(&world).await;
    assert!(after.len() == 1 && after != unheard_of && shown(&world).await.exists, "{unheard_of:?} {after:?}");
    world.item(1, json!({ "status": world.kind.done() })).await;
    assert_eq!(world.states(1).await.0, "resolved");
    world.end().await;
}

async fn what_changed_while_there_was_no_hook_is_carried_when_there_is_one_again(place: Place) {
    let Some(world) = World::new(place).await else { return };
    match world.kind {
        Kind::AzureDevOps => world.tracker.order(json!({ "hook_status": { "status": "disabledBySystem" } })).await,
        Kind::Jira => world.tracker.order(json!({ "expire_hooks": true })).await,
    };
    world.tracker.fail(world.kind.hook_call(), json!({ "status": 503 })).await;
    let look = async || {
        let begun = hub::issue_sync::enqueue_due_looks(&world.app.ctx).await.unwrap();
        world.settle().await;
        begun
    };
    tend(&world, 7 * HOUR).await;
    assert_eq!((look().await, shown(&world).await.exists), (1, false));
    world.item(1, json!({ "status": world.kind.done() })).await;
    // Until the hook is tried again, a hub is there all the time.
    for _ in 0..30 {
        assert_eq!((look().await, world.states(1).await.0.as_str()), (0, "unresolved"), "nobody tells");
        world.later(20).await;
    }
    tend(&world, 0).await;
    assert_eq!((look().await, shown(&world).await.exists), (1, true));
    assert_eq!(world.states(1).await.0, "resolved");
    world.end().await;
}

async fn notice(world: &World, secret: Option<&str>, body: &Value) -> Reply {
    let request = Request::post(&format!("{}/extensions/vsts/issue-updated/", world.url)).json(body);
    match secret {
        Some(secret) => request.header("shared-secret", secret),
        None => request,
    }
    .send()
    .await
}

async fn the_answers_to_azure_devops_are_those_of_the_reference(place: Place) {
    if place.kind != Kind::AzureDevOps {
        return;
    }
    let Some(world) = World::new(place).await else { return };
    let account = world.tracker.fact("account_id");
    let whole = |account: &str| {
        json!({
            "id": "n-1", "eventType": "workitem.updated",
            "resource": { "workItemId": 1, "fields": { "System.State": { "oldValue": "New", "newValue": "Closed" } } },
            "resourceContainers": { "collection": { "id": account }, "project": { "id": world.tracker.project(0) } },
        })
    };
    let mut without_event = whole(account);
    without_event.as_object_mut().unwrap().remove("eventType");
    let mut without_account = whole(account);
    without_account.as_object_mut().unwrap().remove("resourceContainers");
    let mut other = whole(account);
    other["eventType"] = json!("workitem.created");
    let without_item = |account: &str| {
        let mut body = whole(account);
        body["resource"].as_object_mut().unwrap().remove("workItemId");
        body
    };
    for (body, secret, status, text) in [
        (&without_event, None, 400, ""),
        (&without_account, None, 400, ""),
        (&other, None, 200, ""),
        (&whole("b-2"), Some("x"), 400, r#"{"detail":"Integration does not exist."}"#),
        (&whole(account), None, 401, ""),
        (&whole(account), Some(""), 401, ""),
        (&whole(account), Some("not the secret"), 401, ""),
        (&without_item("b-2"), None, 400, r#"{"detail":"Integration does not exist."}"#),
        (&without_item(account), None, 401, ""),
        (&without_item(account), Some("not the secret"), 401, ""),
    ] {
        let reply = notice(&world, secret, body).await;
        assert_eq!((reply.status, reply.text.as_str()), (status, text), "{secret:?} {body}");
    }
    let before = world.log().await.len();
    world.settle().await;
    assert_eq!(world.log().await.len(), before, "nothing of this was believed");
    world.tracker.change("1", json!({ "status": "Closed", "silent": true })).await;
    let taken = world.tracker.order(json!({ "deliver": { "item": "1" } })).await;
    assert_eq!(taken, json!([{ "status": 200, "text": "" }]));
    let of_nothing = json!({ "deliver": { "item": "1", "body": without_item(account) } });
    assert_eq!(world.tracker.order(of_nothing).await, json!([{ "status": 200, "text": "" }]));
    let unlinked = json!({ "deliver": { "item": "1", "body": { "id": "n-9", "eventType": "workitem.updated",
        "resource": { "workItemId": 999, "fields": { "System.State": { "newValue": "Closed" } } },
        "resourceContainers": { "collection": { "id": account } } } } });
    assert_eq!(world.tracker.order(unlinked).await, json!([{ "status": 200, "text": "" }]));
    world.settle().await;
    assert_eq!(world.states(1).await.0, "resolved");
    world.end().await;
}

async fn a_webhook_of_jira_that_is_not_signed_by_the_app_is_refused(place: Place) {
    if place.kind != Kind::Jira {
        return;
    }
    let Some(world) = World::new(place).await else { return };
    let item = world.kind.item(1);
    world.tracker.change(&item, json!({ "status": "Done", "silent": true })).await;
    for authorization in [Value::Null, json!("Bearer x.y.z"), json!("Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.")] {
        let order = json!({ "deliver": { "item": item, "headers": { "authorization": authorization } } });
        assert_eq!(world.tracker.order(order).await[0]["status"], 401);
    }
    let before = world.log().await.len();
    world.settle().await;
    assert_eq!(world.log().await.len(), before);
    world.later(600).await;
    assert_eq!(world.tracker.order(json!({ "deliver": { "item": item } })).await[0]["status"], 401, "it has ended");
    world.end().await;
}

async fn a_webhook_of_sentry_that_is_forged_old_or_sent_twice_changes_nothing(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let at = issue(1);
    world.sentry.change(&at, json!({ "status": "resolved", "silent": true })).await;
    let kept = |headers: Value| json!({ "deliver": { "item": at, "headers": headers } });
    let now = world.app.ctx.now().0 / SECOND;
    for headers in [
        json!({ "sentry-hook-signature": "0".repeat(64) }),
        json!({ "sentry-hook-signature": null }),
        json!({ "sentry-hook-timestamp": (now - 301).to_string() }),
        json!({ "sentry-hook-timestamp": (now + 301).to_string() }),
        json!({ "sentry-hook-timestamp": null }),
        json!({ "request-id": null }),
    ] {
        assert_eq!(world.sentry.order(kept(headers.clone())).await[0]["status"], 401, "{headers}");
    }
    let other =
        json!({ "deliver": { "item": at, "body": { "action": "resolved", "data": { "issue": { "id": at } } } } });
    assert_eq!(world.sentry.order(other).await[0]["status"], 401, "what is signed is another body");
    let before = world.log().await.len();
    world.settle().await;
    assert_eq!(world.log().await.len(), before);
    for _ in 0..2 {
        assert_eq!(world.sentry.order(kept(json!({}))).await[0]["status"], 204);
    }
    // The time is not signed: the same delivery with a time of today is still the same delivery.
    world.later(3_600).await;
    let later = json!({ "sentry-hook-timestamp": (now + 3_600).to_string() });
    assert_eq!(world.sentry.order(kept(later)).await[0]["status"], 204);
    world.settle().await;
    let taken = world.log().await.len() - before;
    // Beside the one, what the tracker tells of our write.
    assert_eq!(taken, 2, "{:#?}", world.log().await);
    assert_eq!(world.states(1).await.1, world.kind.done());
    world.end().await;
}

with_both!(
    a_hook_is_made_when_a_tracker_is_connected_and_stays,
    a_hook_that_the_tracker_dropped_is_replaced,
    a_hook_that_ends_by_itself_is_renewed_before,
    the_hook_goes_with_its_connection,
    a_hook_that_was_made_without_our_hearing_of_it_is_taken_away,
    where_nobody_may_make_hooks_the_page_says_so_and_it_is_tried_again,
    what_changed_while_there_was_no_hook_is_carried_when_there_is_one_again,
    the_answers_to_azure_devops_are_those_of_the_reference,
    a_webhook_of_jira_that_is_not_signed_by_the_app_is_refused,
    a_webhook_of_sentry_that_is_forged_old_or_sent_twice_changes_nothing,
);
