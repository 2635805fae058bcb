//! Links, their events, deliveries, what is known of trackers, hooks.

use crate::support::{NOW, installation, organization};
use domain::ids::{InstallationId, LinkId, SyncEventId};
use domain::issue_sync::{Aspect, EventStatus, IssueLink, Payload, Side, Writing};
use domain::trackers::{Issue, Item, Person, ProjectInformation, StoredHook, TrackerProject};
use store::{Conn, Store};

fn issue(id: &str) -> Issue {
    Issue {
        id: id.into(),
        short_id: format!("API-{id}"),
        title: "It broke".into(),
        url: format!("https://sentry.example.com/issues/{id}/"),
        status: "unresolved".into(),
        assignee: Some(Person { email: Some("ada@acme.test".into()), name: "Ada".into() }),
    }
}

fn item(key: &str) -> Item {
    Item {
        key: key.into(),
        name: format!("#{key}"),
        title: "It broke".into(),
        url: format!("https://tracker.example.com/{key}"),
        project_id: "p1".into(),
        status: "New".into(),
        is_done: None,
        assignee: None,
        status_changed_at: None,
    }
}

/// A Sentry and a tracker of one organization.
async fn ends(conn: &mut Conn) -> (InstallationId, InstallationId) {
    let org = organization(conn, "acme").await;
    (installation(conn, org, "sentry").await, installation(conn, org, "tracker").await)
}

async fn link(conn: &mut Conn, ends: (InstallationId, InstallationId), id: &str) -> IssueLink {
    let org = store::installations::by_id(conn, ends.0).await.unwrap().unwrap().organization_id;
    let (issue, item) = (issue(id), item(id));
    let made =
        store::issue_links::insert(conn, org, ends.0, &issue, ends.1, &item, "ada@acme.test", NOW, NOW).await.unwrap();
    store::issue_links::by_id(conn, made).await.unwrap().unwrap()
}

async fn event(conn: &mut Conn, link: &IssueLink, side: Side, at: i64) -> SyncEventId {
    let payload = Payload::default();
    let (aspect, at) = (Aspect::Status, Some(NOW.plus(at)));
    store::sync_events::insert(conn, link, side, aspect, &payload, Some("Ada"), at, NOW).await.unwrap()
}

pub async fn an_issue_and_an_item_are_linked_once(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let ends = ends(&mut conn).await;
    let first = link(&mut conn, ends, "1").await;
    assert_eq!((first.issue_assignee.as_deref(), first.item_assignee.as_deref()), (Some("ada@acme.test"), None));
    conn.commit().await.unwrap();
    for (one, other, rule) in
        [("1", "2", "issue_links_sentry_id_issue_id"), ("2", "1", "issue_links_tracker_id_item_key")]
    {
        let mut conn = store.write().await.unwrap();
        let (one, other) = (issue(one), item(other));
        let again =
            store::issue_links::insert(&mut conn, first.organization_id, ends.0, &one, ends.1, &other, "x", NOW, NOW)
                .await;
        assert_eq!(store::unique_violation(&again.unwrap_err()).as_deref(), Some(rule));
    }
    let mut conn = store.write().await.unwrap();
    assert_eq!(store::issue_links::of_issue(&mut conn, "1").await.unwrap(), std::slice::from_ref(&first));
    assert_eq!(store::issue_links::of_item(&mut conn, ends.1, "1").await.unwrap(), Some(first.clone()));
    assert_eq!(store::issue_links::count(&mut conn, ends.0).await.unwrap(), 1);
    let newest = LinkId(i64::MAX);
    assert_eq!(store::issue_links::of_installation(&mut conn, ends.1, newest, 9).await.unwrap().len(), 1);
    assert_eq!(store::issue_links::of_installation(&mut conn, ends.1, first.id, 9).await.unwrap(), []);
    assert_eq!(store::issue_links::delete(&mut conn, first.id).await.unwrap(), 1);
    assert_eq!(store::issue_links::by_id(&mut conn, first.id).await.unwrap(), None);
}

