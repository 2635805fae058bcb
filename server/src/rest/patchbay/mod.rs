//! Our own API: what neither of the compatible ones has.

mod error;
mod events;

use axum::Router;
use axum::routing::get;
use hub::Ctx;

/// The routes below `/api/patchbay`.
pub fn router() -> Router<Ctx> {
    Router::new().route("/organizations/{org}/events", get(events::stream)).fallback(error::no_route)
}
