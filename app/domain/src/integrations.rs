//! An integration: an outside account that an organization has connected, its stored status and its health.

use crate::config::{ConfigData, ConfigField};
use crate::grants::ScopeList;
use crate::ids::{InstallationId, IntegrationId, OrgId, UserId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

text_enum! {
    /// The stored status; the compatible APIs show only these four words.
    pub enum ObjectStatus {
        /// In use.
        Active = "active",
        /// Paused by a person; settings and credentials stay.
        Disabled = "disabled",
        /// Removal asked for; the undo window or the queue.
        PendingDeletion = "pending_deletion",
        /// The removal job is at work.
        DeletionInProgress = "deletion_in_progress",
    }
}

text_enum! {
    /// Whether the connection works, apart from the stored status: an outage never pauses anything.
    pub enum Health {
        /// The last check succeeded.
        Healthy = "healthy",
        /// The provider could not be reached; retried.
        Unreachable = "unreachable",
        /// The stored grant or key was refused; a person must sign in again.
        NeedsReauth = "needs_reauth",
        /// The provider says the account or app is gone.
        RemovedAtProvider = "removed_at_provider",
        /// Not checked yet.
        Unknown = "unknown",
    }
}

impl Health {
    /// Whether a person has to act before the connection works again.
    pub const fn needs_a_person(self) -> bool {
        matches!(self, Self::NeedsReauth | Self::RemovedAtProvider)
    }
}

/// A provider as every wire object names it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderRef {
    /// Stable key, Sentry's where one exists.
    pub key: String,
    /// The key in URLs.
    pub slug: String,
    /// For people.
    pub name: String,
    /// Whether it can be installed from here.
    pub can_add: bool,
    /// Sentry's hint that the outside app must be disabled over there; does not gate pausing here.
    pub can_disable: bool,
    /// Feature words, sorted.
    pub features: Vec<String>,
    /// Presentation hints.
    pub aspects: Aspects,
}

/// A provider with its texts: an item of `config/integrations/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IntegrationProvider {
    /// Stable key, Sentry's where one exists.
    pub key: String,
    /// The key in URLs.
    pub slug: String,
    /// For people.
    pub name: String,
    /// Texts and aspects.
    pub metadata: ProviderMetadata,
    /// Whether one more can be installed from here.
    pub can_add: bool,
    /// See [`ProviderRef::can_disable`].
    pub can_disable: bool,
    /// Feature words, sorted.
    pub features: Vec<String>,
}

/// The texts of a provider. The keys are snake case on the wire, unlike their neighbours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProviderMetadata {
    /// Markdown.
    pub description: String,
    /// What it can do, each with the feature that gates it.
    pub features: Vec<FeatureText>,
    /// Who made the integration.
    pub author: String,
    /// What one installation is called: Installation, Workspace, Instance.
    pub noun: String,
    /// Where to report problems.
    pub issue_url: String,
    /// Where the source is.
    pub source_url: String,
    /// Presentation hints.
    pub aspects: Aspects,
}

/// One feature of a provider, as text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeatureText {
    /// One line of Markdown.
    pub description: String,
    /// `integrations-<feature>`.
    pub feature_gate: String,
}

/// Presentation hints of a provider (keys as on the Sentry wire).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Aspects {
    /// Notes shown on the detail page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<AspectAlert>,
    /// The title of the configure page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configure_integration: Option<AspectTitle>,
    /// What removing needs at the provider first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_dialog: Option<AspectDialog>,
    /// What removing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removal_dialog: Option<AspectDialog>,
    /// Installed from the provider's side.
    #[serde(rename = "externalInstall", skip_serializing_if = "Option::is_none")]
    pub external_install: Option<ExternalInstall>,
}

/// A note on the detail page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AspectAlert {
    /// info, warning or error.
    #[serde(rename = "type")]
    pub kind: String,
    /// One line of Markdown.
    pub text: String,
}

/// A title.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AspectTitle {
    /// The title.
    pub title: String,
}

/// A dialog's text and the word on its button.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AspectDialog {
    /// The word on the button.
    #[serde(rename = "actionText")]
    pub action_text: String,
    /// The text.
    pub body: String,
}

/// Installed from the provider's side, by this link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExternalInstall {
    /// Where.
    pub url: String,
    /// The word on the button.
    pub button_text: String,
    /// What happens there.
    pub notice_text: String,
}

/// One organization's installation of an outside account, with the settings form.
///
/// The wire object of `GET /api/0/organizations/{org}/integrations/{id}/` plus `health`, which a Sentry client ignores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Integration {
    /// The shared integration's id.
    pub id: IntegrationId,
    /// The outside account's name.
    pub name: String,
    /// The outside account's picture.
    pub icon: Option<String>,
    /// Where the outside account lives, such as `dev.azure.com/fabrikam`.
    pub domain_name: Option<String>,
    /// Kind of outside account, where the provider has several.
    pub account_type: Option<String>,
    /// Permissions granted.
    pub scopes: Option<Vec<String>>,
    /// Whether the grant lacks something the provider asks for now.
    pub out_of_date: Option<bool>,
    /// Always `active`: the shared row carries no state of its own.
    pub status: ObjectStatus,
    /// The provider.
    pub provider: ProviderRef,
    /// The provider's name for the outside account.
    pub external_id: String,
    /// The organization, as a number (unlike the other ids).
    pub organization_id: i64,
    /// This organization's status.
    pub organization_integration_status: ObjectStatus,
    /// End of a grace period (RFC 3339); always null here.
    pub grace_period_end: Option<String>,
    /// What Patchbay knows beyond the Sentry wire.
    pub patchbay: InstallationState,
}

