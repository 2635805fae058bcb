//! Whose a sign-in is, and whether it still works.

use super::{ACCESS, Desk, held, told};
use domain::integrations::{Account, Health};
use providers::connect::{CheckError, accounts, health};
use serde_json::{Map, Value, json};
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const SITES: &str = "https://api.example.com/sites";

async fn get(server: &MockServer, at: &str, answer: ResponseTemplate) {
    Mock::given(method("GET"))
        .and(path(at))
        .and(header("authorization", format!("Bearer {ACCESS}")))
        .respond_with(answer)
        .mount(server)
        .await;
}

fn ok(json: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json)
}

async fn asked(desk: &Desk, answer: Option<&Value>) -> Result<Vec<Account>, CheckError> {
    let found = accounts(&desk.provider(), &Map::new(), &held(&[("access_token", ACCESS)]), answer).await;
    if let Err(error) = &found {
        told(error);
    }
    found
}

async fn checked(desk: &Desk, known: &Account) -> Result<Account, CheckError> {
    let found = health(&desk.provider(), &Map::new(), &held(&[("access_token", ACCESS)]), known).await;
    if let Err(error) = &found {
        told(error);
    }
    found
}

fn account(id: &str, name: &str) -> Account {
    Account { external_id: id.into(), name: name.into(), ..Account::default() }
}

fn listed() -> Value {
    json!({"identity": {"call": {"method": "GET", "url": SITES}, "list": "", "id": "/id", "name": "/name",
        "account_type": "/kind"}})
}

#[tokio::test]
async fn the_token_names_its_account() {
    let server = MockServer::start().await;
    get(&server, "/me", ok(json!({"id": 7, "name": "Acme"}))).await;
    let desk = Desk::new(&server, json!({}), json!({}));
    assert_eq!(asked(&desk, None).await.unwrap(), [account("7", "Acme")]);
    assert_eq!(checked(&desk, &account("7", "Old")).await.unwrap(), account("7", "Acme"));
    // The credential changed hands.
    assert_eq!(checked(&desk, &account("8", "Acme")).await.unwrap().external_id, "7");
}

#[tokio::test]
async fn a_vendor_may_want_the_token_without_a_word_before_it() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(header("authorization", ACCESS))
        .respond_with(ok(json!({"id": "u"})))
        .mount(&server)
        .await;
    let desk = Desk::new(&server, json!({"prefix": ""}), json!({}));
    assert_eq!(asked(&desk, None).await.unwrap(), [account("u", "u")]);
}

#[tokio::test]
async fn several_accounts_are_a_choice_and_each_is_there_once() {
    let server = MockServer::start().await;
    let sites =
        json!([{"id": "a", "name": "A", "kind": "jira"}, {"id": "b", "name": "B"}, {"id": "a", "name": "A again"}]);
    get(&server, "/sites", ok(sites)).await;
    let desk = Desk::new(&server, json!({}), listed());
    let found = asked(&desk, None).await.unwrap();
    assert_eq!(found, [Account { account_type: Some("jira".into()), ..account("a", "A") }, account("b", "B")]);
    assert_eq!(checked(&desk, &account("b", "B")).await.unwrap().external_id, "b");
    let gone = checked(&desk, &account("c", "C")).await.unwrap_err();
    assert_eq!(gone.health(), Health::RemovedAtProvider);
    assert!(gone.to_string().starts_with("Example no longer shows “C” to whoever signed in."), "{gone}");
}

#[tokio::test]
async fn nothing_to_choose_from_is_said_in_the_manifests_words() {
    let server = MockServer::start().await;
    get(&server, "/sites", ok(json!([]))).await;
    let mut extra = listed();
    let error = asked(&Desk::new(&server, json!({}), extra.clone()), None).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Example shows nothing to connect to whoever signed in. Ask there to be let into an account, then sign in again."
    );
    extra["identity"]["none"] = "Make a site first.".into();
    let error = asked(&Desk::new(&server, json!({}), extra.clone()), None).await.unwrap_err();
    assert_eq!(error, CheckError::NoAccount { message: "Make a site first.".into() });
    extra["identity"]["list"] = "/sites".into();
    let error = asked(&Desk::new(&server, json!({}), extra), None).await.unwrap_err();
    assert_eq!(error, CheckError::Broken { at: "Example".into(), cause: "it sent no list".into() });
}

