//! The forms of providers that are no trackers.

use super::For;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::integrations::choices;
use domain::Outcome;
use domain::catalogue::Manifest;
use domain::config::{ConfigField, FieldKind, LinkedItem, SentryProject};
use domain::ids::OrgId;
use domain::integrations::Installation;
use domain::organizations::Organization;
use domain::projects::Project;
use store::Conn;

/// The form of a provider that is no tracker: its manifest's, with projects and choices filled in.
pub(super) async fn config(
    ctx: &Ctx,
    organization: &Organization,
    manifest: &Manifest,
    row: &Installation,
    purpose: For,
) -> Outcome<Vec<ConfigField>> {
    let mut fields = manifest.config.clone();
    for field in &mut fields {
        let name = field.name.clone();
        let mut problem = None;
        match &mut field.kind {
            FieldKind::Select { url, source: Some(_), .. } => {
                *url = Some(choices::url(organization, row, &name));
            }
            FieldKind::ProjectMapper(mapper) => {
                let mut conn = ctx.store.read().await.or_internal()?;
                mapper.sentry_projects = sentry_projects(&mut conn, organization.id).await?;
                drop(conn);
                match choices::items(ctx, row, mapper.source.as_deref(), purpose).await? {
                    Ok(items) => mapper.mapped_dropdown.items = items,
                    Err(reason) => problem = Some(reason),
                }
            }
            _ => {}
        }
        if let Some(reason) = problem {
            field.disable(reason);
        }
    }
    Ok(fields)
}

/// The form without anything that has to be asked for, with the names of projects.
pub(super) async fn named(
    conn: &mut Conn,
    row: &Installation,
    mut fields: Vec<ConfigField>,
) -> Outcome<Vec<ConfigField>> {
    for field in &mut fields {
        if let FieldKind::ProjectMapper(mapper) = &mut field.kind {
            mapper.sentry_projects = sentry_projects(conn, row.organization_id).await?;
        }
    }
    Ok(fields)
}

async fn sentry_projects(conn: &mut Conn, organization: OrgId) -> Outcome<Vec<SentryProject>> {
    let projects = store::projects::of_organization(conn, organization).await.or_internal()?;
    let shown = |project: Project| SentryProject {
        id: project.id.0,
        slug: project.slug.to_string(),
        name: project.name,
        platform: project.platform,
    };
    Ok(projects.into_iter().map(shown).collect())
}

/// An outside item without a page of its own.
pub(in crate::integrations) fn item(value: String, label: String, url: Option<String>) -> LinkedItem {
    LinkedItem { value, label, url: url.unwrap_or_default() }
}
