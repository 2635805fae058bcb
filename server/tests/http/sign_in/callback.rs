//! Callbacks that must not work: nothing is connected, the provider is not asked, the try is audited.

use super::linear::{CODE, Linear, app, come_back, connect, parameter, start};
use crate::support::{ADMIN, Backend, MEMBER, OWNER, RIVAL, TestApp};
use domain::ids::OrgId;
use domain::time::MINUTE;

async fn refusals(app: &TestApp) -> Vec<String> {
    let mut conn = app.ctx.store.read().await.unwrap();
    let mut found = Vec::new();
    for org in [None, Some(OrgId(1)), Some(OrgId(2))] {
        let entries = store::audit::newest(&mut conn, org, 50).await.unwrap();
        let denied = entries.into_iter().filter(|entry| entry.action == "integration.sign_in.denied");
        found.extend(denied.map(|entry| format!("{} {}", entry.actor, entry.summary)));
    }
    found
}

async fn nothing_is_connected(app: &TestApp) {
    let list = app.get("/api/0/organizations/acme/integrations/").session(OWNER).await.json();
    assert!(list.as_array().unwrap().iter().all(|row| row["name"] != "Acme Issues"), "{list}");
}

async fn a_state_that_was_used_is_refused(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let state = parameter(&start(&app, ADMIN, "linear").await, "state");
    let query = [("code", CODE), ("state", state.as_str())];
    assert_eq!(come_back(&app, ADMIN, "linear", &query).await.status, 303);
    let answer = come_back(&app, ADMIN, "linear", &query).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("was used already, or is too old"), "{}", answer.text());
    assert_eq!(linear.token_calls(), 1);
    assert_eq!(refusals(&app).await, ["admin@acme.test came back from a sign-in with an unknown or used state"]);
}

async fn a_state_is_good_for_ten_minutes_and_the_page_then_offers_a_new_one(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let step = start(&app, ADMIN, "linear").await;
    let (state, pipeline) = (parameter(&step, "state"), step["pipeline"].as_str().unwrap().to_owned());
    app.clock.advance(11 * MINUTE);
    let answer = come_back(&app, ADMIN, "linear", &[("code", CODE), ("state", &state)]).await;
    assert_eq!(answer.status, 400, "{}", answer.line());
    assert_eq!(linear.token_calls(), 0);
    assert_eq!(refusals(&app).await, ["admin@acme.test came back from a sign-in with a state that is too old"]);
    let now = app.call("pipelines/current", &[("org", "acme"), ("pipeline", &pipeline)]).session(ADMIN).await.json();
    let fresh = parameter(&now, "state");
    assert_ne!(fresh, state);
    assert_eq!(come_back(&app, ADMIN, "linear", &[("code", CODE), ("state", &fresh)]).await.status, 303);
}

async fn a_state_belongs_to_the_session_that_began_it(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let state = parameter(&start(&app, ADMIN, "linear").await, "state");
    let query = [("code", CODE), ("state", state.as_str())];
    for person in [OWNER, MEMBER, RIVAL] {
        let answer = come_back(&app, person, "linear", &query).await;
        assert_eq!(answer.status, 400, "{person}: {}", answer.line());
    }
    // The same person at another browser.
    let other =
        hub::sessions::log_in(&app.ctx, &hub::Client::default(), ADMIN, hub::demo::PASSWORD.into()).await.unwrap();
    let cookie = other.cookie.split(';').next().unwrap().to_owned();
    let path = format!("/extensions/linear/setup/?code={CODE}&state={state}");
    assert_eq!(app.get(&path).header("cookie", &cookie).await.status, 400);
    // Nobody at all.
    assert_eq!(app.get(&path).await.status, 401);
    assert_eq!(linear.token_calls(), 0);
    nothing_is_connected(&app).await;
    let found = refusals(&app).await;
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(
        found.iter().all(|line| line.ends_with("came back from a sign-in with a state of another session")),
        "{found:?}"
    );
    // The one who began it can still go on.
    assert_eq!(come_back(&app, ADMIN, "linear", &query).await.status, 303);
}

async fn two_sign_ins_at_once_cannot_be_mixed_up(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let at_linear = parameter(&start(&app, ADMIN, "linear").await, "state");
    let at_slack = parameter(&start(&app, ADMIN, "slack").await, "state");
    for (provider, state) in [("linear", &at_slack), ("slack", &at_linear)] {
        let answer = come_back(&app, ADMIN, provider, &[("code", CODE), ("state", state)]).await;
        assert_eq!(answer.status, 400, "{provider}");
    }
    assert_eq!(linear.token_calls(), 0);
    let found = refusals(&app).await;
    assert!(found.iter().all(|line| line.ends_with("a state that belongs to another provider")), "{found:?}");
    assert_eq!(come_back(&app, ADMIN, "linear", &[("code", CODE), ("state", &at_linear)]).await.status, 303);
}

