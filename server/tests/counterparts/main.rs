//! The server against the real counterparts of its providers: systems that nobody of this project wrote, on loopback.
//!
//! Start one through [`support::Emulate`], [`support::Oidc`] or [`support::Moto`], sign in there with
//! [`support::Browser`], and move it through [`support::Counterpart::order`]. What is missing is skipped, with the reason
//! on stderr, except in CI.
//!
//! [`starters`] tests the counterparts themselves; [`providers`] installs every provider through the router.

#![expect(clippy::unwrap_used, reason = "a test that cannot be arranged should fail")]

#[macro_use]
#[expect(dead_code, unused_macros, reason = "what only the tests of the interfaces need")]
#[path = "../http/support/mod.rs"]
mod app_support;

mod issue_sync;
mod providers;
mod starters;
mod support;
mod survival;
