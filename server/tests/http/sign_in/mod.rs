//! Signing in at a provider: the pipeline, its refusals, and what keeps a grant alive.

mod apps;
mod callback;
mod flow;
mod linear;
mod pipeline_api;
mod planted;
mod removal;
mod renewal;
mod requests;
mod tokens;
mod webhook;
