//! Installing by steps: one pipeline for every kind of sign-in, driven by the server. A key or a database connection is
//! a pipeline of one form; the pages show that form at once and hand it to [`crate::integrations::install`].
//!
//! A pipeline belongs to one session (or token) in one organization; nobody else sees it or can go on with it. What it
//! knows, the PKCE verifier and tokens on their way among it, is one sealed [`State`]. Each step is written with the
//! version it was read with, so that a step taken twice is taken once. Start reading at [`start`], then
//! [`callback`](callback::callback).

mod aws;
mod callback;
mod form;
mod oauth;
mod state;
mod view;

pub(crate) use aws::keys_of as aws_keys;
pub use callback::{Landing, callback};

use crate::access::{self, Access};
use crate::actor::Actor;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::{integrations, provider_apps};
use domain::catalogue::Manifest;
use domain::ids::IntegrationId;
use domain::pipelines::{PIPELINE_LIFE, PipelineId, Preflight, Step};
use domain::roles::Need;
use domain::sign_in::Auth;
use domain::slug::OrgSlug;
use domain::{AppError, Outcome};
use providers::catalogue;
use providers::connect::Secrets;
use state::{At, Running, State};
use std::collections::BTreeMap;

/// What is known before a pipeline begins; `None` where installing needs none.
///
/// # Errors
/// When the database refuses.
pub async fn preflight(ctx: &Ctx, access: &Access, manifest: &Manifest) -> Outcome<Option<Preflight>> {
    if !manifest.installable || !has_steps(manifest) {
        return Ok(None);
    }
    let mut conn = ctx.store.read().await.or_internal()?;
    let reach = provider_apps::of_instance(ctx, &mut conn, manifest).await?;
    let is_admin = access.actor.user().is_some_and(|user| user.is_instance_admin);
    let own_app = manifest.auth.fields().iter().any(|field| field.name == "client_id");
    let problem = (!own_app && !reach.is_complete(manifest)).then(|| {
        let who = if is_admin { "Enter" } else { "The instance administrator has to enter" };
        format!("{} does not know this Patchbay yet. {who} its app credentials under Providers.", manifest.name)
    });
    let shows_callback = matches!(manifest.auth, Auth::Oauth2(_) | Auth::GithubApp { .. }) && (is_admin || own_app);
    let callback_url = match shows_callback {
        true => Some(provider_apps::callback_url(ctx, &manifest.key)?.into()),
        false => None,
    };
    let needs = manifest.aspects.alerts.iter().map(|alert| alert.text.clone()).collect();
    Ok(Some(Preflight { can_fix: problem.is_some() && is_admin, problem, callback_url, needs }))
}

/// Begins a pipeline; with `again`, one that connects an existing installation again.
///
/// # Errors
/// When the actor may not, when the provider is unknown or is not connected by steps, when its app is not set up.
pub async fn start(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    provider: &str,
    again: Option<IntegrationId>,
) -> Outcome<Step> {
    let access = access::open(ctx, actor, slug).await?;
    start_in(ctx, &access, provider, again).await
}

/// [`start`] in an organization that was entered already.
///
/// # Errors
/// As [`start`].
pub async fn start_in(ctx: &Ctx, access: &Access, provider: &str, again: Option<IntegrationId>) -> Outcome<Step> {
    access.permit(ctx, Need::INTEGRATIONS_WRITE).await?;
    let manifest = catalogue::find(provider)
        .filter(|manifest| manifest.installable && (has_steps(manifest) || manifest.auth.form().is_some()));
    let manifest = manifest.ok_or_else(|| AppError::not_found("This sign-in"))?;
    if let Some(Preflight { problem: Some(problem), .. }) = preflight(ctx, access, manifest).await? {
        return Err(AppError::conflict(problem));
    }
    let mut state = State { again, ..State::default() };
    if let Some(again) = again {
        remember(ctx, access, manifest, again, &mut state).await?;
    }
    state.at = match &manifest.auth {
        Auth::AwsRole { .. } => At::Project,
        Auth::ApiKey { .. } | Auth::Database { .. } => At::Form,
        Auth::Oauth2(oauth) if !oauth.fields.is_empty() && again.is_none() => At::Form,
        _ => oauth::authorize(ctx, None),
    };
    if let Auth::AwsRole { .. } = manifest.auth {
        aws::begin(ctx, &mut state);
    }
    let id = hex(ctx.random::<16>());
    let id = PipelineId::parse(&id).map_err(AppError::invalid)?;
    let running = Running::begin(ctx, access, manifest, id, state, ctx.now().plus(PIPELINE_LIFE)).await?;
    view::step(ctx, access, &running).await
}

