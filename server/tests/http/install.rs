//! Installing CircleCI, with a stub in CircleCI's place.

use crate::support::{ACME, ADMIN, Answer, Backend, OWNER, Options, TestApp};
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::time::Duration;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

pub const KEY: &str = "planted-circleci-key";

/// CircleCI for whoever has the right key.
pub async fn circleci() -> MockServer {
    let server = MockServer::start().await;
    let account = json!({ "id": "3fa85f64", "login": "ada", "name": "Ada Builds" });
    let good = Mock::given(method("GET")).and(path("/api/v2/me")).and(header("circle-token", KEY));
    good.respond_with(ResponseTemplate::new(200).set_body_json(account)).mount(&server).await;
    let other = Mock::given(method("GET")).and(path("/api/v2/me"));
    other
        .respond_with(ResponseTemplate::new(401).set_body_string(format!("bad key {KEY}")))
        .with_priority(9)
        .mount(&server)
        .await;
    server
}

/// An app that finds CircleCI at the stub.
pub async fn app_at(backend: Backend, server: &MockServer, allow: &str) -> TestApp {
    let endpoints = vec![("circleci".to_owned(), server.uri())];
    TestApp::with(backend, Options { endpoints, outbound_allow: allow.to_owned(), ..Options::default() }).await
}

pub async fn install(app: &TestApp, key: &str) -> Answer {
    app.call("integrations/install", &[("org", "acme"), ("provider", "circleci"), ("values[token]", key)])
        .session(ADMIN)
        .await
}

pub async fn installed(app: &TestApp) -> Vec<Value> {
    let list = app.get("/api/0/organizations/acme/integrations/?providerKey=circleci").session(OWNER).await.json();
    // The demonstration's own one apart.
    list.as_array().unwrap().iter().filter(|row| row["id"] != "5").cloned().collect()
}

async fn nothing_was_saved(app: &TestApp) {
    assert_eq!(installed(app).await, [Value::Null; 0]);
    let status = app.get("/v1/organizations/1/integrations").session(OWNER).await.json();
    assert!(status["integrations"].as_array().unwrap().iter().all(|row| row["token_id"].is_null()));
    let written = String::from_utf8_lossy(&app.database_bytes().await).into_owned();
    assert!(written.contains("Acme builds") && !written.contains(KEY) && !written.contains("wrong-key"));
}

async fn a_good_key_installs_the_account_it_belongs_to(backend: Backend) {
    let server = circleci().await;
    let app = app_at(backend, &server, "127.0.0.1").await;
    let answer = install(&app, KEY).await;
    assert_eq!(answer.status, 200, "{}", answer.line());
    let row = installed(&app).await.remove(0);
    let words =
        ["name", "externalId", "organizationIntegrationStatus"].map(|word| row[word].as_str().unwrap().to_owned());
    assert_eq!(words, ["Ada Builds", "3fa85f64", "active"]);
    assert_eq!(row["patchbay"]["health"], "healthy");
    let id = row["patchbay"]["installationId"].as_str().unwrap();
    let entries = app.audit(ACME, "installation", id).await;
    assert_snapshot!(entries.iter().map(|e| format!("{} {} {}", e.actor, e.action, e.summary)).collect::<Vec<_>>().join("\n"), @"admin@acme.test integration.add installed CircleCI (Ada Builds)");
    let status = app.get("/v1/organizations/1/integrations").session(OWNER).await.json();
    let mine = status["integrations"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["metadata"]["name"] == "Ada Builds")
        .unwrap()
        .clone();
    assert!(mine["token_id"].is_i64() && mine["installation_id"].is_null() && mine["active"] == true);
}

