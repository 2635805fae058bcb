//! The first run: the first person becomes instance administrator and owner of the first organization.

use crate::access::Permit;
use crate::actor::{Actor, Client, Who};
use crate::change::{Change, Record};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::sessions::{NewSession, begin};
use crate::users::{self, NewUser};
use crate::{Password, organizations};
use domain::error::Fields;
use domain::roles::Role;
use domain::setup::{SetupForm, SetupState};
use domain::{AppError, Outcome};
use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;

/// Whether the instance waits for its first person.
///
/// # Errors
/// When the database refuses.
pub async fn state(ctx: &Ctx) -> Outcome<SetupState> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let needed = store::users::count(&mut conn).await.or_internal()? == 0;
    Ok(SetupState { needed, needs_code: ctx.settings.setup_code.is_some() })
}

/// Makes the first person and organization and signs the person in.
///
/// # Errors
/// Field errors; [`domain::Code::Conflict`] when somebody was first already.
pub async fn run(ctx: &Ctx, client: &Client, form: SetupForm, password: Password) -> Outcome<NewSession> {
    let done = || AppError::conflict("This instance is set up already. Sign in instead.");
    if !state(ctx).await?.needed {
        return Err(done());
    }
    let mut fields = Fields::default();
    if let Some(code) = &ctx.settings.setup_code {
        let same = code.expose_secret().as_bytes().ct_eq(form.code.trim().as_bytes());
        if !bool::from(same) {
            fields.refuse("code", "This is not the code that the server printed when it started.");
        }
    }
    let user = NewUser::check(&mut fields, &form.email, &form.name, Some(password));
    let name = fields.take("organization", domain::organizations::parse_name(&form.organization));
    fields.finish()?;
    let (Some(mut user), Some(name)) = (user, name) else { return Err(AppError::invalid("The form is not complete.")) };
    user.is_instance_admin = true;
    let hash = users::hash(&user).await?;
    let system = Actor { who: Who::System, ..Actor::at(Who::System, client) };
    let permit = Permit::trusted(&system, None)?;
    let mut change = Change::begin(ctx, &permit).await?;
    // Two browsers may set up at once: the claim lets one through.
    if store::settings::claim(&mut change.conn, "setup.done", "yes").await.or_internal()? == 0
        || store::users::count(&mut change.conn).await.or_internal()? > 0
    {
        return Err(done());
    }
    let id = users::insert(ctx, &mut change.conn, &user, hash.as_deref()).await?;
    let slug = organizations::free_slug(&mut change.conn, &name).await?;
    let org = organizations::insert(ctx, &mut change.conn, &name, &slug).await?;
    store::members::insert(&mut change.conn, org, id, Role::Owner, ctx.now()).await.or_internal()?;
    change
        .commit(Record {
            action: "instance.setup",
            target_kind: "organization",
            target_id: org.to_string(),
            summary: format!("set up this instance for {} with the organization {name}", user.email),
            event: None,
        })
        .await?;
    let mut conn = ctx.store.read().await.or_internal()?;
    let user = store::users::by_id(&mut conn, id).await.or_internal()?.ok_or_else(AppError::signed_out)?;
    drop(conn);
    begin(ctx, client, user).await
}
