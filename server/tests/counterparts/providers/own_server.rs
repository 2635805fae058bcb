//! A GitLab of one's own: its address and the app there are typed into the form, and the instance's app stays at home.

use super::hub_app::{Hub, connected};
use super::spec::Vendor;
use crate::support::Oidc;
use serde_json::json;

#[tokio::test]
async fn a_server_of_ones_own_is_reached_at_its_address_with_its_own_app() {
    let vendor = Vendor::of("gitlab");
    let Some(at) = Oidc::start(&vendor.spec()) else { return };
    // The instance has another app, which must never be shown to this server.
    let mut hub = Hub::with("gitlab", Vec::new()).await;
    hub.enter(&[("client_id", "instance-client"), ("client_secret", "instance-secret"), ("endpoint", "")]).await;
    hub.same_time(&at).await;

    let step = hub.start(None).await;
    let guide = step["body"]["guide"].to_string();
    assert!(guide.contains("http://hub.test/extensions/gitlab/setup/"), "{guide}");
    let answer = hub.send(&step, &[("base_url", at.url())]).await;
    assert_eq!(answer.status, 400, "{}", answer.line());
    assert!(!answer.json()["fields"]["client_id"].is_null(), "{}", answer.line());
    let form =
        [("base_url", at.url()), ("client_id", at.fact("client_id")), ("client_secret", at.fact("client_secret"))];
    let step = hub.advance(&step, &form).await;
    let step = hub.sign_in(&step, "").await;
    let server = at.url().trim_start_matches("http://");
    let id = format!("{server}/1");
    assert_eq!(step["body"]["options"][0]["value"], json!(id), "{step}");
    let connection = connected(&hub.advance(&step, &[("account", &id)]).await);
    assert_eq!(hub.check(&connection).await, ("healthy".to_owned(), String::new()));

    let before = hub.token(&connection).await;
    hub.later(&at, vendor.access_seconds().unwrap()).await;
    assert_ne!(hub.token(&connection).await, before);
    at.order(json!({ "revoke": "all" })).await;
    assert_eq!(hub.check(&connection).await.0, "needs_reauth");
    let step = hub.start(Some(&connection)).await;
    assert_eq!(connected(&hub.sign_in(&step, "").await), connection);
    assert_eq!(hub.check(&connection).await.0, "healthy");
    hub.remove(&connection).await;
    assert_ne!(at.seen().await["counts"]["revoke"], 0);
    at.refused_nothing().await;
}
