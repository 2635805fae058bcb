//! Requests to install an integration, from those who may not to those who may.

use crate::access;
use crate::actor::Actor;
use crate::change::{Change, Record};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::mail;
use domain::events::Topic;
use domain::ids::InstallRequestId;
use domain::install_requests::{InstallRequest, MAX_MESSAGE, RequestStatus};
use domain::organizations::Organization;
use domain::roles::Need;
use domain::slug::OrgSlug;
use domain::{AppError, Outcome};
use providers::catalogue;
use store::Conn;

/// Asks those who may install it. Asking twice changes the message and tells nobody twice; after a refusal one may ask
/// again.
///
/// # Errors
/// When the actor may install it without asking, when there is nothing to install, when the message is too long.
pub async fn ask(ctx: &Ctx, actor: &Actor, slug: &OrgSlug, provider: &str, message: &str) -> Outcome<InstallRequest> {
    let access = access::open(ctx, actor, slug).await?;
    let permit = access.permit(ctx, Need::ORG_READ).await?;
    let manifest = catalogue::find(provider).filter(|manifest| manifest.installable);
    let manifest = manifest.ok_or_else(|| AppError::not_found("This integration"))?;
    let user = actor.user().ok_or_else(|| AppError::forbidden("Only a person can ask for an integration."))?;
    if access.may(Need::INTEGRATIONS_WRITE) {
        return Err(AppError::conflict("You may install this yourself."));
    }
    let message = message.trim();
    if message.chars().count() > MAX_MESSAGE {
        return Err(AppError::field("message", format!("The message may be at most {MAX_MESSAGE} characters long.")));
    }
    if message.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(AppError::field("message", "The message may not contain control characters."));
    }
    let (org, now) = (access.organization.id, ctx.now());
    let mut change = Change::begin(ctx, &permit).await?;
    let before = store::install_requests::of_user(&mut change.conn, org, provider, user.id).await.or_internal()?;
    let id =
        store::install_requests::put(&mut change.conn, org, provider, user.id, message, now).await.or_internal()?;
    if before.is_none_or(|before| before.status != RequestStatus::Pending) {
        let asked = Asked { provider: &manifest.name, key: provider, by: &user.name, message };
        tell(ctx, &mut change.conn, &access.organization, &asked).await?;
    }
    change.commit(record("integration.request", id, provider, format!("asked for {}", manifest.name))).await?;
    let mut conn = ctx.store.read().await.or_internal()?;
    let request = store::install_requests::by_id(&mut conn, org, id).await.or_internal()?;
    request.ok_or_else(|| AppError::not_found("This request"))
}

/// Approves or declines a request. Installing the integration approves it too. The person who asked is told by mail.
///
/// # Errors
/// When the actor may not install integrations, or somebody else decided already.
pub async fn decide(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    id: InstallRequestId,
    approve: bool,
) -> Outcome<InstallRequest> {
    let access = access::open(ctx, actor, slug).await?;
    let permit = access.permit(ctx, Need::INTEGRATIONS_WRITE).await?;
    let org = access.organization.id;
    let mut change = Change::begin(ctx, &permit).await?;
    let request = store::install_requests::by_id(&mut change.conn, org, id).await.or_internal()?;
    let request = request.ok_or_else(|| AppError::not_found("This request"))?;
    let status = if approve { RequestStatus::Approved } else { RequestStatus::Declined };
    let by = actor.label();
    let decided = store::install_requests::decide(&mut change.conn, id, status, &by, ctx.now()).await.or_internal()?;
    if decided == 0 {
        return Err(AppError::conflict("Somebody decided about this request already. Reload the page."));
    }
    let name = catalogue::find(&request.provider).map_or(request.provider.as_str(), |manifest| &manifest.name);
    let user = store::users::by_id(&mut change.conn, request.user_id).await.or_internal()?;
    if let Some(user) = user {
        let verb = if approve { "approved" } else { "declined" };
        let next = if approve {
            "It will be there once they have installed it."
        } else {
            "Talk to them if you need it all the same, or ask again."
        };
        let subject = format!("Your request for {name} was {verb}");
        let body = format!("{} {verb} your request for {name} in {}. {next}\n", by, access.organization.name);
        mail::write(ctx, &mut change.conn, user.email.as_str(), &subject, &body).await?;
    }
    let (action, verb) = match approve {
        true => ("integration.request.approve", "approved"),
        false => ("integration.request.decline", "declined"),
    };
    let summary = format!("{verb} the request of {} for {name}", request.user_name);
    change.commit(record(action, id, &request.provider, summary)).await?;
    let mut conn = ctx.store.read().await.or_internal()?;
    let request = store::install_requests::by_id(&mut conn, org, id).await.or_internal()?;
    request.ok_or_else(|| AppError::not_found("This request"))
}

/// What a mail about a request says.
struct Asked<'a> {
    provider: &'a str,
    key: &'a str,
    by: &'a str,
    message: &'a str,
}

async fn tell(ctx: &Ctx, conn: &mut Conn, organization: &Organization, asked: &Asked<'_>) -> Outcome<()> {
    let Asked { provider, key, by, message } = asked;
    let link = ctx.settings.public_url.join(&format!("/settings/{}/integrations/{key}/", organization.slug));
    let link = link.or_internal()?;
    let subject = format!("{by} asks for {provider}");
    let why = if message.is_empty() { String::new() } else { format!("They write:\n\n{message}\n\n") };
    let body = format!(
        "{by} would like {provider} to be installed in {}. {why}Install it or decline here:\n{link}\n",
        organization.name
    );
    for member in store::members::of_organization(conn, organization.id).await.or_internal()? {
        if member.role.scopes().has_any(Need::INTEGRATIONS_WRITE.any) {
            mail::write(ctx, conn, member.email.as_str(), &subject, &body).await?;
        }
    }
    Ok(())
}

fn record<'a>(action: &'a str, id: InstallRequestId, provider: &str, summary: String) -> Record<'a> {
    let event = Some((Topic::Integration, provider.to_owned()));
    Record { action, target_kind: "install_request", target_id: id.to_string(), summary, event }
}
