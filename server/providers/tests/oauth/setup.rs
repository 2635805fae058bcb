//! Whether the app's credentials are good, before anybody signs in.

use super::{Desk, redirect, told};
use providers::connect::CheckError;
use providers::connect::oauth::test;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

async fn tested(status: u16, json: Value) -> Result<String, CheckError> {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(status).set_body_json(json);
    Mock::given(method("POST")).and(path("/token")).respond_with(answer).expect(1).mount(&server).await;
    let answer = test(&Desk::new(&server, json!({}), json!({})).provider(), &redirect()).await;
    if let Err(error) = &answer {
        told(error);
    }
    answer
}

#[tokio::test]
async fn a_provider_that_refuses_only_the_made_up_code_knows_the_app() {
    for (status, json) in [
        (400, json!({"error": "invalid_grant"})),
        (200, json!({"error": "bad_verification_code"})),
        (200, json!({"ok": false, "error": "invalid_code"})),
    ] {
        assert_eq!(
            tested(status, json).await.unwrap(),
            "Example knows this app: it took the credentials and refused only the made-up code."
        );
    }
}

#[tokio::test]
async fn wrong_credentials_and_outages_are_told() {
    let client = tested(401, json!({"error": "invalid_client"})).await.unwrap_err();
    assert!(matches!(client, CheckError::AppRefused { .. }), "{client:?}");
    let outage = tested(502, json!({})).await.unwrap_err();
    assert!(matches!(outage, CheckError::Failed { .. }), "{outage:?}");
    let open = tested(200, json!({"access_token": "for anybody"})).await.unwrap_err();
    assert!(matches!(open, CheckError::Broken { .. }), "{open:?}");
}
