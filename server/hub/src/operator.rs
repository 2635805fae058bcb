//! What the person at the machine may do by the command line.

use crate::access::{OrgRef, Permit};
use crate::actor::Actor;
use crate::change::{Change, Record};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::tokens::Owner;
use crate::users::{self, NewUser};
use crate::{Password, organizations, tokens};
use domain::email::Email;
use domain::error::Fields;
use domain::events::Topic;
use domain::ids::{OrgId, UserId};
use domain::organizations::{FEATURES, Organization};
use domain::roles::{Role, Scope, Scopes};
use domain::slug::OrgSlug;
use domain::users::User;
use domain::{AppError, Outcome};
use secrecy::SecretString;

/// Makes an account.
///
/// # Errors
/// Field errors.
pub async fn create_user(
    ctx: &Ctx,
    email: &str,
    name: &str,
    is_instance_admin: bool,
    password: Option<Password>,
) -> Outcome<UserId> {
    let mut fields = Fields::default();
    let user = NewUser::check(&mut fields, email, name, password);
    fields.finish()?;
    let user = NewUser { is_instance_admin, ..user.ok_or_else(|| AppError::invalid("The account is not complete."))? };
    let hash = users::hash(&user).await?;
    let permit = Permit::trusted(&Actor::operator(), None)?;
    let mut change = Change::begin(ctx, &permit).await?;
    let id = users::insert(ctx, &mut change.conn, &user, hash.as_deref()).await?;
    let record = Record {
        action: "user.create",
        target_kind: "user",
        target_id: id.to_string(),
        summary: format!("made the account {}", user.email),
        event: None,
    };
    change.commit(record).await?;
    Ok(id)
}

/// Makes an organization with an owner who has an account.
///
/// # Errors
/// Field errors.
pub async fn create_organization(ctx: &Ctx, name: &str, slug: &str, owner: &str) -> Outcome<OrgId> {
    let mut fields = Fields::default();
    let name = fields.take("name", domain::organizations::parse_name(name));
    let slug = fields.take("slug", OrgSlug::parse(slug));
    fields.finish()?;
    let (Some(name), Some(slug)) = (name, slug) else { return Err(AppError::invalid("A name and a slug are needed.")) };
    let owner = user(ctx, owner).await?;
    let permit = Permit::trusted(&Actor::operator(), None)?;
    let mut change = Change::begin(ctx, &permit).await?;
    let id = organizations::insert(ctx, &mut change.conn, &name, &slug).await?;
    store::members::insert(&mut change.conn, id, owner.id, Role::Owner, ctx.now()).await.or_internal()?;
    let record = Record {
        action: "organization.create",
        target_kind: "organization",
        target_id: id.to_string(),
        summary: format!("made the organization {name} with the owner {}", owner.email),
        event: None,
    };
    change.commit(record).await?;
    Ok(id)
}

/// Switches a feature of an organization on or off. The feature is named without prefix: `issue-sync`.
///
/// # Errors
/// When there is no such organization or feature.
pub async fn set_feature(ctx: &Ctx, slug: &str, feature: &str, on: bool) -> Outcome<()> {
    let gate = format!("integrations-{feature}");
    if !FEATURES.contains(&gate.as_str()) {
        let known: Vec<_> = FEATURES.iter().filter_map(|gate| gate.strip_prefix("integrations-")).collect();
        return Err(AppError::field(
            "feature",
            format!("There is no feature {feature:?}. Known: {}.", known.join(", ")),
        ));
    }
    let organization = organization(ctx, slug).await?;
    let mut off = organization.features_off.clone();
    if on {
        off.0.remove(&gate);
    } else {
        off.0.insert(gate);
    }
    let permit = Permit::trusted(&Actor::operator(), Some(organization.clone()))?;
    let mut change = Change::begin(ctx, &permit).await?;
    store::organizations::set_features_off(&mut change.conn, organization.id, &off).await.or_internal()?;
    change
        .commit(Record {
            action: "organization.feature",
            target_kind: "organization",
            target_id: organization.id.to_string(),
            summary: format!("turned the feature {feature} {}", if on { "on" } else { "off" }),
            event: Some((Topic::Organization, String::new())),
        })
        .await
}

/// Makes a token for an organization or a user.
///
/// # Errors
/// When there is no such organization, user or scope.
pub async fn create_token(
    ctx: &Ctx,
    org: Option<&str>,
    email: Option<&str>,
    scopes: &[String],
    expires_in: Option<i64>,
) -> Outcome<SecretString> {
    let scopes = scopes
        .iter()
        .map(|scope| scope.parse::<Scope>().map_err(|error| AppError::field("scope", format!("{scope:?} is {error}"))));
    let scopes = scopes.collect::<Outcome<Scopes>>()?;
    if scopes == Scopes::NONE {
        return Err(AppError::field("scope", "A token needs at least one scope, such as org:read."));
    }
    let (owner, organization) = match (org, email) {
        (Some(slug), None) => {
            let organization = organization(ctx, slug).await?;
            (Owner::Organization(organization.id), Some(organization))
        }
        (None, Some(email)) => (Owner::User(user(ctx, email).await?.id), None),
        _ => return Err(AppError::invalid("Name either an organization or a user.")),
    };
    let permit = Permit::trusted(&Actor::operator(), organization)?;
    let expires_at = expires_in.map(|length| ctx.now().plus(length));
    tokens::create(ctx, &permit, owner, "command line", scopes, expires_at).await
}

async fn organization(ctx: &Ctx, name: &str) -> Outcome<Organization> {
    let missing = || AppError::not_found(&format!("The organization {name:?}"));
    let mut conn = ctx.store.read().await.or_internal()?;
    match OrgRef::parse(name).ok_or_else(missing)? {
        OrgRef::Id(id) => store::organizations::by_id(&mut conn, id).await,
        OrgRef::Slug(slug) => store::organizations::by_slug(&mut conn, &slug).await,
    }
    .or_internal()?
    .ok_or_else(missing)
}

async fn user(ctx: &Ctx, email: &str) -> Outcome<User> {
    let email = Email::parse(email).map_err(|message| AppError::field("email", message))?;
    let mut conn = ctx.store.read().await.or_internal()?;
    let user = store::users::by_email(&mut conn, &email).await.or_internal()?;
    user.ok_or_else(|| {
        AppError::field("email", format!("There is no account for {email}. Make it with `patchbay user create`."))
    })
}
