//! Projects and the teams they are assigned to.

use super::{Conn, query};
use domain::Timestamp;
use domain::ids::{OrgId, ProjectId, TeamId};
use domain::projects::Project;
use domain::slug::ProjectSlug;

/// Adds a project. Violates `projects_organization_id_slug` when the slug is taken.
#[query]
pub async fn insert(
    conn: &mut Conn,
    org: OrgId,
    slug: &ProjectSlug,
    name: &str,
    platform: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<ProjectId> {
    sqlx::query_scalar!(
        "insert into projects (organization_id, slug, name, platform, created_at)
         values ($1, $2, $3, $4, $5) returning id as \"id!\"",
        org.0,
        slug.as_str(),
        name,
        platform,
        now.0
    )
    .fetch_one(conn)
    .await
}

/// Assigns a team to a project.
#[query]
pub async fn add_team(conn: &mut Conn, project: ProjectId, team: TeamId) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "insert into project_teams (project_id, team_id) values ($1, $2)
         on conflict (project_id, team_id) do nothing",
        project.0,
        team.0
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// The projects of an organization by slug.
#[query]
pub async fn of_organization(conn: &mut Conn, org: OrgId) -> sqlx::Result<Vec<Project>> {
    sqlx::query_as!(
        Project,
        "select id, organization_id, slug, name, platform, created_at from projects
         where organization_id = $1 order by slug",
        org.0
    )
    .fetch_all(conn)
    .await
}
