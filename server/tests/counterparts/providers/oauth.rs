//! Every OAuth provider of the catalogue: signs in, is named, checked, renewed, ended over there, connected again and
//! removed, at an `oidc-provider` that takes only what the manifest says and answers what the vendor documents.

use super::documented::{default_server, external_id};
use super::hub_app::{Hub, connected};
use super::spec::Vendor;
use crate::support::{Counterpart, Oidc, Reply, Request};
use domain::sign_in::Auth;
use serde_json::{Value, json};
use url::Url;

/// One test each, with what a person has to do besides signing in.
macro_rules! proven {
    ($($key:ident: $besides:literal),+ $(,)?) => {
        mod lives_from_sign_in_to_removal {
            $(#[tokio::test]
            async fn $key() {
                super::prove(stringify!($key), $besides).await;
            })+
        }

        const PROVEN: &[&str] = &[$(stringify!($key)),+];
    };
}

proven! {
    asana: "a choice of 2",
    bitbucket: "a choice of 2",
    clickup: "a choice of 2",
    discord: "nothing",
    figma: "nothing",
    gitlab: "a form, a choice of 2",
    jira: "a choice of 2",
    linear: "nothing",
    monday: "nothing",
    notion: "nothing",
    pagerduty: "nothing",
    sentry: "nothing",
    slack: "nothing",
    vsts: "a choice of 2",
}

#[tokio::test]
async fn a_token_without_a_known_end_is_renewed_when_the_vendor_refuses_it() {
    let Some(life) = Life::of("notion").await else { return };
    let (id, _) = life.connect().await;
    life.is_renewed_when_it_is_refused(&id).await;
}

#[tokio::test]
async fn a_token_that_the_vendor_refuses_with_403_is_renewed() {
    let Some(life) = Life::of("figma").await else { return };
    let (id, _) = life.connect().await;
    life.is_renewed_when_it_is_refused(&id).await;
}

#[tokio::test]
async fn a_grant_whose_refresh_token_is_told_once_is_renewed_ahead_again_and_again() {
    for key in ["asana", "figma"] {
        let Some(mut life) = Life::of(key).await else { return };
        let (id, _) = life.connect().await;
        let seconds = life.vendor.access_seconds().unwrap();
        for renewals in 1..=3 {
            let before = life.hub.token(&id).await;
            life.hub.later(&life.at, seconds * 3 / 4 + 1).await;
            assert_eq!(hub::grants::enqueue_due(&life.hub.app.ctx).await.unwrap(), 1, "{key}, renewal {renewals}");
            life.hub.app.work().await;
            assert_ne!(life.hub.token(&id).await, before);
        }
    }
}

#[test]
fn every_oauth_provider_is_proven_here() {
    let manifests = providers::catalogue::all().iter();
    let oauth = manifests.filter(|manifest| matches!(manifest.auth, Auth::Oauth2(_)) && manifest.installable);
    let mut keys: Vec<_> = oauth.map(|manifest| manifest.key.as_str()).collect();
    keys.sort_unstable();
    assert_eq!(keys, PROVEN);
}

/// A provider at its counterpart.
struct Life {
    vendor: Vendor,
    at: Counterpart,
    hub: Hub,
}

impl Life {
    /// The counterpart runs and the instance's app is entered; none where the counterpart is missing.
    async fn of(key: &str) -> Option<Self> {
        let vendor = Vendor::of(key);
        let at = Oidc::start(&vendor.spec())?;
        let credentials = [("client_id", at.fact("client_id")), ("client_secret", at.fact("client_secret"))];
        let hub = Hub::at(key, at.url(), &credentials).await;
        hub.same_time(&at).await;
        Some(Self { vendor, at, hub })
    }

    /// Connects the first documented account; answers its id, and what there was to do besides signing in.
    async fn connect(&self) -> (String, String) {
        let mut besides = Vec::new();
        let mut step = self.hub.start(None).await;
        if step["body"]["kind"] == "form" {
            besides.push("a form".to_owned());
            let server = default_server(self.vendor.manifest.auth.fields()).unwrap();
            step = self.hub.advance(&step, &[("base_url", server)]).await;
        }
        step = self.hub.sign_in(&step, "").await;
        if step["body"]["kind"] == "choose" {
            let options = step["body"]["options"].as_array().unwrap();
            besides.push(format!("a choice of {}", options.len()));
            let field = step["body"]["field"].as_str().unwrap();
            step = self.hub.advance(&step, &[(field, &self.external_id())]).await;
        }
        let besides = if besides.is_empty() { "nothing".to_owned() } else { besides.join(", ") };
        (connected(&step), besides)
    }

    /// What issue sync asks of a tracker is proven with issue sync; this counterpart has no routes for it.
    async fn was_asked_for_nothing_else(&self) {
        let seen = self.at.seen().await;
        let refused = seen["refused"].as_array().unwrap().iter().filter_map(Value::as_str);
        let of_sync = |line: &&str| line.contains("/resourceareas/") || line.ends_with("/project/search");
        let refused: Vec<_> = refused.filter(|line| !of_sync(line)).collect();
        assert_eq!(refused, [""; 0], "requests broke the vendor's rules");
    }

