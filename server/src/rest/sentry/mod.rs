//! The API that Sentry's clients speak: `/api/0/…/`, trailing slashes, strings for ids.

use axum::Router;
use axum::http::StatusCode;
use hub::Ctx;

/// The routes below `/api/0`.
pub fn router() -> Router<Ctx> {
    Router::new().fallback(|| async { StatusCode::NOT_FOUND })
}
