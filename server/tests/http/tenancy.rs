//! Who gets where: every role against every door of its own, a foreign and an unknown organization.

use crate::support::{ACME, ADMIN, BOTH, Backend, MANAGER, MEMBER, OWNER, RIVAL, TestApp};
use axum::http::Method;
use insta::assert_snapshot;
use std::fmt::Write as _;

/// Method and path; `ORG` is the organization's slug, `NUM` its id, `ID` an installation of it.
const DOORS: [(&str, &str); 17] = [
    ("GET", "/settings/ORG/integrations/"),
    ("GET", "/settings/ORG/integrations/github/"),
    ("GET", "/settings/ORG/integrations/github/ID/"),
    ("GET", "/api/patchbay/organizations/ORG/events"),
    ("GET", "/v1/organizations/NUM/integrations"),
    ("GET", "/api/0/organizations/ORG/"),
    ("GET", "/api/0/organizations/ORG/integrations/"),
    ("GET", "/api/0/organizations/ORG/integrations/ID/"),
    ("POST", "/api/0/organizations/ORG/integrations/ID/"),
    ("DELETE", "/api/0/organizations/ORG/integrations/ID/"),
    ("GET", "/api/0/organizations/ORG/config/integrations/"),
    ("GET", "/admin/mail/"),
    ("GET", "/admin/providers/"),
    ("GET", "/settings/ORG/integrations/linear/install/"),
    ("GET", "/api/0/organizations/ORG/pipeline/integration_pipeline/"),
    ("POST", "/api/0/organizations/ORG/pipeline/integration_pipeline/"),
    ("POST", "/api/patchbay/organizations/ORG/integrations/ID/access-token"),
];

/// Server functions that change something.
const FUNCTIONS: [&str; 7] = [
    "integrations/install",
    "integrations/save",
    "integrations/check",
    "integrations/pause",
    "integrations/resume",
    "integrations/remove",
    "integrations/keep",
];

/// Those of signing in, asking and setting up.
const SIGN_IN: [&str; 8] = [
    "pipelines/start",
    "pipelines/current",
    "pipelines/advance",
    "pipelines/cancel",
    "requests/ask",
    "requests/decide",
    "admin/providers/save",
    "admin/providers/forget",
];

const PEOPLE: [(&str, Option<&str>); 7] = [
    ("nobody", None),
    ("member", Some(MEMBER)),
    ("admin", Some(ADMIN)),
    ("manager", Some(MANAGER)),
    ("owner", Some(OWNER)),
    ("rival", Some(RIVAL)),
    ("both", Some(BOTH)),
];

/// Acme, Rival where most of them are strangers, and an organization that is not there.
const ORGS: [(&str, &str, &str); 3] = [("acme", "1", "2"), ("rival", "2", "7"), ("nowhere", "999", "2")];

