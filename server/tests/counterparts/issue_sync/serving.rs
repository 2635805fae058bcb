//! The hub of a test behind a port, so that vendors can send it webhooks.

use crate::app_support::TestApp;
use axum::Router;
use leptos::prelude::LeptosOptions;
use patchbay_server::router::{App, router};
use std::net::SocketAddr;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The same hub, behind a port.
pub fn served(app: &TestApp, site: &TempDir) -> Router {
    let leptos = LeptosOptions::builder()
        .output_name("patchbay")
        .site_root(site.path().display().to_string())
        .site_pkg_dir("pkg")
        .build();
    router(App { ctx: app.ctx.clone(), leptos, trusted_proxies: [].into() })
}

/// Serves it until the task is aborted.
pub fn serve(listener: TcpListener, router: Router) -> JoinHandle<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() })
}
