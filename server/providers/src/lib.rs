//! Providers: what Patchbay can connect to, and the one door through which it does.
//!
//! This is the only crate with an HTTP client, a database driver for other people's databases, or a socket that
//! Patchbay opens by itself. Everything that leaves goes through [`outbound::Outbound`], which refuses private
//! addresses, connects only to an address it has checked, and has a limit for time and for size.
//!
//! It must never know organizations, users, permissions, the store or the clock: it takes a manifest, the values of a
//! form and a secret, and answers with an account or with a reason. It keeps nothing between two calls.
//!
//! Start reading at [`connect::accounts`] (what happens when somebody installs an integration), then at
//! [`outbound::address`] (what is refused and why).

pub mod catalogue;
pub mod connect;
pub mod icons;
pub mod outbound;
pub mod sentry;
pub mod trackers;
pub mod webhooks;

mod api;
mod provider;
mod text;

pub use provider::{App, Provider};
