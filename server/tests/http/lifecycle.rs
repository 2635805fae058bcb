//! Pausing, resuming, removing, keeping, and installing again.

use crate::install::{KEY, app_at, circleci, install, installed};
use crate::support::{ACME, ADMIN, Backend, OWNER, TestApp};
use domain::time::{MINUTE, SECOND};
use insta::assert_snapshot;

/// Does something to an installation; answers what the wire says of it after.
async fn act(app: &TestApp, function: &str, id: &str) -> String {
    let answer = app.call(&format!("integrations/{function}"), &[("org", "acme"), ("id", id)]).session(ADMIN).await;
    match answer.json()["organizationIntegrationStatus"].as_str() {
        Some(status) => status.to_owned(),
        None => answer.line(),
    }
}

async fn an_integration_lives_from_install_to_removal(backend: Backend) {
    let server = circleci().await;
    let app = app_at(backend, &server, "127.0.0.1").await;
    let id = install(&app, KEY).await.json()["id"].as_str().unwrap().to_owned();
    let id = id.as_str();
    assert_eq!(act(&app, "pause", id).await, "disabled");
    assert_eq!(act(&app, "pause", id).await, "disabled");
    assert_eq!(
        act(&app, "check", id).await,
        r#"409 {"code":"conflict","message":"A paused integration is not checked. Resume it first."}"#
    );
    assert_eq!(act(&app, "resume", id).await, "active");
    assert_eq!(act(&app, "check", id).await, "active");
    assert_eq!(act(&app, "remove", id).await, "pending_deletion");
    assert_snapshot!(act(&app, "pause", id).await, @r#"409 {"code":"conflict","message":"It is being removed. Keep it first."}"#);
    assert_snapshot!(act(&app, "resume", id).await, @r#"409 {"code":"conflict","message":"It is being removed. Keep it first."}"#);
    // Kept in time: the job that waits is called off.
    app.clock.advance(10 * SECOND - 1);
    assert_eq!(app.work().await, 0);
    assert_eq!(act(&app, "keep", id).await, "active");
    app.clock.advance(60 * SECOND);
    assert_eq!(app.work().await, 0);
    assert_eq!(act(&app, "remove", id).await, "pending_deletion");
    app.clock.advance(10 * SECOND);
    assert_eq!(app.work().await, 1);
    assert_eq!(act(&app, "keep", id).await, r#"404 {"code":"not_found","message":"This integration was not found."}"#);
    let page = app
        .get(&format!("/settings/acme/integrations/circleci/{id}/"))
        .header("accept", "text/html")
        .session(OWNER)
        .await;
    assert_eq!(page.status, 404);
    assert_eq!(installed(&app).await.len(), 0);
}

async fn keeping_a_paused_integration_leaves_it_paused(backend: Backend) {
    let app = TestApp::demo(backend).await;
    assert_eq!(act(&app, "pause", "5").await, "disabled");
    assert_eq!(act(&app, "remove", "5").await, "pending_deletion");
    assert_eq!(act(&app, "keep", "5").await, "disabled");
}

async fn installing_again_during_the_removal_keeps_the_settings(backend: Backend) {
    let server = circleci().await;
    let app = app_at(backend, &server, "127.0.0.1").await;
    let id = install(&app, KEY).await.json()["id"].as_str().unwrap().to_owned();
    let save = [("org", "acme"), ("id", &id), ("field", "project_slug"), ("value", "gh/acme/web"), ("seen", "\"\"")];
    assert_eq!(app.call("integrations/save", &save).session(ADMIN).await.status, 200);
    let token = token_id(&app).await;
    assert_eq!(act(&app, "remove", &id).await, "pending_deletion");
    let again = install(&app, KEY).await.json();
    assert_eq!((&again["id"], &again["organizationIntegrationStatus"]), (&id.clone().into(), &"active".into()));
    assert_eq!(again["configData"]["project_slug"], "gh/acme/web");
    app.clock.advance(60 * SECOND);
    assert_eq!(app.work().await, 0, "the removal was called off");
    assert_eq!(installed(&app).await.len(), 1);
    assert_eq!(token_id(&app).await, token);
}

async fn what_is_removed_takes_its_secrets_along(backend: Backend) {
    let server = circleci().await;
    let app = app_at(backend, &server, "127.0.0.1").await;
    let id = install(&app, KEY).await.json()["id"].as_str().unwrap().to_owned();
    assert!(token_id(&app).await.is_some());
    act(&app, "remove", &id).await;
    app.clock.advance(10 * SECOND);
    assert_eq!(app.work().await, 1);
    assert_eq!(token_id(&app).await, None);
    // Installed anew it is another one: nothing of the old comes back.
    let anew = install(&app, KEY).await.json();
    assert_eq!(anew["configData"]["project_slug"], "");
    assert_eq!(installed(&app).await.len(), 1);
}

async fn scheduled_checks_are_audited_only_when_they_find_something_new(backend: Backend) {
    let server = circleci().await;
    let app = app_at(backend, &server, "127.0.0.1").await;
    let json = install(&app, KEY).await.json();
    let id = json["patchbay"]["installationId"].as_str().unwrap().to_owned();
    let checks = async || {
        app.clock.advance(20 * MINUTE);
        assert_eq!(hub::integrations::enqueue_due(&app.ctx).await.unwrap(), 1);
        assert_eq!(app.work().await, 1);
        let entries = app.audit(ACME, "installation", &id).await;
        entries.into_iter().filter(|entry| entry.action == "integration.check").count()
    };
    assert_eq!(checks().await, 0, "it works, as before");
    server.reset().await;
    assert_eq!(checks().await, 1, "the stub answers 404 to everything: the account is gone");
    assert_eq!(checks().await, 1, "still gone");
    assert_eq!(installed(&app).await[0]["patchbay"]["health"], "removed_at_provider");
}

/// The credential of the installation that is not the demonstration's.
async fn token_id(app: &TestApp) -> Option<i64> {
    let status = app.get("/v1/organizations/1/integrations").session(OWNER).await.json();
    status["integrations"].as_array().unwrap().iter().find_map(|row| row["token_id"].as_i64())
}

on_both!(
    an_integration_lives_from_install_to_removal,
    keeping_a_paused_integration_leaves_it_paused,
    installing_again_during_the_removal_keeps_the_settings,
    what_is_removed_takes_its_secrets_along,
    scheduled_checks_are_audited_only_when_they_find_something_new,
);
