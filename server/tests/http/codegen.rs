//! `GET /v1/organizations/{org_id}/integrations`, as Codegen's client sees it.

use crate::support::{Backend, MEMBER, OWNER, RIVAL, TestApp};
use domain::time::SECOND;
use insta::assert_snapshot;

const STATUS: &str = "/v1/organizations/1/integrations";

async fn a_member_sees_every_integration_and_every_known_type(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let answer = app.get(STATUS).bearer(&app.user_token(MEMBER, &["org:read"]).await).await;
    assert_snapshot!(answer.shown(), @r#"
    200 {
      "integrations": [
        {
          "active": true,
          "installation_id": null,
          "integration_type": "circleci",
          "metadata": {
            "domain": "circleci.com",
            "health": "healthy",
            "name": "Acme builds",
            "status": "active"
          },
          "token_id": null
        },
        {
          "active": false,
          "installation_id": null,
          "integration_type": "clickup",
          "metadata": null,
          "token_id": null
        },
        {
          "active": false,
          "installation_id": null,
          "integration_type": "figma",
          "metadata": null,
          "token_id": null
        },
        {
          "active": true,
          "installation_id": 4001,
          "integration_type": "github",
          "metadata": {
            "domain": "github.com/acme",
            "health": "healthy",
            "name": "acme",
            "status": "active"
          },
          "token_id": null
        },
        {
          "active": true,
          "installation_id": 4002,
          "integration_type": "github",
          "metadata": {
            "domain": "github.com/acme-labs",
            "health": "healthy",
            "name": "acme-labs",
            "status": "active"
          },
          "token_id": null
        },
        {
          "active": false,
          "installation_id": null,
          "integration_type": "jira",
          "metadata": null,
          "token_id": null
        },
        {
          "active": true,
          "installation_id": null,
          "integration_type": "linear",
          "metadata": {
            "domain": "linear.app/acme",
            "health": "needs_reauth",
            "name": "Acme",
            "status": "active"
          },
          "token_id": null
        },
        {
          "active": false,
          "installation_id": null,
          "integration_type": "monday",
          "metadata": null,
          "token_id": null
        },
        {
          "active": false,
          "installation_id": null,
          "integration_type": "notion",
          "metadata": null,
          "token_id": null
        },
        {
          "active": false,
          "installation_id": null,
          "integration_type": "postgres",
          "metadata": null,
          "token_id": null
        },
        {
          "active": false,
          "installation_id": null,
          "integration_type": "sentry",
          "metadata": null,
          "token_id": null
        },
        {
          "active": false,
          "installation_id": null,
          "integration_type": "slack",
          "metadata": {
            "domain": "acme.slack.com",
            "health": "healthy",
            "name": "Acme HQ",
            "status": "disabled"
          },
          "token_id": null
        },
        {
          "active": true,
          "installation_id": null,
          "integration_type": "vsts",
          "metadata": {
            "domain": "dev.azure.com/fabrikam",
            "health": "healthy",
            "name": "fabrikam",
            "status": "active"
          },
          "token_id": null
        }
      ],
      "organization_id": 1,
      "organization_name": "Acme",
      "total_active_integrations": 5
    }
    "#);
}

async fn whoever_shows_no_valid_token_gets_401_in_codegens_form(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let expired = app.token(Some("acme"), None, &["org:read"], Some(SECOND)).await;
    app.clock.advance(SECOND);
    let nobody = app.get(STATUS).await;
    assert_snapshot!(nobody.shown(), @r#"
    401 {
      "message": "A valid token is needed. Send it as Authorization: Bearer TOKEN.",
      "status_code": 401
    }
    "#);
    for header in ["Bearer", "Bearer nonsense", "Bearer a b", "Basic dXNlcjpwdw==", &format!("Bearer {expired}")] {
        assert_eq!(app.get(STATUS).header("authorization", header).await.line(), nobody.line(), "{header}");
    }
}

async fn an_organization_that_is_no_number_gets_422_in_pydantics_form(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let token = app.org_token("acme", &["org:read"]).await;
    let answer = app.get("/v1/organizations/abc/integrations").bearer(&token).await;
    assert_snapshot!(answer.shown(), @r#"
    422 {
      "detail": [
        {
          "loc": [
            "path",
            "org_id"
          ],
          "msg": "Input should be a valid integer, unable to parse string as an integer",
          "type": "int_parsing"
        }
      ]
    }
    "#);
    for text in ["1.5", "1e3", "acme", "0x1", "%20", "1;2", "%EF%BC%91", "%00"] {
        let wrong = app.get(&format!("/v1/organizations/{text}/integrations")).bearer(&token).await;
        assert_eq!(wrong.line(), answer.line(), "{text}");
    }
}

async fn a_foreign_and_an_unknown_organization_are_the_same_403(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let unknown = app.get("/v1/organizations/999/integrations").session(OWNER).await;
    assert_snapshot!(unknown.shown(), @r#"
    403 {
      "message": "You do not have access to this organization.",
      "status_code": 403
    }
    "#);
    for (path, token) in [
        ("/v1/organizations/2/integrations", app.user_token(OWNER, &["org:read"]).await),
        ("/v1/organizations/2/integrations", app.org_token("acme", &["org:admin"]).await),
        (STATUS, app.user_token(RIVAL, &["org:admin"]).await),
        (STATUS, app.org_token("rival", &["org:admin"]).await),
        ("/v1/organizations/0/integrations", app.org_token("acme", &["org:read"]).await),
        ("/v1/organizations/-1/integrations", app.org_token("acme", &["org:read"]).await),
    ] {
        assert_eq!(app.get(path).bearer(&token).await.line(), unknown.line(), "{path}");
    }
}

async fn a_token_without_org_read_gets_403(backend: Backend) {
    let app = TestApp::demo(backend).await;
    for token in [
        app.org_token("acme", &["project:read", "team:admin"]).await,
        app.user_token(OWNER, &["event:admin", "member:admin"]).await,
        app.org_token("acme", &["org:integrations"]).await,
    ] {
        assert_eq!(app.get(STATUS).bearer(&token).await.status, 403);
    }
}

async fn the_checks_come_in_the_order_401_422_429_403(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let token = app.org_token("acme", &["org:read"]).await;
    let ask = async |org: &str, token: Option<&str>| {
        let call = app.get(&format!("/v1/organizations/{org}/integrations"));
        match token {
            Some(token) => call.bearer(token).await.status,
            None => call.await.status,
        }
    };
    assert_eq!(ask("abc", None).await, 401);
    // A request that names no organization is refused before it is counted, one for a foreign organization after.
    assert_eq!(ask("abc", Some(&token)).await, 422);
    assert_eq!(ask("2", Some(&token)).await, 403);
    let answer = app.get(STATUS).bearer(&token).await;
    assert_eq!(answer.header("ratelimit-remaining"), "58");
    for _ in 0..58 {
        assert_eq!(ask("1", Some(&token)).await, 200);
    }
    assert_eq!(ask("1", Some(&token)).await, 429);
    assert_eq!(ask("2", Some(&token)).await, 429);
    assert_eq!(ask("abc", Some(&token)).await, 422);
    assert_eq!(ask("1", None).await, 401);
}

async fn sixty_requests_are_accepted_in_any_thirty_seconds(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let token = app.org_token("acme", &["org:read"]).await;
    let ask = async || app.get(STATUS).bearer(&token).await;
    let first = ask().await;
    assert_eq!(first.status, 200);
    assert_eq!(limits(&first), "limit 60, remaining 59, reset 30, retry-after ");
    app.clock.advance(20 * SECOND);
    for _ in 1..60 {
        assert_eq!(ask().await.status, 200);
    }
    app.clock.advance(9 * SECOND + 999);
    let refused = ask().await;
    assert_eq!(limits(&refused), "limit 60, remaining 0, reset 1, retry-after 1");
    assert_snapshot!(refused.shown(), @r#"
    429 {
      "message": "Rate limit exceeded: 60 requests per 30 seconds. Wait 1 second.",
      "status_code": 429
    }
    "#);
    // Half a minute after the first request its place is free again, and no other: a window that is counted anew every
    // thirty seconds would let sixty through.
    app.clock.advance(1);
    assert_eq!(ask().await.status, 200);
    let refused = ask().await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "20"));
    // The refused ones took no place: twenty seconds later all others are free.
    app.clock.advance(20 * SECOND);
    for _ in 0..59 {
        assert_eq!(ask().await.status, 200);
    }
    assert_eq!(ask().await.status, 429);
}

async fn callers_are_counted_apart(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let owner = [app.user_token(OWNER, &["org:read"]).await, app.user_token(OWNER, &["org:read"]).await];
    let organization = app.org_token("acme", &["org:read"]).await;
    for number in 0..60 {
        assert_eq!(app.get(STATUS).bearer(&owner[number % 2]).await.status, 200);
    }
    // A person's tokens and the person's browser are one caller.
    assert_eq!(app.get(STATUS).bearer(&owner[0]).await.status, 429);
    assert_eq!(app.get(STATUS).bearer(&owner[1]).await.status, 429);
    assert_eq!(app.get(STATUS).session(OWNER).await.status, 429);
    assert_eq!(app.get(STATUS).bearer(&organization).await.status, 200);
    assert_eq!(app.get(STATUS).session(MEMBER).await.status, 200);
}

async fn a_paused_or_removed_integration_is_not_active(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let states = async || {
        let body = app.get(STATUS).session(OWNER).await.json();
        let github: Vec<_> =
            body["integrations"].as_array().unwrap().iter().filter(|row| row["integration_type"] == "github").collect();
        let active: Vec<_> = github.iter().map(|row| row["active"].as_bool().unwrap()).collect();
        (active, body["total_active_integrations"].as_i64().unwrap())
    };
    assert_eq!(states().await, (vec![true, true], 5));
    assert_eq!(app.call("integrations/pause", &[("org", "acme"), ("id", "2")]).session(OWNER).await.status, 200);
    assert_eq!(states().await, (vec![false, true], 4));
    assert_eq!(app.call("integrations/remove", &[("org", "acme"), ("id", "3")]).session(OWNER).await.status, 200);
    assert_eq!(states().await, (vec![false, false], 3));
}

async fn codegens_first_calls_say_who_and_where(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let token = app.user_token("both@acme.test", &["org:read"]).await;
    let (me, organizations) =
        (app.get("/v1/users/me").bearer(&token).await, app.get("/v1/organizations").bearer(&token).await);
    assert_snapshot!(format!("{}\n{}", me.shown(), organizations.shown()), @r#"
    200 {
      "avatar_url": null,
      "email": "both@acme.test",
      "full_name": "Bo Both",
      "github_user_id": "",
      "github_username": "",
      "id": 6
    }
    200 {
      "items": [
        {
          "id": 1,
          "name": "Acme",
          "settings": {
            "enable_pr_creation": false,
            "enable_rules_detection": false
          }
        },
        {
          "id": 2,
          "name": "Rival",
          "settings": {
            "enable_pr_creation": false,
            "enable_rules_detection": false
          }
        }
      ],
      "page": 1,
      "pages": 1,
      "size": 2,
      "total": 2
    }
    "#);
    assert_eq!(app.get("/v1/users/me").await.status, 401);
    assert_eq!(app.get("/v1/organizations").await.status, 401);
    let blind = app.user_token(OWNER, &["team:read"]).await;
    assert_eq!(app.get("/v1/organizations").bearer(&blind).await.json()["total"], 0);
}

fn limits(answer: &crate::support::Answer) -> String {
    let [limit, remaining, reset, retry] =
        ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "retry-after"].map(|name| answer.header(name));
    format!("limit {limit}, remaining {remaining}, reset {reset}, retry-after {retry}")
}

on_both!(
    a_member_sees_every_integration_and_every_known_type,
    whoever_shows_no_valid_token_gets_401_in_codegens_form,
    an_organization_that_is_no_number_gets_422_in_pydantics_form,
    a_foreign_and_an_unknown_organization_are_the_same_403,
    a_token_without_org_read_gets_403,
    the_checks_come_in_the_order_401_422_429_403,
    sixty_requests_are_accepted_in_any_thirty_seconds,
    callers_are_counted_apart,
    a_paused_or_removed_integration_is_not_active,
    codegens_first_calls_say_who_and_where,
);
