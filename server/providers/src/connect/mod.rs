//! Checks a credential before it is saved: asks the other side who it belongs to.
//!
//! One function, [`check`], for every provider. Which way it goes is written in the manifest; a way that needs code has
//! a file here.

mod api_key;
mod error;
mod postgres;
mod secrets;

pub use error::CheckError;
pub use secrets::Secrets;

use crate::outbound::Outbound;
use domain::catalogue::{Auth, Manifest};
use domain::config::ConfigData;
use domain::integrations::Account;

/// Asks the provider whose credential this is.
///
/// `base_url` is the operator's override of where the provider is; it wins over the manifest and over the form.
/// `form` holds the values that are no secrets, checked against the manifest's fields already.
///
/// # Errors
/// Why there is no account, in words for the person who filled in the form.
pub async fn check(
    outbound: &Outbound,
    manifest: &Manifest,
    base_url: Option<&str>,
    form: &ConfigData,
    secrets: &Secrets,
) -> Result<Account, CheckError> {
    match &manifest.auth {
        Auth::ApiKey { .. } => api_key::check(outbound, manifest, base_url, form, secrets).await,
        Auth::Database { engine, .. } if engine == "postgres" => postgres::check(outbound, form, secrets).await,
        other => Err(CheckError::NotBuilt { provider: manifest.name.clone(), way: other.label().to_owned() }),
    }
}
