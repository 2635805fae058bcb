//! The server from outside: every interface through the router, on both databases, without a network.
//!
//! Arrange through [`support::TestApp`]. A test is a function of the database; `on_both!` at the end of its file runs
//! it on SQLite, and on PostgreSQL where `PATCHBAY_TEST_DATABASE_URL` names a server.

#![expect(clippy::unwrap_used, reason = "a test that cannot be arranged should fail")]

#[macro_use]
mod support;

mod cli;
mod codegen;
mod csrf;
mod headers;
mod install;
mod lifecycle;
mod refused;
mod saving;
mod sentry;
mod sessions;
mod settings;
mod settings_rows;
mod setup;
mod sign_in;
mod tenancy;
