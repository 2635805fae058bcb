//! GitHub Apps, against a GitHub on this machine. The keys beside this file were made for it and open nothing.

#![expect(clippy::unwrap_used, reason = "a test that cannot be arranged should fail")]

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::Timestamp;
use domain::integrations::{Account, Facts, Health};
use providers::connect::github::{installation, installation_token, test, visible};
use providers::connect::{CheckError, Secrets, health};
use providers::outbound::Outbound;
use providers::{App, Provider, catalogue};
use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Match, Mock, MockServer, Request, ResponseTemplate};

const PKCS1: &str = include_str!("key.pem");
const PKCS8: &str = include_str!("key.pkcs8.pem");
const USER: &str = "planted-user-token";
/// Half a second past a full one.
const NOW: i64 = 1_700_000_000_500;

fn app(key: &str) -> App {
    let values = json!({"app_id": " 1234 ", "slug": "patchbay-acme", "client_id": "Iv1.x"});
    let secrets = [("private_key".to_owned(), SecretString::from(key))].into_iter().collect();
    App { values: values.as_object().unwrap().clone(), secrets }
}

/// Signed by this app, a minute ago at most, and good for ten minutes at most.
struct Signed;

impl Match for Signed {
    fn matches(&self, request: &Request) -> bool {
        let value = request.headers.get("authorization").unwrap().to_str().unwrap();
        let (signed, signature) = value.strip_prefix("Bearer ").unwrap().rsplit_once('.').unwrap();
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
        let key = PrivatePkcs8KeyDer::from_pem_slice(PKCS8.as_bytes()).unwrap();
        let key = RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).unwrap();
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref())
            .verify(signed.as_bytes(), &signature)
            .unwrap();
        let parts = signed.split('.').map(|part| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap());
        let parts: Vec<Value> = parts.map(|part| serde_json::from_slice(&part).unwrap()).collect();
        let claims = json!({"iat": 1_699_999_940, "exp": 1_700_000_540, "iss": "1234"});
        parts == [json!({"alg": "RS256", "typ": "JWT"}), claims]
    }
}

async fn github(verb: &str, at: &str, answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method(verb))
        .and(path(at))
        .and(header("accept", "application/vnd.github+json"))
        .and(header("x-github-api-version", "2022-11-28"))
        .and(Signed)
        .respond_with(answer)
        .mount(&server)
        .await;
    server
}

async fn with<T>(server: &MockServer, app: &App, work: impl AsyncFnOnce(&Provider<'_>) -> T) -> T {
    let (door, uri) = (Outbound::new("127.0.0.1".parse().unwrap()), server.uri());
    let manifest = catalogue::find("github").unwrap();
    work(&Provider { outbound: &door, manifest, endpoint: Some(&uri), app, now: Timestamp(NOW) }).await
}

fn ok(json: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json)
}

fn said(status: u16, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"message": message}))
}

fn acme(id: i64, app_id: i64) -> Value {
    json!({
        "id": id, "app_id": app_id, "repository_selection": "selected", "suspended_at": null, "target_type": "Organization",
        "account": {"id": 9, "login": "acme", "type": "Organization", "avatar_url": "https://avatars.example.com/9",
            "html_url": "https://github.com/acme"},
    })
}

fn expected(id: &str) -> Account {
    Account {
        external_id: id.into(),
        name: "acme".into(),
        icon: Some("https://avatars.example.com/9".into()),
        domain_name: Some("github.com/acme".into()),
        account_type: Some("Organization".into()),
        facts: Facts(vec![("Repositories".into(), "a selection".into())]),
    }
}

#[tokio::test]
async fn the_app_signs_with_its_key_in_either_form() {
    let broken_lines = PKCS1.trim().replace('\n', "\\n");
    for key in [PKCS1, PKCS8, &PKCS1.replace('\n', "\r\n"), &broken_lines] {
        let server = github("GET", "/app", ok(json!({"id": 1234, "slug": "patchbay-acme"}))).await;
        let seen = with(&server, &app(key), async |provider| test(provider).await).await.unwrap();
        assert_eq!(seen, "GitHub took the app's id and private key: the app is “patchbay-acme”.");
    }
}

