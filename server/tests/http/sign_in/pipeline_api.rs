//! `/api/0/organizations/{org}/pipeline/integration_pipeline/`, as Sentry's clients speak it.

use super::linear::{CODE, Linear, app};
use crate::support::{ADMIN, Answer, Backend, MEMBER, OWNER, TestApp};
use insta::assert_snapshot;
use serde_json::{Value, json};
use url::Url;

const PATH: &str = "/api/0/organizations/acme/pipeline/integration_pipeline/";

async fn post(app: &TestApp, token: &str, body: Value) -> Answer {
    app.post(PATH).bearer(token).json(&body).await
}

async fn a_client_connects_step_by_step(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let token = app.user_token(ADMIN, &["org:integrations", "org:read"]).await;
    let step = post(&app, &token, json!({ "action": "initialize", "provider": "linear" })).await.json();
    let url = step["data"]["oauthUrl"].as_str().unwrap().to_owned();
    let mut shown = step.clone();
    shown["data"]["oauthUrl"] = "…".into();
    assert_snapshot!(shown.to_string(), @r#"{"data":{"oauthUrl":"…"},"provider":"linear","step":"oauth_login","stepIndex":0,"totalSteps":1}"#);
    assert_eq!(app.get(PATH).bearer(&token).await.json(), step);
    let url = Url::parse(&url).unwrap();
    let state = url.query_pairs().find(|(key, _)| key == "state").unwrap().1.into_owned();
    let wrong = post(&app, &token, json!({ "code": CODE, "state": "wrong" })).await;
    assert_snapshot!(wrong.line(), @r#"400 {"data":{"detail":"An error occurred while validating your request."},"status":"error"}"#);
    let done = post(&app, &token, json!({ "code": CODE, "state": state })).await;
    assert_eq!((done.status, &done.json()["status"]), (200, &json!("complete")), "{}", done.line());
    assert_eq!(done.json()["data"]["name"], "Acme Issues");
    assert_snapshot!(app.get(PATH).bearer(&token).await.line(), @r#"404 {"detail":"No active pipeline session."}"#);
}

async fn refusals_have_sentrys_words(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let token = app.user_token(ADMIN, &["org:integrations", "org:read"]).await;
    let lines = [
        app.get(PATH).bearer(&token).await.line(),
        post(&app, &token, json!({})).await.line(),
        post(&app, &token, json!({ "action": "initialize" })).await.line(),
        post(&app, &token, json!({ "action": "initialize", "provider": "x" })).await.line(),
        post(&app, &token, json!({ "action": "initialize", "provider": "trello" })).await.line(),
        app.get("/api/0/organizations/acme/pipeline/other/").bearer(&token).await.line(),
        app.post(PATH).bearer(&token).header("content-type", "application/json").body("[").await.status.to_string(),
    ];
    assert_snapshot!(lines.join("\n"), @r#"
    404 {"detail":"No active pipeline session."}
    404 {"detail":"No active pipeline session."}
    400 {"detail":"provider is required."}
    404 {"detail":"Unknown provider: x"}
    404 {"detail":"Unknown provider: trello"}
    404 {"detail":"Invalid pipeline type"}
    400
    "#);
}

async fn a_key_is_a_pipeline_of_one_step(backend: Backend) {
    let circleci = crate::install::circleci().await;
    let app = crate::install::app_at(backend, &circleci, "127.0.0.1").await;
    let token = app.user_token(ADMIN, &["org:integrations", "org:read"]).await;
    let step = post(&app, &token, json!({ "action": "initialize", "provider": "circleci" })).await.json();
    assert_eq!((&step["step"], &step["totalSteps"]), (&json!("form"), &json!(1)));
    assert_eq!(step["data"]["fields"][0]["name"], "token");
    let wrong = post(&app, &token, json!({ "token": "wrong" })).await;
    assert_snapshot!(wrong.line(), @r#"400 {"token":"CircleCI refused the key. Copy it again, or create a new one there and check its permissions."}"#);
    let done = post(&app, &token, json!({ "token": crate::install::KEY })).await;
    assert_eq!((done.status, &done.json()["status"]), (200, &json!("complete")), "{}", done.line());
    assert!(!done.text().contains(crate::install::KEY));
}

async fn a_pipeline_is_its_callers_own_and_needs_the_scope(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let token = app.user_token(ADMIN, &["org:integrations", "org:read"]).await;
    post(&app, &token, json!({ "action": "initialize", "provider": "linear" })).await;
    let other = app.user_token(ADMIN, &["org:integrations", "org:read"]).await;
    assert_eq!(app.get(PATH).bearer(&other).await.status, 404);
    let weak = app.user_token(OWNER, &["org:read"]).await;
    let begin = json!({ "action": "initialize", "provider": "linear" });
    assert_eq!(post(&app, &weak, begin.clone()).await.status, 403);
    let member = app.user_token(MEMBER, &["org:integrations"]).await;
    assert_eq!(post(&app, &member, begin).await.status, 403);
    assert_eq!(app.get(PATH).await.status, 401);
}

on_both!(
    a_client_connects_step_by_step,
    refusals_have_sentrys_words,
    a_key_is_a_pipeline_of_one_step,
    a_pipeline_is_its_callers_own_and_needs_the_scope,
);
