//! Exchanging a code and renewing a grant.

use super::{ACCESS, CODE, Desk, REFRESH, SECRET, VERIFIER, redirect, secret, told};
use domain::integrations::Health;
use providers::connect::CheckError;
use providers::connect::oauth::{Tokens, exchange, refresh};
use providers::outbound::Limits;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::time::Duration;
use url::form_urlencoded;
use wiremock::matchers::{body_json, header, method, path};
use wiremock::{Match, Mock, MockServer, Request, ResponseTemplate};

/// Exactly these form fields, in any order.
struct Form(&'static [(&'static str, &'static str)]);

impl Match for Form {
    fn matches(&self, request: &Request) -> bool {
        let mut sent: Vec<_> = form_urlencoded::parse(&request.body).into_owned().collect();
        let mut expected: Vec<_> =
            self.0.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        sent.sort();
        expected.sort();
        sent == expected
    }
}

async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).and(path("/token")).respond_with(answer).mount(&server).await;
    server
}

async fn exchanged(desk: &Desk) -> Result<Tokens, CheckError> {
    exchange(&desk.provider(), &secret(CODE), &redirect(), &secret(VERIFIER)).await
}

fn ok(json: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json)
}

fn bad(status: u16, json: Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json)
}

#[tokio::test]
async fn a_code_is_exchanged_with_its_verifier() {
    let server = MockServer::start().await;
    let good = json!({
        "access_token": ACCESS, "refresh_token": REFRESH, "expires_in": 3600, "scope": "read:all write",
        "token_type": "bearer", "team": {"id": "T1"},
    });
    Mock::given(method("POST"))
        .and(path("/token"))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(header("accept", "application/json"))
        .and(header("x-version", "7"))
        .and(Form(&[
            ("grant_type", "authorization_code"),
            ("code", CODE),
            ("redirect_uri", "https://patchbay.example.com/extensions/example/setup/"),
            ("code_verifier", VERIFIER),
            ("client_id", "id 1"),
            ("client_secret", SECRET),
        ]))
        .respond_with(ok(good.clone()))
        .expect(1)
        .mount(&server)
        .await;
    let desk = Desk::new(&server, json!({"refresh_token_days": 30}), json!({"headers": {"X-Version": "7"}}));
    let tokens = exchanged(&desk).await.unwrap();
    assert_eq!(tokens.access_token.expose_secret(), ACCESS);
    assert_eq!(tokens.refresh_token.as_ref().unwrap().expose_secret(), REFRESH);
    assert_eq!((tokens.expires_in, tokens.refresh_expires_in), (Some(3600), Some(30 * 24 * 3600)));
    assert_eq!(tokens.scopes.as_deref(), Some(["read:all".to_owned(), "write".to_owned()].as_slice()));
    assert_eq!(tokens.answer, good);
    assert!(!format!("{tokens:?}").contains("planted"));
}

#[tokio::test]
async fn a_vendor_may_want_json_and_the_client_in_a_header_and_no_pkce() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/token"))
        // "id+1:planted-client-secret", both halves encoded as in a form.
        .and(header("authorization", "Basic aWQrMTpwbGFudGVkLWNsaWVudC1zZWNyZXQ="))
        .and(body_json(json!({
            "grant_type": "authorization_code", "code": CODE,
            "redirect_uri": "https://patchbay.example.com/extensions/example/setup/",
        })))
        .respond_with(ok(json!({"access_token": ACCESS, "scope": ""})))
        .expect(1)
        .mount(&server)
        .await;
    let auth = json!({"pkce": false, "client_auth": "basic", "body": "json", "access_token_seconds": 7200});
    let tokens = exchanged(&Desk::new(&server, auth, json!({}))).await.unwrap();
    assert_eq!((tokens.expires_in, tokens.refresh_expires_in, tokens.scopes), (Some(7200), None, None));
    assert!(tokens.refresh_token.is_none());
}

