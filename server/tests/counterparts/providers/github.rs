//! GitHub, at the `emulate` of npm behind GitHub's own rules: an App, its installations, and its signed webhooks.

use super::hub_app::{Hub, connected};
use super::setup;
use crate::app_support::{ADMIN, Answer, OWNER};
use crate::support::{Browser, Counterpart, Emulate, Request};
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// Who signs in; the only installation that this person sees is 100, of the organization acme.
const PERSON: &str = "octocat";
/// Good for an hour at GitHub, and handed out for a little less.
const LIFE: i64 = 3_600;

/// GitHub, the hub, and a box that GitHub's webhooks fall into.
struct Stage {
    github: Counterpart,
    hub: Hub,
    webhooks: MockServer,
}

impl Stage {
    async fn new() -> Option<Self> {
        let webhooks = MockServer::start().await;
        Mock::given(any()).respond_with(ResponseTemplate::new(204)).mount(&webhooks).await;
        let spec = json!({
            "redirect_uris": [setup("github")],
            "webhook_url": format!("{}/extensions/github/webhook/", webhooks.uri()),
            "sees": { PERSON: [100] },
        });
        let github = Emulate::github(&spec)?;
        let app_id = github.facts()["app_id"].to_string();
        let mut credentials = vec![("app_id", app_id.as_str())];
        let names = ["slug", "client_id", "client_secret", "private_key", "webhook_secret"];
        credentials.extend(names.map(|name| (name, github.fact(name))));
        let hub = Hub::at("github", github.url(), &credentials).await;
        hub.same_time(&github).await;
        Some(Self { github, hub, webhooks })
    }

    /// Signs in; answers the step that asks which installation.
    async fn choice(&self) -> Value {
        let step = self.hub.sign_in(&self.hub.start(None).await, PERSON).await;
        assert_eq!((&step["name"], &step["body"]["kind"]), (&json!("org_selection"), &json!("choose")), "{step}");
        step
    }

    /// Connects the installation of acme.
    async fn connect(&self) -> String {
        let step = self.choice().await;
        connected(&self.hub.advance(&step, &[("installationId", "100")]).await)
    }

    /// Hands the newest webhook on to the hub, as it came from GitHub.
    async fn deliver(&self) -> Answer {
        let webhook = self.webhooks.received_requests().await.unwrap().pop().expect("GitHub sent a webhook");
        let names = ["content-type", "x-github-event", "x-github-delivery", "x-hub-signature-256"];
        let mut call = self.hub.app.post(webhook.url.path()).body(webhook.body.clone());
        for name in names {
            call = call.header(name, webhook.headers[name].to_str().unwrap());
        }
        call.await
    }

    async fn state(&self, id: &str) -> (String, String) {
        let state = self.hub.integration(id).await["patchbay"].clone();
        let text = |name: &str| state[name].as_str().unwrap_or_default().to_owned();
        (text("health"), text("healthReason"))
    }
}

#[tokio::test]
async fn an_installation_that_the_person_sees_is_connected_and_no_other() {
    let Some(stage) = Stage::new().await else { return };
    let tried = stage.hub.tried().await;
    assert_eq!(tried["works"], true, "{tried}");
    let step = stage.choice().await;
    let names: Vec<_> = step["body"]["options"].as_array().unwrap().iter().map(|option| &option["name"]).collect();
    assert_eq!(names, ["acme"]);
    // 101 is an installation of this app, at somebody else's; 999 is none.
    for foreign in ["101", "999", "../100"] {
        let answer = stage.hub.send(&step, &[("installationId", foreign)]).await;
        assert_eq!(answer.status, 400, "{foreign}: {}", answer.line());
        assert!(answer.text().contains("This is not among what you can see there."), "{}", answer.text());
    }
    let id = connected(&stage.hub.advance(&step, &[("installationId", "100")]).await);
    let row = stage.hub.integration(&id).await;
    let found = ["externalId", "name", "domainName", "accountType"].map(|name| row[name].as_str().unwrap());
    assert_eq!(found, ["100", "acme", "github.com/acme", "Organization"]);
    assert_eq!(stage.hub.check(&id).await.0, "healthy");

    let status = stage.hub.app.get("/v1/organizations/1/integrations").session(OWNER).await.json();
    let rows = status["integrations"].as_array().unwrap();
    let mine = rows.iter().find(|row| row["installation_id"] == 100).unwrap_or_else(|| panic!("{status}"));
    assert_eq!(
        (&mine["integration_type"], &mine["active"], &mine["token_id"]),
        (&json!("github"), &json!(true), &json!(null))
    );
    stage.github.refused_nothing().await;
}

