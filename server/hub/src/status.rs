//! What the Codegen-compatible status API says: one row per installation, and one inactive row per known type without.

use crate::access::Access;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::integrations::present;
use domain::Outcome;
use domain::ids::InstallationId;
use domain::integrations::{Installation, ObjectStatus};
use domain::roles::Need;
use domain::sign_in::Auth;
use providers::catalogue;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// One row of the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusRow {
    /// The type's word.
    pub integration_type: String,
    /// Whether it is in use; health is apart.
    pub active: bool,
    /// The connection's stored credential.
    pub token_id: Option<i64>,
    /// The outside app installation.
    pub installation_id: Option<i64>,
    /// Facts for people; never a secret.
    pub metadata: Option<Map<String, Value>>,
}

/// The statuses of all integrations of an organization.
///
/// # Errors
/// [`domain::Code::Forbidden`] without org:read.
pub async fn list(ctx: &Ctx, access: &Access) -> Outcome<Vec<StatusRow>> {
    access.permit(ctx, Need::ORG_READ).await?;
    let org = access.organization.id;
    let mut conn = ctx.store.read().await.or_internal()?;
    let installations = store::installations::of_organization(&mut conn, org, None).await.or_internal()?;
    let credentials = store::credentials::first_ids(&mut conn, org).await.or_internal()?;
    let credentials: HashMap<InstallationId, i64> =
        credentials.into_iter().map(|first| (first.installation_id, first.credential.0)).collect();
    let mut rows: Vec<_> = installations.iter().map(|row| installed(row, credentials.get(&row.id).copied())).collect();
    let known = catalogue::all().iter().filter_map(|manifest| manifest.codegen_type.as_deref());
    for integration_type in known {
        if !rows.iter().any(|row| row.integration_type == integration_type) {
            rows.push(StatusRow {
                integration_type: integration_type.to_owned(),
                active: false,
                token_id: None,
                installation_id: None,
                metadata: None,
            });
        }
    }
    rows.sort_by(|a, b| a.integration_type.cmp(&b.integration_type));
    Ok(rows)
}

fn installed(row: &Installation, credential: Option<i64>) -> StatusRow {
    let manifest = present::manifest_of(row);
    let is_app = manifest.is_some_and(|manifest| matches!(manifest.auth, Auth::GithubApp { .. }));
    let mut metadata = Map::new();
    metadata.insert("name".to_owned(), row.name.clone().into());
    if let Some(domain) = &row.domain_name {
        metadata.insert("domain".to_owned(), domain.clone().into());
    }
    metadata.insert("health".to_owned(), row.health.as_str().into());
    metadata.insert("status".to_owned(), row.status.as_str().into());
    StatusRow {
        integration_type: manifest.map_or(row.provider.as_str(), |manifest| manifest.codegen_type()).to_owned(),
        active: row.status == ObjectStatus::Active,
        token_id: credential.filter(|_| !is_app),
        installation_id: row.external_id.parse().ok().filter(|_| is_app),
        metadata: Some(metadata),
    }
}
