//! Organizations.

use super::{Conn, query};
use domain::Timestamp;
use domain::ids::{OrgId, UserId};
use domain::organizations::{FeaturesOff, Flags, Organization};
use domain::roles::Role;
use domain::slug::OrgSlug;

/// Adds an organization. Violates `organizations_slug` when the slug is taken.
#[query]
pub async fn insert(conn: &mut Conn, name: &str, slug: &OrgSlug, flags: Flags, now: Timestamp) -> sqlx::Result<OrgId> {
    sqlx::query_scalar!(
        "insert into organizations (name, slug, status, default_role, flags, features_off, created_at)
         values ($1, $2, 'active', 'member', $3, '[]', $4) returning id as \"id!\"",
        name,
        slug.as_str(),
        flags.0,
        now.0
    )
    .fetch_one(conn)
    .await
}

/// The organization with this id.
#[query]
pub async fn by_id(conn: &mut Conn, id: OrgId) -> sqlx::Result<Option<Organization>> {
    sqlx::query_as!(
        Organization,
        "select id, name, slug, status, default_role, flags, features_off, created_at from organizations where id = $1",
        id.0
    )
    .fetch_optional(conn)
    .await
}

/// The organization with this slug.
#[query]
pub async fn by_slug(conn: &mut Conn, slug: &OrgSlug) -> sqlx::Result<Option<Organization>> {
    sqlx::query_as!(
        Organization,
        "select id, name, slug, status, default_role, flags, features_off, created_at from organizations
         where slug = $1",
        slug.as_str()
    )
    .fetch_optional(conn)
    .await
}

/// A user's organizations by name.
#[query]
pub async fn of_user(conn: &mut Conn, user: UserId) -> sqlx::Result<Vec<Organization>> {
    sqlx::query_as!(
        Organization,
        "select o.id, o.name, o.slug, o.status, o.default_role, o.flags, o.features_off, o.created_at
         from organizations o join members m on m.organization_id = o.id
         where m.user_id = $1 order by lower(o.name), o.id",
        user.0
    )
    .fetch_all(conn)
    .await
}

/// Every organization by id.
#[query]
pub async fn all(conn: &mut Conn) -> sqlx::Result<Vec<Organization>> {
    sqlx::query_as!(
        Organization,
        "select id, name, slug, status, default_role, flags, features_off, created_at from organizations order by id"
    )
    .fetch_all(conn)
    .await
}

/// Replaces the set of features that are switched off.
#[query]
pub async fn set_features_off(conn: &mut Conn, id: OrgId, off: &FeaturesOff) -> sqlx::Result<u64> {
    Ok(sqlx::query!("update organizations set features_off = $2 where id = $1", id.0, off.to_string())
        .execute(conn)
        .await?
        .rows_affected())
}

/// The user's role in the organization.
#[query]
pub async fn role_of(conn: &mut Conn, id: OrgId, user: UserId) -> sqlx::Result<Option<Role>> {
    sqlx::query_scalar!("select role from members where organization_id = $1 and user_id = $2", id.0, user.0)
        .fetch_optional(conn)
        .await
}
