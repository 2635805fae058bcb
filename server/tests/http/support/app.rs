//! The app that tests talk to.

use super::call::Call;
use super::clock::{BEGIN, TestClock};
use super::database::{Backend, Database};
use axum::Router;
use axum::http::Method;
use domain::Timestamp;
use domain::audit::AuditEntry;
use domain::ids::OrgId;
use hub::ctx::{Settings, SystemEntropy};
use hub::vault::Vault;
use hub::{Client, Ctx, demo};
use leptos::prelude::LeptosOptions;
use patchbay_server::router::{App, router};
use providers::outbound::{Limits, Outbound};
use secrecy::ExposeSecret as _;
use std::collections::HashMap;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::Mutex;

/// The organization of the demonstration that most tests look at.
pub const ACME: OrgId = OrgId(1);

/// The master key of every app.
pub const MASTER_KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// How an app is made.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether people and installations are there.
    pub demo: bool,
    /// Where browsers find it.
    pub public_url: String,
    /// The one-time code of the set-up.
    pub setup_code: Option<String>,
    /// What the operator allows to be connected to.
    pub outbound_allow: String,
    /// Where providers are, by key.
    pub endpoints: Vec<(String, String)>,
    /// How long an outside call may take.
    pub patience: Duration,
    /// What its clock shows at the beginning. Tests with processes beside them begin at the machine's time.
    pub begin: Timestamp,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            demo: true,
            public_url: "http://hub.test".to_owned(),
            setup_code: None,
            outbound_allow: String::new(),
            endpoints: Vec::new(),
            patience: Duration::from_millis(500),
            begin: BEGIN,
        }
    }
}

/// A Patchbay without a network.
pub struct TestApp {
    /// The hub behind it.
    pub ctx: Ctx,
    /// Its clock.
    pub clock: TestClock,
    pub(super) router: Router,
    cookies: Mutex<HashMap<String, String>>,
    /// Its database.
    pub database: Database,
    _site: TempDir,
}

impl TestApp {
    /// With the demonstration's people.
    pub async fn demo(backend: Backend) -> Self {
        Self::with(backend, Options::default()).await
    }

    /// Before anybody set it up.
    pub async fn fresh(backend: Backend) -> Self {
        Self::with(backend, Options { demo: false, ..Options::default() }).await
    }

    /// As the options say.
    pub async fn with(backend: Backend, options: Options) -> Self {
        let database = Database::make(&backend).await;
        let clock = TestClock::at(options.begin);
        let settings = Settings {
            public_url: options.public_url.parse().unwrap(),
            setup_code: options.setup_code.map(Into::into),
            smtp: None,
            endpoints: options.endpoints.into_iter().collect(),
        };
        let vault = Vault::from_text(&MASTER_KEY.into()).unwrap();
        let limits = Limits { connect: options.patience, total: options.patience, ..Limits::default() };
        let outbound = Outbound::new(options.outbound_allow.parse().unwrap()).with_limits(limits);
        let store = database.open().await;
        let ctx = Ctx::new(store, vault, outbound, Box::new(clock.clone()), Box::new(SystemEntropy), settings);
        if options.demo {
            demo::fill(&ctx).await.unwrap();
        }
        let site = site();
        let leptos = LeptosOptions::builder()
            .output_name("patchbay")
            .site_root(site.path().display().to_string())
            .site_pkg_dir("pkg")
            .build();
        let router = router(App { ctx: ctx.clone(), leptos, trusted_proxies: [].into() });
        Self { ctx, clock, router, cookies: Mutex::default(), database, _site: site }
    }

    /// A request.
    pub fn request(&self, method: Method, path: &str) -> Call<'_> {
        Call::new(self, method, path)
    }

    /// A GET request.
    pub fn get(&self, path: &str) -> Call<'_> {
        self.request(Method::GET, path)
    }

    /// A POST request.
    pub fn post(&self, path: &str) -> Call<'_> {
        self.request(Method::POST, path)
    }

    /// A DELETE request.
    pub fn delete(&self, path: &str) -> Call<'_> {
        self.request(Method::DELETE, path)
    }

    /// A call of a server function, as a page of ours makes it.
    pub fn call(&self, function: &str, form: &[(&str, &str)]) -> Call<'_> {
        self.post(&format!("/_api/{function}")).header("sec-fetch-site", "same-origin").form(form)
    }

    /// The `Cookie` header of a signed-in person of the demonstration.
    pub async fn cookie(&self, email: &str) -> String {
        let mut cookies = self.cookies.lock().await;
        if let Some(cookie) = cookies.get(email) {
            return cookie.clone();
        }
        let turn = super::call::PASSWORDS.lock().await;
        let session = hub::sessions::log_in(&self.ctx, &Client::default(), email, demo::PASSWORD.into()).await.unwrap();
        drop(turn);
        let cookie = session.cookie.split(';').next().unwrap().to_owned();
        cookies.insert(email.to_owned(), cookie.clone());
        cookie
    }

    /// A token of an organization.
    pub async fn org_token(&self, slug: &str, scopes: &[&str]) -> String {
        self.token(Some(slug), None, scopes, None).await
    }

    /// A token of a person.
    pub async fn user_token(&self, email: &str, scopes: &[&str]) -> String {
        self.token(None, Some(email), scopes, None).await
    }

    /// A token that ends after so many milliseconds.
    pub async fn token(&self, org: Option<&str>, email: Option<&str>, scopes: &[&str], length: Option<i64>) -> String {
        let scopes: Vec<_> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let token = hub::operator::create_token(&self.ctx, org, email, &scopes, length).await.unwrap();
        token.expose_secret().to_owned()
    }

    /// What an organization's audit log says about a thing, newest first.
    pub async fn audit(&self, org: OrgId, kind: &str, id: &str) -> Vec<AuditEntry> {
        let mut conn = self.ctx.store.read().await.unwrap();
        store::audit::of_target(&mut conn, org, kind, id, 100).await.unwrap()
    }

    /// The tries that an organization refused, newest first: who and what.
    pub async fn refusals(&self, org: OrgId) -> Vec<String> {
        let entries = self.audit(org, "organization", &org.to_string()).await;
        let denied = entries.into_iter().filter(|entry| entry.action == "permission.denied");
        denied.map(|entry| format!("{} {}", entry.actor, entry.summary)).collect()
    }

    /// Everything that is written in the database.
    pub async fn database_bytes(&self) -> Vec<u8> {
        self.database.bytes().await
    }

    /// Does the jobs that wait; answers how many there were.
    pub async fn work(&self) -> usize {
        let mut done = 0;
        while hub::jobs::run_one(&self.ctx).await.unwrap() {
            done += 1;
        }
        done
    }
}

/// The files of a site that was built.
fn site() -> TempDir {
    let site = tempfile::tempdir().unwrap();
    std::fs::create_dir(site.path().join("pkg")).unwrap();
    std::fs::write(site.path().join("pkg/patchbay.css"), "main{}").unwrap();
    std::fs::write(site.path().join("favicon.svg"), "<svg/>").unwrap();
    site
}
