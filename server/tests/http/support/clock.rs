//! A clock that stands still until a test moves it.

use domain::Timestamp;
use hub::Clock;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// When tests begin: 21 September 2026, 14:13:20 UTC.
pub const BEGIN: Timestamp = Timestamp(1_790_000_000_000);

/// The clock. Clones tell the same time.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// It shows this time.
    pub fn at(begin: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(begin.0)))
    }

    /// Moves on by so many milliseconds.
    pub fn advance(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}
