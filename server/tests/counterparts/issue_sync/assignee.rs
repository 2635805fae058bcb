//! The assignee, from either side to the other, by the address.

use super::{Kind, Place, World, with_both};
use domain::issue_sync::EventStatus;
use serde_json::json;

const ADA: &str = "ada@fabrikam.example.com";
const BO: &str = "bo@fabrikam.example.com";

/// People whose address is written differently on the two sides, and one who is only in Sentry.
fn people() -> super::world::Wish {
    super::world::Wish {
        sentry: json!({ "tells_unassign": true, "users": [
            { "name": "Jamal Hartnett" }, { "name": "Ada Moss", "email": "Ada@Fabrikam.example.com" },
            { "name": "Bo Lindqvist", "email": BO }, { "name": "Only Here", "email": "only@sentry.example.com" },
        ] }),
        tracker: json!({ "users": [
            { "name": "Jamal Hartnett" }, { "name": "Ada Moss", "email": ADA },
            { "name": "Bo Lindqvist", "email": "BO@fabrikam.example.com" },
            { "name": "Only There", "email": "only@tracker.example.com" },
        ] }),
        ..Default::default()
    }
}

fn same(found: (Option<String>, Option<String>), expected: Option<&str>) {
    let (here, there) = (found.0.map(|it| it.to_lowercase()), found.1.map(|it| it.to_lowercase()));
    assert_eq!((here.as_deref(), there.as_deref()), (expected, expected));
}

async fn whoever_gets_the_issue_gets_the_item_and_the_other_way_round(place: Place) {
    let Some(world) = World::with(place, people()).await else { return };
    world.issue(1, json!({ "assignee": ADA })).await;
    same(world.holders(1).await, Some(ADA));
    let sentence = format!("Assigned {} to {ADA}.", world.kind.item_name(1));
    assert!(world.log().await.iter().any(|line| line.sentence.as_ref() == Some(&sentence)), "{:#?}", world.log().await);
    world.later(60).await;
    world.item(1, json!({ "assignee": BO })).await;
    same(world.holders(1).await, Some(BO));
    world.later(60).await;
    world.issue(1, json!({ "assignee": null })).await;
    same(world.holders(1).await, None);
    world.later(60).await;
    world.issue(1, json!({ "assignee": BO })).await;
    world.later(60).await;
    world.item(1, json!({ "assignee": null })).await;
    same(world.holders(1).await, None);
    let (here, there) = world.assignee_writes(1).await;
    assert_eq!((here.len(), there.len()), (2, 3), "{here:?} {there:?}");
    world.end().await;
}

async fn an_address_that_the_other_side_does_not_know_is_told_and_nothing_is_changed(place: Place) {
    let Some(world) = World::with(place, people()).await else { return };
    let name = world.kind.name();
    world.issue(1, json!({ "assignee": "only@sentry.example.com" })).await;
    let expected = format!("Not carried: nobody in {name} has the address only@sentry.example.com.");
    assert_eq!(world.newest().await, (EventStatus::Skipped, expected));
    assert_eq!(world.holders(1).await.1, None);
    world.later(60).await;
    world.item(1, json!({ "assignee": "only@tracker.example.com" })).await;
    let expected = "Not carried: nobody in Sentry has the address only@tracker.example.com.".to_owned();
    assert_eq!(world.newest().await, (EventStatus::Skipped, expected));
    assert_eq!(world.holders(1).await.0.as_deref(), Some("only@sentry.example.com"));
    world.end().await;
}

async fn a_team_has_no_address_and_is_not_carried(place: Place) {
    let Some(world) = World::with(place, people()).await else { return };
    world.item(1, json!({ "assignee": ADA })).await;
    world.later(60).await;
    world.issue(1, json!({ "assignee": "team:7" })).await;
    let expected = "Not carried: the email address of platform is not told.".to_owned();
    assert_eq!(world.newest().await, (EventStatus::Skipped, expected));
    assert_eq!(world.holders(1).await.1.as_deref(), Some(ADA));
    world.later(60).await;
    world.issue(1, json!({ "assignee": BO })).await;
    same(world.holders(1).await, Some(BO));
    world.end().await;
}

async fn whoever_hides_the_address_is_not_carried(place: Place) {
    if place.kind != Kind::Jira {
        return;
    }
    let mut wish = people();
    wish.tracker["users"][3] = json!({ "name": "Shy", "email": "only@sentry.example.com", "hidden": true });
    let Some(world) = World::with(place, wish).await else { return };
    world.item(1, json!({ "assignee": "only@sentry.example.com" })).await;
    let expected = "Not carried: the email address of Shy is not told.".to_owned();
    assert_eq!(world.newest().await, (EventStatus::Skipped, expected));
    world.later(60).await;
    world.item(1, json!({ "assignee": null })).await;
    world.later(60).await;
    world.issue(1, json!({ "assignee": "only@sentry.example.com" })).await;
    let expected = "Not carried: nobody in Jira has the address only@sentry.example.com.".to_owned();
    assert_eq!(world.newest().await, (EventStatus::Skipped, expected));
    assert_eq!(world.assignee_writes(1).await.1, Vec::<serde_json::Value>::new());
    world.end().await;
}

async fn with_its_setting_off_an_assignee_stays_where_it_is(place: Place) {
    let Some(world) = World::with(place, people()).await else { return };
    let off = json!({ "sync_forward_assignment": false, "sync_reverse_assignment": false });
    assert_eq!(world.save(&off).await.status, 200);
    world.issue(1, json!({ "assignee": ADA })).await;
    let expected = format!("Not carried: sending the assignee to {} is off.", world.kind.name());
    assert_eq!(world.newest().await, (EventStatus::Skipped, expected));
    world.later(60).await;
    world.item(1, json!({ "assignee": BO })).await;
    assert_eq!(world.newest().await.0, EventStatus::Skipped);
    assert_eq!(world.assignee_writes(1).await, (vec![], vec![]));
    world.end().await;
}

with_both!(
    whoever_gets_the_issue_gets_the_item_and_the_other_way_round,
    an_address_that_the_other_side_does_not_know_is_told_and_nothing_is_changed,
    a_team_has_no_address_and_is_not_carried,
    whoever_hides_the_address_is_not_carried,
    with_its_setting_off_an_assignee_stays_where_it_is,
);
