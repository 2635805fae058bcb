//! Issue sync: Sentry issues and the items of trackers that are linked to them are kept in step.
//!
//! What a side tells ([`inbound`]) becomes an event of the link, which is a row; answering the side takes no longer than
//! writing it. A worker ([`worker`]) claims a link at a time and goes through its events in order. An event only says
//! that something changed and when: what is true now is asked of the side itself ([`carry`]), and compared with what
//! the link last knew of it. What is as the link knows it was our own write or was carried before, so nothing is
//! carried twice, no echo loops, and a crash between a write over there and its note here does no harm.
//!
//! Start reading at [`carry`], then [`worker`].

mod carry;
mod client;
mod create;
mod gather;
mod hooks;
pub mod inbound;
mod links;
mod log;
mod looks;
mod worker;

use client::Client;
pub(crate) use client::with;
pub use create::{create, item_form, item_types, projects};
pub(crate) use gather::{Freshness, begin as begin_gathering, information, view as gathering_view};
pub use hooks::enqueue_due as enqueue_due_hooks;
pub(crate) use hooks::{remove as remove_hook, tend as tend_hook};
pub(crate) use links::card;
pub use links::{link, links, search_issues, search_items, unlink};
pub use log::{log, retry, retry_failed};
pub use looks::enqueue_due as enqueue_due_looks;
pub(crate) use looks::{connected, wake};
pub use worker::{release_all, run, run_one};

use domain::catalogue::Manifest;
use domain::integrations::Installation;
use domain::issue_sync::settings;
use domain::organizations::Organization;
use providers::trackers::Kind;
use serde_json::Value;

/// The provider whose issues are linked.
pub(crate) const SENTRY: &str = "sentry";

/// Whether a provider is a tracker.
pub(crate) fn is_tracker(manifest: &Manifest) -> bool {
    Kind::of(&manifest.key).is_some()
}

/// Why the organization has no issue sync, where that is so. Sentry's clients match on the words.
pub(crate) fn gate(organization: &Organization) -> Option<&'static str> {
    let open = organization.has_feature(settings::FEATURE);
    (!open).then_some("Your organization does not have access to this feature")
}

/// Whether a setting of a tracker is on; the mapping is on when it maps something.
fn is_on(row: &Installation, setting: &str) -> bool {
    match row.config.0.get(setting) {
        Some(Value::Bool(on)) => *on,
        Some(Value::Object(mapping)) => !mapping.is_empty(),
        _ => false,
    }
}
