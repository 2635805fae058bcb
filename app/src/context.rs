//! What the server gives to a server function or a page that it renders: the hub, the caller, and the answer's head.

use domain::Outcome;
use domain::path::LocalPath;
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use std::sync::Arc;

/// The hub.
pub fn ctx() -> hub::Ctx {
    expect_context()
}

/// Who calls, as far as the request says.
pub fn client() -> hub::Client {
    expect_context()
}

/// What was typed into a form that the server refused, for the page that is shown again. It is held for that one answer
/// and may hold secrets: a field of a secret never reads it.
#[derive(Clone)]
pub struct Typed {
    form: Arc<str>,
    values: Arc<[(String, String)]>,
}

impl Typed {
    /// Into the form of a server function, which is named by its path.
    pub fn new(form: &str, values: Vec<(String, String)>) -> Self {
        Self { form: form.into(), values: values.into() }
    }

    /// The path of the form's server function.
    pub fn form(&self) -> &str {
        &self.form
    }

    /// What was sent under a name; nothing was for a box that is not ticked.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(sent, _)| sent == name).map(|(_, value)| value.as_str())
    }
}

/// The signed-in user.
///
/// # Errors
/// When nobody is signed in.
pub async fn actor() -> Outcome<hub::Actor> {
    hub::sessions::actor(&ctx(), &client()).await
}

/// Sends the browser to another page of ours.
pub fn redirect_to(path: LocalPath) {
    leptos_axum::redirect(path.as_str());
}

/// Sends a plain form on to the next page. A hydrated page navigates by itself, after it has used the answer.
pub fn form_goes_on(path: &str) {
    if let (false, Ok(path)) = (is_call(), LocalPath::parse(path)) {
        redirect_to(path);
    }
}

/// Appends a `Set-Cookie` header.
pub fn set_cookie(cookie: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(cookie)) {
        response.append_header(header::SET_COOKIE, value);
    }
}

/// Sets a header of the answer.
pub fn set_header(name: HeaderName, value: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(value)) {
        response.insert_header(name, value);
    }
}

/// Sets the status of the answer.
pub fn set_status(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

/// A cookie of the request.
pub fn cookie(name: &str) -> Option<String> {
    let request = use_context::<Parts>()?;
    let cookies = request.headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then(|| value.to_owned())
    })
}

/// Whether the request is a call of a server function, and one that reads the answer: a plain form only follows it.
pub fn is_call() -> bool {
    let Some(request) = use_context::<Parts>() else { return false };
    let accept = request.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    request.uri.path().starts_with("/_api/") && !accept.contains("text/html")
}

/// What a cookie of ours ends with: `Secure` where browsers come by https.
pub fn cookie_end() -> &'static str {
    if ctx().settings.public_url.scheme() == "https" { "; SameSite=Lax; Secure" } else { "; SameSite=Lax" }
}
