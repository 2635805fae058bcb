//! A provider as this instance reaches it.

use crate::connect::Secrets;
use crate::outbound::Outbound;
use domain::Timestamp;
use domain::catalogue::Manifest;
use domain::config::ConfigData;
use serde_json::Value;

/// The app that Patchbay is at a provider: what the instance administrator entered, by the names of
/// [`domain::sign_in::Auth::app_fields`].
#[derive(Clone, Debug, Default)]
pub struct App {
    /// What is no secret: `client_id`, `slug`, …
    pub values: ConfigData,
    /// What is: `client_secret`, `private_key`, …
    pub secrets: Secrets,
}

impl App {
    /// A value that is no secret and not empty.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
    }
}

/// Everything a call to a provider needs to know. Knows no organization and keeps nothing.
#[derive(Clone, Copy)]
pub struct Provider<'a> {
    /// The door to the network.
    pub outbound: &'a Outbound,
    /// What the catalogue says.
    pub manifest: &'a Manifest,
    /// Where the provider is instead: every address of the manifest moves there. Wins over the form's `base_url`.
    pub endpoint: Option<&'a str>,
    /// The app that Patchbay is there.
    pub app: &'a App,
    /// The time, for signatures and for the life of what is given.
    pub now: Timestamp,
}
