//! Paths and methods that nothing takes.

use crate::support::{Backend, OWNER, TestApp};
use axum::http::Method;
use insta::assert_snapshot;

async fn a_path_that_matches_nothing_is_an_empty_404(backend: Backend) {
    let app = TestApp::demo(backend).await;
    for path in [
        "/api/0/nothing/",
        "/api/0/organizations/acme/nothing/",
        "/api/0/organizations/acme/integrations/5/nothing/",
        "/api/0/organizations/acme/integrations/5//",
        "/api/0//",
        "/api/0/0/",
    ] {
        assert_eq!(app.get(path).session(OWNER).await.line(), "404 ", "{path}");
        assert_eq!(app.get(path).await.line(), "404 ", "{path}");
    }
}

async fn a_missing_trailing_slash_is_pointed_out_in_the_callers_format(backend: Backend) {
    let app = TestApp::demo(backend).await;
    for path in [
        "/api/0",
        "/api/0/organizations/acme/integrations",
        "/api/0/organizations/acme/integrations/5",
        "/api/0/nothing",
    ] {
        let text = format!("Route not found, did you forget a trailing slash? try: {path}/");
        let plain = app.get(&format!("{path}?a=b")).await;
        assert_eq!(plain.line(), format!("404 {text}"));
        assert_eq!(plain.header("content-type"), "text/plain; charset=utf-8");
        let json = app.get(path).header("content-type", "application/json; charset=utf-8").await;
        assert_eq!(json.line(), format!("404 {{\"info\":\"{text}\"}}"));
        assert_eq!(json.header("content-type"), "application/json");
    }
}

async fn a_wrong_method_is_told_with_those_that_work(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let token = app.org_token("acme", &["org:admin"]).await;
    let mut lines = Vec::new();
    for (method, path) in [
        (Method::POST, "/api/0/"),
        (Method::DELETE, "/api/0/organizations/"),
        (Method::PATCH, "/api/0/organizations/acme/integrations/"),
        (Method::PUT, "/api/0/organizations/acme/integrations/5/"),
        (Method::POST, "/api/0/organizations/acme/config/integrations/"),
    ] {
        let answer = app.request(method, path).bearer(&token).await;
        lines.push(format!("{} Allow: {}", answer.line(), answer.header("allow")));
    }
    assert_snapshot!(lines.join("\n"), @r#"
    405 {"detail":"Method \"POST\" not allowed."} Allow: GET,HEAD
    405 {"detail":"Method \"DELETE\" not allowed."} Allow: GET,HEAD
    405 {"detail":"Method \"PATCH\" not allowed."} Allow: GET,HEAD
    405 {"detail":"Method \"PUT\" not allowed."} Allow: GET,HEAD,POST,DELETE
    405 {"detail":"Method \"POST\" not allowed."} Allow: GET,HEAD
    "#);
}

on_both!(
    a_path_that_matches_nothing_is_an_empty_404,
    a_missing_trailing_slash_is_pointed_out_in_the_callers_format,
    a_wrong_method_is_told_with_those_that_work,
);