pub async fn a_link_that_is_due_is_claimed_once_and_a_late_worker_writes_nothing(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let ends = ends(&mut conn).await;
    let link = link(&mut conn, ends, "1").await;
    assert_eq!(store::issue_links::claim(&mut conn, NOW, NOW.plus(10)).await.unwrap(), None);
    store::issue_links::wake(&mut conn, link.id, NOW).await.unwrap();
    assert!(store::issue_links::is_waiting(&mut conn, NOW).await.unwrap());
    let mut held = store::issue_links::claim(&mut conn, NOW, NOW.plus(10)).await.unwrap().unwrap();
    assert_eq!(store::issue_links::claim(&mut conn, NOW.plus(9), NOW.plus(20)).await.unwrap(), None);
    held.item_status = "Closed".into();
    let (aspect, side) = (Aspect::Assignee, Side::Sentry);
    held.writing = Some(Writing { aspect, side, issue: None, item: Some("ada@example.com".into()) });
    assert_eq!(store::issue_links::set_known(&mut conn, &held).await.unwrap(), 1);
    // Taken for dead: another worker takes over, and the first one changes nothing any more.
    let newer = store::issue_links::claim(&mut conn, NOW.plus(10), NOW.plus(20)).await.unwrap().unwrap();
    assert_eq!((newer.item_status.as_str(), newer.version), ("Closed", held.version + 1));
    assert_eq!(newer.writing, held.writing);
    assert_eq!(store::issue_links::extend(&mut conn, held.id, held.version, NOW.plus(99)).await.unwrap(), 0);
    assert_eq!(store::issue_links::set_known(&mut conn, &held).await.unwrap(), 0);
    assert_eq!(store::issue_links::release(&mut conn, held.id, held.version, None, 0).await.unwrap(), 0);
    let due = Some(NOW.plus(50));
    assert_eq!(store::issue_links::release(&mut conn, newer.id, newer.version, due, 3).await.unwrap(), 1);
    // It waits for a further try: more events do not make it due, a person does.
    store::issue_links::wake(&mut conn, link.id, NOW.plus(11)).await.unwrap();
    assert!(!store::issue_links::is_waiting(&mut conn, NOW.plus(49)).await.unwrap());
    store::issue_links::hurry(&mut conn, link.id, NOW.plus(12)).await.unwrap();
    let again = store::issue_links::claim(&mut conn, NOW.plus(12), NOW.plus(20)).await.unwrap().unwrap();
    assert_eq!(again.failures, 0);
    assert_eq!(store::issue_links::release_all(&mut conn).await.unwrap(), 1);
    assert!(store::issue_links::claim(&mut conn, NOW.plus(12), NOW.plus(20)).await.unwrap().is_some());
}

pub async fn a_link_is_looked_at_when_its_time_has_come_and_nothing_waits(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let ends = ends(&mut conn).await;
    let link = link(&mut conn, ends, "1").await;
    assert_eq!(store::issue_links::to_look_at(&mut conn, NOW.plus(-1), 9).await.unwrap(), []);
    assert_eq!(store::issue_links::to_look_at(&mut conn, NOW, 9).await.unwrap(), std::slice::from_ref(&link));
    assert_eq!(store::issue_links::put_off_look(&mut conn, link.id, NOW, NOW.plus(50)).await.unwrap(), 1);
    assert_eq!(store::issue_links::put_off_look(&mut conn, link.id, NOW, NOW.plus(60)).await.unwrap(), 0);
    assert_eq!(store::issue_links::to_look_at(&mut conn, NOW.plus(49), 9).await.unwrap(), []);
    for (tracker, count) in [(Some(ends.0), 0), (Some(ends.1), 1), (None, 0)] {
        assert_eq!(store::issue_links::look_at_all(&mut conn, tracker, NOW.plus(10)).await.unwrap(), count);
    }
    assert_eq!(store::issue_links::look_at_all(&mut conn, None, NOW.plus(9)).await.unwrap(), 1);
    assert_eq!(store::issue_links::to_look_at(&mut conn, NOW.plus(10), 9).await.unwrap().len(), 1);
    store::issue_links::wake(&mut conn, link.id, NOW).await.unwrap();
    assert_eq!(store::issue_links::to_look_at(&mut conn, NOW.plus(10), 9).await.unwrap(), []);
}

