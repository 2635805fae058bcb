//! Rows and secrets of settings as a hostile or an absent-minded caller sends them: what is stored stays.

use crate::settings::connected;
use crate::support::{ACME, ADMIN, Answer, Backend, MEMBER, TestApp};
use serde_json::{Value, json};

/// A connection without a sign-in.
struct Connected {
    app: TestApp,
    id: String,
    url: String,
    provider: &'static str,
}

impl Connected {
    async fn to(backend: Backend, provider: &'static str) -> Self {
        let app = TestApp::demo(backend).await;
        let (id, url) = connected(&app, provider).await;
        Self { app, id, url, provider }
    }

    /// As a program does.
    async fn post(&self, body: Value) -> Answer {
        let token = self.app.org_token("acme", &["org:integrations"]).await;
        self.app.post(&self.url).bearer(&token).json(&body).await
    }

    /// As the page does.
    async fn save(&self, field: &str, value: &str, seen: &str) -> Answer {
        let form = [("org", "acme"), ("id", &*self.id), ("field", field), ("value", value), ("seen", seen)];
        self.app.call("integrations/save", &form).session(ADMIN).await
    }

    /// As the page does, with rows; what it saw is what is stored.
    async fn save_rows(&self, field: &str, rows: &Value) -> Answer {
        self.save(field, &rows.to_string(), &self.stored(field).await.to_string()).await
    }

    async fn stored(&self, field: &str) -> Value {
        self.app.get(&self.url).session(MEMBER).await.json()["configData"][field].clone()
    }

    /// The names of the secrets, each with how often it was written.
    async fn secrets(&self) -> Vec<(String, i64)> {
        let mut conn = self.app.ctx.store.read().await.unwrap();
        let installed = store::installations::of_organization(&mut conn, ACME, Some(self.provider)).await.unwrap();
        let secrets = store::credentials::of_installation(&mut conn, installed[0].id).await.unwrap();
        secrets.into_iter().map(|secret| (secret.field, secret.version)).collect()
    }

    /// What the audit log tells of its settings, oldest first.
    async fn edits(&self) -> Vec<String> {
        let entries = self.app.audit(ACME, "installation", &self.id).await;
        let edits = entries.into_iter().rev().filter(|entry| entry.action == "integration.edit");
        edits.map(|entry| entry.summary).collect()
    }
}

fn row(id: &str, service: &str, key: &str) -> Value {
    json!({"id": id, "service": service, "integration_key": key})
}

async fn an_id_that_was_not_given_here_is_refused_and_overwrites_no_secret(backend: Backend) {
    let pagerduty = Connected::to(backend, "pagerduty").await;
    assert_eq!(pagerduty.post(json!({"service_table": [row("", "Web", "first-key")]})).await.line(), "200 ");
    let why =
        r#"400 {"detail":"Services has a row with an id that was not given here. Send a new row without an id."}"#;
    let (long, highest) = ("1".repeat(5_000), u32::MAX.to_string());
    for id in ["18446744073709551615", "a\u{0}b", "newest", &long, "01"] {
        let (other, one, two) = (row(id, "A", "a"), row("", "B", "b"), row("", "C", "c"));
        let answer = pagerduty.post(json!({"service_table": [row("1", "Web", ""), other, one, two]})).await;
        assert_eq!(answer.line(), why, "{id:.20}");
    }
    let past = json!({"service_table": [row("1", "Web", ""), row(&highest, "A", "a"), row("", "B", "b")]});
    let why =
        r#"400 {"detail":"Services has a row with the id 4294967295, after which there is none. Remove that row."}"#;
    assert_eq!(pagerduty.post(past).await.line(), why);
    assert_eq!(pagerduty.stored("service_table").await, json!([row("1", "Web", "")]));
    assert_eq!(pagerduty.secrets().await, [("service_table.1.integration_key".to_owned(), 1)]);
}

async fn a_pair_with_a_control_character_is_refused(backend: Backend) {
    let vercel = Connected::to(backend, "vercel").await;
    let answer = vercel.post(json!({"project_mappings": [[1, "a\u{0}b"]]})).await;
    assert_eq!(answer.status, 400, "{}", answer.line());
    assert!(answer.text().contains("must be a list of pairs"), "{}", answer.text());
}

