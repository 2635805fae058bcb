//! Events of the live stream: that something changed, never what it is now; the page asks again.

use crate::ids::{EventId, OrgId};
use serde::{Deserialize, Serialize};

text_enum! {
    /// What changed.
    pub enum Topic {
        /// An installation: its status, settings or health.
        Integration = "integration",
        /// The organization itself.
        Organization = "organization",
        /// Who is a member, or with which role.
        Members = "members",
    }
}

/// Something changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Grows; a browser that was away asks for what came after the last it saw.
    pub id: EventId,
    /// Where.
    pub organization_id: OrgId,
    /// What kind of thing.
    pub topic: Topic,
    /// Which: the provider's key for integrations.
    pub subject: String,
    /// Who did it, for the tint that names them.
    pub actor: String,
}
