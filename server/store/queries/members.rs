//! Members.

use super::{Conn, query};
use domain::Timestamp;
use domain::ids::{MemberId, OrgId, UserId};
use domain::members::Member;
use domain::roles::Role;

/// Makes a user a member. Violates `members_organization_id_user_id` when the user is one already.
#[query]
pub async fn insert(conn: &mut Conn, org: OrgId, user: UserId, role: Role, now: Timestamp) -> sqlx::Result<MemberId> {
    sqlx::query_scalar!(
        "insert into members (organization_id, user_id, role, created_at) values ($1, $2, $3, $4) returning id as \"id!\"",
        org.0,
        user.0,
        role.as_str(),
        now.0
    )
    .fetch_one(conn)
    .await
}

/// The members of an organization by address.
#[query]
pub async fn of_organization(conn: &mut Conn, org: OrgId) -> sqlx::Result<Vec<Member>> {
    sqlx::query_as!(
        Member,
        "select m.id, m.organization_id, m.user_id, u.email, u.name, m.role, m.created_at
         from members m join users u on u.id = m.user_id
         where m.organization_id = $1 order by u.email",
        org.0
    )
    .fetch_all(conn)
    .await
}

/// Changes a member's role.
#[query]
pub async fn set_role(conn: &mut Conn, org: OrgId, user: UserId, role: Role) -> sqlx::Result<u64> {
    Ok(sqlx::query!(
        "update members set role = $3 where organization_id = $1 and user_id = $2",
        org.0,
        user.0,
        role.as_str()
    )
    .execute(conn)
    .await?
    .rows_affected())
}
