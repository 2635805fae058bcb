//! Audit entries: who did what to which thing, and what came of it.

use crate::ids::{AuditId, OrgId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

text_enum! {
    /// What came of it.
    pub enum AuditOutcome {
        /// It was done.
        Done = "done",
        /// It was refused.
        Denied = "denied",
    }
}

/// An entry. It is written in the transaction of the change it tells of and never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// The id.
    pub id: AuditId,
    /// The organization; none for the instance.
    pub organization_id: Option<OrgId>,
    /// Who: an address, a token's name, or a part of Patchbay.
    pub actor: String,
    /// What, as a stable word: `integration.add`.
    pub action: String,
    /// The kind of thing: `installation`.
    pub target_kind: String,
    /// The thing's id.
    pub target_id: String,
    /// A sentence without subject: `installed PostgreSQL`.
    pub summary: String,
    /// What came of it.
    pub outcome: AuditOutcome,
    /// From which address.
    pub address: Option<String>,
    /// Leads to the log.
    pub request_id: Option<String>,
    /// When.
    pub created_at: Timestamp,
}
