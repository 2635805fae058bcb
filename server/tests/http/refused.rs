//! Forms without JavaScript that are refused: the page comes back with what was typed, and without any secret.

use crate::support::{ADMIN, Answer, Backend, MANAGER, OWNER, Options, TestApp};
use domain::integrations::{Account, Facts, StoredConfig};

const BUILDS: &str = "/settings/acme/integrations/circleci/5/";

/// Someone at a page of ours, without JavaScript.
struct Reader<'a> {
    app: &'a TestApp,
    person: Option<&'a str>,
    page: String,
}

impl<'a> Reader<'a> {
    fn at(app: &'a TestApp, person: Option<&'a str>, page: &str) -> Self {
        Self { app, person, page: page.to_owned() }
    }

    async fn send(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let call = self.app.post(path).header("sec-fetch-site", "same-origin").form(form);
        let call = call.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        let call = call.header("referer", &format!("http://hub.test{}", self.page));
        match self.person {
            Some(person) => call.session(person).await,
            None => call.await,
        }
    }

    /// Posts a form that is refused, and sends it once more where the answer says, as a browser does.
    async fn post(&mut self, function: &str, form: &[(&str, &str)]) -> Answer {
        let refused = self.send(&format!("/_api/{function}"), form).await;
        assert_eq!(refused.status, 307, "{}", refused.line());
        let address = refused.header("location").strip_prefix("http://hub.test").unwrap().to_owned();
        let shown = self.send(&address, form).await;
        assert!(shown.is_page(), "{}", shown.line());
        self.page = address;
        shown
    }
}

/// The tag of the control with this id.
#[track_caller]
fn control<'a>(page: &'a Answer, id: &str) -> &'a str {
    let text = page.text();
    let at = text.find(&format!(" id=\"{id}\"")).unwrap_or_else(|| panic!("no {id}: {text}"));
    let (begin, end) = (text[..at].rfind('<').unwrap(), at + text[at..].find('>').unwrap());
    &text[begin..=end]
}

/// What the page says beside the control with this id.
#[track_caller]
fn beside<'a>(page: &'a Answer, id: &str) -> &'a str {
    let (_, rest) = page.text().split_once(&format!("id=\"{id}-error\"")).unwrap();
    rest.split_once('>').unwrap().1.split_once("</p>").unwrap().0
}

async fn a_refused_sign_in_keeps_the_address_and_not_the_password(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let form = [("next", BUILDS), ("email", OWNER), ("password", "planted-password")];
    let mut reader = Reader::at(&app, None, "/login?next=%2Fsettings%2Facme%2Fintegrations%2Fcircleci%2F5%2F");
    let page = reader.post("sessions/log-in", &form).await;
    assert_eq!(page.status, 400);
    assert!(control(&page, "email").contains(&format!("value=\"{OWNER}\"")), "{}", control(&page, "email"));
    assert!(page.text().contains("This e-mail address and password do not belong together."));
    assert!(page.text().contains(&format!("value=\"{BUILDS}\"")), "it still leads on");
    assert!(!page.text().contains("planted-password") && !control(&page, "password").contains(" value="));
    // It is a page like any other: not kept, and under its own policy.
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.text().contains(&format!("nonce=\"{}\"", page.nonce())));
    assert!(page.cookies().is_empty());
    // What was typed is in no address, and an older refusal does not stay in one.
    assert!(!reader.page.contains("owner") && !reader.page.contains("planted"), "{}", reader.page);
    let again = reader.post("sessions/log-in", &form).await;
    assert!(control(&again, "email").contains(OWNER));
    assert_eq!(reader.page.matches("__err=").count(), 1, "{}", reader.page);
    let bytes = app.database_bytes().await;
    assert!(!String::from_utf8_lossy(&bytes).contains("planted-password"));
}

async fn a_refused_set_up_keeps_the_names_and_neither_password_nor_code(backend: Backend) {
    let options = Options { demo: false, setup_code: Some("ABCDEFGHJKLM".to_owned()), ..Options::default() };
    let app = TestApp::with(backend, options).await;
    let form = [
        ("name", "Ada Planted"),
        ("email", "ada@"),
        ("password", "planted"),
        ("organization", "Acme & \"Sons\""),
        ("code", "ABCDEFGHJKLM"),
    ];
    let page = Reader::at(&app, None, "/setup").post("setup/run", &form).await;
    assert_eq!(page.status, 400);
    for (id, value) in [("name", "Ada Planted"), ("email", "ada@"), ("organization", "Acme &amp; &quot;Sons&quot;")] {
        assert!(control(&page, id).contains(&format!("value=\"{value}\"")), "{}", control(&page, id));
    }
    assert!(beside(&page, "email").contains("Write a whole e-mail address"));
    assert!(!beside(&page, "password").is_empty());
    assert!(!page.text().contains("planted") && !page.text().contains("ABCDEFGHJKLM"));
}

