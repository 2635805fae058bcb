//! Connections and organizations that share a vendor: nobody speaks for anybody else.

use super::kind::issue;
use super::world::World;
use super::{Kind, Place, on_postgres, with_both};
use crate::app_support::{ADMIN, Answer, RIVAL};
use domain::ids::{InstallationId, IntegrationId, LinkId, OrgId};
use domain::integrations::{Account, Facts, StoredConfig};
use domain::issue_sync::IssueLink;
use domain::time::{HOUR, SECOND};
use domain::trackers::{Issue, Item, StoredHook};
use serde_json::{Value, json};

const OWN: &str = "the connection's own secret";

async fn installation(world: &World, id: IntegrationId) -> InstallationId {
    let path = format!("/api/0/organizations/acme/integrations/{id}/");
    let row = world.app.get(&path).session(ADMIN).await.json();
    row["patchbay"]["installationId"].as_str().unwrap_or_else(|| panic!("{row}")).parse().unwrap()
}

async fn a_connection_with_a_secret_of_its_own_is_spoken_for_by_nothing_else(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let path = format!("/api/0/organizations/acme/integrations/{}/", world.sentry_id);
    let post = world.app.post(&path).session(ADMIN).header("sec-fetch-site", "same-origin");
    let saved: Answer = post.json(&json!({ "webhook_secret": OWN })).await;
    assert_eq!(saved.line(), "200 ");
    let own = format!("{}/extensions/sentry/webhook/{}/", world.url, installation(&world, world.sentry_id).await);
    let whole = format!("{}/extensions/sentry/webhook/", world.url);
    let of_app = world.sentry.fact("client_secret");
    let foreign = format!("{}/extensions/sentry/webhook/{}/", world.url, installation(&world, world.tracker_id).await);
    let mut status = "resolved";
    for (url, secret, expected) in
        [(&own, of_app, 401), (&whole, OWN, 401), (&foreign, OWN, 404), (&foreign, of_app, 404), (&own, OWN, 204)]
    {
        world.sentry.order(json!({ "hook": { "url": url, "secret": secret } })).await;
        let order = json!({ "change": { "item": issue(1), "status": status } });
        let delivered = world.sentry.order(order).await["delivered"].clone();
        assert_eq!(delivered[0]["status"], expected, "{url} {delivered}");
        status = if status == "resolved" { "unresolved" } else { "resolved" };
        let before = world.log().await.len();
        world.settle().await;
        assert_eq!(world.states(1).await.1 == world.kind.done(), expected == 204);
        assert!(expected == 204 || world.log().await.len() == before);
    }
    world.end().await;
}

/// A link of another organization with an issue of this id, which is at this address.
async fn foreign_link(world: &World, number: usize, url: &str) -> LinkId {
    let start = world.app.call("pipelines/start", &[("org", "rival"), ("provider", "sentry")]).session(RIVAL).await;
    let id: IntegrationId = world.sign_in_as("sentry", &start, RIVAL).await.parse().unwrap();
    let mut conn = world.app.ctx.store.read().await.unwrap();
    let rival = store::installations::of_account(&mut conn, "sentry", "2").await.unwrap();
    let rival = rival.into_iter().find(|row| row.integration_id == id && row.organization_id != OrgId(1)).unwrap();
    drop(conn);
    let tracker = installation(world, world.tracker_id).await;
    put_link(world, rival.organization_id, rival.id, tracker, number, url, "999").await
}

/// A link, without asking anybody whether it can be.
async fn put_link(
    world: &World,
    org: OrgId,
    sentry: InstallationId,
    tracker: InstallationId,
    number: usize,
    url: &str,
    item: &str,
) -> LinkId {
    let issue = Issue {
        id: issue(number),
        short_id: "API-1".to_owned(),
        title: "Theirs".to_owned(),
        url: url.to_owned(),
        status: "unresolved".to_owned(),
        assignee: None,
    };
    let item = Item {
        key: item.to_owned(),
        name: format!("#{item}"),
        title: String::new(),
        url: String::new(),
        project_id: String::new(),
        status: "New".to_owned(),
        is_done: None,
        assignee: None,
        status_changed_at: None,
    };
    let mut conn = world.app.ctx.store.write().await.unwrap();
    let now = world.app.ctx.now();
    let link = store::issue_links::insert(&mut conn, org, sentry, &issue, tracker, &item, "x", now, now).await;
    conn.commit().await.unwrap();
    link.unwrap()
}

