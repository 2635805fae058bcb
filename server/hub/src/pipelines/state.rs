//! What a running pipeline knows: one sealed value, read and written with its version.

use crate::access::Access;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::provider_apps::{self, Reach};
use crate::tokens;
use crate::vault::Place;
use domain::catalogue::Manifest;
use domain::config::ConfigData;
use domain::ids::IntegrationId;
use domain::integrations::Account;
use domain::pipelines::{Pipeline, PipelineId};
use domain::{AppError, Outcome, Timestamp};
use providers::catalogue;
use providers::connect::Secrets;
use providers::connect::oauth::Tokens;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a pipeline knows. Written only sealed: secrets in it are plain text. No `Debug`.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct State {
    /// The installation to connect again.
    pub again: Option<IntegrationId>,
    /// The outside account of that installation.
    pub known: Option<String>,
    /// What the form asked for.
    pub form: ConfigData,
    /// The form's secrets.
    pub secrets: BTreeMap<String, String>,
    /// Where it stands.
    pub at: At,
}

/// Where a pipeline stands.
#[derive(Default, Serialize, Deserialize)]
pub(super) enum At {
    /// The form before the sign-in.
    #[default]
    Form,
    /// Waiting for the person to come back from the provider.
    Authorize {
        /// The state of the request (RFC 6749, section 10.12): 256 random bits.
        state: String,
        /// The PKCE verifier (RFC 7636).
        verifier: String,
        /// Until when the state is good.
        until: Timestamp,
        /// Why an earlier try failed.
        problem: Option<String>,
    },
    /// The code is being exchanged; it can be used once.
    Exchanging,
    /// Waiting for a choice among accounts.
    Choose {
        /// What the sign-in gave.
        tokens: Option<SavedTokens>,
        /// Where the choice comes from.
        accounts: Vec<Account>,
    },
    /// AWS: which project.
    Project,
    /// AWS: which role.
    Role,
    /// AWS: which functions.
    Functions {
        /// Those of the region.
        functions: Vec<providers::connect::aws::Function>,
        /// Those that failed in an earlier try, with the reason.
        failures: BTreeMap<String, String>,
        /// How many were done.
        done: usize,
    },
    /// Over.
    Complete {
        /// What was installed.
        integration: IntegrationId,
    },
    /// Over.
    Failed {
        /// What happened.
        message: String,
    },
}

/// Tokens between two steps.
#[derive(Serialize, Deserialize)]
pub(super) struct SavedTokens {
    access_token: String,
    refresh_token: Option<String>,
    expires_at: Option<Timestamp>,
    refresh_expires_in: Option<i64>,
    scopes: Option<Vec<String>>,
}

impl SavedTokens {
    pub fn of(tokens: &Tokens, now: Timestamp) -> Self {
        Self {
            access_token: tokens.access_token.expose_secret().to_owned(),
            refresh_token: tokens.refresh_token.as_ref().map(|token| token.expose_secret().to_owned()),
            expires_at: tokens.expires_in.map(|seconds| now.plus(seconds.saturating_mul(1_000))),
            refresh_expires_in: tokens.refresh_expires_in,
            scopes: tokens.scopes.clone(),
        }
    }

    pub fn access_token(&self) -> SecretString {
        self.access_token.clone().into()
    }

    pub fn tokens(&self, now: Timestamp) -> Tokens {
        Tokens {
            access_token: self.access_token(),
            refresh_token: self.refresh_token.clone().map(SecretString::from),
            expires_in: self.expires_at.map(|end| (end.0 - now.0).max(0) / 1_000),
            refresh_expires_in: self.refresh_expires_in,
            scopes: self.scopes.clone(),
            answer: Value::Null,
        }
    }
}

impl State {
    /// The form's secrets as `providers` wants them.
    pub fn form_secrets(&self) -> Secrets {
        self.secrets.iter().map(|(name, secret)| (name.clone(), secret.clone().into())).collect()
    }
}

/// A secret of the vault in plain text, to be sealed again in a state.
pub(super) fn exposed((name, secret): (String, SecretString)) -> (String, String) {
    (name, secret.expose_secret().to_owned())
}

/// A pipeline that was opened.
pub(super) struct Running {
    pub row: Pipeline,
    pub manifest: &'static Manifest,
    pub state: State,
}

