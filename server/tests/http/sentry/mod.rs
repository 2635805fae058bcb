//! `/api/0/…`, as Sentry's clients see it.

mod callers;
mod details;
mod integrations;
mod organizations;
mod paging;
mod providers;
mod unrouted;
