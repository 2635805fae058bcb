//! The API that Codegen's client speaks: `/v1/…`, numbers for ids, no trailing slash.

mod error;
mod identity;
mod integrations;

use axum::Router;
use axum::routing::get;
use hub::Ctx;

/// The routes.
pub fn router() -> Router<Ctx> {
    Router::new()
        .route("/v1/organizations", get(identity::organizations))
        .route("/v1/organizations/{org_id}/integrations", get(integrations::list))
        .route("/v1/users/me", get(identity::me))
}
