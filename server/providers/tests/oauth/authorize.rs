//! Where a person is sent.

use super::{Desk, VERIFIER, manifest, redirect, secret, told};
use providers::connect::oauth::authorize_url;
use providers::{App, Provider};
use serde_json::json;
use wiremock::MockServer;

fn url(desk: &Desk, endpoint: Option<&str>) -> String {
    let provider = Provider { endpoint, ..desk.provider() };
    authorize_url(&provider, &redirect(), "the/state", &secret(VERIFIER)).unwrap().into()
}

#[tokio::test]
async fn the_address_holds_the_challenge_and_never_the_verifier() {
    let server = MockServer::start().await;
    let desk = Desk::new(&server, json!({}), json!({}));
    let expected = "https://example.com/authorize?for=app&client_id=id%201&response_type=code&redirect_uri=https%3A%2F%2F\
                    patchbay.example.com%2Fextensions%2Fexample%2Fsetup%2F&scope=read%3Aall%20write&state=the%2Fstate&\
                    code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
    assert_eq!(url(&desk, None), expected);
}

#[tokio::test]
async fn vendors_differ_in_separators_parameters_scopes_and_pkce() {
    let server = MockServer::start().await;
    let auth = json!({
        "authorize_url": "https://example.com/go", "pkce": false, "scope_separator": ",",
        "authorize_params": {"prompt": "consent", "owner": "user+1"},
    });
    let desk = Desk::new(&server, auth.clone(), json!({}));
    let base = "https://example.com/go?client_id=id%201&response_type=code&redirect_uri=https%3A%2F%2Fpatchbay.example.com%2F\
                extensions%2Fexample%2Fsetup%2F";
    assert_eq!(
        url(&desk, None),
        format!("{base}&scope=read%3Aall%2Cwrite&state=the%2Fstate&owner=user%2B1&prompt=consent")
    );
    let desk = Desk::new(&server, auth, json!({"scopes": []}));
    assert_eq!(url(&desk, None), format!("{base}&state=the%2Fstate&owner=user%2B1&prompt=consent"));
}

#[tokio::test]
async fn another_address_moves_the_sign_in_with_its_path() {
    let server = MockServer::start().await;
    let desk = Desk::new(&server, json!({}), json!({}));
    let moved = url(&desk, Some("http://git.internal:8080/base/"));
    assert!(moved.starts_with("http://git.internal:8080/base/authorize?for=app&client_id=id%201&"), "{moved}");
    let provider = Provider { endpoint: Some("nonsense"), ..desk.provider() };
    let error = authorize_url(&provider, &redirect(), "s", &secret(VERIFIER)).unwrap_err();
    assert!(told(&error).starts_with("Example failed: the address configured for it is not an address"), "{error}");
}

#[tokio::test]
async fn a_github_app_signs_a_person_in_without_scopes() {
    let server = MockServer::start().await;
    let mut desk = Desk::new(&server, json!({}), json!({}));
    desk.manifest = manifest(
        json!({}),
        json!({"auth": {"kind": "github_app", "install_url": "https://github.com/apps/{slug}/installations/new",
            "authorize_url": "https://github.com/login/oauth/authorize",
            "token_url": "https://github.com/login/oauth/access_token", "api_url": "https://api.github.com"}}),
    );
    let url = url(&desk, None);
    assert!(url.starts_with("https://github.com/login/oauth/authorize?client_id=id%201&response_type=code&"), "{url}");
    assert!(!url.contains("scope=") && url.ends_with("&code_challenge_method=S256"), "{url}");
}

#[tokio::test]
async fn without_a_client_id_nobody_is_sent_anywhere() {
    let server = MockServer::start().await;
    let mut desk = Desk::new(&server, json!({}), json!({}));
    desk.app = App::default();
    let error = authorize_url(&desk.provider(), &redirect(), "s", &secret(VERIFIER)).unwrap_err();
    assert_eq!(
        told(&error),
        "Example does not take the app credentials of this Patchbay (no client id is entered here). The instance \
         administrator has to correct them under Providers."
    );
}
