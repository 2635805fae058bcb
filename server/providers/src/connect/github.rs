//! GitHub Apps: the app's own JWT, the installations a person can see, installation tokens.
//! <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app>

mod jwt;

use super::call::{Caller, Credential};
use super::oauth::{Tokens, token_caller};
use super::place::Places;
use super::{CheckError, identity, not_built};
use crate::Provider;
use crate::outbound::Response;
use domain::integrations::{Account, Facts};
use domain::sign_in::{Auth, Call, Probe};
use reqwest::header::AUTHORIZATION;
use secrecy::SecretString;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How many installations GitHub shows at once, at most.
const PAGE: usize = 100;

/// How many pages are read; nobody chooses among more.
const PAGES: usize = 20;

/// The installations of this app that the owner of a user token can see.
///
/// # Errors
/// What GitHub said; [`CheckError::NoAccount`] when there are none.
pub async fn visible(provider: &Provider<'_>, user_token: &SecretString) -> Result<Vec<Account>, CheckError> {
    let probe = probe(provider)?;
    let app_id = jwt::app_id(provider)?;
    let caller = token_caller(provider, "Bearer ", user_token);
    let mut found: Vec<Account> = Vec::new();
    for page in 1..=PAGES {
        let call = call(provider, "GET", &format!("/user/installations?per_page={PAGE}&page={page}"))?;
        let json = caller.json(&call, &Places::default()).await?;
        let items = json.pointer("/installations").and_then(Value::as_array);
        let items = items.ok_or_else(|| caller.broken("it sent no list of installations"))?;
        for item in items.iter().filter(|item| identity::word(item, "/app_id").as_deref() == Some(app_id)) {
            let account = account(provider, probe, item)?;
            if !found.iter().any(|known| known.external_id == account.external_id) {
                found.push(account);
            }
        }
        if items.len() < PAGE {
            break;
        }
    }
    if found.is_empty() {
        let none = || "The app is not installed in any account that you can see. Install it there first.".to_owned();
        return Err(CheckError::NoAccount { message: probe.none.clone().unwrap_or_else(none) });
    }
    Ok(found)
}

/// A token of an installation, good for an hour.
///
/// # Errors
/// What GitHub said; [`CheckError::Gone`] when the app was uninstalled there, [`CheckError::Suspended`] when it sleeps.
pub async fn installation_token(provider: &Provider<'_>, installation: &str) -> Result<Tokens, CheckError> {
    let caller = app_caller(provider)?;
    let call = call(provider, "POST", "/app/installations/{installation_id}/access_tokens")?;
    let answer = caller.send(&call, &of(installation)).await?;
    let json = judged(&caller, &answer)?;
    let token = json.pointer("/token").and_then(Value::as_str).filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| caller.broken("it sent no token"))?;
    let end = json.pointer("/expires_at").and_then(Value::as_str);
    let end = end.and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    let left = end.map(|end| end.unix_timestamp() - provider.now.0.div_euclid(1000));
    Ok(Tokens {
        access_token: token.into(),
        refresh_token: None,
        expires_in: left.filter(|left| *left > 0),
        refresh_expires_in: None,
        scopes: permissions(&json),
        answer: json,
    })
}

/// The installation as the app itself sees it.
///
/// # Errors
/// What GitHub said; [`CheckError::Gone`] when the app was uninstalled there, [`CheckError::Suspended`] when it sleeps.
pub async fn installation(provider: &Provider<'_>, installation: &str) -> Result<Account, CheckError> {
    let probe = probe(provider)?;
    let caller = app_caller(provider)?;
    let call = call(provider, "GET", "/app/installations/{installation_id}")?;
    let answer = caller.send(&call, &of(installation)).await?;
    let json = judged(&caller, &answer)?;
    if json.pointer("/suspended_at").is_some_and(|at| !at.is_null()) {
        return Err(CheckError::Suspended { provider: provider.manifest.name.clone() });
    }
    account(provider, probe, &json)
}

