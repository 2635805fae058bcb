//! Every provider that can be installed, against a vendor that gives exactly the answers its documentation shows.

#![expect(clippy::unwrap_used, reason = "a test that cannot be arranged should fail")]

mod answers;
mod stub;
mod vendor;

use answers::{Expected, all, oauth};
use domain::catalogue::Manifest;
use domain::integrations::Health;
use domain::sign_in::{Auth, ClientAuth, Probe, TokenBody};
use providers::connect::CheckError;
use secrecy::ExposeSecret;
use serde_json::Value;
use std::collections::BTreeSet;
use stub::Known;
use vendor::Vendor;

const CLIENT_ID: &str = "patchbay-client";
const CLIENT_SECRET: &str = "planted-client-secret";
const CODE: &str = "planted-code";
const KEY: &str = "planted-key";
const REDIRECT: &str = "https://hub.example.com/extensions/vendor/setup/";
const USER: &str = "alice";
const VERIFIER: &str = "planted-verifier-planted-verifier-planted-verifier";

/// The error, which says nothing that was planted.
fn refusal<T>(result: Result<T, CheckError>, key: &str) -> CheckError {
    let Err(error) = result else { panic!("{key}: a refusal was taken for a good answer") };
    assert!(!format!("{error} {error:?}").contains("planted"), "{key}: {error:?}");
    error
}

#[test]
fn every_answer_that_a_manifest_asks_for_is_documented() {
    let asks = |probe: &Option<Probe>| probe.as_ref().is_some_and(|probe| probe.call.is_some());
    for (manifest, answers) in all() {
        let key = &manifest.key;
        let is_app = matches!(manifest.auth, Auth::GithubApp { .. });
        assert!(answers.source.starts_with("https://"), "{key}");
        assert!(!answers.expected.is_empty(), "{key}");
        assert_eq!(answers.token.is_some(), !matches!(manifest.auth, Auth::ApiKey { .. }), "{key}: token");
        assert_eq!(answers.profile.is_some(), asks(&manifest.profile), "{key}: profile");
        assert_eq!(answers.identity.is_some(), asks(&manifest.identity), "{key}: identity");
        assert_eq!(answers.health.is_some(), manifest.health.is_some() || is_app, "{key}: health");
        let ids: BTreeSet<_> = answers.expected.iter().map(|account| &account.id).collect();
        assert_eq!(ids.len(), answers.expected.len(), "{key}: two accounts with one id");
    }
}

#[test]
fn what_is_said_to_be_proven_by_a_stub_is_tested_here() {
    let claimed = providers::catalogue::all().iter().filter(|manifest| manifest.proven_against.starts_with("A stub "));
    let claimed: BTreeSet<_> = claimed.map(|manifest| &manifest.key).collect();
    let tested: BTreeSet<_> = all().into_iter().map(|(manifest, _)| &manifest.key).collect();
    let unproven: Vec<_> = claimed.difference(&tested).collect();
    assert!(unproven.is_empty(), "{unproven:?}");
}

