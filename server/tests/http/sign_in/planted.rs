//! Twelve secrets are planted wherever secrets go in; afterwards none is in a log, a page, an address, an answer or the
//! database.

use super::linear::{CLIENT_SECRET, CODE, Linear, access_token, app, come_back, parameter, start};
use crate::support::{ADMIN, Answer, Backend, MASTER_KEY, MEMBER, OWNER, TestApp};
use hub::Actor;
use std::io::Write;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;

const DATABASE_PASSWORD: &str = "planted-database-password";
const API_KEY: &str = "planted-api-key";
const PRIVATE_KEY: &str = "planted-private-key";
const WEBHOOK_SECRET: &str = "planted-webhook-secret";
const WRONG_PASSWORD: &str = "planted wrong password";

/// Where the log goes.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Everything a client was answered: status, headers but for the cookie that is the point of signing in, and body.
fn whole(answer: &Answer) -> String {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "set-cookie");
    let headers: Vec<_> =
        headers.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or_default())).collect();
    format!("{} {}\n{}\n", answer.status, headers.join("\n"), answer.text())
}

/// Puts the secrets in where they go in, some where they are refused; answers what was answered.
async fn plant(app: &TestApp, linear: &Linear) -> String {
    let mut said = String::new();
    let github = [
        ("app_id", "1"),
        ("slug", "patchbay"),
        ("client_id", "id"),
        ("client_secret", "x"),
        ("private_key", PRIVATE_KEY),
        ("webhook_secret", WEBHOOK_SECRET),
        ("endpoint", ""),
    ];
    let github = github.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
    hub::provider_apps::save(&app.ctx, &Actor::operator(), "github", github).await.unwrap();
    let keep = |said: &mut String, answer: Answer| said.push_str(&whole(&answer));
    for provider in ["github", "linear"] {
        keep(&mut said, app.call("admin/providers/test", &[("provider", provider)]).session(OWNER).await);
    }
    let log_in = [("email", OWNER), ("password", WRONG_PASSWORD)];
    keep(&mut said, app.call("sessions/log-in", &log_in).await);
    for (provider, values) in [
        ("circleci", vec![("values[token]", API_KEY)]),
        (
            "postgres",
            vec![
                ("values[host]", "127.0.0.1"),
                ("values[port]", "1"),
                ("values[database]", "db"),
                ("values[user]", "me"),
                ("values[tls]", "disable"),
                ("values[password]", DATABASE_PASSWORD),
            ],
        ),
    ] {
        let form: Vec<_> = [("org", "acme"), ("provider", provider)].into_iter().chain(values).collect();
        keep(&mut said, app.call("integrations/install", &form).session(ADMIN).await);
        // As a browser without JavaScript sends it: the refusal comes back by an address.
        let page = format!("http://hub.test/settings/acme/integrations/{provider}/install/");
        let plain = app.call("integrations/install", &form).header("accept", "text/html").header("referer", &page);
        keep(&mut said, plain.session(ADMIN).await);
    }
    linear.set(|state| state.faults = vec![(400, "invalid_grant")]);
    for _ in 0..2 {
        let step = start(app, ADMIN, "linear").await;
        let state = parameter(&step, "state");
        said.push_str(&step.to_string());
        keep(&mut said, come_back(app, ADMIN, "linear", &[("code", CODE), ("state", &state)]).await);
    }
    said
}

async fn no_planted_secret_is_in_a_log_a_page_an_address_or_the_database(backend: Backend) {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    let listening = tracing::subscriber::set_default(subscriber);
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let mut said = plant(&app, &linear).await;
    let list = app.get("/api/0/organizations/acme/integrations/?providerKey=linear").session(OWNER).await.json();
    let rows = list.as_array().unwrap();
    let id = rows.iter().find(|row| row["name"] == "Acme Issues").unwrap()["id"].as_str().unwrap().to_owned();
    // The one answer that holds a token, for whoever may read it: not kept.
    assert_eq!(access_token(&app, &id).await.status, 200);
    app.call("integrations/check", &[("org", "acme"), ("id", &id)]).session(ADMIN).await;
    for path in [
        "/settings/acme/integrations/".to_owned(),
        "/settings/acme/integrations/linear/".to_owned(),
        format!("/settings/acme/integrations/linear/{id}/"),
        "/settings/acme/integrations/github/".to_owned(),
        "/settings/acme/integrations/circleci/".to_owned(),
        "/admin/providers/".to_owned(),
        "/admin/mail/".to_owned(),
        "/api/0/organizations/acme/integrations/".to_owned(),
        format!("/api/0/organizations/acme/integrations/{id}/"),
        "/v1/organizations/1/integrations".to_owned(),
    ] {
        for person in [OWNER, MEMBER] {
            said.push_str(&whole(&app.get(&path).header("accept", "text/html").session(person).await));
        }
    }
    let session = app.cookie(OWNER).await.split_once('=').unwrap().1.to_owned();
    let token = app.org_token("acme", &["org:read"]).await;
    app.get("/v1/organizations/1/integrations").bearer(&token).await;
    drop(listening);
    let log = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    let database = app.database_bytes().await;
    let database = String::from_utf8_lossy(&database).into_owned();
    assert!(
        log.contains("Answered") && said.contains("Acme Issues") && database.contains("Acme Issues"),
        "all was looked at"
    );
    let secrets = [
        MASTER_KEY,
        WRONG_PASSWORD,
        &session,
        &token,
        API_KEY,
        DATABASE_PASSWORD,
        CLIENT_SECRET,
        CODE,
        "planted-access-1",
        "planted-refresh-1",
        PRIVATE_KEY,
        WEBHOOK_SECRET,
    ];
    for (number, secret) in secrets.into_iter().enumerate() {
        for (place, text) in [("the log", &log), ("an answer", &said), ("the database", &database)] {
            let found = text.find(secret).map(|at| text[at.saturating_sub(120)..at].to_owned());
            assert_eq!(found, None, "secret {number} is in {place}, after this");
        }
    }
}

on_both!(no_planted_secret_is_in_a_log_a_page_an_address_or_the_database);
