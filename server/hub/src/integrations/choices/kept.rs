//! Lists of choices that were read lately, in this process: what is typed next sifts them instead of asking again.

use domain::ids::InstallationId;
use domain::time::MINUTE;
use domain::{Outcome, Timestamp};
use providers::connect::Choice;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a list is kept, in milliseconds.
const KEPT: i64 = MINUTE;

/// A list that was read to its end.
pub(super) type List = Arc<[Choice]>;
/// The installation, and so the organization, whose list it is, and what was asked for.
type Key = (InstallationId, String);
/// Where a list is kept, with the time it is of. Whoever reads it holds the lock.
type Place = Arc<tokio::sync::Mutex<Option<(Timestamp, List)>>>;

/// The lists.
#[derive(Default)]
pub struct KeptLists(Mutex<HashMap<Key, Place>>);

impl KeptLists {
    /// The list as kept, else as read now. Of several who want it at once one reads, and the others wait for that.
    pub(super) async fn get(
        &self,
        key: Key,
        now: Timestamp,
        read: impl Future<Output = Outcome<Result<List, String>>>,
    ) -> Outcome<Result<List, String>> {
        let place = self.place(key, now);
        let mut kept = place.lock().await;
        if let Some((_, list)) = kept.as_ref().filter(|(at, _)| is_fresh(*at, now)) {
            return Ok(Ok(list.clone()));
        }
        let found = read.await?;
        *kept = found.as_ref().ok().map(|list| (now, list.clone()));
        Ok(found)
    }

    /// The place of a list. Lists that are old, and that nobody is at, go.
    fn place(&self, key: Key, now: Timestamp) -> Place {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.retain(|_, place| {
            let is_kept = |place: &Place| {
                place.try_lock().is_ok_and(|kept| kept.as_ref().is_some_and(|(at, _)| is_fresh(*at, now)))
            };
            Arc::strong_count(place) > 1 || is_kept(place)
        });
        places.entry(key).or_default().clone()
    }
}

fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    at > now.plus(-KEPT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const START: Timestamp = Timestamp(1_000_000);

    /// Lists, and how often one was read.
    #[derive(Default)]
    struct Reading {
        lists: KeptLists,
        count: AtomicUsize,
    }

    impl Reading {
        /// Wants the list of an installation; reading it ends as told.
        async fn want(&self, installation: i64, after: i64, fails: bool) -> Result<usize, String> {
            let read = async {
                tokio::task::yield_now().await;
                self.count.fetch_add(1, Ordering::Relaxed);
                let choice = Choice { value: "1".into(), label: "One".into(), url: None };
                Ok(if fails { Err("It is busy.".to_owned()) } else { Ok(List::from([choice])) })
            };
            let key = (InstallationId(installation), "channels".to_owned());
            self.lists.get(key, START.plus(after), read).await.unwrap().map(|list| list.len())
        }

        fn count(&self) -> usize {
            self.count.load(Ordering::Relaxed)
        }
    }

    #[tokio::test]
    async fn a_list_is_kept_for_a_minute_for_its_installation_alone() {
        let reading = Reading::default();
        assert_eq!(reading.want(1, 0, false).await, Ok(1));
        assert_eq!(reading.want(1, KEPT - 1, true).await, Ok(1));
        assert_eq!(reading.count(), 1);
        assert_eq!(reading.want(2, 0, true).await, Err("It is busy.".to_owned()));
        assert_eq!(reading.want(1, KEPT, true).await, Err("It is busy.".to_owned()));
        assert_eq!(reading.count(), 3);
    }

    #[tokio::test]
    async fn those_who_want_a_list_at_once_read_it_once() {
        let reading = Reading::default();
        let all = tokio::join!(reading.want(1, 0, false), reading.want(1, 1, false), reading.want(1, 2, false));
        assert_eq!(all, (Ok(1), Ok(1), Ok(1)));
        assert_eq!(reading.count(), 1);
    }

    #[tokio::test]
    async fn a_failure_is_not_kept_and_an_old_list_goes() {
        let reading = Reading::default();
        assert!(reading.want(1, 0, true).await.is_err());
        assert_eq!(reading.want(1, 0, false).await, Ok(1));
        assert_eq!(reading.want(2, KEPT, false).await, Ok(1));
        assert_eq!(reading.lists.0.lock().unwrap().len(), 1);
    }
}