/// What Patchbay keeps about an installation beyond the Sentry wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstallationState {
    /// The installation's own id.
    pub installation_id: InstallationId,
    /// Grows with every change of the settings; a save states the one it saw.
    pub config_version: i64,
    /// Whether the connection works.
    pub health: Health,
    /// Why not, in a sentence.
    pub health_reason: Option<String>,
    /// When it was last checked.
    pub checked_at: Option<Timestamp>,
    /// When a check last succeeded.
    pub healthy_at: Option<Timestamp>,
    /// When it is checked next.
    pub next_check_at: Option<Timestamp>,
    /// When it was installed.
    pub installed_at: Timestamp,
    /// When the removal job may begin, while it can still be undone.
    pub removal_due_at: Option<Timestamp>,
    /// What the provider told about the account, in words: server version, database, role.
    pub facts: Vec<(String, String)>,
}

/// An installation with its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IntegrationWithConfig {
    /// The installation.
    #[serde(flatten)]
    pub integration: Integration,
    /// The settings form.
    pub config_organization: Vec<ConfigField>,
    /// The settings; secrets are left out.
    pub config_data: Option<ConfigData>,
}

/// The outside account and what the provider's answer said of it; made by an identity probe.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// The provider's id for it; the same account found twice has the same one.
    pub external_id: String,
    /// For people.
    pub name: String,
    /// Its picture.
    pub icon: Option<String>,
    /// Where it lives.
    pub domain_name: Option<String>,
    /// Its kind, where the provider has several.
    pub account_type: Option<String>,
    /// Further facts for the health card, in words.
    pub facts: Facts,
}

/// Facts about an account, label and text, in the order they are shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts(pub Vec<(String, String)>);
json_column!(Facts);

/// Settings in their column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StoredConfig(pub ConfigData);
json_column!(StoredConfig);

/// A row of the store: one installation joined with its shared integration.
#[derive(Clone, Debug, PartialEq)]
pub struct Installation {
    /// The installation's own id.
    pub id: InstallationId,
    /// The organization.
    pub organization_id: OrgId,
    /// The shared integration.
    pub integration_id: IntegrationId,
    /// The provider's key.
    pub provider: String,
    /// The provider's id for the account.
    pub external_id: String,
    /// The account's name.
    pub name: String,
    /// The account's picture.
    pub icon: Option<String>,
    /// Where it lives.
    pub domain_name: Option<String>,
    /// Its kind.
    pub account_type: Option<String>,
    /// The stored status.
    pub status: ObjectStatus,
    /// The settings.
    pub config: StoredConfig,
    /// Grows with every change of the settings.
    pub config_version: i64,
    /// Whether the connection works.
    pub health: Health,
    /// Why not.
    pub health_reason: Option<String>,
    /// When it was last checked.
    pub checked_at: Option<Timestamp>,
    /// When a check last succeeded.
    pub healthy_at: Option<Timestamp>,
    /// When it is checked next.
    pub next_check_at: Option<Timestamp>,
    /// What the provider told about the account.
    pub facts: Facts,
    /// Who installed it.
    pub installed_by: Option<UserId>,
    /// When the removal job may begin.
    pub removal_due_at: Option<Timestamp>,
    /// The status before the removal, for undoing it.
    pub removed_from: Option<ObjectStatus>,
    /// When it was installed.
    pub created_at: Timestamp,
    /// What was asked for when somebody signed in there; none where nobody did.
    pub requested_scopes: Option<ScopeList>,
    /// What the provider granted, where it says it.
    pub granted_scopes: Option<ScopeList>,
}

/// One run of a health check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthCheck {
    /// When.
    pub checked_at: Timestamp,
    /// What it found.
    pub health: Health,
    /// Why.
    pub reason: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
}

/// Why a pause, resume or removal is refused from this status, in a sentence; `Ok` when it may happen.
///
/// # Errors
/// The sentence.
pub fn may_become(from: ObjectStatus, to: ObjectStatus) -> Result<(), String> {
    use ObjectStatus::*;
    match (from, to) {
        (Active, Disabled | PendingDeletion) | (Disabled, Active | PendingDeletion) => Ok(()),
        (PendingDeletion, Active | Disabled | DeletionInProgress) | (DeletionInProgress, Active) => Ok(()),
        (same, other) if same == other => Ok(()),
        (DeletionInProgress, _) => Err("It is being removed right now. Install it again to keep its settings.".into()),
        (from, to) => Err(format!("An integration that is {from} cannot become {to}.")),
    }
}
