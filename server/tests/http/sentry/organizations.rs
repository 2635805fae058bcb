//! Organizations.

use crate::support::{BOTH, Backend, MEMBER, OWNER, TestApp};
use insta::assert_snapshot;

async fn a_person_sees_their_organizations_and_no_others(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let slugs = async |token: &str, query: &str| {
        let answer = app.get(&format!("/api/0/organizations/?per_page=100{query}")).bearer(token).await;
        let list = answer.json();
        list.as_array().unwrap().iter().map(|org| org["slug"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
    };
    let (owner, both) = (app.user_token(OWNER, &["org:read"]).await, app.user_token(BOTH, &["org:read"]).await);
    assert_eq!(slugs(&owner, "").await, "acme");
    assert_eq!(slugs(&both, "").await, "acme rival");
    assert_eq!(slugs(&app.org_token("rival", &["org:read"]).await, "").await, "rival");
    for (query, expected) in [
        ("riv", "rival"),
        ("slug:acme", "acme"),
        ("id:2", "rival"),
        ("acme%20rival", ""),
        ("x:y", ""),
        ("", "acme rival"),
    ] {
        assert_eq!(slugs(&both, &format!("&query={query}")).await, expected, "{query}");
    }
    let blind = app.get("/api/0/organizations/").bearer(&app.user_token(OWNER, &["team:admin"]).await).await;
    assert_eq!(blind.line(), r#"403 {"detail":"You do not have permission to perform this action."}"#);
    let list = app.get("/api/0/organizations/").bearer(&owner).await;
    assert_snapshot!(list.shown(), @r#"
    200 [
      {
        "allowMemberInvite": true,
        "allowMemberProjectCreation": true,
        "allowSuperuserAccess": false,
        "avatar": {
          "avatarType": "letter_avatar",
          "avatarUrl": null,
          "avatarUuid": null
        },
        "dateCreated": "2026-09-21T14:13:20.000000Z",
        "features": [
          "integrations-alert-rule",
          "integrations-chat-unfurl",
          "integrations-codeowners",
          "integrations-commits",
          "integrations-deployment",
          "integrations-incident-management",
          "integrations-issue-basic",
          "integrations-issue-sync",
          "integrations-serverless",
          "integrations-stacktrace-link",
          "integrations-ticket-rules"
        ],
        "hasAuthProvider": false,
        "id": "1",
        "isEarlyAdopter": false,
        "links": {
          "organizationUrl": "http://hub.test",
          "regionUrl": "http://hub.test"
        },
        "name": "Acme",
        "require2FA": false,
        "slug": "acme",
        "status": {
          "id": "active",
          "name": "active"
        }
      }
    ]
    "#);
}

async fn an_organization_shows_its_switches_and_what_the_caller_may_do(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let body = app.get("/api/0/organizations/acme/?detailed=0").session(MEMBER).await.json();
    assert_eq!(body["access"], serde_json::to_value(domain::roles::Role::Member.scopes()).unwrap());
    let words =
        ["id", "slug", "role", "orgRole", "defaultRole", "openMembership", "allowSharedIssues", "enhancedPrivacy"];
    let shown: Vec<_> = words.iter().map(|word| format!("{word} {}", body[word])).collect();
    assert_snapshot!(shown.join(", "), @r#"id "1", slug "acme", role "member", orgRole "member", defaultRole "member", openMembership true, allowSharedIssues true, enhancedPrivacy false"#);
    let roles = body["orgRoleList"].as_array().unwrap().iter();
    let roles: Vec<_> =
        roles.map(|role| format!("{} {} {}", role["id"], role["isAllowed"], role["isRetired"])).collect();
    assert_snapshot!(roles.join(", "), @r#""member" true false, "admin" false false, "manager" false false, "owner" false false"#);
    hub::operator::set_feature(&app.ctx, "acme", "issue-sync", false).await.unwrap();
    let body = app.get("/api/0/organizations/acme/").session(MEMBER).await.json();
    let features = body["features"].as_array().unwrap();
    assert!(features.contains(&"integrations-commits".into()) && !features.contains(&"integrations-issue-sync".into()));
    let blind = app.get("/api/0/organizations/acme/").bearer(&app.org_token("acme", &["team:read"]).await).await;
    assert_eq!(blind.status, 403);
}

on_both!(
    a_person_sees_their_organizations_and_no_others,
    an_organization_shows_its_switches_and_what_the_caller_may_do,
);