/// Where a pipeline stands.
///
/// # Errors
/// [`domain::Code::NotFound`] when it is over, or somebody else's.
pub async fn current(ctx: &Ctx, actor: &Actor, slug: &OrgSlug, id: &PipelineId) -> Outcome<Step> {
    let access = access::open(ctx, actor, slug).await?;
    let mut running = Running::load(ctx, &access, Some(id)).await?;
    oauth::keep_usable(ctx, &mut running).await?;
    view::step(ctx, &access, &running).await
}

/// Where the newest pipeline of this caller in this organization stands; none when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn newest(ctx: &Ctx, access: &Access) -> Outcome<Option<Step>> {
    match Running::load(ctx, access, None).await {
        Ok(mut running) => {
            oauth::keep_usable(ctx, &mut running).await?;
            view::step(ctx, access, &running).await.map(Some)
        }
        Err(error) if error.code == domain::Code::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Takes a step with what a form sent.
///
/// # Errors
/// Field errors; [`domain::Code::NotFound`] when it is over, or somebody else's. A sign-in that fails is no error: the
/// step says why.
pub async fn advance(
    ctx: &Ctx,
    actor: &Actor,
    slug: &OrgSlug,
    id: &PipelineId,
    values: BTreeMap<String, String>,
) -> Outcome<Step> {
    let access = access::open(ctx, actor, slug).await?;
    advance_in(ctx, &access, id, values).await
}

/// [`advance`] in an organization that was entered already.
///
/// # Errors
/// As [`advance`].
pub async fn advance_in(
    ctx: &Ctx,
    access: &Access,
    id: &PipelineId,
    values: BTreeMap<String, String>,
) -> Outcome<Step> {
    let permit = access.permit(ctx, Need::INTEGRATIONS_WRITE).await?;
    let mut running = Running::load(ctx, access, Some(id)).await?;
    match running.state.at {
        At::Form if running.manifest.auth.form().is_some() => {
            form::take(ctx, access, &permit, &mut running, &values).await?;
        }
        At::Form => oauth::take_form(ctx, &mut running, &values).await?,
        At::Authorize { .. } => callback::take_code(ctx, access, &permit, &mut running, &values).await?,
        At::Choose { .. } => oauth::take_choice(ctx, access, &permit, &mut running, &values).await?,
        At::Project | At::Role | At::Functions { .. } => {
            aws::advance(ctx, access, &permit, &mut running, &values).await?;
        }
        At::Exchanging => return Err(AppError::conflict("The sign-in is being checked. Wait a moment.")),
        At::Complete { .. } | At::Failed { .. } => {}
    }
    view::step(ctx, access, &running).await
}

/// Ends a pipeline and forgets what it knows. One that is over already is no error.
///
/// # Errors
/// When the database refuses.
pub async fn cancel(ctx: &Ctx, actor: &Actor, slug: &OrgSlug, id: &PipelineId) -> Outcome<()> {
    let access = access::open(ctx, actor, slug).await?;
    if Running::load(ctx, &access, Some(id)).await.is_ok() {
        let mut conn = ctx.store.write().await.or_internal()?;
        store::pipelines::delete(&mut conn, id).await.or_internal()?;
        conn.commit().await.or_internal()?;
    }
    Ok(())
}

/// Whether installing takes more than a form.
pub(crate) fn has_steps(manifest: &Manifest) -> bool {
    matches!(manifest.auth, Auth::Oauth2(_) | Auth::GithubApp { .. } | Auth::AwsRole { .. })
}

/// What an existing installation was connected with: its server and app, so that nobody types them again.
async fn remember(
    ctx: &Ctx,
    access: &Access,
    manifest: &Manifest,
    again: IntegrationId,
    state: &mut State,
) -> Outcome<()> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let row = store::installations::of_integration(&mut conn, access.organization.id, again).await.or_internal()?;
    let row = row.filter(|row| row.provider == manifest.key).ok_or_else(|| AppError::not_found("This integration"))?;
    let Secrets(secrets) = ctx.vault.open_installation(&mut conn, row.organization_id, row.id).await?;
    state.form = crate::grants::connection(&row).clone();
    let of_form = |name: &String| manifest.auth.fields().iter().any(|field| field.name == *name);
    state.secrets = secrets.into_iter().filter(|(name, _)| of_form(name)).map(state::exposed).collect();
    state.known = Some(integrations::present::any(&row).external_id);
    Ok(())
}

fn hex<const N: usize>(bytes: [u8; N]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
