//! Whether Jira sent a webhook: a token in `Authorization`, signed with the secret of the app (RFC 7519, HS256).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::Timestamp;
use domain::time::{MINUTE, SECOND};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use ring::hmac::{HMAC_SHA256, Key, verify};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// How far a time of the token may lie from ours, in milliseconds.
const TOLERANCE: i64 = 5 * MINUTE;

/// Whether the app's own Jira sent this. The token says nothing about the body: whoever gets hold of one can put it on
/// another body until it ends. One that says neither when it was made nor when it ends is therefore not taken, and what
/// a message says is only ever a reason to ask Jira itself.
pub fn is_genuine(headers: &HeaderMap, _body: &[u8], client_secret: &SecretString, now: Timestamp) -> bool {
    let secret = client_secret.expose_secret().as_bytes();
    let token = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(bearer);
    let Some((signed, signature)) = token.and_then(|token| token.rsplit_once('.')).filter(|_| !secret.is_empty())
    else {
        return false;
    };
    let Ok(signature) = BASE64_URL_SAFE_NO_PAD.decode(signature) else { return false };
    // Compared in constant time, and before a word of it is read.
    if verify(&Key::new(HMAC_SHA256, secret), signed.as_bytes(), &signature).is_err() {
        return false;
    }
    let Some((header, claims)) = signed.split_once('.') else { return false };
    let (Some(header), Some(claims)) = (part(header), part(claims)) else { return false };
    header.get("alg").and_then(Value::as_str) == Some("HS256") && is_now(&claims, now)
}

/// What stands behind `Bearer`.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn part(encoded: &str) -> Option<Value> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}

/// Whether the token is good at this time. Without an end it is good for as long as a signed time is elsewhere.
fn is_now(claims: &Value, now: Timestamp) -> bool {
    let time = |name: &str| match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_i64().and_then(|seconds| seconds.checked_mul(SECOND)).map(Some).ok_or(()),
    };
    // A time that cannot be read makes the whole token unreadable.
    let (Ok(made), Ok(starts), Ok(ends)) = (time("iat"), time("nbf"), time("exp")) else { return false };
    let latest = now.0.saturating_add(TOLERANCE);
    let begun = made.into_iter().chain(starts).all(|time| time <= latest);
    let ends = ends.or(made);
    begun && ends.is_some_and(|ends| ends >= now.0.saturating_sub(TOLERANCE))
}
