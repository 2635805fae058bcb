//! The first run.

use crate::support::{Answer, Backend, Options, TestApp};
use insta::assert_snapshot;

const GOOD: [(&str, &str); 4] = [
    ("name", "Ada"),
    ("email", "ada@example.com"),
    ("password", "several unrelated words"),
    ("organization", "Acme & Sons"),
];

async fn set_up(app: &TestApp, changes: &[(&str, &str)]) -> Answer {
    let mut form: Vec<_> =
        GOOD.into_iter().filter(|(name, _)| changes.iter().all(|(other, _)| other != name)).collect();
    form.extend(changes);
    app.call("setup/run", &form).await
}

async fn page(app: &TestApp, path: &str) -> Answer {
    app.get(path).header("accept", "text/html").await
}

async fn a_fresh_instance_leads_to_its_set_up(backend: Backend) {
    let app = TestApp::fresh(backend).await;
    for path in ["/", "/login"] {
        let answer = page(&app, path).await;
        assert_eq!((answer.status, answer.header("location")), (302, "/setup"), "{path}");
    }
    let answer = page(&app, "/setup").await;
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("name=\"organization\"") && !answer.text().contains("name=\"code\""));
}

async fn the_first_person_owns_the_first_organization(backend: Backend) {
    let app = TestApp::fresh(backend).await;
    let answer = set_up(&app, &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.line());
    let cookie = answer.cookies()[0].split(';').next().unwrap().to_owned();
    let organization = app.get("/api/0/organizations/acme-sons/").header("cookie", &cookie).await.json();
    assert_eq!((&organization["name"], &organization["role"]), (&"Acme & Sons".into(), &"owner".into()));
    let me = app.get("/api/0/auth/").header("cookie", &cookie).await.json();
    assert_eq!((&me["email"], &me["isSuperuser"]), (&"ada@example.com".into(), &true.into()));
    let home = app.get("/").header("accept", "text/html").header("cookie", &cookie).await;
    assert_eq!((home.status, home.header("location")), (302, "/settings/acme-sons/integrations/"));
    let stranger = page(&app, "/").await;
    assert_eq!((stranger.status, stranger.header("location")), (302, "/login"));
}

async fn the_second_set_up_is_a_conflict(backend: Backend) {
    let app = TestApp::fresh(backend).await;
    // Two browsers at once: one is first.
    let (one, two) = tokio::join!(set_up(&app, &[]), set_up(&app, &[("email", "bob@example.com")]));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let late = set_up(&app, &[("email", "eve@example.com")]).await;
    assert_snapshot!(late.shown(), @r#"
    409 {
      "code": "conflict",
      "message": "This instance is set up already. Sign in instead."
    }
    "#);
    assert!(late.cookies().is_empty());
    let answer = page(&app, "/setup").await;
    assert!(answer.status == 200 && !answer.text().contains("name=\"organization\""));
}

async fn everything_that_is_wrong_is_said_at_once(backend: Backend) {
    let app = TestApp::fresh(backend).await;
    let changes = [("name", " "), ("email", "ada"), ("password", "password1234"), ("organization", "\u{202e}x")];
    assert_snapshot!(set_up(&app, &changes).await.shown(), @r#"
    400 {
      "code": "invalid",
      "fields": {
        "email": "Write a whole e-mail address, such as ada@example.com.",
        "name": "A name may not be empty.",
        "organization": "A name may not contain control characters or line breaks.",
        "password": "This password is among the first that anybody would try. Take several unrelated words."
      },
      "message": "4 fields need another look."
    }
    "#);
    for (field, value) in [
        ("password", "short"),
        ("password", "aaaaaaaaaaaaaaaa"),
        ("password", "ada@example.com"),
        ("email", "a@b@c"),
        ("email", "ada@example.com\r\nBcc: eve@example.com"),
        ("name", "Ada\u{0}"),
        ("organization", ""),
        ("organization", "sixty-five characters are one more than the name of a thing takes"),
    ] {
        let answer = set_up(&app, &[(field, value)]).await;
        assert_eq!(answer.status, 400, "{field}: {value:?}");
        let fields: Vec<_> = answer.json()["fields"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(fields, [field], "{value:?}");
    }
    // Nothing of it was kept.
    assert_eq!(set_up(&app, &[]).await.status, 200);
}

async fn off_loopback_the_set_up_asks_for_the_code(backend: Backend) {
    let options = Options { demo: false, setup_code: Some("ABCDEFGHJKLM".to_owned()), ..Options::default() };
    let app = TestApp::with(backend, options).await;
    assert!(page(&app, "/setup").await.text().contains("name=\"code\""));
    let missing = set_up(&app, &[]).await;
    assert_snapshot!(missing.shown(), @r#"
    400 {
      "code": "invalid",
      "fields": {
        "code": "This is not the code that the server printed when it started."
      },
      "message": "This is not the code that the server printed when it started."
    }
    "#);
    for code in ["", "ABCDEFGHJKL", "ABCDEFGHJKLMN", "abcdefghjklm", "NMLKJHGFEDCB"] {
        assert_eq!(set_up(&app, &[("code", code)]).await.line(), missing.line(), "{code}");
    }
    assert_eq!(set_up(&app, &[("code", " ABCDEFGHJKLM ")]).await.status, 200);
}

on_both!(
    a_fresh_instance_leads_to_its_set_up,
    the_first_person_owns_the_first_organization,
    the_second_set_up_is_a_conflict,
    everything_that_is_wrong_is_said_at_once,
    off_loopback_the_set_up_asks_for_the_code,
);