/// The connection of another organization with another account of the same tracker, whose hook there has this id.
async fn elsewhere(world: &World, hook: &str) -> InstallationId {
    let (mut conn, now) = (world.app.ctx.store.write().await.unwrap(), world.app.ctx.now());
    let account = Account {
        external_id: "cloud-of-the-rival".to_owned(),
        name: "Rival".to_owned(),
        domain_name: Some("rival.atlassian.net".to_owned()),
        ..Account::default()
    };
    let id = store::integrations::upsert(&mut conn, world.kind.key(), &account, now).await.unwrap();
    let (config, facts) = (StoredConfig::default(), Facts::default());
    let row = store::installations::insert(&mut conn, OrgId(2), id, &config, &facts, None, now).await.unwrap();
    let hook = StoredHook {
        hook_id: Some(hook.to_owned()),
        problem: None,
        expires_at: None,
        checked_at: Some(now),
        next_check_at: now.plus(1_000 * HOUR),
    };
    store::tracker_hooks::put(&mut conn, row, &hook).await.unwrap();
    conn.commit().await.unwrap();
    row
}

/// The id of the one hook that there is.
async fn hook_id(world: &World) -> String {
    let hooks = world.tracker.hooks().await;
    assert_eq!(hooks.len(), 1, "{hooks:?}");
    hooks[0]["id"].as_str().map_or_else(|| hooks[0]["id"].to_string(), str::to_owned)
}

async fn a_change_at_one_site_of_jira_is_none_at_another_with_the_same_ids(place: Place) {
    if place.kind != Kind::Jira {
        return;
    }
    let Some(world) = World::new(place).await else { return };
    let (ours, item) = (world.links().await.remove(0).id, world.kind.item(1));
    let hook = hook_id(&world).await;
    let (there, sentry) = (elsewhere(&world, &hook).await, installation(&world, world.sentry_id).await);
    let theirs = put_link(&world, OrgId(2), sentry, there, 77, "", &item).await;
    let events = async |link: LinkId| {
        let mut conn = world.app.ctx.store.read().await.unwrap();
        store::sync_events::payloads(&mut conn, link, domain::issue_sync::Aspect::Status).await.unwrap().len()
    };
    let before = events(ours).await;
    world.tracker.change(&item, json!({ "status": world.kind.done() })).await;
    assert_eq!((events(ours).await - before, events(theirs).await), (1, 0));
    for (address, expected) in [
        ("https://fabrikam.atlassian.net/rest/api/2/issue/1", (2, 0)),
        ("https://rival.atlassian.net/rest/api/2/issue/1", (2, 1)),
        ("https://api.atlassian.com/ex/jira/cloud-of-the-rival/rest/api/3/issue/1", (2, 2)),
        ("https://jira.example.com/rest/api/2/issue/1", (3, 3)),
    ] {
        let change = json!({ "field": "status", "fieldId": "status", "from": "1", "to": "2" });
        let body = json!({
            "webhookEvent": "jira:issue_updated", "issue": { "id": item, "self": address },
            "changelog": { "items": [change] }, "matchedWebhookIds": [hook.parse::<u64>().unwrap()],
        });
        let order = json!({ "deliver": { "item": item, "fresh": true, "body": body } });
        assert_eq!(world.tracker.order(order).await[0]["status"], 204);
        assert_eq!((events(ours).await - before, events(theirs).await), expected, "{address}");
    }
    world.end().await;
}

