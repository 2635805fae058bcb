//! A hub that finds one provider at a counterpart, and the people who use it.

use crate::app_support::{ADMIN, Answer, Backend, MANAGER, OWNER, Options, TestApp};
use crate::support::{Browser, Counterpart};
use hub::Actor;
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

/// The hub.
pub struct Hub {
    pub app: TestApp,
    provider: String,
    /// Who is at work.
    person: &'static str,
}

impl Hub {
    /// A hub that finds a provider at an address, and is this app there.
    pub async fn at(provider: &str, url: &str, credentials: &[(&str, &str)]) -> Self {
        let endpoints = vec![(provider.to_owned(), url.to_owned())];
        let hub = Self::with(provider, endpoints).await;
        if !credentials.is_empty() {
            hub.enter(credentials).await;
        }
        hub
    }

    /// A hub that finds providers at these addresses, and all others where their manifests say.
    pub async fn with(provider: &str, endpoints: Vec<(String, String)>) -> Self {
        // A counterpart may be slow on a busy machine.
        let patience = Duration::from_secs(60);
        let options = Options { endpoints, outbound_allow: "127.0.0.1".to_owned(), patience, ..Options::default() };
        let app = TestApp::with(Backend::Sqlite, options).await;
        Self { app, provider: provider.to_owned(), person: ADMIN }
    }

    /// Enters the app that this instance is at the provider.
    pub async fn enter(&self, credentials: &[(&str, &str)]) {
        let values = credentials.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        hub::provider_apps::save(&self.app.ctx, &Actor::operator(), &self.provider, values).await.unwrap();
    }

    /// Sets the counterpart's clock to ours.
    pub async fn same_time(&self, at: &Counterpart) {
        at.order(json!({ "now": self.app.ctx.now().0 })).await;
    }

    /// So many seconds go by, here and there. Sessions may end by that, so somebody else is at work then.
    pub async fn later(&mut self, at: &Counterpart, seconds: i64) {
        self.app.clock.advance(seconds * 1_000);
        self.same_time(at).await;
        self.person = MANAGER;
    }

    /// What the page of provider credentials says about the app: whether it works, and why.
    pub async fn tried(&self) -> Value {
        self.app.call("admin/providers/test", &[("provider", &self.provider)]).session(OWNER).await.json()
    }

    /// Begins to install, or to connect an integration again; answers the step.
    pub async fn start(&self, again: Option<&str>) -> Value {
        let mut form = vec![("org", "acme"), ("provider", self.provider.as_str())];
        form.extend(again.map(|id| ("again", id)));
        let answer = self.app.call("pipelines/start", &form).session(self.person).await;
        assert_eq!(answer.status, 200, "{}", answer.line());
        answer.json()
    }

    /// Takes a step.
    pub async fn send(&self, step: &Value, values: &[(&str, &str)]) -> Answer {
        let names: Vec<_> = values.iter().map(|(name, value)| (format!("values[{name}]"), *value)).collect();
        let mut form = vec![("org", "acme"), ("provider", self.provider.as_str())];
        form.push(("pipeline", step["pipeline"].as_str().unwrap()));
        form.extend(names.iter().map(|(name, value)| (name.as_str(), *value)));
        self.app.call("pipelines/advance", &form).session(self.person).await
    }

    /// Takes a step that goes well; answers the next one.
    pub async fn advance(&self, step: &Value, values: &[(&str, &str)]) -> Value {
        let answer = self.send(step, values).await;
        assert_eq!(answer.status, 200, "{}", answer.line());
        answer.json()
    }

    /// Signs in at the provider, where the button with this text is pressed, and comes back; answers the step that the
    /// pipeline then stands at.
    pub async fn sign_in(&self, step: &Value, button: &str) -> Value {
        assert_eq!(step["body"]["kind"], "authorize", "{step}");
        let url = step["body"]["url"].as_str().unwrap();
        let back = Browser::default().walk_by(url, &super::setup(&self.provider), button).await;
        let answer = self.come_back(&back).await;
        assert_eq!(answer.status, 303, "{}", answer.line());
        let now = self.current(step).await;
        let place = answer.header("location");
        let expected = match now["body"]["integration"]["id"].as_str() {
            Some(id) => format!("/settings/acme/integrations/{}/{id}/", self.provider),
            None => {
                let pipeline = step["pipeline"].as_str().unwrap();
                format!("/settings/acme/integrations/{}/install/?pipeline={pipeline}", self.provider)
            }
        };
        assert_eq!(place, expected, "{now}");
        now
    }

    /// The browser opens what the provider sent it to.
    pub async fn come_back(&self, back: &Url) -> Answer {
        self.app.get(&back[url::Position::BeforePath..]).session(self.person).await
    }

    /// The step that a pipeline stands at.
    pub async fn current(&self, step: &Value) -> Value {
        let pipeline = step["pipeline"].as_str().unwrap();
        self.app.call("pipelines/current", &[("org", "acme"), ("pipeline", pipeline)]).session(self.person).await.json()
    }

    /// An integration as `/api/0` tells it.
    pub async fn integration(&self, id: &str) -> Value {
        let path = format!("/api/0/organizations/acme/integrations/{id}/");
        self.app.get(&path).session(self.person).await.json()
    }

    /// Checks an integration now; answers its health and the reason.
    pub async fn check(&self, id: &str) -> (String, String) {
        let answer = self.app.call("integrations/check", &[("org", "acme"), ("id", id)]).session(self.person).await;
        let state = &answer.json()["patchbay"];
        let text = |name: &str| state[name].as_str().unwrap_or_default().to_owned();
        (text("health"), text("healthReason"))
    }

    /// Asks for a short-lived token, as a service of the organization does.
    pub async fn access_token(&self, id: &str) -> Answer {
        let token = self.app.org_token("acme", &["integration:credentials"]).await;
        self.app.post(&format!("/api/patchbay/organizations/acme/integrations/{id}/access-token")).bearer(&token).await
    }

    /// The token that a service gets.
    pub async fn token(&self, id: &str) -> String {
        let answer = self.access_token(id).await;
        assert_eq!(answer.status, 200, "{}", answer.line());
        answer.json()["accessToken"].as_str().unwrap().to_owned()
    }

    /// Removes an integration and waits until it is gone.
    pub async fn remove(&self, id: &str) {
        let answer = self.app.call("integrations/remove", &[("org", "acme"), ("id", id)]).session(self.person).await;
        assert_eq!(answer.status, 200, "{}", answer.line());
        self.app.clock.advance(hub::integrations::UNDO_WINDOW + 1_000);
        self.app.work().await;
        assert_eq!(self.integration(id).await["detail"], "Not found.");
    }
}

/// The id of what a step says is connected.
pub fn connected(step: &Value) -> String {
    assert_eq!(step["body"]["kind"], "complete", "{step}");
    step["body"]["integration"]["id"].as_str().unwrap().to_owned()
}
