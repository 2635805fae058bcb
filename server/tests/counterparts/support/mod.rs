//! The stage: counterparts, and a browser to sign in with.

mod browser;
mod counterpart;
mod missing;
mod trackers;
mod web;

pub use browser::Browser;
pub use counterpart::{Counterpart, Emulate, Moto, Oidc};
pub use trackers::{Vendor, VendorItem};
pub use web::{Reply, Request};
