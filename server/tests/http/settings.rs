//! Settings with rows: a table with secret cells, projects mapped to outside ones, choices that are asked for.

use crate::support::{ACME, ADMIN, Answer, Backend, MEMBER, Options, TestApp};
use domain::integrations::{Account, Facts, StoredConfig};
use domain::time::MINUTE;
use hub::Actor;
use serde_json::{Value, json};
use url::Url;
use wiremock::matchers::{header, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

const KEY: &str = "planted-integration-key";

/// A connection without a sign-in, and its address on the API.
pub async fn connected(app: &TestApp, provider: &str) -> (String, String) {
    let mut conn = app.ctx.store.write().await.unwrap();
    let account = Account { external_id: "1".into(), name: "Acme".into(), ..Account::default() };
    let now = app.ctx.now();
    let integration = store::integrations::upsert(&mut conn, provider, &account, now).await.unwrap();
    let (config, facts) = (StoredConfig::default(), Facts::default());
    store::installations::insert(&mut conn, ACME, integration, &config, &facts, None, now).await.unwrap();
    conn.commit().await.unwrap();
    (integration.to_string(), format!("/api/0/organizations/acme/integrations/{integration}/"))
}

async fn post(app: &TestApp, url: &str, body: Value) -> Answer {
    let token = app.org_token("acme", &["org:integrations"]).await;
    app.post(url).bearer(&token).json(&body).await
}

async fn data(app: &TestApp, url: &str) -> Value {
    app.get(url).session(MEMBER).await.json()["configData"].clone()
}

async fn a_table_keeps_its_secrets_to_itself(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let (_, url) = connected(&app, "pagerduty").await;
    let rows = json!({"service_table": [
        {"id": "", "service": "Web", "integration_key": KEY},
        {"service": "Api", "integration_key": "another-key"},
    ]});
    assert_eq!(post(&app, &url, rows).await.line(), "200 ");
    let stored = json!([
        {"id": "1", "service": "Web", "integration_key": ""},
        {"id": "2", "service": "Api", "integration_key": ""},
    ]);
    assert_eq!(data(&app, &url).await["service_table"], stored);
    assert!(!String::from_utf8_lossy(&app.database_bytes().await).contains(KEY));
    let secrets = |app: &TestApp| {
        let store = app.ctx.store.clone();
        async move {
            let mut conn = store.read().await.unwrap();
            let installed = store::installations::of_organization(&mut conn, ACME, Some("pagerduty")).await.unwrap();
            let secrets = store::credentials::of_installation(&mut conn, installed[0].id).await.unwrap();
            secrets.into_iter().map(|secret| (secret.field, secret.version)).collect::<Vec<_>>()
        }
    };
    let kept = json!({"service_table": [{"id": "2", "service": "Renamed", "integration_key": ""}]});
    assert_eq!(post(&app, &url, kept.clone()).await.line(), "200 ");
    // The undo of the toast puts the row back, with the key that nobody here knows.
    let undone = json!({"service_table": [
        {"id": "1", "service": "Web", "integration_key": ""},
        {"id": "2", "service": "Renamed", "integration_key": ""},
    ]});
    assert_eq!(post(&app, &url, undone.clone()).await.line(), "200 ");
    app.clock.advance(61_000);
    app.work().await;
    assert_eq!(secrets(&app).await.len(), 2);
    assert_eq!(post(&app, &url, kept).await.line(), "200 ");
    app.clock.advance(61_000);
    app.work().await;
    assert_eq!(secrets(&app).await, [("service_table.2.integration_key".to_owned(), 1)]);
    let refusal = r#"400 {"detail":"Each row needs “Integration key”."}"#;
    assert_eq!(post(&app, &url, undone).await.line(), refusal);
    let replaced = json!({"service_table": [{"id": "2", "service": "Renamed", "integration_key": "third-key"}]});
    assert_eq!(post(&app, &url, replaced).await.line(), "200 ");
    assert_eq!(secrets(&app).await, [("service_table.2.integration_key".to_owned(), 2)]);
    let empty = json!({"service_table": [{"id": "", "service": "New", "integration_key": ""}]});
    assert_eq!(post(&app, &url, empty).await.line(), r#"400 {"detail":"Each row needs “Integration key”."}"#);
}

async fn a_vercel_project_belongs_to_a_project_of_this_organization(backend: Backend) {
    let server = MockServer::start().await;
    let me = json!({"user": {"id": "u1", "username": "ada", "name": "Ada", "email": "ada@acme.test"}});
    let good = || Mock::given(method("GET")).and(header("authorization", "Bearer vercel-token"));
    good().and(path("/v2/user")).respond_with(ResponseTemplate::new(200).set_body_json(me)).mount(&server).await;
    let page = |id: &str, name: &str, next: Value| {
        let page = json!({"projects": [{"id": id, "name": name}], "pagination": {"next": next}});
        ResponseTemplate::new(200).set_body_json(page)
    };
    let first = good().and(path("/v10/projects")).and(query_param_is_missing("from"));
    first.respond_with(page("prj_1", "site", json!(7))).expect(1).mount(&server).await;
    let second = good().and(path("/v10/projects")).and(query_param("from", "7"));
    second.respond_with(page("prj_2", "docs", Value::Null)).expect(1).mount(&server).await;
    let endpoints = vec![("vercel".to_owned(), server.uri())];
    let options = Options { endpoints, outbound_allow: "127.0.0.1".to_owned(), ..Options::default() };
    let app = TestApp::with(backend, options).await;
    let form = [("org", "acme"), ("provider", "vercel"), ("values[token]", "vercel-token")];
    let answer = app.call("integrations/install", &form).session(ADMIN).await;
    assert_eq!(answer.status, 200, "{}", answer.line());
    let list = app.get("/api/0/organizations/acme/integrations/?providerKey=vercel").session(ADMIN).await.json();
    let url = format!("/api/0/organizations/acme/integrations/{}/", list[0]["id"].as_str().unwrap());
    let row = app.get(&url).session(MEMBER).await.json();
    let field = &row["configOrganization"][0];
    assert_eq!(field["type"], "project_mapper");
    assert_eq!(
        field["mappedDropdown"]["items"],
        json!([{"value": "prj_1", "label": "site", "url": ""}, {"value": "prj_2", "label": "docs", "url": ""}])
    );
    assert_eq!(field["nextButton"]["allowedDomain"], "https://vercel.com");
    assert_eq!(field.get("source"), None);
    let project = field["sentryProjects"][0]["id"].as_i64().unwrap();
    let mapped = json!({"project_mappings": [[project, "prj_1"]]});
    assert_eq!(post(&app, &url, mapped).await.line(), "200 ");
    let foreign = json!({"project_mappings": [[project, "prj_1"], [4_711, "prj_2"]]});
    let refusal = r#"400 {"detail":"There is no project 4711 in this organization."}"#;
    assert_eq!(post(&app, &url, foreign).await.line(), refusal);
    assert_eq!(data(&app, &url).await["project_mappings"], json!([[project, "prj_1"]]));
    let name = field["sentryProjects"][0]["name"].as_str().unwrap();
    let id = row["patchbay"]["installationId"].as_str().unwrap();
    let told = app.audit(ACME, "installation", id).await.remove(0).summary;
    assert!(told.ends_with(&format!(": added “{name} with prj_1”")), "{told}");
    server.verify().await;
    server.reset().await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(503)).mount(&server).await;
    app.clock.advance(MINUTE);
    let row = app.get(&url).session(MEMBER).await.json();
    let field = &row["configOrganization"][0];
    assert_eq!(field["disabled"], true, "{field}");
    assert!(field["disabledReason"].as_str().unwrap().ends_with("What is mapped is kept."), "{field}");
    assert_eq!(row["status"], "active", "an outage disables nothing");
}

const CHANNELS: &str = "/api/conversations.list";

fn ok(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

/// An app that Slack was connected to, and the id of the integration.
async fn with_slack(backend: Backend, slack: &MockServer) -> (TestApp, String) {
    let token = json!({"ok": true, "access_token": "planted-slack", "token_type": "bot", "scope": "channels:read"});
    let team = json!({"ok": true, "url": "https://acme.slack.com/", "team": "Acme", "team_id": "T1"});
    let post = |at| Mock::given(method("POST")).and(path(at));
    post("/api/oauth.v2.access").respond_with(ok(token)).mount(slack).await;
    post("/api/auth.test").respond_with(ok(team)).mount(slack).await;
    let endpoints = vec![("slack".to_owned(), slack.uri())];
    let options = Options { endpoints, outbound_allow: "127.0.0.1".to_owned(), ..Options::default() };
    let app = TestApp::with(backend, options).await;
    let values = [("client_id", "our-client"), ("client_secret", "planted-secret"), ("endpoint", "")];
    let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
    hub::provider_apps::save(&app.ctx, &Actor::operator(), "slack", values).await.unwrap();
    let step = app.call("pipelines/start", &[("org", "acme"), ("provider", "slack")]).session(ADMIN).await.json();
    let sign_in = Url::parse(step["body"]["url"].as_str().unwrap()).unwrap();
    let state = sign_in.query_pairs().find(|(name, _)| name == "state").unwrap().1;
    let back = app.get(&format!("/extensions/slack/setup/?code=planted&state={state}")).session(ADMIN).await;
    let place = back.header("location").strip_prefix("/settings/acme/integrations/slack/").unwrap().to_owned();
    (app, place.trim_end_matches('/').to_owned())
}

async fn choices_of_slack_are_those_of_every_page_and_typing_on_asks_nobody(backend: Backend) {
    let slack = MockServer::start().await;
    let (app, id) = with_slack(backend, &slack).await;
    let page = |number: i32, next: &str| {
        let channels = json!([{"id": format!("C{number}"), "name": format!("alerts-{number}")}]);
        ok(json!({"ok": true, "channels": channels, "response_metadata": {"next_cursor": next}}))
    };
    let list = || Mock::given(method("GET")).and(path(CHANNELS)).and(header("authorization", "Bearer planted-slack"));
    list().and(query_param_is_missing("cursor")).respond_with(page(1, "more=")).mount(&slack).await;
    list().and(query_param("cursor", "more=")).respond_with(page(2, "")).up_to_n_times(1).mount(&slack).await;
    let place = format!("/api/patchbay/organizations/acme/integrations/{id}/choices?field=default_channel");
    let found = async |query: &str| {
        let answer = app.get(&format!("{place}&query={query}")).session(ADMIN).await.json();
        answer["items"].as_array().unwrap().iter().map(|item| item["value"].clone()).collect::<Vec<_>>()
    };
    let all = tokio::join!(found("a"), found("al"), found("alerts-2"), found("nothing"));
    assert_eq!(all, (vec![json!("C1"), json!("C2")], vec![json!("C1"), json!("C2")], vec![json!("C2")], vec![]));
    let asked = slack.received_requests().await.unwrap().iter().filter(|it| it.url.path() == CHANNELS).count();
    assert_eq!(asked, 2, "one request per page for all that was typed");
    assert_eq!(app.get(&place).session(MEMBER).await.status, 403, "what is kept is for whoever may ask");
    assert_eq!(app.get(&place.replace("acme", "rival")).session(ADMIN).await.status, 404);

    let url = format!("/api/0/organizations/acme/integrations/{id}/");
    assert_eq!(post(&app, &url, json!({"default_channel": "C2"})).await.line(), "200 ");
    assert_eq!(data(&app, &url).await["default_channel"], "C2");

    app.clock.advance(MINUTE);
    list().and(query_param("cursor", "more=")).respond_with(ResponseTemplate::new(429)).mount(&slack).await;
    let refused = app.get(&place).session(ADMIN).await;
    assert_eq!(refused.status, 502, "{}", refused.line());
    assert!(
        refused.text().contains("Slack is busy right now: it takes no more requests for now."),
        "{}",
        refused.text()
    );
}

async fn a_list_that_goes_on_and_on_is_refused_in_words(backend: Backend) {
    let slack = MockServer::start().await;
    let (app, id) = with_slack(backend, &slack).await;
    let page = |request: &wiremock::Request| {
        let number = request.url.query_pairs().find(|(name, _)| name == "cursor");
        let number = number.map_or(0, |(_, cursor)| cursor.parse::<u32>().unwrap());
        let channels = json!([{"id": format!("C{number}"), "name": "x"}]);
        ok(json!({"ok": true, "channels": channels, "response_metadata": {"next_cursor": (number + 1).to_string()}}))
    };
    Mock::given(method("GET")).and(path(CHANNELS)).respond_with(page).mount(&slack).await;
    let place = format!("/api/patchbay/organizations/acme/integrations/{id}/choices?field=default_channel");
    let refused = app.get(&place).session(ADMIN).await;
    let said = "Slack has more to choose from than the 50 that Patchbay reads. Set this by API instead, with the id that it \
                has at Slack.";
    assert_eq!((refused.status, refused.text().contains(said)), (502, true), "{}", refused.line());
}

async fn choices_of_gitlab_depend_on_each_other(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let (id, url) = connected(&app, "gitlab").await;
    let row = app.get(&url).session(MEMBER).await.json();
    let fields = row["configOrganization"].as_array().unwrap();
    let place = format!("/api/patchbay/organizations/acme/integrations/{id}/choices?field=default_branch");
    let branch = fields.iter().find(|field| field["name"] == "default_branch").unwrap();
    assert_eq!((&branch["url"], &branch["dependsOn"]), (&json!(place), &json!(["default_project"])));
    let refused = app.get(&place).session(ADMIN).await;
    assert_eq!(refused.status, 400, "{}", refused.line());
    assert_eq!(refused.json()["fields"]["default_branch"], "Choose what it depends on first.");
    assert_eq!(app.get(&place).session(MEMBER).await.status, 403);
    assert_eq!(app.get(&place.replace("acme", "rival")).session(ADMIN).await.status, 404);
    let unknown = app.get(&place.replace("default_branch", "nothing")).session(ADMIN).await;
    assert_eq!(unknown.status, 404, "{}", unknown.line());
}

async fn rows_of_a_plain_form_are_saved_and_come_back_to_the_page(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let (id, url) = connected(&app, "pagerduty").await;
    let form = |seen: &'static str| {
        vec![
            ("org", "acme".to_owned()),
            ("id", id.clone()),
            ("field", "service_table".to_owned()),
            ("seen", seen.to_owned()),
            ("rows[new][service]", "Web".to_owned()),
            ("rows[new][integration_key]", KEY.to_owned()),
        ]
    };
    let pairs = form("[]");
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = app.call("integrations/save", &pairs).session(ADMIN).await;
    assert!(matches!(answer.status, 200 | 302), "{}", answer.line());
    assert!(!answer.text().contains(KEY), "{}", answer.text());
    assert_eq!(data(&app, &url).await["service_table"][0]["service"], "Web");
}

on_both! {
    a_table_keeps_its_secrets_to_itself,
    a_vercel_project_belongs_to_a_project_of_this_organization,
    choices_of_slack_are_those_of_every_page_and_typing_on_asks_nobody,
    a_list_that_goes_on_and_on_is_refused_in_words,
    choices_of_gitlab_depend_on_each_other,
    rows_of_a_plain_form_are_saved_and_come_back_to_the_page,
}
