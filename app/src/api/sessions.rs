//! Sessions: signing in and out.

use super::ApiError;
#[cfg(feature = "ssr")]
use crate::context;
#[cfg(feature = "ssr")]
use domain::path::LocalPath;
use leptos::prelude::*;

/// Signs in and goes on to `next`, which is a path on this site or it is home.
///
/// # Errors
/// When e-mail and password do not belong together, or after too many tries.
#[server(prefix = "/_api", endpoint = "sessions/log-in")]
pub async fn log_in(
    /// Who.
    email: String,
    /// What only they know.
    password: String,
    /// Where they wanted to go.
    #[server(default)]
    next: String,
) -> Result<(), ApiError> {
    let session = hub::sessions::log_in(&context::ctx(), &context::client(), &email, password.into()).await?;
    context::set_cookie(&session.cookie);
    leptos_axum::redirect(LocalPath::parse(&next).as_ref().map_or("/", LocalPath::as_str));
    Ok(())
}

/// Signs out and goes to the sign-in.
///
/// # Errors
/// When the store does not answer.
#[server(prefix = "/_api", endpoint = "sessions/log-out")]
pub async fn log_out() -> Result<(), ApiError> {
    hub::sessions::log_out(&context::ctx(), &context::client()).await?;
    context::set_cookie(&hub::sessions::clear_cookie(&context::ctx()));
    leptos_axum::redirect(crate::links::LOGIN);
    Ok(())
}