async fn an_answer_of_another_issuer_is_refused(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let step = start(&app, ADMIN, "linear").await;
    let (state, pipeline) = (parameter(&step, "state"), step["pipeline"].as_str().unwrap().to_owned());
    let query = [("code", CODE), ("state", &*state), ("iss", "https://evil.example")];
    let answer = come_back(&app, ADMIN, "linear", &query).await;
    assert_eq!(answer.status, 303);
    let now = app.call("pipelines/current", &[("org", "acme"), ("pipeline", &pipeline)]).session(ADMIN).await.json();
    assert_eq!(now["body"]["kind"], "failed", "{now}");
    assert_eq!(linear.token_calls(), 0);
    nothing_is_connected(&app).await;
}

async fn broken_callbacks_are_refused_and_never_a_failure_of_ours(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let step = start(&app, ADMIN, "linear").await;
    let state = parameter(&step, "state");
    let short = &state[..state.len() - 1];
    let long = "x".repeat(5_000);
    let lines: &[&[(&str, &str)]] = &[
        &[],
        &[("code", CODE)],
        &[("code", CODE), ("state", "")],
        &[("code", CODE), ("state", ".p")],
        &[("code", CODE), ("state", short)],
        &[("code", CODE), ("state", "\u{0}")],
        &[("code", CODE), ("state", &long)],
        &[("state", &state)],
        &[("state", &state), ("code", "")],
        &[("state", &state), ("code", &long)],
    ];
    for line in lines {
        let answer = come_back(&app, ADMIN, "linear", line).await;
        assert_eq!(answer.status, 400, "{line:?}: {}", answer.line());
    }
    for provider in ["unknown", "circleci", "%00", "..%2f"] {
        let answer = come_back(&app, ADMIN, provider, &[("code", CODE), ("state", "x")]).await;
        assert!((400..500).contains(&answer.status), "{provider}: {}", answer.line());
    }
    assert_eq!(linear.token_calls(), 0);
    nothing_is_connected(&app).await;
}

async fn what_the_provider_says_is_told_in_our_words_and_the_person_can_try_again(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let step = start(&app, ADMIN, "linear").await;
    let pipeline = step["pipeline"].as_str().unwrap().to_owned();
    let mut state = parameter(&step, "state");
    for (error, told) in [
        ("access_denied", "Linear was not given access. Sign in again and agree, or cancel."),
        ("<script>alert(1)</script>", "Linear did not sign you in (scriptalert1script). Try again."),
    ] {
        let answer = come_back(&app, ADMIN, "linear", &[("error", error), ("state", &state)]).await;
        assert_eq!(
            answer.header("location"),
            format!("/settings/acme/integrations/linear/install/?pipeline={pipeline}")
        );
        let now =
            app.call("pipelines/current", &[("org", "acme"), ("pipeline", &pipeline)]).session(ADMIN).await.json();
        assert_eq!(now["body"]["problem"], told);
        state = parameter(&now, "state");
    }
    let answer = come_back(&app, ADMIN, "linear", &[("code", "wrong-code"), ("state", &state)]).await;
    assert_eq!(answer.status, 303);
    let now = app.call("pipelines/current", &[("org", "acme"), ("pipeline", &pipeline)]).session(ADMIN).await.json();
    assert!(now["body"]["problem"].as_str().unwrap().contains("Linear"), "{now}");
    assert!(!now.to_string().contains("wrong-code"));
    connect(&app).await;
}

async fn a_pipeline_is_seen_and_moved_by_its_own_session_and_organization_alone(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let step = start(&app, ADMIN, "linear").await;
    let pipeline = step["pipeline"].as_str().unwrap().to_owned();
    for (person, org) in [(OWNER, "acme"), (RIVAL, "rival"), (RIVAL, "acme")] {
        for function in ["pipelines/current", "pipelines/advance"] {
            let form = [("org", org), ("pipeline", &*pipeline), ("provider", "linear")];
            let answer = app.call(function, &form).session(person).await;
            assert_eq!(answer.status, 404, "{person} {org} {function}: {}", answer.line());
        }
    }
    app.call("pipelines/cancel", &[("org", "acme"), ("pipeline", &pipeline), ("provider", "linear")])
        .session(OWNER)
        .await;
    let mine = [("org", "acme"), ("pipeline", &*pipeline)];
    assert_eq!(app.call("pipelines/current", &mine).session(ADMIN).await.status, 200, "not cancelled by another");
    app.clock.advance(61 * MINUTE);
    assert_eq!(app.call("pipelines/current", &mine).session(ADMIN).await.status, 404, "an hour is over");
}

on_both!(
    a_state_that_was_used_is_refused,
    a_state_is_good_for_ten_minutes_and_the_page_then_offers_a_new_one,
    a_state_belongs_to_the_session_that_began_it,
    two_sign_ins_at_once_cannot_be_mixed_up,
    an_answer_of_another_issuer_is_refused,
    broken_callbacks_are_refused_and_never_a_failure_of_ours,
    what_the_provider_says_is_told_in_our_words_and_the_person_can_try_again,
    a_pipeline_is_seen_and_moved_by_its_own_session_and_organization_alone,
);
