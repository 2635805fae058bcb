//! Sessions: signed-in browsers.

use crate::ids::{SessionId, UserId};
use crate::time::{DAY, Timestamp};

/// A session ends when it was not used for this long.
pub const IDLE_LIMIT: i64 = 14 * DAY;
/// A session ends this long after signing in, however much it is used.
pub const ABSOLUTE_LIMIT: i64 = 90 * DAY;

/// A row of the store; the token itself is known to the browser alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The id.
    pub id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used (to the minute).
    pub last_seen_at: Timestamp,
}

impl Session {
    /// Whether it still holds at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.last_seen_at.plus(IDLE_LIMIT) && now < self.created_at.plus(ABSOLUTE_LIMIT)
    }
}
