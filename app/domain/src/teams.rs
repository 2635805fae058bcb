//! Teams: groups of members.

use crate::ids::{OrgId, TeamId};
use crate::slug::TeamSlug;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// The id.
    pub id: TeamId,
    /// The organization.
    pub organization_id: OrgId,
    /// Unique in the organization.
    pub slug: TeamSlug,
    /// At most 64 characters.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// How many members it has.
    pub member_count: i64,
}
