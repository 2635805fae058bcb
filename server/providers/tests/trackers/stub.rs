//! A vendor on this machine: it knows a few exchanges by heart, to the last byte of the address, and takes nothing else.

use domain::Timestamp;
use domain::catalogue::Manifest;
use domain::integrations::Account;
use providers::catalogue;
use providers::outbound::Outbound;
use providers::sentry::Sentry;
use providers::trackers::Tracker;
use providers::{App, Provider};
use secrecy::SecretString;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

pub const TOKEN: &str = "planted-token-51c0";
/// Sunday, 22 November 2026, 04:00:00 GMT.
pub const NOW: Timestamp = Timestamp(1_795_320_000_000);

/// One exchange: what has to be asked, and what is answered.
pub struct Exchange {
    /// `GET /path?query`, as it is on the wire.
    asked: String,
    /// Headers that the request has, each with its whole value.
    headers: Vec<(String, String)>,
    body: Option<Value>,
    answer: ResponseTemplate,
}

impl Exchange {
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The body that has to be sent; without this there has to be none.
    pub fn body(self, body: Value) -> Self {
        let typed = if self.headers.iter().any(|(name, _)| name == "content-type") {
            self
        } else {
            self.header("content-type", "application/json")
        };
        Self { body: Some(body), ..typed }
    }

    fn misses(&self, request: &Request) -> Option<String> {
        let has = |(name, value): &&(String, String)| {
            request.headers.get(name.as_str()).is_some_and(|sent| sent.as_bytes() == value.as_bytes())
        };
        if let Some((name, value)) = self.headers.iter().find(|header| !has(header)) {
            return Some(format!("{name} is {:?} and not {value:?}", request.headers.get(name.as_str())));
        }
        let sent = serde_json::from_slice::<Value>(&request.body).ok();
        (sent != self.body || sent.is_none() && !request.body.is_empty())
            .then(|| format!("the body is {}", String::from_utf8_lossy(&request.body)))
    }
}

/// An exchange with this answer.
pub fn exchange(asked: &str, answer: ResponseTemplate) -> Exchange {
    let authorization = ("authorization".to_owned(), format!("Bearer {TOKEN}"));
    Exchange { asked: asked.to_owned(), headers: vec![authorization], body: None, answer }
}

/// Answers 200 with JSON.
pub fn ok(json: Value) -> ResponseTemplate {
    status(200, json)
}

pub fn status(status: u16, json: Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json)
}

/// A vendor, and what is needed to ask it.
pub struct Stub {
    /// Ends with the stub.
    _server: MockServer,
    heard: Arc<Heard>,
    door: Outbound,
    app: App,
    manifest: &'static Manifest,
    endpoint: String,
    pub account: Account,
    pub token: SecretString,
}

#[derive(Default)]
struct Heard {
    exchanges: Vec<Exchange>,
    count: Mutex<Vec<usize>>,
    strange: Mutex<Vec<String>>,
}

impl Respond for Shared {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let asked = format!("{} {}{query}", request.method, request.url.path());
        let mut why = Vec::new();
        for (index, exchange) in self.0.exchanges.iter().enumerate().filter(|(_, known)| known.asked == asked) {
            match exchange.misses(request) {
                None => {
                    self.0.count.lock().unwrap().push(index);
                    return exchange.answer.clone();
                }
                Some(miss) => why.push(miss),
            }
        }
        self.0.strange.lock().unwrap().push(format!("{asked}: {}", why.join("; ")));
        ResponseTemplate::new(418)
    }
}

struct Shared(Arc<Heard>);

impl Stub {
    pub async fn of(key: &str, account: Account, exchanges: Vec<Exchange>) -> Self {
        let server = MockServer::start().await;
        let heard = Arc::new(Heard { exchanges, ..Heard::default() });
        Mock::given(any()).respond_with(Shared(heard.clone())).mount(&server).await;
        let endpoint = server.uri();
        Self {
            _server: server,
            heard,
            door: Outbound::new("127.0.0.1".parse().unwrap()),
            app: App::default(),
            manifest: catalogue::find(key).unwrap(),
            endpoint,
            account,
            token: TOKEN.into(),
        }
    }

    pub fn provider(&self) -> Provider<'_> {
        let Self { door, app, manifest, endpoint, .. } = self;
        Provider { outbound: door, manifest, endpoint: Some(endpoint), app, now: NOW }
    }

    pub fn tracker<'a>(&'a self, provider: &'a Provider<'a>, base: Option<&'a str>) -> Tracker<'a> {
        Tracker::new(provider, &self.account, &self.token, base).unwrap()
    }

    pub fn sentry<'a>(&'a self, provider: &'a Provider<'a>) -> Sentry<'a> {
        Sentry::new(provider, &self.account, &self.token)
    }

    /// Nothing else was asked than what is known, and everything that is known was asked once.
    pub fn check(&self) {
        assert_eq!(*self.heard.strange.lock().unwrap(), Vec::<String>::new());
        let mut count = self.heard.count.lock().unwrap().clone();
        count.sort_unstable();
        let missed = self.heard.exchanges.iter().enumerate().filter(|(index, _)| !count.contains(index));
        assert_eq!(missed.map(|(_, exchange)| exchange.asked.as_str()).collect::<Vec<_>>(), Vec::<&str>::new());
        assert_eq!(count.len(), self.heard.exchanges.len(), "something was asked twice");
    }
}

/// Asks a stub: `$tracker` is the tracker in the expression. The exchanges are checked afterwards.
macro_rules! ask {
    ($stub:expr, $base:expr, |$tracker:ident| $call:expr) => {{
        let stub = &$stub;
        let provider = stub.provider();
        let $tracker = stub.tracker(&provider, $base);
        let answer = $call.await;
        stub.check();
        if let Err(error) = &answer {
            assert!(!format!("{error} {error:?}").contains($crate::stub::TOKEN), "{error:?}");
        }
        answer
    }};
}
pub(crate) use ask;
