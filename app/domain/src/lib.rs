//! What Patchbay is about: people, organizations, integrations and the rules between them.
//!
//! Everything here is a value or a pure function. The crate compiles to WebAssembly and is shared by the browser,
//! the server and the store. It must never know IO, a clock, randomness, a database driver (the `sqlx` feature only
//! teaches newtypes how to be columns) or a web framework.
//!
//! Start reading at [`integrations`] (what is connected), then [`roles`] (who may do what) and [`error`] (how a
//! refusal travels).

#[macro_use]
mod text;

pub mod audit;
pub mod catalogue;
pub mod circuits;
pub mod config;
pub mod credentials;
pub mod detail;
pub mod directory;
pub mod email;
pub mod error;
pub mod events;
pub mod grants;
pub mod ids;
pub mod install_requests;
pub mod integrations;
pub mod issue_sync;
pub mod jobs;
pub mod mails;
pub mod members;
pub mod next;
pub mod organizations;
pub mod path;
pub mod pipelines;
pub mod projects;
pub mod provider_apps;
pub mod roles;
pub mod sessions;
pub mod setup;
pub mod sign_in;
pub mod slug;
pub mod teams;
pub mod time;
pub mod tokens;
pub mod trackers;
pub mod users;

pub use error::{AppError, Code, Outcome};
pub use time::Timestamp;
