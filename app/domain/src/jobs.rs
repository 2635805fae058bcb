//! Jobs: work that must survive a crash.

use crate::ids::JobId;
use serde::{Deserialize, Serialize};

/// What a job does. Each is safe to run twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Work {
    /// Delete an installation whose undo window has passed.
    RemoveInstallation {
        /// Which.
        installation: i64,
    },
    /// Send a mail of the outbox.
    SendMail {
        /// Which.
        mail: i64,
    },
    /// Renew the grant of an installation ahead of its end.
    RefreshGrant {
        /// Which.
        installation: i64,
    },
    /// Forget the secrets of table rows that were removed.
    ForgetSecrets {
        /// Which installation's.
        installation: i64,
    },
    /// Look at the hook by which a tracker tells of changes.
    TendHook {
        /// Which installation's.
        installation: i64,
    },
    /// Check an installation's health.
    CheckHealth {
        /// Which.
        installation: i64,
    },
}
json_column!(Work);

/// A claimed job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The id.
    pub id: JobId,
    /// What to do.
    pub work: Work,
    /// How often it was tried before.
    pub attempts: i64,
}

/// How long to wait before the next try after `attempts` failures, in milliseconds: 2 s doubling up to 10 min.
pub const fn backoff(attempts: i64) -> i64 {
    let shift = if attempts > 9 { 9 } else { attempts };
    let wait = 2_000 << shift;
    if wait > 600_000 { 600_000 } else { wait }
}

/// How often a job is tried before it is given up and left for a person to see.
pub const MAX_ATTEMPTS: i64 = 20;