pub async fn a_line_that_says_nothing_new_is_taken_out_of_the_log(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let ends = ends(&mut conn).await;
    let link = link(&mut conn, ends, "1").await;
    let newest =
        async |conn: &mut Conn| store::sync_events::newest_sentence(conn, link.id, Aspect::Status).await.unwrap();
    let id = event(&mut conn, &link, Side::Sentry, 1).await;
    assert_eq!(newest(&mut conn).await, None, "it still waits");
    store::sync_events::finish(&mut conn, id, EventStatus::Failed, "Refused.", NOW).await.unwrap();
    assert_eq!(newest(&mut conn).await.as_deref(), Some("Refused."));
    let other = store::sync_events::newest_sentence(&mut conn, link.id, Aspect::Catchup).await.unwrap();
    assert_eq!(other, None);
    let carried = store::sync_events::payloads(&mut conn, link.id, Aspect::Status).await.unwrap();
    assert_eq!(carried, [Payload::default()]);
    assert_eq!(store::sync_events::payloads(&mut conn, link.id, Aspect::Comment).await.unwrap(), []);
    assert_eq!(store::sync_events::delete(&mut conn, id).await.unwrap(), 1);
    assert_eq!(newest(&mut conn).await, None);
}

pub async fn events_of_a_link_begin_in_order_and_stay_as_its_log(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let ends = ends(&mut conn).await;
    let link = link(&mut conn, ends, "1").await;
    let first = event(&mut conn, &link, Side::Sentry, 1).await;
    let second = event(&mut conn, &link, Side::Tracker, 2).await;
    for attempts in 1..3 {
        let begun = store::sync_events::begin_first(&mut conn, link.id).await.unwrap().unwrap();
        assert_eq!((begun.id, begun.attempts, begun.sentence), (first, attempts, None));
    }
    store::sync_events::explain(&mut conn, first, "It did not answer.").await.unwrap();
    store::sync_events::finish(&mut conn, first, EventStatus::Failed, "Refused.", NOW.plus(3)).await.unwrap();
    let begun = store::sync_events::begin_first(&mut conn, link.id).await.unwrap().unwrap();
    assert_eq!((begun.id, begun.side, begun.subject.as_str()), (second, Side::Tracker, "API-1 and #1"));
    let (sentry, tracker) = (Side::Sentry, Side::Tracker);
    let at = store::sync_events::newest_at(&mut conn, link.id, tracker, Aspect::Status).await.unwrap();
    assert_eq!(at, Some(NOW.plus(2)));
    assert_eq!(store::sync_events::newest_at(&mut conn, link.id, sentry, Aspect::Comment).await.unwrap(), None);
    assert_eq!(store::sync_events::retry(&mut conn, second).await.unwrap(), 0);
    assert_eq!(store::sync_events::retry(&mut conn, first).await.unwrap(), 1);
    assert_eq!(store::sync_events::begin_first(&mut conn, link.id).await.unwrap().unwrap().id, first);
    assert_eq!(store::sync_events::give_up(&mut conn, link.id, "Unlinked.", NOW).await.unwrap(), 2);
    store::issue_links::delete(&mut conn, link.id).await.unwrap();
    let newest = SyncEventId(i64::MAX);
    let log = store::sync_events::log(&mut conn, ends.1, None, None, newest, 9).await.unwrap();
    let lines: Vec<_> = log.iter().map(|line| (line.id, line.link_id, line.status)).collect();
    assert_eq!(lines, [(second, None, EventStatus::Skipped), (first, None, EventStatus::Skipped)]);
    assert_eq!(store::sync_events::count(&mut conn, ends.1, EventStatus::Skipped, None).await.unwrap(), 2);
    assert_eq!(store::sync_events::count(&mut conn, ends.1, EventStatus::Skipped, Some(link.id)).await.unwrap(), 0);
    let failed = Some(EventStatus::Failed);
    assert_eq!(store::sync_events::log(&mut conn, ends.1, failed, None, newest, 9).await.unwrap(), []);
    assert_eq!(store::sync_events::retry(&mut conn, first).await.unwrap(), 0);
    assert_eq!(store::sync_events::delete_before(&mut conn, NOW.plus(1)).await.unwrap(), 2);
}

