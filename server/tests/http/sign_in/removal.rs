//! What a removal tells the provider.

use super::linear::{Linear, app, connect, integration};
use crate::support::{ACME, ADMIN, Backend, OWNER, RIVAL, TestApp};
use domain::time::{MINUTE, SECOND};

async fn remove(app: &TestApp, id: &str) -> String {
    let installation = integration(app, id).await["patchbay"]["installationId"].as_str().unwrap().to_owned();
    let answer = app.call("integrations/remove", &[("org", "acme"), ("id", id)]).session(OWNER).await;
    assert_eq!(answer.status, 200, "{}", answer.line());
    app.clock.advance(11 * SECOND);
    app.work().await;
    installation
}

async fn a_removal_revokes_the_sign_in_at_the_provider(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    remove(&app, &id).await;
    assert_eq!(linear.state.lock().unwrap().revoked, ["planted-refresh-1", "planted-access-1"]);
    assert_eq!(integration(&app, &id).await["detail"], "Not found.");
}

async fn a_revocation_that_fails_is_shown_and_tried_again(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    linear.set(|state| state.faults = vec![(503, "down"), (503, "down")]);
    let installation = remove(&app, &id).await;
    let summaries =
        |entries: Vec<domain::audit::AuditEntry>| -> Vec<_> { entries.into_iter().map(|entry| entry.action).collect() };
    let told = summaries(app.audit(ACME, "installation", &installation).await);
    assert_eq!(told[0], "integration.revoke.retry", "{told:?}");
    assert_eq!(integration(&app, &id).await["organizationIntegrationStatus"], "deletion_in_progress");
    for _ in 0..2 {
        app.clock.advance(MINUTE);
        app.work().await;
    }
    assert_eq!(linear.state.lock().unwrap().revoked, ["planted-refresh-1", "planted-access-1"]);
    let told = summaries(app.audit(ACME, "installation", &installation).await);
    assert_eq!(told[..2], ["integration.removed", "integration.revoke.retry"], "{told:?}");
}

async fn a_provider_that_never_answers_does_not_keep_a_removal_for_ever(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    linear.set(|state| state.faults = vec![(503, "down"); 50]);
    let installation = remove(&app, &id).await;
    for _ in 0..hub::integrations::REVOKE_TRIES {
        app.clock.advance(11 * MINUTE);
        app.work().await;
    }
    let entry = app.audit(ACME, "installation", &installation).await.remove(0);
    assert!(entry.summary.contains("could not be revoked, revoke it there"), "{}", entry.summary);
    assert!(!entry.summary.contains("planted"));
}

async fn an_account_that_another_organization_uses_is_not_revoked(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    let step = app.call("pipelines/start", &[("org", "rival"), ("provider", "linear")]).session(RIVAL).await.json();
    let state = super::linear::parameter(&step, "state");
    super::linear::come_back(&app, RIVAL, "linear", &[("code", super::linear::CODE), ("state", &state)]).await;
    remove(&app, &id).await;
    assert!(linear.state.lock().unwrap().revoked.is_empty());
    assert_eq!(integration(&app, &id).await["detail"], "Not found.");
    let theirs = app.get("/api/0/organizations/rival/integrations/?providerKey=linear").session(RIVAL).await.json();
    assert_eq!(theirs[0]["name"], "Acme Issues");
}

async fn connecting_again_during_the_removal_keeps_it_and_its_settings(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    app.call("integrations/remove", &[("org", "acme"), ("id", &id)]).session(ADMIN).await;
    assert_eq!(connect(&app).await, id);
    app.clock.advance(11 * SECOND);
    app.work().await;
    let row = integration(&app, &id).await;
    assert_eq!(row["organizationIntegrationStatus"], "active");
    assert!(linear.state.lock().unwrap().revoked.is_empty());
}

on_both!(
    a_removal_revokes_the_sign_in_at_the_provider,
    a_revocation_that_fails_is_shown_and_tried_again,
    a_provider_that_never_answers_does_not_keep_a_removal_for_ever,
    an_account_that_another_organization_uses_is_not_revoked,
    connecting_again_during_the_removal_keeps_it_and_its_settings,
);
