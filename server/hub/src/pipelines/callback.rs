//! The way back from the provider: who may use the code, and what is done with it.

use super::oauth;
use super::state::{At, Running};
use crate::access::{self, Access, Permit};
use crate::actor::Actor;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::{provider_apps, tokens};
use domain::audit::AuditOutcome;
use domain::ids::{IntegrationId, OrgId};
use domain::pipelines::PipelineId;
use domain::roles::Need;
use domain::sign_in::Auth;
use domain::slug::OrgSlug;
use domain::{AppError, Outcome};
use secrecy::SecretString;
use std::collections::BTreeMap;
use url::Url;

/// Where a callback leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landing {
    /// The organization.
    pub organization: OrgSlug,
    /// The provider's key.
    pub provider: String,
    /// The pipeline, to be read again.
    pub pipeline: PipelineId,
    /// The installation that is connected again, where it is not one more.
    pub again: Option<IntegrationId>,
    /// What was installed, once it is.
    pub integration: Option<IntegrationId>,
    /// Whether the sign-in ran in a popup, which ends here.
    pub popup: bool,
}

/// What marks the state of a request that was opened in a popup.
const POPUP: &str = ".p";

/// Takes what a provider's redirect brought: `code` or `error`, with `state` and perhaps `iss`; or, from GitHub's
/// set-up page, an `installation_id` alone.
///
/// # Errors
/// When the state is unknown, used, too old, another session's or another provider's; the try is audited. What the
/// provider said is no error: the pipeline's step tells it.
pub async fn callback(ctx: &Ctx, actor: &Actor, provider: &str, query: &BTreeMap<String, String>) -> Outcome<Landing> {
    let state = query.get("state").map_or("", String::as_str);
    let (state, popup) = state.strip_suffix(POPUP).map_or((state, false), |state| (state, true));
    let refusal = || {
        AppError::invalid(
            "This sign-in is unknown, was used already, or is too old. Nothing was connected. Start it again from the \
             integration's page.",
        )
    };
    let mut conn = ctx.store.read().await.or_internal()?;
    let row = match state {
        // GitHub's set-up page sends no state of ours. What it names is only looked up again among what the person sees.
        "" if query.contains_key("installation_id") => {
            store::pipelines::newest_at(&mut conn, provider, &actor.binding()).await.or_internal()?
        }
        "" => None,
        state => store::pipelines::by_state(&mut conn, &tokens::hash(state)).await.or_internal()?,
    };
    let Some(row) = row else {
        drop(conn);
        refuse(ctx, actor, None, provider, "an unknown or used state").await?;
        return Err(refusal());
    };
    let organization = store::organizations::by_id(&mut conn, row.organization_id).await.or_internal()?;
    drop(conn);
    let org = row.organization_id;
    if row.bound_to != actor.binding() {
        refuse(ctx, actor, Some(org), provider, "a state of another session").await?;
        return Err(refusal());
    }
    if row.provider != provider {
        refuse(ctx, actor, Some(org), provider, "a state that belongs to another provider").await?;
        return Err(refusal());
    }
    let organization = organization.ok_or_else(refusal)?;
    let access = access::open(ctx, actor, &organization.slug).await?;
    let permit = access.permit(ctx, Need::INTEGRATIONS_WRITE).await?;
    let mut running = Running::open(ctx, Some(row)).await.map_err(|_| refusal())?;
    if matches!(running.state.at, At::Choose { .. }) {
        oauth::take_choice(ctx, &access, &permit, &mut running, &BTreeMap::new()).await?;
    } else {
        let mut values = query.clone();
        values.insert("state".to_owned(), state.to_owned());
        take_code(ctx, &access, &permit, &mut running, &values).await?;
    }
    Ok(Landing {
        organization: organization.slug,
        provider: running.manifest.key.clone(),
        pipeline: running.row.id.clone(),
        again: running.state.again,
        integration: match running.state.at {
            At::Complete { integration } => Some(integration),
            _ => None,
        },
        popup,
    })
}

