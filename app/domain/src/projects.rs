//! Projects: what mappings, repositories, links and plugin settings attach to.

use crate::ids::{OrgId, ProjectId};
use crate::slug::ProjectSlug;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// The id.
    pub id: ProjectId,
    /// The organization.
    pub organization_id: OrgId,
    /// Unique in the organization.
    pub slug: ProjectSlug,
    /// At most 50 characters.
    pub name: String,
    /// Language or framework, such as `python`.
    pub platform: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}
