//! API keys, against a provider on this machine.

#![expect(clippy::unwrap_used, reason = "a test that cannot be arranged should fail")]

use domain::catalogue::Manifest;
use domain::config::ConfigData;
use domain::integrations::{Account, Health};
use domain::{AppError, Code, Timestamp};
use providers::connect::{CheckError, Secrets, accounts, health};
use providers::outbound::{AllowList, Limits, Outbound};
use providers::{App, Provider};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::time::Duration;
use wiremock::matchers::{body_json, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const KEY: &str = "planted-key-8d1f";

fn manifest(extra: Value) -> Manifest {
    let mut json = json!({
        "key": "example", "name": "Example", "tagline": "An example", "kind": "first_party", "categories": ["ci"],
        "popularity": 1, "noun": "Account", "author": "Patchbay", "documentation_url": "https://example.com/docs",
        "source_url": "https://example.com/source", "issue_url": "https://example.com/issues", "color": "#000000",
        "monogram": "E", "multiple": true, "proven_against": "A test double.",
        "auth": {
            "kind": "api_key", "base_url": "https://api.example.com", "header": "Authorization", "prefix": "Bearer ",
            "fields": [
                {"name": "base_url", "label": "Address", "type": "url"},
                {"name": "token", "label": "API key", "required": true, "type": "secret"},
            ],
        },
        "identity": {
            "call": {"method": "GET", "url": "/v1/me?full=1"}, "id": "/user/id", "name": "/user/name", "icon": "/user/avatar",
            "domain": "/user/url",
        },
    });
    for (key, value) in extra.as_object().unwrap() {
        json[key] = value.clone();
    }
    serde_json::from_value(json).unwrap()
}

fn secrets(key: &str) -> Secrets {
    [("token".to_owned(), SecretString::from(key))].into_iter().collect()
}

fn door() -> Outbound {
    Outbound::new("127.0.0.1".parse().unwrap())
}

/// The one account that a credential opens.
async fn check(
    outbound: &Outbound,
    manifest: &Manifest,
    endpoint: Option<&str>,
    form: &ConfigData,
    secrets: &Secrets,
) -> Result<Account, CheckError> {
    let app = App::default();
    let provider = Provider { outbound, manifest, endpoint, app: &app, now: Timestamp(0) };
    let mut accounts = accounts(&provider, form, secrets, None).await?;
    assert_eq!(accounts.len(), 1);
    Ok(accounts.remove(0))
}

async fn ask(server: &MockServer, manifest: &Manifest) -> Result<Account, CheckError> {
    check(&door(), manifest, Some(&server.uri()), &ConfigData::new(), &secrets(KEY)).await
}

async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("GET")).and(path("/v1/me")).respond_with(answer).mount(&server).await;
    server
}

async fn refusal(answer: ResponseTemplate) -> CheckError {
    let error = ask(&answering(answer).await, &manifest(json!({}))).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(KEY));
    error
}

#[tokio::test]
async fn a_good_key_gives_the_account_it_belongs_to() {
    let server = MockServer::start().await;
    let user = json!({"user": {
        "id": 9_007_199_254_740_993_i64, "name": "Fabri\u{202e}kam", "avatar": "https://example.com/a.png",
        "url": "https://fabrikam.example.com/"
    }});
    Mock::given(method("GET"))
        .and(path("/v1/me"))
        .and(query_param("full", "1"))
        .and(header("authorization", "Bearer planted-key-8d1f"))
        .and(header("accept", "application/json"))
        .respond_with(ResponseTemplate::new(200).set_body_json(user))
        .expect(1)
        .mount(&server)
        .await;
    let account = ask(&server, &manifest(json!({}))).await.unwrap();
    let expected = Account {
        external_id: "9007199254740993".into(),
        name: "Fabrikam".into(),
        icon: Some("https://example.com/a.png".into()),
        domain_name: Some("fabrikam.example.com".into()),
        ..Account::default()
    };
    assert_eq!(account, expected);
}

#[tokio::test]
async fn a_graphql_probe_posts_its_query_and_a_key_without_prefix_stays_bare() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/graphql"))
        .and(header("x-api-key", KEY))
        .and(body_json(json!({"query": "{ me { id } }"})))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"data": {"me": [{"id": "u1"}]}})))
        .mount(&server)
        .await;
    let manifest = manifest(json!({
        "auth": {"kind": "api_key", "base_url": "https://api.example.com", "header": "X-Api-Key",
            "fields": [{"name": "token", "label": "API key", "type": "secret"}]},
        "identity": {"call": {"method": "POST", "url": "https://other.example.com/graphql",
            "body": "{\"query\": \"{ me { id } }\"}"}, "id": "/data/me/0/id", "name": "/data/me/0/name"},
    }));
    let account = ask(&server, &manifest).await.unwrap();
    assert_eq!((account.external_id.as_str(), account.name.as_str()), ("u1", "u1"));
}

