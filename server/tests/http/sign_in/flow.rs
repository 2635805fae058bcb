//! A sign-in that goes well, and one that is repeated.

use super::linear::{CLIENT_SECRET, CODE, Linear, app, come_back, connect, integration, parameter, start};
use crate::support::{ACME, ADMIN, Backend, MEMBER, OWNER};
use base64::Engine as _;
use insta::assert_snapshot;
use serde_json::json;

async fn a_sign_in_connects_the_workspace_and_names_it(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let step = start(&app, ADMIN, "linear").await;
    let words = ["response_type", "client_id", "redirect_uri", "scope", "code_challenge_method", "actor"];
    assert_snapshot!(words.map(|word| parameter(&step, word)).join("\n"), @r"
    code
    our-client
    http://hub.test/extensions/linear/setup/
    read,write,issues:create,comments:create
    S256
    app
    ");
    let bytes = |text: String| base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(text).unwrap().len();
    assert_eq!((bytes(parameter(&step, "state")), bytes(parameter(&step, "code_challenge"))), (32, 32));
    assert!(!step.to_string().contains("verifier"), "the verifier stays with us: {step}");

    let id = connect(&app).await;
    let row = integration(&app, &id).await;
    assert_eq!(row["name"], "Acme Issues");
    assert_eq!(row["patchbay"]["health"], "healthy");
    assert_eq!(row["scopes"], json!(["read", "write", "issues:create", "comments:create"]));
    assert_eq!(row["outOfDate"], false);
    let status = app.get("/v1/organizations/1/integrations").session(OWNER).await.json();
    let rows = status["integrations"].as_array().unwrap();
    let mine = rows.iter().find(|row| row["metadata"]["name"] == "Acme Issues").unwrap();
    assert!(mine["active"] == true && mine["token_id"].is_i64() && mine["installation_id"].is_null(), "{mine}");
    let installation = row["patchbay"]["installationId"].as_str().unwrap();
    let entries = app.audit(ACME, "installation", installation).await;
    assert_eq!(entries[0].summary, "installed Linear (Acme Issues)");
}

async fn what_the_provider_gave_is_nowhere_to_be_read(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    let bytes = app.database_bytes().await;
    for path in [
        "/settings/acme/integrations/".to_owned(),
        "/settings/acme/integrations/linear/".to_owned(),
        format!("/settings/acme/integrations/linear/{id}/"),
        format!("/api/0/organizations/acme/integrations/{id}/"),
        "/v1/organizations/1/integrations".to_owned(),
        "/admin/providers/".to_owned(),
    ] {
        let answer = app.get(&path).header("accept", "text/html").session(OWNER).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.text().contains("planted-"), "{path}");
    }
    for secret in [CODE, CLIENT_SECRET, "planted-access-1", "planted-refresh-1"] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
    assert!(bytes.windows(11).any(|window| window == b"Acme Issues"), "the database was looked at");
}

async fn the_callback_leads_on_without_the_code_and_tells_nobody_where_from(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let step = start(&app, ADMIN, "linear").await;
    let state = parameter(&step, "state");
    let answer = come_back(&app, ADMIN, "linear", &[("code", CODE), ("state", &state)]).await;
    assert_eq!(answer.status, 303);
    assert!(!answer.header("location").contains(CODE) && !answer.header("location").contains(&state));
    assert_eq!((answer.header("referrer-policy"), answer.header("cache-control")), ("no-referrer", "no-store"));
}

async fn a_popup_tells_the_page_that_opened_it_and_ends(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let step = start(&app, ADMIN, "linear").await;
    let pipeline = step["pipeline"].as_str().unwrap().to_owned();
    let state = parameter(&step, "state");
    assert!(step["body"]["popup_url"].as_str().unwrap().contains(&format!("state={state}.p")));
    let popup = format!("{state}.p");
    let answer = come_back(&app, ADMIN, "linear", &[("code", CODE), ("state", &popup)]).await;
    assert_eq!(answer.status, 200, "{}", answer.line());
    assert!(answer.text().contains(&format!("postMessage(\"{pipeline}\")")), "{}", answer.text());
    assert!(!answer.text().contains(CODE));
    let policy = answer.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert!(answer.text().contains(&format!("<script nonce=\"{nonce}\">")) && !policy.contains("unsafe"));
    let now = app.call("pipelines/current", &[("org", "acme"), ("pipeline", &pipeline)]).session(ADMIN).await.json();
    assert_eq!(now["body"]["kind"], "complete");
    assert_eq!(now["body"]["integration"]["name"], "Acme Issues");
}

async fn signing_in_again_keeps_the_id_and_the_settings_and_refuses_another_account(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let id = connect(&app).await;
    assert_eq!(connect(&app).await, id, "the same account is the same integration");
    let again = |person| {
        app.call("pipelines/start", &[("org", "acme"), ("provider", "linear"), ("again", &id)]).session(person)
    };
    let step = again(ADMIN).await.json();
    linear.set(|state| state.granted = Some("read"));
    let state = parameter(&step, "state");
    come_back(&app, ADMIN, "linear", &[("code", CODE), ("state", &state)]).await;
    assert_eq!(integration(&app, &id).await["scopes"], json!(["read"]));

    linear.set(|state| state.workspace = Some("Other Issues"));
    let step = again(ADMIN).await.json();
    let (state, pipeline) = (parameter(&step, "state"), step["pipeline"].as_str().unwrap().to_owned());
    come_back(&app, ADMIN, "linear", &[("code", CODE), ("state", &state)]).await;
    let now = app.call("pipelines/current", &[("org", "acme"), ("pipeline", &pipeline)]).session(ADMIN).await.json();
    assert_eq!(
        now["body"]["message"],
        "You signed in to Other Issues, which is another account than this integration's. Sign in with the right one, or add Other Issues as a configuration of its own."
    );
    assert_eq!(integration(&app, &id).await["name"], "Acme Issues");
    let list = app.get("/api/0/organizations/acme/integrations/?providerKey=linear").session(OWNER).await.json();
    let names: Vec<_> = list.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
    assert!(!names.contains(&"Other Issues".to_owned()), "{names:?}");
}

async fn who_may_not_install_cannot_begin_and_an_app_that_is_not_set_up_is_said(backend: Backend) {
    let linear = Linear::start().await;
    let app = app(backend, &linear).await;
    let answer = app.call("pipelines/start", &[("org", "acme"), ("provider", "linear")]).session(MEMBER).await;
    assert_eq!(answer.status, 403, "{}", answer.line());
    let answer = app.call("pipelines/start", &[("org", "acme"), ("provider", "notion")]).session(ADMIN).await;
    assert_eq!(answer.status, 409, "{}", answer.line());
    assert!(
        answer.text().contains("The instance administrator has to enter its app credentials under Providers."),
        "{}",
        answer.text()
    );
    assert_eq!(linear.token_calls(), 0);
}

on_both!(
    a_sign_in_connects_the_workspace_and_names_it,
    what_the_provider_gave_is_nowhere_to_be_read,
    the_callback_leads_on_without_the_code_and_tells_nobody_where_from,
    a_popup_tells_the_page_that_opened_it_and_ends,
    signing_in_again_keeps_the_id_and_the_settings_and_refuses_another_account,
    who_may_not_install_cannot_begin_and_an_app_that_is_not_set_up_is_said,
);
