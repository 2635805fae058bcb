//! Connections and organizations that share a vendor: nobody speaks for anybody else.

use super::kind::issue;
use super::world::World;
use super::{Place, on_postgres, with_both};
use crate::app_support::{ADMIN, Answer, RIVAL};
use domain::ids::{InstallationId, IntegrationId, LinkId, OrgId};
use domain::issue_sync::IssueLink;
use domain::trackers::{Issue, Item};
use serde_json::json;

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
    let issue = Issue {
        id: issue(number),
        short_id: "API-1".to_owned(),
        title: "Theirs".to_owned(),
        url: url.to_owned(),
        status: "unresolved".to_owned(),
        assignee: None,
    };
    let item = Item {
        key: "999".to_owned(),
        name: "#999".to_owned(),
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
    let link =
        store::issue_links::insert(&mut conn, rival.organization_id, rival.id, &issue, tracker, &item, "x", now, now)
            .await;
    conn.commit().await.unwrap();
    link.unwrap()
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
);

on_postgres!(an_issue_with_the_same_id_at_another_sentry_is_another_issue);
