//! An open connection: how a provider is reached, and the secrets to show there, good now.

use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::grants;
use crate::integrations::present;
use crate::provider_apps::{self, Reach};
use domain::catalogue::Manifest;
use domain::config::ConfigData;
use domain::grants::ACCESS_TOKEN;
use domain::integrations::Installation;
use domain::{AppError, Outcome};
use providers::Provider;
use providers::connect::{CheckError, Secrets};
use secrecy::SecretString;
use std::future::Future;

/// An open connection.
pub(crate) struct Connection {
    ctx: Ctx,
    /// Whose it is.
    pub row: Installation,
    /// What the catalogue says of its provider.
    pub manifest: &'static Manifest,
    /// What is shown there.
    pub secrets: Secrets,
    reach: Reach,
}

impl Connection {
    /// Opens a connection: its token is renewed where it must be. The inner error says why the provider gave none.
    pub async fn open(ctx: &Ctx, row: &Installation) -> Outcome<Result<Self, CheckError>> {
        let manifest = present::manifest_of(row).ok_or_else(|| AppError::not_found("This integration"))?;
        let secrets = match grants::fresh(ctx, row).await? {
            Ok(secrets) => secrets,
            Err(error) => return Ok(Err(error)),
        };
        let mut conn = ctx.store.read().await.or_internal()?;
        let reach = provider_apps::reach(ctx, &mut conn, manifest, grants::connection(row), &secrets).await?;
        Ok(Ok(Self { ctx: ctx.clone(), row: row.clone(), manifest, secrets, reach }))
    }

    /// The provider as `providers` wants it.
    pub fn provider(&self) -> Provider<'_> {
        self.reach.provider(&self.ctx, self.manifest)
    }

    /// What the install form asked for, secrets apart.
    pub fn form(&self) -> &ConfigData {
        grants::connection(&self.row)
    }

    /// Its access token.
    pub fn token(&self) -> Result<&SecretString, CheckError> {
        self.secrets.get(ACCESS_TOKEN).ok_or_else(|| CheckError::GrantOver {
            reason: format!("There is no stored sign-in at {}. Connect it again.", self.manifest.name),
        })
    }
}

/// Does something that shows the access token. One that is refused although it should be good is renewed once, and it is
/// done again.
pub(crate) async fn renewing<T, F>(
    ctx: &Ctx,
    row: &Installation,
    work: impl Fn() -> F,
) -> Outcome<Result<T, CheckError>>
where
    F: Future<Output = Outcome<Result<T, CheckError>>>,
{
    let shown = grants::shown(ctx, &[row]).await?;
    let first = match work().await? {
        Err(error @ CheckError::TokenRefused { .. }) => error,
        done => return Ok(done),
    };
    match grants::refused(ctx, row, &shown).await? {
        Some(Ok(())) => work().await,
        Some(Err(error)) => Ok(Err(error)),
        None => Ok(Err(first)),
    }
}
