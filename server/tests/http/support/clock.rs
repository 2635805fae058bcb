//! A clock that stands still until a test moves it.

use domain::Timestamp;
use hub::Clock;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// When every test begins: 21 September 2026, 14:13:20 UTC.
const BEGIN: i64 = 1_790_000_000_000;

/// The clock. Clones tell the same time.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl Default for TestClock {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(BEGIN)))
    }
}

impl TestClock {
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
