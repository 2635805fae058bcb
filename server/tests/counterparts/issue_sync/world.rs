//! A Patchbay between a Sentry and a tracker, with links between them.

use super::kind::{Kind, Place, issue};
use super::serving::{serve, served};
use crate::app_support::{ACME, ADMIN, Answer, Options, TestApp};
use crate::support::{Browser, Vendor, VendorItem};
use domain::Timestamp;
use domain::ids::{IntegrationId, LinkId};
use domain::issue_sync::{EventStatus, IssueLink, LogFilter, SyncEvent};
use domain::slug::OrgSlug;
use hub::actor::Who;
use hub::{Actor, Client};
use serde_json::{Value, json};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How many times a test may wait for the next try.
const TRIES: usize = 200;

/// What a test may ask for.
pub struct Wish {
    /// How many issues are linked with as many items, each with the one of the same number.
    pub links: usize,
    /// The tracker's specification, beside the items.
    pub tracker: Value,
    /// Sentry's.
    pub sentry: Value,
    /// Whether all settings are on and two projects mapped.
    pub settings: bool,
    /// How long an outside call may take.
    pub patience: Duration,
    /// What the clocks show at the beginning.
    pub begin: Timestamp,
}

impl Default for Wish {
    fn default() -> Self {
        // A counterpart may be slow on a busy machine.
        let patience = Duration::from_secs(60);
        Self {
            links: 1,
            tracker: json!({}),
            sentry: json!({}),
            settings: true,
            patience,
            begin: Options::default().begin,
        }
    }
}

/// The world of a test.
pub struct World {
    pub app: TestApp,
    pub sentry: Vendor,
    pub tracker: Vendor,
    pub kind: Kind,
    /// The connections.
    pub sentry_id: IntegrationId,
    pub tracker_id: IntegrationId,
    /// Where the hub is.
    pub url: String,
    served: JoinHandle<()>,
    site: TempDir,
}

impl World {
    /// With one link, and everything on. None where what is needed is not installed.
    pub async fn new(place: Place) -> Option<Self> {
        Self::with(place, Wish::default()).await
    }

