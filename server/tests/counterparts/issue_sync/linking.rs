//! Linking, unlinking, and finding both ends.

mod creating;

use creating::{create, form_of, with_form};

use super::kind::issue;
use super::world::{Wish, World, acme};
use super::{Place, on_postgres, with_both};
use crate::app_support::{ADMIN, MEMBER, RIVAL};
use domain::config::FieldKind;
use domain::issue_sync::{Aspect, EventStatus, LogFilter, Payload, Side};
use domain::{Code, Outcome};
use hub::{Actor, Client};
use serde_json::json;
use tokio_postgres::NoTls;

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

/// Returns when somebody waits for a row that somebody else holds, in a database of PostgreSQL.
async fn until_somebody_waits(address: &str) {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await.unwrap();
    tokio::spawn(connection);
    let waiting = "select exists (select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock')";
    while !client.query_one(waiting, &[]).await.unwrap().get::<_, bool>(0) {}
}

/// On PostgreSQL alone: SQLite has one writer.
async fn unlinking_waits_for_the_worker_that_ends_an_event(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let (ctx, link, now) = (&world.app.ctx, world.links().await.remove(0), world.app.ctx.now());
    let mut conn = ctx.store.write().await.unwrap();
    let (side, aspect, payload) = (Side::Sentry, Aspect::Status, Payload::default());
    let event = store::sync_events::insert(&mut conn, &link, side, aspect, &payload, None, None, now).await.unwrap();
    conn.commit().await.unwrap();
    let mut worker = ctx.store.write().await.unwrap();
    assert_eq!(store::issue_links::extend(&mut worker, link.id, link.version, now).await.unwrap(), 1);
    let (member, tracker, id) = (world.person(MEMBER).await, world.tracker_id, link.id);
    let other = ctx.clone();
    let unlinking =
        tokio::spawn(async move { hub::issue_sync::unlink(&other, &member, &acme(), tracker, id).await.map(drop) });
    until_somebody_waits(&world.app.database.address()).await;
    store::sync_events::finish(&mut worker, event, EventStatus::Done, "It was carried.", now).await.unwrap();
    worker.commit().await.unwrap();
    unlinking.await.unwrap().unwrap();
    assert_eq!((world.links().await.len(), world.newest().await.0), (0, EventStatus::Done));
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

async fn over_a_paused_tracker_nothing_is_looked_for_linked_or_created(place: Place) {
    let Some(world) = World::with(place.clone(), with_form(place.kind)).await else { return };
    let (ctx, member, tracker) = (&world.app.ctx, world.person(MEMBER).await, world.tracker_id);
    let (project, bug, form) = form_of(&world, "Bug").await;
    let admin = world.person(ADMIN).await;
    hub::integrations::pause(ctx, &admin, &acme(), tracker).await.unwrap();
    let before = world.tracker.api_calls().await;
    let FieldKind::Select { choices, .. } = &form[2].kind else { panic!("{form:#?}") };
    let values = [("title", "It broke"), (form[2].name.as_str(), choices[0].0.as_str())];
    let (org, project, bug) = (acme(), project.as_str(), bug.as_str());
    let refused = [
        hub::issue_sync::search_items(ctx, &member, &org, tracker, "Item 2").await.err(),
        link(&world, &member, 1, 1, true).await.err(),
        hub::issue_sync::projects(ctx, &member, &org, tracker).await.err(),
        hub::issue_sync::item_types(ctx, &member, &org, tracker, project).await.err(),
        hub::issue_sync::item_form(ctx, &member, &org, tracker, project, bug).await.err(),
        create(&world, 1, (project, bug), &values).await.err(),
    ];
    for (at, refused) in refused.into_iter().enumerate() {
        let refused = refused.unwrap_or_else(|| panic!("the call at {at} was not refused"));
        assert_eq!(refused.code, Code::Conflict, "{at} {refused:?}");
        assert!(refused.message.ends_with(" is paused. Resume it, then try again."), "{at} {refused:?}");
    }
    assert_eq!((world.tracker.api_calls().await, world.links().await.len()), (before, 0));
    hub::integrations::resume(ctx, &admin, &acme(), tracker).await.unwrap();
    create(&world, 1, (project, bug), &values).await.unwrap();
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
    over_a_paused_tracker_nothing_is_looked_for_linked_or_created,
    issues_and_items_are_found_by_their_names_and_by_words,
);

on_postgres!(
    both_ends_are_linked_once_and_a_comment_says_so,
    after_unlinking_nothing_is_carried_and_the_log_stays,
    unlinking_waits_for_the_worker_that_ends_an_event,
);
