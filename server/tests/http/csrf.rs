//! Forged requests: what another site can make a signed-in browser send changes nothing.

use crate::support::{Answer, Backend, OWNER, TestApp};
use axum::http::Method;
use serde_json::json;

/// What a browser says about a request that did not come from a page of ours.
const FORGED: [(&str, &str); 6] = [
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-site", "same-site"),
    ("sec-fetch-site", "none"),
    ("origin", "https://evil.example"),
    ("origin", "null"),
    ("origin", "http://hub.test.evil.example"),
];

/// Unsafe requests to the APIs.
const UNSAFE: [(Method, &str); 6] = [
    (Method::POST, "/api/0/organizations/acme/integrations/5/"),
    (Method::DELETE, "/api/0/organizations/acme/integrations/5/"),
    (Method::PUT, "/api/0/organizations/acme/"),
    (Method::PATCH, "/v1/organizations/1/integrations"),
    (Method::DELETE, "/api/patchbay/organizations/acme/events"),
    (Method::POST, "/settings/acme/integrations/"),
];

fn is_refused(answer: &Answer) -> bool {
    answer.status == 403 && answer.text().starts_with("This request did not come from a page of this Patchbay.")
}

async fn state(app: &TestApp) -> String {
    let list = app.get("/api/0/organizations/acme/integrations/").session(OWNER).await;
    assert_eq!(list.status, 200);
    list.text().to_owned()
}

async fn no_server_function_takes_a_forged_request(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let before = state(&app).await;
    let functions: Vec<_> = server_fn::axum::server_fn_paths().collect();
    assert!(functions.len() >= 15, "{functions:?}");
    let form = [("org", "acme"), ("id", "5"), ("email", OWNER), ("password", hub::demo::PASSWORD), ("theme", "dark")];
    for (path, method) in functions {
        assert_eq!(method, Method::POST, "{path}");
        for (name, value) in FORGED {
            let answer = app.post(path).header(name, value).form(&form).session(OWNER).await;
            assert!(is_refused(&answer), "{path} {name}: {value}: {}", answer.line());
            assert!(answer.cookies().is_empty(), "{path}");
        }
        let bare = app.post(path).form(&form).session(OWNER).await;
        assert!(is_refused(&bare), "{path}: {}", bare.line());
    }
    assert_eq!(state(&app).await, before);
}

async fn no_api_route_takes_a_forged_request_with_a_cookie(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let before = state(&app).await;
    for (method, path) in UNSAFE {
        for (name, value) in FORGED {
            let body = json!({ "deploy_alerts": false });
            let answer = app.request(method.clone(), path).header(name, value).json(&body).session(OWNER).await;
            assert!(is_refused(&answer), "{method} {path} {name}: {value}: {}", answer.line());
        }
    }
    assert_eq!(state(&app).await, before);
}

async fn our_own_pages_pass(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let pause = [("org", "acme"), ("id", "5")];
    let answer =
        app.post("/_api/integrations/pause").header("sec-fetch-site", "same-origin").form(&pause).session(OWNER).await;
    assert_eq!(answer.status, 200);
    let answer =
        app.post("/_api/integrations/resume").header("origin", "http://hub.test").form(&pause).session(OWNER).await;
    assert_eq!(answer.status, 200);
    let path = "/api/0/organizations/acme/integrations/5/";
    let answer = app.delete(path).header("sec-fetch-site", "same-origin").session(OWNER).await;
    assert_eq!(answer.status, 204);
}

async fn a_program_with_a_token_passes_from_anywhere(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let token = app.org_token("acme", &["org:integrations"]).await;
    let path = "/api/0/organizations/acme/integrations/5/";
    for (name, value) in FORGED {
        let answer = app.post(path).header(name, value).json(&json!({})).bearer(&token).await;
        assert_eq!(answer.status, 200, "{name}: {value}");
    }
    assert_eq!(app.delete(path).bearer(&token).await.status, 204);
}

/// The guard lets requests with an `Authorization` header pass because they never read the cookie: so they must not.
async fn a_cookie_counts_for_nothing_beside_an_authorization_header(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let before = state(&app).await;
    let nobody = app.org_token("rival", &["org:read"]).await;
    for header in ["Basic dXNlcjpwdw==", "Bearer x", &format!("Bearer {nobody}")] {
        let forged = app.post("/_api/integrations/pause").header("sec-fetch-site", "cross-site");
        let answer = forged.header("authorization", header).form(&[("org", "acme"), ("id", "5")]).session(OWNER).await;
        assert_eq!(answer.status, 401, "{header}: {}", answer.line());
        let path = "/api/0/organizations/acme/integrations/5/";
        let answer = app.delete(path).header("authorization", header).session(OWNER).await;
        assert!(matches!(answer.status, 401 | 403), "{header}: {}", answer.line());
    }
    assert_eq!(state(&app).await, before);
}

async fn get_changes_nothing(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let before = state(&app).await;
    for (path, _) in server_fn::axum::server_fn_paths() {
        let query = "org=acme&id=5&provider=circleci&field=deploy_alerts&value=on&seen=true&theme=dark";
        for method in [Method::GET, Method::HEAD] {
            let call = app.request(method, &format!("{path}?{query}")).header("sec-fetch-site", "cross-site");
            let answer = call.session(OWNER).await;
            assert_eq!(answer.status, 405, "{path}");
            assert!(answer.cookies().is_empty(), "{path}");
        }
    }
    assert_eq!(state(&app).await, before);
}

on_both!(
    no_server_function_takes_a_forged_request,
    no_api_route_takes_a_forged_request_with_a_cookie,
    our_own_pages_pass,
    a_program_with_a_token_passes_from_anywhere,
    a_cookie_counts_for_nothing_beside_an_authorization_header,
    get_changes_nothing,
);
