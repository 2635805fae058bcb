//! A Linear for faults: it gives tokens for one code, rotates refresh tokens, and can be told to fail. The real protocol
//! is proven against systems that others wrote.

use crate::support::{ADMIN, Answer, Backend, OWNER, Options, TestApp};
use hub::Actor;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::{Url, form_urlencoded};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// The one code that is good, once.
pub const CODE: &str = "planted-code";
/// The secret of the app.
pub const CLIENT_SECRET: &str = "planted-client-secret";
/// How long an access token lives, in seconds.
pub const LIFE: i64 = 3_600;

/// What Linear knows and was asked.
#[derive(Default)]
pub struct State {
    /// How many tokens were given.
    pub given: u32,
    /// How often the token endpoint was called.
    pub token_calls: u32,
    /// Refresh tokens that were given back by the revocation endpoint.
    pub revoked: Vec<String>,
    /// The next answers of the token endpoint and of the revocation endpoint: status and error word.
    pub faults: Vec<(u16, &'static str)>,
    /// Whether a refresh token can be used again.
    pub lenient: bool,
    /// How long the next answer of the token endpoint takes.
    pub delay: Option<Duration>,
    /// The access tokens up to this one have ended, and the refresh tokens have not.
    pub ended: u32,
    /// How often the API was called.
    pub api_calls: u32,
    /// How long the next answer of the API takes.
    pub api_delay: Option<Duration>,
    /// The workspace whose tokens are given.
    pub workspace: Option<&'static str>,
    /// The scopes that are granted, where not all are.
    pub granted: Option<&'static str>,
}

/// The stand-in.
pub struct Linear {
    /// Where it is.
    pub server: MockServer,
    /// What it knows.
    pub state: Arc<Mutex<State>>,
}

impl Linear {
    /// Starts it.
    pub async fn start() -> Self {
        let server = MockServer::start().await;
        let state = Arc::new(Mutex::new(State::default()));
        let mount = |at: &'static str, answer: fn(&mut State, &Request) -> ResponseTemplate| {
            let answer = Answering { state: state.clone(), answer };
            Mock::given(method("POST")).and(path(at)).respond_with(answer).mount(&server)
        };
        mount("/oauth/token", token).await;
        mount("/oauth/revoke", revoke).await;
        mount("/graphql", graphql).await;
        Self { server, state }
    }

    /// Changes what it does.
    pub fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
    }

    /// How often the token endpoint was called.
    pub fn token_calls(&self) -> u32 {
        self.state.lock().unwrap().token_calls
    }

    /// How often the API was called.
    pub fn api_calls(&self) -> u32 {
        self.state.lock().unwrap().api_calls
    }
}

struct Answering {
    state: Arc<Mutex<State>>,
    answer: fn(&mut State, &Request) -> ResponseTemplate,
}

impl Respond for Answering {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        (self.answer)(&mut self.state.lock().unwrap(), request)
    }
}

fn form(request: &Request) -> BTreeMap<String, String> {
    form_urlencoded::parse(&request.body).into_owned().collect()
}

fn fault(state: &mut State) -> Option<ResponseTemplate> {
    if state.faults.is_empty() {
        return None;
    }
    let (status, word) = state.faults.remove(0);
    Some(ResponseTemplate::new(status).set_body_json(json!({ "error": word })))
}

fn token(state: &mut State, request: &Request) -> ResponseTemplate {
    state.token_calls += 1;
    if let Some(fault) = fault(state) {
        return fault;
    }
    let form = form(request);
    let get = |name: &str| form.get(name).map_or("", String::as_str);
    let refuse = |word: &str| ResponseTemplate::new(400).set_body_json(json!({ "error": word }));
    if get("client_secret") != CLIENT_SECRET {
        return refuse("invalid_client");
    }
    let newest = format!("planted-refresh-{}", state.given);
    let fits = match get("grant_type") {
        "authorization_code" => get("code") == CODE && (43..=128).contains(&get("code_verifier").len()),
        "refresh_token" => get("refresh_token") == newest || state.lenient,
        _ => false,
    };
    if !fits {
        return refuse("invalid_grant");
    }
    state.given += 1;
    let answer = json!({
        "access_token": format!("planted-access-{}", state.given),
        "refresh_token": format!("planted-refresh-{}", state.given),
        "token_type": "Bearer",
        "expires_in": LIFE,
        "scope": state.granted.unwrap_or("read write issues:create comments:create"),
    });
    let answer = ResponseTemplate::new(200).set_body_json(answer);
    match state.delay.take() {
        Some(delay) => answer.set_delay(delay),
        None => answer,
    }
}

