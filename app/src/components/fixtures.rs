//! Values that the tests of several components need.

use crate::components::search::Source;
use crate::components::settings::control::Around;
use domain::catalogue::{Category, Kind, Resource, ScopeText};
use domain::config::{ConfigField, FieldKind};
use domain::detail::{Detail, GatedFeature, InstallOption};
use domain::directory::EntryStatus;
use domain::ids::{InstallRequestId, InstallationId, IntegrationId, OrgId, UserId};
use domain::install_requests::{InstallRequest, RequestStatus};
use domain::integrations::{
    Aspects, FeatureText, Health, InstallationState, Integration, IntegrationProvider, ObjectStatus, ProviderMetadata,
    ProviderRef,
};
use domain::organizations::{Flags, OrgStatus, Organization};
use domain::roles::Role;
use domain::slug::OrgSlug;
use domain::time::DAY;
use domain::{AppError, Timestamp};
use leptos::prelude::*;

/// The HTML that the server sends for a view.
pub fn html<V: IntoView>(view: impl FnOnce() -> V) -> String {
    Owner::new().with(|| {
        leptos_meta::provide_meta_context();
        view().into_view().to_html()
    })
}

/// An organization.
pub fn organization() -> Organization {
    Organization {
        id: OrgId(1),
        name: "Acme".into(),
        slug: OrgSlug::parse("acme").expect("acme is a slug"),
        status: OrgStatus::Active,
        default_role: Role::Member,
        flags: Flags::default(),
        features_off: Default::default(),
        created_at: Timestamp(0),
    }
}

/// A provider.
pub fn provider() -> IntegrationProvider {
    IntegrationProvider {
        key: "postgres".into(),
        slug: "postgres".into(),
        name: "PostgreSQL".into(),
        metadata: ProviderMetadata {
            description: String::new(),
            features: Vec::new(),
            author: "Patchbay".into(),
            noun: "Database".into(),
            issue_url: "javascript:alert(1)".into(),
            source_url: "https://example.com/source".into(),
            aspects: Aspects::default(),
        },
        can_add: true,
        can_disable: false,
        features: Vec::new(),
    }
}

/// An installation.
pub fn integration(status: ObjectStatus, health: Health) -> Integration {
    Integration {
        id: IntegrationId(7),
        name: "orders".into(),
        icon: None,
        domain_name: Some("db.acme.test/orders".into()),
        account_type: None,
        scopes: None,
        out_of_date: Some(false),
        status: ObjectStatus::Active,
        provider: ProviderRef {
            key: "postgres".into(),
            slug: "postgres".into(),
            name: "PostgreSQL".into(),
            can_add: true,
            can_disable: false,
            features: Vec::new(),
            aspects: Aspects::default(),
        },
        external_id: "1".into(),
        organization_id: 1,
        organization_integration_status: status,
        grace_period_end: None,
        patchbay: InstallationState {
            installation_id: InstallationId(9),
            config_version: 1,
            health,
            health_reason: (health != Health::Healthy).then(|| "The database refused the password.".into()),
            checked_at: Some(Timestamp(0)),
            healthy_at: None,
            next_check_at: Some(Timestamp(60_000)),
            installed_at: Timestamp(0),
            removal_due_at: None,
            facts: vec![("Server".into(), "17.2".into())],
        },
    }
}

/// The detail page of the provider.
pub fn detail() -> Detail {
    Detail {
        provider: provider(),
        kind: Kind::FirstParty,
        tagline: "A database your services read".into(),
        description_html: "<p>About it.</p>".into(),
        categories: vec![Category::Database],
        sign_in: "Database connection".into(),
        features: vec![GatedFeature {
            feature: FeatureText { description: "Health".into(), feature_gate: "integrations-alert-rule".into() },
            locked: Some("It is switched off for this organization.".into()),
        }],
        permissions: vec![ScopeText { name: "CONNECT".into(), text: "Connect to one database".into() }],
        alerts: Vec::new(),
        resources: vec![Resource { title: "Documentation".into(), url: "https://example.com/docs".into() }],
        proven_against: "PostgreSQL 17".into(),
        status: EntryStatus::NotInstalled,
        installations: Vec::new(),
        install: InstallOption::Not { reason: "Ask a manager.".into() },
        can_manage: true,
        my_request: None,
        requests: Vec::new(),
    }
}

/// A field.
pub fn field(name: &str, kind: FieldKind) -> ConfigField {
    ConfigField {
        name: name.into(),
        label: format!("The {name}"),
        help: None,
        placeholder: None,
        required: true,
        default: None,
        disabled: None,
        disabled_reason: None,
        kind,
    }
}

/// A source that is never asked: no script runs in these tests.
pub fn source() -> Source {
    let never = || AppError::invalid("Nobody asks here.");
    Source {
        choices: Callback::new(move |_| Box::pin(async move { Err(never()) }) as _),
        item_choices: Callback::new(move |_| Box::pin(async move { Err(never()) }) as _),
    }
}

/// A page around a field.
pub fn around(field: &ConfigField) -> Around {
    let (depends, next) = (Signal::stored(Default::default()), Signal::stored(None));
    Around { field: Signal::stored(field.clone()), source: source(), depends, next }
}

/// A request to install the provider; a decided one was decided a day later.
pub fn request(status: RequestStatus) -> InstallRequest {
    let decided = status != RequestStatus::Pending;
    InstallRequest {
        id: InstallRequestId(3),
        organization_id: OrgId(1),
        provider: "postgres".into(),
        user_id: UserId(4),
        user_name: "Grace".into(),
        message: String::new(),
        status,
        created_at: Timestamp(0),
        decided_by: decided.then(|| "ada@acme.test".into()),
        decided_at: decided.then_some(Timestamp(DAY)),
    }
}
