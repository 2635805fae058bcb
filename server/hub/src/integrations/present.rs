//! From rows to what pages and APIs show.

use domain::catalogue::Manifest;
use domain::config::{ConfigData, ConfigField};
use domain::integrations::{
    Account, Aspects, Installation, InstallationState, Integration, IntegrationWithConfig, ObjectStatus, ProviderRef,
};
use providers::catalogue;

/// The key under which the settings hold what the install form asked for (secrets apart).
pub const CONNECTION: &str = "connection";

/// The manifest of an installation. A provider that left the catalogue keeps its installations visible and removable.
pub fn manifest_of(installation: &Installation) -> Option<&'static Manifest> {
    catalogue::find(&installation.provider)
}

/// The outside account of an installation, as calls to its provider name it.
pub(crate) fn account(row: &Installation) -> Account {
    Account {
        external_id: row.external_id.clone(),
        name: row.name.clone(),
        icon: row.icon.clone(),
        domain_name: row.domain_name.clone(),
        account_type: row.account_type.clone(),
        facts: row.facts.clone(),
    }
}

/// An installation of a provider.
pub fn integration(manifest: &Manifest, installation: &Installation) -> Integration {
    build(manifest.to_ref(), installation)
}

/// An installation of a provider that may have left the catalogue.
pub fn any(installation: &Installation) -> Integration {
    match manifest_of(installation) {
        Some(manifest) => integration(manifest, installation),
        None => build(
            ProviderRef {
                key: installation.provider.clone(),
                slug: installation.provider.clone(),
                name: installation.provider.clone(),
                can_add: false,
                can_disable: false,
                features: Vec::new(),
                aspects: Aspects::default(),
            },
            installation,
        ),
    }
}

/// With its form and the settings. Secrets are not among the settings, so none can slip out here.
pub fn with_config(installation: &Installation, fields: Vec<ConfigField>) -> IntegrationWithConfig {
    let data: ConfigData = fields
        .iter()
        .filter(|field| !field.is_secret())
        .map(|field| (field.name.clone(), field.shown(&installation.config.0)))
        .collect();
    let config_organization = fields.into_iter().map(ConfigField::without_source).collect();
    IntegrationWithConfig { integration: any(installation), config_organization, config_data: Some(data) }
}

/// Whether the provider asks for more now than when somebody last signed in.
fn is_out_of_date(row: &Installation) -> bool {
    let (Some(requested), Some(manifest)) = (&row.requested_scopes, manifest_of(row)) else { return false };
    manifest.scopes.iter().any(|scope| !requested.0.contains(&scope.name))
}

fn build(provider: ProviderRef, row: &Installation) -> Integration {
    Integration {
        id: row.integration_id,
        name: row.name.clone(),
        icon: row.icon.clone(),
        domain_name: row.domain_name.clone(),
        account_type: row.account_type.clone(),
        scopes: row.granted_scopes.clone().map(|scopes| scopes.0),
        out_of_date: Some(is_out_of_date(row)),
        status: ObjectStatus::Active,
        provider,
        external_id: row.external_id.clone(),
        organization_id: row.organization_id.0,
        organization_integration_status: row.status,
        grace_period_end: None,
        patchbay: InstallationState {
            installation_id: row.id,
            config_version: row.config_version,
            health: row.health,
            health_reason: row.health_reason.clone(),
            checked_at: row.checked_at,
            healthy_at: row.healthy_at,
            next_check_at: row.next_check_at.filter(|_| row.status == ObjectStatus::Active),
            installed_at: row.created_at,
            removal_due_at: row.removal_due_at,
            facts: row.facts.0.clone(),
        },
    }
}