async fn an_empty_secret_keeps_the_one_that_is_stored(backend: Backend) {
    let circleci = Connected::to(backend, "circleci").await;
    let stored = [("webhook_secret".to_owned(), 1)];
    let first = circleci.save("webhook_secret", "planted", "null").await.json();
    assert_eq!((&first["sentence"], &first["replaced_secret"]), (&json!("Webhook secret was replaced."), &json!(true)));
    let empty = circleci.save("webhook_secret", "", "null").await;
    assert_eq!((empty.status, &empty.json()["sentence"]), (200, &json!("Webhook secret was left as it was.")));
    assert_eq!(circleci.secrets().await, stored);
    assert_eq!(circleci.post(json!({"webhook_secret": ""})).await.line(), "200 ");
    assert_eq!(circleci.post(json!({"webhook_secret": null})).await.status, 400);
    assert_eq!(circleci.secrets().await, stored);
    // Beside another setting it is left as well.
    assert_eq!(circleci.post(json!({"webhook_secret": "", "project_slug": "gh/a/b"})).await.line(), "200 ");
    assert_eq!(circleci.secrets().await, stored);
    assert_eq!(circleci.edits().await, ["replaced Webhook secret", "changed Project from empty to “gh/a/b”"]);
    assert_eq!(circleci.stored("webhook_secret").await, Value::Null, "no secret is among the settings");
}

async fn only_a_secret_that_was_there_before_cannot_be_undone(backend: Backend) {
    let pagerduty = Connected::to(backend, "pagerduty").await;
    let replaced = |answer: Answer| {
        assert_eq!(answer.status, 200, "{}", answer.line());
        answer.json()["replaced_secret"] == true
    };
    let save = async |rows: Value| replaced(pagerduty.save_rows("service_table", &rows).await);
    let first = pagerduty.save("service_table", &json!([row("", "Web", "one")]).to_string(), "[]").await;
    assert!(!replaced(first), "the undo removes the row");
    assert!(!save(json!([row("1", "Web", ""), row("", "Api", "two")])).await);
    assert!(!save(json!([row("1", "Shop", ""), row("2", "Api", "")])).await);
    assert!(save(json!([row("1", "Shop", "three"), row("2", "Api", "")])).await);
    assert!(save(json!([row("1", "Web", "four"), row("2", "Api", "")])).await, "the undo would bring back half of it");
    let edits = pagerduty.edits().await;
    assert_eq!(edits[3], "changed Services: secrets alone");
    assert_eq!(edits.len(), 5, "{edits:?}");
}

async fn what_is_stored_already_is_not_saved_again(backend: Backend) {
    let pagerduty = Connected::to(backend, "pagerduty").await;
    let rows = json!([row("", "Web", "one"), row("", "Api", "two")]);
    assert_eq!(pagerduty.post(json!({"service_table": rows})).await.line(), "200 ");
    let once = pagerduty.edits().await;
    for rows in [json!([row("1", "Web", ""), row("2", "Api", "")]), json!([row("2", "Api", ""), row("1", "Web", "")])] {
        let answer = pagerduty.save_rows("service_table", &rows).await.json();
        assert_eq!(answer["value"], answer["previous"], "there is nothing to undo");
        assert_eq!(pagerduty.post(json!({"service_table": rows})).await.line(), "200 ");
    }
    assert_eq!(pagerduty.edits().await, once);
}

async fn a_text_saved_without_scripts_has_the_line_breaks_of_the_page(backend: Backend) {
    let postgres = Connected::to(backend, "postgres").await;
    assert_eq!(postgres.save("notes", "Ines looks after it.\r\nBacked up.", "\"\"").await.status, 200);
    assert_eq!(postgres.stored("notes").await, "Ines looks after it.\nBacked up.");
    // Whoever leaves the field with scripts sends the same again.
    let seen = json!("Ines looks after it.\nBacked up.").to_string();
    assert_eq!(postgres.save("notes", "Ines looks after it.\nBacked up.", &seen).await.status, 200);
    assert_eq!(postgres.edits().await.len(), 1);
}

on_both! {
    an_id_that_was_not_given_here_is_refused_and_overwrites_no_secret,
    a_pair_with_a_control_character_is_refused,
    an_empty_secret_keeps_the_one_that_is_stored,
    only_a_secret_that_was_there_before_cannot_be_undone,
    what_is_stored_already_is_not_saved_again,
    a_text_saved_without_scripts_has_the_line_breaks_of_the_page,
}
