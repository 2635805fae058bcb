//! Jobs, rate limits, events, mails: what several processes share.

use crate::support::{NOW, organization};
use domain::events::Topic;
use domain::ids::EventId;
use domain::jobs::Work;
use domain::mails::MailStatus;
use std::collections::BTreeSet;
use store::Store;

const WORK: Work = Work::SendMail { mail: 7 };

pub async fn a_job_is_claimed_once_until_its_lease_ends(store: &Store) {
    let mut conn = store.write().await.unwrap();
    store::jobs::put(&mut conn, &WORK, None, NOW.plus(10), NOW).await.unwrap();
    assert!(!store::jobs::is_waiting(&mut conn, NOW).await.unwrap());
    assert_eq!(store::jobs::claim(&mut conn, NOW, NOW.plus(100)).await.unwrap(), None);
    assert!(store::jobs::is_waiting(&mut conn, NOW.plus(10)).await.unwrap());
    let job = store::jobs::claim(&mut conn, NOW.plus(10), NOW.plus(100)).await.unwrap().unwrap();
    assert_eq!((job.work, job.attempts), (WORK, 1));
    assert_eq!(store::jobs::claim(&mut conn, NOW.plus(99), NOW.plus(200)).await.unwrap(), None);
    let again = store::jobs::claim(&mut conn, NOW.plus(100), NOW.plus(200)).await.unwrap().unwrap();
    assert_eq!((again.id, again.attempts), (job.id, 2));
    assert_eq!(store::jobs::retry(&mut conn, job.id, NOW.plus(150), "down").await.unwrap(), 1);
    assert_eq!(store::jobs::claim(&mut conn, NOW.plus(149), NOW.plus(200)).await.unwrap(), None);
    assert!(store::jobs::claim(&mut conn, NOW.plus(150), NOW.plus(200)).await.unwrap().is_some());
    assert_eq!(store::jobs::delete(&mut conn, job.id).await.unwrap(), 1);
}

pub async fn a_job_with_the_same_key_is_moved_not_added(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let first = store::jobs::put(&mut conn, &WORK, Some("mail:7"), NOW, NOW).await.unwrap();
    let second = store::jobs::put(&mut conn, &WORK, Some("mail:7"), NOW.plus(5), NOW).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(store::jobs::claim(&mut conn, NOW, NOW.plus(9)).await.unwrap(), None);
    assert_eq!(store::jobs::delete_by_key(&mut conn, "mail:7").await.unwrap(), 1);
    assert_eq!(store::jobs::delete_by_key(&mut conn, "mail:7").await.unwrap(), 0);
}

pub async fn two_workers_never_do_one_job_twice(store: &Store) {
    let mut conn = store.write().await.unwrap();
    for _ in 0..40 {
        store::jobs::put(&mut conn, &WORK, None, NOW, NOW).await.unwrap();
    }
    conn.commit().await.unwrap();
    let worker = |store: Store| async move {
        let mut done = Vec::new();
        loop {
            let mut conn = store.write().await.unwrap();
            if !store::jobs::is_waiting(&mut conn, NOW).await.unwrap() {
                return done;
            }
            let job = store::jobs::claim(&mut conn, NOW, NOW.plus(100)).await.unwrap();
            conn.commit().await.unwrap();
            done.extend(job.map(|job| job.id));
        }
    };
    let workers: Vec<_> = (0..4).map(|_| tokio::spawn(worker(store.clone()))).collect();
    let mut done = Vec::new();
    for worker in workers {
        done.extend(worker.await.unwrap());
    }
    assert_eq!(done.len(), 40);
    assert_eq!(done.into_iter().collect::<BTreeSet<_>>().len(), 40);
}

pub async fn a_limit_holds_over_parallel_callers(store: &Store) {
    let take = |store: Store, caller: &'static str, at| async move {
        let mut conn = store.write().await.unwrap();
        let (accepted, _) = store::rate_limits::take(&mut conn, caller, 5, 100, at).await.unwrap();
        conn.commit().await.unwrap();
        accepted
    };
    let callers: Vec<_> = (0..20).map(|_| tokio::spawn(take(store.clone(), "ada", NOW))).collect();
    let mut accepted = 0;
    for caller in callers {
        accepted += usize::from(caller.await.unwrap());
    }
    assert_eq!(accepted, 5);
    assert!(take(store.clone(), "eve", NOW).await, "callers are counted apart");
    assert!(!take(store.clone(), "ada", NOW.plus(99)).await);
    assert!(take(store.clone(), "ada", NOW.plus(100)).await, "refused ones did not count");
}

pub async fn events_are_read_in_order_after_the_last_one_seen(store: &Store) {
    let mut conn = store.write().await.unwrap();
    assert_eq!(store::events::newest(&mut conn).await.unwrap(), 0);
    let acme = organization(&mut conn, "acme").await;
    let mut ids = Vec::new();
    for subject in ["one", "two", "three"] {
        let id = store::events::insert(&mut conn, acme, Topic::Integration, subject, "ada", NOW).await.unwrap();
        ids.push(id);
    }
    assert_eq!(store::events::newest(&mut conn).await.unwrap(), ids[2].0);
    let after = store::events::after(&mut conn, ids[0], 10).await.unwrap();
    assert_eq!(after.iter().map(|event| event.subject.as_str()).collect::<Vec<_>>(), ["two", "three"]);
    assert_eq!(store::events::after(&mut conn, EventId(0), 1).await.unwrap().len(), 1);
    assert_eq!(store::events::delete_before(&mut conn, NOW.plus(1)).await.unwrap(), 3);
}

pub async fn a_mail_moves_on(store: &Store) {
    let mut conn = store.write().await.unwrap();
    let id = store::mails::insert(&mut conn, "ada@x.test", "Hello", "Text", MailStatus::Queued, NOW).await.unwrap();
    store::mails::set_status(&mut conn, id, MailStatus::Failed, Some("refused")).await.unwrap();
    let mail = store::mails::by_id(&mut conn, id).await.unwrap().unwrap();
    assert_eq!((mail.status, mail.error.as_deref()), (MailStatus::Failed, Some("refused")));
    assert_eq!(store::mails::newest(&mut conn, 10).await.unwrap(), [mail]);
}
