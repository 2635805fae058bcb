//! `POST …/access-token`: the one place where a secret leaves Patchbay.

use super::linear::{LIFE, Linear, access_token, app, connect, integration};
use crate::support::{ACME, ADMIN, Backend, OWNER, RIVAL};
use domain::time::SECOND;
use insta::assert_snapshot;

async fn a_service_gets_a_short_lived_token_and_each_read_is_audited(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    let answer = access_token(&app, &id).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_snapshot!(answer.shown(), @r#"
    200 {
      "accessToken": "planted-access-1",
      "expiresAt": "2026-09-21T15:13:20.000000Z",
      "scopes": [
        "read",
        "write",
        "issues:create",
        "comments:create"
      ],
      "tokenType": "Bearer"
    }
    "#);
    let installation = integration(&app, &id).await["patchbay"]["installationId"].as_str().unwrap().to_owned();
    let entry = app.audit(ACME, "installation", &installation).await.remove(0);
    assert_eq!((entry.action.as_str(), entry.summary.as_str()), ("integration.token.read", "read an access token"));
    assert!(entry.actor.starts_with("token "), "{}", entry.actor);
}

async fn nobody_gets_one_by_role_or_by_any_other_scope(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    let path = format!("/api/patchbay/organizations/acme/integrations/{id}/access-token");
    let foreign = app.org_token("rival", &["integration:credentials"]).await;
    let weak = app.org_token("acme", &["org:admin"]).await;
    let in_a_browser = |person| app.post(&path).header("sec-fetch-site", "same-origin").session(person);
    let answers = [
        in_a_browser(OWNER).await,
        in_a_browser(RIVAL).await,
        app.post(&path).bearer(&weak).await,
        app.post(&path).bearer(&foreign).await,
        app.post(&path).bearer("pbo_nonsense").await,
        app.post(&path).header("sec-fetch-site", "same-origin").await,
    ];
    assert_eq!(answers.each_ref().map(|answer| answer.status), [403, 404, 403, 404, 401, 401]);
    assert!(answers.iter().all(|answer| !answer.text().contains("planted")));
}

async fn a_paused_one_and_one_with_a_key_of_its_own_give_none(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    app.call("integrations/pause", &[("org", "acme"), ("id", &id)]).session(ADMIN).await;
    app.clock.advance(LIFE * SECOND);
    let answer = access_token(&app, &id).await;
    assert_eq!(answer.status, 409, "{}", answer.line());
    assert_eq!(linear.token_calls(), 1);
    let list = app.get("/api/0/organizations/acme/integrations/?providerKey=circleci").session(OWNER).await.json();
    let by_key = list[0]["id"].as_str().unwrap().to_owned();
    let answer = access_token(&app, &by_key).await;
    assert_eq!(answer.status, 409);
    assert!(answer.text().contains("has no short-lived token"), "{}", answer.text());
    assert_eq!(access_token(&app, "999").await.status, 404);
    assert_eq!(access_token(&app, "x").await.status, 404);
}

on_both!(
    a_service_gets_a_short_lived_token_and_each_read_is_audited,
    nobody_gets_one_by_role_or_by_any_other_scope,
    a_paused_one_and_one_with_a_key_of_its_own_give_none,
);
