//! Keeping grants alive: who asks for a credential gets one that works, and a token is renewed once, whoever asks.
//!
//! A renewal is guarded by a lease in the database, so that of all processes one calls the provider: taking the lease
//! raises the grant's version, and who renews keeps it for as long as the provider is asked. Somebody else who needs the
//! token meanwhile waits for the version to move. A process that dies in between loses the lease by time; the next one
//! tries again with what is stored, and the provider decides whether that is still good. One that was taken for dead and
//! still got tokens writes them, unless there are newer ones.

mod life;
mod renewal;

use crate::access;
use crate::change::Change;
use crate::ctx::Ctx;
use crate::errors::OrInternal;
use crate::integrations::{self, CONNECTION};
use domain::catalogue::Manifest;
use domain::config::ConfigData;
use domain::credentials::Credential;
use domain::grants::{ACCESS_TOKEN, REFRESH_TOKEN, ScopeList, WARN_BEFORE};
use domain::ids::{CredentialId, InstallationId};
use domain::integrations::{Installation, ObjectStatus};
use domain::jobs::Work;
use domain::sign_in::Auth;
use domain::{AppError, Outcome};
use life::Life;
use providers::connect::oauth::Tokens;
use providers::connect::{CheckError, Secrets};
use renewal::{Renewal, renew_to_the_end};
use secrecy::SecretString;
use serde_json::Value;
use std::time::Duration;
use store::Conn;

/// How often somebody who waits for a renewal, his own or another's, looks.
const LOOK: Duration = Duration::from_millis(100);
/// How long somebody waits for a renewal, in looks.
const LOOKS: usize = 350;

/// Writes what a provider just gave: seals the tokens, remembers how long they are good.
pub(crate) async fn store_new(
    ctx: &Ctx,
    change: &mut Change<'_>,
    row: (domain::ids::OrgId, InstallationId),
    manifest: &Manifest,
    tokens: &Tokens,
) -> Outcome<()> {
    let (org, id) = row;
    let now = ctx.now();
    let life = Life::of(manifest, tokens, now, tokens.refresh_token.is_some());
    let requested = ScopeList(manifest.scopes.iter().map(|scope| scope.name.clone()).collect());
    let granted = tokens.scopes.clone().map(ScopeList);
    store::grants::put(
        &mut change.conn,
        id,
        &requested,
        granted.as_ref(),
        life.expires_at,
        life.refresh_expires_at,
        life.refresh_at,
        now,
    )
    .await
    .or_internal()?;
    // After the grant, as a renewal does: the other way round the two could wait for each other.
    integrations::seal_all(ctx, change, org, id, &secrets_of(tokens)).await
}

/// The secrets of an installation, its access token renewed where it must be. The inner error says why the provider
/// gave none.
pub(crate) async fn fresh(ctx: &Ctx, row: &Installation) -> Outcome<Result<Secrets, CheckError>> {
    for _ in 0..LOOKS {
        let mut conn = ctx.store.read().await.or_internal()?;
        let grant = store::grants::of_installation(&mut conn, row.id).await.or_internal()?;
        let now = ctx.now();
        match grant {
            // GitHub's tokens are made of the app's key: what was suspended there may be back.
            Some(grant) if grant.is_over() && !is_github(row) => {
                return Ok(Err(CheckError::GrantOver { reason: grant.problem.unwrap_or_default() }));
            }
            Some(grant) if !grant.is_fresh(now) => {
                drop(conn);
                match renew_to_the_end(ctx, row, grant).await? {
                    Renewal::Done => {}
                    Renewal::Failed(error) => return Ok(Err(error)),
                    Renewal::Elsewhere => tokio::time::sleep(LOOK).await,
                }
            }
            _ => return ctx.vault.open_installation(&mut conn, row.organization_id, row.id).await.map(Ok),
        }
    }
    Err(takes_long())
}

fn takes_long() -> AppError {
    AppError::conflict("Its sign-in is being renewed, which takes unusually long. Try again in a minute.")
}

/// Renews a grant ahead of its end, as a job.
///
/// # Errors
/// When the database refuses; a provider that does not answer is no error, the grant knows when it is tried next.
pub async fn refresh_as_job(ctx: &Ctx, id: InstallationId) -> Outcome<()> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let row = store::installations::by_id(&mut conn, id).await.or_internal()?;
    let grant = store::grants::of_installation(&mut conn, id).await.or_internal()?;
    drop(conn);
    let (Some(row), Some(grant)) = (row, grant) else { return Ok(()) };
    let lives = matches!(row.status, ObjectStatus::Active | ObjectStatus::Disabled);
    if lives && grant.refresh_at.is_some_and(|due| due <= ctx.now()) {
        renew_to_the_end(ctx, &row, grant).await?;
    }
    Ok(())
}

/// Which access token is stored; one that came after it is another.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stored {
    id: CredentialId,
    version: i64,
}

impl Stored {
    fn of(credentials: &[Credential]) -> Option<Self> {
        let token = credentials.iter().find(|credential| credential.field == ACCESS_TOKEN)?;
        Some(Self { id: token.id, version: token.version })
    }
}

async fn token_of(conn: &mut Conn, id: InstallationId) -> Outcome<Option<Stored>> {
    Ok(Stored::of(&store::credentials::of_installation(conn, id).await.or_internal()?))
}

/// The access tokens that somebody is about to show. Of an installation that is not among them, nothing is known.
#[derive(Default)]
pub(crate) struct Shown(Vec<(InstallationId, Option<Stored>)>);

