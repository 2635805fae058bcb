//! The server's present on the page: it begins with the time the server sent and goes on while the page is open.

use domain::Timestamp;
use leptos::prelude::*;

/// A clock that ticks every few seconds in the browser and stands still on the server.
#[derive(Clone, Copy)]
pub struct Clock {
    start: Timestamp,
    began: f64,
    shown: RwSignal<Timestamp>,
}

impl Clock {
    /// Starts at the server's present.
    pub fn starting(start: Timestamp) -> Self {
        let clock = Self { start, began: elapsed(), shown: RwSignal::new(start) };
        #[cfg(feature = "hydrate")]
        if let Ok(tick) = set_interval_with_handle(
            move || {
                clock.exact();
            },
            std::time::Duration::from_secs(5),
        ) {
            on_cleanup(move || tick.clear());
        }
        clock
    }

    /// The present as the page shows it.
    pub fn now(self) -> Timestamp {
        self.shown.get()
    }

    /// The present, exactly; the page then shows it too.
    pub fn exact(self) -> Timestamp {
        let now = self.start.plus((elapsed() - self.began) as i64);
        let _ = self.shown.try_set(now);
        now
    }
}

/// Milliseconds of the browser's clock. Only differences are used, so a wrong clock does no harm.
fn elapsed() -> f64 {
    #[cfg(feature = "hydrate")]
    return js_sys::Date::now();
    #[cfg(not(feature = "hydrate"))]
    return 0.0;
}
