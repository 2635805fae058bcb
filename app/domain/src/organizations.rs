//! Organizations: the tenants.

use crate::ids::OrgId;
use crate::roles::{Role, Scopes};
use crate::slug::OrgSlug;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

text_enum! {
    /// An organization's status.
    pub enum OrgStatus {
        /// In use.
        Active = "active",
        /// Deletion asked for.
        PendingDeletion = "pending_deletion",
    }
}

/// The seven switches of an organization, one bit each in the order of Sentry's model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type))]
#[cfg_attr(feature = "sqlx", sqlx(transparent))]
#[serde(transparent)]
pub struct Flags(pub i64);

impl Flags {
    /// Members join and leave teams without approval.
    pub const ALLOW_JOINLEAVE: i64 = 1;
    /// Less personal data in notifications.
    pub const ENHANCED_PRIVACY: i64 = 1 << 1;
    /// No public sharing.
    pub const DISABLE_SHARED_ISSUES: i64 = 1 << 2;
    /// Features before they are public.
    pub const EARLY_ADOPTER: i64 = 1 << 3;
    /// Every member needs a second factor.
    pub const REQUIRE_2FA: i64 = 1 << 4;
    /// Members may not create projects.
    pub const DISABLE_MEMBER_PROJECT_CREATION: i64 = 1 << 5;
    /// Members may not invite.
    pub const DISABLE_MEMBER_INVITE: i64 = 1 << 6;

    /// Whether a switch is on.
    pub const fn has(self, flag: i64) -> bool {
        self.0 & flag != 0
    }
}

impl Default for Flags {
    fn default() -> Self {
        Self(Self::ALLOW_JOINLEAVE)
    }
}

/// The features an organization can lack; all are on until switched off.
pub const FEATURES: &[&str] = &[
    "integrations-alert-rule",
    "integrations-chat-unfurl",
    "integrations-codeowners",
    "integrations-commits",
    "integrations-deployment",
    "integrations-incident-management",
    "integrations-issue-basic",
    "integrations-issue-sync",
    "integrations-serverless",
    "integrations-stacktrace-link",
    "integrations-ticket-rules",
];

/// The features that are switched off, in their column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeaturesOff(pub BTreeSet<String>);
json_column!(FeaturesOff);

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Its id.
    pub id: OrgId,
    /// At most 64 characters.
    pub name: String,
    /// Unique.
    pub slug: OrgSlug,
    /// Its status.
    pub status: OrgStatus,
    /// The role of a new member.
    pub default_role: Role,
    /// The seven switches.
    pub flags: Flags,
    /// The features that are switched off.
    pub features_off: FeaturesOff,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Organization {
    /// Whether a feature is on.
    pub fn has_feature(&self, feature: &str) -> bool {
        !self.features_off.0.contains(feature)
    }

    /// Two letters for its tile.
    pub fn initials(&self) -> String {
        initials(&self.name)
    }
}

/// The first letters of the first two words, or the first two letters.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().unwrap_or("?");
    let letters: String = match words.next() {
        Some(second) => first.chars().take(1).chain(second.chars().take(1)).collect(),
        None => first.chars().take(2).collect(),
    };
    letters.to_uppercase()
}

/// The name of an organization: not empty, one line, at most 64 characters.
///
/// # Errors
/// A sentence for beside the field.
pub fn parse_name(text: &str) -> Result<String, String> {
    crate::text::plain(text, "A name", 64)
}

/// An organization as the signed-in user sees it: with the role and what it allows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrganizationView {
    /// The organization.
    pub organization: Organization,
    /// The user's role; none for an instance administrator who is not a member.
    pub role: Option<Role>,
    /// What the user may do in it.
    pub scopes: Scopes,
}
