use crate::support::{Backend, TestApp};

async fn it_answers(backend: Backend) {
    let begin = std::time::Instant::now();
    let app = TestApp::demo(backend.clone()).await;
    eprintln!("demo {:?}", begin.elapsed());
    let c = app.cookie("owner@acme.test").await;
    eprintln!("cookie {:?} {c}", begin.elapsed());
    let t = app.org_token("acme", &["org:read"]).await;
    for path in ["/healthz", "/readyz", "/", "/login", "/setup", "/nothing", "/pkg/unknown", "/pkg/patchbay.css", "/settings/acme/integrations/", "/settings/acme/integrations/linear/1/", "/settings/rival/integrations/", "/settings/nobody/integrations/", "/api/0", "/api/0/", "/api/0/auth/", "/api/0/organizations/acme/foo/", "/api/0/organizations/acme/integrations", "/v1/users/me", "/v1/organizations/1/integrations", "/api/patchbay/x"] {
        let answer = app.get(path).session("owner@acme.test").await;
        eprintln!("{path} {} {:?}", answer.status, begin.elapsed());
        eprintln!("   {:?}", answer.text().chars().take(300).collect::<String>());
    }
    for path in ["/api/0/", "/api/0/organizations/", "/api/0/organizations/acme/", "/api/0/organizations/1/integrations/?per_page=2", "/api/0/organizations/acme/integrations/?includeConfig=0&per_page=1", "/api/0/organizations/acme/integrations/4/", "/api/0/organizations/acme/config/integrations/?providerKey=slack"] {
        let answer = app.get(path).bearer(&t).await;
        eprintln!("{path} {} {:?} {:?}", answer.status, begin.elapsed(), answer.headers);
        eprintln!("   {}", answer.shown());
    }
    let a = app.post("/api/0/").bearer(&t).await;
    eprintln!("{:?}", a);
}

on_both!(it_answers);
