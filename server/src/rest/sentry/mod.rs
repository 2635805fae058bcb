//! The API that Sentry's clients speak: `/api/0/…/`, trailing slashes, strings for ids.
//!
//! One file per noun; [`caller`] turns headers and path into who asks and where, [`error`] holds every body of a
//! refusal, [`paging`] cuts lists and links their pages.

mod body;
mod caller;
mod details;
mod error;
mod identity;
mod integrations;
mod organizations;
mod paging;
mod params;
mod pipeline;
mod providers;
mod unrouted;

use axum::Router;
use axum::routing::{any, get};
use hub::Ctx;

/// The routes, with their prefix: a nested router cannot tell `/api/0` from `/api/0/`.
pub fn router() -> Router<Ctx> {
    Router::new()
        .route("/api/0/", get(identity::index))
        .route("/api/0/auth/", get(identity::me))
        .route("/api/0/organizations/", get(organizations::list))
        .route("/api/0/organizations/{org}/", get(organizations::details))
        .route("/api/0/organizations/{org}/config/integrations/", get(providers::list))
        .route("/api/0/organizations/{org}/integrations/", get(integrations::list))
        .route(
            "/api/0/organizations/{org}/integrations/{id}/",
            get(details::read).post(details::write).delete(details::remove),
        )
        .route("/api/0/organizations/{org}/pipeline/{name}/", get(pipeline::read).post(pipeline::write))
        .method_not_allowed_fallback(unrouted::wrong_method)
        .route("/api/0", any(unrouted::no_route))
        .route("/api/0/{*rest}", any(unrouted::no_route))
}
