//! Linear, at the `emulate` of npm: its refresh tokens are good once.

use super::hub_app::{Hub, connected};
use super::setup;
use crate::support::{Counterpart, Emulate, Request};
use serde_json::{Value, json};

/// The button of Linear's page.
const BUTTON: &str = "Patchbay";
/// Life of an access token, in seconds.
const LIFE: i64 = 86_400;

async fn organization(linear: &Counterpart, token: &str) -> Value {
    let query = json!({ "query": "{ organization { id name urlKey } }" });
    let reply = Request::post(&linear.at("/graphql")).bearer(token).json(&query).send().await;
    reply.json()["data"]["organization"].clone()
}

#[tokio::test]
async fn a_workspace_is_connected_renewed_ended_and_given_back() {
    let Some(linear) = Emulate::linear(&json!({ "redirect_uris": [setup("linear")] })) else { return };
    let credentials = [("client_id", linear.fact("client_id")), ("client_secret", linear.fact("client_secret"))];
    let mut hub = Hub::at("linear", linear.url(), &credentials).await;
    hub.same_time(&linear).await;
    let tried = hub.tried().await;
    assert_eq!(tried["works"], true, "{tried}");

    let id = connected(&hub.sign_in(&hub.start(None).await, BUTTON).await);
    let row = hub.integration(&id).await;
    assert_eq!((&row["name"], &row["domainName"]), (&json!("Acme"), &json!("linear.app/acme")));
    assert_eq!(row["scopes"], json!(["read", "write", "issues:create", "comments:create"]));
    assert_eq!(hub.check(&id).await.0, "healthy");
    let first = hub.token(&id).await;
    assert_eq!(organization(&linear, &first).await["id"], row["externalId"]);

    // A second renewal needs the refresh token of the first; many who ask at once get one renewal.
    for renewals in 1..=2 {
        hub.later(&linear, LIFE).await;
        assert_eq!(organization(&linear, &first).await, Value::Null);
        let tokens = futures::future::join_all((0..20).map(|_| hub.token(&id))).await;
        assert!(tokens.iter().all(|token| *token == tokens[0] && *token != first));
        assert_eq!(organization(&linear, &tokens[0]).await["name"], "Acme");
        assert_eq!(linear.seen().await["counts"]["refresh"], renewals);
    }

    linear.order(json!({ "revoke": "all" })).await;
    let (health, reason) = hub.check(&id).await;
    assert_eq!(health, "needs_reauth", "{reason}");
    assert_eq!(connected(&hub.sign_in(&hub.start(Some(&id)).await, BUTTON).await), id);
    assert_eq!(hub.check(&id).await.0, "healthy");

    let token = hub.token(&id).await;
    hub.remove(&id).await;
    assert_ne!(linear.seen().await["counts"]["revoke"], 0);
    assert_eq!(organization(&linear, &token).await, Value::Null);
    linear.refused_nothing().await;
}
