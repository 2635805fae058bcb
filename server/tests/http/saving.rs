//! Saving settings one by one, as the configure page does.

use crate::support::{ACME, ADMIN, Answer, Backend, MANAGER, MEMBER, OWNER, TestApp};
use insta::assert_snapshot;
use serde_json::Value;

async fn save(app: &TestApp, who: &str, field: &str, value: &str, seen: &str) -> Answer {
    let form = [("org", "acme"), ("id", "5"), ("field", field), ("value", value), ("seen", seen)];
    app.call("integrations/save", &form).session(who).await
}

async fn stored(app: &TestApp, field: &str) -> Value {
    app.get("/api/0/organizations/acme/integrations/5/").session(MEMBER).await.json()["configData"][field].clone()
}

/// How many changes were noted.
async fn edits(app: &TestApp) -> usize {
    let entries = app.audit(ACME, "installation", "5").await;
    entries.iter().filter(|entry| entry.action == "integration.edit").count()
}

async fn a_saved_setting_is_told_in_a_sentence_and_noted(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let mut lines = Vec::new();
    for (field, value, seen) in [
        ("project_slug", "gh/acme/web", "\"\""),
        ("project_slug", "", "\"gh/acme/web\""),
        ("notify_on", "always", "\"failed\""),
        ("deploy_alerts", "", "true"),
        ("deploy_alerts", "on", "false"),
        ("poll_minutes", "60", "15"),
        ("poll_minutes", "", "60"),
    ] {
        lines.push(save(&app, ADMIN, field, value, seen).await.line());
    }
    let entries = app.audit(ACME, "installation", "5").await;
    lines.extend(
        entries
            .iter()
            .rev()
            .filter(|entry| entry.action == "integration.edit")
            .map(|entry| format!("{} {}", entry.actor, entry.summary)),
    );
    assert_snapshot!(lines.join("\n"), @r#"
    200 {"field":"project_slug","value":"gh/acme/web","previous":"","sentence":"Project is now “gh/acme/web”."}
    200 {"field":"project_slug","value":"","previous":"gh/acme/web","sentence":"Project is empty now."}
    200 {"field":"notify_on","value":"always","previous":"failed","sentence":"Tell people about is now “Every workflow”."}
    200 {"field":"deploy_alerts","value":false,"previous":true,"sentence":"Announce deployments is off."}
    200 {"field":"deploy_alerts","value":true,"previous":false,"sentence":"Announce deployments is on."}
    200 {"field":"poll_minutes","value":60,"previous":15,"sentence":"Minutes between two looks is now 60."}
    200 {"field":"poll_minutes","value":null,"previous":60,"sentence":"Minutes between two looks is empty now."}
    admin@acme.test changed Project from empty to “gh/acme/web”
    admin@acme.test changed Project from “gh/acme/web” to empty
    admin@acme.test changed Tell people about from “failed” to “always”
    admin@acme.test turned Announce deployments off
    admin@acme.test turned Announce deployments on
    admin@acme.test changed Minutes between two looks from 15 to 60
    admin@acme.test changed Minutes between two looks from 60 to empty
    "#);
}

async fn whoever_is_second_learns_who_was_first_and_decides(backend: Backend) {
    let app = TestApp::demo(backend).await;
    assert_eq!(save(&app, ADMIN, "project_slug", "gh/acme/api", "\"\"").await.status, 200);
    let conflict = save(&app, MANAGER, "project_slug", "gh/acme/web", "\"\"").await;
    assert_snapshot!(conflict.shown(), @r#"
    409 {
      "code": "conflict",
      "fields": {
        "project_slug": "\"gh/acme/api\""
      },
      "message": "admin@acme.test changed Project while you were editing it."
    }
    "#);
    assert_eq!(stored(&app, "project_slug").await, "gh/acme/api");
    // Having seen it, the second may overwrite.
    assert_eq!(save(&app, MANAGER, "project_slug", "gh/acme/web", "\"gh/acme/api\"").await.status, 200);
    assert_eq!(stored(&app, "project_slug").await, "gh/acme/web");
    // Both wanting the same is no conflict, and another field is none of it.
    let before = edits(&app).await;
    assert_eq!(save(&app, ADMIN, "project_slug", "gh/acme/web", "\"gh/acme/api\"").await.status, 200);
    assert_eq!(edits(&app).await, before, "nothing was changed by it");
    assert_eq!(save(&app, ADMIN, "poll_minutes", "30", "15").await.status, 200);
    assert_eq!(edits(&app).await, before + 1);
}

async fn two_admins_at_once_lose_nothing(backend: Backend) {
    let app = TestApp::demo(backend).await;
    app.cookie(ADMIN).await;
    app.cookie(MANAGER).await;
    let (one, two) = tokio::join!(
        save(&app, ADMIN, "project_slug", "gh/acme/api", "\"\""),
        save(&app, MANAGER, "poll_minutes", "30", "15"),
    );
    for (answer, field, value) in
        [(one, "project_slug", Value::from("gh/acme/api")), (two, "poll_minutes", Value::from(30))]
    {
        // Either it is stored, or its author was told that it is not.
        assert!(matches!(answer.status, 200 | 409), "{}", answer.line());
        assert_eq!(stored(&app, field).await == value, answer.status == 200, "{field}: {}", answer.line());
    }
    let (one, two) = tokio::join!(
        save(&app, ADMIN, "notify_on", "never", "\"failed\""),
        save(&app, MANAGER, "notify_on", "always", "\"failed\""),
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", one.line(), two.line());
}

async fn a_value_that_does_not_fit_is_refused_beside_its_field(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let (long, longer) = ("x".repeat(201), "x".repeat(9_000));
    let mut lines = Vec::new();
    for (field, value, seen) in [
        ("poll_minutes", "soon", "15"),
        ("poll_minutes", "0", "15"),
        ("poll_minutes", "1.5", "15"),
        ("poll_minutes", "99999999999999999999", "15"),
        ("notify_on", "sometimes", "\"failed\""),
        ("project_slug", "a\u{0}b", "\"\""),
        ("project_slug", "a\r\nb", "\"\""),
        ("project_slug", &long, "\"\""),
        ("webhook_secret", &longer, "null"),
        ("connection", "{}", "\"\""),
        ("", "x", "\"\""),
        ("project_slug", "x", "not JSON"),
    ] {
        let answer = save(&app, ADMIN, field, value, seen).await;
        lines.push(answer.line());
    }
    assert_snapshot!(lines.join("\n"), @r#"
    400 {"code":"invalid","message":"Minutes between two looks must be a whole number.","fields":{"poll_minutes":"Minutes between two looks must be a whole number."}}
    400 {"code":"invalid","message":"Minutes between two looks must be at least 1.","fields":{"poll_minutes":"Minutes between two looks must be at least 1."}}
    400 {"code":"invalid","message":"Minutes between two looks must be a whole number.","fields":{"poll_minutes":"Minutes between two looks must be a whole number."}}
    400 {"code":"invalid","message":"Minutes between two looks must be a whole number.","fields":{"poll_minutes":"Minutes between two looks must be a whole number."}}
    400 {"code":"invalid","message":"Tell people about must be one of: never, failed, always.","fields":{"notify_on":"Tell people about must be one of: never, failed, always."}}
    400 {"code":"invalid","message":"Project may not contain control characters.","fields":{"project_slug":"Project may not contain control characters."}}
    400 {"code":"invalid","message":"Project must be one line without control characters.","fields":{"project_slug":"Project must be one line without control characters."}}
    400 {"code":"invalid","message":"Project may be at most 200 characters long.","fields":{"project_slug":"Project may be at most 200 characters long."}}
    400 {"code":"invalid","message":"Webhook secret may be at most 8192 characters long.","fields":{"webhook_secret":"Webhook secret may be at most 8192 characters long."}}
    400 {"code":"invalid","message":"There is no such field.","fields":{"connection":"There is no such field."}}
    400 {"code":"invalid","message":"There is no such field.","fields":{"":"There is no such field."}}
    400 {"code":"invalid","message":"The page is out of date. Reload it."}
    "#);
    assert_eq!(edits(&app).await, 0);
}

async fn a_secret_is_replaced_but_never_shown(backend: Backend) {
    let app = TestApp::demo(backend).await;
    for (seen, secret) in ["planted-secret-one", "planted-secret-two"].into_iter().enumerate() {
        let times = if seen == 0 { "null".to_owned() } else { seen.to_string() };
        let answer = save(&app, ADMIN, "webhook_secret", secret, &times).await;
        assert_eq!(answer.json()["value"], seen + 1);
        assert_eq!(answer.json()["sentence"], "Webhook secret was replaced.");
        assert!(!answer.text().contains(secret));
    }
    let page = app.get("/settings/acme/integrations/circleci/5/").header("accept", "text/html").session(OWNER).await;
    assert!(page.status == 200 && !page.text().contains("planted-secret"));
    assert!(page.text().contains("Stored. Write a new one to replace it."));
    let bytes = app.database_bytes().await;
    assert!(!bytes.windows(14).any(|window| window == b"planted-secret"));
}

async fn who_replaces_a_secret_that_was_replaced_since_is_told(backend: Backend) {
    let app = TestApp::demo(backend).await;
    assert_eq!(save(&app, ADMIN, "webhook_secret", "of the one", "null").await.status, 200);
    let answer = save(&app, MANAGER, "webhook_secret", "of the other", "null").await;
    assert_snapshot!(
        answer.line(),
        @r#"409 {"code":"conflict","message":"admin@acme.test changed Webhook secret while you were editing it.","fields":{"webhook_secret":"1"}}"#
    );
    assert_eq!(edits(&app).await, 1);
    assert_eq!(save(&app, MANAGER, "webhook_secret", "", "null").await.status, 200, "nothing is replaced by nothing");
    assert_eq!(edits(&app).await, 1);
    assert_eq!(save(&app, MANAGER, "webhook_secret", "of the other", "1").await.status, 200);
    assert_eq!(edits(&app).await, 2);
}

/// What a conflict tells a page, it does not put into the address of a browser without JavaScript.
async fn a_plain_form_never_puts_a_setting_into_the_address(backend: Backend) {
    let app = TestApp::demo(backend).await;
    save(&app, ADMIN, "project_slug", "gh/acme/private-name", "\"\"").await;
    let form =
        [("org", "acme"), ("id", "5"), ("field", "project_slug"), ("value", "gh/acme/other-name"), ("seen", "\"\"")];
    let call = app.call("integrations/save", &form).header("accept", "text/html");
    let answer =
        call.header("referer", "http://hub.test/settings/acme/integrations/circleci/5/").session(MANAGER).await;
    assert_eq!(answer.status, 307);
    let (path, refusal) = answer.sent_back();
    assert_eq!(path, "/settings/acme/integrations/circleci/5/");
    assert!(refusal.contains("changed Project while you were editing it."), "{refusal}");
    assert!(!refusal.contains("private-name") && !refusal.contains("other-name"), "{refusal}");
}

on_both!(
    a_saved_setting_is_told_in_a_sentence_and_noted,
    whoever_is_second_learns_who_was_first_and_decides,
    two_admins_at_once_lose_nothing,
    a_value_that_does_not_fit_is_refused_beside_its_field,
    a_secret_is_replaced_but_never_shown,
    who_replaces_a_secret_that_was_replaced_since_is_told,
    a_plain_form_never_puts_a_setting_into_the_address,
);
