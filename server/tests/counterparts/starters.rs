//! The counterparts themselves: each starts, and is as strict as the vendor it plays.

use crate::support::{Browser, Counterpart, Emulate, Moto, Oidc, Reply, Request};
use serde_json::json;

const BACK: &str = "http://127.0.0.1:9/extensions/any/setup/";
/// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The addresses of a provider's OAuth endpoints.
struct Signing<'a> {
    at: &'a Counterpart,
    authorize: &'a str,
    token: &'a str,
    scope: &'a str,
    /// Named on the button that is pressed, where the provider has a page.
    person: Option<&'a str>,
}

impl Signing<'_> {
    /// Signs in as a person does; answers the code.
    async fn code(&self) -> String {
        let mut url = url::Url::parse(&self.at.at(self.authorize)).unwrap();
        url.query_pairs_mut()
            .append_pair("client_id", self.at.fact("client_id"))
            .append_pair("redirect_uri", BACK)
            .append_pair("response_type", "code")
            .append_pair("scope", self.scope)
            .append_pair("state", "a&b")
            .append_pair("code_challenge", CHALLENGE)
            .append_pair("code_challenge_method", "S256");
        let mut browser = Browser::default();
        let back = match self.person {
            Some(person) => browser.walk_by(url.as_str(), BACK, person).await,
            None => browser.walk(url.as_str(), BACK).await,
        };
        let query: std::collections::HashMap<_, _> = back.query_pairs().into_owned().collect();
        assert_eq!(query["state"], "a&b");
        query["code"].clone()
    }

    async fn ask(&self, fields: &[(&str, &str)]) -> Reply {
        let client = [("client_id", self.at.fact("client_id")), ("client_secret", self.at.fact("client_secret"))];
        let request = Request::post(&self.at.at(self.token)).header("accept", "application/json");
        request.form(&[&client, fields].concat()).send().await
    }

    async fn exchange(&self, code: &str, verifier: &str) -> Reply {
        let proof = [("redirect_uri", BACK), ("code_verifier", verifier)];
        self.ask(&[&[("grant_type", "authorization_code"), ("code", code)], &proof[..]].concat()).await
    }

    async fn refresh(&self, token: &str) -> Reply {
        self.ask(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }
}

fn text(reply: &Reply, name: &str) -> String {
    reply.json()[name].as_str().unwrap_or_else(|| panic!("no {name}: {}", reply.text)).to_owned()
}

#[tokio::test]
async fn linear_checks_pkce_and_takes_a_refresh_token_once() {
    let Some(linear) = Emulate::linear(&json!({ "redirect_uris": [BACK] })) else { return };
    let signing = Signing {
        at: &linear,
        authorize: "/oauth/authorize",
        token: "/oauth/token",
        scope: "read,write",
        person: Some("Patchbay"),
    };
    let wrong = signing.exchange(&signing.code().await, "not-the-verifier-of-this-sign-in-0123456789").await;
    assert_eq!((wrong.status, text(&wrong, "error").as_str()), (400, "invalid_grant"));

    let first = signing.exchange(&signing.code().await, VERIFIER).await;
    assert_eq!((first.status, text(&first, "scope").as_str()), (200, "read write"));
    let refreshed = signing.refresh(&text(&first, "refresh_token")).await;
    assert_eq!(refreshed.status, 200);
    assert_ne!(text(&refreshed, "refresh_token"), text(&first, "refresh_token"));
    let reused = signing.refresh(&text(&first, "refresh_token")).await;
    assert_eq!((reused.status, text(&reused, "error").as_str()), (400, "invalid_grant"));

    let organization = json!({ "query": "{ organization { id name urlKey logoUrl } }" });
    let ask = async |token: &str| Request::post(&linear.at("/graphql")).bearer(token).json(&organization).send().await;
    let token = text(&refreshed, "access_token");
    assert_eq!(ask(&token).await.json()["data"]["organization"]["name"], "Acme");
    linear.order(json!({ "expire": true })).await;
    for refused in [token.as_str(), "lin_test_admin", "nonsense"] {
        assert_eq!(ask(refused).await.status, 401, "{refused}");
    }
    linear.refused_nothing().await;
}

#[tokio::test]
async fn github_knows_its_app_by_a_good_signature_in_good_time() {
    let Some(github) = Emulate::github(&json!({ "redirect_uris": [BACK] })) else { return };
    assert!(github.fact("private_key").starts_with("-----BEGIN RSA PRIVATE KEY-----"));
    assert_eq!(github.facts()["app_id"], 4242);
    let ask = async |claims: serde_json::Value| {
        let jwt = github.order(json!({ "jwt": claims })).await["jwt"].as_str().unwrap().to_owned();
        Request::post(&github.at("/app/installations/100/access_tokens")).bearer(&jwt).send().await
    };
    assert!(text(&ask(json!({})).await, "token").starts_with("ghs_"));
    for refused in [json!({ "forged": true }), json!({ "exp": 1 }), json!({ "exp": 99_999_999_999_i64 })] {
        assert_eq!(ask(refused.clone()).await.status, 401, "{refused}");
    }
    github.order(json!({ "suspend": 100 })).await;
    assert_eq!(ask(json!({})).await.status, 403);
    github.order(json!({ "unsuspend": 100, "remove": 100 })).await;
    assert_eq!(ask(json!({})).await.status, 404);
}

