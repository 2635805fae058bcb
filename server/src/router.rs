//! What is served where.

use crate::{extensions, middleware, rest};
use app::context::Typed;
use app::shell;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRef, Path, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::path::LocalPath;
use http::request::Parts;
use hub::{Client, Ctx};
use ipnet::IpNet;
use leptos::prelude::*;
use leptos_axum::{AxumRouteListing, LeptosRoutes as _, generate_route_list, handle_server_fns_with_context};
use std::sync::{Arc, LazyLock};
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// The largest request body, in bytes.
const MAX_BODY: usize = 1024 * 1024;

/// The pages' routes. Found out once: while that happens, no page of the whole process gets what it asks for.
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(app::App));

/// What every route may reach.
#[derive(Clone)]
pub struct App {
    /// The hub.
    pub ctx: Ctx,
    /// How the page was built and where its files are.
    pub leptos: LeptosOptions,
    /// Proxies whose word on the client's address is taken.
    pub trusted_proxies: Arc<[IpNet]>,
}

impl FromRef<App> for LeptosOptions {
    fn from_ref(app: &App) -> Self {
        app.leptos.clone()
    }
}

impl FromRef<App> for Ctx {
    fn from_ref(app: &App) -> Self {
        app.ctx.clone()
    }
}

/// Everything that is served.
pub fn router(app: App) -> Router {
    let options = app.leptos.clone();
    let context = provide(app.ctx.clone());
    let apis = Router::new()
        .merge(rest::codegen::router())
        .merge(rest::sentry::router())
        .nest("/api/patchbay", rest::patchbay::router())
        .nest("/extensions", extensions::router())
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/icons/{file}", get(icon))
        .with_state(app.ctx.clone());
    let pages = Router::new()
        .leptos_routes_with_context(&app, PAGES.clone(), context, move || shell(options.clone()))
        .with_state(app.clone());
    let site = Router::new()
        .route("/_api/{*name}", post(server_functions))
        .nest_service("/pkg", package(&app.leptos))
        .fallback(fallback)
        .with_state(app.clone());
    apis.merge(site)
        .merge(refused_forms(&pages))
        .merge(pages)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(app.clone(), middleware::send_form_back))
        .layer(from_fn_with_state(app.clone(), middleware::identify))
        .layer(from_fn_with_state(app.clone(), middleware::same_origin))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app, middleware::secure))
        .layer(from_fn(middleware::trace))
}

/// Whether there is a page of this path.
pub fn is_page(path: &str) -> bool {
    let fits = |page: &AxumRouteListing| {
        let (pattern, path) = (page.path().split('/'), path.split('/'));
        let same = |(pattern, part): (&str, &str)| pattern == part || pattern.starts_with('{') && !part.is_empty();
        pattern.clone().count() == path.clone().count() && pattern.zip(path).all(same)
    };
    PAGES.iter().any(fits)
}

/// Each page takes its refused forms.
fn refused_forms(pages: &Router) -> Router {
    PAGES.iter().fold(Router::new(), |router, page| {
        router.route(page.path(), post(middleware::shown_again).with_state(pages.clone()))
    })
}

/// What the page and the server functions find in their context.
fn provide(ctx: Ctx) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        provide_context(ctx.clone());
        let parts = use_context::<Parts>();
        let client = parts.as_ref().and_then(|parts| parts.extensions.get::<Client>().cloned());
        provide_context(client.unwrap_or_default());
        if let Some(typed) = parts.and_then(|parts| parts.extensions.get::<Typed>().cloned()) {
            provide_context(typed);
        }
    }
}

async fn server_functions(State(app): State<App>, request: Request) -> impl IntoResponse {
    let client = request.extensions().get::<Client>().cloned().unwrap_or_default();
    handle_server_fns_with_context(
        move || {
            provide_context(app.ctx.clone());
            provide_context(client.clone());
        },
        request,
    )
    .await
}

/// Files with a hash in their name: kept by browsers for ever. An unknown one is a 404, never a page.
fn package(options: &LeptosOptions) -> Router {
    let folder = std::path::Path::new(&*options.site_root).join(&*options.site_pkg_dir);
    let immutable = HeaderValue::from_static("public, max-age=31536000, immutable");
    Router::new().fallback_service(ServeDir::new(folder).precompressed_br().precompressed_gzip()).layer(
        SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, move |response: &Response<_>| {
            response.status().is_success().then(|| immutable.clone())
        }),
    )
}

/// Static files of the site, else the page for what does not exist.
async fn fallback(State(app): State<App>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::NOT_FOUND.into_response();
    }
    if let Some(other) = other_spelling(request.uri()) {
        return Redirect::permanent(&other).into_response();
    }
    if let Some(file) = site_file(&app.leptos, head_of(&request)).await {
        return file;
    }
    let handler = leptos_axum::file_and_error_handler_with_context::<App, _>(provide(app.ctx.clone()), shell);
    handler(request.uri().clone(), State(app), request).await
}

/// A file of the site. The framework's own handler would answer with it too, but take away the headers, the policy among
/// them, of a page that is being rendered on the same thread.
async fn site_file(options: &LeptosOptions, question: Request) -> Option<Response> {
    let files = ServeDir::new(&*options.site_root).append_index_html_on_directories(false);
    let answer = files.oneshot(question).await.ok()?;
    let found = answer.status().is_success() || answer.status() == StatusCode::NOT_MODIFIED;
    found.then(|| answer.into_response())
}

/// The same request without its body.
pub fn head_of(request: &Request) -> Request {
    let mut head = Request::new(Body::empty());
    head.method_mut().clone_from(request.method());
    head.uri_mut().clone_from(request.uri());
    head.headers_mut().clone_from(request.headers());
    head
}

/// Pages below `/settings` and `/admin` end with a slash, the others do not: the other spelling leads there.
fn other_spelling(uri: &Uri) -> Option<String> {
    let path = uri.path();
    // `//host` would leave the site.
    let path = LocalPath::parse(path).ok()?;
    let path = path.as_str();
    let is_section = path.starts_with("/settings/") || path.starts_with("/admin/");
    let other = match path.strip_suffix('/') {
        None if is_section => format!("{path}/"),
        Some(bare) if matches!(bare, "/login" | "/setup") => bare.to_owned(),
        _ => return None,
    };
    Some(uri.query().map_or(other.clone(), |query| format!("{other}?{query}")))
}

async fn ready(State(ctx): State<Ctx>) -> Response {
    match hub::setup::state(&ctx).await {
        Ok(_) => "ready\n".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "The database does not answer.\n").into_response(),
    }
}

async fn icon(Path(file): Path<String>) -> Response {
    let manifest = file.strip_suffix(".svg").and_then(providers::catalogue::find);
    let Some(manifest) = manifest else { return StatusCode::NOT_FOUND.into_response() };
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers, providers::icons::svg(manifest)).into_response()
}

fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    // The payload may quote anything; the panic hook has logged where it happened.
    drop(cause);
    let error = hub::errors::internal(&"a request handler panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(error)).into_response()
}
