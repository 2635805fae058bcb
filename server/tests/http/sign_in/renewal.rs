//! Tokens that end, and providers that do not answer.

use super::linear::{CODE, LIFE, Linear, access_token, app, connect, integration};
use crate::support::{ACME, ADMIN, Backend, OWNER, TestApp};
use domain::Timestamp;
use domain::ids::InstallationId;
use domain::mails::Mail;
use domain::time::{DAY, HOUR, MINUTE, SECOND};
use futures::future::join_all;
use serde_json::json;
use std::time::Duration;
use wiremock::matchers::method;
use wiremock::{Mock, ResponseTemplate};

/// An answer that others overtake, and that still comes in time.
const SLOW: Duration = Duration::from_millis(300);

async fn mails(app: &TestApp) -> Vec<Mail> {
    let mut conn = app.ctx.store.read().await.unwrap();
    let all = store::mails::newest(&mut conn, 50).await.unwrap();
    // One lies in the demonstration's outbox from the beginning.
    all.into_iter().filter(|mail| mail.subject != "Linear needs a new sign-in").collect()
}

async fn installation(app: &TestApp, id: &str) -> InstallationId {
    let row = integration(app, id).await;
    row["patchbay"]["installationId"].as_str().unwrap().parse().unwrap()
}

async fn grant(app: &TestApp, id: &str) -> domain::grants::Grant {
    let installation = installation(app, id).await;
    let mut conn = app.ctx.store.read().await.unwrap();
    store::grants::of_installation(&mut conn, installation).await.unwrap().unwrap()
}

/// Another process takes whoever is renewing for dead, and takes the lease until then.
async fn take_over(app: &TestApp, id: &str, until: Timestamp) {
    let grant = grant(app, id).await;
    let mut conn = app.ctx.store.write().await.unwrap();
    let fence = store::grants::lease(&mut conn, grant.installation_id, grant.version, Timestamp(i64::MAX), until).await;
    assert!(fence.unwrap().is_some());
    conn.commit().await.unwrap();
}

/// A renewal that has asked, and gets its answer a little later.
async fn asked(linear: &Linear) {
    while linear.token_calls() < 2 {
        tokio::task::yield_now().await;
    }
}

async fn a_token_that_ended_is_renewed_once_for_a_hundred_callers(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    app.clock.advance(LIFE * SECOND);
    let answers = join_all((0..100).map(|_| access_token(&app, &id))).await;
    for answer in answers {
        assert_eq!(answer.status, 200, "{}", answer.line());
        assert_eq!(answer.json()["accessToken"], "planted-access-2");
    }
    assert_eq!(linear.token_calls(), 2, "one to connect, one to renew");
}

async fn a_grant_is_renewed_ahead_of_its_end_also_while_it_is_paused(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    app.call("integrations/pause", &[("org", "acme"), ("id", &id)]).session(ADMIN).await;
    app.clock.advance(LIFE * SECOND * 3 / 4 - SECOND);
    assert_eq!(hub::grants::enqueue_due(&app.ctx).await.unwrap(), 0);
    app.clock.advance(SECOND);
    assert_eq!(hub::grants::enqueue_due(&app.ctx).await.unwrap(), 1);
    app.work().await;
    assert_eq!(linear.token_calls(), 2);
    assert_eq!(grant(&app, &id).await.expires_at, Some(app.ctx.clock.now().plus(LIFE * SECOND)));
    assert_eq!(hub::grants::enqueue_due(&app.ctx).await.unwrap(), 0);
}

async fn a_provider_that_is_down_keeps_the_grant_and_is_asked_again_later(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    let mut waits = Vec::new();
    for (status, word) in [(503, "down"), (429, "slow_down"), (500, "")] {
        app.clock.advance(LIFE * SECOND);
        linear.set(|state| state.faults = vec![(status, word)]);
        hub::grants::enqueue_due(&app.ctx).await.unwrap();
        app.work().await;
        let grant = grant(&app, &id).await;
        waits.push(grant.refresh_at.unwrap().0 - app.ctx.clock.now().0);
        assert!(grant.problem.is_some());
    }
    assert!(waits.windows(2).all(|pair| pair[0] < pair[1] + 10 * SECOND) && waits[0] >= 2 * SECOND, "{waits:?}");
    assert_eq!(mails(&app).await.len(), 0, "nobody can do anything about it");
    assert_ne!(integration(&app, &id).await["patchbay"]["health"], "needs_reauth");
    let answer = access_token(&app, &id).await;
    assert_eq!((answer.status, &answer.json()["accessToken"]), (200, &json!("planted-access-2")), "it is back");
}

