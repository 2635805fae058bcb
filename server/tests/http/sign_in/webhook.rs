//! GitHub tells that an installation was suspended, resumed or removed.

use crate::support::{ADMIN, Answer, Backend, OWNER, Options, TestApp};
use domain::integrations::{Account, Facts, StoredConfig};
use hub::Actor;
use ring::hmac;
use serde_json::{Value, json};

const SECRET: &str = "planted-webhook-secret";

async fn app(backend: Backend) -> TestApp {
    let app = TestApp::with(backend, Options::default()).await;
    let values = [
        ("app_id", "1"),
        ("slug", "patchbay"),
        ("client_id", "id"),
        ("client_secret", "secret"),
        ("private_key", "key"),
        ("webhook_secret", SECRET),
        ("endpoint", ""),
    ];
    let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
    hub::provider_apps::save(&app.ctx, &Actor::operator(), "github", values).await.unwrap();
    let mut conn = app.ctx.store.write().await.unwrap();
    let account = Account { external_id: "4711".into(), name: "acme-hub".into(), ..Account::default() };
    let now = app.ctx.now();
    let integration = store::integrations::upsert(&mut conn, "github", &account, now).await.unwrap();
    let (config, facts) = (StoredConfig::default(), Facts::default());
    store::installations::insert(&mut conn, crate::support::ACME, integration, &config, &facts, None, now)
        .await
        .unwrap();
    conn.commit().await.unwrap();
    app
}

async fn send(app: &TestApp, secret: &str, action: &str) -> Answer {
    let body = json!({ "action": action, "installation": { "id": 4711 } }).to_string();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, body.as_bytes());
    let signature: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    app.post("/extensions/github/webhook/")
        .header("x-github-event", "installation")
        .header("x-hub-signature-256", &format!("sha256={signature}"))
        .header("content-type", "application/json")
        .body(body)
        .await
}

async fn state(app: &TestApp) -> Value {
    let list = app.get("/api/0/organizations/acme/integrations/?providerKey=github").session(OWNER).await.json();
    list.as_array().unwrap().iter().find(|row| row["name"] == "acme-hub").unwrap()["patchbay"].clone()
}

async fn a_suspension_and_an_uninstall_are_known_with_one_webhook(backend: Backend) {
    let app = app(backend).await;
    for (action, told) in [
        ("suspend", "It was suspended at GitHub. Somebody has to take that back there."),
        ("deleted", "The app was uninstalled at GitHub. Install it there again, or remove it here."),
    ] {
        assert_eq!(send(&app, SECRET, action).await.status, 204);
        let state = state(&app).await;
        assert_eq!((&state["health"], &state["healthReason"]), (&json!("removed_at_provider"), &json!(told)));
    }
    assert_eq!(send(&app, SECRET, "unsuspend").await.status, 204);
    let now = app.ctx.now();
    let mut conn = app.ctx.store.read().await.unwrap();
    let due = store::installations::due_for_check(&mut conn, now, 50).await.unwrap();
    let id = state(&app).await["installationId"].as_str().unwrap().to_owned();
    assert!(due.iter().any(|due| due.to_string() == id), "it is checked at once");
}

async fn a_forged_webhook_changes_nothing_and_is_refused(backend: Backend) {
    let app = app(backend).await;
    let before = state(&app).await;
    assert_eq!(send(&app, "wrong", "deleted").await.status, 401);
    let bare = app.post("/extensions/github/webhook/").body("{}").await;
    assert_eq!(bare.status, 401);
    assert_eq!(app.post("/extensions/linear/webhook/").body("{}").await.status, 404);
    assert_eq!(app.post("/extensions/nothing/webhook/").session(ADMIN).body("{}").await.status, 404);
    assert_eq!(state(&app).await, before);
}

on_both!(a_suspension_and_an_uninstall_are_known_with_one_webhook, a_forged_webhook_changes_nothing_and_is_refused,);
