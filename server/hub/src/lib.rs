//! Use cases: everything Patchbay does, once, for the pages, the APIs, the command line and the jobs alike.
//!
//! A use case is one function: authorize, load, decide (pure, in `domain`), write and audit in one transaction, then
//! publish the event. Its first parameters are the [`Ctx`] (database, vault, network, clock, randomness) and the
//! [`Actor`]. Writing needs a [`access::Permit`], which only the permission check gives out, and a
//! [`change::Change`], which only commits together with its audit entry.
//!
//! The crate must never know HTTP requests (but for the headers that sign a webhook), cookies' parsing, HTML or SQL.
//! Start reading at [`integrations`], then [`pipelines`] (signing in at a provider), [`grants`] (keeping that alive),
//! [`issue_sync`] (keeping two providers in step), [`access`] and [`change`].

pub mod access;
pub mod actor;
pub mod admin;
pub mod change;
mod connection;
pub mod ctx;
pub mod demo;
pub mod directory;
pub mod errors;
pub mod grants;
pub mod install_requests;
pub mod integrations;
pub mod issue_sync;
pub mod jobs;
pub mod live;
pub mod mail;
mod markdown;
pub mod operator;
pub mod organizations;
pub mod passwords;
pub mod pipelines;
pub mod provider_apps;
pub mod rate_limits;
pub mod sessions;
pub mod setup;
pub mod status;
pub mod tokens;
pub mod users;
pub mod vault;
pub mod webhooks;

pub use actor::{Actor, Client};
pub use ctx::{Clock, Ctx, Entropy};
pub use secrecy::SecretString as Password;
pub use sessions::NewSession;