async fn a_grant_that_was_revoked_needs_a_person_at_once_and_they_are_told(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    app.clock.advance(LIFE * SECOND);
    linear.set(|state| state.faults = vec![(400, "invalid_grant")]);
    let answer = access_token(&app, &id).await;
    assert_eq!(answer.status, 409, "{}", answer.line());
    assert!(answer.text().contains("Sign in there again."), "{}", answer.text());
    let row = integration(&app, &id).await;
    assert_eq!(row["patchbay"]["health"], "needs_reauth");
    assert_eq!(row["organizationIntegrationStatus"], "active", "an outage is no pause");
    let told = mails(&app).await;
    let mut to: Vec<_> = told.iter().map(|mail| mail.recipient.clone()).collect();
    to.sort();
    assert_eq!(to, ["admin@acme.test", "manager@acme.test", "owner@acme.test"]);
    assert_eq!(told[0].subject, "Linear (Acme Issues) needs you");
    assert!(
        told[0].body.contains(&format!("http://hub.test/settings/acme/integrations/linear/{id}/")),
        "{}",
        told[0].body
    );
    // It is not asked again and again, whoever wants a token, and not told twice.
    let calls = linear.token_calls();
    for _ in 0..3 {
        let again = access_token(&app, &id).await;
        assert_eq!((again.status, again.text()), (409, answer.text()));
    }
    app.clock.advance(HOUR);
    hub::grants::enqueue_due(&app.ctx).await.unwrap();
    hub::integrations::enqueue_due(&app.ctx).await.unwrap();
    app.work().await;
    assert_eq!(linear.token_calls(), calls);
    assert_eq!(mails(&app).await.len(), 3);
    // Signing in again heals it.
    linear.set(|state| state.faults.clear());
    assert_eq!(connect(&app).await, id);
    assert_eq!(integration(&app, &id).await["patchbay"]["health"], "healthy");
}

async fn an_answer_that_comes_after_the_lease_does_not_overwrite_a_newer_one(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    app.clock.advance(LIFE * SECOND);
    linear.set(|state| {
        state.lenient = true;
        state.delay = Some(SLOW);
    });
    let slow = access_token(&app, &id);
    let fast = async {
        asked(&linear).await;
        take_over(&app, &id, Timestamp(0)).await;
        access_token(&app, &id).await
    };
    let (slow, fast) = tokio::join!(slow, fast);
    assert_eq!(fast.json()["accessToken"], "planted-access-3");
    assert_eq!(slow.json()["accessToken"], "planted-access-3", "the late answer was dropped");
    assert_eq!(access_token(&app, &id).await.json()["accessToken"], "planted-access-3");
    assert_eq!(linear.token_calls(), 3);
}

async fn an_answer_that_comes_after_the_lease_is_kept_where_there_is_no_newer_one(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    app.clock.advance(LIFE * SECOND);
    linear.set(|state| state.delay = Some(SLOW));
    let meanwhile = async {
        asked(&linear).await;
        take_over(&app, &id, app.ctx.now().plus(30 * SECOND)).await;
    };
    let (slow, ()) = tokio::join!(access_token(&app, &id), meanwhile);
    assert_eq!((slow.status, &slow.json()["accessToken"]), (200, &json!("planted-access-2")), "{}", slow.line());
    assert_eq!(linear.token_calls(), 2);
}

async fn who_asks_with_a_spent_refresh_token_does_not_end_a_grant_whose_answer_is_on_its_way(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    app.clock.advance(LIFE * SECOND);
    linear.set(|state| state.delay = Some(SLOW));
    let second = async {
        asked(&linear).await;
        take_over(&app, &id, Timestamp(0)).await;
        access_token(&app, &id).await
    };
    let (slow, second) = tokio::join!(access_token(&app, &id), second);
    assert_eq!(linear.token_calls(), 3, "{}", second.line());
    for answer in [slow, access_token(&app, &id).await] {
        assert_eq!(
            (answer.status, &answer.json()["accessToken"]),
            (200, &json!("planted-access-2")),
            "{}",
            answer.line()
        );
    }
    app.clock.advance(SECOND);
    hub::integrations::enqueue_due(&app.ctx).await.unwrap();
    app.work().await;
    assert_eq!(integration(&app, &id).await["patchbay"]["health"], "healthy");
}

async fn a_refusal_of_an_older_token_leaves_the_newer_one_alone(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    linear.set(|state| (state.ended, state.api_calls, state.api_delay) = (1, 0, Some(SLOW)));
    let check = || app.call("integrations/check", &[("org", "acme"), ("id", &id)]).session(ADMIN);
    let second = async {
        // The first one's refusal is on its way.
        while linear.api_calls() < 1 {
            tokio::task::yield_now().await;
        }
        check().await
    };
    let (first, second) = tokio::join!(check(), second);
    for answer in [first, second] {
        assert_eq!(answer.json()["patchbay"]["health"], "healthy", "{}", answer.line());
    }
    assert_eq!(linear.token_calls(), 2, "one to connect, one to renew");
}