#[tokio::test]
async fn an_app_that_is_installed_in_between_is_offered_to_who_comes_back() {
    let Some(stage) = Stage::new().await else { return };
    let step = stage.choice().await;
    let link = step["body"]["link"]["url"].as_str().unwrap();
    let page = stage.github.at(url::Url::parse(link).unwrap().path());
    let back = Browser::default().walk_by(&page, &setup("github"), "Install on acme<").await;
    assert_eq!(back.query(), Some("installation_id=100&setup_action=install"));
    let answer = stage.hub.come_back(&back).await;
    assert_eq!(answer.status, 303, "{}", answer.line());
    let now = stage.hub.current(&step).await;
    assert_eq!(now["body"]["options"][0]["value"], "100", "{now}");
    // An id in the address opens nothing that this person does not see.
    let foreign = "/extensions/github/setup/?installation_id=101&setup_action=install";
    assert_eq!(stage.hub.app.get(foreign).session(ADMIN).await.status, 303);
    let now = stage.hub.current(&step).await;
    assert_eq!(now["body"]["options"].as_array().unwrap().len(), 1, "{now}");
    stage.github.refused_nothing().await;
}

#[tokio::test]
async fn a_service_gets_the_token_of_the_installation_and_a_new_one_at_its_end() {
    let Some(mut stage) = Stage::new().await else { return };
    let id = stage.connect().await;
    let first = stage.hub.access_token(&id).await.json();
    let words = ["contents: read", "issues: write", "members: read", "metadata: read", "pull_requests: write"];
    assert_eq!(first["scopes"], json!(words));
    let first = first["accessToken"].as_str().unwrap().to_owned();
    assert!(first.starts_with("ghs_"), "the installation's, not the person's");
    let url = stage.github.at("/user/installations");
    let status = async |token: &str| Request::get(&url).bearer(token).send().await.status;
    assert_eq!((status(&first).await, status("ghs_nonsense").await), (200, 401));
    stage.hub.later(&stage.github, LIFE).await;
    assert_eq!(status(&first).await, 401);
    let second = stage.hub.token(&id).await;
    assert_eq!((first == second, status(&second).await), (false, 200));
    stage.github.refused_nothing().await;
}

#[tokio::test]
async fn what_happens_to_the_installation_over_there_is_seen_by_the_check() {
    let Some(stage) = Stage::new().await else { return };
    let id = stage.connect().await;
    for (order, told) in [("suspend", "has suspended this installation"), ("remove", "has no such account")] {
        stage.github.order(json!({ order: 100 })).await;
        let (health, reason) = stage.hub.check(&id).await;
        assert_eq!(health, "removed_at_provider", "{reason}");
        assert!(reason.contains(told), "{reason}");
        assert_eq!(stage.hub.access_token(&id).await.status, 200, "a token that was given is good until its end");
        if order == "suspend" {
            stage.github.order(json!({ "unsuspend": 100 })).await;
            assert_eq!(stage.hub.check(&id).await.0, "healthy");
        }
    }
}

#[tokio::test]
async fn what_happens_to_the_installation_over_there_is_known_by_its_signed_webhook() {
    let Some(stage) = Stage::new().await else { return };
    let id = stage.connect().await;
    stage.github.order(json!({ "suspend": 100 })).await;
    assert_eq!(stage.deliver().await.status, 204);
    let (health, reason) = stage.state(&id).await;
    assert_eq!(
        (health.as_str(), reason.contains("was suspended at GitHub")),
        ("removed_at_provider", true),
        "{reason}"
    );

    stage.github.order(json!({ "unsuspend": 100 })).await;
    assert_eq!(stage.deliver().await.status, 204);
    assert_eq!(hub::integrations::enqueue_due(&stage.hub.app.ctx).await.unwrap(), 1, "it is checked at once");
    stage.hub.app.work().await;
    assert_eq!(stage.state(&id).await.0, "healthy");

    let installation = json!({ "action": "deleted", "installation": { "id": 100 } });
    let forged = json!({ "event": "installation", "payload": installation, "secret": "somebody else's" });
    stage.github.order(json!({ "deliver": forged })).await;
    assert_eq!(stage.deliver().await.status, 401);
    assert_eq!(stage.state(&id).await.0, "healthy");

    stage.github.order(json!({ "remove": 100 })).await;
    assert_eq!(stage.deliver().await.status, 204);
    let (health, reason) = stage.state(&id).await;
    let is_told = reason.contains("was uninstalled at GitHub");
    assert_eq!((health.as_str(), is_told), ("removed_at_provider", true), "{reason}");
    stage.github.refused_nothing().await;
}
