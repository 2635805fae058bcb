//! The circuit breaker of a provider: when it fails again and again, scheduled checks leave it alone for a while.

use crate::time::{HOUR, MINUTE, Timestamp};

/// How many failures in a row open the circuit.
pub const THRESHOLD: i64 = 5;

/// A row of the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Circuit {
    /// Failures in a row, over all organizations.
    pub failures: i64,
    /// Until when the provider is left alone.
    pub open_until: Timestamp,
}

impl Circuit {
    /// Whether scheduled calls should wait.
    pub fn is_open(self, now: Timestamp) -> bool {
        now < self.open_until
    }

    /// After one more call that the provider did not answer properly: from the fifth in a row it is left alone for a
    /// minute, then two, up to an hour. The first call after that decides anew.
    #[must_use]
    pub fn failed(self, now: Timestamp) -> Self {
        let failures = self.failures.saturating_add(1);
        let over = failures - THRESHOLD;
        let open_until = match over {
            ..0 => self.open_until,
            _ => now.plus((MINUTE << over.min(6)).min(HOUR)),
        };
        Self { failures, open_until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_that_keeps_failing_is_left_alone_for_longer_and_longer() {
        let now = Timestamp(0);
        let mut circuit = Circuit::default();
        let mut waits = Vec::new();
        for _ in 0..13 {
            circuit = circuit.failed(now);
            waits.push(circuit.open_until.0 / MINUTE);
        }
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert!(circuit.is_open(now) && !circuit.is_open(now.plus(HOUR)));
    }
}