async fn a_token_that_the_provider_refuses_early_is_renewed_once_by_the_check(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    // The provider counts one token further than we know: ours is no longer good there, our refresh token is.
    linear.set(|state| state.lenient = false);
    let check = || app.call("integrations/check", &[("org", "acme"), ("id", &id)]).session(ADMIN);
    assert_eq!(check().await.json()["patchbay"]["health"], "healthy");
    assert_eq!(linear.token_calls(), 1);
    linear.set(|state| state.given += 1);
    let answer = check().await;
    assert_eq!(answer.json()["patchbay"]["health"], "needs_reauth", "{}", answer.line());
    assert_eq!(linear.token_calls(), 2, "tried to renew, and was refused");
}

async fn who_can_act_is_warned_before_a_sign_in_ends_by_itself(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    let installation = installation(&app, &id).await;
    let mut conn = app.ctx.store.write().await.unwrap();
    let now = app.ctx.now();
    let scopes = domain::grants::ScopeList(Vec::new());
    store::grants::put(&mut conn, installation, &scopes, None, None, Some(now.plus(30 * DAY)), None, now)
        .await
        .unwrap();
    conn.commit().await.unwrap();
    hub::grants::enqueue_due(&app.ctx).await.unwrap();
    assert_eq!(mails(&app).await.len(), 0);
    app.clock.advance(23 * DAY + MINUTE);
    for _ in 0..2 {
        hub::grants::enqueue_due(&app.ctx).await.unwrap();
    }
    let told = mails(&app).await;
    assert_eq!(told.len(), 3, "once for each who can act");
    assert!(told[0].body.contains("its sign-in ends on"), "{}", told[0].body);
}

async fn a_provider_that_keeps_failing_is_left_alone_by_the_schedule(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    linear.server.reset().await;
    let down = Mock::given(method("POST")).respond_with(ResponseTemplate::new(503));
    down.mount(&linear.server).await;
    let check = || app.call("integrations/check", &[("org", "acme"), ("id", &id)]).session(ADMIN);
    for _ in 0..5 {
        app.clock.advance(MINUTE);
        check().await;
    }
    let asked = linear.server.received_requests().await.unwrap().len();
    // Whatever the schedule does now, it does not reach the provider.
    let installation = installation(&app, &id).await;
    hub::integrations::check_as_job(&app.ctx, installation).await.unwrap();
    assert_eq!(linear.server.received_requests().await.unwrap().len(), asked);
    // Somebody who asks is answered.
    check().await;
    assert!(linear.server.received_requests().await.unwrap().len() > asked);
    let audit = app.audit(ACME, "installation", &installation.to_string()).await;
    assert!(audit.iter().any(|entry| entry.action == "integration.check"), "{audit:?}");
}

async fn the_configure_page_tells_asked_and_granted_permissions_apart(backend: Backend) {
    let linear = Linear::start().await;
    linear.set(|state| state.granted = Some("read comments:create admin"));
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    let page = app
        .call("integrations/configure", &[("org", "acme"), ("provider", "linear"), ("id", &id)])
        .session(OWNER)
        .await
        .json();
    let permissions = page[1]["grant"]["permissions"].as_array().unwrap();
    let states: Vec<_> = permissions
        .iter()
        .map(|permission| {
            format!("{} {}", permission["scope"]["name"].as_str().unwrap(), permission["state"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        states,
        ["read granted", "write missing", "issues:create missing", "comments:create granted", "admin extra"]
    );
    assert!(!page.to_string().contains(CODE) && !page.to_string().contains("planted-"));
}

on_both!(
    a_token_that_ended_is_renewed_once_for_a_hundred_callers,
    a_grant_is_renewed_ahead_of_its_end_also_while_it_is_paused,
    a_provider_that_is_down_keeps_the_grant_and_is_asked_again_later,
    a_grant_that_was_revoked_needs_a_person_at_once_and_they_are_told,
    an_answer_that_comes_after_the_lease_does_not_overwrite_a_newer_one,
    an_answer_that_comes_after_the_lease_is_kept_where_there_is_no_newer_one,
    who_asks_with_a_spent_refresh_token_does_not_end_a_grant_whose_answer_is_on_its_way,
    a_refusal_of_an_older_token_leaves_the_newer_one_alone,
    a_token_that_the_provider_refuses_early_is_renewed_once_by_the_check,
    who_can_act_is_warned_before_a_sign_in_ends_by_itself,
    a_provider_that_keeps_failing_is_left_alone_by_the_schedule,
    the_configure_page_tells_asked_and_granted_permissions_apart,
);