#[tokio::test]
async fn github_shows_a_person_the_installations_that_person_sees() {
    let Some(github) = Emulate::github(&json!({ "redirect_uris": [BACK], "sees": { "octocat": [100] } })) else {
        return;
    };
    let page = github.at(&format!("/apps/{}/installations/new?state=s", github.fact("slug")));
    let installed = Browser::default().walk_by(&page, BACK, "Install on acme-labs").await;
    assert_eq!(installed.query(), Some("installation_id=101&setup_action=install&state=s"));

    let (authorize, token) = ("/login/oauth/authorize", "/login/oauth/access_token");
    let signing = Signing { at: &github, authorize, token, scope: "", person: Some("octocat") };
    let wrong = signing.exchange(&signing.code().await, "not-the-verifier-of-this-sign-in-0123456789").await;
    // GitHub refuses with status 200.
    assert_eq!((wrong.status, text(&wrong, "error").as_str()), (200, "bad_verification_code"));
    let token = text(&signing.exchange(&signing.code().await, VERIFIER).await, "access_token");
    let ask = async |token: &str| Request::get(&github.at("/user/installations")).bearer(token).send().await;
    let seen = ask(&token).await.json();
    assert_eq!((&seen["total_count"], &seen["installations"][0]["account"]["login"]), (&json!(1), &json!("acme")));
    let stranger = Signing { person: Some("hubot"), ..signing };
    let token = text(&stranger.exchange(&stranger.code().await, VERIFIER).await, "access_token");
    assert_eq!(ask(&token).await.json()["total_count"], 0);
    assert_eq!(ask("gho_nonsense").await.status, 401);
}

#[tokio::test]
async fn oidc_provider_checks_pkce_and_ends_a_grant_whose_refresh_token_comes_twice() {
    let spec = json!({
        "redirect_uris": [BACK],
        "scopes": ["read"],
        "extra": { "workspace_id": "w1" },
        "api": [{ "path": "/v1/me", "headers": { "x-version": "2" }, "answer": { "id": "u1" } }],
    });
    let Some(oidc) = Oidc::start(&spec) else { return };
    let signing =
        Signing { at: &oidc, authorize: "/oauth/authorize", token: "/oauth/token", scope: "read", person: None };
    let wrong = signing.exchange(&signing.code().await, "not-the-verifier-of-this-sign-in-0123456789").await;
    assert_eq!((wrong.status, text(&wrong, "error").as_str()), (400, "invalid_grant"));

    let first = signing.exchange(&signing.code().await, VERIFIER).await;
    assert_eq!(text(&first, "workspace_id"), "w1");
    let refreshed = signing.refresh(&text(&first, "refresh_token")).await;
    let me = async |token: &str| Request::get(&oidc.at("/v1/me")).header("x-version", "2").bearer(token).send().await;
    let token = text(&refreshed, "access_token");
    assert_eq!(me(&token).await.json()["id"], "u1");
    let reused = signing.refresh(&text(&first, "refresh_token")).await;
    assert_eq!((reused.status, text(&reused, "error").as_str()), (400, "invalid_grant"));
    assert_eq!(me(&token).await.status, 401);
    oidc.refused_nothing().await;

    assert_eq!(Request::get(&oidc.at("/v1/me")).bearer(&token).send().await.status, 400);
    assert_eq!(Request::get(&oidc.at("/v1/you")).bearer(&token).send().await.status, 404);
    assert_eq!(oidc.seen().await["refused"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn oidc_provider_takes_the_client_only_as_the_vendor_documents_it() {
    let spec = json!({
        "redirect_uris": [BACK], "client_auth": "basic", "body": "json", "refusal": { "status": 200, "body": { "ok": false } },
    });
    let Some(oidc) = Oidc::start(&spec) else { return };
    let signing = Signing { at: &oidc, authorize: "/oauth/authorize", token: "/oauth/token", scope: "", person: None };
    let code = signing.code().await;
    let refused = signing.exchange(&code, VERIFIER).await;
    assert_eq!((refused.status, &refused.json()["ok"]), (200, &json!(false)), "a form instead of JSON");
    let proof =
        json!({ "grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER });
    let (client, secret) = (oidc.fact("client_id"), oidc.fact("client_secret"));
    for (name, value) in [("client_secret", secret), ("audience", "somebody else")] {
        let mut more = proof.clone();
        more[name] = json!(value);
        let refused = Request::post(&oidc.at("/oauth/token")).json(&more).basic(client, secret).send().await;
        assert_eq!(refused.json()["ok"], false, "{name} in the body");
    }
    let request = Request::post(&oidc.at("/oauth/token")).json(&proof);
    let given = request.basic(client, secret).send().await;
    assert!(!text(&given, "access_token").is_empty());
}

#[tokio::test]
async fn moto_lists_a_function_that_was_made_and_refuses_whoever_does_not_sign() {
    let Some(aws) = Moto::start(&json!({ "functions": [{ "name": "first", "runtime": "nodejs20.x" }] })) else {
        return;
    };
    aws.order(json!({ "functions": [{ "name": "second", "runtime": "python3.12" }] })).await;
    let listed = aws.order(json!({ "list": "us-east-1" })).await;
    let names: Vec<_> =
        listed["Functions"].as_array().unwrap().iter().map(|function| &function["FunctionName"]).collect();
    assert_eq!(names, ["first", "second"]);
    assert_eq!(Request::get(&aws.at("/2015-03-31/functions")).send().await.status, 403);
}
