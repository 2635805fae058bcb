//! A request on its way.

use super::answer::Answer;
use super::app::TestApp;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderName, HeaderValue, Method, Request, header};
use axum::response::Response;
use serde_json::Value;
use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::pin::Pin;
use tokio::sync::Mutex;
use tower::ServiceExt as _;
use url::form_urlencoded;

/// The turn of whoever checks a password. The hub counts the checks of the whole process, and tests run side by side.
pub(super) static PASSWORDS: Mutex<()> = Mutex::const_new(());

/// A request; awaiting it sends it.
pub struct Call<'a> {
    app: &'a TestApp,
    request: Request<Body>,
    person: Option<String>,
}

impl<'a> Call<'a> {
    pub(super) fn new(app: &'a TestApp, method: Method, path: &str) -> Self {
        let mut request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 40_000))));
        Self { app, request, person: None }
    }

    /// With a header, in place of one of this name.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        self.request.headers_mut().insert(HeaderName::from_static(name), value);
        self
    }

    /// With a token.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Signed in as a person of the demonstration.
    pub fn session(mut self, email: &str) -> Self {
        self.person = Some(email.to_owned());
        self
    }

    /// From another address.
    pub fn from(mut self, address: [u8; 4]) -> Self {
        self.request.extensions_mut().insert(ConnectInfo(SocketAddr::from((address, 40_000))));
        self
    }

    /// With a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    /// With a form.
    pub fn form(self, pairs: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.header("content-type", "application/x-www-form-urlencoded").body(body)
    }

    /// With a body.
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self
    }

    /// Sends it and leaves the answer's body unread.
    pub async fn open(mut self) -> Response {
        if let Some(person) = &self.person {
            let cookie = HeaderValue::from_str(&self.app.cookie(person).await).unwrap();
            self.request.headers_mut().insert(header::COOKIE, cookie);
        }
        self.app.router.clone().oneshot(self.request).await.unwrap()
    }

    async fn send(self) -> Answer {
        let checks_password = self.request.uri().path() == "/_api/sessions/log-in";
        let turn = if checks_password { Some(PASSWORDS.lock().await) } else { None };
        let before = hub::passwords::runs();
        let mut answer = Answer::read(self.open().await).await;
        if turn.is_some() {
            answer.password_checks = hub::passwords::runs() - before;
        }
        answer
    }
}

impl<'a> IntoFuture for Call<'a> {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
