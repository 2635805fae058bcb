//! Organizations: which ones a person is in, and entering one.

use crate::access;
use crate::actor::{Actor, Who};
use crate::ctx::Ctx;
use crate::errors::{OrInternal, internal};
use domain::ids::OrgId;
use domain::organizations::{Flags, OrganizationView};
use domain::slug::OrgSlug;
use domain::{AppError, Outcome};
use store::Conn;

/// The organizations the actor may enter, by name.
///
/// # Errors
/// When the database refuses.
pub async fn mine(ctx: &Ctx, actor: &Actor) -> Outcome<Vec<OrganizationView>> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let organizations = match (&actor.who, actor.user_id()) {
        (Who::OrgToken(token), _) => match token.organization_id {
            Some(id) => store::organizations::by_id(&mut conn, id).await.or_internal()?.into_iter().collect(),
            None => Vec::new(),
        },
        (_, Some(user)) => store::organizations::of_user(&mut conn, user).await.or_internal()?,
        _ => store::organizations::all(&mut conn).await.or_internal()?,
    };
    let mut views = Vec::with_capacity(organizations.len());
    for organization in organizations {
        match access::enter_on(&mut conn, actor, &access::OrgRef::Id(organization.id)).await {
            Ok(access) => views.push(access.view()),
            Err(access::NoAccess::Failed(error)) => return Err(error),
            Err(_) => {}
        }
    }
    Ok(views)
}

/// The organization as the actor sees it.
///
/// # Errors
/// [`domain::Code::NotFound`] for an unknown and a foreign one alike.
pub async fn open(ctx: &Ctx, actor: &Actor, slug: &OrgSlug) -> Outcome<OrganizationView> {
    Ok(access::open(ctx, actor, slug).await?.view())
}

/// Adds an organization.
///
/// # Errors
/// A field error when the slug is taken.
pub(crate) async fn insert(ctx: &Ctx, conn: &mut Conn, name: &str, slug: &OrgSlug) -> Outcome<OrgId> {
    match store::organizations::insert(conn, name, slug, Flags::default(), ctx.now()).await {
        Ok(id) => Ok(id),
        Err(error) if store::unique_violation(&error).as_deref() == Some("organizations_slug") => {
            Err(AppError::field("slug", format!("The slug \"{slug}\" is already in use.")))
        }
        Err(error) => Err(internal(&error)),
    }
}

/// A slug made from the name that nobody has yet.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn free_slug(conn: &mut Conn, name: &str) -> Outcome<OrgSlug> {
    let first = OrgSlug::from_name(name).or_else(|| OrgSlug::parse("organization-1").ok());
    let first = first.ok_or_else(|| internal(&"no slug could be made"))?;
    for number in 1.. {
        let candidate = match number {
            1 => Some(first.clone()),
            n => OrgSlug::parse(&format!("{}-{n}", &first.as_str()[..first.as_str().len().min(44)])).ok(),
        };
        let Some(candidate) = candidate else { break };
        if store::organizations::by_slug(conn, &candidate).await.or_internal()?.is_none() {
            return Ok(candidate);
        }
    }
    Err(internal(&"no free slug was found"))
}