async fn a_hook_that_nobody_knows_is_taken_away_whatever_those_of_another_account_are_called(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let drop = match world.kind {
        Kind::AzureDevOps => json!({ "hook_status": { "status": "disabledBySystem" } }),
        Kind::Jira => json!({ "expire_hooks": true }),
    };
    world.tracker.order(drop).await;
    world.tracker.fail(world.kind.hook_call(), json!({ "status": 500, "late": true })).await;
    let tend = async || {
        world.later(7 * HOUR / SECOND).await;
        hub::issue_sync::enqueue_due_hooks(&world.app.ctx).await.unwrap();
        world.app.work().await;
    };
    tend().await;
    let unheard_of = hook_id(&world).await;
    elsewhere(&world, &unheard_of).await;
    tend().await;
    assert_ne!(hook_id(&world).await, unheard_of);
    world.end().await;
}

/// Text that does not get smaller when it is packed.
fn noise(length: usize) -> String {
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'0' + u8::try_from((state >> 40) % 75).unwrap())
    };
    (0..length).map(|_| next()).collect()
}

async fn what_no_database_takes_is_no_error_in_a_webhook(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let at = issue(1);
    world.sentry.change(&at, json!({ "status": "resolved", "silent": true })).await;
    let long = json!({ "deliver": { "item": at, "headers": { "request-id": noise(8_000) } } });
    assert_eq!(world.sentry.order(long).await[0]["status"], 401);
    if world.kind == Kind::Jira {
        let item = world.kind.item(1);
        world.tracker.change(&item, json!({ "status": world.kind.done(), "silent": true })).await;
        let deliver = async |headers: Value, issue: &str, hook: Value| {
            let body = json!({
                "webhookEvent": "jira:issue_updated", "issue": { "id": issue }, "user": { "displayName": "A\0nn" },
                "changelog": { "items": [{ "field": "status", "from": "1", "to": "2" }] }, "matchedWebhookIds": [hook],
            });
            let order = json!({ "deliver": { "item": item, "fresh": true, "headers": headers, "body": body } });
            world.tracker.order(order).await[0]["status"].clone()
        };
        let hook: Value = hook_id(&world).await.parse::<u64>().unwrap().into();
        assert_eq!(deliver(json!({}), "a\0", hook.clone()).await, 204);
        assert_eq!(deliver(json!({}), &item, json!("a\0")).await, 204);
        assert_eq!(deliver(json!({ "x-atlassian-webhook-identifier": noise(8_000) }), &item, hook).await, 204);
        assert_eq!(world.waiting().await[0].actor.as_deref(), Some("Ann"));
    }
    world.settle().await;
    world.end().await;
}

async fn find(world: &World, id: LinkId) -> IssueLink {
    let mut conn = world.app.ctx.store.read().await.unwrap();
    store::issue_links::by_id(&mut conn, id).await.unwrap().unwrap()
}

async fn an_issue_with_the_same_id_at_another_sentry_is_another_issue(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let ours = world.links().await.remove(0);
    let link = foreign_link(&world, 1, "https://other.example.com/issues/4001/").await;
    world.sentry.change(&issue(1), json!({ "status": "resolved" })).await;
    assert_eq!(find(&world, link).await.next_at, None, "nothing is to be done about the other one");
    assert!(find(&world, ours.id).await.next_at.is_some());
    world.settle().await;
    assert_eq!(world.states(1).await.1, world.kind.done());
    world.end().await;
}

with_both!(
    a_connection_with_a_secret_of_its_own_is_spoken_for_by_nothing_else,
    an_issue_with_the_same_id_at_another_sentry_is_another_issue,
    a_change_at_one_site_of_jira_is_none_at_another_with_the_same_ids,
    a_hook_that_nobody_knows_is_taken_away_whatever_those_of_another_account_are_called,
);

on_postgres!(
    an_issue_with_the_same_id_at_another_sentry_is_another_issue,
    what_no_database_takes_is_no_error_in_a_webhook,
);