/// Finds out whether GitHub takes the app's id and private key. Answers what was seen.
///
/// # Errors
/// What is wrong with the set-up.
pub async fn test(provider: &Provider<'_>) -> Result<String, CheckError> {
    let name = provider.manifest.name.clone();
    let caller = app_caller(provider)?;
    let answer = caller.send(&call(provider, "GET", "/app")?, &Places::default()).await?;
    let refused = |message: String| CheckError::AppRefused { provider: name.clone(), message };
    if answer.status == 404 {
        return Err(refused(format!("it knows no app with the id {}", jwt::app_id(provider)?)));
    }
    let json = judged(&caller, &answer)?;
    let slug = identity::word(&json, "/slug").unwrap_or_default();
    let entered = provider.app.value("slug").unwrap_or_default().trim();
    if !slug.is_empty() && !slug.eq_ignore_ascii_case(entered) {
        let slug = crate::text::one_line(&slug, 100);
        return Err(refused(format!("the app of this id and key is “{slug}” in addresses, not “{entered}”")));
    }
    Ok(format!("{name} took the app's id and private key: the app is “{entered}”."))
}

/// Who calls in the app's own name.
fn app_caller<'a>(provider: &'a Provider<'a>) -> Result<Caller<'a>, CheckError> {
    let jwt = jwt::sign(provider)?;
    Ok(Caller { header: (AUTHORIZATION, jwt), credential: Credential::App, ..token_caller(provider, "", &"".into()) })
}

/// A call below the API's address.
fn call(provider: &Provider<'_>, method: &str, path: &str) -> Result<Call, CheckError> {
    let Auth::GithubApp { api_url, .. } = &provider.manifest.auth else {
        return Err(not_built(provider.manifest));
    };
    let url = format!("{}{path}", api_url.trim_end_matches('/'));
    Ok(Call { method: method.to_owned(), url, body: None, ok: None })
}

fn of(installation: &str) -> Places<'_> {
    Places { installation_id: Some(installation), ..Places::default() }
}

fn probe<'a>(provider: &Provider<'a>) -> Result<&'a Probe, CheckError> {
    provider.manifest.identity.as_ref().ok_or_else(|| not_built(provider.manifest))
}

/// The answer about an installation, or what its status means here.
fn judged(caller: &Caller<'_>, answer: &Response) -> Result<Value, CheckError> {
    let provider = caller.provider.manifest.name.clone();
    let json = answer.json();
    let said = json.as_ref().and_then(|json| identity::word(json, "/message")).unwrap_or_default().to_ascii_lowercase();
    match answer.status.as_u16() {
        403 if said.contains("suspended") => return Err(CheckError::Suspended { provider }),
        404 if said.contains("integration not found") => {
            return Err(CheckError::AppRefused { provider, message: "it knows no app with this id".to_owned() });
        }
        _ => caller.judge(answer)?,
    }
    json.ok_or_else(|| caller.broken("it did not send JSON"))
}

fn account(provider: &Provider<'_>, probe: &Probe, json: &Value) -> Result<Account, CheckError> {
    let account = identity::account(provider.manifest, probe, json)?;
    let repositories = match json.pointer("/repository_selection").and_then(Value::as_str) {
        Some("all") => Some("all"),
        Some("selected") => Some("a selection"),
        _ => None,
    };
    let facts = repositories.map(|text| ("Repositories".to_owned(), text.to_owned()));
    Ok(Account {
        account_type: account.account_type.or_else(|| identity::word(json, "/account/type")),
        facts: Facts(facts.into_iter().collect()),
        ..account
    })
}

/// Permissions as scopes, such as `contents: read`, in order.
fn permissions(json: &Value) -> Option<Vec<String>> {
    let permissions = json.pointer("/permissions")?.as_object()?;
    let word = |(name, level): (&String, &Value)| Some(format!("{name}: {}", level.as_str()?));
    let mut words: Vec<_> = permissions.iter().filter_map(word).collect();
    words.sort();
    Some(words)
}