#[tokio::test]
async fn a_set_up_that_cannot_work_is_told_to_the_administrator() {
    let refused = |message: &str| CheckError::AppRefused { provider: "GitHub".into(), message: message.into() };
    let cases = [
        (said(401, "A JSON web token could not be decoded"), refused("it refused the app's own key")),
        (said(404, "Integration not found"), refused("it knows no app with the id 1234")),
        (
            ok(json!({"slug": "other"})),
            refused("the app of this id and key is “other” in addresses, not “patchbay-acme”"),
        ),
    ];
    for (answer, error) in cases {
        let server = github("GET", "/app", answer).await;
        let found = with(&server, &app(PKCS1), async |provider| test(provider).await).await.unwrap_err();
        assert_eq!(found, error);
    }
    let server = MockServer::start().await;
    let half = &PKCS1[..PKCS1.len() / 2];
    for key in ["planted-key", half, "", include_str!("main.rs")] {
        let found = with(&server, &app(key), async |provider| test(provider).await).await.unwrap_err();
        assert!(matches!(found, CheckError::AppRefused { .. }), "{found:?}");
        assert!(!format!("{found} {found:?}").contains("planted"), "{found}");
    }
    let mut nameless = app(PKCS1);
    nameless.values = Map::new();
    let found = with(&server, &nameless, async |provider| test(provider).await).await.unwrap_err();
    assert_eq!(found, refused("no app id is entered here"));
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_installation_is_what_the_app_sees() {
    let at = "/app/installations/77";
    let server = github("GET", at, ok(acme(77, 1234))).await;
    let found = with(&server, &app(PKCS1), async |provider| installation(provider, "77").await).await.unwrap();
    assert_eq!(found, expected("77"));
    // A check of the connection is the same question.
    let known = expected("77");
    let ask = async |provider: &Provider<'_>| health(provider, &Map::new(), &Secrets::default(), &known).await;
    assert_eq!(with(&server, &app(PKCS1), ask).await.unwrap(), known);

    let mut asleep = acme(77, 1234);
    asleep["suspended_at"] = "2026-01-01T00:00:00Z".into();
    let suspended = CheckError::Suspended { provider: "GitHub".into() };
    let gone = CheckError::Gone { provider: "GitHub".into(), status: 404, field: None };
    let unknown_app =
        CheckError::AppRefused { provider: "GitHub".into(), message: "it knows no app with this id".into() };
    let cases = [
        (ok(asleep), suspended, Health::RemovedAtProvider),
        (said(404, "Not Found"), gone, Health::RemovedAtProvider),
        (said(404, "Integration not found"), unknown_app, Health::Unreachable),
        (ResponseTemplate::new(502), failed(502), Health::Unreachable),
    ];
    for (answer, error, health) in cases {
        let server = github("GET", at, answer).await;
        let found = with(&server, &app(PKCS1), async |provider| installation(provider, "77").await).await.unwrap_err();
        assert_eq!((found.health(), found), (health, error));
    }
}

fn failed(status: u16) -> CheckError {
    CheckError::Failed { at: "GitHub".into(), message: format!("it answered with status {status}") }
}

#[tokio::test]
async fn an_id_from_an_address_cannot_lead_elsewhere() {
    let server = github("GET", "/app/installations/..%2Fx%3Fy", said(404, "Not Found")).await;
    let found = with(&server, &app(PKCS1), async |provider| installation(provider, "../x?y").await).await.unwrap_err();
    assert!(matches!(found, CheckError::Gone { .. }), "{found:?}");
    let found = with(&server, &app(PKCS1), async |provider| installation(provider, "..").await).await.unwrap_err();
    assert!(matches!(found, CheckError::Broken { .. }), "{found:?}");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_installation_token_is_good_for_as_long_as_github_says() {
    let at = "/app/installations/77/access_tokens";
    let token = json!({"token": "planted-token", "expires_at": "2023-11-14T23:13:20Z",
        "permissions": {"issues": "write", "contents": "read"}, "repository_selection": "all"});
    let server = github("POST", at, ResponseTemplate::new(201).set_body_json(token)).await;
    let found = with(&server, &app(PKCS1), async |provider| installation_token(provider, "77").await).await.unwrap();
    assert_eq!(found.access_token.expose_secret(), "planted-token");
    assert_eq!((found.expires_in, found.refresh_token.is_none()), (Some(3600), true));
    assert_eq!(found.scopes.unwrap(), ["contents: read", "issues: write"]);

    let server = github("POST", at, said(403, "This installation has been suspended")).await;
    let found =
        with(&server, &app(PKCS1), async |provider| installation_token(provider, "77").await).await.unwrap_err();
    assert_eq!(found, CheckError::Suspended { provider: "GitHub".into() });
}

#[tokio::test]
async fn a_person_chooses_among_the_installations_of_this_app_on_every_page() {
    let server = MockServer::start().await;
    let page = |number: &'static str| {
        Mock::given(method("GET"))
            .and(path("/user/installations"))
            .and(query_param("per_page", "100"))
            .and(query_param("page", number))
            .and(header("authorization", format!("Bearer {USER}")))
    };
    let full: Vec<_> = (1..=100).map(|id| acme(id, if id == 50 { 1234 } else { 5 })).collect();
    page("1").respond_with(ok(json!({"total_count": 101, "installations": full}))).expect(1).mount(&server).await;
    let rest = json!({"total_count": 101, "installations": [acme(101, 1234), acme(50, 1234)]});
    page("2").respond_with(ok(rest)).expect(1).mount(&server).await;
    let found = with(&server, &app(PKCS1), async |provider| visible(provider, &USER.into()).await).await.unwrap();
    assert_eq!(found, [expected("50"), expected("101")]);
}

#[tokio::test]
async fn somebody_who_sees_no_installation_is_told_what_to_do() {
    for installations in [json!([]), json!([acme(1, 5)])] {
        let server = MockServer::start().await;
        let answer = ok(json!({"total_count": 1, "installations": installations}));
        Mock::given(method("GET")).respond_with(answer).mount(&server).await;
        let found =
            with(&server, &app(PKCS1), async |provider| visible(provider, &USER.into()).await).await.unwrap_err();
        assert!(matches!(found, CheckError::NoAccount { .. }), "{found:?}");
    }
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(401)).mount(&server).await;
    let found = with(&server, &app(PKCS1), async |provider| visible(provider, &USER.into()).await).await.unwrap_err();
    assert_eq!(found, CheckError::TokenRefused { provider: "GitHub".into() });
}
