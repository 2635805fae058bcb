//! Comments on an issue are repeated on its item, once.

use super::kind::issue;
use super::{Kind, Place, World, on_postgres, with_both};
use domain::issue_sync::EventStatus;
use serde_json::json;

const HOSTILE: &str = "<script>alert(1)</script> & \"quoted\" {code} [~ada] <img src=x onerror=y>";

async fn a_comment_is_repeated_once_and_is_nothing_but_text_there(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let kind = world.kind;
    world.issue(1, json!({ "comment": HOSTILE, "actor": "Mallory <b>" })).await;
    let item = world.tracker.item(&kind.item(1)).await;
    assert_eq!(item.comments.len(), 1);
    let text = &item.comments[0].text;
    match kind {
        Kind::AzureDevOps => {
            assert!(!text.contains("<script") && !text.contains("<img") && !text.contains("<b>"), "{text}");
            assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot;"), "{text}");
            assert!(text.contains("<blockquote>"), "{text}");
        }
        // A document of Jira's own, in which text is text.
        Kind::Jira => assert!(text.contains(HOSTILE), "{text}"),
    }
    assert!(text.contains("Mallory") && text.contains("Sentry comment "), "{text}");
    let log = world.log().await;
    let done: Vec<_> = log.iter().filter(|line| line.status == EventStatus::Done).collect();
    assert_eq!(done.len(), 1, "{log:#?}");
    world.end().await;
}

async fn changing_and_deleting_a_comment_is_not_carried(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let said = world.issue(1, json!({ "comment": "as it was" })).await;
    let id = &said.comments[0].id;
    let before = world.log().await.len();
    world.sentry.order(json!({ "edit_comment": { "item": issue(1), "id": id, "text": "other words" } })).await;
    world.sentry.order(json!({ "delete_comment": { "item": issue(1), "id": id } })).await;
    world.settle().await;
    assert_eq!(world.log().await.len(), before);
    let item = world.tracker.item(&world.kind.item(1)).await;
    assert!(item.comments.len() == 1 && item.comments[0].text.contains("as it was"));
    world.end().await;
}

async fn what_is_repeated_is_the_comment_as_it_stands_at_sentry(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let mut ids = Vec::new();
    for text in ["taken back", "in haste"] {
        let changed = world.sentry.change(&issue(1), json!({ "comment": text })).await;
        ids.push(changed.comments.last().unwrap().id.clone());
    }
    world.sentry.order(json!({ "delete_comment": { "item": issue(1), "id": ids[0] } })).await;
    world
        .sentry
        .order(json!({ "edit_comment": { "item": issue(1), "id": ids[1], "text": "after some thought" } }))
        .await;
    world.settle().await;
    let comments = world.tracker.item(&world.kind.item(1)).await.comments;
    assert!(comments.len() == 1 && comments[0].text.contains("after some thought"), "{comments:?}");
    let log = world.log().await;
    let gone = log.iter().any(|line| line.sentence.as_ref().is_some_and(|told| told.contains("or was deleted")));
    assert!(gone, "{log:#?}");
    world.end().await;
}

async fn a_comment_whose_answer_was_lost_is_not_written_twice(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let kind = world.kind;
    for (number, fault) in ["fail", "drop", "truncate"].into_iter().enumerate() {
        let comment = json!({ "match": kind.comment_call(), "late": true, "status": 502 });
        let mut comment = comment;
        if fault != "fail" {
            comment.as_object_mut().unwrap().remove("status");
        }
        world.tracker.order(json!({ fault: comment })).await;
        world.issue(1, json!({ "comment": format!("number {number}") })).await;
        world.carry_all().await;
        let comments = world.tracker.item(&kind.item(1)).await.comments;
        assert_eq!(comments.len(), number + 1, "{fault}: {comments:#?}");
    }
    world.end().await;
}

async fn a_comment_that_was_begun_by_a_worker_that_died_is_looked_for_first(place: Place) {
    let Some(world) = World::new(place).await else { return };
    let kind = world.kind;
    world.sentry.change(&issue(1), json!({ "comment": "once" })).await;
    // A worker that is cut off after the write, before its note.
    world.tracker.order(json!({ "hang": { "match": kind.comment_call(), "late": true } })).await;
    {
        let work = hub::issue_sync::run_one(&world.app.ctx);
        let written = async {
            while world.tracker.item(&kind.item(1)).await.comments.is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            done = work => panic!("it was not cut off: {done:?}"),
            () = written => {}
        }
    }
    world.settle().await;
    assert_eq!(world.waiting().await.len(), 1, "whoever was at work is not known to be dead yet");
    world.later(200).await;
    world.settle().await;
    assert_eq!(world.tracker.item(&kind.item(1)).await.comments.len(), 1);
    let expected = format!("The comment is on {} already.", kind.item_name(1));
    let log = world.log().await;
    assert!(log.iter().any(|line| line.sentence.as_ref() == Some(&expected)), "{log:#?}");
    world.end().await;
}

with_both!(
    a_comment_is_repeated_once_and_is_nothing_but_text_there,
    changing_and_deleting_a_comment_is_not_carried,
    what_is_repeated_is_the_comment_as_it_stands_at_sentry,
    a_comment_whose_answer_was_lost_is_not_written_twice,
    a_comment_that_was_begun_by_a_worker_that_died_is_looked_for_first,
);

on_postgres!(a_comment_that_was_begun_by_a_worker_that_died_is_looked_for_first);
