//! One installation: reading, saving, removing.

use crate::support::{ACME, ADMIN, Backend, MEMBER, OWNER, TestApp};
use domain::time::SECOND;
use insta::assert_snapshot;
use serde_json::{Value, json};

const CIRCLECI: &str = "/api/0/organizations/acme/integrations/5/";
const NOT_FOUND: &str = r#"404 {"detail":"Not found."}"#;

async fn token(app: &TestApp) -> String {
    app.user_token(ADMIN, &["org:integrations"]).await
}

async fn data(app: &TestApp) -> Value {
    app.get(CIRCLECI).session(MEMBER).await.json()["configData"].clone()
}

async fn one_installation_is_shown_with_its_form(backend: Backend) {
    let app = TestApp::demo(backend).await;
    assert_snapshot!(app.get(CIRCLECI).session(MEMBER).await.shown(), @r#"
    200 {
      "accountType": null,
      "configData": {
        "deploy_alerts": true,
        "notify_on": "failed",
        "poll_minutes": 15,
        "project_slug": ""
      },
      "configOrganization": [
        {
          "help": "The project to follow, written as in its address at CircleCI. Left empty: all projects that the token's owner follows.",
          "label": "Project",
          "maxLength": 200,
          "name": "project_slug",
          "placeholder": "gh/acme/web",
          "type": "string"
        },
        {
          "choices": [
            [
              "never",
              "Nothing"
            ],
            [
              "failed",
              "Workflows that failed"
            ],
            [
              "always",
              "Every workflow"
            ]
          ],
          "default": "failed",
          "help": "Which finished workflows are worth an alert.",
          "label": "Tell people about",
          "name": "notify_on",
          "type": "select"
        },
        {
          "default": true,
          "help": "Send a note when a workflow with a deployment has finished.",
          "label": "Announce deployments",
          "name": "deploy_alerts",
          "type": "boolean"
        },
        {
          "help": "The secret that you gave the webhook in the project's settings at CircleCI. Calls with another signature are refused.",
          "label": "Webhook secret",
          "name": "webhook_secret",
          "type": "secret"
        },
        {
          "default": 15,
          "help": "How often pipelines are asked for while no webhook is set up.",
          "label": "Minutes between two looks",
          "max": 1440,
          "min": 1,
          "name": "poll_minutes",
          "type": "number"
        }
      ],
      "domainName": "circleci.com",
      "externalId": "c1rc1e",
      "gracePeriodEnd": null,
      "icon": null,
      "id": "5",
      "name": "Acme builds",
      "organizationId": 1,
      "organizationIntegrationStatus": "active",
      "outOfDate": false,
      "patchbay": {
        "checkedAt": 1789999880000,
        "configVersion": 1,
        "facts": [],
        "health": "healthy",
        "healthReason": null,
        "healthyAt": 1789999880000,
        "installationId": "5",
        "installedAt": 1788272000000,
        "nextCheckAt": null,
        "removalDueAt": null
      },
      "provider": {
        "aspects": {
          "configure_integration": {
            "title": "CircleCI settings"
          },
          "removal_dialog": {
            "actionText": "Remove",
            "body": "Patchbay forgets the token. It stays valid at CircleCI until you delete it there."
          }
        },
        "canAdd": true,
        "canDisable": false,
        "features": [
          "alert-rule",
          "ci-status",
          "deployment"
        ],
        "key": "circleci",
        "name": "CircleCI",
        "slug": "circleci"
      },
      "scopes": null,
      "status": "active"
    }
    "#);
}

async fn what_is_not_there_or_not_ours_is_not_found(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let token = token(&app).await;
    // 7 is the other organization's.
    for id in ["7", "999", "0", "-1", "abc", "5.0", "%205", "99999999999999999999", "%00", "%EF%BC%95"] {
        let path = format!("/api/0/organizations/acme/integrations/{id}/");
        assert_eq!(app.get(&path).bearer(&token).await.line(), NOT_FOUND, "GET {id}");
        assert_eq!(app.post(&path).bearer(&token).json(&json!({})).await.line(), NOT_FOUND, "POST {id}");
        assert_eq!(app.delete(&path).bearer(&token).await.line(), NOT_FOUND, "DELETE {id}");
    }
    assert_eq!(app.get("/api/0/organizations/acme/integrations/%FF/").bearer(&token).await.status, 404);
}

async fn saving_merges_what_the_body_names_and_answers_nothing(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let token = token(&app).await;
    let before = data(&app).await;
    let body =
        json!({ "project_slug": " gh/acme/web ", "poll_minutes": 5, "unknown": { "deep": [1] }, "connection": 1 });
    let answer = app.post(CIRCLECI).bearer(&token).json(&body).await;
    assert_eq!(answer.line(), "200 ");
    let mut expected = before;
    expected["project_slug"] = "gh/acme/web".into();
    expected["poll_minutes"] = 5.into();
    assert_eq!(data(&app).await, expected);
    let entries = app.audit(ACME, "installation", "5").await;
    assert_eq!(
        (entries[0].action.as_str(), entries[0].actor.as_str()),
        ("integration.edit", "admin@acme.test by token command line")
    );
    // Nothing new is no change: no second entry.
    assert_eq!(app.post(CIRCLECI).bearer(&token).json(&body).await.line(), "200 ");
    assert_eq!(app.post(CIRCLECI).bearer(&token).await.line(), "200 ");
    assert_eq!(app.audit(ACME, "installation", "5").await.len(), entries.len());
}

async fn a_value_that_does_not_fit_its_field_saves_nothing(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let (token, before) = (token(&app).await, data(&app).await);
    let long = "x".repeat(201);
    let mut lines = Vec::new();
    for body in [
        json!({ "poll_minutes": 0 }),
        json!({ "poll_minutes": 1441 }),
        json!({ "poll_minutes": "5" }),
        json!({ "poll_minutes": 1.5 }),
        json!({ "poll_minutes": 9_223_372_036_854_775_808_u64 }),
        json!({ "deploy_alerts": "true" }),
        json!({ "deploy_alerts": null }),
        json!({ "notify_on": "sometimes" }),
        json!({ "notify_on": ["never"] }),
        json!({ "project_slug": "a\u{0}b" }),
        json!({ "project_slug": "a\nb" }),
        json!({ "project_slug": { "a": 1 } }),
        json!({ "project_slug": long }),
        json!({ "webhook_secret": 7 }),
        json!({ "deploy_alerts": false, "poll_minutes": 0, "notify_on": "sometimes" }),
    ] {
        let answer = app.post(CIRCLECI).bearer(&token).json(&body).await;
        lines.push(format!("{}: {}", body.to_string().replace(&long, "x…"), answer.line()));
    }
    assert_snapshot!(lines.join("\n"), @r#"
    {"poll_minutes":0}: 400 {"detail":"Minutes between two looks must be at least 1."}
    {"poll_minutes":1441}: 400 {"detail":"Minutes between two looks must be at most 1440."}
    {"poll_minutes":"5"}: 400 {"detail":"Minutes between two looks must be a whole number."}
    {"poll_minutes":1.5}: 400 {"detail":"Minutes between two looks must be a whole number."}
    {"poll_minutes":9223372036854775808}: 400 {"detail":"Minutes between two looks must be a whole number."}
    {"deploy_alerts":"true"}: 400 {"detail":"Announce deployments is a switch: send true or false."}
    {"deploy_alerts":null}: 400 {"detail":"Announce deployments is a switch: send true or false."}
    {"notify_on":"sometimes"}: 400 {"detail":"Tell people about must be one of: never, failed, always."}
    {"notify_on":["never"]}: 400 {"detail":"Tell people about must be text."}
    {"project_slug":"a\u0000b"}: 400 {"detail":"Project may not contain control characters."}
    {"project_slug":"a\nb"}: 400 {"detail":"Project must be one line without control characters."}
    {"project_slug":{"a":1}}: 400 {"detail":"Project must be text."}
    {"project_slug":"x…"}: 400 {"detail":"Project may be at most 200 characters long."}
    {"webhook_secret":7}: 400 {"detail":"Webhook secret must be text."}
    {"deploy_alerts":false,"notify_on":"sometimes","poll_minutes":0}: 400 {"detail":"Tell people about must be one of: never, failed, always. Minutes between two looks must be at least 1."}
    "#);
    assert_eq!(data(&app).await, before);
}

async fn a_body_that_is_no_object_is_refused(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let token = token(&app).await;
    let post = |kind: &str, body: Vec<u8>| app.post(CIRCLECI).bearer(&token).header("content-type", kind).body(body);
    let mut lines = Vec::new();
    for body in [
        "[]",
        "null",
        "7",
        "\"x\"",
        "{",
        "{\"a\":}",
        "{'a':1}",
        "{\"a\":NaN}",
        "{\"a\":1e999}",
        "{} {}",
        "\u{feff}{}",
        "{\"a\":\"\\ud800\"}",
    ] {
        lines.push(format!("{body}: {}", post("application/json", body.into()).await.line()));
    }
    let deep = format!("{}1{}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
    lines.push(format!("5000 deep: {}", post("application/json", deep.into()).await.line()));
    lines.push(format!("not UTF-8: {}", post("application/json", b"{\"a\":\"\xff\"}".to_vec()).await.line()));
    lines.push(format!("2 MiB: {}", post("application/json", vec![b' '; 2 << 20]).await.line()));
    lines.push(format!("text: {}", post("text/plain", b"{}".to_vec()).await.line()));
    lines.push(format!("form: {}", post("application/x-www-form-urlencoded", b"a=b".to_vec()).await.line()));
    lines.push(format!("vendor: {}", post("application/vnd.api+json", b"{}".to_vec()).await.line()));
    assert_snapshot!(lines.join("\n"), @r#"
    []: 400 {"detail":"The body must be a JSON object of settings."}
    null: 400 {"detail":"The body must be a JSON object of settings."}
    7: 400 {"detail":"The body must be a JSON object of settings."}
    "x": 400 {"detail":"The body must be a JSON object of settings."}
    {: 400 {"detail":"JSON parse error - EOF while parsing an object at line 1 column 1"}
    {"a":}: 400 {"detail":"JSON parse error - expected value at line 1 column 6"}
    {'a':1}: 400 {"detail":"JSON parse error - key must be a string at line 1 column 2"}
    {"a":NaN}: 400 {"detail":"JSON parse error - expected value at line 1 column 6"}
    {"a":1e999}: 400 {"detail":"JSON parse error - number out of range at line 1 column 10"}
    {} {}: 400 {"detail":"JSON parse error - trailing characters at line 1 column 4"}
    ﻿{}: 400 {"detail":"JSON parse error - expected value at line 1 column 1"}
    {"a":"\ud800"}: 400 {"detail":"JSON parse error - unexpected end of hex escape at line 1 column 13"}
    5000 deep: 400 {"detail":"JSON parse error - recursion limit exceeded at line 1 column 636"}
    not UTF-8: 400 {"detail":"JSON parse error - invalid unicode code point at line 1 column 7"}
    2 MiB: 413 {"detail":"The body is larger than 1 MiB."}
    text: 415 {"detail":"Unsupported media type \"text/plain\" in request."}
    form: 415 {"detail":"Unsupported media type \"application/x-www-form-urlencoded\" in request."}
    vendor: 200
    "#);
}

async fn a_member_may_look_but_not_touch_and_the_try_is_noted(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let token = app.user_token(MEMBER, &["org:admin"]).await;
    let forbidden = r#"403 {"detail":"You do not have permission to perform this action."}"#;
    assert_eq!(app.get(CIRCLECI).bearer(&token).await.status, 200);
    assert_eq!(app.post(CIRCLECI).bearer(&token).body("{").await.line(), forbidden);
    assert_eq!(app.delete(CIRCLECI).bearer(&token).await.line(), forbidden);
    assert_eq!(app.delete("/api/0/organizations/acme/integrations/7/").bearer(&token).await.line(), forbidden);
    assert_snapshot!(app.refusals(ACME).await.join("\n"), @r#"
    member@acme.test by token command line was refused something that needs one of org:admin, org:integrations
    member@acme.test by token command line was refused something that needs one of org:admin, org:integrations
    member@acme.test by token command line was refused something that needs one of org:write, org:admin, org:integrations
    "#);
}

async fn a_secret_goes_in_and_never_comes_out(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let token = token(&app).await;
    let secret = "planted-webhook-secret";
    assert_eq!(app.post(CIRCLECI).bearer(&token).json(&json!({ "webhook_secret": secret })).await.status, 200);
    for path in [
        CIRCLECI,
        "/api/0/organizations/acme/integrations/",
        "/v1/organizations/1/integrations",
        "/settings/acme/integrations/circleci/5/",
    ] {
        let answer = app.get(path).session(OWNER).await;
        assert!(answer.status == 200 && !answer.text().contains(secret), "{path}");
    }
    assert!(data(&app).await.get("webhook_secret").is_none());
    let bytes = app.database_bytes().await;
    assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
}

async fn removing_twice_is_removing_once(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let token = token(&app).await;
    for _ in 0..2 {
        assert_eq!(app.delete(CIRCLECI).bearer(&token).await.line(), "204 ");
    }
    let status = app.get(CIRCLECI).bearer(&token).await.json()["organizationIntegrationStatus"].clone();
    assert_eq!(status, "pending_deletion");
    let removals =
        app.audit(ACME, "installation", "5").await.into_iter().filter(|entry| entry.action == "integration.remove");
    assert_eq!(removals.count(), 1);
    assert_eq!(app.work().await, 0, "it can still be undone");
    app.clock.advance(10 * SECOND);
    assert_eq!(app.work().await, 1);
    assert_eq!(app.get(CIRCLECI).bearer(&token).await.line(), NOT_FOUND);
    assert_eq!(app.delete(CIRCLECI).bearer(&token).await.line(), NOT_FOUND);
    assert_eq!(app.post(CIRCLECI).bearer(&token).json(&json!({})).await.line(), NOT_FOUND);
}

on_both!(
    one_installation_is_shown_with_its_form,
    what_is_not_there_or_not_ours_is_not_found,
    saving_merges_what_the_body_names_and_answers_nothing,
    a_value_that_does_not_fit_its_field_saves_nothing,
    a_body_that_is_no_object_is_refused,
    a_member_may_look_but_not_touch_and_the_try_is_noted,
    a_secret_goes_in_and_never_comes_out,
    removing_twice_is_removing_once,
);
