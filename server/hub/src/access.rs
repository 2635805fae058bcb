//! Authorization: who may do what in which organization. The only place that decides.

use crate::actor::{Actor, Who};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use domain::audit::AuditOutcome;
use domain::ids::OrgId;
use domain::organizations::{Organization, OrganizationView};
use domain::roles::{Need, Role, Scopes};
use domain::slug::OrgSlug;
use domain::{AppError, Outcome};
use store::Conn;

/// What an actor may do in an organization.
#[derive(Clone, Debug)]
pub struct Access {
    /// The actor.
    pub actor: Actor,
    /// The organization.
    pub organization: Organization,
    /// The person's role.
    pub role: Option<Role>,
    /// What it comes to.
    pub scopes: Scopes,
}

/// Proof that an actor may do what it was asked for. Only [`Access::permit`] makes one.
#[derive(Clone, Debug)]
pub struct Permit {
    actor: Actor,
    organization: Option<Organization>,
}

impl Permit {
    /// The command line and Patchbay's own jobs need no role.
    ///
    /// # Errors
    /// When the actor is neither.
    pub fn trusted(actor: &Actor, organization: Option<Organization>) -> Outcome<Self> {
        match actor.who {
            Who::Operator | Who::System => Ok(Self { actor: actor.clone(), organization }),
            _ => Err(AppError::forbidden("Only the operator of this instance can do this.")),
        }
    }

    /// Somebody who acts on nothing but themselves: signing in, setting up.
    pub(crate) fn own(actor: &Actor) -> Self {
        Self { actor: actor.clone(), organization: None }
    }

    /// Who may.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The organization's id; none for the whole instance.
    pub fn organization_id(&self) -> Option<OrgId> {
        self.organization.as_ref().map(|organization| organization.id)
    }
}

impl Access {
    /// The proof that the actor may do this.
    ///
    /// # Errors
    /// [`domain::Code::Forbidden`] with who can; the try is audited.
    pub async fn permit(&self, ctx: &Ctx, need: Need) -> Outcome<Permit> {
        if self.scopes.has_any(need.any) {
            return Ok(Permit { actor: self.actor.clone(), organization: Some(self.organization.clone()) });
        }
        let wanted: Vec<_> = need.any.iter().map(|scope| scope.as_str()).collect();
        let mut conn = ctx.store.write().await.or_internal()?;
        store::audit::insert(
            &mut conn,
            Some(self.organization.id),
            &self.actor.label(),
            "permission.denied",
            "organization",
            &self.organization.id.to_string(),
            &format!("was refused something that needs one of {}", wanted.join(", ")),
            AuditOutcome::Denied,
            self.actor.address.as_deref(),
            self.actor.request_id.as_deref(),
            ctx.now(),
        )
        .await
        .or_internal()?;
        conn.commit().await.or_internal()?;
        Err(AppError::forbidden(need.refusal()))
    }

    /// Whether the actor may do this, for showing a control as usable.
    pub fn may(&self, need: Need) -> bool {
        self.scopes.has_any(need.any)
    }

    /// As the pages see it.
    pub fn view(&self) -> OrganizationView {
        OrganizationView { organization: self.organization.clone(), role: self.role, scopes: self.scopes }
    }
}

/// How an organization is named by a caller.
#[derive(Clone, Debug)]
pub enum OrgRef {
    /// By id.
    Id(OrgId),
    /// By slug.
    Slug(OrgSlug),
}

impl OrgRef {
    /// All digits are an id, anything else is a slug.
    pub fn parse(text: &str) -> Option<Self> {
        match text.parse() {
            Ok(id) => Some(Self::Id(id)),
            Err(_) => OrgSlug::parse(text).ok().map(Self::Slug),
        }
    }
}

/// Why an organization cannot be entered; each interface tells it in its own way.
pub enum NoAccess {
    /// There is none of this name.
    Unknown,
    /// There is, but the actor is no member.
    Foreign,
    /// Patchbay failed.
    Failed(AppError),
}

/// Enters an organization, telling unknown and foreign apart.
///
/// # Errors
/// See [`NoAccess`].
pub async fn enter(ctx: &Ctx, actor: &Actor, org: &OrgRef) -> Result<Access, NoAccess> {
    let mut conn = ctx.store.read().await.or_internal().map_err(NoAccess::Failed)?;
    enter_on(&mut conn, actor, org).await
}

/// [`enter`] on an open transaction.
///
/// # Errors
/// See [`NoAccess`].
pub async fn enter_on(conn: &mut Conn, actor: &Actor, org: &OrgRef) -> Result<Access, NoAccess> {
    let organization = match org {
        OrgRef::Id(id) => store::organizations::by_id(conn, *id).await,
        OrgRef::Slug(slug) => store::organizations::by_slug(conn, slug).await,
    };
    let organization = organization.or_internal().map_err(NoAccess::Failed)?.ok_or(NoAccess::Unknown)?;
    let role = match actor.user_id() {
        Some(user) => {
            store::organizations::role_of(conn, organization.id, user).await.or_internal().map_err(NoAccess::Failed)?
        }
        None => None,
    };
    let held = match (&actor.who, role) {
        (Who::OrgToken(token), _) if token.organization_id == Some(organization.id) => token.scopes.expanded(),
        (Who::OrgToken(_), _) | (_, None) => return Err(NoAccess::Foreign),
        (_, Some(role)) => role.scopes(),
    };
    let scopes = actor.cap().map_or(held, |cap| held.and(cap));
    Ok(Access { actor: actor.clone(), organization, role, scopes })
}

/// Enters an organization by slug for the pages: unknown and foreign are the same 404.
///
/// # Errors
/// [`domain::Code::NotFound`].
pub async fn open(ctx: &Ctx, actor: &Actor, slug: &OrgSlug) -> Outcome<Access> {
    enter(ctx, actor, &OrgRef::Slug(slug.clone())).await.map_err(hide)
}

/// Unknown and foreign as one 404.
pub fn hide(error: NoAccess) -> AppError {
    match error {
        NoAccess::Unknown | NoAccess::Foreign => AppError::not_found("This organization"),
        NoAccess::Failed(error) => error,
    }
}

/// The proof that Patchbay itself works for an organization: for jobs and for what providers tell.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn system(conn: &mut Conn, org: OrgId) -> Outcome<Permit> {
    let organization = store::organizations::by_id(conn, org).await.or_internal()?;
    Permit::trusted(&Actor::system(), organization)
}

/// The proof that the actor administers the instance.
///
/// # Errors
/// [`domain::Code::NotFound`], as for a page that does not exist: who may not see it need not know of it.
pub fn instance_admin(actor: &Actor) -> Outcome<Permit> {
    match &actor.who {
        Who::User(user) if user.is_instance_admin => Ok(Permit::own(actor)),
        Who::Operator => Permit::trusted(actor, None),
        _ => Err(AppError::not_found("This page")),
    }
}
