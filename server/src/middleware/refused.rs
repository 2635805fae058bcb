//! Forms without JavaScript that were refused: the page comes back with the errors beside the fields and with what was
//! typed.
//!
//! A server function answers a plain form that it refuses with a redirect to the page it came from, the refusal in the
//! address. A browser follows it with a GET, and what was typed is gone. So [`send_form_back`] makes it a redirect that
//! keeps the method and the body (307): the browser sends the same form once more, to its page, and [`shown_again`]
//! renders that page as a GET would, with the form as [`Typed`]. Nothing is stored, and the browser stands at the
//! page's own address: the next form names it as where it came from, to load it anew does nothing but render it, and a
//! page that wakes finds its route.

use crate::router::{App, head_of, is_page};
use app::api::ApiError;
use app::context::Typed;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequest as _, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use hub::Client;
use leptos::server_fn::error::ServerFnUrlError;
use tower::ServiceExt as _;
use url::{Url, form_urlencoded};

const FORM: &str = "application/x-www-form-urlencoded";

/// Lets a browser without JavaScript send a form that was refused to its page.
pub async fn send_form_back(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_plain_form = *request.method() == Method::POST
        && request.uri().path().starts_with("/_api/")
        && is_form(request.headers())
        && has(request.headers(), header::ACCEPT, "text/html");
    let mut answer = next.run(request).await;
    if is_plain_form
        && answer.status() == StatusCode::FOUND
        && let Some(page) = refused_page(&app, answer.headers())
    {
        *answer.status_mut() = StatusCode::TEMPORARY_REDIRECT;
        answer.headers_mut().insert(header::LOCATION, page);
    }
    answer
}

/// A page whose form was refused. Its status is that of the refusal, unless the page has one of its own.
pub async fn shown_again(State(pages): State<Router>, request: Request) -> Response {
    let refusal = Refusal::of(request.uri().query()).filter(|_| is_form(request.headers()));
    let Some(refusal) = refusal else {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET,HEAD")]).into_response();
    };
    let mut page = head_of(&request);
    *page.method_mut() = Method::GET;
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
        page.headers_mut().remove(name);
    }
    page.extensions_mut().insert(request.extensions().get::<Client>().cloned().unwrap_or_default());
    let values = match Bytes::from_request(request, &()).await {
        Ok(body) => form_urlencoded::parse(&body).into_owned().collect(),
        Err(refused) => return refused.into_response(),
    };
    page.extensions_mut().insert(Typed::new(&refusal.form, values));
    let mut answer = pages.oneshot(page).await.into_response();
    if answer.status() == StatusCode::OK {
        *answer.status_mut() = refusal.status();
    }
    answer
}

/// The page that a refused form goes back to, where it is one of ours: what was typed must not get anywhere else. An
/// older refusal is taken out of its address.
fn refused_page(app: &App, headers: &HeaderMap) -> Option<HeaderValue> {
    let mut page = Url::parse(headers.get(header::LOCATION)?.to_str().ok()?).ok()?;
    let refusal = Refusal::of(page.query())?;
    let is_ours = page.origin() == app.ctx.settings.public_url.origin() && is_page(page.path());
    let others = page.query_pairs().into_owned().filter(|(name, _)| !Refusal::NAMES.contains(&name.as_str()));
    let others: Vec<_> = others.collect();
    let [form, error] = Refusal::NAMES;
    let mut query = page.query_pairs_mut();
    query.clear().extend_pairs(others).append_pair(form, &refusal.form).append_pair(error, &refusal.error);
    drop(query);
    is_ours.then(|| HeaderValue::from_str(page.as_str()).ok()).flatten()
}

/// The refusal in the address of a page.
struct Refusal {
    /// The path of the server function.
    form: String,
    /// The error, encoded.
    error: String,
}

impl Refusal {
    const NAMES: [&str; 2] = ["__path", "__err"];

    /// The newest one: the framework adds each to the address of the page before.
    fn of(query: Option<&str>) -> Option<Self> {
        let last = |wanted: &str| {
            let pairs = form_urlencoded::parse(query?.as_bytes()).filter(|(name, _)| name == wanted);
            pairs.last().map(|(_, value)| value.into_owned())
        };
        Some(Self { form: last(Self::NAMES[0])?, error: last(Self::NAMES[1])? })
    }

    fn status(&self) -> StatusCode {
        let ApiError(error) = ServerFnUrlError::<ApiError>::decode_err(&self.error);
        let status = StatusCode::from_u16(error.code.status()).ok();
        status.filter(|it| it.is_client_error() || it.is_server_error()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY)
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    has(headers, header::CONTENT_TYPE, FORM)
}

fn has(headers: &HeaderMap, name: HeaderName, part: &str) -> bool {
    headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(part))
}