async fn every_role_meets_every_door(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let mut table = String::new();
    for (org, number, id) in ORGS {
        let names = PEOPLE.map(|(name, _)| format!("{name:>8}")).concat();
        writeln!(table, "{:<64}{names}", org.to_uppercase()).unwrap();
        for function in FUNCTIONS.into_iter().chain(SIGN_IN) {
            let mut line = format!("{:<64}", format!("call {function}"));
            for (_, person) in PEOPLE {
                let form = [
                    ("org", org),
                    ("id", id),
                    ("provider", "circleci"),
                    ("field", "nothing"),
                    ("seen", "0"),
                    ("pipeline", "0123456789abcdef0123456789abcdef"),
                    ("message", ""),
                    ("approve", "true"),
                ];
                let call = app.call(function, &form);
                let status = match person {
                    Some(person) => call.session(person).await.status,
                    None => call.await.status,
                };
                write!(line, "{status:>8}").unwrap();
            }
            writeln!(table, "{line}").unwrap();
        }
        for (method, door) in DOORS {
            let path = door.replace("ORG", org).replace("NUM", number).replace("ID", id);
            let mut line = format!("{:<64}", format!("{method} {door}"));
            for (_, person) in PEOPLE {
                let method = Method::from_bytes(method.as_bytes()).unwrap();
                let call =
                    app.request(method, &path).header("sec-fetch-site", "same-origin").header("accept", "text/html");
                let call = match person {
                    Some(person) => call.session(person),
                    None => call,
                };
                write!(line, "{:>8}", call.open().await.status().as_u16()).unwrap();
            }
            writeln!(table, "{line}").unwrap();
        }
    }
    assert_snapshot!(table, @r#"
    ACME                                                              nobody  member   admin manager   owner   rival    both
    call integrations/install                                            401     403     400     400     400     404     403
    call integrations/save                                               401     403     400     400     400     404     403
    call integrations/check                                              401     403     200     200     200     404     403
    call integrations/pause                                              401     403     200     200     200     404     403
    call integrations/resume                                             401     403     200     200     200     404     403
    call integrations/remove                                             401     403     200     200     200     404     403
    call integrations/keep                                               401     403     200     200     200     404     403
    call pipelines/start                                                 401     403     200     200     200     404     403
    call pipelines/current                                               401     404     404     404     404     404     404
    call pipelines/advance                                               401     403     404     404     404     404     403
    call pipelines/cancel                                                401     200     200     200     200     404     200
    call requests/ask                                                    401     200     409     409     409     404     200
    call requests/decide                                                 401     403     200     409     409     404     403
    call admin/providers/save                                            401     404     404     404     404     404     404
    call admin/providers/forget                                          401     404     404     404     404     404     404
    GET /settings/ORG/integrations/                                      302     200     200     200     200     404     200
    GET /settings/ORG/integrations/github/                               302     200     200     200     200     404     200
    GET /settings/ORG/integrations/github/ID/                            302     200     200     200     200     404     200
    GET /api/patchbay/organizations/ORG/events                           401     200     200     200     200     404     200
    GET /v1/organizations/NUM/integrations                               401     200     200     200     200     403     200
    GET /api/0/organizations/ORG/                                        401     200     200     200     200     403     200
    GET /api/0/organizations/ORG/integrations/                           401     200     200     200     200     403     200
    GET /api/0/organizations/ORG/integrations/ID/                        401     200     200     200     200     403     200
    POST /api/0/organizations/ORG/integrations/ID/                       401     403     200     200     200     403     403
    DELETE /api/0/organizations/ORG/integrations/ID/                     401     403     204     204     204     403     403
    GET /api/0/organizations/ORG/config/integrations/                    401     200     200     200     200     403     200
    GET /admin/mail/                                                     302     404     404     404     200     404     404
    GET /admin/providers/                                                302     404     404     404     200     404     404
    GET /settings/ORG/integrations/linear/install/                       302     200     200     200     200     404     200
    GET /api/0/organizations/ORG/pipeline/integration_pipeline/          401     404     200     200     200     403     404
    POST /api/0/organizations/ORG/pipeline/integration_pipeline/         401     403     400     400     400     403     403
    POST /api/patchbay/organizations/ORG/integrations/ID/access-token     401     403     403     403     403     404     403
    RIVAL                                                             nobody  member   admin manager   owner   rival    both
    call integrations/install                                            401     404     404     404     404     400     400
    call integrations/save                                               401     404     404     404     404     400     400
    call integrations/check                                              401     404     404     404     404     200     200
    call integrations/pause                                              401     404     404     404     404     200     200
    call integrations/resume                                             401     404     404     404     404     200     200
    call integrations/remove                                             401     404     404     404     404     200     200
    call integrations/keep                                               401     404     404     404     404     200     200
    call pipelines/start                                                 401     404     404     404     404     200     200
    call pipelines/current                                               401     404     404     404     404     404     404
    call pipelines/advance                                               401     404     404     404     404     404     404
    call pipelines/cancel                                                401     404     404     404     404     200     200
    call requests/ask                                                    401     404     404     404     404     409     409
    call requests/decide                                                 401     404     404     404     404     404     404
    call admin/providers/save                                            401     404     404     404     404     404     404
    call admin/providers/forget                                          401     404     404     404     404     404     404
    GET /settings/ORG/integrations/                                      302     404     404     404     404     200     200
    GET /settings/ORG/integrations/github/                               302     404     404     404     404     200     200
    GET /settings/ORG/integrations/github/ID/                            302     404     404     404     404     200     200
    GET /api/patchbay/organizations/ORG/events                           401     404     404     404     404     200     200
    GET /v1/organizations/NUM/integrations                               401     403     403     403     403     200     200
    GET /api/0/organizations/ORG/                                        401     403     403     403     403     200     200
    GET /api/0/organizations/ORG/integrations/                           401     403     403     403     403     200     200
    GET /api/0/organizations/ORG/integrations/ID/                        401     403     403     403     403     200     200
    POST /api/0/organizations/ORG/integrations/ID/                       401     403     403     403     403     200     200
    DELETE /api/0/organizations/ORG/integrations/ID/                     401     403     403     403     403     204     204
    GET /api/0/organizations/ORG/config/integrations/                    401     403     403     403     403     200     200
    GET /admin/mail/                                                     302     404     404     404     200     404     404
    GET /admin/providers/                                                302     404     404     404     200     404     404
    GET /settings/ORG/integrations/linear/install/                       302     404     404     404     404     200     200
    GET /api/0/organizations/ORG/pipeline/integration_pipeline/          401     403     403     403     403     200     200
    POST /api/0/organizations/ORG/pipeline/integration_pipeline/         401     403     403     403     403     400     400
    POST /api/patchbay/organizations/ORG/integrations/ID/access-token     401     404     404     404     404     403     403
    NOWHERE                                                           nobody  member   admin manager   owner   rival    both
    call integrations/install                                            401     404     404     404     404     404     404
    call integrations/save                                               401     404     404     404     404     404     404
    call integrations/check                                              401     404     404     404     404     404     404
    call integrations/pause                                              401     404     404     404     404     404     404
    call integrations/resume                                             401     404     404     404     404     404     404
    call integrations/remove                                             401     404     404     404     404     404     404
    call integrations/keep                                               401     404     404     404     404     404     404
    call pipelines/start                                                 401     404     404     404     404     404     404
    call pipelines/current                                               401     404     404     404     404     404     404
    call pipelines/advance                                               401     404     404     404     404     404     404
    call pipelines/cancel                                                401     404     404     404     404     404     404
    call requests/ask                                                    401     404     404     404     404     404     404
    call requests/decide                                                 401     404     404     404     404     404     404
    call admin/providers/save                                            401     404     404     404     404     404     404
    call admin/providers/forget                                          401     404     404     404     404     404     404
    GET /settings/ORG/integrations/                                      302     404     404     404     404     404     404
    GET /settings/ORG/integrations/github/                               302     404     404     404     404     404     404
    GET /settings/ORG/integrations/github/ID/                            302     404     404     404     404     404     404
    GET /api/patchbay/organizations/ORG/events                           401     404     404     404     404     404     404
    GET /v1/organizations/NUM/integrations                               401     403     403     403     403     403     403
    GET /api/0/organizations/ORG/                                        401     404     404     404     404     404     404
    GET /api/0/organizations/ORG/integrations/                           401     404     404     404     404     404     404
    GET /api/0/organizations/ORG/integrations/ID/                        401     404     404     404     404     404     404
    POST /api/0/organizations/ORG/integrations/ID/                       401     404     404     404     404     404     404
    DELETE /api/0/organizations/ORG/integrations/ID/                     401     404     404     404     404     404     404
    GET /api/0/organizations/ORG/config/integrations/                    401     404     404     404     404     404     404
    GET /admin/mail/                                                     302     404     404     404     200     404     404
    GET /admin/providers/                                                302     404     404     404     200     404     404
    GET /settings/ORG/integrations/linear/install/                       302     404     404     404     404     404     404
    GET /api/0/organizations/ORG/pipeline/integration_pipeline/          401     404     404     404     404     404     404
    POST /api/0/organizations/ORG/pipeline/integration_pipeline/         401     404     404     404     404     404     404
    POST /api/patchbay/organizations/ORG/integrations/ID/access-token     401     404     404     404     404     404     404
    "#);
}

async fn a_foreign_organization_looks_exactly_like_none(backend: Backend) {
    let app = TestApp::demo(backend).await;
    for page in [
        "integrations/",
        "integrations/github/",
        "integrations/github/7/",
        "integrations/circleci/install/",
        "plugins/trello/",
    ] {
        let body = async |org: &str| {
            let answer = app.get(&format!("/settings/{org}/{page}")).header("accept", "text/html").session(OWNER).await;
            assert_eq!(answer.status, 404, "{org} {page}");
            answer.text().replace(answer.nonce(), "NONCE").replace(org, "ORG")
        };
        assert_eq!(body("rival").await, body("nowhere").await, "{page}");
    }
    for function in FUNCTIONS.into_iter().chain(["directory/list", "integrations/detail", "integrations/configure"]) {
        let line = async |org: &str| {
            let form = [
                ("org", org),
                ("id", "7"),
                ("provider", "github"),
                ("field", "x"),
                ("seen", "0"),
                ("kind", "first_party"),
                ("key", "github"),
            ];
            app.call(function, &form).session(OWNER).await.line()
        };
        assert_eq!(line("rival").await, line("nowhere").await, "{function}");
        assert!(line("rival").await.starts_with("404 "), "{function}: {}", line("rival").await);
    }
    for path in ["/api/patchbay/organizations/rival/events", "/api/patchbay/organizations/nowhere/events"] {
        assert_eq!(
            app.get(path).session(OWNER).await.line(),
            r#"404 {"code":"not_found","message":"This organization was not found."}"#
        );
    }
    assert_eq!(app.refusals(domain::ids::OrgId(2)).await, [""; 0], "a stranger writes nothing into a foreign log");
}

/// The id of another organization's installation, in one's own organization.
async fn a_foreign_installation_is_not_found_in_ones_own_organization(backend: Backend) {
    let app = TestApp::demo(backend).await;
    for function in FUNCTIONS.into_iter().filter(|function| *function != "integrations/install") {
        let form = [("org", "acme"), ("id", "7"), ("field", "x"), ("seen", "0")];
        let answer = app.call(function, &form).session(OWNER).await;
        assert_eq!(
            answer.line(),
            r#"404 {"code":"not_found","message":"This integration was not found."}"#,
            "{function}"
        );
    }
    let page = app.get("/settings/acme/integrations/github/7/").header("accept", "text/html").session(OWNER).await;
    assert!(page.status == 404 && !page.text().contains("rival-secret-project"));
    // Its own provider's page is another provider's address.
    let wrong = app.get("/settings/acme/integrations/slack/2/").header("accept", "text/html").session(OWNER).await;
    assert_eq!(wrong.status, 404);
}

async fn nothing_of_one_organization_is_on_a_page_of_another(backend: Backend) {
    let app = TestApp::demo(backend).await;
    for path in [
        "/settings/acme/integrations/",
        "/settings/acme/integrations/github/",
        "/api/0/organizations/acme/integrations/",
        "/v1/organizations/1/integrations",
    ] {
        let answer = app.get(path).header("accept", "text/html").session(OWNER).await;
        assert!(
            answer.status == 200 && answer.text().contains("acme-labs") || path.ends_with("acme/integrations/"),
            "{path}"
        );
        assert!(!answer.text().contains("rival-secret-project") && !answer.text().contains("9001"), "{path}");
    }
    let page = app.get("/settings/rival/integrations/github/").header("accept", "text/html").session(BOTH).await;
    assert!(page.text().contains("rival-secret-project") && !page.text().contains("acme-labs"));
}

async fn a_member_is_told_who_can_and_the_try_is_noted(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let sentence = "Admins, managers and owners of this organization can do this. Ask one of them.";
    for function in FUNCTIONS {
        let form = [("org", "acme"), ("id", "2"), ("provider", "circleci"), ("field", "x"), ("seen", "0")];
        let answer = app.call(function, &form).session(MEMBER).await;
        assert_eq!(answer.line(), format!(r#"403 {{"code":"forbidden","message":"{sentence}"}}"#), "{function}");
    }
    let refusals = app.refusals(ACME).await;
    assert_eq!(refusals.len(), FUNCTIONS.len());
    assert_snapshot!(refusals[0], @"member@acme.test was refused something that needs one of org:admin, org:integrations");
    let entry = &app.audit(ACME, "organization", "1").await[0];
    assert_eq!((entry.outcome.as_str(), entry.address.as_deref()), ("denied", Some("192.0.2.1")));
    assert_eq!(entry.request_id.as_deref().map(str::len), Some(16));
    let page = app.get("/settings/acme/integrations/circleci/").header("accept", "text/html").session(MEMBER).await;
    assert!(page.status == 200 && page.text().contains("Admins, managers and owners can install this."));
}

on_both!(
    every_role_meets_every_door,
    a_foreign_organization_looks_exactly_like_none,
    a_foreign_installation_is_not_found_in_ones_own_organization,
    nothing_of_one_organization_is_on_a_page_of_another,
    a_member_is_told_who_can_and_the_try_is_noted,
);