/// Takes `code` (or `error`) and `state`, from a redirect or from a client that posts them.
pub(super) async fn take_code(
    ctx: &Ctx,
    access: &Access,
    permit: &Permit,
    running: &mut Running,
    values: &BTreeMap<String, String>,
) -> Outcome<()> {
    let At::Authorize { state, verifier, until, .. } = &running.state.at else { return Ok(()) };
    let org = Some(running.row.organization_id);
    let (state, verifier, until) = (state.clone(), SecretString::from(verifier.clone()), *until);
    let given = values.get("state").map_or("", String::as_str);
    let fits: bool = subtle::ConstantTimeEq::ct_eq(given.as_bytes(), state.as_bytes()).into();
    if !fits || until <= ctx.now() {
        let why = if fits { "a state that is too old" } else { "a state that is not this pipeline's" };
        refuse(ctx, &access.actor, org, &running.row.provider, why).await?;
        return Err(AppError::field("state", "An error occurred while validating your request."));
    }
    if let Some(problem) = wrong_issuer(ctx, running, values).await? {
        refuse(ctx, &access.actor, org, &running.row.provider, "an answer of another issuer").await?;
        return running.go(ctx, At::Failed { message: problem }).await;
    }
    let name = &running.manifest.name;
    let declined = values.get("error").map(|error| match error.as_str() {
        "access_denied" => format!("{name} was not given access. Sign in again and agree, or cancel."),
        // A provider's word, never its sentence: that could be anybody's.
        word => format!("{name} did not sign you in ({}). Try again.", word_of(word)),
    });
    if let Some(problem) = declined {
        let again = oauth::authorize(ctx, Some(problem));
        return running.go(ctx, again).await;
    }
    let code = values.get("code").filter(|code| !code.is_empty() && code.len() <= 4_096);
    let Some(code) = code.map(|code| SecretString::from(code.clone())) else {
        return Err(AppError::field("code", "The provider sent no code. Start the sign-in again."));
    };
    // From here on the state is used up, whatever happens.
    running.go(ctx, At::Exchanging).await?;
    let reach = running.reach(ctx).await?;
    let redirect = provider_apps::callback_url(ctx, &running.manifest.key)?;
    let provider = reach.provider(ctx, running.manifest);
    match providers::connect::oauth::exchange(&provider, &code, &redirect, &verifier).await {
        Ok(tokens) => oauth::identify(ctx, access, permit, running, tokens).await,
        Err(error) => {
            let again = oauth::authorize(ctx, Some(error.to_string()));
            running.go(ctx, again).await
        }
    }
}

/// Compares the issuer of an answer (RFC 9207) with the provider's, where either is known.
async fn wrong_issuer(ctx: &Ctx, running: &Running, values: &BTreeMap<String, String>) -> Outcome<Option<String>> {
    let Auth::Oauth2(oauth) = &running.manifest.auth else { return Ok(None) };
    let sent = values.get("iss");
    let endpoint = running.reach(ctx).await?.endpoint;
    let fits = match (sent, &oauth.issuer, endpoint) {
        (None, None, _) => true,
        (None, Some(_), _) => false,
        // Somewhere else, only the place can be compared.
        (Some(sent), _, Some(endpoint)) => origin(sent).is_some() && origin(sent) == origin(&endpoint),
        (Some(sent), Some(issuer), None) => sent == issuer,
        (Some(sent), None, None) => origin(sent).is_some() && origin(sent) == origin(&oauth.authorize_url),
    };
    Ok((!fits).then(|| {
        format!("The answer does not come from {}. Nothing was connected. Start again.", running.manifest.name)
    }))
}

fn origin(text: &str) -> Option<url::Origin> {
    Url::parse(text).ok().map(|url| url.origin()).filter(url::Origin::is_tuple)
}

fn word_of(word: &str) -> String {
    word.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).take(40).collect()
}

async fn refuse(ctx: &Ctx, actor: &Actor, org: Option<OrgId>, provider: &str, why: &str) -> Outcome<()> {
    let mut conn = ctx.store.write().await.or_internal()?;
    store::audit::insert(
        &mut conn,
        org,
        &actor.label(),
        "integration.sign_in.denied",
        "provider",
        &word_of(provider),
        &format!("came back from a sign-in with {why}"),
        AuditOutcome::Denied,
        actor.address.as_deref(),
        actor.request_id.as_deref(),
        ctx.now(),
    )
    .await
    .or_internal()?;
    conn.commit().await.or_internal()
}
