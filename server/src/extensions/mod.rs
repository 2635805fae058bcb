//! `/extensions/…`: where providers send people back to, and where they send webhooks. Unknown paths are plain 404s and
//! never the page.

mod aws;
mod page;
mod setup;
mod vsts;
mod webhook;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use hub::Ctx;

/// The routes below `/extensions`.
pub fn router() -> Router<Ctx> {
    Router::new()
        .route("/{provider}/setup/", get(setup::callback))
        .route("/{provider}/webhook/", post(webhook::receive))
        .route("/{provider}/webhook/{installation}/", post(webhook::receive_for))
        .route("/vsts/issue-updated/", post(vsts::issue_updated))
        .route("/aws_lambda/role.yaml", get(aws::template))
        .fallback(|| async { StatusCode::NOT_FOUND })
}