#[tokio::test]
async fn an_answer_is_read_where_the_manifest_points() {
    let good = json!({"ok": true, "authed": {"token": ACCESS, "again": REFRESH, "life": "43200", "scopes": ["a", "b"]},
        "refresh_token_expires_in": 86_400});
    let answer = json!({
        "access_token": "/authed/token", "refresh_token": "/authed/again", "expires_in": "/authed/life",
        "scope": "/authed/scopes", "ok": "/ok",
    });
    let server = answering(ok(good)).await;
    let tokens = exchanged(&Desk::new(&server, json!({"answer": answer}), json!({}))).await.unwrap();
    assert_eq!(tokens.access_token.expose_secret(), ACCESS);
    assert_eq!((tokens.expires_in, tokens.refresh_expires_in), (Some(43_200), Some(86_400)));
    assert_eq!(tokens.scopes.unwrap(), ["a", "b"]);
    let server = answering(ok(json!({"access_token": ACCESS, "scope": "a,b c", "expires_in": 0}))).await;
    let tokens = exchanged(&Desk::new(&server, json!({}), json!({}))).await.unwrap();
    assert_eq!((tokens.scopes.unwrap().len(), tokens.expires_in), (3, None));
}

#[tokio::test]
async fn a_grant_is_renewed_at_its_own_address_where_there_is_one() {
    let server = MockServer::start().await;
    let fields = &[
        ("grant_type", "refresh_token"),
        ("refresh_token", REFRESH),
        ("client_id", "id 1"),
        ("client_secret", SECRET),
    ];
    Mock::given(method("POST"))
        .and(path("/renew"))
        .and(Form(fields))
        .respond_with(ok(json!({"access_token": ACCESS, "refresh_token": "next"})))
        .expect(1)
        .mount(&server)
        .await;
    let desk = Desk::new(&server, json!({"refresh_url": "https://api.example.com/renew"}), json!({}));
    let tokens = refresh(&desk.provider(), &secret(REFRESH)).await.unwrap();
    assert_eq!(tokens.refresh_token.unwrap().expose_secret(), "next");
}

#[tokio::test]
async fn a_grant_that_ended_is_told_apart_from_an_outage() {
    let ended =
        |word: &str| bad(400, json!({"error": word, "error_description": format!("The token {REFRESH} is gone.")}));
    let in_the_form_of_slack = json!({"ok": false, "error": "invalid_refresh_token"});
    let reauth = [
        ended("invalid_grant"),
        ended("token_revoked"),
        ended("bad_refresh_token"),
        bad(403, json!({"error": "invalid_grant"})),
        bad(401, json!({"error": "invalid_grant"})),
        bad(403, json!({"error": "unauthorized_client", "error_description": "refresh_token is invalid"})),
        ok(in_the_form_of_slack),
    ];
    for answer in reauth {
        let server = answering(answer).await;
        let desk = Desk::new(&server, json!({"answer": {"ok": null}}), json!({}));
        let error = refresh(&desk.provider(), &secret(REFRESH)).await.unwrap_err();
        assert!(matches!(error, CheckError::GrantEnded { .. }), "{error:?}");
        assert!(
            told(&error)
                .starts_with("Example does not take this sign-in any more: it was withdrawn, or it has run out (")
        );
        assert_eq!((error.health(), error.field()), (Health::NeedsReauth, None));
    }
    let still_good = [
        bad(500, json!({"error": "invalid_grant"})),
        bad(503, json!({})),
        bad(429, json!({"error": "invalid_grant"})),
        bad(403, json!({"error": "invalid_grant"})).insert_header("retry-after", "5"),
        bad(400, json!({})),
        bad(400, json!({"error": "invalid_request"})),
        bad(404, json!({})),
        ResponseTemplate::new(400).set_body_string("<html>"),
        ok(json!({"hello": 1})),
        ResponseTemplate::new(200).set_body_string(format!("access_token={ACCESS}")),
    ];
    for answer in still_good {
        let server = answering(answer).await;
        let desk = Desk::new(&server, json!({}), json!({}));
        let error = refresh(&desk.provider(), &secret(REFRESH)).await.unwrap_err();
        told(&error);
        assert_eq!(error.health(), Health::Unreachable, "{error:?}");
    }
}