/// Notes which tokens these installations have, before they are opened and shown: who is refused says so to [`refused`].
pub(crate) async fn shown(ctx: &Ctx, rows: &[&Installation]) -> Outcome<Shown> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let mut shown = Shown::default();
    for row in rows {
        shown.0.push((row.id, token_of(&mut conn, row.id).await?));
    }
    Ok(shown)
}

/// Renews a grant whose token the provider refused although it should be good. Nothing is done when there is another
/// token by now than the one that was shown: renewing again would take it from those who have it. Nothing comes back when
/// there is nothing to renew it with, or that was refused before; the inner error says why there is no newer token.
pub(crate) async fn refused(ctx: &Ctx, row: &Installation, shown: &Shown) -> Outcome<Option<Result<(), CheckError>>> {
    let mut conn = ctx.store.read().await.or_internal()?;
    // The grant first: a renewal that ends between the two is seen in the token, one that begins later finds no lease.
    let grant = store::grants::of_installation(&mut conn, row.id).await.or_internal()?;
    let stored = store::credentials::of_installation(&mut conn, row.id).await.or_internal()?;
    drop(conn);
    let Some(grant) = grant else { return Ok(None) };
    if grant.is_over() || !stored.iter().any(|credential| credential.field == REFRESH_TOKEN) {
        return Ok(None);
    }
    if shown.0.iter().any(|(id, token)| *id == row.id && *token != Stored::of(&stored)) {
        return Ok(Some(Ok(())));
    }
    Ok(Some(match renew_to_the_end(ctx, row, grant).await? {
        Renewal::Done => Ok(()),
        Renewal::Failed(error) => Err(error),
        Renewal::Elsewhere => wait_for_the_other(ctx, row.id).await?,
    }))
}

/// Until whoever is renewing a grant is done: before, the token is the one that was refused.
async fn wait_for_the_other(ctx: &Ctx, id: InstallationId) -> Outcome<Result<(), CheckError>> {
    for _ in 0..LOOKS {
        let mut conn = ctx.store.read().await.or_internal()?;
        let grant = store::grants::of_installation(&mut conn, id).await.or_internal()?;
        drop(conn);
        match grant {
            Some(grant) if grant.is_over() => {
                return Ok(Err(CheckError::GrantOver { reason: grant.problem.unwrap_or_default() }));
            }
            Some(grant) if ctx.now() < grant.lease_until => tokio::time::sleep(LOOK).await,
            _ => return Ok(Ok(())),
        }
    }
    Err(takes_long())
}

/// Puts a job into the queue for each grant that is due, and warns of those that end.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue_due(ctx: &Ctx) -> Outcome<usize> {
    let now = ctx.now();
    let mut conn = ctx.store.read().await.or_internal()?;
    let due = store::grants::due(&mut conn, now, 100).await.or_internal()?;
    let ending = store::grants::ending(&mut conn, now.plus(WARN_BEFORE), 100).await.or_internal()?;
    drop(conn);
    if !due.is_empty() {
        let mut conn = ctx.store.write().await.or_internal()?;
        for id in &due {
            let work = Work::RefreshGrant { installation: id.0 };
            store::jobs::put(&mut conn, &work, Some(&format!("refresh:{id}")), now, now).await.or_internal()?;
        }
        conn.commit().await.or_internal()?;
    }
    for id in ending {
        warn(ctx, id).await?;
    }
    Ok(due.len())
}

/// Tells those who can act that a grant ends soon and a person has to sign in again.
async fn warn(ctx: &Ctx, id: InstallationId) -> Outcome<()> {
    let mut conn = ctx.store.read().await.or_internal()?;
    let row = store::installations::by_id(&mut conn, id).await.or_internal()?;
    let grant = store::grants::of_installation(&mut conn, id).await.or_internal()?;
    let (Some(row), Some(end)) = (row, grant.and_then(|grant| grant.refresh_expires_at)) else { return Ok(()) };
    let permit = access::system(&mut conn, row.organization_id).await?;
    drop(conn);
    let mut change = Change::begin(ctx, &permit).await?;
    if store::grants::warned(&mut change.conn, id).await.or_internal()? == 0 {
        return Ok(());
    }
    let ending = format!("its sign-in ends on {}", end.to_words());
    integrations::tell_those_who_can_act(ctx, &mut change, &row, &ending).await?;
    change.commit(integrations::record("integration.grant.ending", &row, format!("noticed that {ending}"))).await
}

fn is_github(row: &Installation) -> bool {
    integrations::present::manifest_of(row).is_some_and(|manifest| matches!(manifest.auth, Auth::GithubApp { .. }))
}

/// What the install form asked for, secrets apart.
pub(crate) fn connection(row: &Installation) -> &ConfigData {
    static EMPTY: std::sync::LazyLock<ConfigData> = std::sync::LazyLock::new(ConfigData::new);
    row.config.0.get(CONNECTION).and_then(Value::as_object).unwrap_or(&EMPTY)
}

fn secrets_of(tokens: &Tokens) -> Secrets {
    let mut secrets = Secrets::default();
    secrets.0.insert(ACCESS_TOKEN.to_owned(), tokens.access_token.clone());
    let refresh: Option<SecretString> = tokens.refresh_token.clone();
    secrets.0.extend(refresh.map(|token| (REFRESH_TOKEN.to_owned(), token)));
    secrets
}