    /// As a test wishes.
    pub async fn with(Place { kind, backend }: Place, wish: Wish) -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let spec = |provider: &str, more: &Value| {
            let mut spec = json!({
                "redirect_uris": [format!("{url}/extensions/{provider}/setup/")],
                "items": { "count": wish.links.max(3) },
            });
            spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            spec
        };
        let sentry = Vendor::sentry(&spec("sentry", &wish.sentry))?;
        let tracker = kind.start(&spec(kind.key(), &wish.tracker))?;
        let endpoints = [("sentry", &sentry), (kind.key(), &tracker)];
        let options = Options {
            endpoints: endpoints.map(|(key, vendor)| (key.to_owned(), vendor.url().to_owned())).into(),
            outbound_allow: "127.0.0.1".to_owned(),
            patience: wish.patience,
            begin: wish.begin,
            public_url: url.clone(),
            ..Options::default()
        };
        let app = TestApp::with(backend, options).await;
        let site = tempfile::tempdir().unwrap();
        let served = serve(listener, served(&app, &site));
        let none = IntegrationId(0);
        let mut world = Self { app, sentry, tracker, kind, sentry_id: none, tracker_id: none, url, served, site };
        world.same_time().await;
        world.sentry_id = world.connect("sentry", &world.sentry).await;
        world.tracker_id = world.connect(kind.key(), &world.tracker).await;
        world.app.work().await;
        let hook = format!("{}/extensions/sentry/webhook/", world.url);
        let secret = world.sentry.fact("client_secret");
        world.sentry.order(json!({ "hook": { "url": hook, "secret": secret } })).await;
        if wish.settings {
            world.everything_on().await;
        }
        for number in 1..=wish.links {
            world.link(number).await.unwrap();
        }
        world.settle().await;
        Some(world)
    }

    /// Connects a provider as a person does.
    pub async fn connect(&self, provider: &str, vendor: &Vendor) -> IntegrationId {
        let values = ["client_id", "client_secret"].map(|name| (name.to_owned(), vendor.fact(name).to_owned()));
        hub::provider_apps::save(&self.app.ctx, &Actor::operator(), provider, values.into_iter().collect())
            .await
            .unwrap();
        let start = self.app.call("pipelines/start", &[("org", "acme"), ("provider", provider)]).session(ADMIN).await;
        let id = self.sign_in(provider, &start).await;
        id.parse().unwrap_or_else(|_| panic!("{provider} is not connected: {id}"))
    }

    /// Signs in at a provider where the step says; answers the last part of where that leads: the integration's id.
    pub async fn sign_in(&self, provider: &str, start: &Answer) -> String {
        self.sign_in_as(provider, start, ADMIN).await
    }

    /// The same, as somebody else.
    pub async fn sign_in_as(&self, provider: &str, start: &Answer, person: &str) -> String {
        let url = start.json()["body"]["url"].as_str().unwrap_or_else(|| panic!("{}", start.line())).to_owned();
        let back = format!("{}/extensions/{provider}/setup/", self.url);
        let back = Browser::default().walk_by(&url, &back, "").await;
        let answer = self.app.get(&back[url::Position::BeforePath..]).session(person).await;
        answer.header("location").trim_end_matches('/').rsplit('/').next().unwrap().to_owned()
    }

    /// All five settings on, and the first two projects mapped.
    pub async fn everything_on(&self) {
        let mapping = self.kind.mapping();
        let projects = [0, 1].map(|at| (self.tracker.project(at).to_owned(), mapping.clone()));
        let answer = self
            .save(&json!({
                "sync_status_forward": projects.into_iter().collect::<serde_json::Map<_, _>>(),
                "sync_forward_assignment": true,
                "sync_comments": true,
                "sync_status_reverse": true,
                "sync_reverse_assignment": true,
            }))
            .await;
        assert_eq!(answer.line(), "200 ");
    }

    /// Saves settings of the tracker as Sentry's clients do.
    pub async fn save(&self, settings: &Value) -> Answer {
        let path = format!("/api/0/organizations/acme/integrations/{}/", self.tracker_id);
        self.app.post(&path).session(ADMIN).header("sec-fetch-site", "same-origin").json(settings).await
    }

    /// A person of the demonstration.
    pub async fn person(&self, email: &str) -> Actor {
        let mut conn = self.app.ctx.store.read().await.unwrap();
        let user = store::users::by_email(&mut conn, &email.parse().unwrap()).await.unwrap().unwrap();
        Actor::at(Who::User(user), &Client::default())
    }

    /// Links an issue with the item of the same number.
    pub async fn link(&self, number: usize) -> domain::Outcome<IssueLink> {
        let (issue, item) = (issue(number), self.kind.item(number));
        let actor = self.person(ADMIN).await;
        let (tracker, sentry) = (self.tracker_id, self.sentry_id);
        hub::issue_sync::link(&self.app.ctx, &actor, &acme(), tracker, sentry, &issue, &item, false).await
    }

    /// The clocks of all three show the same.
    async fn same_time(&self) {
        let now = json!({ "now": self.app.ctx.now().0 });
        self.sentry.order(now.clone()).await;
        self.tracker.order(now).await;
    }

    /// So many seconds go by.
    pub async fn later(&self, seconds: i64) {
        self.app.clock.advance(seconds * 1_000);
        self.same_time().await;
    }

    /// The address is free for another process.
    pub async fn stop_serving(&mut self) {
        self.served.abort();
        (&mut self.served).await.ok();
    }

    /// After [`World::stop_serving`].
    pub async fn serve_again(&mut self) {
        let listener = TcpListener::bind(self.url.strip_prefix("http://").unwrap()).await.unwrap();
        self.served = serve(listener, served(&self.app, &self.site));
    }

    /// Does what is due until nothing is: also what comes of the webhooks of what was done.
    pub async fn settle(&self) {
        loop {
            self.sentry.settle().await;
            self.tracker.settle().await;
            let mut worked = false;
            while hub::issue_sync::run_one(&self.app.ctx).await.unwrap() {
                worked = true;
            }
            if !worked {
                return;
            }
        }
    }

    /// The same, and whatever waits for its next try gets it.
    pub async fn carry_all(&self) {
        for _ in 0..TRIES {
            self.settle().await;
            let next = self.links().await.into_iter().filter_map(|link| link.next_at).min();
            let Some(next) = next else { return };
            let wait = next.0 - self.app.ctx.now().0;
            self.later(wait.div_euclid(1_000) + 1).await;
        }
        panic!("{:?}", self.waiting().await);
    }

    /// The links.
    pub async fn links(&self) -> Vec<IssueLink> {
        let mut conn = self.app.ctx.store.read().await.unwrap();
        let row = store::installations::of_integration(&mut conn, ACME, self.tracker_id).await;
        store::issue_links::of_installation(&mut conn, row.unwrap().unwrap().id, LinkId(i64::MAX), 1_000).await.unwrap()
    }

    /// The log, newest first.
    pub async fn log(&self) -> Vec<SyncEvent> {
        self.log_of(LogFilter::default()).await
    }

    /// The log, narrowed.
    pub async fn log_of(&self, filter: LogFilter) -> Vec<SyncEvent> {
        let actor = self.person(ADMIN).await;
        let (ctx, key) = (&self.app.ctx, self.kind.key());
        hub::issue_sync::log(ctx, &actor, &acme(), key, self.tracker_id, filter).await.unwrap().lines
    }

    /// What became of the newest event, and its sentence.
    pub async fn newest(&self) -> (EventStatus, String) {
        let newest = self.log().await.into_iter().next().unwrap();
        (newest.status, newest.sentence.unwrap_or_default())
    }

    /// What waits.
    pub async fn waiting(&self) -> Vec<SyncEvent> {
        self.log_of(LogFilter { status: Some(EventStatus::Waiting), ..LogFilter::default() }).await
    }

    /// Somebody changes an issue, and it is carried as far as that goes now.
    pub async fn issue(&self, number: usize, what: Value) -> VendorItem {
        let changed = self.sentry.change(&issue(number), what).await;
        self.settle().await;
        changed
    }

    /// Somebody changes an item, and it is carried as far as that goes now.
    pub async fn item(&self, number: usize, what: Value) -> VendorItem {
        let changed = self.tracker.change(&self.kind.item(number), what).await;
        self.settle().await;
        changed
    }

    /// The states of both sides.
    pub async fn states(&self, number: usize) -> (String, String) {
        let issue = self.sentry.item(&issue(number)).await;
        (issue.status, self.tracker.item(&self.kind.item(number)).await.status)
    }

    /// Who has them.
    pub async fn holders(&self, number: usize) -> (Option<String>, Option<String>) {
        let issue = self.sentry.item(&issue(number)).await;
        (issue.assignee, self.tracker.item(&self.kind.item(number)).await.assignee)
    }

    /// What was written into the status of both sides, in order.
    pub async fn status_writes(&self, number: usize) -> (Vec<Value>, Vec<Value>) {
        let there = self.tracker.writes(&self.kind.item(number), self.kind.status_field()).await;
        (self.sentry.writes(&issue(number), "status").await, there)
    }

    /// What was written into the assignee of both sides.
    pub async fn assignee_writes(&self, number: usize) -> (Vec<Value>, Vec<Value>) {
        let there = self.tracker.writes(&self.kind.item(number), self.kind.assignee_field()).await;
        (self.sentry.writes(&issue(number), "assignedTo").await, there)
    }

    /// The end: neither vendor saw anything that it does not document.
    pub async fn end(self) {
        self.sentry.refused_nothing().await;
        self.tracker.refused_nothing().await;
        self.served.abort();
    }
}

/// The organization.
pub fn acme() -> OrgSlug {
    "acme".parse().unwrap()
}
