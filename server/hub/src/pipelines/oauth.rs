//! The steps of OAuth 2 and of GitHub Apps: the form before, the request, the choice after.

use super::state::{At, Running, SavedTokens};
use crate::access::{Access, Permit};
use crate::ctx::Ctx;
use crate::integrations::{self, Proven};
use crate::tokens;
use domain::integrations::Account;
use domain::pipelines::STATE_LIFE;
use domain::sign_in::Auth;
use domain::{AppError, Outcome};
use providers::connect::oauth::Tokens;
use providers::connect::{self, CheckError, Secrets, github};
use secrecy::ExposeSecret as _;
use std::collections::BTreeMap;
use std::time::Instant;

/// A fresh request to sign in: a new state and a new verifier, each of 256 random bits.
pub(super) fn authorize(ctx: &Ctx, problem: Option<String>) -> At {
    let fresh = || tokens::random_text(ctx).expose_secret().to_owned();
    At::Authorize { state: fresh(), verifier: fresh(), until: ctx.now().plus(STATE_LIFE), problem }
}

/// A request whose state is too old is made anew, so that the page never offers one that must fail.
pub(super) async fn keep_usable(ctx: &Ctx, running: &mut Running) -> Outcome<()> {
    match &running.state.at {
        At::Authorize { until, problem, .. } if *until <= ctx.now() => {
            let again = authorize(ctx, problem.clone());
            running.go(ctx, again).await
        }
        _ => Ok(()),
    }
}

/// Takes the form that comes before the sign-in at a self-hosted provider.
pub(super) async fn take_form(ctx: &Ctx, running: &mut Running, values: &BTreeMap<String, String>) -> Outcome<()> {
    let (form, secrets) = integrations::split(running.manifest.auth.fields(), values)?;
    running.state.form = form;
    running.state.secrets = secrets.0.into_iter().map(super::state::exposed).collect();
    let reach = running.reach(ctx).await?;
    if reach.app.value("client_id").is_none() {
        return Err(AppError::field(
            "client_id",
            "This server needs an app of its own. Make one there and enter its client id and secret.",
        ));
    }
    let next = authorize(ctx, None);
    running.go(ctx, next).await
}

/// Goes on with what the sign-in gave: names the account, or asks which of several.
pub(super) async fn identify(
    ctx: &Ctx,
    access: &Access,
    permit: &Permit,
    running: &mut Running,
    tokens: Tokens,
) -> Outcome<()> {
    let reach = running.reach(ctx).await?;
    let provider = reach.provider(ctx, running.manifest);
    let begin = Instant::now();
    let found = if let Auth::GithubApp { .. } = running.manifest.auth {
        github::visible(&provider, &tokens.access_token).await
    } else {
        let secrets = Secrets([("access_token".to_owned(), tokens.access_token.clone())].into());
        connect::accounts(&provider, &running.state.form, &secrets, Some(&tokens.answer)).await
    };
    let duration_ms = i64::try_from(begin.elapsed().as_millis()).unwrap_or(i64::MAX);
    let accounts = match found {
        Ok(accounts) => accounts,
        Err(CheckError::NoAccount { .. }) if matches!(running.manifest.auth, Auth::GithubApp { .. }) => Vec::new(),
        Err(error) => {
            let again = authorize(ctx, Some(error.to_string()));
            return running.go(ctx, again).await;
        }
    };
    let known = running.state.known.as_deref();
    let only = match (known, accounts.as_slice()) {
        (Some(known), accounts) => accounts.iter().find(|account| account.external_id == known).or(accounts.first()),
        (None, [only]) if !matches!(running.manifest.auth, Auth::GithubApp { .. }) => Some(only),
        _ => None,
    };
    match only.cloned() {
        Some(account) => finish(ctx, access, permit, running, &account, Some(&tokens), duration_ms).await,
        None => {
            let tokens = Some(SavedTokens::of(&tokens, ctx.now()));
            running.go(ctx, At::Choose { tokens, accounts }).await
        }
    }
}

/// Takes the choice of an account: one of those that the provider showed, and no other.
pub(super) async fn take_choice(
    ctx: &Ctx,
    access: &Access,
    permit: &Permit,
    running: &mut Running,
    values: &BTreeMap<String, String>,
) -> Outcome<()> {
    let At::Choose { tokens, accounts } = &running.state.at else { return Ok(()) };
    let saved = tokens.as_ref().map(|saved| saved.tokens(ctx.now()));
    // The Sentry wire has other names for the same field.
    let chosen = ["account", "installationId", "chosenInstallationId", "installation_id", "chosen_installation_id"]
        .iter()
        .find_map(|name| values.get(*name))
        .filter(|chosen| !chosen.is_empty());
    let Some(chosen) = chosen else {
        return match (&running.manifest.auth, saved) {
            // Nothing was chosen: look again, the app may have been installed meanwhile.
            (Auth::GithubApp { .. }, Some(tokens)) => identify(ctx, access, permit, running, tokens).await,
            _ => Err(AppError::field("account", "Choose one.")),
        };
    };
    let account = accounts.iter().find(|account| account.external_id == *chosen).cloned();
    let Some(account) = account else {
        return Err(AppError::field("account", "This is not among what you can see there. Choose one of the list."));
    };
    finish(ctx, access, permit, running, &account, saved.as_ref(), 0).await
}

/// Installs and ends the pipeline.
pub(super) async fn finish(
    ctx: &Ctx,
    access: &Access,
    permit: &Permit,
    running: &mut Running,
    account: &Account,
    tokens: Option<&Tokens>,
    duration_ms: i64,
) -> Outcome<()> {
    let installation_token;
    let tokens = match &running.manifest.auth {
        // What the person signed in with was needed only to see what they can see.
        Auth::GithubApp { .. } => {
            let reach = running.reach(ctx).await?;
            let provider = reach.provider(ctx, running.manifest);
            match github::installation_token(&provider, &account.external_id).await {
                Ok(token) => {
                    installation_token = token;
                    Some(&installation_token)
                }
                Err(error) => return running.go(ctx, At::Failed { message: error.to_string() }).await,
            }
        }
        _ => tokens,
    };
    let proven = Proven {
        account,
        form: running.state.form.clone(),
        secrets: running.state.form_secrets(),
        tokens,
        duration_ms,
        again: running.state.again,
    };
    match integrations::connect(ctx, access, permit, running.manifest, proven).await {
        Ok(installed) => running.go(ctx, At::Complete { integration: installed.integration.id }).await,
        Err(error) if error.code == domain::Code::Conflict => {
            running.go(ctx, At::Failed { message: error.message }).await
        }
        Err(error) => Err(error),
    }
}
