//! Every provider, installed through the router at a counterpart that plays its vendor.
//!
//! [`oauth`] reads the manifest and what the vendor documents (`answers.toml` beside it), and takes any OAuth provider
//! through one whole life; [`keys`] does the same for those that take a key. [`linear`], [`github`] and [`aws`] are at
//! counterparts that play exactly these vendors; [`own_server`] is a GitLab that a customer runs. Databases are proven in the tests of the `providers` crate.

mod aws;
mod documented;
mod github;
mod hub_app;
mod keys;
mod linear;
mod oauth;
mod own_server;
mod spec;

/// Where the browser is sent back to, below the address of the hub.
fn setup(provider: &str) -> String {
    format!("http://hub.test/extensions/{provider}/setup/")
}
