//! Our own API: what neither of the compatible ones has.

mod access_token;
mod choices;
mod error;
mod events;

use axum::Router;
use axum::routing::{get, post};
use hub::Ctx;

/// The routes below `/api/patchbay`.
pub fn router() -> Router<Ctx> {
    Router::new()
        .route("/organizations/{org}/events", get(events::stream))
        .route("/organizations/{org}/integrations/{id}/access-token", post(access_token::read))
        .route("/organizations/{org}/integrations/{id}/choices", get(choices::read))
        .fallback(error::no_route)
}
