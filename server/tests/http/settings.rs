//! Settings with rows: a table with secret cells, projects mapped to outside ones, choices that are asked for.

use crate::support::{ACME, ADMIN, Answer, Backend, MEMBER, Options, TestApp};
use domain::integrations::{Account, Facts, StoredConfig};
use serde_json::{Value, json};
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const KEY: &str = "planted-integration-key";

/// A connection without a sign-in, and its address on the API.
async fn connected(app: &TestApp, provider: &str) -> (String, String) {
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
    let projects = json!({"projects": [{"id": "prj_1", "name": "site"}, {"id": "prj_2", "name": "docs"}]});
    let listed = good().and(path("/v9/projects")).and(query_param("limit", "100"));
    listed.respond_with(ResponseTemplate::new(200).set_body_json(projects)).mount(&server).await;
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
    server.reset().await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(503)).mount(&server).await;
    let row = app.get(&url).session(MEMBER).await.json();
    let field = &row["configOrganization"][0];
    assert_eq!(field["disabled"], true, "{field}");
    assert!(field["disabledReason"].as_str().unwrap().ends_with("What is mapped is kept."), "{field}");
    assert_eq!(row["status"], "active", "an outage disables nothing");
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
    choices_of_gitlab_depend_on_each_other,
    rows_of_a_plain_form_are_saved_and_come_back_to_the_page,
}
