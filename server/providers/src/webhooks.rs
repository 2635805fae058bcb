//! Who sent a webhook: the signature schemes of the manifests, compared in constant time.

use domain::Timestamp;
use domain::catalogue::Webhook;
use domain::time::{MINUTE, SECOND};
use reqwest::header::HeaderMap;
use ring::digest::{SHA256, digest};
use ring::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256, Key, verify};
use ring::signature::{ED25519, UnparsedPublicKey};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// How far a signed time may lie from ours, in milliseconds.
const TOLERANCE: i64 = 5 * MINUTE;

/// Slack signs its own version and the time together with the body.
const SLACK: (&str, &str) = ("x-slack-signature", "x-slack-request-timestamp");

/// Sentry names the time beside the signature, which covers only the body: a message that somebody caught is no good
/// later unless they also write another time, and whoever takes messages remembers their `Request-ID`.
const SENTRY: (&str, &str) = ("sentry-hook-signature", "sentry-hook-timestamp");

/// Discord signs the time together with the body.
const DISCORD_TIME: &str = "x-signature-timestamp";

/// Names that stand before a signature, as in `sha256=…`; a header may hold several, separated by commas.
const NAMES: [&str; 3] = ["sha256", "sha1", "v1"];

/// Whether the provider that shares `secret` with us sent this body. Where the time is told too, a message that is more
/// than five minutes from `now` is not taken.
pub fn is_genuine(webhook: &Webhook, secret: &SecretString, headers: &HeaderMap, body: &[u8], now: Timestamp) -> bool {
    let secret = secret.expose_secret();
    let header = |name: &str| headers.get(name)?.to_str().ok();
    let Some(shown) = header(&webhook.header).filter(|_| !secret.is_empty()) else { return false };
    let timely = |time: &str| is_now(time, now);
    match webhook.scheme.as_str() {
        "hmac-sha256" if webhook.header.eq_ignore_ascii_case(SLACK.0) => {
            header(SLACK.1).is_some_and(|time| timely(time) && slack(secret, shown, time, body))
        }
        "hmac-sha256" if webhook.header.eq_ignore_ascii_case(SENTRY.0) && !header(SENTRY.1).is_some_and(timely) => {
            false
        }
        "hmac-sha256" => {
            signatures(shown).any(|mac| verify(&Key::new(HMAC_SHA256, secret.as_bytes()), body, &mac).is_ok())
        }
        "hmac-sha1" => {
            let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
            signatures(shown).any(|mac| verify(&key, body, &mac).is_ok())
        }
        "ed25519" => header(DISCORD_TIME).is_some_and(|time| timely(time) && discord(secret, shown, time, body)),
        "shared-secret" => same(secret, shown),
        _ => false,
    }
}

fn slack(secret: &str, shown: &str, time: &str, body: &[u8]) -> bool {
    let Some(mac) = shown.strip_prefix("v0=").and_then(bytes) else { return false };
    let signed = [b"v0:", time.as_bytes(), b":", body].concat();
    verify(&Key::new(HMAC_SHA256, secret.as_bytes()), &signed, &mac).is_ok()
}

/// The secret is the app's public key, in hexadecimal.
fn discord(public_key: &str, shown: &str, time: &str, body: &[u8]) -> bool {
    let (Some(key), Some(signature)) = (bytes(public_key.trim()), bytes(shown)) else { return false };
    UnparsedPublicKey::new(&ED25519, key).verify(&[time.as_bytes(), body].concat(), &signature).is_ok()
}

/// Compared by their digests, so that not even the length of the secret can be measured.
fn same(secret: &str, shown: &str) -> bool {
    let digest = |text: &str| digest(&SHA256, text.as_bytes());
    digest(secret).as_ref().ct_eq(digest(shown).as_ref()).into()
}

/// Unix seconds, close to now.
fn is_now(time: &str, now: Timestamp) -> bool {
    let time = time.parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(SECOND));
    time.is_some_and(|time| time.abs_diff(now.0) <= TOLERANCE.unsigned_abs())
}

/// The signatures of a header, with or without a name before them.
fn signatures(shown: &str) -> impl Iterator<Item = Vec<u8>> {
    shown.split(',').filter_map(|part| match part.trim().split_once('=') {
        Some((name, hex)) => NAMES.contains(&name).then(|| bytes(hex))?,
        None => bytes(part.trim()),
    })
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let even = hex.len().is_multiple_of(2) && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    let pair = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok();
    if even { (0..hex.len()).step_by(2).map(pair).collect() } else { None }
}
