//! API tokens: `pbo_…` acts for an organization, `pbu_…` for a user.

use crate::ids::{OrgId, TokenId, UserId};
use crate::roles::Scopes;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Prefix of an organization's token.
pub const ORG_PREFIX: &str = "pbo_";
/// Prefix of a user's token.
pub const USER_PREFIX: &str = "pbu_";

/// A token; its secret was shown once and only its hash is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The id.
    pub id: TokenId,
    /// The organization it acts for, if it is an organization's.
    pub organization_id: Option<OrgId>,
    /// The user it acts for, if it is a user's.
    pub user_id: Option<UserId>,
    /// For people.
    pub name: String,
    /// The last four characters, to tell tokens apart.
    pub hint: String,
    /// What it may do; a user's token also only what the user's role allows.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was last used (to the minute).
    pub last_used_at: Option<Timestamp>,
}