#[tokio::test]
async fn a_basic_header_carries_the_user_and_the_key() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/jenkins/me/api/json"))
        .and(header("authorization", "Basic YWxpY2U6cGxhbnRlZC1rZXktOGQxZg=="))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "alice", "fullName": "Alice"})))
        .mount(&server)
        .await;
    let manifest = manifest(json!({
        "auth": {"kind": "api_key", "base_url": "https://jenkins.example.com", "header": "Authorization",
            "prefix": "Basic ", "fields": [{"name": "token", "label": "API token", "type": "secret"}]},
        "identity": {"call": {"method": "GET", "url": "/me/api/json"}, "id": "/id", "name": "/fullName"},
    }));
    let base = format!("{}/jenkins/", server.uri());
    let form = |user: &str| json!({"user": user, "base_url": base}).as_object().unwrap().clone();
    let account = check(&door(), &manifest, None, &form("alice"), &secrets(KEY)).await.unwrap();
    assert_eq!(account.external_id, format!("{}/jenkins/alice", server.address()));
    for user in ["", "a:b"] {
        let error = check(&door(), &manifest, None, &form(user), &secrets(KEY)).await.unwrap_err();
        assert_eq!((error.field(), error.to_app_error().code), (Some("user"), Code::Invalid));
    }
}

#[tokio::test]
async fn a_refused_key_is_shown_beside_its_field() {
    for status in [401, 403] {
        let echo = ResponseTemplate::new(status).set_body_string(format!("bad key {KEY}"));
        let error = refusal(echo).await;
        let text = "Example refused the key. Copy it again, or create a new one there and check its permissions.";
        assert_eq!(error.to_app_error(), AppError::field("token", text));
        assert_eq!(error.health(), Health::NeedsReauth);
    }
}

#[tokio::test]
async fn an_outage_is_not_the_keys_fault() {
    let limited = || ResponseTemplate::new(403).insert_header("retry-after", "60");
    let cases = [
        (
            ResponseTemplate::new(500),
            "Example failed: it answered with status 500. Try again later; if it stays, look at its status page or its log.",
        ),
        (
            ResponseTemplate::new(503),
            "Example failed: it answered with status 503. Try again later; if it stays, look at its status page or its log.",
        ),
        (
            ResponseTemplate::new(429),
            "Example is busy right now: it takes no more requests for now. Try again in a few minutes.",
        ),
        (limited(), "Example is busy right now: it takes no more requests for now. Try again in a few minutes."),
    ];
    for (answer, text) in cases {
        let error = refusal(answer).await;
        assert_eq!(error.to_app_error(), AppError::provider(text));
        assert_eq!(error.health(), Health::Unreachable);
    }
}

#[tokio::test]
async fn an_account_that_is_gone_is_said_to_be_gone() {
    for status in [404, 410] {
        let error = refusal(ResponseTemplate::new(status)).await;
        let text = format!(
            "Example has no such account (status {status}). Check the address, and whether the account still exists."
        );
        assert_eq!((error.to_string(), error.health()), (text, Health::RemovedAtProvider));
    }
}

#[tokio::test]
async fn an_answer_that_is_no_account_is_said_to_be_unusable() {
    let json = |value: Value| ResponseTemplate::new(200).set_body_json(value);
    let page = ResponseTemplate::new(200).set_body_raw("\n <!doctype html>", "text/html");
    let cases = [
        (page, "it sent a page instead of data"),
        (ResponseTemplate::new(200).set_body_string("hello"), "it did not send JSON"),
        (ResponseTemplate::new(204), "it did not send JSON"),
        (json(json!({})), "it does not say which account this is"),
        (json(json!({"user": {"id": true, "name": "x"}})), "it does not say which account this is"),
        (json(json!({"user": {"id": null}})), "it does not say which account this is"),
        (json(json!({"user": {"id": {"n": 1}}})), "it does not say which account this is"),
        (json(json!({"user": {"id": "  "}})), "it does not say which account this is"),
        (json(json!({"user": {"id": 1.5}})), "it does not say which account this is"),
        (json(json!({"user": {"id": "x".repeat(256)}})), "the id of its account is too long"),
        (ResponseTemplate::new(200).set_body_bytes(vec![b' '; 1024 * 1024 + 1]), "it sent far more than was asked for"),
    ];
    for (answer, cause) in cases {
        let error = refusal(answer).await;
        assert_eq!(error, CheckError::Broken { at: "Example".into(), cause: cause.into() });
        assert_eq!((error.health(), error.field()), (Health::Unreachable, None));
    }
}

#[tokio::test]
async fn odd_extras_are_left_out() {
    let user = json!({"user": {"id": "7", "name": ["x"], "avatar": "javascript:alert(1)", "url": false}});
    let server = answering(ResponseTemplate::new(200).set_body_json(user)).await;
    let account = ask(&server, &manifest(json!({}))).await.unwrap();
    let expected = Account { external_id: "7".into(), name: "7".into(), ..Account::default() };
    assert_eq!(account, expected);
}

