//! The instance's apps at providers.

use super::linear::{CLIENT_SECRET, Linear, app};
use crate::support::{ADMIN, Answer, Backend, MANAGER, MEMBER, OWNER, RIVAL, TestApp};
use serde_json::{Value, json};

async fn save(app: &TestApp, provider: &str, values: &[(&str, &str)]) -> Answer {
    let names: Vec<_> = values.iter().map(|(name, value)| (format!("values[{name}]"), *value)).collect();
    let mut form = vec![("provider", provider)];
    form.extend(names.iter().map(|(name, value)| (name.as_str(), *value)));
    app.call("admin/providers/save", &form).session(OWNER).await
}

async fn linear_of(app: &TestApp) -> Value {
    let list = app.call("admin/providers", &[]).session(OWNER).await.json();
    list.as_array().unwrap().iter().find(|app| app["provider"] == "linear").unwrap().clone()
}

async fn only_the_instance_administrator_sees_and_changes_them(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    for person in [MANAGER, ADMIN, MEMBER, RIVAL] {
        for (function, form) in [
            ("admin/providers", vec![]),
            ("admin/providers/save", vec![("provider", "linear"), ("values[client_id]", "x")]),
            ("admin/providers/test", vec![("provider", "linear")]),
            ("admin/providers/forget", vec![("provider", "linear")]),
        ] {
            assert_eq!(app.call(function, &form).session(person).await.status, 404, "{person} {function}");
        }
        assert_eq!(app.get("/admin/providers/").header("accept", "text/html").session(person).await.status, 404);
    }
    assert_eq!(linear_of(&app).await["complete"], true);
}

async fn a_secret_is_written_and_never_read_and_an_empty_one_keeps_it(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let answer = save(&app, "linear", &[("client_id", "other"), ("client_secret", ""), ("endpoint", "")]).await;
    assert_eq!(answer.status, 200, "{}", answer.line());
    let seen = linear_of(&app).await;
    assert_eq!((&seen["values"]["client_id"], &seen["secrets_set"]), (&json!("other"), &json!(["client_secret"])));
    assert_eq!(seen["addresses"], json!([["Callback URL", "http://hub.test/extensions/linear/setup/"]]));
    assert!(!seen.to_string().contains(CLIENT_SECRET) && !answer.text().contains(CLIENT_SECRET));
    let tested = app.call("admin/providers/test", &[("provider", "linear")]).session(OWNER).await;
    assert_eq!(tested.json()["works"], true, "{}", tested.line());
    save(&app, "linear", &[("client_id", "other"), ("client_secret", "wrong"), ("endpoint", "")]).await;
    let tested = app.call("admin/providers/test", &[("provider", "linear")]).session(OWNER).await;
    assert_eq!(tested.json()["works"], false, "{}", tested.line());
    app.call("admin/providers/forget", &[("provider", "linear")]).session(OWNER).await;
    let seen = linear_of(&app).await;
    assert_eq!((&seen["complete"], &seen["secrets_set"]), (&json!(false), &json!([])));
}

async fn wrong_values_are_refused_beside_their_fields(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let answer =
        save(&app, "slack", &[("client_id", ""), ("client_secret", "x"), ("endpoint", "ftp://x"), ("more", "y")]).await;
    let fields: Vec<_> = answer.json()["fields"].as_object().unwrap().keys().cloned().collect();
    assert_eq!((answer.status, fields), (400, ["client_id", "endpoint", "more"].map(str::to_owned).to_vec()));
    for provider in ["circleci", "postgres", "nothing", ""] {
        assert_eq!(save(&app, provider, &[("client_id", "x")]).await.status, 404, "{provider}");
    }
}

on_both!(
    only_the_instance_administrator_sees_and_changes_them,
    a_secret_is_written_and_never_read_and_an_empty_one_keeps_it,
    wrong_values_are_refused_beside_their_fields,
);