async fn the_key_is_nowhere_to_be_read(backend: Backend) {
    let server = circleci().await;
    let app = app_at(backend, &server, "127.0.0.1").await;
    let answer = install(&app, KEY).await;
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert!(!answer.text().contains(KEY));
    for path in [
        "/settings/acme/integrations/".to_owned(),
        "/settings/acme/integrations/circleci/".to_owned(),
        format!("/settings/acme/integrations/circleci/{id}/"),
        format!("/api/0/organizations/acme/integrations/{id}/"),
        "/v1/organizations/1/integrations".to_owned(),
    ] {
        let answer = app.get(&path).header("accept", "text/html").session(OWNER).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.text().contains("Ada Builds") || path.ends_with("acme/integrations/"), "{path}");
        assert!(!answer.text().contains(KEY), "{path}");
    }
    let bytes = app.database_bytes().await;
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("Ada Builds") && !holds(KEY));
}

async fn a_wrong_key_is_refused_beside_its_field_and_nothing_is_saved(backend: Backend) {
    let server = circleci().await;
    let app = app_at(backend, &server, "127.0.0.1").await;
    let answer = install(&app, "wrong-key").await;
    assert_snapshot!(answer.shown(), @r#"
    400 {
      "code": "invalid",
      "fields": {
        "token": "CircleCI refused the key. Copy it again, or create a new one there and check its permissions."
      },
      "message": "CircleCI refused the key. Copy it again, or create a new one there and check its permissions."
    }
    "#);
    nothing_was_saved(&app).await;
}

async fn a_provider_that_fails_or_is_silent_is_told_and_nothing_is_saved(backend: Backend) {
    let mut lines = Vec::new();
    for (name, response) in [
        ("500", ResponseTemplate::new(500).set_body_string(KEY)),
        ("429", ResponseTemplate::new(429)),
        ("404", ResponseTemplate::new(404)),
        ("no JSON", ResponseTemplate::new(200).set_body_string("<html>")),
        ("no id", ResponseTemplate::new(200).set_body_json(json!({ "name": "x" }))),
        ("silent", ResponseTemplate::new(200).set_delay(Duration::from_secs(60))),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("GET")).respond_with(response).mount(&server).await;
        let app = app_at(backend.clone(), &server, "127.0.0.1").await;
        let answer = install(&app, KEY).await;
        lines.push(format!(
            "{name}: {} {}",
            answer.status,
            answer.json()["message"].as_str().unwrap().replace(&server.address().to_string(), "ADDRESS")
        ));
        nothing_was_saved(&app).await;
    }
    assert_snapshot!(lines.join("\n"), @r#"
    500: 502 CircleCI failed: it answered with status 500. Try again later; if it stays, look at its status page or its log.
    429: 502 CircleCI is busy right now: it takes no more requests for now. Try again in a few minutes.
    404: 502 CircleCI has no such account (status 404). Check the address, and whether the account still exists.
    no JSON: 502 CircleCI gave an answer that Patchbay cannot use: it sent a page instead of data. Check that the address is the right one.
    no id: 502 CircleCI gave an answer that Patchbay cannot use: it does not say which account this is. Check that the address is the right one.
    silent: 502 ADDRESS did not answer in time. Try again; if it stays, check the address and the firewall in between.
    "#);
}

async fn without_the_operators_word_nothing_on_this_machine_is_called(backend: Backend) {
    let server = circleci().await;
    for allow in ["", "127.0.0.2", "localhost"] {
        let app = app_at(backend.clone(), &server, allow).await;
        let answer = install(&app, KEY).await;
        assert_eq!(answer.status, 502);
        assert!(answer.text().contains("Patchbay does not connect to this address"), "{}", answer.line());
        nothing_was_saved(&app).await;
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

async fn a_form_that_lacks_or_invents_something_never_reaches_the_provider(backend: Backend) {
    let server = circleci().await;
    let app = app_at(backend, &server, "127.0.0.1").await;
    let mut lines = Vec::new();
    for form in [
        vec![("provider", "circleci")],
        vec![("provider", "circleci"), ("values[token]", " ")],
        vec![("provider", "circleci"), ("values[token]", "a\nb")],
        vec![("provider", "circleci"), ("values[token]", KEY), ("values[base_url]", "https://evil.example")],
        vec![("provider", "linear"), ("values[token]", KEY)],
        vec![("provider", "trello"), ("values[token]", KEY)],
        vec![("provider", "nobody"), ("values[token]", KEY)],
        vec![("values[token]", KEY)],
    ] {
        let mut form = form;
        form.insert(0, ("org", "acme"));
        let answer = app.call("integrations/install", &form).session(ADMIN).await;
        lines.push(answer.line());
    }
    assert_snapshot!(lines.join("\n"), @r#"
    400 {"code":"invalid","message":"Personal API token is needed.","fields":{"token":"Personal API token is needed."}}
    400 {"code":"invalid","message":"Personal API token is needed.","fields":{"token":"Personal API token is needed."}}
    400 {"code":"invalid","message":"Personal API token must be one line without control characters.","fields":{"token":"Personal API token must be one line without control characters."}}
    400 {"code":"invalid","message":"There is no such field.","fields":{"base_url":"There is no such field."}}
    400 {"code":"invalid","message":"Linear is not connected by a form. Use its sign-in."}
    400 {"code":"invalid","message":"Connecting Trello is not built yet, so it cannot be installed in this version."}
    404 {"code":"not_found","message":"This integration was not found."}
    400 {"code":"invalid","message":"The form was incomplete. Load the page again and try once more."}
    "#);
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
    nothing_was_saved(&app).await;
}

async fn a_form_that_is_sent_twice_installs_once(backend: Backend) {
    let server = circleci().await;
    let app = app_at(backend, &server, "127.0.0.1").await;
    app.cookie(ADMIN).await;
    let (one, two) = tokio::join!(install(&app, KEY), install(&app, KEY));
    for answer in [&one, &two] {
        assert!(matches!(answer.status, 200 | 409), "{}", answer.line());
    }
    assert!(one.status == 200 || two.status == 200);
    assert_eq!(installed(&app).await.len(), 1);
    assert_eq!(install(&app, KEY).await.status, 200);
    assert_eq!(installed(&app).await.len(), 1);
}

/// A browser without JavaScript is sent on; its address bar never holds what was typed.
async fn a_plain_form_is_sent_on_without_what_was_typed(backend: Backend) {
    let server = circleci().await;
    let app = app_at(backend, &server, "127.0.0.1").await;
    let plain = |key: &'static str| {
        let form = [("org", "acme"), ("provider", "circleci"), ("values[token]", key)];
        let call = app.call("integrations/install", &form).header("accept", "text/html");
        call.header("referer", "http://hub.test/settings/acme/integrations/circleci/install/").session(ADMIN)
    };
    let refused = plain("wrong-key").await;
    assert_eq!(refused.status, 307);
    let (path, refusal) = refused.sent_back();
    assert_eq!(path, "/settings/acme/integrations/circleci/install/");
    assert!(refusal.contains("CircleCI refused the key.") && !refusal.contains("wrong-key"), "{refusal}");
    let local = refused.header("location").strip_prefix("http://hub.test").unwrap();
    let page = app.get(local).header("accept", "text/html").session(ADMIN).await;
    assert!(page.text().contains("CircleCI refused the key."), "{}", page.text());
    let done = plain(KEY).await;
    let id = installed(&app).await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        (done.status, done.header("location")),
        (302, format!("/settings/acme/integrations/circleci/{id}/").as_str())
    );
}

on_both!(
    a_good_key_installs_the_account_it_belongs_to,
    the_key_is_nowhere_to_be_read,
    a_wrong_key_is_refused_beside_its_field_and_nothing_is_saved,
    a_provider_that_fails_or_is_silent_is_told_and_nothing_is_saved,
    without_the_operators_word_nothing_on_this_machine_is_called,
    a_form_that_lacks_or_invents_something_never_reaches_the_provider,
    a_form_that_is_sent_twice_installs_once,
    a_plain_form_is_sent_on_without_what_was_typed,
);