#[tokio::test]
async fn the_address_of_the_form_moves_the_provider_and_is_guarded() {
    let server = answering(ResponseTemplate::new(200).set_body_json(json!({"user": {"id": 1}}))).await;
    let form = |url: &str| json!({"base_url": url}).as_object().unwrap().clone();
    let manifest = manifest(json!({}));
    let account = check(&door(), &manifest, None, &form(&server.uri()), &secrets(KEY)).await.unwrap();
    // Another server has an account 1 too.
    let at = server.address().to_string();
    assert_eq!((account.external_id, account.domain_name), (format!("{at}/1"), Some(at)));

    let closed = Outbound::new(AllowList::default());
    let error = check(&closed, &manifest, None, &form(&server.uri()), &secrets(KEY)).await.unwrap_err();
    assert_eq!(error.field(), Some("base_url"));
    assert!(error.to_string().starts_with("Patchbay does not connect to this address:"), "{error}");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);

    let error = check(&door(), &manifest, None, &form("https://a.example.com/?x=1"), &secrets(KEY)).await.unwrap_err();
    assert_eq!((error.field(), error.to_app_error().code), (Some("base_url"), Code::Invalid));
    let error = check(&door(), &manifest, Some("nonsense"), &form(&server.uri()), &secrets(KEY)).await.unwrap_err();
    assert_eq!((error.field(), error.to_app_error().code), (None, Code::Provider));
}

#[tokio::test]
async fn a_provider_that_is_down_or_slow_is_unreachable() {
    let slow = answering(ResponseTemplate::new(200).set_delay(Duration::from_secs(60))).await;
    let limits = Limits { total: Duration::from_millis(100), ..Limits::default() };
    let manifest = manifest(json!({}));
    let form = ConfigData::new();
    let error =
        check(&door().with_limits(limits), &manifest, Some(&slow.uri()), &form, &secrets(KEY)).await.unwrap_err();
    let at = slow.address();
    assert_eq!(
        error.to_string(),
        format!("{at} did not answer in time. Try again; if it stays, check the address and the firewall in between.")
    );
    assert_eq!(error.health(), Health::Unreachable);
    let uri = "http://127.0.0.1:1";
    let error = check(&door(), &manifest, Some(uri), &form, &secrets(KEY)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "127.0.0.1:1 could not be reached: it refused the connection. Check the address and the port, and that a \
         firewall lets this Patchbay in."
    );
}

#[tokio::test]
async fn a_key_that_cannot_be_one_is_not_sent() {
    let server = answering(ResponseTemplate::new(200)).await;
    for (key, code) in [("", Code::Invalid), ("  ", Code::Invalid), ("two\nlines", Code::Invalid)] {
        let error = check(&door(), &manifest(json!({})), Some(&server.uri()), &ConfigData::new(), &secrets(key)).await;
        let error = error.unwrap_err();
        assert_eq!((error.field(), error.to_app_error().code), (Some("token"), code));
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_way_that_is_not_built_says_so() {
    let unknown = json!({"auth": {"kind": "database", "engine": "oracle", "fields": []}});
    for (auth, way) in [(unknown, "Database connection"), (json!({"auth": {"kind": "plugin"}}), "Settings per project")]
    {
        let error = check(&door(), &manifest(auth), None, &ConfigData::new(), &Secrets::default()).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("Patchbay cannot connect Example yet: signing in by “{way}” is not built. Nothing was sent.")
        );
    }
}

#[tokio::test]
async fn a_check_of_its_own_asks_about_the_known_account_and_answers_with_it() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/v1/teams/t%2F1"))
        .and(header("authorization", "Bearer planted-key-8d1f"))
        .and(header("x-version", "3"))
        .respond_with(ResponseTemplate::new(200).set_body_string("fine"))
        .expect(1)
        .mount(&server)
        .await;
    let manifest = manifest(json!({
        "headers": {"X-Version": "3"}, "health": {"method": "GET", "url": "/v1/teams/{external_id}"},
    }));
    let app = App::default();
    let (door, uri) = (door(), server.uri());
    let provider = Provider { outbound: &door, manifest: &manifest, endpoint: None, app: &app, now: Timestamp(0) };
    let form = json!({"base_url": uri}).as_object().unwrap().clone();
    // The id begins with the server that the person named; the server knows only what comes after.
    let known = Account { external_id: format!("{}/t/1", server.address()), name: "Team".into(), ..Account::default() };
    assert_eq!(health(&provider, &form, &secrets(KEY), &known).await.unwrap(), known);
}

#[test]
fn secrets_show_their_names_only() {
    assert_eq!(format!("{:?}", secrets(KEY)), "{\"token\"}");
}
