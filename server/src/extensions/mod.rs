//! `/extensions/…`: where providers call back. None is built yet; unknown paths are plain 404s and never the page.

use axum::Router;
use axum::http::StatusCode;
use hub::Ctx;

/// The routes below `/extensions`.
pub fn router() -> Router<Ctx> {
    Router::new().fallback(|| async { StatusCode::NOT_FOUND })
}
