//! Members: users in an organization, with a role.

use crate::email::Email;
use crate::ids::{MemberId, OrgId, UserId};
use crate::roles::Role;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A user's membership.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The membership's id.
    pub id: MemberId,
    /// The organization.
    pub organization_id: OrgId,
    /// The user.
    pub user_id: UserId,
    /// The user's address.
    pub email: Email,
    /// The user's name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// Since when.
    pub created_at: Timestamp,
}