fn revoke(state: &mut State, request: &Request) -> ResponseTemplate {
    if let Some(fault) = fault(state) {
        return fault;
    }
    state.revoked.push(form(request).remove("token").unwrap_or_default());
    ResponseTemplate::new(200)
}

fn graphql(state: &mut State, request: &Request) -> ResponseTemplate {
    state.api_calls += 1;
    let bearer = request.headers.get("authorization").map_or("", |value| value.to_str().unwrap());
    let is_newest = bearer == format!("Bearer planted-access-{}", state.given) && state.given > state.ended;
    if !is_newest && !state.lenient {
        let answer = ResponseTemplate::new(401).set_body_json(json!({ "errors": [{ "message": "no" }] }));
        return answer.set_delay(state.api_delay.take().unwrap_or_default());
    }
    let name = state.workspace.unwrap_or("Acme Issues");
    let id = name.to_lowercase().replace(' ', "-");
    ResponseTemplate::new(200)
        .set_body_json(json!({ "data": { "organization": { "id": id, "name": name, "urlKey": id, "logoUrl": null } } }))
}

/// An app that finds Linear at the stand-in, with its credentials entered.
pub async fn app(backend: Backend, linear: &Linear) -> TestApp {
    let endpoints =
        ["linear", "slack"].map(|provider| (provider.to_owned(), linear.server.uri())).into_iter().collect();
    let options = Options { endpoints, outbound_allow: "127.0.0.1".to_owned(), ..Options::default() };
    let app = TestApp::with(backend, options).await;
    for provider in ["linear", "slack"] {
        let values = [("client_id", "our-client"), ("client_secret", CLIENT_SECRET), ("endpoint", "")];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
        hub::provider_apps::save(&app.ctx, &Actor::operator(), provider, values).await.unwrap();
    }
    app
}

/// Begins a pipeline; answers its step.
pub async fn start(app: &TestApp, person: &str, provider: &str) -> Value {
    let answer = app.call("pipelines/start", &[("org", "acme"), ("provider", provider)]).session(person).await;
    assert_eq!(answer.status, 200, "{}", answer.line());
    answer.json()
}

/// A parameter of the authorization request that a step offers.
pub fn parameter(step: &Value, name: &str) -> String {
    let url = Url::parse(step["body"]["url"].as_str().unwrap_or_else(|| panic!("no sign-in: {step}"))).unwrap();
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.unwrap_or_else(|| panic!("{name} is not in {url}")).1.into_owned()
}

/// The provider sends a person back.
pub async fn come_back(app: &TestApp, person: &str, provider: &str, query: &[(&str, &str)]) -> Answer {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    app.get(&format!("/extensions/{provider}/setup/?{query}")).session(person).await
}

/// Connects Linear, and answers the id of the integration.
pub async fn connect(app: &TestApp) -> String {
    let step = start(app, ADMIN, "linear").await;
    let state = parameter(&step, "state");
    let answer = come_back(app, ADMIN, "linear", &[("code", CODE), ("state", &state)]).await;
    let place = answer.header("location").to_owned();
    let id = place.strip_prefix("/settings/acme/integrations/linear/").and_then(|rest| rest.strip_suffix('/'));
    let id = id.unwrap_or_else(|| panic!("{} {place} {}", answer.status, answer.text()));
    id.parse::<i64>().unwrap_or_else(|_| panic!("{place}")).to_string()
}

/// The integration as `/api/0` tells it.
pub async fn integration(app: &TestApp, id: &str) -> Value {
    app.get(&format!("/api/0/organizations/acme/integrations/{id}/")).session(OWNER).await.json()
}

/// Asks for an access token with a token that may.
pub async fn access_token(app: &TestApp, id: &str) -> Answer {
    let token = app.org_token("acme", &["integration:credentials"]).await;
    app.post(&format!("/api/patchbay/organizations/acme/integrations/{id}/access-token")).bearer(&token).await
}
