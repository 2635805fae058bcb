//! Reads what a token or revocation endpoint answered.

use super::super::CheckError;
use super::super::call::{busy, is_good, no_json};
use super::super::identity::word;
use super::Tokens;
use super::refusal::{Refusal, names_refresh_token, refusal};
use super::request::Client;
use crate::outbound::Response;
use crate::text;
use domain::sign_in::RevokeBy;
use secrecy::SecretString;
use serde_json::Value;

/// Where a few providers write how long the refresh token lives.
const REFRESH_EXPIRES_IN: [&str; 2] = ["/refresh_token_expires_in", "/refresh_expires_in"];

/// Seconds in a day.
const DAY: i64 = 24 * 60 * 60;

/// What was asked of the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Tokens for a code.
    Code,
    /// New tokens for a refresh token.
    Refresh,
}

/// The tokens of an answer, or what its refusal means. `sent` is what the other side may repeat and nobody may read.
pub(super) fn tokens(
    client: &Client<'_>,
    answer: &Response,
    purpose: Purpose,
    sent: &[&str],
) -> Result<Tokens, CheckError> {
    let pointers = &client.oauth.answer;
    let json = outage(client, answer).map_or_else(|| Ok(answer.json()), Err)?;
    let told_good = |json: &Value| pointers.ok.as_ref().is_none_or(|pointer| is_good(json, pointer));
    let good = json.filter(|json| answer.status.is_success() && told_good(json));
    let access_token = good.as_ref().and_then(|json| token(json, &pointers.access_token));
    let (Some(json), Some(access_token)) = (good, access_token) else {
        return Err(refused(client, answer, purpose, sent));
    };
    let refresh_token = token(&json, &pointers.refresh_token);
    let told_life = REFRESH_EXPIRES_IN.iter().find_map(|pointer| seconds(&json, pointer));
    let known_life = client.oauth.refresh_token_days.filter(|_| refresh_token.is_some()).map(|days| days * DAY);
    Ok(Tokens {
        access_token,
        refresh_token,
        expires_in: seconds(&json, &pointers.expires_in).or(client.oauth.access_token_seconds),
        refresh_expires_in: told_life.or(known_life),
        scopes: scopes(&json, &pointers.scope),
        answer: json,
    })
}

/// Whether a revocation was heard. A token that is not known any more is as good as revoked.
pub(super) fn revoked(
    client: &Client<'_>,
    answer: &Response,
    token: &str,
    has_refresh_token: bool,
) -> Result<(), CheckError> {
    if let Some(outage) = outage(client, answer) {
        return Err(outage);
    }
    let json = answer.json().unwrap_or_default();
    let told_bad = client.oauth.answer.ok.as_ref().is_some_and(|pointer| json.is_object() && !is_good(&json, pointer));
    if answer.status.is_success() && !told_bad {
        return Ok(());
    }
    let provider = client.provider.manifest.name.clone();
    let said = word(&json, &client.oauth.answer.error).unwrap_or_default();
    let by_bearer = client.oauth.revoke_by == RevokeBy::Bearer;
    match refusal(&said) {
        // Only the access token has run out: the grant behind it lives on.
        Some(Refusal::Expired) if has_refresh_token && by_bearer => Err(CheckError::TokenRefused { provider }),
        Some(Refusal::Expired | Refusal::Ended) => Ok(()),
        None if answer.status == 401 && by_bearer && has_refresh_token => Err(CheckError::TokenRefused { provider }),
        None if answer.status == 401 && by_bearer => Ok(()),
        _ => Err(refused(client, answer, Purpose::Refresh, &[token])),
    }
}

/// The error of a provider that could not judge anything.
pub(super) fn outage(client: &Client<'_>, answer: &Response) -> Option<CheckError> {
    let at = &client.provider.manifest.name;
    let status = answer.status.as_u16();
    busy(at, answer).or_else(|| {
        let message = format!("it answered with status {status}");
        (status >= 500).then(|| CheckError::Failed { at: at.clone(), message })
    })
}