pub async fn two_workers_never_hold_one_link_and_no_event_is_left(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let ends = ends(&mut conn).await;
    let link = link(&mut conn, ends, "1").await;
    conn.commit().await.unwrap();
    let worker = |store: Store| async move {
        let mut done = Vec::new();
        while done.len() < 40 {
            let mut conn = store.write().await.unwrap();
            let held = store::issue_links::claim(&mut conn, NOW, NOW.plus(100)).await.unwrap();
            conn.commit().await.unwrap();
            let Some(held) = held else {
                let mut conn = store.read().await.unwrap();
                if store::sync_events::count(&mut conn, held_tracker(&store).await, EventStatus::Done, None)
                    .await
                    .unwrap()
                    == 40
                {
                    break;
                }
                drop(conn);
                tokio::task::yield_now().await;
                continue;
            };
            let mut conn = store.write().await.unwrap();
            assert_eq!(store::issue_links::extend(&mut conn, held.id, held.version, NOW.plus(100)).await.unwrap(), 1);
            while let Some(event) = store::sync_events::begin_first(&mut conn, held.id).await.unwrap() {
                store::sync_events::finish(&mut conn, event.id, EventStatus::Done, "Done.", NOW).await.unwrap();
                done.push(event.id);
            }
            store::issue_links::release(&mut conn, held.id, held.version, None, 0).await.unwrap();
            conn.commit().await.unwrap();
        }
        done
    };
    let workers: Vec<_> = (0..3).map(|_| tokio::spawn(worker(store.clone()))).collect();
    for number in 0..40 {
        let mut conn = store.write().await.unwrap();
        store::issue_links::wake(&mut conn, link.id, NOW).await.unwrap();
        event(&mut conn, &link, Side::Tracker, number).await;
        conn.commit().await.unwrap();
    }
    let mut done = Vec::new();
    for worker in workers {
        done.extend(worker.await.unwrap());
    }
    done.sort();
    let all = done.len();
    done.dedup();
    assert_eq!((all, done.len()), (40, 40));
}

/// The only tracker of the database.
async fn held_tracker(store: &Store) -> InstallationId {
    let mut conn = store.read().await.unwrap();
    store::issue_links::of_issue(&mut conn, "1").await.unwrap()[0].tracker_id
}

pub async fn a_delivery_is_taken_once_per_source(store: &Store) {
    let mut conn = store.write().await.unwrap();
    for (source, id, taken) in [("sentry", "a", 1), ("sentry", "a", 0), ("sentry", "b", 1), ("vsts:1", "a", 1)] {
        assert_eq!(
            store::webhook_deliveries::insert(&mut conn, source, id, NOW).await.unwrap(),
            taken,
            "{source} {id}"
        );
    }
    assert_eq!(store::webhook_deliveries::delete_before(&mut conn, NOW.plus(1)).await.unwrap(), 3);
    assert_eq!(store::webhook_deliveries::insert(&mut conn, "sentry", "a", NOW).await.unwrap(), 1);
}

