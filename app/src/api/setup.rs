//! Set-up: the first owner of a fresh instance.

use super::ApiError;
#[cfg(feature = "ssr")]
use crate::context;
use domain::setup::SetupState;
use leptos::prelude::*;

/// Whether the instance needs its first owner, and whether that needs a code.
///
/// # Errors
/// When the store does not answer.
#[server(prefix = "/_api", endpoint = "setup/state")]
pub async fn read_state() -> Result<SetupState, ApiError> {
    Ok(hub::setup::state(&context::ctx()).await?)
}

/// Makes the first owner and organization, signs in and goes on to the directory.
///
/// # Errors
/// Field errors, a wrong code, or when the instance has an owner already.
#[server(prefix = "/_api", endpoint = "setup/run")]
pub async fn set_up(
    /// The person's name.
    name: String,
    /// Their address.
    email: String,
    /// What only they know.
    password: String,
    /// The organization's name.
    organization: String,
    /// The one-time code, where one is needed.
    #[server(default)]
    code: String,
) -> Result<(), ApiError> {
    let form = domain::setup::SetupForm { name, email, organization, code };
    let session = hub::setup::run(&context::ctx(), &context::client(), form, password.into()).await?;
    context::set_cookie(&session.cookie);
    leptos_axum::redirect("/");
    Ok(())
}