#[tokio::test]
async fn who_signed_in_is_asked_before_what_they_can_see() {
    let server = MockServer::start().await;
    get(&server, "/profile", ok(json!({"id": "p/1"}))).await;
    Mock::given(method("GET"))
        .and(path("/of/p%2F1"))
        .and(query_param("v", "7.1"))
        .respond_with(ok(json!({"value": [{"id": "o1", "name": "Org"}]})))
        .expect(1)
        .mount(&server)
        .await;
    let desk = Desk::new(
        &server,
        json!({}),
        json!({
            "profile": {"call": {"method": "GET", "url": "https://who.example.com/profile"}, "id": "/id", "name": "/id"},
            "identity": {"call": {"method": "GET", "url": "https://x.example.com/of/{profile_id}?v=7.1"},
                "list": "/value", "id": "/id", "name": "/name"},
        }),
    );
    assert_eq!(asked(&desk, None).await.unwrap(), [account("o1", "Org")]);
}

#[tokio::test]
async fn the_token_answer_may_name_the_account_and_a_call_of_its_own_check_it() {
    let server = MockServer::start().await;
    get(&server, "/o/acme.example.com/x/t1", ok(json!({"ok": true}))).await;
    let desk = Desk::new(
        &server,
        json!({}),
        json!({
            "identity": {"id": "/team/id", "name": "/team/name", "domain": "/team/url"},
            "health": {"method": "GET", "url": "https://api.example.com/o/{domain}/{external_id}", "ok": "/ok"},
        }),
    );
    let answer =
        json!({"access_token": ACCESS, "team": {"id": "t1", "name": "Team", "url": "https://acme.example.com/x/"}});
    let found = asked(&desk, Some(&answer)).await.unwrap().remove(0);
    let expected = Account { domain_name: Some("acme.example.com/x".into()), ..account("t1", "Team") };
    assert_eq!(found, expected);
    assert_eq!(checked(&desk, &found).await.unwrap(), expected);
    let error = asked(&desk, None).await.unwrap_err();
    assert!(error.to_string().contains("it says only while signing in which account this is"), "{error}");
}

#[tokio::test]
async fn a_refused_token_is_told_apart_from_missing_rights_and_outages() {
    let said = |word: &str| ok(json!({"ok": false, "error": word}));
    let refused = || CheckError::TokenRefused { provider: "Example".into() };
    let not_allowed = || CheckError::NotAllowed { provider: "Example".into() };
    let busy = || CheckError::Busy { at: "Example".into(), message: "it takes no more requests for now".into() };
    let failed = |message: &str| CheckError::Failed { at: "Example".into(), message: message.into() };
    let cases = [
        (ResponseTemplate::new(401).set_body_string(ACCESS), refused()),
        (ResponseTemplate::new(403).set_body_string(ACCESS), not_allowed()),
        (ResponseTemplate::new(403).insert_header("x-ratelimit-remaining", "0"), busy()),
        (ResponseTemplate::new(429), busy()),
        (ResponseTemplate::new(410), CheckError::Gone { provider: "Example".into(), status: 410, field: None }),
        (ResponseTemplate::new(500), failed("it answered with status 500")),
        (said("token_revoked"), refused()),
        (said("missing_scope"), not_allowed()),
        (said("ratelimited"), busy()),
        (said(&format!("strange {ACCESS}")), failed("it answered “strange …”")),
        (ok(json!({"ok": false})), failed("it refused without a reason")),
        (ok(json!({"data": null, "errors": [{"message": "No."}]})), failed("it answered “No.”")),
    ];
    for (answer, expected) in cases {
        let server = MockServer::start().await;
        get(&server, "/me", answer).await;
        let extra = json!({"health": {"method": "GET", "url": "https://api.example.com/me", "ok": "/ok"}});
        assert_eq!(checked(&Desk::new(&server, json!({}), extra), &account("1", "A")).await.unwrap_err(), expected);
    }
    assert_eq!((refused().health(), not_allowed().health()), (Health::NeedsReauth, Health::NeedsReauth));
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    let server = MockServer::start().await;
    let desk = Desk::new(&server, json!({}), json!({}));
    let error = accounts(&desk.provider(), &Map::new(), &held(&[("access_token", "")]), None).await.unwrap_err();
    assert!(matches!(error, CheckError::GrantEnded { .. }), "{error:?}");
    assert!(server.received_requests().await.unwrap().is_empty());
}