fn setting<'a>(field: &'a str, value: &'a str, seen: &'a str) -> [(&'a str, &'a str); 5] {
    [("org", "acme"), ("id", "5"), ("field", field), ("value", value), ("seen", seen)]
}

async fn a_refused_setting_keeps_what_was_typed_and_says_why_beside_it(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let mut reader = Reader::at(&app, Some(ADMIN), BUILDS);
    let page = reader.post("integrations/save", &setting("poll_minutes", "5000", "15")).await;
    assert_eq!(page.status, 400);
    assert!(control(&page, "setting-poll_minutes").contains("value=\"5000\""));
    let sentence = "Minutes between two looks must be at most 1440.";
    assert!(beside(&page, "setting-poll_minutes").starts_with(sentence));
    // The other settings of the page have the same names in their forms, and hold what is stored.
    assert!(
        control(&page, "setting-project_slug").contains("value=\"\""),
        "{}",
        control(&page, "setting-project_slug")
    );
    // What it showed is what is stored: from here it can be saved.
    let saved = reader.send("/_api/integrations/save", &setting("poll_minutes", "50", "15")).await;
    assert_eq!(saved.status, 302, "{}", saved.line());
    assert_eq!(saved.header("location").trim_end_matches('?'), format!("http://hub.test{BUILDS}"));
}

async fn a_box_that_was_not_ticked_stays_so_and_a_conflict_is_one(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let page = app.get(BUILDS).header("accept", "text/html").session(ADMIN).await;
    assert!(control(&page, "setting-deploy_alerts").contains(" checked"));
    let form = [("org", "acme"), ("id", "5"), ("field", "deploy_alerts"), ("seen", "\"another\"")];
    let page = Reader::at(&app, Some(ADMIN), BUILDS).post("integrations/save", &form).await;
    assert_eq!(page.status, 409);
    assert!(!control(&page, "setting-deploy_alerts").contains(" checked"));
    let form = setting("notify_on", "never", "\"another\"");
    let page = Reader::at(&app, Some(MANAGER), BUILDS).post("integrations/save", &form).await;
    assert!(page.text().contains("<option value=\"never\" selected"), "the choice is kept");
}

async fn what_was_typed_cannot_leave_its_control(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let text = format!("\"><script>alert(1)</script>{}", "x".repeat(200));
    let page =
        Reader::at(&app, Some(ADMIN), BUILDS).post("integrations/save", &setting("project_slug", &text, "\"\"")).await;
    assert_eq!(page.status, 400);
    assert!(!page.text().contains("<script>alert"));
    assert!(page.text().contains("&lt;script&gt;alert(1)"), "it is there as a text");
    // A form of another name, or of a function that is not there, is nothing's.
    let page = Reader::at(&app, Some(ADMIN), BUILDS);
    let nothing = page.send(&format!("{BUILDS}?__path=%3Cscript%3E&__err=%22%3E"), &[("value", "<script>")]).await;
    assert!(nothing.status >= 400 && !nothing.text().contains("<script>\""), "{}", nothing.line());
}

async fn a_refused_installation_keeps_the_address_and_drops_the_key(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let form = [
        ("org", "acme"),
        ("provider", "grafana"),
        ("values[base_url]", "http://10.0.0.1/grafana"),
        ("values[token]", "planted-token"),
    ];
    let mut reader = Reader::at(&app, Some(ADMIN), "/settings/acme/integrations/grafana/install/");
    let page = reader.post("integrations/install", &form).await;
    assert!(control(&page, "install-base_url").contains("value=\"http://10.0.0.1/grafana\""));
    assert!(!page.text().contains("planted-token") && !reader.page.contains("10.0.0.1"), "{}", reader.page);
}