#[tokio::test]
async fn a_code_becomes_the_documented_tokens() {
    for (manifest, answers) in oauth() {
        let key = &manifest.key;
        let vendor = Vendor::new(manifest, answers).await;
        Known::exchange(vendor.oauth()).answered(&vendor.server, vendor.answers.token.as_deref().unwrap()).await;
        let tokens = vendor.exchange().await.unwrap_or_else(|error| panic!("{key}: {error}"));
        let given = vendor.answers.tokens();
        assert_eq!(tokens.access_token.expose_secret(), given["access_token"], "{key}");
        let refresh = tokens.refresh_token.as_ref().map(ExposeSecret::expose_secret);
        assert_eq!(refresh, given["refresh_token"].as_str(), "{key}");
        let life = given["expires_in"].as_i64().or(vendor.oauth().access_token_seconds);
        assert_eq!(tokens.expires_in, life, "{key}");
        let days = vendor.oauth().refresh_token_days.map(|days| days * 86_400);
        assert_eq!(tokens.refresh_expires_in, days, "{key}");
        let scopes = given.pointer(&vendor.oauth().answer.scope).and_then(Value::as_str);
        let scopes = scopes.map(|text| text.split([' ', ',']).map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(tokens.scopes, scopes, "{key}");
    }
}

#[tokio::test]
async fn a_refresh_token_is_shown_where_the_vendor_takes_it() {
    for (manifest, answers) in oauth() {
        let vendor = Vendor::new(manifest, answers).await;
        let Some(token) = vendor.token("refresh_token") else { continue };
        let mut renewed = vendor.answers.tokens();
        renewed["access_token"] = "renewed".into();
        Known::refresh(vendor.oauth(), &token).answered(&vendor.server, &renewed.to_string()).await;
        let tokens = vendor.refresh().await.unwrap_or_else(|error| panic!("{}: {error}", manifest.key));
        assert_eq!(tokens.access_token.expose_secret(), "renewed", "{}", manifest.key);
    }
}

#[tokio::test]
async fn the_documented_accounts_are_named() {
    for (manifest, answers) in all() {
        let vendor = Vendor::new(manifest, answers).await;
        for (known, answer) in vendor.probes() {
            known.answered(&vendor.server, answer).await;
        }
        let found = vendor.accounts().await.unwrap_or_else(|error| panic!("{}: {error}", manifest.key));
        let found: Vec<_> = found.iter().map(Expected::from).collect();
        assert_eq!(found, vendor.answers.expected, "{}", manifest.key);
    }
}

#[tokio::test]
async fn a_connection_that_answers_is_healthy() {
    for (manifest, answers) in all() {
        let vendor = Vendor::new(manifest, answers).await;
        let (known, answer) = vendor.check().unwrap();
        known.answered(&vendor.server, answer).await;
        let found = vendor.health().await.unwrap_or_else(|error| panic!("{}: {error}", manifest.key));
        assert_eq!(Expected::from(&found), vendor.answers.expected[0], "{}", manifest.key);
    }
}

#[tokio::test]
async fn a_refused_token_or_key_asks_somebody_to_sign_in_again() {
    for (manifest, answers) in all() {
        let key = &manifest.key;
        let vendor = Vendor::new(manifest, answers).await;
        let refused = &vendor.answers.refused;
        for (known, _) in vendor.probes() {
            known.refused(&vendor.server, refused).await;
        }
        if !vendor.probes().is_empty() {
            let error = refusal(vendor.accounts().await, key);
            assert_eq!(error.health(), Health::NeedsReauth, "{key}: {error}");
            assert_eq!(error.field().is_some(), matches!(manifest.auth, Auth::ApiKey { .. }), "{key}: {error}");
        }
        // Whoever signed in has no part in the check of an app's installation.
        if !matches!(manifest.auth, Auth::GithubApp { .. }) {
            vendor.check().unwrap().0.refused(&vendor.server, refused).await;
            let error = refusal(vendor.health().await, key);
            assert_eq!(error.health(), Health::NeedsReauth, "{key}: {error}");
        }
    }
}

#[tokio::test]
async fn an_account_that_is_gone_is_said_to_be_gone() {
    let mut told = 0;
    for (manifest, answers) in all() {
        let vendor = Vendor::new(manifest, answers).await;
        let Some(gone) = &vendor.answers.gone else { continue };
        vendor.check().unwrap().0.refused(&vendor.server, gone).await;
        let error = refusal(vendor.health().await, &manifest.key);
        assert_eq!(error.health(), Health::RemovedAtProvider, "{}: {error}", manifest.key);
        told += 1;
    }
    assert!(told >= 5);
}

#[tokio::test]
async fn a_grant_that_has_ended_is_told_from_an_outage() {
    for (manifest, answers) in oauth() {
        let vendor = Vendor::new(manifest, answers).await;
        for ended in &vendor.answers.grant_ended {
            vendor.server.reset().await;
            let token = vendor.token("refresh_token").unwrap();
            Known::refresh(vendor.oauth(), &token).refused(&vendor.server, ended).await;
            let error = refusal(vendor.refresh().await, &manifest.key);
            assert!(matches!(error, CheckError::GrantEnded { .. }), "{}: {error:?}", manifest.key);
            assert_eq!(error.health(), Health::NeedsReauth, "{}", manifest.key);
        }
    }
}

#[tokio::test]
async fn a_code_that_is_not_good_is_not_the_fault_of_the_app() {
    for (manifest, answers) in oauth() {
        let vendor = Vendor::new(manifest, answers).await;
        let Some(refused) = vendor.answers.bad_code() else { continue };
        Known::exchange(vendor.oauth()).refused(&vendor.server, refused).await;
        let error = refusal(vendor.exchange().await, &manifest.key);
        assert!(matches!(error, CheckError::GrantEnded { .. }), "{}: {error:?}", manifest.key);
    }
}

#[tokio::test]
async fn a_token_is_taken_back_where_the_vendor_has_a_way() {
    for (manifest, answers) in oauth() {
        let vendor = Vendor::new(manifest, answers).await;
        let Some(known) = vendor.revocation() else { continue };
        known.answered(&vendor.server, "{\"ok\": true}").await;
        vendor.revoke().await.unwrap_or_else(|error| panic!("{}: {error}", manifest.key));
        assert!(!vendor.server.received_requests().await.unwrap().is_empty(), "{}", manifest.key);
    }
}

/// A manifest that is wrong in one way must fail, or the stub would let anything pass.
#[tokio::test]
async fn a_manifest_that_is_wrong_in_one_way_gets_no_answer() {
    for (manifest, answers) in oauth() {
        let mut vendor = Vendor::new(manifest, answers).await;
        Known::exchange(vendor.oauth()).answered(&vendor.server, vendor.answers.token.as_deref().unwrap()).await;
        for (known, answer) in vendor.probes() {
            known.answered(&vendor.server, answer).await;
        }
        let asks = !vendor.probes().is_empty();
        for wrong in ["client_auth", "body", "pkce", "token_url", "prefix", "headers", "url"] {
            vendor.manifest = manifest.clone();
            let is_about_calls = ["prefix", "headers", "url"].contains(&wrong);
            if !spoil(&mut vendor.manifest, wrong) || is_about_calls && !asks {
                continue;
            }
            let passed = if is_about_calls { vendor.accounts().await.is_ok() } else { vendor.exchange().await.is_ok() };
            assert!(!passed, "{}: the stub did not notice another {wrong}", manifest.key);
        }
    }
}

/// Makes a manifest wrong in one way, if it has what can be wrong.
fn spoil(manifest: &mut Manifest, what: &str) -> bool {
    let Auth::Oauth2(oauth) = &mut manifest.auth else { return false };
    match what {
        "client_auth" if oauth.client_auth == ClientAuth::Body => oauth.client_auth = ClientAuth::Basic,
        "client_auth" => oauth.client_auth = ClientAuth::Body,
        "body" if oauth.body == TokenBody::Form => oauth.body = TokenBody::Json,
        "body" => oauth.body = TokenBody::Form,
        "pkce" => oauth.pkce = !oauth.pkce,
        "token_url" => oauth.token_url.push_str("/elsewhere"),
        "prefix" => oauth.prefix = "Token ".to_owned(),
        "headers" if manifest.headers.is_empty() => return false,
        "headers" => manifest.headers.clear(),
        _ => match manifest.identity.as_mut().and_then(|probe| probe.call.as_mut()) {
            Some(call) => call.url.push_str("&more=1"),
            None => return false,
        },
    }
    true
}
