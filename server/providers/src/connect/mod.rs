//! Finds out whose a credential is: asks the other side, before anything is saved and again at every check.
//!
//! [`accounts`] and [`health`] are for every provider. Which way they go is written in the manifest; a way that needs
//! code has a file here.

mod api_key;
mod call;
mod choices;
mod error;
mod identity;
mod login;
mod mysql;
mod place;
mod postgres;
mod secrets;

pub mod aws;
pub mod github;
pub mod oauth;

pub use choices::{Choice, Choices, MAX_PAGES, choices};
pub use error::CheckError;
pub use secrets::Secrets;

pub(crate) use call::{Caller, no_json};
pub(crate) use oauth::token_caller;
pub(crate) use place::SEGMENT;

use crate::Provider;
use domain::catalogue::Manifest;
use domain::config::ConfigData;
use domain::integrations::Account;
use domain::sign_in::{Auth, Probe};
use place::Places;
use serde_json::Value;

/// The form field that moves a self-hosted provider to another address.
const BASE_URL_FIELD: &str = "base_url";

/// Asks the provider which accounts a credential opens. A key, a database and most sign-ins open one; where a person
/// has to choose there may be several. Never an empty list: that is [`CheckError::NoAccount`].
///
/// `form` holds the values that are no secrets, checked against the manifest's fields already; `secrets` the secret
/// ones, or the `access_token` of a sign-in, whose token answer is `answer`.
///
/// # Errors
/// Why there is no account, in words for the person who connects it.
pub async fn accounts(
    provider: &Provider<'_>,
    form: &ConfigData,
    secrets: &Secrets,
    answer: Option<&Value>,
) -> Result<Vec<Account>, CheckError> {
    let Provider { outbound, manifest, .. } = provider;
    match &manifest.auth {
        Auth::ApiKey { .. } => identify(&api_key::caller(provider, form, secrets)?, form, answer).await,
        Auth::Oauth2(oauth) => identify(&oauth::caller(provider, oauth, secrets)?, form, answer).await,
        Auth::Database { engine, .. } if engine == "postgres" => {
            Ok(vec![postgres::check(outbound, form, secrets).await?])
        }
        Auth::Database { engine, .. } if engine == "mysql" => Ok(vec![mysql::check(outbound, form, secrets).await?]),
        Auth::AwsRole { .. } => {
            let role = aws::RoleRef::read(form)?;
            let keys = aws::assume(provider, &role).await?;
            Ok(vec![aws::account(provider, &role, &keys).await?])
        }
        _ => Err(not_built(manifest)),
    }
}

/// Asks the provider whether the credential of a `known` account still works, and whose it is now. The answer is a
/// different account when the credential changed hands.
///
/// # Errors
/// Why it does not work.
pub async fn health(
    provider: &Provider<'_>,
    form: &ConfigData,
    secrets: &Secrets,
    known: &Account,
) -> Result<Account, CheckError> {
    match &provider.manifest.auth {
        Auth::ApiKey { .. } => still(&api_key::caller(provider, form, secrets)?, form, known).await,
        Auth::Oauth2(oauth) => still(&oauth::caller(provider, oauth, secrets)?, form, known).await,
        Auth::GithubApp { .. } => github::installation(provider, &known.external_id).await,
        _ => {
            let found = accounts(provider, form, secrets, None).await?;
            found.into_iter().next().ok_or_else(|| not_built(provider.manifest))
        }
    }
}

/// The accounts that the manifest's probes find.
async fn identify(caller: &Caller<'_>, form: &ConfigData, answer: Option<&Value>) -> Result<Vec<Account>, CheckError> {
    let manifest = caller.provider.manifest;
    let probe = manifest.identity.as_ref().ok_or_else(|| not_built(manifest))?;
    let profile = profile(caller, answer).await?;
    let places = Places { profile_id: profile.as_deref(), ..Places::default() };
    let json = look(caller, probe, &places, answer).await?;
    let found = identity::accounts(manifest, probe, &json)?;
    Ok(match typed(form).and_then(place::server) {
        Some(server) => found.into_iter().map(|account| identity::placed(account, &server)).collect(),
        None => found,
    })
}

/// Whether a known account still answers: by the manifest's own call, or by asking again who it is.
async fn still(caller: &Caller<'_>, form: &ConfigData, known: &Account) -> Result<Account, CheckError> {
    let manifest = caller.provider.manifest;
    if let Some(call) = &manifest.health {
        let profile = if call.url.contains("{profile_id}") { profile(caller, None).await? } else { None };
        let server = typed(form).and_then(place::server);
        let places = Places { profile_id: profile.as_deref(), ..Places::of(known, server.as_deref()) };
        caller.check(call, &places).await?;
        return Ok(known.clone());
    }
    let found = identify(caller, form, None).await?;
    let is_list = manifest.identity.as_ref().is_some_and(|probe| probe.list.is_some());
    match found.iter().find(|account| account.external_id == known.external_id) {
        Some(same) => Ok(same.clone()),
        None if is_list => Err(CheckError::NoAccount {
            message: format!(
                "{} no longer shows “{}” to whoever signed in. Check there whether it still exists, then sign in again.",
                manifest.name, known.name
            ),
        }),
        None => found.into_iter().next().ok_or_else(|| not_built(manifest)),
    }
}

/// The id of whoever signed in, where the manifest asks for it.
async fn profile(caller: &Caller<'_>, answer: Option<&Value>) -> Result<Option<String>, CheckError> {
    let manifest = caller.provider.manifest;
    let Some(probe) = &manifest.profile else { return Ok(None) };
    let json = look(caller, probe, &Places::default(), answer).await?;
    identity::account(manifest, probe, &json).map(|account| Some(account.external_id))
}

/// What a probe reads: the answer of its call, or the token answer.
async fn look(
    caller: &Caller<'_>,
    probe: &Probe,
    places: &Places<'_>,
    answer: Option<&Value>,
) -> Result<Value, CheckError> {
    match (&probe.call, answer) {
        (Some(call), _) => caller.json(call, places).await,
        (None, Some(answer)) => Ok(answer.clone()),
        (None, None) => Err(caller.broken("it says only while signing in which account this is")),
    }
}

/// The address that a person typed for a self-hosted provider.
fn typed(form: &ConfigData) -> Option<&str> {
    form.get(BASE_URL_FIELD).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

fn not_built(manifest: &Manifest) -> CheckError {
    CheckError::NotBuilt { provider: manifest.name.clone(), way: manifest.auth.label().to_owned() }
}
