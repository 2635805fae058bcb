//! A connection's client: opened for one piece of work, with a token that is good now.

use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::grants;
use crate::integrations::{CONNECTION, present};
use crate::provider_apps::{self, Reach};
use domain::catalogue::Manifest;
use domain::grants::ACCESS_TOKEN;
use domain::integrations::{Account, Installation};
use domain::{AppError, Outcome};
use providers::Provider;
use providers::connect::CheckError;
use providers::sentry::Sentry;
use providers::trackers::{Kind, Tracker};
use secrecy::SecretString;
use serde_json::Value;
use std::future::Future;
use std::sync::Arc;

/// Where the account's API is, beside what the install form asked for.
const API_URL: &str = "api_url";

/// An open connection.
pub(crate) struct Client {
    ctx: Ctx,
    /// Whose it is.
    pub row: Installation,
    manifest: &'static Manifest,
    reach: Reach,
    token: SecretString,
    account: Account,
    base: Option<String>,
}

impl Client {
    /// Opens a connection: its token is renewed where it must be, and where the account's API is is found out and kept.
    pub async fn open(ctx: &Ctx, row: &Installation) -> Outcome<Result<Self, CheckError>> {
        let manifest = present::manifest_of(row).ok_or_else(|| AppError::not_found("This integration"))?;
        let secrets = match grants::fresh(ctx, row).await? {
            Ok(secrets) => secrets,
            Err(error) => return Ok(Err(error)),
        };
        let missing = || CheckError::GrantOver {
            reason: format!("There is no stored sign-in at {}. Connect it again.", manifest.name),
        };
        let Some(token) = secrets.get(ACCESS_TOKEN).cloned() else { return Ok(Err(missing())) };
        let form = grants::connection(row);
        let mut conn = ctx.store.read().await.or_internal()?;
        let reach = provider_apps::reach(ctx, &mut conn, manifest, form, &secrets).await?;
        drop(conn);
        let account = present::account(row);
        let base = form.get(API_URL).and_then(Value::as_str).map(str::to_owned);
        let mut client = Self { ctx: ctx.clone(), row: row.clone(), manifest, reach, token, account, base };
        if client.base.is_none() && Kind::of(&manifest.key).is_some() {
            let provider = client.provider();
            let located = match client.tracker(&provider) {
                Ok(tracker) => tracker.locate().await,
                Err(error) => Err(error),
            };
            match located {
                Ok(base) => client.keep(base).await?,
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(client))
    }

    /// The provider as `providers` wants it.
    pub fn provider(&self) -> Provider<'_> {
        self.reach.provider(&self.ctx, self.manifest)
    }

    /// The tracker.
    pub fn tracker<'a>(&'a self, provider: &'a Provider<'a>) -> Result<Tracker<'a>, CheckError> {
        Tracker::new(provider, &self.account, &self.token, self.base.as_deref())
            .ok_or_else(|| CheckError::NotBuilt { provider: self.manifest.name.clone(), way: "Issue sync".to_owned() })
    }

    /// The Sentry.
    pub fn sentry<'a>(&'a self, provider: &'a Provider<'a>) -> Sentry<'a> {
        Sentry::new(provider, &self.account, &self.token)
    }

    /// Keeps where the API is. Somebody who saves a setting at this moment goes first; it is found again next time.
    async fn keep(&mut self, base: String) -> Outcome<()> {
        let mut config = self.row.config.clone();
        let connection = config.0.entry(CONNECTION).or_insert_with(|| Value::Object(Default::default()));
        if let Value::Object(connection) = connection {
            connection.insert(API_URL.to_owned(), base.clone().into());
        }
        let mut conn = self.ctx.store.write().await.or_internal()?;
        store::installations::set_config(&mut conn, self.row.id, &config, self.row.config_version)
            .await
            .or_internal()?;
        conn.commit().await.or_internal()?;
        self.base = Some(base);
        Ok(())
    }
}

/// Does something with a connection. A token that is refused although it should be good is renewed once, and what was to
/// be done is done again.
pub(crate) async fn with<T, F, W>(ctx: &Ctx, row: &Installation, work: W) -> Outcome<Result<T, CheckError>>
where
    W: Fn(Arc<Client>) -> F,
    F: Future<Output = Result<T, CheckError>>,
{
    let open_and_do = async || match Client::open(ctx, row).await? {
        Ok(client) => Ok(work(Arc::new(client)).await),
        Err(error) => Ok(Err(error)),
    };
    let first = match open_and_do().await? {
        Err(error @ CheckError::TokenRefused { .. }) => error,
        done => return Ok(done),
    };
    match grants::refused(ctx, row).await? {
        Some(Ok(())) => open_and_do().await,
        Some(Err(error)) => Ok(Err(error)),
        None => Ok(Err(first)),
    }
}
