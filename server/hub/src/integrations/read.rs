//! Reading installations.

use super::load;
use super::organization_config::{For, organization_config};
use super::present;
use crate::access::Access;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use domain::Outcome;
use domain::ids::IntegrationId;
use domain::integrations::{Installation, IntegrationWithConfig, ObjectStatus};
use domain::roles::Need;

/// The organization's installations by name, of one provider or of all, but for those whose removal is under way.
///
/// # Errors
/// When the actor may not see them.
pub async fn list(ctx: &Ctx, access: &Access, provider: Option<&str>) -> Outcome<Vec<Installation>> {
    access.permit(ctx, Need::INTEGRATIONS_READ).await?;
    let mut conn = ctx.store.read().await.or_internal()?;
    let mut all =
        store::installations::of_organization(&mut conn, access.organization.id, provider).await.or_internal()?;
    all.retain(|installation| installation.status != ObjectStatus::DeletionInProgress);
    Ok(all)
}

/// One installation with its settings, whatever its status.
///
/// # Errors
/// [`domain::Code::NotFound`] when the organization has no such installation.
pub async fn get(ctx: &Ctx, access: &Access, id: IntegrationId) -> Outcome<IntegrationWithConfig> {
    access.permit(ctx, Need::INTEGRATIONS_READ).await?;
    let mut conn = ctx.store.read().await.or_internal()?;
    let row = load(&mut conn, access, id).await?;
    drop(conn);
    let fields = organization_config(ctx, &access.organization, &row, For::Program).await?;
    Ok(present::with_config(&row, fields))
}

/// Installations of the organization with their settings, as far as their forms are known without asking anybody.
///
/// # Errors
/// When the database refuses.
pub async fn with_config(ctx: &Ctx, access: &Access, rows: Vec<Installation>) -> Outcome<Vec<IntegrationWithConfig>> {
    let mut whole = Vec::with_capacity(rows.len());
    for row in rows {
        let fields = organization_config(ctx, &access.organization, &row, For::List).await?;
        whole.push(present::with_config(&row, fields));
    }
    Ok(whole)
}
