//! Rate limits, exact over any window: a log of what was accepted, refused requests not counted.

use crate::ctx::Ctx;
use crate::errors::OrInternal;
use domain::time::SECOND;
use domain::{Outcome, Timestamp};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// Requests of the status API that one caller may make in [`STATUS_WINDOW`].
pub const STATUS_LIMIT: usize = 60;
/// The window, in milliseconds.
pub const STATUS_WINDOW: i64 = 30 * SECOND;

/// Accepted requests by key, in this process.
#[derive(Default)]
pub struct Window(Mutex<HashMap<String, VecDeque<Timestamp>>>);

impl Window {
    /// Accepts one more if fewer than `limit` were accepted in the last `length` milliseconds; answers the accepted
    /// ones, this one included if it was.
    pub fn take(&self, key: &str, limit: usize, length: i64, now: Timestamp) -> (bool, Vec<Timestamp>) {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if map.len() > 10_000 {
            map.retain(|_, log| log.back().is_some_and(|last| *last > now.plus(-length)));
        }
        let log = map.entry(key.to_owned()).or_default();
        while log.front().is_some_and(|first| *first <= now.plus(-length)) {
            log.pop_front();
        }
        let accepted = log.len() < limit;
        if accepted {
            log.push_back(now);
        }
        (accepted, log.iter().copied().collect())
    }

    /// How many were noted in the last `length` milliseconds.
    pub fn count(&self, key: &str, length: i64, now: Timestamp) -> usize {
        let map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        map.get(key).map_or(0, |log| log.iter().filter(|at| **at > now.plus(-length)).count())
    }

    /// Notes one, whatever the count.
    pub fn add(&self, key: &str, length: i64, now: Timestamp) {
        self.take(key, usize::MAX, length, now);
    }

    /// Forgets a key.
    pub fn forget(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// What a caller is told about its limit (the headers of draft-ietf-httpapi-ratelimit-headers).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether this request was accepted.
    pub accepted: bool,
    /// How many more are accepted now.
    pub remaining: usize,
    /// Seconds until one more is accepted (for a refused request), or until the oldest is forgotten.
    pub reset: i64,
}

/// Counts a request to the status API.
///
/// # Errors
/// When the database refuses.
pub async fn status_api(ctx: &Ctx, caller: &str) -> Outcome<Standing> {
    let now = ctx.now();
    let (accepted, log) = if ctx.store.is_shared() {
        let mut conn = ctx.store.write().await.or_internal()?;
        let taken =
            store::rate_limits::take(&mut conn, caller, STATUS_LIMIT, STATUS_WINDOW, now).await.or_internal()?;
        conn.commit().await.or_internal()?;
        taken
    } else {
        ctx.api_window.take(caller, STATUS_LIMIT, STATUS_WINDOW, now)
    };
    let oldest = log.first().copied().unwrap_or(now);
    let wait = oldest.plus(STATUS_WINDOW).0.saturating_sub(now.0).max(0);
    // Rounded up: asking again after this many whole seconds is accepted.
    let reset = (wait + SECOND - 1) / SECOND;
    Ok(Standing { accepted, remaining: STATUS_LIMIT.saturating_sub(log.len()), reset: reset.max(1) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_window_ever_holds_more_than_the_limit(steps in proptest::collection::vec(0i64..9, 1..200)) {
            let window = Window::default();
            let mut now = Timestamp(0);
            let mut accepted = Vec::new();
            for step in steps {
                now = now.plus(step);
                if window.take("caller", 5, 20, now).0 {
                    accepted.push(now.0);
                }
            }
            for start in &accepted {
                prop_assert!(accepted.iter().filter(|at| (*start..*start + 20).contains(*at)).count() <= 5);
            }
        }
    }

    #[test]
    fn a_refused_request_does_not_count() {
        let window = Window::default();
        assert!(window.take("a", 1, 10, Timestamp(0)).0);
        for at in 1..10 {
            assert!(!window.take("a", 1, 10, Timestamp(at)).0);
        }
        assert!(window.take("a", 1, 10, Timestamp(10)).0);
        assert!(window.take("b", 1, 10, Timestamp(0)).0);
    }
}
