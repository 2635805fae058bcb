//! Who is let in, and the words for who is not.

use crate::support::{Backend, MEMBER, OWNER, RIVAL, TestApp};
use domain::time::SECOND;
use insta::assert_snapshot;

const LIST: &str = "/api/0/organizations/acme/integrations/";

async fn every_way_to_show_no_valid_token_has_its_own_words(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let expired = app.token(Some("acme"), None, &["org:read"], Some(SECOND)).await;
    app.clock.advance(SECOND);
    let mut lines = Vec::new();
    let headers =
        ["", "Bearer", "Bearer a b", "Bearer pbu_nonsense", "Bearer pbo_nonsense", "Basic dXNlcjpwdw==", "Token x"];
    for header in headers {
        let answer = app.get(LIST).header("authorization", header).await;
        assert_eq!(answer.header("www-authenticate"), "xBasic realm=\"api\"");
        lines.push(format!("{header:?}: {}", answer.line()));
    }
    lines.push(format!("none: {}", app.get(LIST).await.line()));
    lines.push(format!("expired: {}", app.get(LIST).bearer(&expired).await.line()));
    assert_snapshot!(lines.join("\n"), @r#"
    "": 401 {"detail":"Authentication credentials were not provided."}
    "Bearer": 401 {"detail":"Invalid token header. No credentials provided."}
    "Bearer a b": 401 {"detail":"Invalid token header. Token string should not contain spaces."}
    "Bearer pbu_nonsense": 401 {"detail":"Invalid token"}
    "Bearer pbo_nonsense": 401 {"detail":"Invalid org token"}
    "Basic dXNlcjpwdw==": 401 {"detail":"Authentication credentials were not provided."}
    "Token x": 401 {"detail":"Authentication credentials were not provided."}
    none: 401 {"detail":"Authentication credentials were not provided."}
    expired: 401 {"detail":"Token expired"}
    "#);
}

async fn who_is_no_member_is_refused_and_an_unknown_organization_is_not_there(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let mut lines = Vec::new();
    for (who, token) in [
        ("a member of acme", app.user_token(OWNER, &["org:admin"]).await),
        ("a token of acme", app.org_token("acme", &["org:admin"]).await),
    ] {
        for org in ["acme", "1", "ACME", "rival", "2", "nobody", "999", "99999999999999999999", "a", "%00", "%FF"] {
            let answer = app
                .get(&format!("/api/0/organizations/{org}/integrations/?per_page=1&includeConfig=0"))
                .bearer(&token)
                .await;
            let said = if answer.status == 200 { "200".to_owned() } else { answer.line() };
            lines.push(format!("{who} in {org}: {said}"));
        }
    }
    assert_snapshot!(lines.join("\n"), @r#"
    a member of acme in acme: 200
    a member of acme in 1: 200
    a member of acme in ACME: 200
    a member of acme in rival: 403 {"detail":"You do not have permission to perform this action."}
    a member of acme in 2: 403 {"detail":"You do not have permission to perform this action."}
    a member of acme in nobody: 404 {"detail":"The requested resource does not exist"}
    a member of acme in 999: 404 {"detail":"The requested resource does not exist"}
    a member of acme in 99999999999999999999: 404 {"detail":"The requested resource does not exist"}
    a member of acme in a: 404 {"detail":"The requested resource does not exist"}
    a member of acme in %00: 404 {"detail":"The requested resource does not exist"}
    a member of acme in %FF: 404 {"detail":"The requested resource does not exist"}
    a token of acme in acme: 200
    a token of acme in 1: 200
    a token of acme in ACME: 200
    a token of acme in rival: 403 {"detail":"You do not have permission to perform this action."}
    a token of acme in 2: 403 {"detail":"You do not have permission to perform this action."}
    a token of acme in nobody: 404 {"detail":"The requested resource does not exist"}
    a token of acme in 999: 404 {"detail":"The requested resource does not exist"}
    a token of acme in 99999999999999999999: 404 {"detail":"The requested resource does not exist"}
    a token of acme in a: 404 {"detail":"The requested resource does not exist"}
    a token of acme in %00: 404 {"detail":"The requested resource does not exist"}
    a token of acme in %FF: 404 {"detail":"The requested resource does not exist"}
    "#);
}

async fn a_token_is_capped_by_its_scopes_and_by_its_owners_role(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let path = "/api/0/organizations/acme/integrations/5/";
    let mut lines = Vec::new();
    for (who, token) in [
        ("owner, team:read", app.user_token(OWNER, &["team:read"]).await),
        ("owner, org:read", app.user_token(OWNER, &["org:read"]).await),
        ("owner, org:write", app.user_token(OWNER, &["org:write"]).await),
        ("owner, org:integrations", app.user_token(OWNER, &["org:integrations"]).await),
        ("owner, org:admin", app.user_token(OWNER, &["org:admin"]).await),
        ("member, org:admin", app.user_token(MEMBER, &["org:admin"]).await),
        ("stranger, org:admin", app.user_token(RIVAL, &["org:admin"]).await),
        ("acme's, org:read", app.org_token("acme", &["org:read"]).await),
        ("acme's, org:ci", app.org_token("acme", &["org:ci"]).await),
        ("acme's, org:admin", app.org_token("acme", &["org:admin"]).await),
    ] {
        let get = app.get(path).bearer(&token).await.status;
        let post = app.post(path).bearer(&token).json(&serde_json::json!({})).await.status;
        let delete = app.delete(path).bearer(&token).await.status;
        lines.push(format!("{who}: GET {get} POST {post} DELETE {delete}"));
    }
    assert_snapshot!(lines.join("\n"), @r#"
    owner, team:read: GET 403 POST 403 DELETE 403
    owner, org:read: GET 200 POST 403 DELETE 403
    owner, org:write: GET 200 POST 200 DELETE 403
    owner, org:integrations: GET 200 POST 200 DELETE 204
    owner, org:admin: GET 200 POST 200 DELETE 204
    member, org:admin: GET 200 POST 403 DELETE 403
    stranger, org:admin: GET 403 POST 403 DELETE 403
    acme's, org:read: GET 200 POST 403 DELETE 403
    acme's, org:ci: GET 403 POST 403 DELETE 403
    acme's, org:admin: GET 200 POST 200 DELETE 204
    "#);
}

async fn the_root_answers_without_a_login(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let nobody = app.get("/api/0/").await;
    assert_eq!(nobody.line(), r#"200 {"auth":null,"user":null,"version":"0"}"#);
    let token = app.org_token("acme", &["org:read", "org:ci"]).await;
    assert_snapshot!(app.get("/api/0/").bearer(&token).await.shown(), @r#"
    200 {
      "auth": {
        "scopes": [
          "org:read",
          "org:ci"
        ]
      },
      "user": null,
      "version": "0"
    }
    "#);
    let person = app.get("/api/0/").session(MEMBER).await.json();
    assert_eq!((&person["auth"], &person["user"]["email"]), (&serde_json::Value::Null, &MEMBER.into()));
    assert_eq!(app.get("/api/0/").bearer("pbu_nonsense").await.line(), r#"401 {"detail":"Invalid token"}"#);
}

async fn auth_tells_who_asks(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let token = app.user_token(MEMBER, &["team:read"]).await;
    assert_snapshot!(app.get("/api/0/auth/").bearer(&token).await.shown(), @r#"
    200 {
      "avatar": {
        "avatarType": "letter_avatar",
        "avatarUrl": null,
        "avatarUuid": null
      },
      "avatarUrl": null,
      "dateJoined": "2026-09-21T14:13:20.000000Z",
      "email": "member@acme.test",
      "has2fa": false,
      "id": "4",
      "isActive": true,
      "isManaged": false,
      "isStaff": false,
      "isSuperuser": false,
      "name": "Mona Member",
      "username": "member@acme.test"
    }
    "#);
    let nobody = app.get("/api/0/auth/").await;
    assert_eq!(nobody.line(), r#"401 {"detail":"Authentication credentials were not provided."}"#);
    let organization = app.get("/api/0/auth/").bearer(&app.org_token("acme", &["org:read"]).await).await;
    assert_eq!(organization.line(), r#"400 {"detail":"This token acts for an organization, not for a person."}"#);
}

on_both!(
    every_way_to_show_no_valid_token_has_its_own_words,
    who_is_no_member_is_refused_and_an_unknown_organization_is_not_there,
    a_token_is_capped_by_its_scopes_and_by_its_owners_role,
    the_root_answers_without_a_login,
    auth_tells_who_asks,
);
