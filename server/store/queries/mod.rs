//! Every query of Patchbay, one file per noun. This folder is compiled three times: checked against SQLite, checked
//! against PostgreSQL, and as the facade that forwards to either.
//!
//! A function with `#[query]` holds exactly one statement in SQL that both databases understand; functions without it
//! are made of such functions. After editing a statement run `cargo xtask db prepare`.

use crate::{Conn, query};

pub mod audit;
pub mod circuits;
pub mod credentials;
pub mod events;
pub mod grants;
pub mod health;
pub mod install_requests;
pub mod installations;
pub mod integrations;
pub mod issue_links;
pub mod jobs;
pub mod mails;
pub mod members;
pub mod organizations;
pub mod pipelines;
pub mod project_information;
pub mod projects;
pub mod provider_apps;
pub mod rate_limits;
pub mod sessions;
pub mod settings;
pub mod sync_events;
pub mod teams;
pub mod tokens;
pub mod tracker_hooks;
pub mod users;
pub mod webhook_deliveries;