async fn the_rows_that_were_typed_come_back_without_their_secrets(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let mut conn = app.ctx.store.write().await.unwrap();
    let account = Account { external_id: "1".into(), name: "Acme".into(), ..Account::default() };
    let now = app.ctx.now();
    let integration = store::integrations::upsert(&mut conn, "pagerduty", &account, now).await.unwrap();
    let (config, facts) = (StoredConfig::default(), Facts::default());
    store::installations::insert(&mut conn, crate::support::ACME, integration, &config, &facts, None, now)
        .await
        .unwrap();
    conn.commit().await.unwrap();
    let id = integration.to_string();
    let page = format!("/settings/acme/integrations/pagerduty/{id}/");
    let save = |rows: Vec<(&'static str, &'static str)>, seen: String| {
        let form =
            [("org", "acme".to_owned()), ("id", id.clone()), ("field", "service_table".to_owned()), ("seen", seen)];
        form.into_iter().chain(rows.into_iter().map(|(name, value)| (name, value.to_owned()))).collect::<Vec<_>>()
    };
    fn pairs<'a>(form: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
        form.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
    let first =
        save(vec![("rows[new][service]", "Web"), ("rows[new][integration_key]", "planted-key")], "[]".to_owned());
    let saved = Reader::at(&app, Some(ADMIN), &page).send("/_api/integrations/save", &pairs(&first)).await;
    assert_eq!(saved.status, 302, "{}", saved.line());
    let changed = vec![
        ("rows[row-1][service]", "Shop"),
        ("rows[row-1][integration_key]", "planted-other"),
        ("rows[new][service]", "Mails"),
    ];
    let seen = r#"[{"id":"1","service":"Web","integration_key":""}]"#.to_owned();
    let page = Reader::at(&app, Some(ADMIN), &page).post("integrations/save", &pairs(&save(changed, seen))).await;
    assert!(beside(&page, "setting-service_table").contains("Each row needs “Integration key”."));
    assert!(page.text().contains("value=\"Shop\"") && page.text().contains("value=\"Mails\""), "{}", page.text());
    assert!(!page.text().contains("value=\"Web\"") && !page.text().contains("planted-"));
}

async fn what_was_typed_goes_to_a_page_of_this_site_only(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let form = [("email", OWNER), ("password", "planted-password")];
    for referer in [
        "http://evil.test/login",
        "https://hub.test/login",
        "http://hub.test:81/login",
        "http://hub.test.evil.test/login",
        "http://hub.test/_api/sessions/log-out",
        "http://hub.test/api/0/organizations/acme/",
        "http://hub.test/login/more",
    ] {
        let call = app.call("sessions/log-in", &form).header("accept", "text/html").header("referer", referer);
        let answer = call.await;
        assert_eq!(answer.status, 302, "{referer}");
        assert!(answer.header("location").starts_with(referer), "{}", answer.header("location"));
    }
    // Who reads the answer is told there, as before.
    let answer = app.call("sessions/log-in", &form).header("referer", "http://hub.test/login").await;
    assert_eq!((answer.status, answer.header("location")), (400, ""));
}

async fn a_page_takes_nothing_but_its_own_refused_forms(backend: Backend) {
    let app = TestApp::demo(backend).await;
    let at = "/login?__path=%2F_api%2Fsessions%2Flog-in&__err=e30%3D";
    let form = [("email", "planted@acme.test")];
    let plain = app.post("/login").header("sec-fetch-site", "same-origin").form(&form).await;
    assert_eq!((plain.status, plain.header("allow")), (405, "GET,HEAD"));
    let json = app.post(at).header("sec-fetch-site", "same-origin").json(&serde_json::json!({})).await;
    assert_eq!(json.status, 405);
    // Another site can put nothing into a form of ours.
    let forged = app.post(at).header("sec-fetch-site", "cross-site").form(&form).await;
    assert_eq!(forged.status, 403);
    assert!(!forged.text().contains("planted"));
    let large = app.post(at).header("sec-fetch-site", "same-origin").form(&[("email", &"x".repeat(1 << 20))]).await;
    assert_eq!(large.status, 413);
    let elsewhere = app.post("/nowhere?__path=a&__err=b").header("sec-fetch-site", "same-origin").form(&form).await;
    assert_eq!(elsewhere.status, 404);
}

on_both!(
    a_refused_sign_in_keeps_the_address_and_not_the_password,
    a_refused_set_up_keeps_the_names_and_neither_password_nor_code,
    a_refused_setting_keeps_what_was_typed_and_says_why_beside_it,
    a_box_that_was_not_ticked_stays_so_and_a_conflict_is_one,
    what_was_typed_cannot_leave_its_control,
    a_refused_installation_keeps_the_address_and_drops_the_key,
    the_rows_that_were_typed_come_back_without_their_secrets,
    what_was_typed_goes_to_a_page_of_this_site_only,
    a_page_takes_nothing_but_its_own_refused_forms,
);
