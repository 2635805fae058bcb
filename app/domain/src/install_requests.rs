//! Requests to install an integration, from members who may not install it themselves.

use crate::ids::{InstallRequestId, OrgId, UserId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The longest message, in characters.
pub const MAX_MESSAGE: usize = 1_000;

text_enum! {
    /// What became of a request.
    pub enum RequestStatus {
        /// Nobody decided yet.
        Pending = "pending",
        /// Somebody who may install it agreed, and installs it.
        Approved = "approved",
        /// Somebody who may install it said no.
        Declined = "declined",
    }
}

/// A request, with the names of the people in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallRequest {
    /// The id.
    pub id: InstallRequestId,
    /// Where.
    pub organization_id: OrgId,
    /// The provider's key.
    pub provider: String,
    /// Who asks.
    pub user_id: UserId,
    /// The name of who asks.
    pub user_name: String,
    /// Why, in their words; may be empty.
    pub message: String,
    /// What became of it.
    pub status: RequestStatus,
    /// When they asked.
    pub created_at: Timestamp,
    /// Who decided: their address.
    pub decided_by: Option<String>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}