impl Running {
    /// Writes a new pipeline.
    pub async fn begin(
        ctx: &Ctx,
        access: &Access,
        manifest: &'static Manifest,
        id: PipelineId,
        state: State,
        expires_at: Timestamp,
    ) -> Outcome<Self> {
        let org = access.organization.id;
        let bound_to = access.actor.binding();
        let mut conn = ctx.store.write().await.or_internal()?;
        let text = SecretString::from(serde_json::to_string(&state).or_internal()?);
        let place = Place::Pipeline { org, id: &id, version: 1 };
        let (key, sealed) = ctx.vault.seal(ctx, &mut conn, place, &text).await?;
        let hash = hash_of(&state);
        store::pipelines::insert(
            &mut conn,
            &id,
            org,
            &manifest.key,
            &bound_to,
            hash.as_deref(),
            key,
            &sealed,
            ctx.now(),
            expires_at,
        )
        .await
        .or_internal()?;
        conn.commit().await.or_internal()?;
        let row = Pipeline {
            id,
            organization_id: org,
            provider: manifest.key.clone(),
            bound_to,
            key_id: key,
            ciphertext: sealed,
            version: 1,
            expires_at,
        };
        Ok(Self { row, manifest, state })
    }

    /// Opens the caller's pipeline with this id, or the newest.
    pub async fn load(ctx: &Ctx, access: &Access, id: Option<&PipelineId>) -> Outcome<Self> {
        let (org, bound_to) = (access.organization.id, access.actor.binding());
        let mut conn = ctx.store.read().await.or_internal()?;
        let row = match id {
            Some(id) => store::pipelines::find(&mut conn, id, org, &bound_to).await,
            None => store::pipelines::newest(&mut conn, org, &bound_to).await,
        };
        let row = row.or_internal()?;
        drop(conn);
        Self::open(ctx, row).await
    }

    /// Opens a row that was found.
    pub async fn open(ctx: &Ctx, row: Option<Pipeline>) -> Outcome<Self> {
        let over = || AppError::not_found("This sign-in is over or was begun elsewhere. It");
        let row = row.filter(|row| ctx.now() < row.expires_at).ok_or_else(over)?;
        let manifest = catalogue::find(&row.provider).ok_or_else(over)?;
        let mut conn = ctx.store.read().await.or_internal()?;
        let place = Place::Pipeline { org: row.organization_id, id: &row.id, version: row.version };
        let text = ctx.vault.open(&mut conn, place, row.key_id, &row.ciphertext).await?;
        let state = serde_json::from_str(text.expose_secret()).or_internal()?;
        Ok(Self { row, manifest, state })
    }

    /// Moves on. Somebody who took the same step a moment ago wins.
    pub async fn go(&mut self, ctx: &Ctx, at: At) -> Outcome<()> {
        self.state.at = at;
        let version = self.row.version + 1;
        let text = SecretString::from(serde_json::to_string(&self.state).or_internal()?);
        let mut conn = ctx.store.write().await.or_internal()?;
        let place = Place::Pipeline { org: self.row.organization_id, id: &self.row.id, version };
        let (key, sealed) = ctx.vault.seal(ctx, &mut conn, place, &text).await?;
        let hash = hash_of(&self.state);
        let written =
            store::pipelines::advance(&mut conn, &self.row.id, self.row.version, hash.as_deref(), key, &sealed)
                .await
                .or_internal()?;
        if written == 0 {
            return Err(AppError::conflict("This step was taken already, perhaps in another tab. Reload the page."));
        }
        conn.commit().await.or_internal()?;
        self.row.version = version;
        Ok(())
    }

    /// How the provider is reached with what the form said.
    pub async fn reach(&self, ctx: &Ctx) -> Outcome<Reach> {
        let mut conn = ctx.store.read().await.or_internal()?;
        provider_apps::reach(ctx, &mut conn, self.manifest, &self.state.form, &self.state.form_secrets()).await
    }
}

/// What the callback finds the pipeline by; the state itself is nowhere in the clear.
fn hash_of(state: &State) -> Option<String> {
    match &state.at {
        At::Authorize { state, .. } => Some(tokens::hash(state)),
        _ => None,
    }
}
