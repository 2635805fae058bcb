//! Teams and who is in them.

use super::{Conn, query};
use domain::Timestamp;
use domain::ids::{MemberId, OrgId, TeamId};
use domain::roles::TeamRole;
use domain::slug::TeamSlug;
use domain::teams::Team;

/// Adds a team. Violates `teams_organization_id_slug` when the slug is taken.
#[query]
pub async fn insert(conn: &mut Conn, org: OrgId, slug: &TeamSlug, name: &str, now: Timestamp) -> sqlx::Result<TeamId> {
    sqlx::query_scalar!(
        "insert into teams (organization_id, slug, name, created_at) values ($1, $2, $3, $4) returning id as \"id!\"",
        org.0,
        slug.as_str(),
        name,
        now.0
    )
    .fetch_one(conn)
    .await
}

/// Puts a member into a team.
#[query]
pub async fn add_member(conn: &mut Conn, team: TeamId, member: MemberId, role: TeamRole) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "insert into team_members (team_id, member_id, role) values ($1, $2, $3)
         on conflict (team_id, member_id) do update set role = excluded.role",
        team.0,
        member.0,
        role.as_str()
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// The teams of an organization by slug, with how many members each has.
#[query]
pub async fn of_organization(conn: &mut Conn, org: OrgId) -> sqlx::Result<Vec<Team>> {
    sqlx::query_as!(
        Team,
        "select t.id, t.organization_id, t.slug, t.name, t.created_at, count(m.member_id) as \"member_count!\"
         from teams t left join team_members m on m.team_id = t.id
         where t.organization_id = $1
         group by t.id, t.organization_id, t.slug, t.name, t.created_at order by t.slug",
        org.0
    )
    .fetch_all(conn)
    .await
}
