//! Choices that a provider offers for a setting, as the manifests ask for them, from a provider on this machine.

#![expect(clippy::unwrap_used, reason = "a test that cannot be arranged should fail")]

use domain::Timestamp;
use domain::catalogue::Manifest;
use domain::config::{ChoiceSource, ConfigData, FieldKind};
use domain::integrations::Account;
use providers::connect::{CheckError, Choices, MAX_PAGES, Secrets, choices};
use providers::outbound::Outbound;
use providers::{App, Provider, catalogue};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use wiremock::matchers::{body_partial_json, header, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockBuilder, MockServer, Request, ResponseTemplate};

const TOKEN: &str = "planted-token-71c2";

/// The manifest of a provider, and how a setting there asks for its choices.
fn source(provider: &str, field: &str) -> (&'static Manifest, ChoiceSource) {
    let manifest = catalogue::find(provider).unwrap();
    let kind = &manifest.config.iter().find(|known| known.name == field).unwrap().kind;
    let source = match kind {
        FieldKind::Select { source, .. } => source.as_deref(),
        FieldKind::ProjectMapper(mapper) => mapper.source.as_deref(),
        _ => None,
    };
    (manifest, source.unwrap().clone())
}

async fn ask(server: &MockServer, provider: &str, field: &str) -> Result<Choices, CheckError> {
    let (manifest, source) = source(provider, field);
    let outbound = Outbound::new("127.0.0.1".parse().unwrap());
    let (endpoint, app) = (server.uri(), App::default());
    let provider = Provider { outbound: &outbound, manifest, endpoint: Some(&endpoint), app: &app, now: Timestamp(0) };
    let secrets: Secrets =
        ["token", "access_token"].map(|name| (name.to_owned(), SecretString::from(TOKEN))).into_iter().collect();
    let values = [("query", "se&rch"), ("default_team", "t1"), ("default_repository", "7")];
    let values: BTreeMap<_, _> = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let found = choices(&provider, &ConfigData::new(), &secrets, &Account::default(), &source, &values).await;
    found.inspect_err(|error| assert!(!format!("{error} {error:?}").contains("planted")))
}

/// The values of a whole list.
async fn values(server: &MockServer, provider: &str, field: &str) -> Vec<String> {
    let choices = ask(server, provider, field).await.unwrap();
    assert!(!choices.goes_on);
    choices.found.into_iter().map(|choice| choice.value).collect()
}

fn get(at: &str) -> MockBuilder {
    Mock::given(method("GET")).and(path(at)).and(header("authorization", format!("Bearer {TOKEN}").as_str()))
}

