//! Telling a provider that its tokens are no longer used.

use super::{ACCESS, Desk, REFRESH, SECRET, held, told};
use providers::connect::oauth::revoke;
use providers::connect::{CheckError, Secrets};
use serde_json::{Value, json};
use wiremock::matchers::{body_string, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn both() -> Secrets {
    held(&[("access_token", ACCESS), ("refresh_token", REFRESH)])
}

async fn answered(answer: ResponseTemplate, auth: Value, secrets: &Secrets) -> Result<(), CheckError> {
    let server = MockServer::start().await;
    Mock::given(method("POST")).and(path("/revoke")).respond_with(answer).mount(&server).await;
    let desk = Desk::new(&server, auth, json!({}));
    let answer = revoke(&desk.provider(), secrets).await;
    if let Err(error) = &answer {
        told(error);
    }
    answer
}

fn shown(token: &str) -> String {
    format!("token={token}&client_id=id+1&client_secret={SECRET}")
}

#[tokio::test]
async fn the_refresh_token_is_revoked_first_and_the_access_token_follows() {
    for (secrets, tokens) in [(both(), vec![REFRESH, ACCESS]), (held(&[("access_token", ACCESS)]), vec![ACCESS])] {
        let server = MockServer::start().await;
        Mock::given(method("POST")).and(path("/revoke")).respond_with(ResponseTemplate::new(200)).mount(&server).await;
        revoke(&Desk::new(&server, json!({}), json!({})).provider(), &secrets).await.unwrap();
        let bodies = server.received_requests().await.unwrap().into_iter().map(|request| request.body);
        let expected: Vec<_> = tokens.into_iter().map(|token| shown(token).into_bytes()).collect();
        assert_eq!(bodies.collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn a_vendor_that_takes_only_one_kind_of_token_has_heard_it() {
    for known in [REFRESH, ACCESS] {
        let server = MockServer::start().await;
        Mock::given(body_string(shown(known))).respond_with(ResponseTemplate::new(200)).expect(1).mount(&server).await;
        let unknown = ResponseTemplate::new(400).set_body_json(json!({"error": "unsupported_token_type"}));
        Mock::given(method("POST")).respond_with(unknown).expect(1).mount(&server).await;
        revoke(&Desk::new(&server, json!({}), json!({})).provider(), &both()).await.unwrap();
    }
}

#[tokio::test]
async fn an_outage_at_the_refresh_token_is_not_hidden_by_the_access_token() {
    let server = MockServer::start().await;
    Mock::given(body_string(shown(REFRESH))).respond_with(ResponseTemplate::new(503)).mount(&server).await;
    Mock::given(body_string(shown(ACCESS))).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    let error = revoke(&Desk::new(&server, json!({}), json!({})).provider(), &both()).await.unwrap_err();
    assert_eq!(error, CheckError::Failed { at: "Example".into(), message: "it answered with status 503".into() });
}

#[tokio::test]
async fn some_want_the_access_token_as_the_bearer() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/revoke"))
        .and(header("authorization", format!("Bearer {ACCESS}")))
        .and(body_string(""))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"ok": true})))
        .expect(1)
        .mount(&server)
        .await;
    let auth = json!({"revoke_by": "bearer", "answer": {"ok": "/ok"}});
    revoke(&Desk::new(&server, auth, json!({})).provider(), &both()).await.unwrap();
}

#[tokio::test]
async fn without_an_address_or_a_token_there_is_nothing_to_tell() {
    let server = MockServer::start().await;
    revoke(&Desk::new(&server, json!({"revoke_url": null}), json!({})).provider(), &both()).await.unwrap();
    revoke(&Desk::new(&server, json!({}), json!({})).provider(), &Secrets::default()).await.unwrap();
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_token_that_is_gone_already_is_as_good_as_revoked() {
    let slack = || json!({"revoke_by": "bearer", "answer": {"ok": "/ok"}});
    let said = |status, word: &str| ResponseTemplate::new(status).set_body_json(json!({"ok": false, "error": word}));
    answered(said(200, "token_revoked"), slack(), &both()).await.unwrap();
    answered(said(400, "invalid_token"), json!({}), &both()).await.unwrap();
    answered(ResponseTemplate::new(401), slack(), &held(&[("access_token", ACCESS)])).await.unwrap();
}

#[tokio::test]
async fn what_was_not_heard_is_an_error_to_try_again() {
    let slack = json!({"revoke_by": "bearer", "answer": {"ok": "/ok"}});
    let said = |status, word: &str| ResponseTemplate::new(status).set_body_json(json!({"ok": false, "error": word}));
    let failed = answered(ResponseTemplate::new(500), json!({}), &both()).await.unwrap_err();
    assert_eq!(failed, CheckError::Failed { at: "Example".into(), message: "it answered with status 500".into() });
    let client = answered(said(401, "invalid_client"), json!({}), &both()).await.unwrap_err();
    assert!(matches!(client, CheckError::AppRefused { .. }), "{client:?}");
    let odd = answered(said(200, "fatal_error"), slack.clone(), &both()).await.unwrap_err();
    assert!(matches!(odd, CheckError::Refused { .. }), "{odd:?}");
    // The access token has run out, and the grant behind it lives on: renew it, then try again.
    for answer in [said(200, "token_expired"), ResponseTemplate::new(401)] {
        let expired = answered(answer, slack.clone(), &both()).await.unwrap_err();
        assert_eq!(expired, CheckError::TokenRefused { provider: "Example".into() });
    }
}
