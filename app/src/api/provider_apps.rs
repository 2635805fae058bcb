//! The apps that Patchbay is at providers, for those who run the instance. The rules are in `hub::provider_apps`.
//!
//! A plain form reads no answer: it goes on to the provider's page, which is told by [`Done`] what was done.

use super::ApiError;
#[cfg(feature = "ssr")]
use crate::{context, links};
#[cfg(feature = "ssr")]
use domain::AppError;
use domain::provider_apps::{AppTest, ProviderApp};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// What a plain form has just done: `done` in the address of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// The set-up was saved.
    Saved,
    /// The provider took the credentials.
    Works,
    /// The set-up was forgotten.
    Forgotten,
}

impl Done {
    /// The word in the address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Works => "works",
            Self::Forgotten => "forgotten",
        }
    }

    /// Reads the address; an unknown word means nothing.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Saved, Self::Works, Self::Forgotten].into_iter().find(|done| done.as_str() == text)
    }
}

/// Every provider that needs an app, by name.
///
/// # Errors
/// When the user does not administer the instance.
#[server(prefix = "/_api", endpoint = "admin/providers")]
pub async fn provider_apps() -> Result<Vec<ProviderApp>, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    Ok(hub::provider_apps::list(&ctx, &actor).await?)
}

/// Stores a provider's app. An empty secret keeps what is stored.
///
/// # Errors
/// Field errors, or when the user does not administer the instance.
#[server(prefix = "/_api", endpoint = "admin/providers/save")]
pub async fn save_app(
    /// The provider's key.
    provider: String,
    /// What the form holds, by field.
    #[server(default)]
    values: BTreeMap<String, String>,
) -> Result<ProviderApp, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    let app = hub::provider_apps::save(&ctx, &actor, &provider, values).await?;
    goes_on(&provider, Done::Saved);
    Ok(app)
}

/// Asks the provider whether it takes the stored credentials. A plain form is told of a refusal as of an error.
///
/// # Errors
/// When nothing is stored, or the user does not administer the instance.
#[server(prefix = "/_api", endpoint = "admin/providers/test")]
pub async fn test_app(
    /// The provider's key.
    provider: String,
) -> Result<AppTest, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    let test = hub::provider_apps::test(&ctx, &actor, &provider).await?;
    if !test.works && !context::is_call() {
        return Err(AppError::provider(test.message).into());
    }
    goes_on(&provider, Done::Works);
    Ok(test)
}

/// Deletes the stored credentials.
///
/// # Errors
/// When the user does not administer the instance.
#[server(prefix = "/_api", endpoint = "admin/providers/forget")]
pub async fn forget_app(
    /// The provider's key.
    provider: String,
) -> Result<ProviderApp, ApiError> {
    let (ctx, actor) = (context::ctx(), context::actor().await?);
    let app = hub::provider_apps::forget(&ctx, &actor, &provider).await?;
    goes_on(&provider, Done::Forgotten);
    Ok(app)
}

#[cfg(feature = "ssr")]
fn goes_on(provider: &str, done: Done) {
    context::form_goes_on(&format!("{}?done={}", links::provider_app(provider), done.as_str()));
}