/// What a refusal means: the grant has ended, the app is not accepted, or nothing can be said for sure.
fn refused(client: &Client<'_>, answer: &Response, purpose: Purpose, sent: &[&str]) -> CheckError {
    let at = client.provider.manifest.name.clone();
    let Some(json) = answer.json() else {
        let status = answer.status.as_u16();
        return match status {
            200..=299 => CheckError::Broken { at, cause: no_json(answer).to_owned() },
            401 => CheckError::AppRefused { provider: at, message: "it answered with status 401".to_owned() },
            _ => CheckError::Failed { at, message: format!("it answered with status {status}") },
        };
    };
    let said = word(&json, &client.oauth.answer.error).unwrap_or_default();
    let shown = shown(client, &json, &said, sent);
    let ended = |provider| CheckError::GrantEnded {
        provider,
        message: match purpose {
            Purpose::Code => format!("the code it gave has run out or was used before ({shown})"),
            Purpose::Refresh => format!("it was withdrawn, or it has run out ({shown})"),
        },
    };
    match refusal(&said) {
        Some(Refusal::Ended | Refusal::Expired) => ended(at),
        // A few vendors blame the app in the word, and only the words after it tell.
        Some(Refusal::Client) | None if purpose == Purpose::Refresh && names_refresh_token(&shown) => ended(at),
        Some(Refusal::Client) => CheckError::AppRefused { provider: at, message: shown },
        Some(Refusal::Redirect) => {
            let message = format!("the callback address of this Patchbay is not registered there: {shown}");
            CheckError::AppRefused { provider: at, message }
        }
        Some(Refusal::Busy) => CheckError::Busy { at, message: format!("it answered “{shown}”") },
        None if answer.status == 401 => CheckError::AppRefused { provider: at, message: shown },
        None if answer.status.is_success() && said.is_empty() => {
            CheckError::Broken { at, cause: "it sent no access token".to_owned() }
        }
        None if purpose == Purpose::Refresh => CheckError::Refused { provider: at, message: shown },
        None => CheckError::Failed { at, message: format!("it answered “{shown}”") },
    }
}

/// The provider's own words on one plain line, without anything secret.
fn shown(client: &Client<'_>, json: &Value, said: &str, sent: &[&str]) -> String {
    let more = ["/error_description", "/message"].iter().find_map(|pointer| json.pointer(pointer)?.as_str());
    let status = "no reason given";
    let line = match (said, more.filter(|more| *more != said)) {
        ("", None) => status.to_owned(),
        ("", Some(more)) => more.to_owned(),
        (said, None) => said.to_owned(),
        (said, Some(more)) => format!("{said}: {more}"),
    };
    let client_secret = client.secret().unwrap_or_default();
    let basic = client.basic(client_secret);
    let basic = secrecy::ExposeSecret::expose_secret(&basic).trim_start_matches("Basic ");
    let given = [&client.oauth.answer.access_token, &client.oauth.answer.refresh_token];
    let given = given.into_iter().filter_map(|pointer| json.pointer(pointer)?.as_str());
    let secrets: Vec<&str> = sent.iter().copied().chain([client_secret, basic]).chain(given).collect();
    text::clean(line.trim_end_matches('.'), &secrets, 200)
}

fn token(json: &Value, pointer: &str) -> Option<SecretString> {
    json.pointer(pointer)?.as_str().filter(|token| !token.is_empty()).map(SecretString::from)
}

/// A number of seconds, or a text that is one. Zero is how a few providers say that there is no end.
fn seconds(json: &Value, pointer: &str) -> Option<i64> {
    let seconds = match json.pointer(pointer)? {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    seconds.filter(|seconds| *seconds > 0)
}

/// Scopes separated by spaces or commas, or as a list. An empty text says nothing.
fn scopes(json: &Value, pointer: &str) -> Option<Vec<String>> {
    let words = |text: &str| {
        let words = text.split([' ', ',']).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect::<Vec<_>>()
    };
    let found: Vec<String> = match json.pointer(pointer)? {
        Value::String(text) => words(text),
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => return None,
    };
    (!found.is_empty()).then_some(found)
}
