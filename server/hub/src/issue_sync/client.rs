//! The client of a tracker or of a Sentry: a connection, opened for one piece of work, and where the account's API is.

use crate::connection::{Connection, renewing};
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::integrations::{CONNECTION, present};
use domain::Outcome;
use domain::integrations::{Account, Installation};
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

/// An open connection to a tracker or a Sentry.
pub(crate) struct Client {
    connection: Connection,
    token: SecretString,
    account: Account,
    base: Option<String>,
}

impl Client {
    /// Opens a connection; where the account's API is is found out and kept.
    pub async fn open(ctx: &Ctx, row: &Installation) -> Outcome<Result<Self, CheckError>> {
        let connection = match Connection::open(ctx, row).await? {
            Ok(connection) => connection,
            Err(error) => return Ok(Err(error)),
        };
        let token = match connection.token() {
            Ok(token) => token.clone(),
            Err(error) => return Ok(Err(error)),
        };
        let base = connection.form().get(API_URL).and_then(Value::as_str).map(str::to_owned);
        let mut client = Self { connection, token, account: present::account(row), base };
        if client.base.is_none() && Kind::of(&client.connection.manifest.key).is_some() {
            let provider = client.provider();
            let located = match client.tracker(&provider) {
                Ok(tracker) => tracker.locate().await,
                Err(error) => Err(error),
            };
            match located {
                Ok(base) => client.keep(ctx, base).await?,
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(client))
    }

    /// Whose it is.
    pub fn row(&self) -> &Installation {
        &self.connection.row
    }

    /// The provider as `providers` wants it.
    pub fn provider(&self) -> Provider<'_> {
        self.connection.provider()
    }

    /// The tracker.
    pub fn tracker<'a>(&'a self, provider: &'a Provider<'a>) -> Result<Tracker<'a>, CheckError> {
        Tracker::new(provider, &self.account, &self.token, self.base.as_deref()).ok_or_else(|| CheckError::NotBuilt {
            provider: self.connection.manifest.name.clone(),
            way: "Issue sync".to_owned(),
        })
    }

    /// The Sentry.
    pub fn sentry<'a>(&'a self, provider: &'a Provider<'a>) -> Sentry<'a> {
        Sentry::new(provider, &self.account, &self.token)
    }

    /// Keeps where the API is. Somebody who saves a setting at this moment goes first; it is found again next time.
    async fn keep(&mut self, ctx: &Ctx, base: String) -> Outcome<()> {
        let row = self.row();
        let mut config = row.config.clone();
        let connection = config.0.entry(CONNECTION).or_insert_with(|| Value::Object(Default::default()));
        if let Value::Object(connection) = connection {
            connection.insert(API_URL.to_owned(), base.clone().into());
        }
        let mut conn = ctx.store.write().await.or_internal()?;
        store::installations::set_config(&mut conn, row.id, &config, row.config_version).await.or_internal()?;
        conn.commit().await.or_internal()?;
        self.base = Some(base);
        Ok(())
    }
}

/// Does something with a client; a token that is refused although it should be good is renewed once.
pub(crate) async fn with<T, F, W>(ctx: &Ctx, row: &Installation, work: W) -> Outcome<Result<T, CheckError>>
where
    W: Fn(Arc<Client>) -> F,
    F: Future<Output = Result<T, CheckError>>,
{
    renewing(ctx, row, || async {
        match Client::open(ctx, row).await? {
            Ok(client) => Ok(work(Arc::new(client)).await),
            Err(error) => Ok(Err(error)),
        }
    })
    .await
}
