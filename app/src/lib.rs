//! The page: one full-stack application, rendered by the server and woken in the browser.
//!
//! `pages` fetch by way of `api` (server functions, three lines each) and are built of `components`, which take values
//! and callbacks. `live` tells pages when to fetch again. All words are in `text`, all addresses in `links`.
//! The crate must never know a rule of the domain or of authorization: those are in `domain` and `hub`.
//!
//! A form that is refused without JavaScript comes back with what was typed: its fields stand in a
//! [`components::fields::KeepTyped`].
//!
//! Start reading at [`App`], the route table, then at [`pages`].

pub mod api;
pub mod components;
#[cfg(feature = "ssr")]
pub mod context;
pub mod links;
pub mod live;
pub mod pages;
#[cfg(feature = "ssr")]
mod shell;
pub mod text;

#[cfg(feature = "ssr")]
pub use shell::shell;

use crate::components::{Toaster, Toasts};
use crate::live::Live;
use crate::pages::admin_providers::{ProviderPage, ProvidersPage};
use crate::pages::configure::{ConfigurePage, RemovePage};
use crate::pages::detail::DetailPage;
use crate::pages::directory::DirectoryPage;
use crate::pages::install::InstallPage;
use crate::pages::issue_sync::{LinksPage, LogPage};
use crate::pages::layout::{InstanceLayout, OrganizationLayout};
use crate::pages::not_found::NotFound;
use crate::pages::panel::Panel;
use crate::pages::{admin_mail::OutboxPage, home::HomePage, login::LoginPage, setup::SetupPage};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// The application: what outlives every page, and the route table. Every page is rendered whole before it is sent,
/// so that it is complete without JavaScript and its status is right.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    Toaster::provide();
    Live::provide();
    Effect::new(|| {
        let root = document().document_element();
        // Tests and styles wait for this mark; setting a plain attribute cannot fail.
        root.iter().for_each(|root| drop(root.set_attribute("data-hydrated", "")));
    });
    view! {
        <Router>
            <a class="skip" href="#content" rel="external">{text::frame::SKIP}</a>
            <Routes fallback=|| view! { <Panel><NotFound /></Panel> }>
                <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                <Route path=path!("/setup") view=SetupPage ssr=SsrMode::Async />
                <Route path=path!("/login") view=LoginPage ssr=SsrMode::Async />
                <ParentRoute path=path!("/settings/:org") view=OrganizationLayout ssr=SsrMode::Async>
                    <Route path=path!("/integrations/") view=DirectoryPage ssr=SsrMode::Async />
                    <Route path=path!("/integrations/:provider/") view=DetailPage ssr=SsrMode::Async />
                    <Route path=path!("/integrations/:provider/install/") view=InstallPage ssr=SsrMode::Async />
                    <Route path=path!("/integrations/:provider/:id/") view=ConfigurePage ssr=SsrMode::Async />
                    <Route path=path!("/integrations/:provider/:id/remove/") view=RemovePage ssr=SsrMode::Async />
                    <Route path=path!("/integrations/:provider/:id/links/") view=LinksPage ssr=SsrMode::Async />
                    <Route path=path!("/integrations/:provider/:id/sync-log/") view=LogPage ssr=SsrMode::Async />
                    <Route path=path!("/plugins/:provider/") view=DetailPage ssr=SsrMode::Async />
                    <Route path=path!("/sentry-apps/:provider/") view=DetailPage ssr=SsrMode::Async />
                    <Route path=path!("/document-integrations/:provider/") view=DetailPage ssr=SsrMode::Async />
                </ParentRoute>
                <ParentRoute path=path!("/admin") view=InstanceLayout ssr=SsrMode::Async>
                    <Route path=path!("/mail/") view=OutboxPage ssr=SsrMode::Async />
                    <Route path=path!("/providers/") view=ProvidersPage ssr=SsrMode::Async />
                    <Route path=path!("/providers/:provider/") view=ProviderPage ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
            <Toasts />
        </Router>
    }
}
