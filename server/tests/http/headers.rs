//! What every answer carries, and what the plain routes say.

use crate::support::{Backend, OWNER, Options, TestApp};
use insta::assert_snapshot;

/// One path for every kind of answer.
const KINDS: [&str; 12] = [
    "/login",
    "/settings/acme/integrations/",
    "/nothing/here",
    "/pkg/patchbay.css",
    "/pkg/unknown.js",
    "/favicon.svg",
    "/icons/slack.svg",
    "/healthz",
    "/api/0/organizations/acme/integrations/",
    "/api/0/nothing/",
    "/v1/organizations/abc/integrations",
    "/extensions/nothing",
];

async fn every_kind_of_answer_carries_the_security_headers(backend: Backend) {
    let app = TestApp::demo(backend).await;
    for path in KINDS {
        let answer = app.get(path).header("accept", "text/html").session(OWNER).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "strict-origin-when-cross-origin", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("x-request-id").len(), 16, "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"), "{path}: {policy}");
        assert_eq!(policy.contains("'nonce-"), answer.is_page(), "{path}: {policy}");
    }
    let forged = app.post("/_api/theme").header("sec-fetch-site", "cross-site").await;
    assert_eq!((forged.status, forged.header("x-frame-options")), (403, "DENY"));
}

async fn only_files_with_a_hash_are_kept_by_browsers(backend: Backend) {
    let app = TestApp::demo(backend).await;
    for path in KINDS {
        let answer = app.get(path).session(OWNER).await;
        let expected = match path {
            "/pkg/patchbay.css" => "public, max-age=31536000, immutable",
            "/icons/slack.svg" => "public, max-age=86400",
            _ => "no-store",
        };
        assert_eq!(answer.header("cache-control"), expected, "{path}");
    }
}

async fn on_https_browsers_are_told_to_stay_there(backend: Backend) {
    let options = Options { public_url: "https://hub.test".to_owned(), ..Options::default() };
    let app = TestApp::with(backend, options).await;
    assert_eq!(app.get("/healthz").await.header("strict-transport-security"), "max-age=63072000; includeSubDomains");
}

async fn every_page_has_a_nonce_of_its_own_on_every_script(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let page = app.get("/settings/acme/integrations/").session(OWNER).await;
        let nonce = page.nonce();
        let scripts: Vec<_> =
            page.text().split("<script").skip(1).map(|rest| rest.split('>').next().unwrap()).collect();
        assert!(!scripts.is_empty());
        for script in scripts {
            assert!(script.contains(&format!("nonce=\"{nonce}\"")), "{script}");
        }
        for inline in [" style=\"", " onclick=", "javascript:"] {
            assert!(!page.text().contains(inline), "{inline}");
        }
        nonces.push(nonce.to_owned());
    }
    assert_ne!(nonces[0], nonces[1]);
}

async fn an_unknown_path_is_a_page_that_says_so(backend: Backend) {
    let app = TestApp::demo(backend).await;
    for path in ["/nothing", "/settings", "/settings/acme/nothing/", "/admin/nothing/"] {
        let answer = app.get(path).header("accept", "text/html").session(OWNER).await;
        assert_eq!((answer.status, answer.is_page()), (404, true), "{path}");
    }
    let answer = app.post("/nothing").header("sec-fetch-site", "same-origin").await;
    assert_eq!(answer.line(), "404 ");
}

async fn an_unknown_file_is_never_a_page(backend: Backend) {
    let app = TestApp::demo(backend).await;
    for path in [
        "/pkg/unknown",
        "/pkg/unknown.js",
        "/pkg/",
        "/pkg/../patchbay.db",
        "/icons/unknown.svg",
        "/icons/slack",
        "/extensions/slack/",
    ] {
        let answer = app.get(path).header("accept", "text/html").await;
        assert_eq!((answer.status, answer.is_page()), (404, false), "{path}: {}", answer.text());
    }
}

async fn health_and_readiness_tell_the_process_and_the_database_apart(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let lines = async || format!("{:?} {:?}", app.get("/healthz").await.line(), app.get("/readyz").await.line());
    assert_snapshot!(lines().await, @r#""200 alive\n" "200 ready\n""#);
    app.ctx.store.close().await;
    assert_snapshot!(lines().await, @r#""200 alive\n" "503 The database does not answer.\n""#);
}

async fn an_internal_error_tells_nothing_but_a_reference(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let token = app.org_token("acme", &["org:read"]).await;
    app.ctx.store.close().await;
    for path in ["/api/0/organizations/acme/integrations/", "/v1/organizations/1/integrations"] {
        let answer = app.get(path).bearer(&token).await;
        assert_eq!(answer.status, 500, "{path}");
        let text = answer.text().to_lowercase();
        assert!(text.contains("the log has the cause under"), "{path}: {text}");
        for word in ["pool", "sqlx", "sqlite", "postgres", "panicked", "connection"] {
            assert!(!text.contains(word), "{path}: {text}");
        }
    }
}

on_both!(
    every_kind_of_answer_carries_the_security_headers,
    only_files_with_a_hash_are_kept_by_browsers,
    on_https_browsers_are_told_to_stay_there,
    every_page_has_a_nonce_of_its_own_on_every_script,
    an_unknown_path_is_a_page_that_says_so,
    an_unknown_file_is_never_a_page,
    health_and_readiness_tell_the_process_and_the_database_apart,
    an_internal_error_tells_nothing_but_a_reference,
);