fn good(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

/// A page of Slack's channels. The last one has an empty cursor.
fn channels(ids: &[&str], next: &str) -> ResponseTemplate {
    let channels: Vec<_> = ids.iter().map(|id| json!({ "id": id, "name": id.to_lowercase() })).collect();
    good(json!({ "ok": true, "channels": channels, "response_metadata": { "next_cursor": next } }))
}

const CHANNELS: &str = "/api/conversations.list";

#[tokio::test]
async fn the_channels_of_slack_are_those_of_every_page_each_once() {
    let server = MockServer::start().await;
    let first = get(CHANNELS).and(query_param("limit", "500")).and(query_param_is_missing("cursor"));
    first.respond_with(channels(&["C1", "C2"], "dGVhbTpDMg==")).expect(1).mount(&server).await;
    // Slack leaves archived channels out after it has cut its pages: one may be empty and not the last.
    let second = get(CHANNELS).and(query_param("limit", "500")).and(query_param("cursor", "dGVhbTpDMg=="));
    second.respond_with(channels(&[], "dGVhbTpDMw==")).expect(1).mount(&server).await;
    let third = get(CHANNELS).and(query_param("cursor", "dGVhbTpDMw=="));
    third.respond_with(channels(&["C2", "C3"], "")).expect(1).mount(&server).await;
    assert_eq!(values(&server, "slack", "default_channel").await, ["C1", "C2", "C3"]);
}

#[tokio::test]
async fn the_projects_of_vercel_go_on_by_a_time_or_by_a_token() {
    let server = MockServer::start().await;
    let page =
        |id: &str, next: Value| good(json!({ "projects": [{ "id": id, "name": id }], "pagination": { "next": next } }));
    let at = || get("/v10/projects").and(query_param("limit", "50"));
    let first = at().and(query_param_is_missing("from"));
    first.respond_with(page("prj_1", json!(1_540_095_775_951_i64))).expect(1).mount(&server).await;
    let second = at().and(query_param("from", "1540095775951"));
    second.respond_with(page("prj_2", json!("JBSWY3DPEHPK3PXP"))).expect(1).mount(&server).await;
    let third = at().and(query_param("from", "JBSWY3DPEHPK3PXP"));
    third.respond_with(page("prj_3", Value::Null)).expect(1).mount(&server).await;
    assert_eq!(values(&server, "vercel", "project_mappings").await, ["prj_1", "prj_2", "prj_3"]);
}

#[tokio::test]
async fn the_lists_of_linear_end_where_it_says_so_although_the_last_page_has_a_cursor() {
    let server = MockServer::start().await;
    for (field, list, team) in [("default_team", "", Value::Null), ("default_project", "projects", json!("t1"))] {
        for (after, next, more) in [(Value::Null, "c1", true), (json!("c1"), "c2", false)] {
            let page = json!({ "nodes": [{ "id": next, "name": "X" }], "pageInfo": { "endCursor": next, "hasNextPage": more } });
            let (variables, data) = match list {
                "" => (json!({ "after": after }), json!({ "teams": page })),
                _ => (json!({ "after": after, "team": team }), json!({ "team": { list: page } })),
            };
            let asked = Mock::given(method("POST")).and(path("/graphql"));
            let asked = asked.and(body_partial_json(json!({ "variables": variables })));
            asked.respond_with(good(json!({ "data": data }))).up_to_n_times(1).expect(1).mount(&server).await;
        }
        assert_eq!(values(&server, "linear", field).await, ["c1", "c2"], "{field}");
        server.verify().await;
        server.reset().await;
    }
}

#[tokio::test]
async fn the_lists_of_github_go_on_by_links_and_the_token_goes_nowhere_else() {
    let server = MockServer::start().await;
    let elsewhere = MockServer::start().await;
    for (field, at) in
        [("default_repository", "/installation/repositories"), ("default_branch", "/repositories/7/branches")]
    {
        for (page, next) in [(1, true), (2, false)] {
            let items = json!([{ "id": page, "name": page, "full_name": "acme/site" }]);
            let body = if field == "default_branch" { items } else { json!({ "repositories": items }) };
            let here = format!("<{}/other?per_page=100&page=1>; rel=\"first\"", elsewhere.uri());
            let link = format!("<{}/other?per_page=100&page=2>; rel=\"next\", {here}", elsewhere.uri());
            let answer = good(body).insert_header("link", if next { link } else { here });
            let asked = match next {
                true => get(at).and(query_param_is_missing("page")),
                false => get(at).and(query_param("page", "2")),
            };
            asked.and(query_param("per_page", "100")).respond_with(answer).expect(1).mount(&server).await;
        }
        assert_eq!(values(&server, "github", field).await, ["1", "2"], "{field}");
    }
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_provider_that_searches_is_asked_for_one_page() {
    let server = MockServer::start().await;
    let page = good(json!([{ "id": 1, "path_with_namespace": "acme/site" }]));
    let page = page.insert_header("link", "<https://gitlab.com/api/v4/projects?page=2>; rel=\"next\"");
    let asked =
        get("/api/v4/projects").and(query_param("search", "se&rch")).and(query_param("search_namespaces", "true"));
    asked.respond_with(page).expect(1).mount(&server).await;
    assert_eq!(values(&server, "gitlab", "default_project").await, ["1"]);
}

#[tokio::test]
async fn a_limit_in_the_middle_is_said_and_no_part_of_the_list_is_given() {
    let too_many = ResponseTemplate::new(429).insert_header("retry-after", "30");
    let in_words = good(json!({ "ok": false, "error": "ratelimited" }));
    for limit in [too_many, in_words] {
        let server = MockServer::start().await;
        let first = get(CHANNELS).and(query_param_is_missing("cursor"));
        first.respond_with(channels(&["C1"], "next")).expect(1).mount(&server).await;
        get(CHANNELS).and(query_param("cursor", "next")).respond_with(limit).expect(1).mount(&server).await;
        let error = ask(&server, "slack", "default_channel").await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "Slack is busy right now: it takes no more requests for now. Try again in a few minutes."
        );
    }
}

#[tokio::test]
async fn a_list_without_an_end_is_left_with_the_word_that_it_goes_on() {
    let server = MockServer::start().await;
    let count = AtomicUsize::new(0);
    let page = move |_: &Request| {
        let number = count.fetch_add(1, Ordering::Relaxed);
        channels(&[&format!("C{number}")], &format!("after-{number}"))
    };
    get(CHANNELS).respond_with(page).expect(MAX_PAGES as u64).mount(&server).await;
    let choices = ask(&server, "slack", "default_channel").await.unwrap();
    assert_eq!((choices.found.len(), choices.goes_on), (MAX_PAGES, true));
}

#[tokio::test]
async fn a_page_that_leads_to_itself_is_refused() {
    let server = MockServer::start().await;
    get(CHANNELS).respond_with(channels(&["C1"], "same")).expect(2).mount(&server).await;
    let error = ask(&server, "slack", "default_channel").await.unwrap_err();
    assert!(error.to_string().contains("its next page is the same page again"), "{error}");
}