    fn external_id(&self) -> String {
        let server = default_server(self.vendor.manifest.auth.fields());
        external_id(server, &self.vendor.documented.expected[0].id)
    }

    /// The documented account is named, with what was granted.
    async fn is_named(&self, id: &str) {
        let (row, expected) = (self.hub.integration(id).await, &self.vendor.documented.expected[0]);
        let found = ["externalId", "name", "domainName", "icon"].map(|name| row[name].clone());
        let domain = expected.domain.as_deref();
        assert_eq!(found, [json!(self.external_id()), json!(expected.name), json!(domain), json!(expected.icon)]);
        let token = self.vendor.documented.token();
        let granted = token.pointer(&self.vendor.oauth.answer.scope).and_then(Value::as_str);
        if let Some(granted) = granted {
            assert_eq!(row["scopes"], json!(granted.split([' ', ',']).collect::<Vec<_>>()));
        }
    }

    /// A call as a service makes it, of those that the vendor documents.
    async fn called_with(&self, token: &str) -> (Reply, Value) {
        let route = self.vendor.api().pop().expect("the vendor has a call");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut url = Url::parse(&self.at.at(&text(&route["path"]))).unwrap();
        let pairs =
            |name: &str| route[name].as_object().unwrap().iter().map(|(name, value)| (name.clone(), text(value)));
        if pairs("query").len() > 0 {
            url.query_pairs_mut().extend_pairs(pairs("query"));
        }
        let method = if route["method"] == "POST" { "POST" } else { "GET" };
        let mut request = Request::new(method, url.as_str());
        for (name, value) in pairs("headers") {
            request = request.header(&name, &value);
        }
        if route["body"].is_object() {
            request = request.json(&route["body"]);
        }
        let bearer = format!("{}{token}", self.vendor.oauth.prefix);
        (request.header("authorization", &bearer).send().await, route["answer"].clone())
    }

    async fn is_taken(&self, token: &str) -> bool {
        let (reply, answer) = self.called_with(token).await;
        reply.json() == answer
    }

    /// Twice, so that also the refresh token of the first renewal is the right one.
    async fn is_renewed_at_the_end_of_its_token(&mut self, id: &str) {
        let Some(seconds) = self.vendor.access_seconds().filter(|_| self.vendor.has_refresh_token()) else { return };
        for renewals in 1..=2 {
            let before = self.hub.token(id).await;
            self.hub.later(&self.at, seconds).await;
            assert!(!self.is_taken(&before).await, "the vendor lets a token live on");
            let after = self.hub.token(id).await;
            assert!(after != before && self.is_taken(&after).await);
            assert_eq!(self.hub.token(id).await, after);
            assert_eq!(self.at.seen().await["counts"]["refresh"], renewals);
        }
        if self.vendor.documented.refused.status == 401 && !self.vendor.keeps_refresh_token() {
            self.is_renewed_when_it_is_refused(id).await;
        }
    }

    /// The vendor ends a token before its time.
    async fn is_renewed_when_it_is_refused(&self, id: &str) {
        let before = self.hub.token(id).await;
        self.at.order(json!({ "expire": true })).await;
        assert_eq!(self.hub.check(id).await, ("healthy".to_owned(), String::new()));
        assert_ne!(self.hub.token(id).await, before);
    }
}

async fn prove(key: &str, expected_besides: &str) {
    let Some(mut life) = Life::of(key).await else { return };
    if life.vendor.documented.bad_code().is_some() {
        let tried = life.hub.tried().await;
        assert_eq!(tried["works"], true, "{tried}");
    }
    let (id, besides) = life.connect().await;
    assert_eq!(besides, expected_besides);
    life.is_named(&id).await;
    assert_eq!(life.hub.check(&id).await, ("healthy".to_owned(), String::new()));
    let token = life.hub.token(&id).await;
    assert!(life.is_taken(&token).await && !life.is_taken("nonsense").await);
    life.is_renewed_at_the_end_of_its_token(&id).await;

    // Somebody withdraws the grant over there.
    life.at.order(json!({ "revoke": "all" })).await;
    let (health, reason) = life.hub.check(&id).await;
    assert_eq!(health, "needs_reauth", "{reason}");
    assert!(reason.contains(&life.vendor.manifest.name), "{reason}");

    // Connected again in place, without a form or a choice.
    let step = life.hub.start(Some(&id)).await;
    let step = life.hub.sign_in(&step, "").await;
    assert_eq!(connected(&step), id);
    life.is_named(&id).await;
    assert_eq!(life.hub.check(&id).await.0, "healthy");

    let token = life.hub.token(&id).await;
    life.hub.remove(&id).await;
    let is_told = life.vendor.oauth.revoke_url.is_some();
    assert_eq!(life.at.seen().await["counts"]["revoke"] != 0, is_told);
    assert_eq!(life.is_taken(&token).await, !is_told, "a grant that was given back is over");
    life.was_asked_for_nothing_else().await;
}
