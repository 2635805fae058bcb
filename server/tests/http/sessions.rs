//! Signing in and out.

use crate::support::{Answer, Backend, MEMBER, OWNER, Options, TestApp};
use domain::time::{DAY, MINUTE};
use hub::demo::PASSWORD;
use insta::assert_snapshot;

const LIST: &str = "/api/0/organizations/acme/integrations/";

async fn log_in(app: &TestApp, email: &str, password: &str) -> Answer {
    app.call("sessions/log-in", &[("email", email), ("password", password)]).await
}

fn cookie_of(answer: &Answer) -> String {
    answer.cookies().first().unwrap().split(';').next().unwrap().to_owned()
}

async fn a_wrong_password_and_an_unknown_address_look_and_cost_the_same(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let wrong = log_in(&app, OWNER, "not the password").await;
    assert_snapshot!(wrong.shown(), @r#"
    400 {
      "code": "invalid",
      "message": "This e-mail address and password do not belong together. Check both and try again."
    }
    "#);
    assert_eq!(wrong.password_checks, 1);
    let (long, other) = ("x".repeat(5_000), "\u{0}\u{1f980}".to_owned());
    for (email, password) in [
        ("nobody@acme.test", PASSWORD),
        ("nobody@acme.test", "wrong"),
        ("not an address", PASSWORD),
        ("", ""),
        (OWNER, &long),
        (OWNER, &other),
        ("owner@acme.test\u{0}", PASSWORD),
    ] {
        let answer = log_in(&app, email, password).await;
        assert_eq!(answer.line(), wrong.line(), "{email}");
        assert_eq!(answer.password_checks, 1, "{email}");
        assert!(answer.cookies().is_empty(), "{email}");
    }
}

async fn the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(backend: Backend) {
    let http = TestApp::demo(backend.clone()).await;
    let https =
        TestApp::with(backend, Options { public_url: "https://hub.test".to_owned(), ..Options::default() }).await;
    for (app, name, end) in [(http, "patchbay", ""), (https, "__Host-patchbay", "; Secure")] {
        let answer = log_in(&app, OWNER, PASSWORD).await;
        let [cookie] = answer.cookies()[..] else { panic!("{:?}", answer.cookies()) };
        let (pair, attributes) = cookie.split_once("; ").unwrap();
        assert_eq!(attributes, format!("Path=/; HttpOnly; SameSite=Lax; Max-Age=7776000{end}"));
        let token = pair.strip_prefix(&format!("{name}=")).unwrap();
        assert_eq!(token.len(), 43, "256 bits in base64");
        assert_eq!(app.get(LIST).header("cookie", pair).await.status, 200);
        // The database keeps a hash: whoever reads it cannot sign in with what is there.
        let bytes = app.database_bytes().await;
        assert!(!contains(&bytes, token) && contains(&bytes, OWNER));
    }
}

async fn on_https_a_cookie_without_the_host_prefix_is_not_read(backend: Backend) {
    let app = TestApp::with(backend, Options { public_url: "https://hub.test".to_owned(), ..Options::default() }).await;
    let cookie = cookie_of(&log_in(&app, OWNER, PASSWORD).await);
    let planted = cookie.strip_prefix("__Host-").unwrap();
    assert_eq!(app.get(LIST).header("cookie", planted).await.status, 401);
}

async fn a_session_ends_after_two_weeks_without_use(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let status = async || app.get(LIST).session(OWNER).await.status;
    app.cookie(OWNER).await;
    for _ in 0..3 {
        app.clock.advance(14 * DAY - 1);
        assert_eq!(status().await, 200);
    }
    app.clock.advance(14 * DAY);
    assert_eq!(status().await, 401);
    assert_eq!(app.call("integrations/pause", &[("org", "acme"), ("id", "5")]).session(OWNER).await.status, 401);
    let page = app.get("/settings/acme/integrations/?search=a").header("accept", "text/html").session(OWNER).await;
    let next = "/login?next=%2Fsettings%2Facme%2Fintegrations%2F%3Fsearch%3Da";
    assert_eq!((page.status, page.header("location")), (302, next));
    assert!(!page.text().contains("Acme builds"));
}

async fn a_session_ends_after_ninety_days_however_much_it_is_used(backend: Backend) {
    let app = TestApp::demo(backend).await;
    app.cookie(OWNER).await;
    for _ in 0..8 {
        app.clock.advance(11 * DAY);
        assert_eq!(app.get(LIST).session(OWNER).await.status, 200);
    }
    app.clock.advance(2 * DAY);
    assert_eq!(app.get(LIST).session(OWNER).await.status, 401);
}

async fn logging_out_ends_the_session_everywhere(backend: Backend) {
    let app = TestApp::demo(backend).await;
    assert_eq!(app.get(LIST).session(OWNER).await.status, 200);
    let answer = app.call("sessions/log-out", &[]).header("accept", "text/html").session(OWNER).await;
    assert_eq!((answer.status, answer.header("location")), (302, "/login"));
    assert_eq!(answer.cookies(), ["patchbay=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"]);
    // Whoever copied the cookie before has nothing.
    assert_eq!(app.get(LIST).session(OWNER).await.status, 401);
    assert_eq!(app.get(LIST).session(MEMBER).await.status, 200);
    let again = app.call("sessions/log-out", &[]).session(OWNER).await;
    assert_eq!(again.status, 200);
}

async fn an_invented_cookie_is_nobody(backend: Backend) {
    let app = TestApp::demo(backend).await;
    for cookie in
        ["patchbay=", "patchbay=x", "patchbay=1; patchbay=2", "patchbay=%00", "__Host-patchbay=x", "\u{e9}=\u{e9}"]
    {
        assert_eq!(app.get(LIST).header("cookie", cookie).await.status, 401, "{cookie}");
    }
}

async fn after_ten_failures_an_account_and_an_address_have_to_wait(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let right = |email: &'static str, address: [u8; 4]| {
        app.call("sessions/log-in", &[("email", email), ("password", PASSWORD)]).from(address)
    };
    for _ in 0..10 {
        assert_eq!(log_in(&app, OWNER, "wrong").await.status, 400);
    }
    let refused = log_in(&app, OWNER, PASSWORD).await;
    assert_snapshot!(refused.shown(), @r#"
    429 {
      "code": "too_many",
      "message": "Too many failed sign-ins from here or for this account. Wait 15 minutes and try again."
    }
    "#);
    assert_eq!(refused.password_checks, 0);
    assert_eq!(right(OWNER, [192, 0, 2, 2]).await.status, 429, "the account, from elsewhere");
    assert_eq!(right(MEMBER, [192, 0, 2, 1]).await.status, 429, "another account, from there");
    assert_eq!(right(MEMBER, [192, 0, 2, 2]).await.status, 200);
    app.clock.advance(15 * MINUTE);
    assert_eq!(right(OWNER, [192, 0, 2, 1]).await.status, 200);
}

async fn the_way_back_after_signing_in_stays_on_this_site(backend: Backend) {
    let app = TestApp::demo(backend).await;
    for (next, location) in [
        ("/settings/acme/integrations/?search=a", "/settings/acme/integrations/?search=a"),
        ("", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/a\r\nset-cookie: x=y", "/"),
        ("javascript:alert(1)", "/"),
    ] {
        let form = [("email", OWNER), ("password", PASSWORD), ("next", next)];
        let answer = app.call("sessions/log-in", &form).header("accept", "text/html").await;
        assert_eq!((answer.status, answer.header("location")), (302, location), "{next:?}");
        assert_eq!(answer.cookies().len(), 1);
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

on_both!(
    a_wrong_password_and_an_unknown_address_look_and_cost_the_same,
    the_session_cookie_is_out_of_reach_for_scripts_and_other_sites,
    on_https_a_cookie_without_the_host_prefix_is_not_read,
    a_session_ends_after_two_weeks_without_use,
    a_session_ends_after_ninety_days_however_much_it_is_used,
    logging_out_ends_the_session_everywhere,
    an_invented_cookie_is_nobody,
    after_ten_failures_an_account_and_an_address_have_to_wait,
    the_way_back_after_signing_in_stays_on_this_site,
);