#[tokio::test]
async fn a_provider_that_is_slow_or_away_leaves_the_grant_as_it_is() {
    let server = answering(ok(json!({"access_token": ACCESS})).set_delay(Duration::from_secs(60))).await;
    let mut desk = Desk::new(&server, json!({}), json!({}));
    desk.door = desk.door.with_limits(Limits { total: Duration::from_millis(100), ..Limits::default() });
    let slow = refresh(&desk.provider(), &secret(REFRESH)).await.unwrap_err();
    assert!(told(&slow).contains("did not answer in time"), "{slow}");
    desk.endpoint = "http://127.0.0.1:1".into();
    let away = refresh(&desk.provider(), &secret(REFRESH)).await.unwrap_err();
    assert!(told(&away).contains("could not be reached"), "{away}");
    for error in [slow, away] {
        assert_eq!(error.health(), Health::Unreachable);
    }
}

#[tokio::test]
async fn somebody_who_is_just_connecting_reads_what_happened_to_the_code() {
    let github =
        ok(json!({"error": "bad_verification_code", "error_description": "The code passed is incorrect or expired."}));
    let slack = ok(json!({"ok": false, "error": "invalid_code"}));
    let said = [
        (github, "bad_verification_code: The code passed is incorrect or expired"),
        (slack, "invalid_code"),
        (
            bad(400, json!({"error": "invalid_grant", "error_description": format!("no {CODE}\u{202e}!")})),
            "invalid_grant: no …!",
        ),
    ];
    for (answer, shown) in said {
        let server = answering(answer).await;
        let error = exchanged(&Desk::new(&server, json!({}), json!({}))).await.unwrap_err();
        let text = format!(
            "Example does not take this sign-in any more: the code it gave has run out or was used before ({shown}). Sign \
             in there again."
        );
        assert_eq!(told(&error), text);
    }
}

#[tokio::test]
async fn an_app_that_is_not_accepted_is_the_administrators_business() {
    let cases = [
        (bad(401, json!({"error": "invalid_client"})), "invalid_client"),
        (bad(400, json!({"error": "unauthorized_client", "error_description": SECRET})), "unauthorized_client: …"),
        (
            bad(401, json!({"error": "access_denied", "error_description": "Unauthorized"})),
            "access_denied: Unauthorized",
        ),
        (bad(401, json!({"message": "Who?"})), "Who?"),
        (ResponseTemplate::new(401), "it answered with status 401"),
        (ok(json!({"error": "incorrect_client_credentials"})), "incorrect_client_credentials"),
        (ok(json!({"ok": false, "error": "bad_client_secret"})), "bad_client_secret"),
        (
            ok(json!({"error": "redirect_uri_mismatch"})),
            "the callback address of this Patchbay is not registered there: redirect_uri_mismatch",
        ),
    ];
    for (answer, message) in cases {
        let server = answering(answer).await;
        let error = exchanged(&Desk::new(&server, json!({}), json!({}))).await.unwrap_err();
        told(&error);
        assert_eq!(error, CheckError::AppRefused { provider: "Example".into(), message: message.into() });
        assert_eq!(error.health(), Health::Unreachable);
    }
}

#[tokio::test]
async fn an_answer_that_repeats_everything_secret_is_cleaned() {
    let basic = "aWQrMTpwbGFudGVkLWNsaWVudC1zZWNyZXQ=";
    let echo = format!("{SECRET}, {CODE}, {VERIFIER}, {basic}, {ACCESS}");
    let server = answering(bad(400, json!({"error": echo, "access_token": ACCESS}))).await;
    let error = exchanged(&Desk::new(&server, json!({"client_auth": "basic"}), json!({}))).await.unwrap_err();
    assert!(!told(&error).contains(basic), "{error}");
    assert_eq!(error, CheckError::Failed { at: "Example".into(), message: "it answered “…, …, …, …, …”".into() });
}
