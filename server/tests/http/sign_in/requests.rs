//! Asking for an integration.

use super::linear::{Linear, app, connect};
use crate::support::{ACME, ADMIN, Answer, BOTH, Backend, MEMBER, OWNER, RIVAL, TestApp};
use serde_json::{Value, json};

async fn ask(app: &TestApp, person: &str, message: &str) -> Answer {
    app.call("requests/ask", &[("org", "acme"), ("provider", "linear"), ("message", message)]).session(person).await
}

async fn decide(app: &TestApp, person: &str, org: &str, id: &str, approve: &str) -> Answer {
    app.call("requests/decide", &[("org", org), ("id", id), ("approve", approve)]).session(person).await
}

async fn detail(app: &TestApp, person: &str) -> Value {
    let form = [("org", "acme"), ("kind", "first_party"), ("key", "linear")];
    app.call("integrations/detail", &form).session(person).await.json()[1].clone()
}

async fn subjects(app: &TestApp) -> Vec<String> {
    let mut conn = app.ctx.store.read().await.unwrap();
    let mails = store::mails::newest(&mut conn, 50).await.unwrap();
    // One lies in the demonstration's outbox from the beginning.
    let mails = mails.into_iter().filter(|mail| mail.subject != "Linear needs a new sign-in");
    let mut lines: Vec<_> = mails.map(|mail| format!("{} {}", mail.recipient, mail.subject)).collect();
    lines.sort();
    lines
}

async fn a_member_asks_once_and_those_who_can_act_see_it_and_get_a_mail(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    assert_eq!(detail(&app, MEMBER).await["install"]["kind"], "ask");
    let first = ask(&app, MEMBER, "For the roadmap").await;
    assert_eq!(first.status, 200, "{}", first.line());
    ask(&app, MEMBER, "For the roadmap, please").await;
    let mine = detail(&app, MEMBER).await;
    assert_eq!((&mine["my_request"]["status"], &mine["requests"]), (&json!("pending"), &json!([])));
    let theirs = detail(&app, ADMIN).await;
    assert_eq!(theirs["requests"].as_array().unwrap().len(), 1);
    assert_eq!(theirs["requests"][0]["message"], "For the roadmap, please");
    let name = theirs["requests"][0]["user_name"].as_str().unwrap().to_owned();
    assert_eq!(
        subjects(&app).await,
        ["admin", "manager", "owner"].map(|who| format!("{who}@acme.test {name} asks for Linear"))
    );
    let directory = |person| app.call("directory/list", &[("org", "acme")]).session(person);
    let badge = |answer: Answer| answer.json().to_string().contains("\"requests\":1");
    assert!(badge(directory(ADMIN).await) && !badge(directory(MEMBER).await));
}

async fn only_those_who_may_install_decide_and_only_once(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = ask(&app, MEMBER, "").await.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(decide(&app, MEMBER, "acme", &id, "true").await.status, 403);
    assert_eq!(decide(&app, RIVAL, "acme", &id, "true").await.status, 404);
    assert_eq!(decide(&app, RIVAL, "rival", &id, "true").await.status, 404);
    assert_eq!(decide(&app, ADMIN, "acme", &id, "false").await.status, 200);
    assert_eq!(decide(&app, OWNER, "acme", &id, "true").await.status, 409);
    let mine = detail(&app, MEMBER).await;
    assert_eq!((&mine["my_request"]["status"], &mine["my_request"]["decided_by"]), (&json!("declined"), &json!(ADMIN)));
    assert!(subjects(&app).await.contains(&"member@acme.test Your request for Linear was declined".to_owned()));
    assert_eq!(ask(&app, MEMBER, "again").await.json()["status"], "pending");
}

async fn installing_it_approves_what_was_asked_for(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    ask(&app, MEMBER, "").await;
    connect(&app).await;
    let mine = detail(&app, MEMBER).await;
    assert_eq!((&mine["my_request"]["status"], &mine["my_request"]["decided_by"]), (&json!("approved"), &json!(ADMIN)));
    assert_eq!(detail(&app, ADMIN).await["requests"], json!([]));
}

async fn wrong_requests_are_refused(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    assert_eq!(ask(&app, ADMIN, "").await.status, 409, "who may install need not ask");
    assert_eq!(ask(&app, RIVAL, "").await.status, 404);
    assert_eq!(ask(&app, MEMBER, &"x".repeat(1_001)).await.status, 400);
    assert_eq!(ask(&app, MEMBER, "a\u{7}b").await.status, 400);
    let unknown = [("org", "acme"), ("provider", "nothing"), ("message", "")];
    assert_eq!(app.call("requests/ask", &unknown).session(MEMBER).await.status, 404);
    assert_eq!(ask(&app, BOTH, "<b>bold</b>").await.status, 200);
    let html = app.get("/settings/acme/integrations/linear/").header("accept", "text/html").session(ADMIN).await;
    assert!(html.text().contains("&lt;b&gt;bold&lt;/b&gt;") && !html.text().contains("<b>bold</b>"));
    assert_eq!(app.audit(ACME, "install_request", "1").await.len(), 1);
}

on_both!(
    a_member_asks_once_and_those_who_can_act_see_it_and_get_a_mail,
    only_those_who_may_install_decide_and_only_once,
    installing_it_approves_what_was_asked_for,
    wrong_requests_are_refused,
);