pub async fn one_process_gathers_at_a_time_and_a_failure_keeps_what_was_known(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let (_, tracker) = ends(&mut conn).await;
    assert_eq!(store::project_information::of_installation(&mut conn, tracker).await.unwrap(), None);
    let turn = store::project_information::begin(&mut conn, tracker, NOW.plus(10), NOW).await.unwrap();
    assert_eq!(turn, Some(1));
    assert_eq!(store::project_information::begin(&mut conn, tracker, NOW.plus(19), NOW.plus(9)).await.unwrap(), None);
    let until = NOW.plus(20);
    assert_eq!(store::project_information::progress(&mut conn, tracker, 1, 3, 9, until).await.unwrap(), 1);
    let found = store::project_information::of_installation(&mut conn, tracker).await.unwrap().unwrap();
    assert_eq!((found.done, found.total, found.lease_until, &found.content), (3, 9, until, &None));
    let project = TrackerProject { id: "p1".into(), name: "One".into(), states: Vec::new(), problem: None };
    let content = ProjectInformation { projects: vec![project] };
    assert_eq!(store::project_information::put(&mut conn, tracker, 1, &content, NOW.plus(11)).await.unwrap(), 1);
    assert_eq!(
        store::project_information::begin(&mut conn, tracker, NOW.plus(30), NOW.plus(12)).await.unwrap(),
        Some(2)
    );
    assert_eq!(
        store::project_information::put(&mut conn, tracker, 1, &ProjectInformation::default(), NOW).await.unwrap(),
        0
    );
    let failed = NOW.plus(13);
    assert_eq!(store::project_information::fail(&mut conn, tracker, 2, "It is down.", failed).await.unwrap(), 1);
    let found = store::project_information::of_installation(&mut conn, tracker).await.unwrap().unwrap();
    assert_eq!((found.content, found.gathered_at), (Some(content), Some(NOW.plus(11))));
    assert_eq!(
        (found.problem.as_deref(), found.failed_at, found.lease_until.0),
        (Some("It is down."), Some(failed), 0)
    );
    store::project_information::begin(&mut conn, tracker, NOW.plus(30), NOW.plus(14)).await.unwrap();
    assert_eq!(store::project_information::release_all(&mut conn).await.unwrap(), 1);
}

pub async fn a_hook_is_due_while_its_connection_is_active(store: &Store) {
    use domain::integrations::ObjectStatus;
    let mut conn = store.write().await.unwrap();
    let (_, tracker) = ends(&mut conn).await;
    let mut hook = StoredHook {
        hook_id: None,
        problem: Some("Not allowed.".into()),
        expires_at: None,
        checked_at: None,
        next_check_at: NOW,
    };
    store::tracker_hooks::put(&mut conn, tracker, &hook).await.unwrap();
    assert_eq!(store::tracker_hooks::of_installation(&mut conn, tracker).await.unwrap(), Some(hook.clone()));
    hook = StoredHook { hook_id: Some("h1".into()), problem: None, expires_at: Some(NOW.plus(9)), ..hook };
    store::tracker_hooks::put(&mut conn, tracker, &hook).await.unwrap();
    assert_eq!(store::tracker_hooks::of_installation(&mut conn, tracker).await.unwrap(), Some(hook));
    assert_eq!(store::tracker_hooks::due(&mut conn, NOW, 9).await.unwrap(), [tracker]);
    store::tracker_hooks::postpone(&mut conn, tracker, NOW.plus(5)).await.unwrap();
    assert_eq!(store::tracker_hooks::due(&mut conn, NOW.plus(4), 9).await.unwrap(), []);
    let (from, to) = (ObjectStatus::Active, ObjectStatus::Disabled);
    store::installations::set_status(&mut conn, tracker, from, to, None).await.unwrap();
    assert_eq!(store::tracker_hooks::due(&mut conn, NOW.plus(5), 9).await.unwrap(), []);
}
