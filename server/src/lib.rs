//! The server: configuration, the command line, HTTP and the background tasks of the binary `patchbay`.
//!
//! It translates between the outside (HTTP, flags, signals) and the use cases in `hub`. It must never decide who may
//! do what, write SQL or call a provider. Start reading at [`router`] (what is served where), then [`rest`] (the APIs)
//! and [`serve`] (start and stop).

pub mod cli;
pub mod config;
pub mod extensions;
pub mod jobs;
pub mod middleware;
pub mod rest;
pub mod router;
pub mod serve;
pub mod telemetry;
