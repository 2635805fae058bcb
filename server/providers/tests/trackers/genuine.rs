//! Who sent a webhook: Jira's token and Sentry's signature.

use crate::stub::NOW;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::catalogue::Webhook;
use providers::trackers::jira;
use providers::{catalogue, webhooks};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use ring::hmac::{HMAC_SHA256, Key, sign};
use serde_json::{Value, json};

const SECRET: &str = "planted-client-secret";

fn seconds(minutes: i64) -> i64 {
    NOW.0 / 1000 + minutes * 60
}

fn token(header: &Value, claims: &Value, secret: &str) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let mac = sign(&Key::new(HMAC_SHA256, secret.as_bytes()), signed.as_bytes());
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(mac))
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pair =
        |(name, value): &(&'static str, &str)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    pairs.iter().map(pair).collect()
}

fn jira_takes(authorization: &str, secret: &str) -> bool {
    jira::is_genuine(&headers(&[("authorization", authorization)]), b"{}", &secret.into(), NOW)
}

fn with_claims(claims: Value) -> bool {
    jira_takes(&format!("Bearer {}", token(&json!({"typ": "JWT", "alg": "HS256"}), &claims, SECRET)), SECRET)
}

#[test]
fn a_token_signed_with_the_secret_of_the_app_is_genuine() {
    let claims = json!({"iss": "client-id", "iat": seconds(0), "exp": seconds(3)});
    let header = json!({"typ": "JWT", "alg": "HS256"});
    let good = token(&header, &claims, SECRET);
    assert!(jira_takes(&format!("Bearer {good}"), SECRET) && jira_takes(&format!("bearer {good}"), SECRET));
    let forged = token(&header, &claims, "another secret");
    let (head, rest) = good.split_once('.').unwrap();
    let (_, mac) = rest.split_once('.').unwrap();
    let later = BASE64_URL_SAFE_NO_PAD.encode(json!({"iat": seconds(0), "exp": seconds(999)}).to_string());
    for wrong in [
        format!("Bearer {forged}"),
        format!("Bearer {head}.{later}.{mac}"),
        format!("Bearer {head}.{rest}x"),
        format!("Bearer {head}.{}.", rest.split_once('.').unwrap().0),
        format!("Basic {good}"),
        good.clone(),
        "Bearer ".to_owned(),
        "Bearer ..".to_owned(),
    ] {
        assert!(!jira_takes(&wrong, SECRET), "{wrong}");
    }
    assert!(!jira::is_genuine(&HeaderMap::new(), b"{}", &SECRET.into(), NOW));
    // Nobody may sign with nothing where no secret is entered.
    assert!(!jira_takes(&format!("Bearer {}", token(&header, &claims, "")), ""));
}

#[test]
fn a_token_of_another_kind_is_not_taken_even_when_its_signature_fits() {
    let claims = json!({"iat": seconds(0), "exp": seconds(3)});
    for header in [json!({"alg": "none"}), json!({"alg": "HS512"}), json!({"alg": "hs256"}), json!({}), json!("x")] {
        assert!(!jira_takes(&format!("Bearer {}", token(&header, &claims, SECRET)), SECRET), "{header}");
    }
}

#[test]
fn a_token_is_good_for_its_time() {
    for good in [
        json!({"exp": seconds(3)}),
        json!({"exp": seconds(-4)}),
        json!({"iat": seconds(-4)}),
        json!({"iat": seconds(4), "exp": seconds(7)}),
        json!({"iat": seconds(-60), "exp": seconds(60), "nbf": null}),
    ] {
        assert!(with_claims(good.clone()), "{good}");
    }
    for bad in [
        json!({}),
        json!({"exp": seconds(-6)}),
        json!({"iat": seconds(-6)}),
        json!({"iat": seconds(6), "exp": seconds(9)}),
        json!({"nbf": seconds(6), "exp": seconds(9)}),
        json!({"exp": "never"}),
        json!({"iat": seconds(0), "exp": "never"}),
        json!({"exp": i64::MAX}),
        json!([]),
    ] {
        assert!(!with_claims(bad.clone()), "{bad}");
    }
}

fn sentrys() -> Webhook {
    catalogue::find("sentry").unwrap().webhook.clone().unwrap()
}

#[test]
fn a_webhook_of_sentry_is_signed_and_of_now() {
    let body = br#"{"action":"resolved"}"#;
    let mac = sign(&Key::new(HMAC_SHA256, SECRET.as_bytes()), body);
    let mac: String = mac.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let taken = |headers: &HeaderMap, body: &[u8]| webhooks::is_genuine(&sentrys(), &SECRET.into(), headers, body, NOW);
    let at = |minutes: i64| {
        headers(&[("sentry-hook-signature", &mac), ("sentry-hook-timestamp", &seconds(minutes).to_string())])
    };
    assert!(taken(&at(0), body) && taken(&at(-5), body) && taken(&at(5), body));
    assert!(!taken(&at(-6), body) && !taken(&at(6), body) && !taken(&at(0), b"{}"));
    assert!(!taken(&headers(&[("sentry-hook-signature", &mac)]), body));
    assert!(!taken(&headers(&[("sentry-hook-signature", &mac), ("sentry-hook-timestamp", "now")]), body));
    assert!(!taken(&headers(&[("sentry-hook-timestamp", &seconds(0).to_string())]), body));
}

#[test]
fn a_message_of_azure_devops_shows_the_secret_of_its_hook() {
    let webhook = catalogue::find("vsts").unwrap().webhook.clone().unwrap();
    let taken = |shown: &str, secret: &str| {
        webhooks::is_genuine(&webhook, &secret.into(), &headers(&[("shared-secret", shown)]), b"{}", NOW)
    };
    assert!(taken(SECRET, SECRET) && !taken("planted", SECRET) && !taken("", "") && !taken("", SECRET));
}
